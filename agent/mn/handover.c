// SPDX-License-Identifier: BSD-2-Clause
/* Owns what an attachment means, in the order that costs the flows least: no step sleeps. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "kernel/rtnl.h"
#include "store/cga_autoconf.h"
#include "mn/mn_private.h"
#include "mn/mn_route.h"

/* ---- addresses ---- */

static const struct movement_prefix *prefix_of(const struct mn *mn, const struct home_address *home)
{
	const struct movement_router *router = &mn->movement.current;

	for (unsigned int i = 0; i < router->prefix_count; i++) {
		if (in6_same_prefix64(&router->prefixes[i].prefix, &home->prefix))
			return &router->prefixes[i];
	}
	return NULL;
}

/* First of all: an optimistic address loses against any preferred one. */
static void deprecate_old(struct mn *mn)
{
	struct home_address *home;

	TAILQ_FOREACH (home, &mn->homes.list, link) {
		if (!home->is_current || prefix_of(mn, home))
			continue;
		home->is_current = false;
		if (home->is_installed && home->has_hdar)
			mn_route_address_deprecate(mn->netlink, home);
	}
}

static void forget_plain(struct mn *mn)
{
	struct home_address *home, *next;

	for (home = TAILQ_FIRST(&mn->homes.list); home; home = next) {
		next = TAILQ_NEXT(home, link);
		if (!home->is_current && !home->has_hdar)
			registration_forget(mn, home);
	}
}

/* The map has so many rows and no more: the oldest address that is not wanted goes. */
static void make_room(struct mn *mn)
{
	static const struct bul_event drop = {.kind = BUL_EVENT_DROP};
	struct home_address *home;

	if (mn->homes.count <= mn->config->binding.max)
		return;
	TAILQ_FOREACH (home, &mn->homes.list, link) {
		if (home->is_current || home->is_kept)
			continue;
		if (!home->is_installed && !home->entry) {
			registration_forget(mn, home);
			return;
		}
		if (!home->entry || home->entry->state == BUL_LEAVING)
			continue;
		log_warn("address.full", "address=%s max=%u", in6_text(&home->address).s,
			 mn->config->binding.max);
		registration_event(mn, home, &drop);
		return;
	}
}

static int install(struct mn *mn, struct home_address *home)
{
	int err;

	if (home->is_spent)
		return -EADDRINUSE;
	address_place_current(mn, home);
	if (home->is_installed)
		return mn_route_address_prefer(mn->netlink, home);
	attachment_listen(mn, home);
	err = mn_route_address_add(mn->netlink, home);
	if (err == -EEXIST)
		err = mn_route_address_prefer(mn->netlink, home);
	home->is_installed = !err;
	return err;
}

/* The prefix is anchored elsewhere than it was: what was bound there is lost. */
static void set_hdar(struct mn *mn, struct home_address *home, const struct movement_prefix *prefix)
{
	if (!prefix->has_hdar || (home->has_hdar && in6_equal(&home->hdar, &prefix->hdar)))
		return;
	if (home->entry) {
		tunnel_down(mn, home);
		bul_remove(home->entry);
		home->entry = NULL;
	}
	home->has_hdar = true;
	home->hdar = prefix->hdar;
}

static void take_prefix(struct mn *mn, const struct movement_prefix *prefix)
{
	struct home_address *home = home_address_by_prefix(&mn->homes, &prefix->prefix);
	struct bul_peer *peer = bul_peer_find(&mn->bul, &prefix->hdar);
	int err;

	if (peer)
		peer->silent_until_ns = 0; /* it advertises as a DAR */

	if (!home) {
		struct in6_addr address = cga_autoconf_address(&mn->identity, &prefix->prefix, 0);

		home = home_address_add(&mn->homes, &address);
		if (!home)
			return;
	}
	set_hdar(mn, home, prefix);
	err = install(mn, home);
	home->is_current = true;
	home_address_touch(&mn->homes, home);
	if (err)
		log_error("address.add", "address=%s error=\"%s\"", in6_text(&home->address).s,
			  strerror(-err));
	else
		log_info("address.current", "address=%s hdar=%s", in6_text(&home->address).s,
			 home->has_hdar ? in6_text(&home->hdar).s : "none");
}

/* ---- bindings ---- */

/* An older address that has a DAR: its entry takes the new CoA. True if it is a new one. */
static bool set_coa(struct mn *mn, struct home_address *home, const struct in6_addr *coa)
{
	struct bul_entry *entry = home->entry;

	if (!entry) {
		entry = bul_add(&mn->bul, &home->address, &home->hdar);
		if (!entry)
			return false;
		home->entry = entry;
	}
	if (in6_equal(&entry->coa, coa))
		return false;
	entry->prev_coa = entry->coa;
	entry->coa = *coa;
	entry->is_verified = false;
	careof_token_forget(&entry->careof);
	entry->path_mtu = 0;
	return true;
}

/* Protocol section 8.9: the addresses of this link are de-registered before others move here. */
static void return_home(struct mn *mn)
{
	static const struct bul_event event = {.kind = BUL_EVENT_HOME};
	struct home_address *home;

	TAILQ_FOREACH (home, &mn->homes.list, link) {
		if (!home->is_current || !home->entry)
			continue;
		/* Until the HDAR has let go, packets of the HoA go on in the tunnel they know. */
		if (home->is_tunnelled)
			tunnel_up(mn, home);
		registration_event(mn, home, &event);
	}
}

/*
 * Until its HDAR has let go of it, an address that is back home is no care-of address: what comes
 * for it, BAs of others included, is tunnelled to where the node was.
 */
static bool must_wait(const struct home_address *coa)
{
	return coa->entry && coa->entry->state == BUL_RETURNING &&
	       coa->entry->exchange.unanswered == 0;
}

/* Uplink, by the new router; a live binding goes on with the CoA that its HDAR knows. */
static void prepare_away(struct mn *mn, const struct home_address *coa)
{
	struct home_address *home;

	TAILQ_FOREACH (home, &mn->homes.list, link) {
		bool keeps_coa =
			must_wait(coa) && home->entry && bul_is_live(home->entry, clock_boot_ns());

		if (home->is_current || !home->has_hdar || !home->is_installed)
			continue;
		home->coa_changed = !keeps_coa && set_coa(mn, home, &coa->address);
		if (home->entry)
			tunnel_up(mn, home);
	}
}

/* BUs, those first that need no signature. */
static void register_away(struct mn *mn)
{
	struct home_address *home, *next;

	for (int is_signed = 0; is_signed <= 1; is_signed++) {
		for (home = TAILQ_FIRST(&mn->homes.list); home; home = next) {
			const struct bul_event event = {.kind = BUL_EVENT_MOVED,
							.coa_changed = home->coa_changed};

			next = TAILQ_NEXT(home, link);
			if (home->is_current || !home->entry ||
			    bul_phkt_usable(home->entry, clock_boot_ns()) == is_signed)
				continue;
			registration_event(mn, home, &event);
		}
	}
}

static void move_bindings(struct mn *mn)
{
	const struct home_address *coa = home_address_current(&mn->homes);

	mn->is_waiting_home = false;
	if (!coa || !mn->movement.is_attached)
		return;
	prepare_away(mn, coa);
	mn->is_waiting_home = must_wait(coa);
	if (!mn->is_waiting_home)
		register_away(mn);
}

/* ---- the handover ---- */

/*
 * Packets that waited for the old router's link-layer address are let go now: as long as they
 * wait, three seconds, TCP takes them for sent and repeats nothing.
 */
static void let_go(struct mn *mn, const struct in6_addr *old, uint32_t old_ifindex)
{
	const struct movement_router *router = &mn->movement.current;

	if (old_ifindex && (old_ifindex != router->ifindex || !in6_equal(old, &router->link_local)))
		rtnl_neighbour_delete(mn->netlink, old_ifindex, old);
}

static void handover_begin(struct mn *mn)
{
	struct mn_link *link = mn_link_by_index(mn, mn->movement.current.ifindex);

	mn->handover = (struct mn_handover){
		.exists = true,
		.link_up_ns = link->up_ns,
		.rs_ns = link->rs_ns,
		.ra_ns = mn->movement.current.heard_ns,
	};
	link->up_ns = 0;
	link->rs_ns = 0;
	mn_count(mn, MN_HANDOVERS);
}

void handover_attached(struct mn *mn)
{
	const struct movement_router *router = &mn->movement.current;
	const struct mn_next_hop via = {.ifindex = router->ifindex, .gateway = router->link_local};
	const struct in6_addr old = mn->gateway;
	const uint32_t old_ifindex = mn->gateway_ifindex;
	const struct home_address *current;
	int err;

	handover_begin(mn);
	deprecate_old(mn);
	err = mn_route_default(mn->netlink, &via);
	if (err)
		log_error("route.default", "gateway=%s error=\"%s\"", in6_text(&via.gateway).s,
			  strerror(-err));
	for (unsigned int i = 0; i < router->prefix_count; i++)
		take_prefix(mn, &router->prefixes[i]);
	mn->handover.address_ns = clock_boot_ns();
	current = home_address_current(&mn->homes);
	mn->gateway = via.gateway;
	mn->gateway_ifindex = via.ifindex;
	address_place_away(mn);
	return_home(mn);
	move_bindings(mn);
	let_go(mn, &old, old_ifindex);
	forget_plain(mn);
	make_room(mn);
	log_info("attached", "interface=%s router=%s address=%s",
		 mn_link_by_index(mn, router->ifindex)->name, in6_text(&router->link_local).s,
		 current ? in6_text(&current->address).s : "none");
	handover_progress(mn);
}

void handover_detached(struct mn *mn)
{
	(void)mn; /* addresses, routes and bindings stay: the next link may be here in no time */
	log_info("detached", "why=\"carrier lost\"");
}

/* RFC 4861 section 6.3.4: no default router at once. Bindings stay for the next one. */
void handover_dismissed(struct mn *mn)
{
	const struct mn_next_hop via = {.ifindex = mn->gateway_ifindex, .gateway = mn->gateway};
	int err = mn_route_default_delete(mn->netlink, &via);

	if (err && err != -ESRCH)
		log_error("route.default", "gateway=%s error=\"%s\"", in6_text(&via.gateway).s,
			  strerror(-err));
	log_info("detached", "why=\"no router any more, says the router\"");
}

void handover_collision(struct mn *mn, struct home_address *home)
{
	mn_count(mn, MN_ADDRESS_COLLISIONS);
	if (home->entry || !home->is_installed)
		return; /* a bound HoA is ours whatever a stranger says (M-35) */
	mn_route_address_delete(mn->netlink, home);
	attachment_listen_end(mn, home);
	home->is_installed = false;
	if (home->collisions == CGA_COLLISIONS_MAX) {
		home->is_spent = true;
		log_error("address.collision",
			  "address=%s why=\"third collision: the link is "
			  "attacked or the node's key is copied\"",
			  in6_text(&home->address).s);
		return; /* M-02 */
	}
	home->collisions++;
	home->address = cga_autoconf_address(&mn->identity, &home->prefix, home->collisions);
	log_warn("address.collision", "collisions=%u address=%s", home->collisions,
		 in6_text(&home->address).s);
	if (mn->movement.is_attached && home->is_current)
		handover_attached(mn);
}

static int64_t between_us(uint64_t from_ns, uint64_t to_ns)
{
	return from_ns && to_ns >= from_ns ? (int64_t)((to_ns - from_ns) / 1000) : MN_UNKNOWN_US;
}

static struct mn_handover_view view_of(const struct mn_handover *h)
{
	return (struct mn_handover_view){
		.exists = h->exists,
		.link_up_to_rs_us = between_us(h->link_up_ns, h->rs_ns),
		.rs_to_ra_us = between_us(h->rs_ns, h->ra_ns),
		.ra_to_address_us = between_us(h->ra_ns, h->address_ns),
		.address_to_bu_us = between_us(h->address_ns, h->bu_ns),
		.bu_to_ba_us = between_us(h->bu_ns, h->ba_ns),
		.auth = !h->bu_ns      ? "none"
			: h->is_signed ? "cga"
				       : "phkt",
	};
}

void handover_progress(struct mn *mn)
{
	struct mn_handover_view view;
	const struct home_address *coa = home_address_current(&mn->homes);
	const struct bul_entry *entry;

	if (mn->is_waiting_home && !(coa && must_wait(coa)))
		move_bindings(mn);
	if (mn->is_waiting_home || mn->handover.is_logged || !mn->handover.exists)
		return;
	LIST_FOREACH (entry, &mn->bul.entries, link) {
		if (entry->state != BUL_IDLE && entry->state != BUL_BOUND &&
		    entry->state != BUL_CONFIRMING && entry->state != BUL_REFUSED)
			return;
	}
	mn->handover.is_logged = true;
	address_book_write(mn->state_dir, &mn->homes, &mn->book); /* lost: one address less kept */
	view = view_of(&mn->handover);
	log_info("handover",
		 "link_up_to_rs_us=%lld rs_to_ra_us=%lld ra_to_address_us=%lld "
		 "address_to_bu_us=%lld bu_to_ba_us=%lld auth=%s",
		 (long long)view.link_up_to_rs_us, (long long)view.rs_to_ra_us,
		 (long long)view.ra_to_address_us, (long long)view.address_to_bu_us,
		 (long long)view.bu_to_ba_us, view.auth);
}

struct mn_handover_view handover_view(const struct mn *mn)
{
	return view_of(&mn->handover);
}
