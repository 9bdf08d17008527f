/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the control socket in the file system: its directories, its mode, its end. */
#ifndef FAMA_CONTROL_SOCKET_H
#define FAMA_CONTROL_SOCKET_H

#include <sys/stat.h>
#include <sys/un.h>

enum { CONTROL_SOCKET_DEPTH_MAX = 54 }; /* directories in a path that fits sun_path */

struct control_socket {
	struct sockaddr_un address;
	struct stat made;                         /* tells our socket from a later one */
	size_t parents[CONTROL_SOCKET_DEPTH_MAX]; /* lengths of the directories we made */
	unsigned int parent_count;
};

/*
 * Binds and listens. The socket, close-on-exec and non-blocking, or -errno: -EADDRINUSE if
 * somebody answers at `path`, -EEXIST if something else than a socket is there.
 */
int control_socket_open(struct control_socket *s, const char *path);

/* Removes the socket, unless it is another's by now, and directories that we made. */
void control_socket_remove(struct control_socket *s);

#endif
