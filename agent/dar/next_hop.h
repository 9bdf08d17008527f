/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the next hops towards care-of addresses: asked of the kernel, kept a moment, probed. */
#ifndef FAMA_NEXT_HOP_H
#define FAMA_NEXT_HOP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum { NEXT_HOP_MAC_LEN = 6 };

struct event_base;
struct netlink;
struct next_hops;

struct next_hop {
	uint32_t ifindex;
	uint32_t mtu; /* of the route */
	bool has_mac; /* of a neighbour the kernel trusts */
	uint8_t mac[NEXT_HOP_MAC_LEN];
};

struct next_hops *next_hops_new(struct event_base *base, struct netlink *nl);
void next_hops_free(struct next_hops *hops);

/*
 * NULL: no route. What is to be answered came in by `from_ifindex` from `from_mac`: if that is the
 * next hop to one address of a /64, it is to all of them.
 */
const struct next_hop *next_hop_find(struct next_hops *hops, const struct in6_addr *destination,
				     uint32_t from_ifindex,
				     const uint8_t from_mac[static NEXT_HOP_MAC_LEN],
				     uint64_t now_ns);

/* MTU of the route there, or to another address of its /64 by way of a router; 0: not known. */
uint32_t next_hop_mtu(struct next_hops *hops, const struct in6_addr *destination, uint64_t now_ns);

#endif
