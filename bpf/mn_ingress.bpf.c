// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns what arrives at the mobile node: tunnels checked and taken off, signalling handed up.

#include "encapsulation_limit.bpf.h"
#include "ip6ip6.bpf.h"
#include "mn_frame.bpf.h"
#include "punt.bpf.h"

enum {
	KIND_OCTETS = 256, /* made linear to tell the kind: quoted tunnel packets included */
	ROUTING_TYPE_2 = 2,
	TUNNELS_MAX = 2, /* taken off one packet, whatever max_nested says */
};

enum kind {
	KIND_ORDINARY,
	KIND_TUNNEL,       /* IPv6 in IPv6 */
	KIND_TUNNEL_LIMIT, /* the same behind an encapsulation limit */
	KIND_SIGNALLING,   /* Mobility Header, or any type 2 routing header */
	KIND_FRAGMENT,     /* of a Mobility Header */
	KIND_TUNNEL_ERROR, /* ICMPv6 error about a tunnel packet of ours */
};

struct icmp_error {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be32 value;
};

/* RFC 8201 section 4: the quoted packet is one that we did send, while away, for a HoA. */
static __always_inline enum kind icmp_kind(struct cursor at)
{
	struct icmp_error *error = next_header(&at, struct icmp_error);
	struct ipv6hdr *outer = next_header(&at, struct ipv6hdr);
	struct ipv6hdr *inner = next_header(&at, struct ipv6hdr);
	struct binding *binding;

	if (!error || !outer || !inner || error->type > ICMPV6_ERROR_LAST ||
	    outer->nexthdr != IPPROTO_IPV6)
		return KIND_ORDINARY;
	binding = bpf_map_lookup_elem(&bindings, &inner->saddr);
	if (!binding || !address_equal(binding->dar, &outer->daddr))
		return KIND_ORDINARY;
	if (!address_equal(binding->coa, &outer->saddr) &&
	    !address_equal(binding->prev_coa, &outer->saddr))
		return KIND_ORDINARY;
	return KIND_TUNNEL_ERROR;
}

/*
 * The host's stack must meet neither a Mobility Header nor a type 2 routing header, however
 * malformed: without MIP6 it answers both with a Parameter Problem.
 */
static __always_inline enum kind walk(struct cursor at, __u8 next)
{
	enum kind tunnel = KIND_TUNNEL; /* only straight behind the header or the limit */

	for (int i = 0; i < IPV6_WALK_MAX; i++) {
		struct ipv6_extension *ext = at.pos;

		if (next == IPPROTO_MH)
			return KIND_SIGNALLING;
		if (next == IPPROTO_IPV6)
			return tunnel;
		if (next == IPPROTO_ICMPV6)
			return icmp_kind(at);
		if (!ipv6_is_extension(next) || (void *)(ext + 1) > at.end)
			return KIND_ORDINARY;
		if (next == IPPROTO_FRAGMENT)
			return ext->next_header == IPPROTO_MH ? KIND_FRAGMENT : KIND_ORDINARY;
		if (next == IPPROTO_ROUTING && ext->content[0] == ROUTING_TYPE_2)
			return KIND_SIGNALLING;
		tunnel = KIND_ORDINARY;
		if (i == 0 && next == IPPROTO_DSTOPTS && is_encapsulation_limit(ext))
			tunnel = KIND_TUNNEL_LIMIT;
		at.pos += ipv6_extension_octets(next, ext);
		next = ext->next_header;
	}
	return KIND_ORDINARY;
}

static __always_inline bool is_bulk(__u8 next)
{
	return next == IPPROTO_TCP || next == IPPROTO_UDP;
}

static __noinline enum kind kind_of(struct __sk_buff *skb)
{
	struct cursor at = mn_packet(skb, IPV6_OCTETS);
	struct ipv6hdr *ip6 = next_header(&at, struct ipv6hdr);

	if (!ip6 || ip6->version != 6 || is_bulk(ip6->nexthdr))
		return KIND_ORDINARY;
	if (ip6->nexthdr == IPPROTO_IPV6)
		return KIND_TUNNEL;
	at = mn_packet(skb, KIND_OCTETS);
	ip6 = next_header(&at, struct ipv6hdr);
	return ip6 ? walk(at, ip6->nexthdr) : KIND_ORDINARY;
}

/*
 * Nothing from afar is a neighbour. The stack looks for neighbour discovery behind any extension
 * header but a fragment's (RFC 6980), and of an honest HDAR nothing comes with one and this hop
 * limit.
 */
static __always_inline bool claims_link(const struct ipv6hdr *inner, const void *end)
{
	return ipv6_is_nd(inner, end) ||
	       (inner->hop_limit == ND_HOP_LIMIT && inner->nexthdr != IPPROTO_FRAGMENT &&
		ipv6_is_extension(inner->nexthdr));
}

/* From the HDAR of the HoA inside, for a live binding, whole (RFC 6275 section 11.3.3). */
static __always_inline enum outcome tunnel_check(const struct __sk_buff *skb,
						 const struct ipv6hdr *outer,
						 const struct ipv6hdr *inner, __u32 octets,
						 const struct binding *binding)
{
	if (binding_is_over(binding))
		return OUTCOME_EXPIRED;
	if (!address_equal(binding->dar, &outer->saddr))
		return OUTCOME_TUNNEL_SOURCE;
	if (inner->version != 6 || ipv6_octets(inner) + octets != ipv6_octets(outer) ||
	    LINK_OCTETS + ipv6_octets(outer) > skb->len)
		return OUTCOME_MALFORMED;
	if (!address_is_tunnelled(&inner->saddr))
		return OUTCOME_SCOPE;
	return OUTCOME_DECAPSULATED_STACK;
}

/* Through the helper, which keeps a checksum that the device took over the whole packet. */
static __always_inline bool set_ecn(struct __sk_buff *skb, __u32 first_word, enum ecn ecn)
{
	__be32 word = bpf_htonl((first_word & ~((__u32)ECN_MASK << IPV6_CLASS_SHIFT)) |
				(__u32)ecn << IPV6_CLASS_SHIFT);

	return !bpf_skb_store_bytes(skb, LINK_OCTETS, &word, sizeof(word), BPF_F_RECOMPUTE_CSUM);
}

/*
 * Takes `octets` of tunnel headers off, after `taken` others went. PASSED: the tunnel is somebody
 * else's.
 */
static __noinline enum outcome strip(struct __sk_buff *skb, __u32 octets, __u32 taken)
{
	struct cursor at = mn_packet(skb, octets + IPV6_OCTETS + sizeof(struct icmp_error));
	struct ipv6hdr *outer = next_header(&at, struct ipv6hdr), *inner;
	__u32 inner_octets, first_word, packets = mn_packets(skb);
	struct binding *binding;
	enum outcome outcome;
	struct traffic *of;
	enum ecn ecn;

	if (octets > IPV6_OCTETS && !next_header(&at, struct ipv6_extension))
		return OUTCOME_PASSED;
	inner = next_header(&at, struct ipv6hdr);
	if (!outer || !inner)
		return OUTCOME_PASSED;
	binding = bpf_map_lookup_elem(&bindings, &inner->daddr);
	if (!binding)
		return OUTCOME_PASSED;
	if (taken > settings.max_nested)
		return OUTCOME_NESTED;
	outcome = tunnel_check(skb, outer, inner, octets, binding);
	if (outcome >= OUTCOME_DROP_FIRST)
		return outcome;
	if (claims_link(inner, at.end))
		return OUTCOME_SCOPE;
	ecn = ip6ip6_decapsulated_ecn(ipv6_ecn(inner), ipv6_ecn(outer));
	if (ecn == ECN_DROP)
		return OUTCOME_ECN;
	of = bpf_map_lookup_elem(&traffic, &inner->daddr);
	inner_octets = ipv6_octets(inner);
	first_word = ipv6_first_word(inner);
	if (bpf_skb_adjust_room(skb, -(int)octets, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO))
		return OUTCOME_NO_ROOM;
	if (ecn != ((first_word >> IPV6_CLASS_SHIFT) & ECN_MASK) && !set_ecn(skb, first_word, ecn))
		return OUTCOME_NO_ROOM;
	traffic_downlink(of, packets, inner_octets);
	return outcome;
}

static __always_inline enum outcome arrive(struct __sk_buff *skb, bool *also_passes)
{
	enum outcome so_far = OUTCOME_PASSED, stripped;

	if (skb->protocol != bpf_htons(ETHERTYPE_IPV6) || skb->pkt_type != PACKET_TO_US)
		return OUTCOME_PASSED;
	for (__u32 taken = 0; taken <= TUNNELS_MAX; taken++) {
		enum kind kind = kind_of(skb);
		__u32 octets = IPV6_OCTETS;

		if (kind == KIND_ORDINARY)
			break;
		if (kind == KIND_SIGNALLING)
			return taken ? OUTCOME_TUNNELLED_SIGNALLING
				     : punt_skb(skb, PUNT_SIGNALLING);
		if (kind == KIND_FRAGMENT)
			return OUTCOME_FRAGMENT;
		if (kind == KIND_TUNNEL_ERROR) {
			/* The stack keeps the path MTU of its own traffic by the same errors. */
			*also_passes = true;
			return punt_skb(skb, PUNT_TUNNEL_ERROR);
		}
		if (kind == KIND_TUNNEL_LIMIT)
			octets += ENCAPSULATION_LIMIT_OCTETS;
		stripped = strip(skb, octets, taken);
		if (stripped == OUTCOME_PASSED)
			break;
		if (stripped >= OUTCOME_DROP_FIRST)
			return stripped;
		so_far = stripped;
	}
	return so_far;
}

SEC("tc")
int fama_mn_ingress(struct __sk_buff *skb)
{
	__u32 slot = interface_slot(skb->ifindex);
	bool also_passes = false;
	enum outcome outcome = arrive(skb, &also_passes);

	count_outcome(outcome, slot);
	return mn_action(outcome < OUTCOME_PUNTED || also_passes);
}
