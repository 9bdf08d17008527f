/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns ICMPv6 Packet Too Big towards the inner source (RFC 4443 section 3.2, RFC 2473 section 7.1).
 */
#ifndef FAMA_PACKET_TOO_BIG_BPF_H
#define FAMA_PACKET_TOO_BIG_BPF_H

#include "checksum.bpf.h"
#include "ration.bpf.h"
#include "frame.bpf.h"

struct packet_too_big {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be32 mtu;
};

enum {
	PACKET_TOO_BIG_TYPE = 2,
	PACKET_TOO_BIG_HOP_LIMIT = 64,
	PACKET_TOO_BIG_HEADERS = IPV6_OCTETS + sizeof(struct packet_too_big),
	/* As much as fits: only packets over 1280 octets are answered, so it is always this. */
	QUOTE_OCTETS = IPV6_MTU_MIN - PACKET_TOO_BIG_HEADERS,
	CSUM_DIFF_MAX = 512, /* of one bpf_csum_diff() */
};

static __always_inline __u64 quote_sum(const void *quote)
{
	__u32 *from = (void *)quote;
	__u64 sum = bpf_csum_diff(NULL, 0, from, CSUM_DIFF_MAX, 0);

	from += CSUM_DIFF_MAX / sizeof(*from);
	sum += (__u32)bpf_csum_diff(NULL, 0, from, CSUM_DIFF_MAX, 0);
	from += CSUM_DIFF_MAX / sizeof(*from);
	return sum + (__u32)bpf_csum_diff(NULL, 0, from, QUOTE_OCTETS - 2 * CSUM_DIFF_MAX, 0);
}

/*
 * Turns the frame into the error, sent back where it came from. Of a packet that came out of a
 * tunnel the source is away as well: the stack takes the answer through fama_dar_local.
 */
static __noinline enum outcome packet_too_big(struct frame *frame, const __u8 *source, __u32 mtu)
{
	struct xdp_md *ctx = frame->ctx;
	struct ipv6hdr *inner = frame_ipv6(ctx, 0);
	struct ethernet *received = frame_ethernet(ctx), *ethernet, link;
	struct packet_too_big *error;
	struct in6_addr asker;
	__u64 sum;

	if (!received || !inner || ipv6_is_icmp_error(inner, frame_end(ctx)) ||
	    !ration_take(RATION_TOO_BIG))
		return OUTCOME_TOO_BIG;
	link = *received;
	address_copy(&asker, &inner->saddr);
	if (bpf_xdp_adjust_tail(ctx, (int)(FRAME_OCTETS + QUOTE_OCTETS) -
					     (int)(ctx->data_end - ctx->data)) ||
	    bpf_xdp_adjust_head(ctx, -(int)PACKET_TOO_BIG_HEADERS))
		return OUTCOME_NO_ROOM;

	ethernet = frame_ethernet(ctx);
	inner = (void *)ethernet + FRAME_OCTETS;
	error = (void *)(inner + 1);
	if (!ethernet || (void *)(error + 1) + QUOTE_OCTETS > frame_end(ctx))
		return OUTCOME_NO_ROOM;
	if (frame->relayed) {
		*ethernet = link;
		frame->egress = EGRESS_STACK;
	} else {
		mac_copy(ethernet->destination, link.source);
		mac_copy(ethernet->source, link.destination);
		ethernet->protocol = link.protocol;
		frame->egress = ctx->ingress_ifindex;
	}
	*(address_word *)inner = bpf_htonl(6u << 28);
	inner->payload_len = bpf_htons(IPV6_MTU_MIN - IPV6_OCTETS);
	inner->nexthdr = IPPROTO_ICMPV6;
	inner->hop_limit = PACKET_TOO_BIG_HOP_LIMIT;
	address_copy(&inner->saddr, source);
	address_copy(&inner->daddr, &asker);
	*error = (struct packet_too_big){.type = PACKET_TOO_BIG_TYPE, .mtu = bpf_htonl(mtu)};
	sum = checksum_pseudo(inner, IPV6_MTU_MIN - IPV6_OCTETS) + quote_sum(error + 1);
	sum += bpf_htons(PACKET_TOO_BIG_TYPE << 8) + (__u64)error->mtu;
	error->checksum = checksum_fold(sum);
	return OUTCOME_TOO_BIG;
}

#endif
