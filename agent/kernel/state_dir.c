// SPDX-License-Identifier: BSD-2-Clause
/* Owns state_dir: made 0700, locked, its files written whole or not at all. */
#include "kernel/state_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* mkdir -p; the last directory is for us alone. */
static int make_directories(const char *path, unsigned int *made)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return -ENAMETOOLONG;
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, path[i] ? 0755 : 0700) == 0)
			(*made)++;
		else if (errno != EEXIST)
			return -errno;
	}
	return 0;
}

void state_dir_abandon(const char *path, unsigned int made)
{
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%s", path);
	while (made-- > 0 && rmdir(part) == 0)
		*strrchr(part, '/') = '\0';
}

/* Only where it is not so: a directory that has become read-only still serves. */
static int make_private(int dir)
{
	struct stat st;

	if (fstat(dir, &st) < 0)
		return -1;
	return (st.st_mode & ALLPERMS) == 0700 ? 0 : fchmod(dir, 0700);
}

int state_dir_open(const char *path, unsigned int *made)
{
	int err, dir;

	*made = 0;
	err = make_directories(path, made);
	if (err)
		return err;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	if (flock(dir, LOCK_EX | LOCK_NB) < 0)
		goto err_close;
	if (make_private(dir) < 0)
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
