/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what one key means for another, from the text into the configuration. */
#ifndef FAMA_CONFIG_CHECK_H
#define FAMA_CONFIG_CHECK_H

#include "config/config_locate.h"
#include "config/config_schema.h"

/* 0, or -EINVAL and the line is printed. *config is all zero before. */
int config_check(struct document *d, const struct config_text *text, struct config *config);

/* Part of the above: interfaces, their prefixes and advertisements (config_interfaces.c). */
int interfaces_check(struct document *d, const struct config_text *text, struct config *config);

#endif
