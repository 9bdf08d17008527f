/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns counting: every packet ends in one outcome, counted by the interface it entered. */
#ifndef FAMA_COUNTERS_BPF_H
#define FAMA_COUNTERS_BPF_H

#include <stdbool.h>

#include "maps.bpf.h"

/* Position of `ifindex` in settings.interfaces, or FAMA_INTERFACE_MAX. */
static __always_inline __u32 interface_slot(__u32 ifindex)
{
	for (__u32 slot = 0; slot < FAMA_INTERFACE_MAX; slot++) {
		if (slot >= settings.interface_count)
			break;
		if (settings.interfaces[slot].ifindex == ifindex)
			return slot;
	}
	return FAMA_INTERFACE_MAX;
}

static __always_inline bool interface_is_listed(__u32 ifindex)
{
	return interface_slot(ifindex) < FAMA_INTERFACE_MAX;
}

/* A global function: verified once, called by every program. Returns the packets so counted. */
__u64 count_outcome(__u32 outcome, __u32 slot);

#endif
