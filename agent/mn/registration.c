// SPDX-License-Identifier: BSD-2-Clause
/* Owns the edge of bul_decide(): its actions become BUs, binding rows, rules, announcements. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "kernel/nd_socket.h"
#include "mn/mn_private.h"
#include "mn/mn_route.h"
#include "wire/nd.h"

uint32_t registration_lifetime_s(const struct mn *mn)
{
	uint32_t lifetime_s = mn->config->mobility.lifetime_s;

	if (lifetime_s > MH_LIFETIME_MAX_S)
		lifetime_s = MH_LIFETIME_MAX_S;
	if (lifetime_s < MH_LIFETIME_UNIT_S)
		lifetime_s = MH_LIFETIME_UNIT_S;
	return lifetime_s - lifetime_s % MH_LIFETIME_UNIT_S;
}

void registration_forget(struct mn *mn, struct home_address *home)
{
	log_info("address.gone", "address=%s", in6_text(&home->address).s);
	tunnel_down(mn, home);
	if (home->is_installed)
		mn_route_address_delete(mn->netlink, home);
	attachment_listen_end(mn, home);
	bul_remove(home->entry);
	home_address_remove(&mn->homes, home);
}

/* M-27: its anchor knows another owner; back on that link the next collision count is tried. */
static void renounce(struct mn *mn, struct home_address *home)
{
	tunnel_down(mn, home);
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
	home->entry->is_verified = false;
	tunnel_down(mn, home);
	announce(mn, home);
}

void registration_event(struct mn *mn, struct home_address *home, const struct bul_event *event)
{
	struct bul_step step = bul_decide(home->entry, event, clock_boot_ns());

	bul_set_state(home->entry, &step);
	switch (step.action) {
	case BUL_ACTION_NONE:
		break;
	case BUL_ACTION_SEND:
	case BUL_ACTION_SEND_FROM:
	case BUL_ACTION_TEST_COA:
		exchange_send(mn, home);
		break;
	case BUL_ACTION_ESTABLISH:
		tunnel_write(mn, home->entry);
		break;
	case BUL_ACTION_ESTABLISH_SEND:
		tunnel_write(mn, home->entry);
		exchange_send(mn, home);
		break;
	case BUL_ACTION_RELEASE:
		release(mn, home);
		break;
	case BUL_ACTION_RELEASE_SEND:
		tunnel_down(mn, home);
		exchange_send(mn, home);
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
		exchange_send(mn, home);
	else if (!mn->movement.is_attached)
		bul_arm(entry, EXCHANGE_DETACHED_MS);
	else
		registration_event(mn, home, &timeout);
	handover_progress(mn);
}

void registration_grant(struct bul_entry *entry, const struct ba_verdict *verdict)
{
	const struct bul_answer *answer = &verdict->answer;

	if (answer->to_deregistration || !answer->lifetime_s || !answer->is_current)
		return;
	/* M-17: remaining - (requested - granted), which is what was granted since the BU left */
	entry->expires_ns = verdict->sent_ns + answer->lifetime_s * CLOCK_SECOND_NS;
	entry->lifetime_s = answer->lifetime_s;
	entry->is_bound = true;
	if (answer->careof == BUL_CAREOF_REPLY || answer->careof == BUL_CAREOF_TESTED)
		entry->is_verified = answer->is_current;
	else if (answer->gives_token || answer->to_signed)
		entry->is_verified = false;
}
