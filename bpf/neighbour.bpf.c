// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns neighbour discovery on an access link: for away HoAs their DAR answers (RFC 4861 section
// 7.2.8), claims to what it defends go up, who has the others is written down.

#include "checksum.bpf.h"
#include "frame.bpf.h"
#include "neighbour.bpf.h"
#include "punt.bpf.h"
#include "seen.bpf.h"

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
	TARGET_OFFSET = FRAME_OCTETS + IPV6_OCTETS + offsetof(struct neighbour_message, target),
	ADVERTISEMENT_FRAME = FRAME_OCTETS + sizeof(struct advertisement),
};

/*
 * RFC 4861 sections 7.1.1 and 7.1.2: length, checksum, no empty option, no source address in a DAD
 * probe, no solicited advertisement to many. Solicitation and advertisement look alike. Global:
 * verified once.
 */
__noinline __u32 neighbour_is_sound(struct xdp_md *ctx)
{
	struct ipv6hdr *ip6 = frame_ipv6(ctx, 0);
	struct neighbour_message *message = (void *)(ip6 + 1);
	struct cursor at = {.pos = message, .end = frame_end(ctx)};
	const address_word *word = (const void *)next_header(&at, struct neighbour_message);
	__u32 octets, units, open = 0; /* units left of the option we are in */
	bool probe;
	__u64 sum;

	if (!ip6 || !word)
		return false;
	octets = bpf_ntohs(ip6->payload_len);
	units = (octets - sizeof(*message)) / 8;
	if (octets < sizeof(*message) || octets % 8)
		return false;
	if (message->type == NEIGHBOUR_ADVERTISEMENT && address_is_multicast(&ip6->daddr) &&
	    message->flags & bpf_htonl(ADVERTISEMENT_SOLICITED))
		return false;
	probe = message->type == NEIGHBOUR_SOLICITATION && address_is_unspecified(&ip6->saddr);
	sum = checksum_pseudo(ip6, octets);
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

struct answer {
	struct in6_addr asker, target;
	const volatile __u8 *dar, *mac;
};

static __always_inline void advertisement_write(struct advertisement *na,
						const struct answer *answer)
{
	/* DAD: nobody to answer but all */
	bool probe = address_is_unspecified(&answer->asker);
	const address_word *word = (const void *)&na->message;
	__u64 sum;

	__builtin_memset(na, 0, sizeof(*na));
	*(address_word *)na = bpf_htonl(6u << 28);
	na->ip6.payload_len = bpf_htons(ADVERTISEMENT_OCTETS);
	na->ip6.nexthdr = IPPROTO_ICMPV6;
	na->ip6.hop_limit = ND_HOP_LIMIT;
	address_copy(&na->ip6.saddr, (const void *)answer->dar);
	na->ip6.daddr.s6_addr32[0] = bpf_htonl(0xff020000);
	na->ip6.daddr.s6_addr32[3] = bpf_htonl(1);
	if (!probe)
		address_copy(&na->ip6.daddr, &answer->asker);
	na->message.type = NEIGHBOUR_ADVERTISEMENT;
	na->message.flags = probe ? 0 : bpf_htonl(ADVERTISEMENT_SOLICITED);
	address_copy(na->message.target, &answer->target);
	na->target_mac.type = OPTION_TARGET_LINK_LAYER;
	na->target_mac.length = 1;
	mac_copy(na->target_mac.mac, (const void *)answer->mac);
	sum = checksum_pseudo(&na->ip6, ADVERTISEMENT_OCTETS);
	for (__u32 i = 0; i < ADVERTISEMENT_OCTETS / sizeof(*word); i++)
		sum += word[i];
	na->message.checksum = checksum_fold(sum);
}

/* Replaces the frame, to be sent back. */
static __always_inline enum outcome advertise(struct xdp_md *ctx, const struct answer *answer)
{
	struct ethernet *ethernet = frame_ethernet(ctx), asked;
	int grow = (int)ADVERTISEMENT_FRAME - (int)(ctx->data_end - ctx->data);
	struct advertisement *na;

	if (!ethernet)
		return OUTCOME_MALFORMED;
	asked = *ethernet;
	/* At the head, where every driver has room; few can lengthen the tail. */
	if (grow > 0 ? bpf_xdp_adjust_head(ctx, -grow) : bpf_xdp_adjust_tail(ctx, grow))
		return OUTCOME_NO_ROOM;
	ethernet = frame_ethernet(ctx);
	na = (void *)ethernet + FRAME_OCTETS;
	if (!ethernet || (void *)(na + 1) > frame_end(ctx))
		return OUTCOME_NO_ROOM;
	mac_copy(ethernet->destination, asked.source);
	if (address_is_unspecified(&answer->asker)) { /* 33:33:00:00:00:01 */
		ethernet->destination[0] = bpf_htons(0x3333);
		ethernet->destination[1] = 0;
		ethernet->destination[2] = bpf_htons(1);
	}
	mac_copy(ethernet->source, (const void *)answer->mac);
	ethernet->protocol = bpf_htons(ETHERTYPE_IPV6);
	advertisement_write(na, answer);
	return OUTCOME_ND_ANSWERED;
}

/* What the DAR does about an address on this link. */
enum guard {
	GUARD_NONE,
	GUARD_WATCH,  /* a claim goes up to the agent */
	GUARD_ANSWER, /* and is answered, as any solicitation */
};

/* `prefix`: position of the one whose DAR address answers. */
static __always_inline enum guard guard_of(const void *target, __u32 ifindex, __u32 *prefix)
{
	const struct defended *row;

	*prefix = prefix_on_link(target, ifindex);
	if (*prefix < FAMA_PREFIX_MAX && binding_active(target))
		return GUARD_ANSWER;
	row = bpf_map_lookup_elem(&defended, target);
	if (!row || row->ifindex != ifindex)
		return GUARD_NONE;
	if (row->kind == DEFENCE_TENTATIVE)
		return GUARD_WATCH;
	*prefix = prefix_on_link(row->hoa, ifindex);
	return *prefix < FAMA_PREFIX_MAX && binding_active(row->hoa) ? GUARD_ANSWER : GUARD_NONE;
}

/* A claim goes up, except an echo of what the agent sent itself. */
static __always_inline void hand_up(struct xdp_md *ctx, const volatile __u8 *own_mac)
{
	struct ethernet *ethernet = frame_ethernet(ctx);

	if (ethernet && !mac_equal(ethernet->source, (const void *)own_mac) &&
	    ration_take(RATION_CONFLICT))
		punt_xdp(ctx, PUNT_CONFLICT);
}

/* An address of this link that nobody is away from is claimed: whose it is goes into `seen`. */
static __always_inline void record_claim(struct xdp_md *ctx, const void *target, __u32 prefix)
{
	if (prefix < FAMA_PREFIX_MAX && anchor_of(target) == ANCHOR_HOA)
		seen_record(ctx, TARGET_OFFSET);
}

/* Whether a solicitation is addressed as one for its target is. */
static __always_inline bool is_for_target(const struct ipv6hdr *ip6, const void *target)
{
	return is_solicited_node(&ip6->daddr, target) ||
	       (!address_is_unspecified(&ip6->saddr) && address_equal(&ip6->daddr, target));
}

__noinline __u32 neighbour_receive(struct xdp_md *ctx)
{
	struct ipv6hdr *ip6 = frame_ipv6(ctx, 0);
	struct neighbour_message *message = (void *)(ip6 + 1);
	__u32 prefix, slot = interface_slot(ctx->ingress_ifindex);
	struct answer answer;
	const volatile __u8 *mac;
	bool is_sound;
	enum guard guard;

	if (!ip6 || (void *)(message + 1) > frame_end(ctx) || slot >= FAMA_INTERFACE_MAX ||
	    !frame_holds(ctx, ip6) || bpf_ntohs(ip6->payload_len) < sizeof(*message) ||
	    message->code)
		return OUTCOME_PASSED;
	mac = settings.interfaces[slot].mac;
	guard = guard_of(message->target, ctx->ingress_ifindex, &prefix);
	is_sound = neighbour_is_sound(ctx);
	if (message->type == NEIGHBOUR_ADVERTISEMENT) {
		if (guard != GUARD_NONE) /* the checksum is the agent's business */
			hand_up(ctx, mac);
		else if (is_sound)
			record_claim(ctx, message->target, prefix);
		return OUTCOME_PASSED;
	}
	/* An NS from the HoA itself is its owner, home again and probing. */
	if (message->type != NEIGHBOUR_SOLICITATION || !is_sound ||
	    address_equal(&ip6->saddr, message->target) || !is_for_target(ip6, message->target))
		return OUTCOME_PASSED;
	if (address_is_unspecified(&ip6->saddr)) {
		if (guard == GUARD_NONE)
			record_claim(ctx, message->target, prefix);
		else
			hand_up(ctx, mac);
	}
	if (guard != GUARD_ANSWER)
		return OUTCOME_PASSED;
	asm volatile("" : "+r"(prefix)); /* so that what is tested is what is used */
	if (prefix >= FAMA_PREFIX_MAX)
		return OUTCOME_PASSED;
	answer.dar = settings.prefixes[prefix].address;
	answer.mac = mac;
	address_copy(&answer.asker, &ip6->saddr);
	address_copy(&answer.target, message->target);
	return advertise(ctx, &answer);
}
