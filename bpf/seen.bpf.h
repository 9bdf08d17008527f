/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the question who was on its link, and what comes of packets to who was not (T13). */
#ifndef FAMA_SEEN_BPF_H
#define FAMA_SEEN_BPF_H

#include "binding.bpf.h"
#include "ration.bpf.h"

enum { SEEN_OFFSET_MAX = 128 }; /* of an address in the frame */

/* The frame's source MAC has the address at `offset`. A global function: verified once. */
__u32 seen_record(struct xdp_md *ctx, __u32 offset);

/* 1: the packet for an address without binding, its IPv6 header at `offset`, may go to the
 * stack, which asks on the link who has it. A global function: verified once. */
__u32 seen_or_rationed(struct xdp_md *ctx, __u32 offset);

static __always_inline bool seen_lately(const void *address)
{
	const struct seen *row = bpf_map_lookup_elem(&seen, address);

	return row && bpf_ktime_get_boot_ns() < row->seen_boot_ns + FAMA_SEEN_S * 1000000000ULL;
}

#endif
