/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns when credit is asked for (RFC 4866 section 4.10); credit.bpf.c keeps the account. */
#ifndef FAMA_CREDIT_BPF_H
#define FAMA_CREDIT_BPF_H

#include "binding.bpf.h"

/* Global functions: verified once. A row of NULL has no credit and earns none. */
__u32 credit_spend(struct credit *row, __u32 octets); /* 1: `octets` may go */
__u32 credit_earn(struct credit *row, __u32 octets);

/*
 * Whether a packet of `octets` for `hoa` may go to the CoA of its binding; if so it is paid for.
 * Whatever the settings: an agent of another mode may have left the binding unverified.
 */
static __always_inline bool credit_covers(const struct binding *binding, const void *hoa,
					  __u32 octets)
{
	if (binding->state == BINDING_VERIFIED)
		return true;
	return credit_spend(bpf_map_lookup_elem(&credit, hoa), octets);
}

#endif
