/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what one key means for another, from the text into the configuration. */
#ifndef FAMA_CONFIG_CHECK_H
#define FAMA_CONFIG_CHECK_H

#include "config/config_locate.h"
#include "config/config_schema.h"

/* 0, or -EINVAL and the line is printed. *config is all zero before. */
int config_check(struct document *d, const struct config_text *text, struct config *config);

/* False for a key, or a key of a section, of the other role alone; lists are of both. */
bool key_is_of_role(const char *path, enum config_role role);

/* Parts of the above. What becomes part of a path or of a log line: at most `size` - 1 of
 * A-Z a-z 0-9 . _ -. */
int check_name(struct document *d, const char *key, const char *name, size_t size);
/* CoA prefixes, domains, legacy (config_security.c), held against the interfaces taken before. */
int security_check(struct document *d, const struct security_text *text, struct config *config);
/* Interfaces, their prefixes and advertisements (config_interfaces.c). */
int interfaces_check(struct document *d, const struct config_text *text, struct config *config);

#endif
