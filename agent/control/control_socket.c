// SPDX-License-Identifier: BSD-2-Clause
/* Owns making and removing the control socket. */
#include "control/control_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 32 };

static int unix_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? -errno : fd;
}

/* ---- directories ---- */

static void remove_parents(struct control_socket *s)
{
	char path[sizeof(s->address.sun_path)];

	while (s->parent_count) {
		size_t len = s->parents[--s->parent_count];

		memcpy(path, s->address.sun_path, len);
		path[len] = '\0';
		if (rmdir(path) < 0)
			break; /* not empty: others moved in */
	}
	s->parent_count = 0;
}

static int make_parent(struct control_socket *s, const char *path, size_t len)
{
	if (mkdir(path, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	s->parents[s->parent_count++] = len;
	return chmod(path, 0755) < 0 ? -errno : 0; /* whatever the umask is */
}

static int make_parents(struct control_socket *s)
{
	char path[sizeof(s->address.sun_path)];
	int err = 0;

	strcpy(path, s->address.sun_path);
	for (char *slash = strchr(path + 1, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
		if (slash[-1] == '/')
			continue;
		*slash = '\0';
		err = make_parent(s, path, (size_t)(slash - path));
		*slash = '/';
	}
	return err;
}

/* ---- the socket ---- */

/* Nobody listens behind a socket that refuses; a full backlog is somebody. */
static bool is_stale(const struct control_socket *s)
{
	int fd = unix_socket();
	bool refused;

	if (fd < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)&s->address, sizeof(s->address)) < 0 &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused;
}

static int make_room(const struct control_socket *s)
{
	struct stat st;

	if (lstat(s->address.sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	if (!is_stale(s))
		return -EADDRINUSE;
	return unlink(s->address.sun_path) < 0 ? -errno : 0;
}

static int bind_and_listen(struct control_socket *s, int fd)
{
	mode_t mask = umask(0177);
	int err = bind(fd, (struct sockaddr *)&s->address, sizeof(s->address)) < 0 ? -errno : 0;

	umask(mask);
	if (err)
		return err;
	if (stat(s->address.sun_path, &s->made) < 0 || listen(fd, BACKLOG) < 0) {
		err = -errno;
		unlink(s->address.sun_path);
	}
	return err;
}

int control_socket_open(struct control_socket *s, const char *path)
{
	int fd, err;

	*s = (struct control_socket){.address.sun_family = AF_UNIX};
	if (*path != '/' || strlen(path) >= sizeof(s->address.sun_path))
		return -EINVAL;
	strcpy(s->address.sun_path, path);
	fd = unix_socket();
	if (fd < 0)
		return fd;
	err = make_parents(s);
	if (!err)
		err = make_room(s);
	if (!err)
		err = bind_and_listen(s, fd);
	if (!err)
		return fd;
	remove_parents(s);
	close(fd);
	return err;
}

void control_socket_remove(struct control_socket *s)
{
	struct stat st;

	if (lstat(s->address.sun_path, &st) == 0 && st.st_dev == s->made.st_dev &&
	    st.st_ino == s->made.st_ino)
		unlink(s->address.sun_path);
	remove_parents(s);
}
