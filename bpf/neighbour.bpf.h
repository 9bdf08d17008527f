/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns neighbour discovery for away HoAs: their DAR answers in their place (RFC 4861
 * section 7.2.8). */
#ifndef FAMA_NEIGHBOUR_BPF_H
#define FAMA_NEIGHBOUR_BPF_H

#include "checksum.bpf.h"
#include "frame.bpf.h"

struct neighbour_message {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be32 flags; /* of an advertisement, reserved in a solicitation */
	__u8 target[16];
};

struct link_layer_option {
	__u8 type;
	__u8 length; /* in units of 8 octets */
	__u8 mac[6];
};

struct advertisement {
	struct ipv6hdr ip6;
	struct neighbour_message message;
	struct link_layer_option target_mac;
};

enum {
	NEIGHBOUR_SOLICITATION = 135,
	NEIGHBOUR_ADVERTISEMENT = 136,
	ADVERTISEMENT_SOLICITED = 0x40000000, /* S; R and O stay 0 for a proxy */
	OPTION_SOURCE_LINK_LAYER = 1,
	OPTION_TARGET_LINK_LAYER = 2,
	ND_OPTION_UNITS_MAX = 16, /* longer solicitations go unanswered */
	ADVERTISEMENT_OCTETS = sizeof(struct neighbour_message) + sizeof(struct link_layer_option),
	ADVERTISEMENT_FRAME = FRAME_OCTETS + sizeof(struct advertisement),
};

/* RFC 4861 section 7.1.1: length, checksum, no empty option, no source address in a DAD probe. */
static __always_inline bool solicitation_is_sound(const struct ipv6hdr *ip6, struct cursor at)
{
	__u32 octets = bpf_ntohs(ip6->payload_len);
	__u32 units = (octets - sizeof(struct neighbour_message)) / 8;
	const address_word *word = (const void *)next_header(&at, struct neighbour_message);
	__u64 sum = checksum_pseudo(ip6, octets);
	bool probe = address_is_unspecified(&ip6->saddr);
	__u32 open = 0; /* units left of the option we are in */

	if (!word || octets < sizeof(struct neighbour_message) || octets % 8)
		return false;
	sum += (__u64)word[0] + word[1] + word[2] + word[3] + word[4] + word[5];
	for (__u32 i = 0; i < ND_OPTION_UNITS_MAX && i < units; i++) {
		const struct link_layer_option *unit = next_header(&at, struct link_layer_option);

		if (!unit || (!open && !unit->length))
			return false;
		if (!open && probe && unit->type == OPTION_SOURCE_LINK_LAYER)
			return false;
		open = (open ? open : unit->length) - 1;
		word = (const void *)unit;
		sum += (__u64)word[0] + word[1];
	}
	return units <= ND_OPTION_UNITS_MAX && !open && !checksum_fold(sum);
}

/* ff02::1:ff00:0/104 and the last three octets of the target. */
static __always_inline bool is_solicited_node(const void *address, const void *target)
{
	const address_word *a = address, *t = target;

	return a[0] == bpf_htonl(0xff020000) && !a[1] && a[2] == bpf_htonl(1) &&
	       a[3] == (t[3] | bpf_htonl(0xff000000));
}

/* The anchored prefix over `target` on this access link, or FAMA_PREFIX_MAX. */
static __always_inline __u32 target_prefix(const void *target, __u32 ifindex)
{
	const address_word *word = target;

	for (__u32 i = 0; i < FAMA_PREFIX_MAX; i++) {
		const volatile address_word *own;

		if (i >= settings.prefix_count)
			break;
		own = (const volatile address_word *)settings.prefixes[i].address;
		if (word[0] == own[0] && word[1] == own[1])
			return settings.prefixes[i].ifindex == ifindex ? i : FAMA_PREFIX_MAX;
	}
	return FAMA_PREFIX_MAX;
}

static __always_inline void advertise(struct advertisement *na, const struct in6_addr *asker,
				      const void *target, const volatile __u8 *dar,
				      const volatile __u8 *mac)
{
	bool probe = address_is_unspecified(asker); /* DAD: nobody to answer but all */
	const address_word *word = (const void *)&na->message;
	__u64 sum;

	__builtin_memset(na, 0, sizeof(*na));
	*(address_word *)na = bpf_htonl(6u << 28);
	na->ip6.payload_len = bpf_htons(ADVERTISEMENT_OCTETS);
	na->ip6.nexthdr = IPPROTO_ICMPV6;
	na->ip6.hop_limit = ND_HOP_LIMIT;
	address_copy(&na->ip6.saddr, (const void *)dar);
	na->ip6.daddr.s6_addr32[0] = bpf_htonl(0xff020000);
	na->ip6.daddr.s6_addr32[3] = bpf_htonl(1);
	if (!probe)
		na->ip6.daddr = *asker;
	na->message.type = NEIGHBOUR_ADVERTISEMENT;
	na->message.flags = probe ? 0 : bpf_htonl(ADVERTISEMENT_SOLICITED);
	address_copy(na->message.target, target);
	na->target_mac.type = OPTION_TARGET_LINK_LAYER;
	na->target_mac.length = 1;
	mac_copy(na->target_mac.mac, (const void *)mac);
	sum = checksum_pseudo(&na->ip6, ADVERTISEMENT_OCTETS);
	for (__u32 i = 0; i < ADVERTISEMENT_OCTETS / sizeof(*word); i++)
		sum += word[i];
	na->message.checksum = checksum_fold(sum);
}

/* Replaces the frame by `na` and sends it back. */
static __always_inline enum outcome
advertisement_send(struct frame *frame, const struct advertisement *na, const volatile __u8 *mac)
{
	struct xdp_md *ctx = frame->ctx;
	struct ethernet *ethernet = frame_ethernet(ctx), asked;
	int grow = (int)ADVERTISEMENT_FRAME - (int)(ctx->data_end - ctx->data);
	struct advertisement *out;

	if (!ethernet)
		return OUTCOME_MALFORMED;
	asked = *ethernet;
	/* At the head, where every driver has room; few can lengthen the tail. */
	if (grow > 0 ? bpf_xdp_adjust_head(ctx, -grow) : bpf_xdp_adjust_tail(ctx, grow))
		return OUTCOME_NO_ROOM;
	ethernet = frame_ethernet(ctx);
	out = (void *)ethernet + FRAME_OCTETS;
	if (!ethernet || (void *)(out + 1) > frame_end(ctx))
		return OUTCOME_NO_ROOM;
	mac_copy(ethernet->destination, asked.source);
	if (!na->message.flags) { /* 33:33:00:00:00:01 */
		ethernet->destination[0] = bpf_htons(0x3333);
		ethernet->destination[1] = 0;
		ethernet->destination[2] = bpf_htons(1);
	}
	mac_copy(ethernet->source, (const void *)mac);
	ethernet->protocol = bpf_htons(ETHERTYPE_IPV6);
	*out = *na;
	frame->egress = ctx->ingress_ifindex;
	return OUTCOME_ND_ANSWERED;
}

/* OUTCOME_PASSED where the solicitation is not one for an away HoA of this link. */
static __noinline enum outcome neighbour_answer(struct frame *frame)
{
	struct xdp_md *ctx = frame->ctx;
	struct ipv6hdr *ip6 = frame_ipv6(ctx, 0);
	struct neighbour_message *ns = (void *)(ip6 + 1);
	struct cursor at = {.pos = ns, .end = frame_end(ctx)};
	struct advertisement na;
	const volatile __u8 *mac;
	__u32 prefix, slot;

	if (!ip6 || (void *)(ns + 1) > at.end || ns->type != NEIGHBOUR_SOLICITATION || ns->code)
		return to_stack(frame, OUTCOME_PASSED);
	/* An NS from the HoA itself is its owner, home again and probing. */
	if (address_equal(&ip6->saddr, ns->target) || !binding_active(ns->target))
		return to_stack(frame, OUTCOME_PASSED);
	if (!is_solicited_node(&ip6->daddr, ns->target) &&
	    (address_is_unspecified(&ip6->saddr) || !address_equal(&ip6->daddr, ns->target)))
		return to_stack(frame, OUTCOME_PASSED);
	if (!frame_holds(ctx, ip6) || !solicitation_is_sound(ip6, at))
		return to_stack(frame, OUTCOME_PASSED);
	prefix = target_prefix(ns->target, ctx->ingress_ifindex);
	slot = interface_slot(ctx->ingress_ifindex);
	if (prefix >= FAMA_PREFIX_MAX || slot >= FAMA_INTERFACE_MAX)
		return to_stack(frame, OUTCOME_PASSED);
	mac = settings.interfaces[slot].mac;
	advertise(&na, &ip6->saddr, ns->target, settings.prefixes[prefix].address, mac);
	return advertisement_send(frame, &na, mac);
}

#endif
