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
	SLOTS = 256,
	TRUST_S = 1, /* a changed route or neighbour is seen after this */
	GATEWAYS_MAX = 64,
	GATEWAY_IDLE_S = 600,  /* no BA went there: its traffic is over or refreshes soon */
	PROBE_INTERVAL_S = 15, /* half of REACHABLE_TIME, RFC 4861 section 10 */
};

#define NUD_TRUSTED (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_DELAY | NUD_PROBE)

struct slot {
	struct in6_addr destination; /* address, or /64 */
	struct next_hop hop;
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
	struct slot addresses[SLOTS], nets[SLOTS];
	struct gateway gateways[GATEWAYS_MAX];
};

/* The kernel's NTF_USE takes NUD_PERMANENT away: an entry of the operator's is left alone. */
static void probe(struct next_hops *hops, const struct gateway *gateway)
{
	struct rtnl_neighbour neighbour;

	if (rtnl_neighbour_get(hops->nl, gateway->ifindex, &gateway->address, &neighbour) == 0 &&
	    neighbour.state & (NUD_PERMANENT | NUD_NOARP))
		return;
	rtnl_neighbour_probe(hops->nl, gateway->ifindex, &gateway->address);
}

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
			probe(hops, gateway);
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

static struct slot *slot_of(struct slot slots[static SLOTS], const struct in6_addr *destination)
{
	return &slots[keyed_hash(destination, sizeof(*destination)) % SLOTS];
}

static bool is_trusted(const struct slot *slot, const struct in6_addr *destination, uint64_t now_ns)
{
	return slot->asked_ns && now_ns - slot->asked_ns < TRUST_S * CLOCK_SECOND_NS &&
	       in6_equal(&slot->destination, destination);
}

static struct in6_addr net_of(const struct in6_addr *address)
{
	struct in6_addr net = in6addr_any;

	memcpy(&net, address, sizeof(net) / 2);
	return net;
}

/* Asks the kernel. A neighbour that is not resolved is asked for again the next time. */
static const struct next_hop *ask(struct next_hops *hops, const struct in6_addr *destination,
				  uint64_t now_ns)
{
	struct slot *slot = slot_of(hops->addresses, destination);
	struct in6_addr net = net_of(destination);
	struct rtnl_neighbour neighbour;
	struct rtnl_next_hop route;

	slot->asked_ns = 0;
	if (rtnl_route_get(hops->nl, destination, NULL, &route))
		return NULL;
	remember_gateway(hops, &route, now_ns);
	*slot = (struct slot){*destination, {.ifindex = route.ifindex, .mtu = route.mtu}, 0};
	if (rtnl_neighbour_get(hops->nl, route.ifindex, &route.gateway, &neighbour) ||
	    !neighbour.has_mac || !(neighbour.state & NUD_TRUSTED))
		return &slot->hop;
	slot->hop.has_mac = true;
	memcpy(slot->hop.mac, neighbour.mac, sizeof(slot->hop.mac));
	slot->asked_ns = now_ns;
	if (!in6_equal(&route.gateway, destination))
		*slot_of(hops->nets, &net) = (struct slot){net, slot->hop, now_ns};
	return &slot->hop;
}

const struct next_hop *next_hop_find(struct next_hops *hops, const struct in6_addr *destination,
				     uint32_t from_ifindex,
				     const uint8_t from_mac[static NEXT_HOP_MAC_LEN],
				     uint64_t now_ns)
{
	struct in6_addr net = net_of(destination);
	const struct slot *slot = slot_of(hops->nets, &net);

	if (is_trusted(slot, &net, now_ns) && slot->hop.ifindex == from_ifindex &&
	    memcmp(slot->hop.mac, from_mac, NEXT_HOP_MAC_LEN) == 0)
		return &slot->hop;
	slot = slot_of(hops->addresses, destination);
	return is_trusted(slot, destination, now_ns) ? &slot->hop : ask(hops, destination, now_ns);
}

uint32_t next_hop_mtu(struct next_hops *hops, const struct in6_addr *destination, uint64_t now_ns)
{
	struct in6_addr net = net_of(destination);
	const struct slot *slot = slot_of(hops->nets, &net);
	const struct next_hop *hop;

	if (is_trusted(slot, &net, now_ns))
		return slot->hop.mtu;
	slot = slot_of(hops->addresses, destination);
	if (is_trusted(slot, destination, now_ns))
		return slot->hop.mtu;
	hop = ask(hops, destination, now_ns);
	return hop ? hop->mtu : 0;
}
