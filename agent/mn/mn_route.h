/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what the MN puts into the kernel's routing: its addresses, one default, rules, tables. */
#ifndef FAMA_MN_ROUTE_H
#define FAMA_MN_ROUTE_H

#include <netinet/in.h>
#include <stdint.h>

struct home_address;
struct home_addresses;
struct netlink;

enum {
	MN_ROUTE_METRIC = 512,        /* before every default route the kernel makes (1024) */
	MN_ROUTE_TABLE_FIRST = 24900, /* a table an away HoA, and the priority of its rule */
	MN_ROUTE_TABLES = 256,
};

/* Where packets leave: the router the node is attached to. */
struct mn_next_hop {
	uint32_t ifindex;
	struct in6_addr gateway; /* link-local */
	uint32_t mtu;            /* of the device: what an outer packet may have */
};

int mn_route_default(struct netlink *nl, const struct mn_next_hop *via);
int mn_route_default_delete(struct netlink *nl, const struct mn_next_hop *via); /* -ESRCH */

/* A new address: usable at once, DAD beside it (RFC 4429), no on-link route. -EEXIST. */
int mn_route_address_add(struct netlink *nl, const struct home_address *home);
/* An address that stands becomes preferred, or deprecated, without DAD (M-35); never expires. */
int mn_route_address_prefer(struct netlink *nl, const struct home_address *home);
int mn_route_address_deprecate(struct netlink *nl, const struct home_address *home);
int mn_route_address_delete(struct netlink *nl, const struct home_address *home);

/* Table and rule of an away HoA; again after each move or smaller path MTU (0: unknown). */
int mn_route_tunnel(struct netlink *nl, struct home_address *home, const struct home_addresses *all,
		    const struct mn_next_hop *via, uint16_t path_mtu);
void mn_route_tunnel_remove(struct netlink *nl, struct home_address *home);

/* What an earlier agent left: tables of HoAs that still stand are taken over, the rest goes.
 * *via is where its default route leads, ifindex 0 if there is none. */
void mn_route_adopt(struct netlink *nl, struct home_addresses *all, struct mn_next_hop *via);
void mn_route_flush(struct netlink *nl);
/* Addresses and on-link routes that the kernel made from RAs before this agent: they would
 * outlive a move. The kernel makes them anew when its sysctls are restored. */
void mn_route_take_over(struct netlink *nl, uint32_t ifindex);

#endif
