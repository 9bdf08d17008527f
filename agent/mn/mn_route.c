// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the MN puts into the kernel's routing: its addresses, one default, rules, tables. */
#include "mn/mn_route.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdbool.h>
#include <string.h>

#include "base/in6.h"
#include "base/log.h"
#include "kernel/rtnl.h"
#include "mn/home_address.h"
#include "wire/icmp6_error.h"

enum { KERNEL_PREFIX_METRIC = 256, FOUND_MAX = 64 };

static struct rtnl_route default_route(const struct mn_next_hop *via)
{
	return (struct rtnl_route){
		.ifindex = via->ifindex,
		.has_gateway = true,
		.gateway = via->gateway,
		.metric = MN_ROUTE_METRIC,
		.lwt_xmit_fd = -1,
	};
}

int mn_route_default(struct netlink *nl, const struct mn_next_hop *via)
{
	const struct rtnl_route route = default_route(via);

	return rtnl_route_replace(nl, &route);
}

int mn_route_default_delete(struct netlink *nl, const struct mn_next_hop *via)
{
	const struct rtnl_route route = default_route(via);

	return rtnl_route_delete(nl, &route);
}

static int address_set(struct netlink *nl, const struct home_address *home, uint32_t flags,
		       uint32_t preferred_s, bool replace)
{
	const struct rtnl_address address = {
		.ifindex = home->ifindex,
		.address = home->address,
		.prefix_len = 128,
		.flags = IFA_F_NOPREFIXROUTE | flags,
		.valid_s = RTNL_FOREVER,
		.preferred_s = preferred_s,
	};

	return rtnl_address_add(nl, &address, replace);
}

int mn_route_address_add(struct netlink *nl, const struct home_address *home)
{
	return address_set(nl, home, IFA_F_OPTIMISTIC, RTNL_FOREVER, false);
}

int mn_route_address_prefer(struct netlink *nl, const struct home_address *home)
{
	return address_set(nl, home, IFA_F_NODAD, RTNL_FOREVER, true);
}

int mn_route_address_deprecate(struct netlink *nl, const struct home_address *home)
{
	return address_set(nl, home, IFA_F_NODAD, 0, true);
}

int mn_route_address_delete(struct netlink *nl, const struct home_address *home)
{
	return rtnl_address_delete(nl, home->ifindex, &home->address, 128);
}

static uint32_t table_free(const struct home_addresses *all)
{
	const struct home_address *home;

	for (uint32_t i = 0; i < MN_ROUTE_TABLES; i++) {
		bool is_used = false;

		TAILQ_FOREACH (home, &all->list, link)
			is_used = is_used || home->table == MN_ROUTE_TABLE_FIRST + i;
		if (!is_used)
			return MN_ROUTE_TABLE_FIRST + i;
	}
	return 0;
}

static struct rtnl_rule rule_of(const struct home_address *home)
{
	return (struct rtnl_rule){
		.from = home->address, .table = home->table, .priority = home->table};
}

int mn_route_tunnel(struct netlink *nl, struct home_address *home, const struct home_addresses *all,
		    const struct mn_next_hop *via, uint16_t path_mtu)
{
	uint32_t outer = path_mtu && path_mtu < via->mtu ? path_mtu : via->mtu;
	struct rtnl_route route = {
		.ifindex = via->ifindex,
		.has_gateway = true,
		.gateway = via->gateway,
		.mtu = tunnel_mtu(outer),
		.metric = MN_ROUTE_METRIC,
		.lwt_xmit_fd = -1,
	};
	bool is_new = !home->table;
	struct rtnl_rule rule;
	int err;

	if (is_new)
		home->table = table_free(all);
	if (!home->table)
		return -ENOSPC;
	route.table = home->table;
	err = rtnl_route_replace(nl, &route);
	if (err || !is_new)
		return err;
	rule = rule_of(home);
	err = rtnl_rule_add(nl, &rule);
	return err == -EEXIST ? 0 : err;
}

void mn_route_tunnel_remove(struct netlink *nl, struct home_address *home)
{
	const struct rtnl_route route = {
		.metric = MN_ROUTE_METRIC, .table = home->table, .lwt_xmit_fd = -1};
	const struct rtnl_rule rule = rule_of(home);

	if (!home->table)
		return;
	rtnl_rule_delete(nl, &rule);
	rtnl_route_delete(nl, &route);
	home->table = 0;
}

/* Listings are copied first: a dump and the requests it leads to share one conversation. */
struct found_rules {
	struct rtnl_rule list[MN_ROUTE_TABLES];
	unsigned int count;
};

static void find_rule(const struct rtnl_rule *rule, void *arg)
{
	struct found_rules *found = arg;

	if (rule->table >= MN_ROUTE_TABLE_FIRST &&
	    rule->table < MN_ROUTE_TABLE_FIRST + MN_ROUTE_TABLES && found->count < MN_ROUTE_TABLES)
		found->list[found->count++] = *rule;
}

struct found_routes {
	struct rtnl_route list[MN_ROUTE_TABLES];
	unsigned int count;
};

static void find_route(const struct rtnl_route *route, void *arg)
{
	struct found_routes *found = arg;

	if (found->count == MN_ROUTE_TABLES)
		return;
	found->list[found->count] = *route;
	found->list[found->count++].lwt_name = NULL; /* pointed into the message */
}

static bool is_adopted(const struct home_addresses *all, uint32_t table)
{
	const struct home_address *home;

	TAILQ_FOREACH (home, &all->list, link) {
		if (home->table == table)
			return true;
	}
	return false;
}

void mn_route_adopt(struct netlink *nl, struct home_addresses *all, struct mn_next_hop *via)
{
	struct found_rules rules = {.count = 0};
	struct found_routes routes = {.count = 0};

	rtnl_rule_list_ours(nl, find_rule, &rules);
	for (unsigned int i = 0; i < rules.count; i++) {
		struct home_address *home = home_address_find(all, &rules.list[i].from);

		if (home && home->entry && !home->table && !is_adopted(all, rules.list[i].table))
			home->table = rules.list[i].table;
		else
			rtnl_rule_delete(nl, &rules.list[i]);
	}
	rtnl_route_list_ours(nl, find_route, &routes);
	for (unsigned int i = 0; i < routes.count; i++) {
		const struct rtnl_route *route = &routes.list[i];

		if (route->table >= MN_ROUTE_TABLE_FIRST &&
		    route->table < MN_ROUTE_TABLE_FIRST + MN_ROUTE_TABLES) {
			if (!is_adopted(all, route->table))
				rtnl_route_delete(nl, route);
		} else if (route->metric == MN_ROUTE_METRIC && !route->prefix_len) {
			via->ifindex = route->ifindex;
			via->gateway = route->gateway;
		}
	}
}

void mn_route_flush(struct netlink *nl)
{
	const struct rtnl_route route = {.metric = MN_ROUTE_METRIC, .lwt_xmit_fd = -1};

	rtnl_route_delete(nl, &route);
}

struct found_addresses {
	struct rtnl_address list[FOUND_MAX];
	unsigned int count;
};

static void find_dynamic(const struct rtnl_address *address, void *arg)
{
	struct found_addresses *found = arg;

	if (!(address->flags & IFA_F_PERMANENT) && in6_is_routable_unicast(&address->address) &&
	    found->count < FOUND_MAX)
		found->list[found->count++] = *address;
}

/* Only our own routes can be deleted, so the kernel's is first replaced by one of ours. */
static void route_displace(struct netlink *nl, const struct rtnl_route *route)
{
	if (rtnl_route_replace(nl, route) == 0)
		rtnl_route_delete(nl, route);
}

void mn_route_take_over(struct netlink *nl, uint32_t ifindex)
{
	struct found_addresses found = {0};
	struct rtnl_route route = {
		.ifindex = ifindex, .metric = KERNEL_PREFIX_METRIC, .lwt_xmit_fd = -1};

	rtnl_address_list(nl, ifindex, find_dynamic, &found);
	for (unsigned int i = 0; i < found.count; i++) {
		log_info("mn.take_over", "address=%s", in6_text(&found.list[i].address).s);
		rtnl_address_delete(nl, ifindex, &found.list[i].address, found.list[i].prefix_len);
		route.destination = found.list[i].address;
		route.prefix_len = found.list[i].prefix_len;
		memset(&route.destination.s6_addr[8], 0, 8);
		if (route.prefix_len == 64)
			route_displace(nl, &route);
	}
}
