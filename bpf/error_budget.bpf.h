/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the rate of ICMPv6 errors, made and handed up: a bucket for each kind and CPU. */
#ifndef FAMA_ERROR_BUDGET_BPF_H
#define FAMA_ERROR_BUDGET_BPF_H

#include <stdbool.h>

#include "maps.bpf.h"

enum {
	ERROR_COST_NS = 10 * 1000 * 1000, /* 100 a second */
	ERROR_BURST = 50,
};

static __always_inline bool error_is_affordable(enum error_kind kind)
{
	const __u64 burst_ns = (__u64)ERROR_BURST * ERROR_COST_NS;
	__u64 now = bpf_ktime_get_ns();
	__u32 key = kind;
	struct error_budget *budget = bpf_map_lookup_elem(&error_budget, &key);

	if (!budget)
		return false;
	budget->credit_ns += now - budget->refilled_ns;
	budget->refilled_ns = now;
	if (budget->credit_ns > burst_ns)
		budget->credit_ns = burst_ns;
	if (budget->credit_ns < ERROR_COST_NS)
		return false;
	budget->credit_ns -= ERROR_COST_NS;
	return true;
}

#endif
