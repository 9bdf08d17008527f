/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns one kindness to libyaml: plain addresses such as ::/0 in flow lists, put in quotes. */
#ifndef FAMA_CONFIG_QUOTE_H
#define FAMA_CONFIG_QUOTE_H

#include <stddef.h>
#include <stdint.h>

/*
 * YAML lets a plain scalar in [...] or {...} begin with "::", libyaml 0.2 does not. Returns the
 * text with such scalars quoted, malloc()ed, its length in *len; lines stay, columns behind a
 * quoted scalar move by two. NULL: out of memory.
 */
uint8_t *config_quote(const uint8_t *octets, size_t *len);

#endif
