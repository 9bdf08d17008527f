/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns results as people read them: aligned tables, durations, only the drops that happened. */
#ifndef FAMA_PRINT_H
#define FAMA_PRINT_H

#include <jansson.h>

/* `object` is what was asked for ("bindings"); it decides the columns. */
void print_text(const char *object, const json_t *result);

/* The result as it came. */
void print_json(const json_t *result);

#endif
