/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the look of the header that carries a Tunnel Encapsulation Limit (RFC 2473 section 4.1.1).
 */
#ifndef FAMA_ENCAPSULATION_LIMIT_BPF_H
#define FAMA_ENCAPSULATION_LIMIT_BPF_H

#include "ipv6.bpf.h"

enum {
	ENCAPSULATION_LIMIT_OCTETS = 8, /* destination options with that option alone */
	ENCAPSULATION_LIMIT_OPTION = 4,
	PADDING_ONE = 0,
	PADDING_MORE = 1,
};

/* `04 01 limit` and three octets of padding, nothing else: what ip6tnl of Linux sends. */
static __always_inline bool is_encapsulation_limit(const struct ipv6_extension *header)
{
	const __u8 *option = header->content;

	if (header->length || option[0] != ENCAPSULATION_LIMIT_OPTION || option[1] != 1)
		return false;
	if (option[3] == PADDING_MORE)
		return option[4] == 1 && option[5] == 0;
	return option[3] == PADDING_ONE && option[4] == PADDING_ONE && option[5] == PADDING_ONE;
}

#endif
