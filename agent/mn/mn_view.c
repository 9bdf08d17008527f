// SPDX-License-Identifier: BSD-2-Clause
/* Owns what may be seen of a mobile node, and the user's two orders. */
#include <errno.h>

#include "base/clock.h"
#include "base/in6.h"
#include "mn/mn_private.h"

static const char *const counter_names[MN_COUNTER_MAX] = {
	[MN_RS_SENT] = "rs_sent",
	[MN_RA_RECEIVED] = "ra_received",
	[MN_RA_IGNORED] = "ra_ignored",
	[MN_HANDOVERS] = "handovers",
	[MN_BU_SIGNED] = "bu_cga",
	[MN_BU_PHKT] = "bu_phkt",
	[MN_BU_DEREGISTRATION] = "bu_deregistration",
	[MN_BU_FAILED] = "bu_failed",
	[MN_COTI_SENT] = "coti_sent",
	[MN_COTI_FAILED] = "coti_failed",
	[MN_COT_ACCEPTED] = "cot_accepted",
	[MN_COT_IGNORED] = "cot_ignored",
	[MN_BA_ACCEPTED] = "ba_accepted",
	[MN_BE_RECEIVED] = "be_received",
	[MN_BE_IGNORED] = "be_ignored",
	[MN_MH_MALFORMED] = "mh_malformed",
	[MN_MH_IGNORED] = "mh_ignored",
	[MN_MH_UNKNOWN_THERE] = "mh_unknown_there",
	[MN_TUNNEL_ERRORS] = "tunnel_errors",
	[MN_TUNNEL_ERRORS_REFUSED] = "tunnel_errors_refused",
	[MN_TOO_BIG_SENT] = "too_big_sent",
	[MN_ADDRESS_COLLISIONS] = "address_collisions",
};

const char *mn_counter_name(enum mn_counter counter)
{
	return counter_names[counter];
}

uint64_t mn_counter(const struct mn *mn, enum mn_counter counter)
{
	return mn->counters[counter];
}

uint64_t mn_ba_refused(const struct mn *mn, uint8_t status)
{
	return status < IP6_MH_BAS_UNSPECIFIED ? 0
					       : mn->ba_refused[status - IP6_MH_BAS_UNSPECIFIED];
}

const char *mn_ba_ignored_name(unsigned int reason)
{
	return reason > BA_OK && reason < BA_FAULT_MAX ? ba_fault_name((enum ba_fault)reason)
						       : NULL;
}

uint64_t mn_ba_ignored(const struct mn *mn, unsigned int reason)
{
	return reason < BA_FAULT_MAX ? mn->ba_ignored[reason] : 0;
}

/* An entry at rest holds no binding: it only remembers the PHKT. */
static bool is_listed(const struct bul_entry *entry)
{
	return entry->state != BUL_IDLE;
}

void mn_each_binding(const struct mn *mn,
		     void (*each)(const struct mn_binding_view *view, void *arg), void *arg)
{
	uint64_t now = clock_boot_ns();
	const struct bul_entry *entry;

	LIST_FOREACH (entry, &mn->bul.entries, link) {
		bool live = bul_is_live(entry, now);
		const struct mn_binding_view view = {
			.hoa = entry->hoa,
			.hdar = entry->peer->hdar,
			.coa = entry->coa,
			.state = bul_state_name(entry->state),
			.sequence = entry->sequence,
			.lifetime_s = live ? entry->lifetime_s : 0,
			.remaining_s =
				live ? (uint32_t)((entry->expires_ns - now) / CLOCK_SECOND_NS) : 0,
			.has_phkt = entry->has_phkt,
		};

		if (is_listed(entry))
			each(&view, arg);
	}
}

void mn_each_address(const struct mn *mn,
		     void (*each)(const struct mn_address_view *view, void *arg), void *arg)
{
	const struct home_address *home;

	TAILQ_FOREACH (home, &mn->homes.list, link) {
		if (!home->is_installed)
			continue;
		const struct mn_address_view view = {
			.address = home->address,
			.prefix = home->prefix,
			.hdar = home->has_hdar ? home->hdar : in6addr_any,
			.is_current = home->is_current,
			.is_in_use = home->is_current || (home->entry && is_listed(home->entry)),
		};

		each(&view, arg);
	}
}

static struct in6_addr router_address(const struct movement_router *router)
{
	for (unsigned int i = 0; i < router->prefix_count; i++) {
		if (router->prefixes[i].has_hdar)
			return router->prefixes[i].hdar;
	}
	return router->link_local;
}

void mn_status(const struct mn *mn, struct mn_status_view *out)
{
	const struct home_address *current = home_address_current(&mn->homes);
	const struct bul_entry *entry;

	*out = (struct mn_status_view){
		.name = mn->config->name,
		.uptime_s = (clock_boot_ns() - mn->start_ns) / CLOCK_SECOND_NS,
		.is_adopted = mn->is_adopted,
		.is_attached = mn->movement.is_attached,
		.interface = "",
		.addresses = mn->homes.count,
		.last_handover = handover_view(mn),
	};
	if (current)
		out->address = current->address;
	LIST_FOREACH (entry, &mn->bul.entries, link)
		out->bindings += is_listed(entry);
	if (!mn->movement.is_attached)
		return;
	out->router = router_address(&mn->movement.current);
	for (unsigned int i = 0; i < mn->link_count; i++) {
		if (mn->links[i].ifindex == mn->movement.current.ifindex)
			out->interface = mn->links[i].name;
	}
}

unsigned int mn_interface_count(const struct mn *mn)
{
	return mn->link_count;
}

struct mn_interface_view mn_interface(const struct mn *mn, unsigned int number)
{
	const struct mn_link *link = &mn->links[number];

	return (struct mn_interface_view){
		.name = link->name,
		.attach = dataplane_attach_mode(mn->dataplane, number),
		.ifindex = link->ifindex,
		.is_up = link->is_up,
	};
}

const struct config *mn_config(const struct mn *mn)
{
	return mn->config;
}

struct dataplane *mn_dataplane(const struct mn *mn)
{
	return mn->dataplane;
}

int mn_address_keep(struct mn *mn, const struct in6_addr *address)
{
	struct home_address *home = home_address_find(&mn->homes, address);

	if (!home)
		return -ENOENT;
	if (home->entry && home->entry->state == BUL_LEAVING)
		return -EALREADY;
	home->is_kept = true;
	return 0;
}

int mn_address_drop(struct mn *mn, const struct in6_addr *address)
{
	static const struct bul_event drop = {.kind = BUL_EVENT_DROP};
	struct home_address *home = home_address_find(&mn->homes, address);

	if (!home)
		return -ENOENT;
	if (home->is_current)
		return -EBUSY;
	if (home->entry)
		registration_event(mn, home, &drop);
	else
		registration_forget(mn, home);
	return 0;
}
