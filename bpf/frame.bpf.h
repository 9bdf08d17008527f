/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns one received frame of the XDP program: where it came in, where it goes, its headers. */
#ifndef FAMA_FRAME_BPF_H
#define FAMA_FRAME_BPF_H

#include "binding.bpf.h"
#include "counters.bpf.h"

enum {
	EGRESS_NONE = 0,           /* dropped */
	EGRESS_STACK = 0x7fffffff, /* to the host's stack; anything else is an ifindex */
	FRAME_OCTETS = sizeof(struct ethernet),
};

struct frame {
	struct xdp_md *ctx;
	__u32 egress;
	__u32 kind;    /* enum interface_kind; 0: not listed, so not ours to judge */
	__u32 relayed; /* taken out of a tunnel already */
	__u32 slot;    /* of the ingress in settings.interfaces */
};

static __always_inline enum outcome to_stack(struct frame *frame, enum outcome outcome)
{
	frame->egress = EGRESS_STACK;
	return outcome;
}

static __always_inline void *frame_end(struct xdp_md *ctx)
{
	return (void *)(long)ctx->data_end;
}

static __always_inline struct ethernet *frame_ethernet(struct xdp_md *ctx)
{
	struct ethernet *ethernet = (void *)(long)ctx->data;

	return (void *)(ethernet + 1) > frame_end(ctx) ? NULL : ethernet;
}

/* The IPv6 header `offset` octets behind the Ethernet header. */
static __always_inline struct ipv6hdr *frame_ipv6(struct xdp_md *ctx, __u32 offset)
{
	struct ipv6hdr *ip6 = (void *)(long)ctx->data + FRAME_OCTETS + offset;

	return (void *)(ip6 + 1) > frame_end(ctx) ? NULL : ip6;
}

/* Ethernet may pad a short packet, so the frame may be longer than the packet, never shorter. */
static __always_inline bool frame_holds(struct xdp_md *ctx, const struct ipv6hdr *ip6)
{
	return (void *)ip6 + ipv6_octets(ip6) <= frame_end(ctx);
}

#endif
