/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what the agent asks of links, addresses, routes, rules and neighbours, typed. */
#ifndef FAMA_RTNL_H
#define FAMA_RTNL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

enum {
	RTNL_PROTOCOL_FAMA = 249, /* rtm_protocol of every route and rule of ours */
	RTNL_FOREVER = 0xffffffff,
};

/* ---- links ---- */

struct rtnl_link {
	uint32_t ifindex;
	char name[16];
	uint8_t mac[6];
	uint32_t mtu;      /* of the device */
	uint32_t ipv6_mtu; /* lower where an RA said so */
	bool up;           /* IFF_UP and carrier (IFF_LOWER_UP) */
	bool gone;         /* from a notification: RTM_DELLINK */
};

int rtnl_link_by_name(struct netlink *nl, const char *name, struct rtnl_link *out); /* -ENODEV */
int rtnl_link_by_index(struct netlink *nl, uint32_t ifindex, struct rtnl_link *out);
/* From RTM_NEWLINK/RTM_DELLINK; -ENOMSG if nlh is something else. */
int rtnl_link_read(const struct nlmsghdr *nlh, struct rtnl_link *out);
int rtnl_link_set_allmulti(struct netlink *nl, uint32_t ifindex, bool on);

/* ---- addresses ---- */

struct rtnl_address {
	uint32_t ifindex;
	struct in6_addr address;
	uint8_t prefix_len;
	uint32_t flags;                /* IFA_F_* */
	uint32_t valid_s, preferred_s; /* RTNL_FOREVER */
};

/* NLM_F_CREATE, with NLM_F_REPLACE if `replace`, else NLM_F_EXCL: -EEXIST. */
int rtnl_address_add(struct netlink *nl, const struct rtnl_address *address, bool replace);
int rtnl_address_delete(struct netlink *nl, uint32_t ifindex, const struct in6_addr *address,
			uint8_t prefix_len);
/* Each IPv6 address of the interface; ifindex 0: of all. */
int rtnl_address_list(struct netlink *nl, uint32_t ifindex,
		      void (*each)(const struct rtnl_address *address, void *arg), void *arg);
int rtnl_address_read(const struct nlmsghdr *nlh, struct rtnl_address *out, bool *deleted);

/* ---- routes and rules ---- */

struct rtnl_route {
	struct in6_addr destination;
	uint8_t prefix_len;
	uint32_t ifindex;
	bool has_gateway;
	struct in6_addr gateway;
	uint32_t metric; /* 0: kernel's default */
	uint32_t table;  /* 0: main */
	uint32_t mtu;    /* 0: none */
	int lwt_xmit_fd; /* LWT-BPF xmit program, -1: none */
	const char *lwt_name;
};

/* RTM_NEWROUTE with NLM_F_CREATE | NLM_F_REPLACE: one atomic step. */
int rtnl_route_replace(struct netlink *nl, const struct rtnl_route *route);
int rtnl_route_delete(struct netlink *nl, const struct rtnl_route *route); /* -ESRCH if absent */
/* Routes with our protocol number, all tables. */
int rtnl_route_list_ours(struct netlink *nl,
			 void (*each)(const struct rtnl_route *route, void *arg), void *arg);

/* What the kernel would do with a packet to `destination`: next hop and egress interface.
 * `source` may be NULL. gateway is the destination itself when on link. 0, -ENETUNREACH, ... */
struct rtnl_next_hop {
	uint32_t ifindex;
	struct in6_addr gateway;
	uint32_t mtu; /* of the route or, without a metric, of the device */
};
int rtnl_route_get(struct netlink *nl, const struct in6_addr *destination,
		   const struct in6_addr *source, struct rtnl_next_hop *out);

struct rtnl_rule {
	struct in6_addr from; /* /128 */
	uint32_t table;
	uint32_t priority;
};
int rtnl_rule_add(struct netlink *nl, const struct rtnl_rule *rule);
int rtnl_rule_delete(struct netlink *nl, const struct rtnl_rule *rule);
int rtnl_rule_list_ours(struct netlink *nl, void (*each)(const struct rtnl_rule *rule, void *arg),
			void *arg);

/* ---- neighbours ---- */

struct rtnl_neighbour {
	uint32_t ifindex;
	struct in6_addr address;
	bool has_mac;
	uint8_t mac[6];
	uint16_t state; /* NUD_* */
};
int rtnl_neighbour_get(struct netlink *nl, uint32_t ifindex, const struct in6_addr *address,
		       struct rtnl_neighbour *out); /* -ENOENT */
/* Creates or replaces with the state given (NUD_STALE after a BU, NUD_REACHABLE, ...). */
int rtnl_neighbour_set(struct netlink *nl, const struct rtnl_neighbour *neighbour);
int rtnl_neighbour_delete(struct netlink *nl, uint32_t ifindex, const struct in6_addr *address);
/* NTF_USE: have the kernel resolve or probe it (mobile-node traffic in XDP never does). */
int rtnl_neighbour_probe(struct netlink *nl, uint32_t ifindex, const struct in6_addr *address);

#endif
