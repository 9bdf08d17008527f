/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the reading of bindings and anchored prefixes, and the counting of their traffic. */
#ifndef FAMA_BINDING_BPF_H
#define FAMA_BINDING_BPF_H

#include "ipv6.bpf.h"
#include "maps.bpf.h"

enum anchor {
	ANCHOR_NONE, /* not under a prefix of ours */
	ANCHOR_OWN,  /* the DAR's own address under one */
	ANCHOR_HOA,  /* a possible HoA */
};

/*
 * Differences, not comparisons word by word: those would teach the verifier the address of each
 * prefix, and it would follow every one of 16 to the end of the program. The barrier keeps
 * clang 14 from splitting them again.
 */
static __always_inline enum anchor anchor_of(const void *address)
{
	const address_word *word = address;

	for (__u32 i = 0; i < FAMA_PREFIX_MAX; i++) {
		const volatile address_word *own;
		__u32 prefix, interface_id;

		if (i >= settings.prefix_count)
			break;
		own = (const volatile address_word *)settings.prefixes[i].address;
		prefix = (word[0] ^ own[0]) | (word[1] ^ own[1]);
		interface_id = (word[2] ^ own[2]) | (word[3] ^ own[3]);
		asm volatile("" : "+r"(prefix), "+r"(interface_id));
		if (!prefix)
			return interface_id ? ANCHOR_HOA : ANCHOR_OWN;
	}
	return ANCHOR_NONE;
}

/* The programs end a binding themselves: the agent may be dead. */
static __always_inline bool binding_is_over(const struct binding *binding)
{
	return bpf_ktime_get_boot_ns() >= binding->expires_boot_ns;
}

static __always_inline struct binding *binding_active(const void *hoa)
{
	struct binding *binding = bpf_map_lookup_elem(&bindings, hoa);

	return binding && !binding_is_over(binding) ? binding : NULL;
}

static __always_inline void traffic_downlink(struct traffic *of, __u32 packets, __u32 octets)
{
	if (!of)
		return;
	__sync_fetch_and_add(&of->downlink_packets, packets);
	__sync_fetch_and_add(&of->downlink_bytes, octets);
}

static __always_inline void traffic_uplink(struct traffic *of, __u32 packets, __u32 octets)
{
	if (!of)
		return;
	__sync_fetch_and_add(&of->uplink_packets, packets);
	__sync_fetch_and_add(&of->uplink_bytes, octets);
}

#endif
