/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns one frame of the mobile node's TC programs: its headers made linear, its way on. */
#ifndef FAMA_MN_FRAME_BPF_H
#define FAMA_MN_FRAME_BPF_H

#include <linux/pkt_cls.h>

#include "binding.bpf.h"
#include "counters.bpf.h"

enum {
	LINK_OCTETS = sizeof(struct ethernet), /* the agent takes no other kind of interface */
	PACKET_TO_US = 0,                      /* PACKET_HOST of if_packet.h, by the frame's MAC */
};

/* The cursor behind the Ethernet header, with `octets` from there on linear, or all there are. */
static __always_inline struct cursor mn_packet(struct __sk_buff *skb, __u32 octets)
{
	__u32 wanted = LINK_OCTETS + octets;
	struct cursor at;

	if (wanted > skb->len)
		wanted = skb->len;
	if ((void *)(long)skb->data + wanted > (void *)(long)skb->data_end)
		bpf_skb_pull_data(skb, wanted);
	at.pos = (void *)(long)skb->data + LINK_OCTETS;
	at.end = (void *)(long)skb->data_end;
	return at;
}

/* An aggregate (GSO, GRO) stands for as many packets as it has segments. */
static __always_inline __u32 mn_packets(const struct __sk_buff *skb)
{
	return skb->gso_segs > 1 ? skb->gso_segs : 1;
}

/*
 * What is let through goes to the next filter, if there is one: ours is not the only program
 * of the host.
 */
static __always_inline int mn_action(bool passes)
{
	return passes ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

#endif
