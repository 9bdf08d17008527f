/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the configuration in force as keys and values, defaults included. */
#ifndef FAMA_CONFIG_SHOW_H
#define FAMA_CONFIG_SHOW_H

#include "config/config.h"

/* A value as the file would have it: a switch, a number, or a word or duration. */
struct config_value {
	const char *key; /* such as "ra.mode", from the section or list entry it is asked of */
	enum { CONFIG_SWITCH, CONFIG_NUMBER, CONFIG_WORD } kind;
	uint32_t number;
	const char *word; /* only during the call */
};

typedef void (*config_each)(const struct config_value *value, void *arg);

/* Every key with a number, word or duration that the role has; not those in lists. */
void config_show(const struct config *config, config_each each, void *arg);
void config_show_interface(const struct config_interface *interface, config_each each, void *arg);
void config_show_prefix(const struct config_prefix *prefix, config_each each, void *arg);
void config_show_domain(const struct config_domain *domain, config_each each, void *arg);

const char *config_coa_test_name(enum config_coa_test coa_test);

#endif
