// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns what the DAR itself, or an interface without our program, sends to an away HoA.

#include "counters.bpf.h"
#include "credit.bpf.h"
#include "ip6ip6.bpf.h"
#include "seen.bpf.h"

enum {
	/* This program cannot ask the FIB; the agent writes a path_mtu where the route has less. */
	PATH_MTU_DEFAULT = 1500,
	TCP_OFFSET_OCTET = 12, /* data offset, in 4 octets, in its upper half */
	UNCOUNTED_OCTETS = 0x7fffffff,
};

struct punt_quote {
	struct punt_header header;
	__u8 octets[FAMA_PUNT_QUOTE];
};

/* Hands up what an ICMPv6 error quotes. A length that never varies needs no scratch space. */
static __always_inline enum outcome punt_too_big(struct __sk_buff *skb)
{
	struct punt_quote *quote;

	if (!ration_take(RATION_TOO_BIG))
		return OUTCOME_TOO_BIG;
	quote = bpf_ringbuf_reserve(&punt, sizeof(*quote), 0);
	if (!quote)
		return OUTCOME_PUNT_FULL;
	quote->header.ifindex = skb->ingress_ifindex;
	quote->header.kind = PUNT_TOO_BIG_LOCAL;
	quote->header.len = FAMA_PUNT_QUOTE;
	if (bpf_skb_load_bytes(skb, 0, quote->octets, FAMA_PUNT_QUOTE)) {
		bpf_ringbuf_discard(quote, 0);
		return OUTCOME_MALFORMED;
	}
	bpf_ringbuf_submit(quote, 0);
	return OUTCOME_TOO_BIG;
}

struct lengths {
	__u32 wire;  /* of the longest packet on the wire once it is in the tunnel */
	__u32 inner; /* of all inner packets */
};

/*
 * The kernel makes the segments of a GSO packet shorter by what we push, so on the wire those
 * stay as long as they are.
 */
static __always_inline struct lengths lengths_of(struct __sk_buff *skb, const struct ipv6hdr *ip6)
{
	struct cursor at = {.pos = (void *)(ip6 + 1), .end = (void *)(long)skb->data_end};
	const __u8 *tcp = at.pos;
	__u32 headers, payload;

	if (!skb->gso_size)
		return (struct lengths){ipv6_octets(ip6) + IPV6_OCTETS, ipv6_octets(ip6)};
	/* Not a kind that bpf_lwt_push_encap() takes, which it says itself, or TCP behind options,
	 * whose segments nobody counts here: more than any credit. */
	if (ip6->nexthdr != IPPROTO_TCP || !cursor_take(&at, TCP_OFFSET_OCTET + 1))
		return (struct lengths){0, UNCOUNTED_OCTETS};
	headers = IPV6_OCTETS + (tcp[TCP_OFFSET_OCTET] >> 4) * 4;
	payload = skb->gso_size - IPV6_OCTETS;
	return (struct lengths){
		.wire = headers + skb->gso_size,
		.inner = skb->len + (skb->len - headers - 1) / payload * headers,
	};
}

static __always_inline enum outcome local_push(struct __sk_buff *skb, const struct ipv6hdr *inner,
					       const struct binding *binding)
{
	struct traffic *of = bpf_map_lookup_elem(&traffic, &inner->daddr);
	__u32 packets = skb->gso_segs, octets = skb->len;
	struct ipv6hdr outer;

	/* Our own is not decremented, and of a forwarded one the stack has taken its hop. */
	ip6ip6_outer(&outer, inner, binding->dar, binding->coa, settings.hop_limit);
	if (bpf_lwt_push_encap(skb, BPF_LWT_ENCAP_IP, &outer, sizeof(outer)))
		return OUTCOME_NO_ROOM;
	traffic_downlink(of, packets ? packets : 1, octets);
	return OUTCOME_ENCAPSULATED_STACK;
}

/* Over the ration of packets to addresses never seen. What came in by an interface of ours has been
 * looked at there, and the host itself scans nobody. */
static __always_inline bool is_stray(struct __sk_buff *skb, const struct ipv6hdr *inner)
{
	if (!settings.neighbour_limit || !skb->ingress_ifindex ||
	    interface_is_listed(skb->ingress_ifindex))
		return false;
	return anchor_of(&inner->daddr) == ANCHOR_HOA && !seen_lately(&inner->daddr) &&
	       !ration_take(RATION_UNSEEN);
}

static __always_inline enum outcome local_decide(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ipv6hdr *inner = (void *)(long)skb->data;
	struct cursor at = {.pos = inner + 1, .end = end};
	const struct binding *binding;
	struct lengths lengths;
	__u32 depth, mtu;
	bool own;

	if ((void *)(inner + 1) > end || inner->version != 6)
		return OUTCOME_PASSED;
	if (!address_is_tunnelled(&inner->daddr) || !address_is_tunnelled(&inner->saddr))
		return OUTCOME_PASSED;
	binding = binding_active(&inner->daddr);
	own = anchor_of(&inner->saddr) == ANCHOR_OWN;
	if (ipv6_is_nd(inner, end) || (own && inner->nexthdr == IPPROTO_MH))
		return OUTCOME_PASSED;
	if (!binding)
		return is_stray(skb, inner) ? OUTCOME_UNSEEN : OUTCOME_PASSED;
	depth = ipv6_tunnel_depth(at, inner->nexthdr);
	if (depth > settings.max_nested || (own && depth))
		return OUTCOME_NESTED;
	mtu = binding->path_mtu ? binding->path_mtu : PATH_MTU_DEFAULT;
	if (skb->gso_size && skb->gso_size <= IPV6_OCTETS) /* what we push makes that negative */
		return OUTCOME_NO_ROOM;
	lengths = lengths_of(skb, inner);
	if (lengths.wire > mtu && skb->len > IPV6_MTU_MIN)
		return punt_too_big(skb);
	if (!credit_covers(binding, &inner->daddr, lengths.inner))
		return OUTCOME_CREDIT;
	return local_push(skb, inner, binding);
}

SEC("lwt_xmit")
int fama_dar_local(struct __sk_buff *skb)
{
	enum outcome outcome = local_decide(skb);

	count_outcome(outcome, interface_slot(skb->ifindex)); /* the access interface */
	if (outcome == OUTCOME_PASSED)
		return BPF_OK;
	return outcome == OUTCOME_ENCAPSULATED_STACK ? BPF_LWT_REROUTE : BPF_DROP;
}
