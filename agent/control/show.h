/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the meaning of requests: one verb table a role. */
#ifndef FAMA_SHOW_H
#define FAMA_SHOW_H

#include "control/control.h"

/* control_handlers; `arg` is the struct dar or struct mn. */
enum control_code show_dar(const struct control_request *request, json_t **result, char *error,
			   size_t error_size, void *arg);
enum control_code show_mn(const struct control_request *request, json_t **result, char *error,
			  size_t error_size, void *arg);

struct config;
/* As famad would take it for its configuration, every default written out. A new reference. */
json_t *config_json(const struct config *config);

#endif
