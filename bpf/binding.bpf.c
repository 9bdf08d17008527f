// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns the search among the anchored prefixes.

#include "binding.bpf.h"

static __always_inline const volatile address_half *own_address(__u32 i)
{
	return (const volatile address_half *)settings.prefixes[i].address;
}

__noinline __u32 anchor_find(__u64 prefix, __u64 interface_id)
{
	for (__u32 i = 0; i < FAMA_PREFIX_MAX; i++) {
		if (i >= settings.prefix_count)
			break;
		if (prefix == own_address(i)[0])
			return interface_id == own_address(i)[1] ? ANCHOR_OWN : ANCHOR_HOA;
	}
	return ANCHOR_NONE;
}

__noinline __u32 prefix_find(__u64 prefix, __u32 ifindex)
{
	for (__u32 i = 0; i < FAMA_PREFIX_MAX; i++) {
		if (i >= settings.prefix_count)
			break;
		if (prefix == own_address(i)[0])
			return settings.prefixes[i].ifindex == ifindex ? i : FAMA_PREFIX_MAX;
	}
	return FAMA_PREFIX_MAX;
}
