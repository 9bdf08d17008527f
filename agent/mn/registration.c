// SPDX-License-Identifier: BSD-2-Clause
/* Owns the edge of bul_decide(): its actions become BUs, binding rows, rules, announcements. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "kernel/nd_socket.h"
#include "kernel/packet_socket.h"
#include "mn/bu_send.h"
#include "mn/cga_autoconf.h"
#include "mn/mn_private.h"
#include "mn/mn_route.h"
#include "wire/nd.h"

enum { DETACHED_RETRY_MS = 1000 };

static uint32_t requested_lifetime_s(const struct mn *mn)
{
	uint32_t lifetime_s = mn->config->mobility.lifetime_s;

	if (lifetime_s > MH_LIFETIME_MAX_S)
		lifetime_s = MH_LIFETIME_MAX_S;
	if (lifetime_s < MH_LIFETIME_UNIT_S)
		lifetime_s = MH_LIFETIME_UNIT_S;
	return lifetime_s - lifetime_s % MH_LIFETIME_UNIT_S;
}

/* ---- the tunnel of one HoA ---- */

static void row_put(struct mn *mn, const struct bul_entry *entry)
{
	uint64_t now = clock_boot_ns();
	bool live = bul_is_live(entry, now);
	struct binding row = {
		.expires_boot_ns =
			live ? entry->expires_ns : now + requested_lifetime_s(mn) * CLOCK_SECOND_NS,
		.last_timestamp = entry->peer->clock.last,
		.lifetime_s = live ? entry->lifetime_s : requested_lifetime_s(mn),
		.sequence = entry->sequence,
		.path_mtu = entry->path_mtu,
		.state = entry->state == BUL_BOUND ? BINDING_VERIFIED : BINDING_UNVERIFIED,
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

void registration_tunnel_up(struct mn *mn, struct home_address *home)
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
	row_put(mn, home->entry);
	home->is_tunnelled = true;
}

void registration_tunnel_down(struct mn *mn, struct home_address *home)
{
	if (!home->is_tunnelled)
		return;
	dataplane_binding_delete(mn->dataplane, &home->address);
	mn_route_tunnel_remove(mn->netlink, home);
	home->is_tunnelled = false;
}

void registration_forget(struct mn *mn, struct home_address *home)
{
	log_info("address.gone", "address=%s", in6_text(&home->address).s);
	registration_tunnel_down(mn, home);
	if (home->is_installed)
		mn_route_address_delete(mn->netlink, home);
	attachment_listen_end(mn, home);
	bul_remove(home->entry);
	home_address_remove(&mn->homes, home);
}

/* M-27: its anchor knows another owner; back on that link the next collision count is tried. */
static void renounce(struct mn *mn, struct home_address *home)
{
	registration_tunnel_down(mn, home);
	bul_remove(home->entry);
	home->entry = NULL;
	handover_collision(mn, home);
}

/* M-36: neighbours on the home link learn that the HoA is here again (RFC 6275 11.5.5). */
static void announce(struct mn *mn, const struct home_address *home)
{
	struct mn_link *link = mn_link_by_index(mn, home->ifindex);
	struct nd_message na = {
		.type = ND_TYPE_NA,
		.target = home->address,
		.na_flags = ND_NA_FLAG_OVERRIDE,
		.has_tlla = true,
	};
	uint8_t octets[ND_MESSAGE_MAX];
	ssize_t len;

	if (!link || !home->is_current)
		return;
	memcpy(na.tlla, link->mac, sizeof(na.tlla));
	len = nd_build(&na, octets, sizeof(octets));
	if (len > 0)
		nd_socket_send(link->nd_fd, link->ifindex, &home->address, &in6_all_nodes, octets,
			       (size_t)len);
}

static void release(struct mn *mn, struct home_address *home)
{
	home->entry->is_bound = false;
	home->entry->coa = in6addr_any;
	home->entry->prev_coa = in6addr_any;
	registration_tunnel_down(mn, home);
	announce(mn, home);
}

/* ---- sending ---- */

static ssize_t build(struct mn *mn, struct home_address *home, const struct bul_sent *sent,
		     uint8_t *packet, size_t size)
{
	const struct bul_entry *entry = home->entry;
	const struct cga_params params =
		cga_autoconf_params(&mn->identity, &home->address, home->collisions);
	const struct bu_request bu = {
		.hoa = entry->hoa,
		.hdar = entry->peer->hdar,
		.coa = sent->coa,
		.from_home = sent->from_home,
		.sequence = sent->sequence,
		.lifetime_s = sent->lifetime_s,
		.is_signed = sent->is_signed,
		.timestamp = sent->timestamp,
		.phkt = entry->phkt,
		.key = mn->identity.key,
		.params = &params,
	};

	return bu_build(&bu, packet, size);
}

static int transmit(struct mn *mn, const uint8_t *packet, size_t len)
{
	const struct movement_router *router = &mn->movement.current;
	const struct mn_link *link = mn_link_by_index(mn, router->ifindex);
	struct bu_route route = {.ifindex = router->ifindex, .has_mac = router->has_mac};

	memcpy(route.source_mac, link->mac, sizeof(route.source_mac));
	memcpy(route.router_mac, router->mac, sizeof(route.router_mac));
	return bu_send(mn->packets, &route, packet, len);
}

static void count_sent(struct mn *mn, const struct bul_sent *sent)
{
	if (sent->is_deregistration)
		mn_count(mn, MN_BU_DEREGISTRATION);
	else
		mn_count(mn, sent->is_signed ? MN_BU_SIGNED : MN_BU_PHKT);
	if (mn->handover.is_logged) /* a refresh is no part of it */
		return;
	if (!mn->handover.bu_ns)
		mn->handover.bu_ns = sent->at_ns;
	mn->handover.is_signed = mn->handover.is_signed || sent->is_signed;
}

static void send_now(struct mn *mn, struct home_address *home)
{
	struct bul_entry *entry = home->entry;
	bool leaves = entry->state == BUL_RETURNING || entry->state == BUL_LEAVING;
	struct bul_sent sent = {
		.is_outstanding = true,
		.is_signed = entry->exchange.is_signed,
		.is_deregistration = leaves,
		.from_home = home->is_current,
		.sequence = ++entry->sequence,
		.coa = home->is_current ? home->address : entry->coa,
		.lifetime_s = leaves ? 0 : requested_lifetime_s(mn),
	};
	uint8_t packet[BU_PACKET_MAX];
	ssize_t len;
	int err;

	if (sent.is_signed)
		sent.timestamp = peer_clock_stamp(&entry->peer->clock, clock_ntp());
	len = build(mn, home, &sent, packet, sizeof(packet));
	sent.at_ns = clock_boot_ns();
	err = len < 0 ? (int)len : transmit(mn, packet, (size_t)len);
	update_rate_note(&entry->peer->rate, sent.at_ns);
	bul_arm(entry, entry->exchange.backoff_ms);
	if (err) {
		mn_count(mn, MN_BU_FAILED);
		log_warn("bu.failed", "hoa=%s hdar=%s error=\"%s\"", in6_text(&entry->hoa).s,
			 in6_text(&entry->peer->hdar).s, strerror(-err));
		return;
	}
	bul_note_sent(entry, &sent);
	count_sent(mn, &sent);
	log_info("bu.sent", "hoa=%s hdar=%s coa=%s sequence=%u lifetime=%u auth=%s",
		 in6_text(&entry->hoa).s, in6_text(&entry->peer->hdar).s, in6_text(&sent.coa).s,
		 sent.sequence, sent.lifetime_s, sent.is_signed ? "cga" : "phkt");
}

static void send_or_wait(struct mn *mn, struct home_address *home)
{
	struct bul_entry *entry = home->entry;
	uint64_t wait = update_rate_wait_ns(&entry->peer->rate, clock_boot_ns());

	entry->is_postponed = wait > 0 || !mn->movement.is_attached;
	if (!mn->movement.is_attached)
		bul_arm(entry, DETACHED_RETRY_MS);
	else if (wait)
		bul_arm(entry, (uint32_t)(wait / 1000000) + 1);
	else
		send_now(mn, home);
}

/* ---- events and actions ---- */

void registration_event(struct mn *mn, struct home_address *home, const struct bul_event *event)
{
	struct bul_step step = bul_decide(home->entry, event, clock_boot_ns());

	bul_set_state(home->entry, &step);
	switch (step.action) {
	case BUL_ACTION_NONE:
		break;
	case BUL_ACTION_SEND:
	case BUL_ACTION_SEND_FROM:
		send_or_wait(mn, home);
		break;
	case BUL_ACTION_ESTABLISH:
		row_put(mn, home->entry);
		break;
	case BUL_ACTION_RELEASE:
		release(mn, home);
		break;
	case BUL_ACTION_RELEASE_SEND:
		registration_tunnel_down(mn, home);
		send_or_wait(mn, home);
		break;
	case BUL_ACTION_FORGET:
		registration_forget(mn, home);
		break;
	case BUL_ACTION_RENOUNCE:
		renounce(mn, home);
		break;
	}
}

void registration_timeout(struct bul_entry *entry, void *arg)
{
	static const struct bul_event timeout = {.kind = BUL_EVENT_TIMEOUT};
	struct mn *mn = arg;
	struct home_address *home = home_address_find(&mn->homes, &entry->hoa);

	if (!home || home->entry != entry)
		return;
	if (entry->is_postponed)
		send_or_wait(mn, home);
	else if (!mn->movement.is_attached)
		bul_arm(entry, DETACHED_RETRY_MS);
	else
		registration_event(mn, home, &timeout);
	handover_progress(mn);
}

void registration_grant(struct bul_entry *entry, const struct ba_verdict *verdict)
{
	const struct bul_answer *answer = &verdict->answer;

	if (answer->to_deregistration || !answer->lifetime_s)
		return;
	/* M-17: remaining - (requested - granted), which is what was granted since the BU left */
	entry->expires_ns = verdict->sent_ns + answer->lifetime_s * CLOCK_SECOND_NS;
	entry->lifetime_s = answer->lifetime_s;
	entry->is_bound = true;
}
