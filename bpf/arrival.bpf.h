/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the kinds of packet that arrive at an own address; arrival.bpf.c tells them apart. */
#ifndef FAMA_ARRIVAL_BPF_H
#define FAMA_ARRIVAL_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>

enum arrival {
	ARRIVAL_ORDINARY,     /* for the host's stack */
	ARRIVAL_SIGNALLING,   /* a Mobility Header, behind whatever options */
	ARRIVAL_TUNNEL,       /* IPv6 in IPv6 */
	ARRIVAL_TUNNEL_LIMIT, /* the same behind an encapsulation limit (RFC 2473 section 4.1.1) */
	ARRIVAL_TUNNEL_ERROR, /* ICMPv6 error about a tunnel packet of ours */
	ARRIVAL_ND,           /* neighbour discovery with hop limit 255 */
	ARRIVAL_FRAGMENT,     /* of a tunnel packet or a Mobility Header */
	ARRIVAL_HOME_ADDRESS, /* Home Address option without a Mobility Header */
	ARRIVAL_ROUTING_HEADER, /* type 2 */
	ARRIVAL_MALFORMED,
};

enum {
	ARRIVAL_OFFSET_MAX = 128, /* of the IPv6 header in the frame */
};

/* A global function: verified once. `offset` counts from the start of the frame. */
__u32 arrival_kind(struct xdp_md *ctx, __u32 offset);

#endif
