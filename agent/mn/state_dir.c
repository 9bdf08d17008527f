// SPDX-License-Identifier: BSD-2-Clause
/* Owns the MN's state_dir: made 0700, locked, its files written whole or not at all. */
#include "mn/state_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_parents(const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return -ENAMETOOLONG;
	memcpy(part, path, len + 1);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int state_dir_open(const char *path)
{
	int err = make_parents(path);
	int dir;

	if (err)
		return err;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	if (fchmod(dir, 0700) < 0)
		goto err_close;
	if (flock(dir, LOCK_EX | LOCK_NB) < 0)
		goto err_close;
	return dir;

err_close:
	err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	close(dir);
	return err;
}

ssize_t state_dir_read(int dir, const char *name, void *out, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = 0;
	ssize_t got;
	uint8_t more;

	if (fd < 0)
		return -errno;
	while (len < size) {
		got = read(fd, (char *)out + len, size - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			goto err_close;
		if (got == 0)
			break;
		len += (size_t)got;
	}
	got = len == size ? read(fd, &more, 1) : 0;
	close(fd);
	return got > 0 ? -EFBIG : (ssize_t)len;

err_close:
	got = -errno;
	close(fd);
	return got;
}

static int write_whole(int fd, const char *octets, size_t len)
{
	while (len) {
		ssize_t put = write(fd, octets, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		octets += put;
		len -= (size_t)put;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int state_dir_write(int dir, const char *name, const void *octets, size_t len)
{
	char temporary[NAME_MAX + 1];
	int fd, err;

	if (snprintf(temporary, sizeof(temporary), ".%s.new", name) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	if (unlinkat(dir, temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	err = write_whole(fd, octets, len);
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && renameat(dir, temporary, dir, name) < 0)
		err = -errno;
	if (err)
		unlinkat(dir, temporary, 0);
	else if (fsync(dir) < 0)
		err = -errno;
	return err;
}

int state_dir_remove(int dir, const char *name)
{
	return unlinkat(dir, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}
