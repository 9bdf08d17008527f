/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what can be said about a file from the schema alone. */
#ifndef FAMA_CONFIG_SHAPE_H
#define FAMA_CONFIG_SHAPE_H

#include "config/config_locate.h"

struct cyaml_schema_value;

/*
 * Keys known and given once, each value of its kind, words among those allowed, lists within
 * their lengths. libcyaml finds most of this too, but names no place and no remedy.
 */
int shape_check(struct document *d, const struct cyaml_schema_value *schema);

#endif
