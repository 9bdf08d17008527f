// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns what the DAR itself, or an interface without our program, sends to an away HoA.

#include "binding.bpf.h"
#include "counters.bpf.h"
#include "error_budget.bpf.h"
#include "ip6ip6.bpf.h"

enum {
	/* This program cannot ask the FIB; the agent writes a path_mtu where the route has less. */
	PATH_MTU_DEFAULT = 1500,
	TCP_OFFSET_OCTET = 12, /* data offset, in 4 octets, in its upper half */
};

struct punt_quote {
	struct punt_header header;
	__u8 octets[FAMA_PUNT_QUOTE];
};

/* Hands up what an ICMPv6 error quotes. A length that never varies needs no scratch space. */
static __always_inline enum outcome punt_too_big(struct __sk_buff *skb)
{
	struct punt_quote *quote;

	if (!error_is_affordable(ERROR_TOO_BIG))
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

/*
 * Octets of the longest packet on the wire once it is in the tunnel. The kernel makes the
 * segments of a GSO packet shorter by what we push, so those stay as long as they are.
 */
static __always_inline __u32 wire_octets(struct __sk_buff *skb, const struct ipv6hdr *ip6)
{
	struct cursor at = {.pos = (void *)(ip6 + 1), .end = (void *)(long)skb->data_end};
	const __u8 *tcp = at.pos;

	if (!skb->gso_size)
		return ipv6_octets(ip6) + IPV6_OCTETS;
	if (ip6->nexthdr != IPPROTO_TCP || !cursor_take(&at, TCP_OFFSET_OCTET + 1))
		return 0; /* not a kind that bpf_lwt_push_encap() takes, it says so itself */
	return IPV6_OCTETS + (tcp[TCP_OFFSET_OCTET] >> 4) * 4 + skb->gso_size;
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

static __always_inline enum outcome local_decide(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ipv6hdr *inner = (void *)(long)skb->data;
	struct cursor at = {.pos = inner + 1, .end = end};
	const struct binding *binding;
	__u32 depth, mtu;
	bool own;

	if ((void *)(inner + 1) > end || inner->version != 6)
		return OUTCOME_PASSED;
	if (!address_is_tunnelled(&inner->daddr) || !address_is_tunnelled(&inner->saddr))
		return OUTCOME_PASSED;
	binding = binding_active(&inner->daddr);
	own = anchor_of(&inner->saddr) == ANCHOR_OWN;
	if (!binding || ipv6_is_nd(inner, end) || (own && inner->nexthdr == IPPROTO_MH))
		return OUTCOME_PASSED;
	depth = ipv6_tunnel_depth(at, inner->nexthdr);
	if (depth > settings.max_nested || (own && depth))
		return OUTCOME_NESTED;
	mtu = binding->path_mtu ? binding->path_mtu : PATH_MTU_DEFAULT;
	if (wire_octets(skb, inner) > mtu && skb->len > IPV6_MTU_MIN)
		return punt_too_big(skb);
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
