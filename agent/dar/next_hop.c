// SPDX-License-Identifier: BSD-2-Clause
/* Owns the next hops towards care-of addresses. XDP traffic never confirms a neighbour, so those
 * in use are probed here: a stale MAC would swallow packets for ever. */
#include "dar/next_hop.h"

#include <event2/event.h>
#include <linux/neighbour.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/keyed_hash.h"
#include "kernel/rtnl.h"

enum {
	ROUTE_SLOTS = 256,
	ROUTE_TRUST_S = 1, /* a changed route is seen after this */
	GATEWAYS_MAX = 64,
	GATEWAY_IDLE_S = 600,  /* no BA went there: its traffic is over or refreshes soon */
	PROBE_INTERVAL_S = 15, /* half of REACHABLE_TIME, RFC 4861 section 10 */
};

#define NUD_TRUSTED (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_DELAY | NUD_PROBE)

struct route_slot {
	struct in6_addr destination;
	struct rtnl_next_hop hop;
	uint64_t asked_ns; /* 0: empty */
};

struct gateway {
	struct in6_addr address;
	uint32_t ifindex;
	uint64_t used_ns; /* 0: empty */
};

struct next_hops {
	struct netlink *nl;
	struct event *probe_event;
	struct route_slot routes[ROUTE_SLOTS];
	struct gateway gateways[GATEWAYS_MAX];
};

static void probe_gateways(evutil_socket_t fd, short what, void *arg)
{
	struct next_hops *hops = arg;
	uint64_t now = clock_boot_ns();

	(void)fd;
	(void)what;
	for (int i = 0; i < GATEWAYS_MAX; i++) {
		struct gateway *gateway = &hops->gateways[i];

		if (!gateway->used_ns)
			continue;
		if (now - gateway->used_ns > GATEWAY_IDLE_S * CLOCK_SECOND_NS)
			gateway->used_ns = 0;
		else
			rtnl_neighbour_probe(hops->nl, gateway->ifindex, &gateway->address);
	}
}

struct next_hops *next_hops_new(struct event_base *base, struct netlink *nl)
{
	struct next_hops *hops = calloc(1, sizeof(*hops));
	struct timeval interval = {.tv_sec = PROBE_INTERVAL_S};

	if (!hops)
		return NULL;
	hops->nl = nl;
	hops->probe_event = event_new(base, -1, EV_PERSIST, probe_gateways, hops);
	if (!hops->probe_event) {
		free(hops);
		return NULL;
	}
	event_add(hops->probe_event, &interval);
	return hops;
}

void next_hops_free(struct next_hops *hops)
{
	if (!hops)
		return;
	event_free(hops->probe_event);
	free(hops);
}

/* The oldest slot makes room: a router has few next hops. */
static void remember_gateway(struct next_hops *hops, const struct rtnl_next_hop *hop, uint64_t now)
{
	struct gateway *oldest = &hops->gateways[0];

	for (int i = 0; i < GATEWAYS_MAX; i++) {
		struct gateway *gateway = &hops->gateways[i];

		if (gateway->used_ns && gateway->ifindex == hop->ifindex &&
		    in6_equal(&gateway->address, &hop->gateway)) {
			gateway->used_ns = now;
			return;
		}
		if (gateway->used_ns < oldest->used_ns)
			oldest = gateway;
	}
	*oldest = (struct gateway){hop->gateway, hop->ifindex, now};
}

static const struct rtnl_next_hop *route_to(struct next_hops *hops,
					    const struct in6_addr *destination, uint64_t now)
{
	struct route_slot *slot =
		&hops->routes[keyed_hash(destination, sizeof(*destination)) % ROUTE_SLOTS];

	if (slot->asked_ns && now - slot->asked_ns < ROUTE_TRUST_S * CLOCK_SECOND_NS &&
	    in6_equal(&slot->destination, destination))
		return &slot->hop;
	slot->asked_ns = 0;
	if (rtnl_route_get(hops->nl, destination, NULL, &slot->hop))
		return NULL;
	slot->destination = *destination;
	slot->asked_ns = now;
	return &slot->hop;
}

bool next_hop_find(struct next_hops *hops, const struct in6_addr *destination, uint64_t now_ns,
		   uint32_t *ifindex, uint8_t mac[static 6])
{
	const struct rtnl_next_hop *hop = route_to(hops, destination, now_ns);
	struct rtnl_neighbour neighbour;

	if (!hop)
		return false;
	remember_gateway(hops, hop, now_ns);
	if (rtnl_neighbour_get(hops->nl, hop->ifindex, &hop->gateway, &neighbour) ||
	    !neighbour.has_mac || !(neighbour.state & NUD_TRUSTED))
		return false;
	*ifindex = hop->ifindex;
	memcpy(mac, neighbour.mac, sizeof(neighbour.mac));
	return true;
}

uint32_t next_hop_mtu(struct next_hops *hops, const struct in6_addr *destination, uint64_t now_ns)
{
	const struct rtnl_next_hop *hop = route_to(hops, destination, now_ns);

	return hop ? hop->mtu : 0;
}
