/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the way to a famad: its socket found, a request sent, the reply taken. */
#ifndef FAMA_CLIENT_H
#define FAMA_CLIENT_H

#include <jansson.h>
#include <sys/un.h>

#include "fama/control.h"

enum { CLIENT_PATH_MAX = sizeof(((struct sockaddr_un *)0)->sun_path) };

/* All of them print what is wrong, and the code returned is famactl's exit code. */

/* The only socket in CONTROL_DIRECTORY. */
enum control_code client_find_socket(char path[static CLIENT_PATH_MAX]);

enum control_code client_connect(const char *path, int *fd);

/* `object` and `argument` may be NULL. *result is a new reference, only with CONTROL_OK. */
enum control_code client_ask(int fd, const char *verb, const char *object, const char *argument,
			     json_t **result);

#endif
