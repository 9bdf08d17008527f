// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns what leaves the mobile node from an away HoA: into the tunnel to its HDAR (RFC 6275 11.3.1).

#include "ration.bpf.h"
#include "ip6ip6.bpf.h"
#include "mn_frame.bpf.h"
#include "punt.bpf.h"

enum {
	HEADERS_OCTETS = 128, /* made linear: as far as a Mobility Header is looked for */
	UDP_OCTETS = 8,
	TCP_OFFSET_OCTET = 12, /* data offset, in 4 octets, in its upper half */
	PAYLOAD_OCTETS_MAX = 0xffff,
};

/*
 * Native also while away: neighbour discovery (the kernel solicits the DAR from the HoA) and the
 * Binding Update that ends the binding.
 */
static __always_inline bool is_exempt(const struct ipv6hdr *ip6, struct cursor at)
{
	if (!address_is_tunnelled(&ip6->daddr) || ipv6_is_nd(ip6, at.end))
		return true;
	return ipv6_upper(&at, ip6->nexthdr) == IPPROTO_MH;
}

/* Octets in front of the payload in each packet of an aggregate. */
static __always_inline __u32 repeated_octets(struct cursor at, __u8 next)
{
	const __u8 *tcp = at.pos;

	if (next == IPPROTO_UDP)
		return IPV6_OCTETS + UDP_OCTETS;
	if (next != IPPROTO_TCP || !cursor_take(&at, TCP_OFFSET_OCTET + 1))
		return IPV6_OCTETS;
	return IPV6_OCTETS + (tcp[TCP_OFFSET_OCTET] >> 4) * 4;
}

static __always_inline bool fits(struct __sk_buff *skb, const struct binding *binding,
				 __u32 repeated)
{
	__u32 whole = skb->len - LINK_OCTETS, longest = whole + IPV6_OCTETS;
	__u32 learnt = binding->path_mtu, device = 0;

	if (skb->gso_size)
		longest = IPV6_OCTETS + repeated + skb->gso_size;
	if (learnt && longest > (learnt < IPV6_MTU_MIN ? IPV6_MTU_MIN : learnt))
		return false;
	bpf_check_mtu(skb, 0, &device, 0, 0); /* for the number alone */
	return (!device || longest <= device) && whole <= PAYLOAD_OCTETS_MAX;
}

/* Dropped: the agent tells the sender, which sends smaller ones. */
static __always_inline enum outcome too_big(struct __sk_buff *skb)
{
	struct punt_frame *frame = punt_scratch();
	__u64 octets = skb->len - LINK_OCTETS;

	if (!frame || !ration_take(RATION_TOO_BIG))
		return OUTCOME_TOO_BIG;
	if (octets > FAMA_PUNT_QUOTE)
		octets = FAMA_PUNT_QUOTE;
	asm volatile("" : "+r"(octets)); /* as in punt.bpf.h */
	if (octets < IPV6_OCTETS || octets > FAMA_PUNT_QUOTE)
		return OUTCOME_MALFORMED;
	if (bpf_skb_load_bytes(skb, LINK_OCTETS, frame->octets, octets))
		return OUTCOME_MALFORMED;
	if (punt_submit(frame, skb->ifindex, PUNT_TOO_BIG_LOCAL, octets) == OUTCOME_PUNT_FULL)
		return OUTCOME_PUNT_FULL;
	return OUTCOME_TOO_BIG;
}

/*
 * RFC 2473 section 3.1: a packet of the entry point's own keeps its hop limit. The segments of
 * an aggregate keep their size: fits() has left room for the outer header.
 */
static __always_inline enum outcome push(struct __sk_buff *skb, const struct ipv6hdr *inner,
					 const struct binding *binding, __u32 repeated)
{
	__u32 packets = mn_packets(skb), whole = skb->len - LINK_OCTETS;
	struct traffic *of = bpf_map_lookup_elem(&traffic, &inner->saddr);
	struct ipv6hdr *ip6, outer;
	struct cursor at;

	ip6ip6_outer(&outer, inner, binding->coa, binding->dar, settings.hop_limit);
	outer.payload_len = bpf_htons(whole); /* that of an aggregate may say nothing */
	if (bpf_skb_adjust_room(skb, IPV6_OCTETS, BPF_ADJ_ROOM_MAC,
				BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 | BPF_F_ADJ_ROOM_FIXED_GSO))
		return OUTCOME_NO_ROOM;
	at = mn_packet(skb, IPV6_OCTETS);
	ip6 = next_header(&at, struct ipv6hdr);
	if (!ip6)
		return OUTCOME_NO_ROOM;
	*ip6 = outer;
	traffic_uplink(of, packets, whole + (packets - 1) * repeated);
	return OUTCOME_ENCAPSULATED;
}

static __always_inline enum outcome leave(struct __sk_buff *skb)
{
	struct binding *binding;
	struct ipv6hdr *ip6;
	struct cursor at;
	__u32 repeated;

	if (skb->protocol != bpf_htons(ETHERTYPE_IPV6))
		return OUTCOME_PASSED;
	at = mn_packet(skb, IPV6_OCTETS);
	ip6 = next_header(&at, struct ipv6hdr);
	if (!ip6)
		return OUTCOME_PASSED;
	binding = bpf_map_lookup_elem(&bindings, &ip6->saddr);
	if (!binding)
		return OUTCOME_PASSED;
	at = mn_packet(skb, HEADERS_OCTETS);
	ip6 = next_header(&at, struct ipv6hdr);
	if (!ip6 || is_exempt(ip6, at))
		return OUTCOME_PASSED;
	if (binding_is_over(binding))
		return OUTCOME_EXPIRED;
	repeated = repeated_octets(at, ip6->nexthdr);
	if (!fits(skb, binding, repeated))
		return too_big(skb);
	return push(skb, ip6, binding, repeated);
}

SEC("tc")
int fama_mn_egress(struct __sk_buff *skb)
{
	__u32 slot = interface_slot(skb->ifindex);
	enum outcome outcome = leave(skb);

	count_outcome(outcome, slot);
	return mn_action(outcome < OUTCOME_DROP_FIRST);
}
