// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns the look at a packet for an own address: signalling, tunnel, error about one, or neither.

#include "arrival.bpf.h"
#include "binding.bpf.h"
#include "encapsulation_limit.bpf.h"

enum {
	OPTION_PAD1 = 0,
	OPTION_HOME_ADDRESS = 0xc9,
	OPTIONS_MAX = 8, /* looked at in one header */
	ROUTING_TYPE_2 = 2,
	EXTENSION_OFFSET_MAX = 0x7fff, /* in a frame */
};

struct icmp_error {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be32 value;
};

/*
 * Home Address option in the destination options header at `offset` of the frame. Global, as is
 * arrival_kind(): each is verified once for itself, else their paths multiply past 10^6.
 */
__noinline __u32 has_home_address(struct xdp_md *ctx, __u32 offset)
{
	struct cursor at = {.end = (void *)(long)ctx->data_end};
	struct ipv6_extension *header;
	__u32 left;

	if (offset > EXTENSION_OFFSET_MAX)
		return false;
	at.pos = (void *)(long)ctx->data + offset;
	header = at.pos;
	if ((void *)(header + 1) > at.end)
		return false;
	left = (header->length + 1) * 8 - offsetof(struct ipv6_extension, content);
	at.pos = header->content;
	for (int i = 0; i < OPTIONS_MAX && left > 1; i++) {
		__u8 *option = at.pos;

		if ((void *)(option + 2) > at.end)
			return false;
		if (option[0] == OPTION_HOME_ADDRESS)
			return true;
		if (option[0] == OPTION_PAD1) {
			at.pos += 1;
			left--;
			continue;
		}
		if (left < 2u + option[1])
			return false;
		at.pos += 2 + option[1];
		left -= 2 + option[1];
	}
	return false;
}

static __always_inline enum arrival fragment_kind(const struct ipv6_extension *fragment)
{
	switch (fragment->next_header) {
	case IPPROTO_IPV6:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
		return ARRIVAL_FRAGMENT;
	default: /* the host may reassemble what is not ours */
		return ARRIVAL_ORDINARY;
	}
}

static __always_inline enum arrival icmp_kind(struct cursor at, __u8 hop_limit)
{
	struct icmp_error *error = next_header(&at, struct icmp_error);
	struct ipv6hdr *quoted;
	struct ipv6_extension *options;

	if (!error)
		return ARRIVAL_ORDINARY;
	if (icmpv6_is_nd(error->type) && hop_limit == ND_HOP_LIMIT)
		return ARRIVAL_ND;
	quoted = next_header(&at, struct ipv6hdr);
	if (!quoted || error->type < 1 || error->type > 4 ||
	    anchor_of(&quoted->saddr) != ANCHOR_OWN)
		return ARRIVAL_ORDINARY;
	if (quoted->nexthdr == IPPROTO_IPV6)
		return ARRIVAL_TUNNEL_ERROR;
	options = next_header(&at, struct ipv6_extension);
	if (quoted->nexthdr == IPPROTO_DSTOPTS && options && options->next_header == IPPROTO_IPV6)
		return ARRIVAL_TUNNEL_ERROR;
	return ARRIVAL_ORDINARY;
}

/* The Mobility Header begins as an extension header does, and counts its length alike. */
static __always_inline bool mobility_fits(struct cursor at, const struct ipv6_extension *header)
{
	return cursor_take(&at, (header->length + 1) * 8);
}

/* What the packet is, where no Home Address option was met on the way. */
static __always_inline enum arrival walk(struct xdp_md *ctx, struct cursor at,
					 const struct ipv6hdr *ip6, __u32 *home)
{
	__u8 next = ip6->nexthdr;
	enum arrival tunnel = ARRIVAL_TUNNEL; /* only straight behind the header or the limit */

	for (int i = 0; i < IPV6_WALK_MAX; i++) {
		struct ipv6_extension *ext = at.pos;
		bool fits = (void *)(ext + 1) <= at.end;

		if (next == IPPROTO_MH)
			return fits && mobility_fits(at, ext) ? ARRIVAL_SIGNALLING
							      : ARRIVAL_MALFORMED;
		if (next == IPPROTO_IPV6)
			return tunnel;
		if (next == IPPROTO_ICMPV6)
			return icmp_kind(at, ip6->hop_limit);
		if (!ipv6_is_extension(next))
			return ARRIVAL_ORDINARY;
		if (!fits)
			return ARRIVAL_MALFORMED;
		if (next == IPPROTO_FRAGMENT)
			return fragment_kind(ext);
		if (next == IPPROTO_ROUTING && ext->content[0] == ROUTING_TYPE_2)
			return ARRIVAL_ROUTING_HEADER;
		tunnel = ARRIVAL_ORDINARY;
		if (next == IPPROTO_DSTOPTS) {
			*home |= has_home_address(ctx, (long)at.pos - ctx->data);
			if (i == 0 && is_encapsulation_limit(ext))
				tunnel = ARRIVAL_TUNNEL_LIMIT;
		}
		at.pos += ipv6_extension_octets(next, ext);
		next = ext->next_header;
	}
	return ARRIVAL_ORDINARY;
}

__noinline __u32 arrival_kind(struct xdp_md *ctx, __u32 offset)
{
	struct cursor at = {.end = (void *)(long)ctx->data_end};
	__u32 home = 0;
	struct ipv6hdr *ip6;
	enum arrival kind;

	if (offset > ARRIVAL_OFFSET_MAX)
		return ARRIVAL_MALFORMED;
	at.pos = (void *)(long)ctx->data + offset;
	ip6 = next_header(&at, struct ipv6hdr);
	if (!ip6)
		return ARRIVAL_MALFORMED;
	kind = walk(ctx, at, ip6, &home);
	/* RFC 6275 section 9.3.1: without a Mobility Header behind it the option needs a binding.
	 */
	if (home && (kind == ARRIVAL_ORDINARY || kind == ARRIVAL_TUNNEL_LIMIT ||
		     kind == ARRIVAL_TUNNEL_ERROR || kind == ARRIVAL_ND))
		return ARRIVAL_HOME_ADDRESS;
	return kind;
}
