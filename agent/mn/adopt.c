// SPDX-License-Identifier: BSD-2-Clause
/* Owns what a killed agent left on the host: HoAs whose tunnels stand go on, the rest goes. */
#include <linux/if_addr.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "kernel/rtnl.h"
#include "store/cga_autoconf.h"
#include "mn/mn_private.h"
#include "mn/mn_route.h"

enum { ADOPT_MAX = 256 };

struct remains {
	struct mn *mn;
	struct rtnl_address addresses[ADOPT_MAX];
	struct in6_addr orphans[ADOPT_MAX]; /* rows without an address */
	unsigned int address_count, orphan_count;
};

static void find_address(const struct rtnl_address *address, void *arg)
{
	struct remains *remains = arg;

	if (address->prefix_len == 128 && (address->flags & IFA_F_NOPREFIXROUTE) &&
	    remains->address_count < ADOPT_MAX &&
	    cga_autoconf_recognise(&remains->mn->identity, &address->address) >= 0)
		remains->addresses[remains->address_count++] = *address;
}

/* Whether it is current, the next RA tells; whose it is, perhaps only the book. */
static void adopt_address(struct mn *mn, const struct rtnl_address *address)
{
	struct home_address *home;

	if (home_address_find(&mn->homes, &address->address)) { /* killed between two interfaces */
		rtnl_address_delete(mn->netlink, address->ifindex, &address->address,
				    address->prefix_len);
		return;
	}
	home = home_address_add(&mn->homes, &address->address);
	if (!home)
		return;
	home->ifindex = address->ifindex;
	home->collisions = (uint8_t)cga_autoconf_recognise(&mn->identity, &address->address);
	home->has_hdar = address_book_find(&mn->book, &address->address, &home->hdar);
	home->is_installed = true;
	home->is_current = true;
}

/* The PHKT died with the agent: the next BU is signed, which restarts the sequence. */
static int adopt_row(const struct in6_addr *hoa, const struct binding *row, void *arg)
{
	struct remains *remains = arg;
	struct mn *mn = remains->mn;
	struct home_address *home = home_address_find(&mn->homes, hoa);
	struct in6_addr hdar;

	memcpy(&hdar, row->dar, sizeof(hdar));
	if (!home || home->entry || !in6_is_routable_unicast(&hdar))
		goto orphan;
	home->entry = bul_add(&mn->bul, hoa, &hdar);
	if (!home->entry)
		goto orphan;
	home->has_hdar = true;
	home->hdar = hdar;
	home->is_current = false;
	home->is_tunnelled = true;
	memcpy(&home->entry->coa, row->coa, sizeof(row->coa));
	memcpy(&home->entry->prev_coa, row->prev_coa, sizeof(row->prev_coa));
	home->entry->sequence = row->sequence;
	home->entry->path_mtu = row->path_mtu;
	home->entry->lifetime_s = row->lifetime_s;
	home->entry->expires_ns = row->expires_boot_ns;
	home->entry->is_bound = row->expires_boot_ns > clock_boot_ns();
	home->entry->peer->clock.last = row->last_timestamp;
	log_info("adopted", "hoa=%s hdar=%s", in6_text(hoa).s, in6_text(&hdar).s);
	return 0;

orphan:
	if (remains->orphan_count < ADOPT_MAX)
		remains->orphans[remains->orphan_count++] = *hoa;
	return 0;
}

void adopt_remains(struct mn *mn)
{
	struct remains remains = {.mn = mn};
	struct mn_next_hop via = {.ifindex = 0};

	address_book_read(mn->state_dir, &mn->book);
	for (unsigned int i = 0; i < mn->link_count; i++)
		rtnl_address_list(mn->netlink, mn->links[i].ifindex, find_address, &remains);
	for (unsigned int i = 0; i < remains.address_count; i++)
		adopt_address(mn, &remains.addresses[i]);
	dataplane_binding_each(mn->dataplane, adopt_row, &remains);
	for (unsigned int i = 0; i < remains.orphan_count; i++)
		dataplane_binding_delete(mn->dataplane, &remains.orphans[i]);
	mn_route_adopt(mn->netlink, &mn->homes, &via);
	mn->gateway = via.gateway;
	mn->gateway_ifindex = via.ifindex;
	for (unsigned int i = 0; i < mn->link_count; i++)
		mn_route_take_over(mn->netlink, mn->links[i].ifindex);
}
