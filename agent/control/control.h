/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the control socket: clients, lines, limits; what a request means is the handler's. */
#ifndef FAMA_CONTROL_SERVER_H
#define FAMA_CONTROL_SERVER_H

#include <jansson.h>

#include "fama/control.h"

struct event_base;
struct control;

struct control_request {
	const char *verb;     /* "show", "binding", "address" */
	const char *object;   /* "bindings", "delete", "keep"; NULL if absent */
	const char *argument; /* a HoA; NULL if absent */
};

/* Fills *result (a new reference; ignored unless CONTROL_OK) or `error` (one sentence). */
typedef enum control_code (*control_handler)(const struct control_request *request, json_t **result,
					     char *error, size_t error_size, void *arg);

/*
 * Listens on `path` (mode 0600, parent directories made, 0755). A live socket of another famad
 * is -EADDRINUSE, a stale one is replaced. Slow or silent clients never block the loop.
 */
int control_open(struct event_base *base, const char *path, control_handler handler, void *arg,
		 struct control **out);
void control_close(struct control *control); /* removes the socket and directories it made */

#endif
