// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns who may speak on an access link: its own addresses, while they are at home (D-47).

#include "frame.bpf.h"
#include "seen.bpf.h"
#include "source.bpf.h"

/* Bits. */
enum place {
	PLACE_CHECKED = 1,  /* the link has prefixes at all */
	PLACE_ANCHORED = 2, /* under one of ours */
	PLACE_HERE = 4,     /* which is that of this link */
	PLACE_OWN = 8,      /* the DAR's own address */
};

enum { SOURCE_OFFSET = FRAME_OCTETS + offsetof(struct ipv6hdr, saddr) };

/* Without a branch: the verifier would go through all combinations of 16 prefixes. */
static __always_inline __u32 place_of(const void *address, __u32 ifindex)
{
	const address_half *half = address;
	__u32 place = 0;

	for (__u32 i = 0; i < FAMA_PREFIX_MAX; i++) {
		const volatile address_half *own;
		__u32 here, anchored, is_own;

		if (i >= settings.prefix_count)
			break;
		own = (const volatile address_half *)settings.prefixes[i].address;
		here = is_zero(settings.prefixes[i].ifindex ^ ifindex);
		anchored = is_zero(half[0] ^ own[0]);
		is_own = is_zero(half[1] ^ own[1]);
		place |= here * PLACE_CHECKED;
		place |= anchored * (PLACE_ANCHORED + here * PLACE_HERE + is_own * PLACE_OWN);
	}
	return place;
}

/*
 * Neighbour discovery is on-link by its hop limit, and has to be heard whatever its source: from an
 * own address it is a duplicate of ours (RFC 4862 section 5.4.4), from a foreign one an away MN
 * that looks for its router.
 */
static __always_inline bool source_is_allowed(__u32 place, const struct ipv6hdr *ip6, bool is_nd)
{
	if (is_nd || !(place & PLACE_CHECKED))
		return true;
	if (place & PLACE_HERE)
		return !(place & PLACE_OWN);
	if (place & PLACE_ANCHORED)
		return false;
	return address_is_link_local(&ip6->saddr) ||
	       (address_is_unspecified(&ip6->saddr) && address_is_multicast(&ip6->daddr));
}

__noinline __u32 source_check(struct xdp_md *ctx)
{
	struct ipv6hdr *ip6 = frame_ipv6(ctx, 0);
	struct cursor at = {.pos = (void *)(ip6 + 1), .end = frame_end(ctx)};
	__u32 place;
	bool is_nd;

	if (!ip6)
		return OUTCOME_MALFORMED;
	place = place_of(&ip6->saddr, ctx->ingress_ifindex);
	is_nd = ipv6_is_nd(ip6, at.end);
	if (settings.source_check && !source_is_allowed(place, ip6, is_nd))
		return OUTCOME_SOURCE;
	if (!(place & PLACE_ANCHORED) || place & PLACE_OWN)
		return OUTCOME_PASSED;
	if (binding_active(&ip6->saddr)) /* it must come home first */
		return is_nd || ipv6_upper(&at, ip6->nexthdr) == IPPROTO_MH ? OUTCOME_PASSED
									    : OUTCOME_AWAY_SOURCE;
	if (place & PLACE_HERE)
		seen_record(ctx, SOURCE_OFFSET);
	return OUTCOME_PASSED;
}
