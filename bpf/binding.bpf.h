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

/* Of the address made of both halves, as in the packet. Global functions: verified once, where a
 * loop in place would send the verifier through the rest of the program for each prefix. */
__u32 anchor_find(__u64 prefix, __u64 interface_id);
/* Position of the prefix, if it is that of this link, or FAMA_PREFIX_MAX. */
__u32 prefix_find(__u64 prefix, __u32 ifindex);

static __always_inline enum anchor anchor_of(const void *address)
{
	const address_half *half = address;

	return anchor_find(half[0], half[1]);
}

static __always_inline __u32 prefix_on_link(const void *address, __u32 ifindex)
{
	return prefix_find(*(const address_half *)address, ifindex);
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
