/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns counting: every packet ends in one outcome, counted by the interface it entered. */
#ifndef FAMA_COUNTERS_BPF_H
#define FAMA_COUNTERS_BPF_H

#include <stdbool.h>

#include "maps.bpf.h"

/* Global functions: verified once, called by every program. */
__u32 interface_slot(__u32 ifindex); /* position in settings.interfaces, or FAMA_INTERFACE_MAX */
__u64 count_outcome(__u32 outcome, __u32 slot); /* returns the packets so counted */

static __always_inline bool interface_is_listed(__u32 ifindex)
{
	return interface_slot(ifindex) < FAMA_INTERFACE_MAX;
}

#endif
