/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the next hops towards care-of addresses: asked of the kernel, kept a moment, probed. */
#ifndef FAMA_NEXT_HOP_H
#define FAMA_NEXT_HOP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct netlink;
struct next_hops;

struct next_hops *next_hops_new(struct event_base *base, struct netlink *nl);
void next_hops_free(struct next_hops *hops);

/* True with egress interface and MAC when the kernel knows a neighbour it trusts. */
bool next_hop_find(struct next_hops *hops, const struct in6_addr *destination, uint64_t now_ns,
		   uint32_t *ifindex, uint8_t mac[static 6]);

/* MTU of the route there, 0: not known. */
uint32_t next_hop_mtu(struct next_hops *hops, const struct in6_addr *destination, uint64_t now_ns);

#endif
