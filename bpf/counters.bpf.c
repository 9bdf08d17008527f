// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns the writing of the outcome counters, and the number of the interface they count for.

#include "counters.bpf.h"

__noinline __u32 interface_slot(__u32 ifindex)
{
	for (__u32 slot = 0; slot < FAMA_INTERFACE_MAX; slot++) {
		if (slot >= settings.interface_count)
			break;
		if (settings.interfaces[slot].ifindex == ifindex)
			return slot;
	}
	return FAMA_INTERFACE_MAX;
}

__noinline __u64 count_outcome(__u32 outcome, __u32 slot)
{
	__u32 key = outcome;
	struct outcome_count *count = bpf_map_lookup_elem(&outcomes, &key);

	if (!count || slot >= FAMA_INTERFACE_MAX)
		return 0;
	return ++count->packets[slot];
}
