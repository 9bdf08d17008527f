// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns the writing of `seen`, and the ration of packets to addresses that are not in it.

#include "frame.bpf.h"
#include "seen.bpf.h"

enum { SEEN_AGAIN_S = 60 }; /* a row is not written more often */

__noinline __u32 seen_record(struct xdp_md *ctx, __u32 offset)
{
	struct ethernet *ethernet = frame_ethernet(ctx);
	struct seen *row, fresh = {0};
	void *address;

	if (!ethernet || offset > SEEN_OFFSET_MAX)
		return 0;
	address = (void *)(long)ctx->data + offset;
	if (address + sizeof(struct in6_addr) > frame_end(ctx))
		return 0;
	row = bpf_map_lookup_elem(&seen, address);
	fresh.seen_boot_ns = bpf_ktime_get_boot_ns();
	fresh.ifindex = ctx->ingress_ifindex;
	mac_copy(fresh.mac, ethernet->source);
	if (row && row->ifindex == fresh.ifindex && mac_equal(row->mac, fresh.mac)) {
		if (fresh.seen_boot_ns >= row->seen_boot_ns + SEEN_AGAIN_S * 1000000000ULL)
			row->seen_boot_ns = fresh.seen_boot_ns;
		return 1;
	}
	if (!ration_take(RATION_SEEN))
		return 0;
	return !bpf_map_update_elem(&seen, address, &fresh, BPF_ANY);
}

__noinline __u32 seen_or_rationed(struct xdp_md *ctx, __u32 offset)
{
	struct ipv6hdr *ip6;

	if (offset > SEEN_OFFSET_MAX)
		return 0;
	ip6 = (void *)(long)ctx->data + offset;
	if ((void *)(ip6 + 1) > frame_end(ctx))
		return 0;
	if (seen_lately(&ip6->daddr) || ipv6_is_nd(ip6, frame_end(ctx)) ||
	    prefix_on_link(&ip6->daddr, ctx->ingress_ifindex) < FAMA_PREFIX_MAX)
		return 1;
	return ration_take(RATION_UNSEEN);
}
