/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns where a packet goes next: the kernel's FIB and redirection, or the stack. */
#ifndef FAMA_FORWARD_BPF_H
#define FAMA_FORWARD_BPF_H

#include "frame.bpf.h"

enum hop {
	HOP_WIRE,    /* out of an interface of ours, the neighbour is known */
	HOP_STACK,   /* the stack resolves, encapsulates or answers */
	HOP_TOO_BIG, /* over the MTU of the route, which is in mtu_result */
	HOP_REFUSED, /* a route that says no */
};

enum { ROUTE_AF_INET6 = 10 };

/*
 * Looks up the way of a packet of `octets`. The neighbour may be stale: who keeps it fresh is
 * the agent. Only interfaces of ours are redirected to; others may be no Ethernet at all.
 */
static __always_inline enum hop forward_lookup(struct xdp_md *ctx, struct bpf_fib_lookup *fib,
					       const void *source, const void *destination,
					       __u32 octets)
{
	__builtin_memset(fib, 0, sizeof(*fib));
	fib->family = ROUTE_AF_INET6;
	fib->ifindex = ctx->ingress_ifindex;
	fib->tot_len = octets > 0xffff ? 0xffff : octets;
	address_copy(fib->ipv6_src, source);
	address_copy(fib->ipv6_dst, destination);
	switch (bpf_fib_lookup(ctx, fib, sizeof(*fib), 0)) {
	case BPF_FIB_LKUP_RET_SUCCESS:
		return interface_is_listed(fib->ifindex) ? HOP_WIRE : HOP_STACK;
	case BPF_FIB_LKUP_RET_FRAG_NEEDED:
		return HOP_TOO_BIG;
	case BPF_FIB_LKUP_RET_BLACKHOLE:
	case BPF_FIB_LKUP_RET_UNREACHABLE:
	case BPF_FIB_LKUP_RET_PROHIBIT:
		return HOP_REFUSED;
	default: /* the kernel's set, not ours: it grows */
		return HOP_STACK;
	}
}

/* Sends the frame, whose Ethernet header `ethernet` becomes, to the neighbour that was found. */
static __always_inline void forward_to(struct frame *frame, struct ethernet *ethernet,
				       const struct bpf_fib_lookup *fib)
{
	mac_copy(ethernet->destination, fib->dmac);
	mac_copy(ethernet->source, fib->smac);
	frame->egress = fib->ifindex;
}

#endif
