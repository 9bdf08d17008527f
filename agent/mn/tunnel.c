// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tunnel of one HoA on this host: its row in the data plane, its rule and table. */
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "mn/mn_private.h"
#include "mn/mn_route.h"

void tunnel_write(struct mn *mn, const struct bul_entry *entry)
{
	uint64_t now = clock_boot_ns();
	uint32_t asked_s = registration_lifetime_s(mn);
	bool is_live = bul_is_live(entry, now);
	bool is_verified = entry->state == BUL_BOUND || entry->is_verified;
	struct binding row = {
		.expires_boot_ns = is_live ? entry->expires_ns : now + asked_s * CLOCK_SECOND_NS,
		.last_timestamp = entry->peer->clock.last,
		.lifetime_s = is_live ? entry->lifetime_s : asked_s,
		.sequence = entry->sequence,
		.path_mtu = entry->path_mtu,
		.state = is_verified ? BINDING_VERIFIED : BINDING_UNVERIFIED,
		.auth = entry->exchange.is_signed ? BINDING_AUTH_CGA : BINDING_AUTH_PHKT,
	};
	int err;

	memcpy(row.coa, &entry->coa, sizeof(row.coa));
	memcpy(row.dar, &entry->peer->hdar, sizeof(row.dar));
	memcpy(row.prev_coa, &entry->prev_coa, sizeof(row.prev_coa));
	memcpy(row.key_id, mn->identity.key_id, sizeof(row.key_id));
	err = dataplane_binding_put(mn->dataplane, &entry->hoa, &row);
	if (err)
		log_error("binding.put", "hoa=%s error=\"%s\"", in6_text(&entry->hoa).s,
			  strerror(-err));
}

void tunnel_up(struct mn *mn, struct home_address *home)
{
	const struct mn_link *link = mn_link_by_index(mn, mn->movement.current.ifindex);
	const struct mn_next_hop via = {
		.ifindex = link->ifindex,
		.gateway = mn->movement.current.link_local,
		.mtu = link->mtu,
	};
	int err = mn_route_tunnel(mn->netlink, home, &mn->homes, &via, home->entry->path_mtu);

	if (err)
		log_error("route.tunnel", "hoa=%s error=\"%s\"", in6_text(&home->address).s,
			  strerror(-err));
	tunnel_write(mn, home->entry);
	home->is_tunnelled = true;
}

void tunnel_down(struct mn *mn, struct home_address *home)
{
	if (!home->is_tunnelled)
		return;
	dataplane_binding_delete(mn->dataplane, &home->address);
	mn_route_tunnel_remove(mn->netlink, home);
	home->is_tunnelled = false;
}
