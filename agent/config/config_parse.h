/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the values that YAML has no type for: durations, addresses, prefixes. */
#ifndef FAMA_CONFIG_PARSE_H
#define FAMA_CONFIG_PARSE_H

#include <netinet/in.h>
#include <stdint.h>

enum { DURATION_TEXT_MAX = 24 };

/* Digits and one of ms, s, m, h, d; a plain 0 too. 0, -EINVAL, or -ERANGE over 2^32 seconds. */
int parse_duration(const char *text, uint64_t *ms);
void format_duration(uint64_t ms, char text[static DURATION_TEXT_MAX]);

int parse_address(const char *text, struct in6_addr *out);

/* ADDRESS/LEN. 0, -EINVAL, or -EDOM if bits behind the first LEN are set. */
int parse_prefix(const char *text, struct in6_addr *out, unsigned int *len);

#endif
