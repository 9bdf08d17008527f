// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns the DAR's packet path, whatever the interface (RFC 6275 section 10.4, RFC 2473).

#include "arrival.bpf.h"
#include "credit.bpf.h"
#include "encapsulation_limit.bpf.h"
#include "forward.bpf.h"
#include "ip6ip6.bpf.h"
#include "neighbour.bpf.h"
#include "packet_too_big.bpf.h"
#include "punt.bpf.h"
#include "ration.bpf.h"
#include "seen.bpf.h"
#include "signalling.bpf.h"
#include "source.bpf.h"

/* Path MTU towards the CoA: what errors taught, what the route says, whichever is less. */
static __always_inline __u32 path_mtu(const struct binding *binding, enum hop hop,
				      const struct bpf_fib_lookup *fib)
{
	__u32 mtu = 0xffff, learnt = binding->path_mtu;

	/* A kernel of 6.1 gives no mtu_result with an unresolved neighbour, but tests it. */
	if ((hop == HOP_TOO_BIG || hop == HOP_WIRE) && fib->mtu_result)
		mtu = fib->mtu_result;
	if (learnt && learnt < IPV6_MTU_MIN)
		learnt = IPV6_MTU_MIN;
	return learnt && learnt < mtu ? learnt : mtu;
}

static __always_inline enum outcome too_big(struct frame *frame, const struct binding *binding,
					    __u32 octets, __u32 tunnel_mtu)
{
	if (octets <= IPV6_MTU_MIN) /* the outer packet would have to be fragmented: the stack */
		return OUTCOME_TOO_BIG; /* does not do that for packets it did not originate */
	return packet_too_big(frame, binding->dar,
			      tunnel_mtu < IPV6_MTU_MIN ? IPV6_MTU_MIN : tunnel_mtu);
}

/* The packet into the tunnel and on its way: `fib` is the way to the CoA, if `hop` says so. */
static __always_inline enum outcome push(struct frame *frame, const struct binding *binding,
					 enum hop hop, const struct bpf_fib_lookup *fib)
{
	struct ethernet *ethernet = frame_ethernet(frame->ctx), link;
	struct ipv6hdr *inner = frame_ipv6(frame->ctx, 0), *outer;
	__u32 hop_limit = settings.hop_limit;
	struct traffic *of;
	__u32 octets;

	if (!ethernet || !inner)
		return OUTCOME_MALFORMED;
	if (hop != HOP_WIRE && hop_limit < IPV6_HOP_LIMIT_MAX)
		hop_limit++; /* the stack's forwarding takes one */
	of = bpf_map_lookup_elem(&traffic, &inner->daddr);
	octets = ipv6_octets(inner);
	link = *ethernet;
	if (bpf_xdp_adjust_head(frame->ctx, -(int)IPV6_OCTETS))
		return OUTCOME_NO_ROOM;
	ethernet = frame_ethernet(frame->ctx);
	outer = frame_ipv6(frame->ctx, 0);
	inner = frame_ipv6(frame->ctx, IPV6_OCTETS);
	if (!ethernet || !outer || !inner)
		return OUTCOME_NO_ROOM;
	*ethernet = link;
	inner->hop_limit--;
	ip6ip6_outer(outer, inner, binding->dar, binding->coa, hop_limit);
	traffic_downlink(of, 1, octets);
	if (hop != HOP_WIRE)
		return to_stack(frame, OUTCOME_ENCAPSULATED_STACK);
	forward_to(frame, ethernet, fib);
	return OUTCOME_ENCAPSULATED;
}

/* A packet for an away HoA. */
static __always_inline enum outcome encapsulate(struct frame *frame, const struct binding *binding)
{
	struct ipv6hdr *inner = frame_ipv6(frame->ctx, 0);
	void *end = frame_end(frame->ctx);
	struct cursor at = {.pos = inner + 1, .end = end};
	struct bpf_fib_lookup fib;
	__u32 depth, octets, mtu;
	enum hop hop;
	bool own;

	if (!inner || !frame_holds(frame->ctx, inner))
		return OUTCOME_MALFORMED;
	own = anchor_of(&inner->saddr) == ANCHOR_OWN;
	if (ipv6_is_nd(inner, end) || (own && inner->nexthdr == IPPROTO_MH))
		return to_stack(frame, OUTCOME_PASSED);
	if (!address_is_tunnelled(&inner->saddr))
		return OUTCOME_SCOPE;
	depth = ipv6_tunnel_depth(at, inner->nexthdr);
	if (depth > settings.max_nested || (own && depth))
		return OUTCOME_NESTED;
	if (inner->hop_limit <= 1)
		return to_stack(frame, OUTCOME_HOP_LIMIT);

	octets = ipv6_octets(inner);
	hop = forward_lookup(frame->ctx, &fib, binding->dar, binding->coa, octets + IPV6_OCTETS);
	if (hop == HOP_REFUSED)
		return OUTCOME_NO_ROUTE;
	mtu = path_mtu(binding, hop, &fib);
	if (octets + IPV6_OCTETS > mtu)
		return too_big(frame, binding, octets, mtu - IPV6_OCTETS);
	if (!credit_covers(binding, &inner->daddr, octets))
		return OUTCOME_CREDIT;
	return push(frame, binding, hop, &fib);
}

/* Takes `octets` of outer headers off and puts `link` in front again. */
static __always_inline struct ethernet *strip(struct xdp_md *ctx, __u32 octets,
					      const struct ethernet *link)
{
	struct ethernet *ethernet;

	if (bpf_xdp_adjust_head(ctx, octets))
		return NULL;
	ethernet = frame_ethernet(ctx);
	if (ethernet)
		*ethernet = *link;
	return ethernet;
}

/* Who may send through this tunnel: PASSED is yes. RFC 6275 section 10.4.5 (D-23, D-24).
 * `earns`: it came from a CoA that is verified (D-37), which a previous one need not have been. */
static __always_inline enum outcome tunnel_check(const struct ipv6hdr *outer,
						 const struct ipv6hdr *inner, bool *earns)
{
	struct binding *binding = bpf_map_lookup_elem(&bindings, &inner->saddr);

	if (!binding)
		return OUTCOME_NOT_BOUND;
	if (binding_is_over(binding))
		return OUTCOME_EXPIRED;
	if (!address_equal(binding->dar, &outer->daddr))
		return OUTCOME_TUNNEL_SOURCE;
	*earns = address_equal(binding->coa, &outer->saddr);
	if (!*earns && (address_is_unspecified(&outer->saddr) ||
			!address_equal(binding->prev_coa, &outer->saddr)))
		return OUTCOME_TUNNEL_SOURCE;
	*earns = *earns && settings.credit && binding->state == BINDING_VERIFIED;
	return address_is_tunnelled(&inner->daddr) ? OUTCOME_PASSED : OUTCOME_SCOPE;
}

/* What came out of a tunnel and is for this host meets the rules of what arrives here, and
 * cannot claim to be on the link: PASSED is fine. */
static __always_inline enum outcome tunnelled_check(struct xdp_md *ctx, __u32 offset, bool own)
{
	enum arrival kind = arrival_kind(ctx, offset);

	if (kind == ARRIVAL_ND)
		return OUTCOME_SCOPE;
	if (!own)
		return OUTCOME_PASSED;
	switch (kind) {
	case ARRIVAL_ORDINARY:
	case ARRIVAL_TUNNEL_ERROR:
		return OUTCOME_PASSED;
	case ARRIVAL_SIGNALLING:
		return OUTCOME_TUNNELLED_SIGNALLING;
	case ARRIVAL_TUNNEL:
	case ARRIVAL_TUNNEL_LIMIT:
		return OUTCOME_NESTED;
	case ARRIVAL_ND:
		return OUTCOME_SCOPE;
	case ARRIVAL_FRAGMENT:
		return OUTCOME_FRAGMENT;
	case ARRIVAL_HOME_ADDRESS:
		return OUTCOME_HOME_ADDRESS_OPTION;
	case ARRIVAL_ROUTING_HEADER:
		return OUTCOME_ROUTING_HEADER;
	case ARRIVAL_MALFORMED:
		return OUTCOME_MALFORMED;
	}
	return OUTCOME_MALFORMED;
}

static __always_inline bool was_relayed(enum outcome outcome)
{
	return outcome == OUTCOME_ENCAPSULATED || outcome == OUTCOME_ENCAPSULATED_STACK;
}

/* Accepted, its ECN settled: out of the tunnel and on. `octets` are the outer headers. */
static __always_inline enum outcome release(struct frame *frame, struct ipv6hdr *inner,
					    __u32 octets, bool own)
{
	struct ethernet *received = frame_ethernet(frame->ctx), *ethernet, link;
	enum hop hop = HOP_STACK;
	struct binding *target = NULL;
	struct bpf_fib_lookup fib;
	enum outcome outcome;

	if (!received)
		return OUTCOME_MALFORMED;
	link = *received;
	if (!own && anchor_of(&inner->daddr) == ANCHOR_HOA) {
		target = binding_active(&inner->daddr);
		if (!target && settings.neighbour_limit &&
		    !seen_or_rationed(frame->ctx, FRAME_OCTETS + octets))
			return OUTCOME_UNSEEN;
	}
	if (target) {
		frame->relayed = true;
		if (!strip(frame->ctx, octets, &link))
			return OUTCOME_NO_ROOM;
		outcome = encapsulate(frame, target);
		return was_relayed(outcome) ? OUTCOME_RELAYED : outcome;
	}
	outcome = OUTCOME_DECAPSULATED_STACK;
	if (!own && inner->hop_limit <= 1)
		outcome = OUTCOME_HOP_LIMIT;
	else if (!own)
		hop = forward_lookup(frame->ctx, &fib, &inner->saddr, &inner->daddr,
				     ipv6_octets(inner));
	if (hop == HOP_WIRE)
		inner->hop_limit--;
	ethernet = strip(frame->ctx, octets, &link);
	if (!ethernet)
		return OUTCOME_NO_ROOM;
	if (hop != HOP_WIRE)
		return to_stack(frame, outcome);
	forward_to(frame, ethernet, &fib);
	return OUTCOME_DECAPSULATED;
}

/* A tunnel packet for an own address; its inner packet begins behind `octets` of headers. */
static __always_inline enum outcome decapsulate(struct frame *frame, __u32 octets)
{
	struct ipv6hdr *outer = frame_ipv6(frame->ctx, 0);
	struct ipv6hdr *inner = frame_ipv6(frame->ctx, octets);
	enum outcome outcome;
	__u32 inner_octets;
	struct credit *earner;
	struct traffic *of;
	bool own, earns;
	enum ecn ecn;

	if (!outer || !inner || !frame_holds(frame->ctx, outer) || inner->version != 6)
		return OUTCOME_MALFORMED;
	inner_octets = ipv6_octets(inner);
	if (inner_octets + octets != ipv6_octets(outer))
		return OUTCOME_MALFORMED;
	outcome = tunnel_check(outer, inner, &earns);
	if (outcome != OUTCOME_PASSED)
		return outcome;
	own = anchor_of(&inner->daddr) == ANCHOR_OWN;
	if (own || inner->hop_limit == ND_HOP_LIMIT) {
		outcome = tunnelled_check(frame->ctx, FRAME_OCTETS + octets, own);
		if (outcome != OUTCOME_PASSED)
			return outcome;
	}
	ecn = ip6ip6_decapsulated_ecn(ipv6_ecn(inner), ipv6_ecn(outer));
	if (ecn == ECN_DROP)
		return OUTCOME_ECN;
	ipv6_set_ecn(inner, ecn);
	of = bpf_map_lookup_elem(&traffic, &inner->saddr);
	earner = earns ? bpf_map_lookup_elem(&credit, &inner->saddr) : NULL;
	outcome = release(frame, inner, octets, own);
	if (outcome != OUTCOME_DECAPSULATED && outcome != OUTCOME_DECAPSULATED_STACK &&
	    outcome != OUTCOME_RELAYED)
		return outcome;
	traffic_uplink(of, 1, inner_octets);
	credit_earn(earner, inner_octets);
	return outcome;
}

static __always_inline enum outcome signalling(struct xdp_md *ctx)
{
	enum outcome outcome = signalling_gate(ctx);

	return outcome == OUTCOME_PASSED ? punt_xdp(ctx, PUNT_SIGNALLING) : outcome;
}

/* A packet for an own address (RFC 6275 sections 8.2 and 9.3.1). */
static __always_inline enum outcome arrive(struct frame *frame, const struct ipv6hdr *ip6)
{
	enum arrival kind = ARRIVAL_TUNNEL;

	if (!frame_holds(frame->ctx, ip6))
		return OUTCOME_MALFORMED;
	if (ip6->nexthdr != IPPROTO_IPV6)
		kind = arrival_kind(frame->ctx, FRAME_OCTETS);
	switch (kind) {
	case ARRIVAL_ORDINARY:
	case ARRIVAL_ND:
		return to_stack(frame, OUTCOME_PASSED);
	case ARRIVAL_SIGNALLING:
		return signalling(frame->ctx);
	case ARRIVAL_TUNNEL:
		return decapsulate(frame, IPV6_OCTETS);
	case ARRIVAL_TUNNEL_LIMIT:
		return decapsulate(frame, IPV6_OCTETS + ENCAPSULATION_LIMIT_OCTETS);
	case ARRIVAL_TUNNEL_ERROR:
		if (!ration_take(RATION_ABOUT_TUNNEL))
			return OUTCOME_BUDGET;
		return punt_xdp(frame->ctx, PUNT_TUNNEL_ERROR);
	case ARRIVAL_FRAGMENT:
		return OUTCOME_FRAGMENT;
	case ARRIVAL_HOME_ADDRESS: /* the agent answers with a Binding Error (D-42) */
		if (ration_take(RATION_HOME_ADDRESS))
			punt_xdp(frame->ctx, PUNT_HOME_ADDRESS);
		return OUTCOME_HOME_ADDRESS_OPTION;
	case ARRIVAL_ROUTING_HEADER:
		return OUTCOME_ROUTING_HEADER;
	case ARRIVAL_MALFORMED:
		return OUTCOME_MALFORMED;
	}
	return OUTCOME_MALFORMED;
}

/* Sets the ingress. False for a frame the link only flooded to us: not to be touched. */
static __always_inline bool enter(struct frame *frame, const struct ethernet *ethernet)
{
	__u32 slot = interface_slot(frame->ctx->ingress_ifindex);

	frame->slot = slot;
	if (slot >= FAMA_INTERFACE_MAX)
		return false;
	frame->kind = settings.interfaces[slot].kind;
	return ethernet_is_multicast(ethernet) ||
	       mac_equal((const void *)settings.interfaces[slot].mac, ethernet->destination);
}

static __always_inline enum outcome neighbour(struct frame *frame)
{
	enum outcome outcome = neighbour_receive(frame->ctx);

	if (outcome == OUTCOME_PASSED)
		return to_stack(frame, outcome);
	if (outcome == OUTCOME_ND_ANSWERED)
		frame->egress = frame->ctx->ingress_ifindex;
	return outcome;
}

/* A packet for somebody under a prefix of ours, whom a binding may say away. */
static __always_inline enum outcome deliver(struct frame *frame, const struct ipv6hdr *ip6,
					    bool to_many)
{
	struct binding *binding = binding_active(&ip6->daddr);

	if (binding && !to_many) /* the stack forwards nothing that was sent to many either */
		return encapsulate(frame, binding);
	if (!binding && settings.neighbour_limit && !seen_or_rationed(frame->ctx, FRAME_OCTETS))
		return OUTCOME_UNSEEN;
	return to_stack(frame, OUTCOME_PASSED);
}

static __always_inline enum outcome decide(struct frame *frame)
{
	struct ethernet *ethernet = frame_ethernet(frame->ctx);
	struct ipv6hdr *ip6 = frame_ipv6(frame->ctx, 0);
	enum outcome outcome;

	if (!ethernet || !enter(frame, ethernet) ||
	    ethernet->protocol != bpf_htons(ETHERTYPE_IPV6) || !ip6 || ip6->version != 6)
		return to_stack(frame, OUTCOME_PASSED);
	if (frame->kind == INTERFACE_ACCESS) {
		outcome = source_check(frame->ctx);
		if (outcome != OUTCOME_PASSED)
			return outcome;
		if (ipv6_is_nd(ip6, frame_end(frame->ctx)))
			return neighbour(frame);
	}
	switch (anchor_of(&ip6->daddr)) {
	case ANCHOR_NONE:
		break;
	case ANCHOR_OWN:
		return arrive(frame, ip6);
	case ANCHOR_HOA:
		return deliver(frame, ip6, ethernet_is_multicast(ethernet));
	}
	return to_stack(frame, OUTCOME_PASSED);
}

SEC("xdp")
int fama_dar(struct xdp_md *ctx)
{
	struct frame frame = {.ctx = ctx, .egress = EGRESS_NONE, .slot = FAMA_INTERFACE_MAX};
	enum outcome outcome = decide(&frame);

	count_outcome(outcome, frame.slot);
	if (frame.egress == EGRESS_NONE)
		return XDP_DROP;
	if (frame.egress == EGRESS_STACK)
		return XDP_PASS;
	return bpf_redirect(frame.egress, 0);
}
