/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns, per key with a number, word or duration: its range, its default, what of it is built. */
#ifndef FAMA_CONFIG_KEYS_H
#define FAMA_CONFIG_KEYS_H

#include "config/config_locate.h"
#include "config/config_schema.h"

/*
 * Take what `text` has into the configuration, defaults where it has NULL. Keys whose default
 * rests on another key are left 0 for config_check.c. 0, or -EINVAL and the line is printed.
 */
int keys_take(struct document *d, const struct config_text *text, struct config *config);
int keys_take_interface(struct document *d, const char *path, const struct interface_text *text,
			struct config_interface *interface);
int keys_take_prefix(struct document *d, const char *path, const struct prefix_text *text,
		     struct config_prefix *prefix);
int keys_take_domain(struct document *d, const char *path, const struct domain_text *text,
		     struct config_domain *domain);

#endif
