// SPDX-License-Identifier: BSD-2-Clause
// Owns /proc/sys/net/ipv6: one number a file.
#include "kernel/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An interface can be called anything but these; a name must not walk out of its directory. */
static bool is_file_name(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int open_conf(const char *ifname, const char *key, int flags)
{
	char path[128];

	if (!is_file_name(ifname) || !is_file_name(key))
		return -EINVAL;
	int len = snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", ifname, key);

	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	int fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int sysctl_conf_get(const char *ifname, const char *key, int *value)
{
	char text[32] = "";
	int fd = open_conf(ifname, key, O_RDONLY);

	if (fd < 0)
		return fd;
	ssize_t len = read(fd, text, sizeof(text) - 1);
	int err = len < 0 ? -errno : 0;

	close(fd);
	if (err)
		return err;
	char *end;

	errno = 0;
	long number = strtol(text, &end, 10);

	if (end == text || *end != '\n' || errno || number < INT_MIN || number > INT_MAX)
		return -EBADMSG; /* an address or a list, not a number */
	*value = (int)number;
	return 0;
}

int sysctl_conf_set(const char *ifname, const char *key, int value)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", value);
	int fd = open_conf(ifname, key, O_WRONLY);

	if (fd < 0)
		return fd;
	ssize_t written = write(fd, text, (size_t)len);
	int err = written < 0 ? -errno : 0;

	close(fd);
	return err;
}
