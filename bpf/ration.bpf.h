/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns what a CPU may do a second for strangers: a bucket for each kind (RFC 4443 section 2.4 (f)).
 */
#ifndef FAMA_RATION_BPF_H
#define FAMA_RATION_BPF_H

#include <stdbool.h>

#include "maps.bpf.h"

enum {
	ERROR_COST_NS = 10 * 1000 * 1000, /* 100 a second */
	ERROR_BURST = 50,
	SEEN_COST_NS = 5 * 1000 * 1000, /* 200 a second: a neighbour cannot wash `seen` */
	SEEN_BURST = 1000,
	UNSEEN_COST_NS = 100 * 1000 * 1000, /* 10 a second: what the neighbour cache can take */
	UNSEEN_BURST = 50,
};

static __always_inline __u64 ration_cost_ns(enum ration_kind kind)
{
	return kind == RATION_SEEN     ? SEEN_COST_NS
	       : kind == RATION_UNSEEN ? UNSEEN_COST_NS
				       : ERROR_COST_NS;
}

static __always_inline __u64 ration_burst(enum ration_kind kind)
{
	return kind == RATION_SEEN     ? SEEN_BURST
	       : kind == RATION_UNSEEN ? UNSEEN_BURST
				       : ERROR_BURST;
}

/* `kind` is a constant where this is called. */
static __always_inline bool ration_take(enum ration_kind kind)
{
	const __u64 cost_ns = ration_cost_ns(kind), full_ns = ration_burst(kind) * cost_ns;
	__u64 now = bpf_ktime_get_ns();
	__u32 key = kind;
	struct ration *ration = bpf_map_lookup_elem(&rations, &key);

	if (!ration)
		return false;
	ration->saved_ns += now - ration->refilled_ns;
	ration->refilled_ns = now;
	if (ration->saved_ns > full_ns)
		ration->saved_ns = full_ns;
	if (ration->saved_ns < cost_ns)
		return false;
	ration->saved_ns -= cost_ns;
	return true;
}

#endif
