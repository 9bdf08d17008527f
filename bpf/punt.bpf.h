/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the way up to the agent: a whole frame into the ring buffer, and nothing left behind. */
#ifndef FAMA_PUNT_BPF_H
#define FAMA_PUNT_BPF_H

#include "maps.bpf.h"

enum { PUNT_FRAME_MIN = 14 };

static __always_inline struct punt_frame *punt_scratch(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&scratch, &key);
}

static __always_inline enum outcome punt_submit(struct punt_frame *frame, __u32 ifindex,
						enum punt_kind kind, __u64 octets)
{
	frame->header.ifindex = ifindex;
	frame->header.kind = kind;
	frame->header.len = octets;
	if (bpf_ringbuf_output(&punt, frame, sizeof(frame->header) + octets, 0))
		return OUTCOME_PUNT_FULL;
	return OUTCOME_PUNTED;
}

/* PUNTED, or why not. A global function: verified once. */
__u32 punt_xdp(struct xdp_md *ctx, __u32 kind);

/* The barrier: see punt.bpf.c. */
static __always_inline enum outcome punt_skb(struct __sk_buff *skb, enum punt_kind kind)
{
	struct punt_frame *frame = punt_scratch();
	__u64 octets = skb->len;

	asm volatile("" : "+r"(octets));
	if (!frame || octets < PUNT_FRAME_MIN || octets > FAMA_PUNT_FRAME_MAX)
		return OUTCOME_MALFORMED;
	if (bpf_skb_load_bytes(skb, 0, frame->octets, octets))
		return OUTCOME_MALFORMED;
	return punt_submit(frame, skb->ingress_ifindex, kind, octets);
}

#endif
