// SPDX-License-Identifier: BSD-2-Clause
/* Owns what leaves for a HDAR: BUs and CoTIs, each when the peer's rates allow it (M-15). */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "mn/bu_send.h"
#include "mn/mn_private.h"
#include "store/cga_autoconf.h"

static int transmit(struct mn *mn, const uint8_t *packet, size_t len)
{
	const struct movement_router *router = &mn->movement.current;
	const struct mn_link *link = mn_link_by_index(mn, router->ifindex);
	struct bu_route route = {.ifindex = router->ifindex, .has_mac = router->has_mac};

	memcpy(route.source_mac, link->mac, sizeof(route.source_mac));
	memcpy(route.router_mac, router->mac, sizeof(route.router_mac));
	return bu_send(mn->packets, &route, packet, len);
}

/* ---- BUs ---- */

static ssize_t build(struct mn *mn, struct home_address *home, const struct bul_sent *sent,
		     uint16_t careof_nonce, uint8_t *packet, size_t size)
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
		.asks_proof = sent->is_signed,
		.asks_token = sent->careof == BUL_CAREOF_INIT,
		.careof_nonce = careof_nonce,
		.careof_token = sent->token,
		.key = mn->identity.key,
		.params = &params,
	};

	return bu_build(&bu, packet, size);
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

static struct bul_sent next_bu(struct mn *mn, struct home_address *home)
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
		.lifetime_s = leaves ? 0 : registration_lifetime_s(mn),
		.careof = entry->exchange.careof,
	};

	if (sent.is_signed)
		sent.timestamp = peer_clock_stamp(&entry->peer->clock, clock_ntp());
	return sent;
}

/* A complete BU whose token grew too old while it waited does not leave: its time runs out. */
static int build_and_transmit(struct mn *mn, struct home_address *home, struct bul_sent *sent)
{
	bool is_complete = sent->careof == BUL_CAREOF_REPLY || sent->careof == BUL_CAREOF_TESTED;
	const struct careof_token *token = bul_careof_token(home->entry, clock_boot_ns());
	uint8_t packet[BU_PACKET_MAX];
	ssize_t len;

	if (is_complete && !token)
		return -ESTALE;
	if (token)
		memcpy(sent->token, token->token, sizeof(sent->token));
	len = build(mn, home, sent, token ? token->nonce : 0, packet, sizeof(packet));
	sent->at_ns = clock_boot_ns();
	return len < 0 ? (int)len : transmit(mn, packet, (size_t)len);
}

static const char *careof_name(enum bul_careof careof)
{
	switch (careof) {
	case BUL_CAREOF_NONE:
		return "none";
	case BUL_CAREOF_INIT:
		return "init";
	case BUL_CAREOF_REPLY:
		return "reply";
	case BUL_CAREOF_TESTED:
		return "tested";
	}
	return "";
}

static void send_bu(struct mn *mn, struct home_address *home)
{
	struct bul_entry *entry = home->entry;
	struct bul_sent sent = next_bu(mn, home);
	int err = build_and_transmit(mn, home, &sent);

	update_rate_note(&entry->peer->bu_rate, clock_boot_ns());
	if (err) {
		mn_count(mn, MN_BU_FAILED);
		log_warn("bu.failed", "hoa=%s hdar=%s error=\"%s\"", in6_text(&entry->hoa).s,
			 in6_text(&entry->peer->hdar).s, strerror(-err));
	} else {
		bul_note_sent(entry, &sent);
		count_sent(mn, &sent);
		log_info("bu.sent",
			 "hoa=%s hdar=%s coa=%s sequence=%u lifetime=%u auth=%s careof=%s",
			 in6_text(&entry->hoa).s, in6_text(&entry->peer->hdar).s,
			 in6_text(&sent.coa).s, sent.sequence, sent.lifetime_s,
			 sent.is_signed ? "cga" : "phkt", careof_name(sent.careof));
	}
	secret_wipe(sent.token, sizeof(sent.token));
}

/* ---- CoTIs ---- */

static void send_coti(struct mn *mn, struct bul_entry *entry)
{
	struct bul_peer *peer = entry->peer;
	uint8_t packet[COTI_PACKET_LEN];
	uint64_t now = clock_boot_ns();
	ssize_t len;
	int err;

	careof_test_begin(&peer->test, &entry->coa, now);
	len = careof_test_build(&peer->test, &peer->hdar, packet, sizeof(packet));
	err = len < 0 ? (int)len : transmit(mn, packet, (size_t)len);
	update_rate_note(&peer->coti_rate, now);
	if (err) {
		mn_count(mn, MN_COTI_FAILED);
		log_warn("coti.failed", "hdar=%s error=\"%s\"", in6_text(&peer->hdar).s,
			 strerror(-err));
		return;
	}
	mn_count(mn, MN_COTI_SENT);
	log_info("coti.sent", "hdar=%s coa=%s", in6_text(&peer->hdar).s, in6_text(&entry->coa).s);
}

/* ---- in turn ---- */

static uint64_t wait_ns(const struct bul_entry *entry, uint64_t now)
{
	const struct bul_peer *peer = entry->peer;
	bool tests = entry->state == BUL_TESTING;
	uint64_t wait = update_rate_wait_ns(tests ? &peer->coti_rate : &peer->bu_rate, now);

	if (peer->silent_until_ns > now + wait)
		return peer->silent_until_ns - now;
	return wait;
}

void exchange_send(struct mn *mn, struct home_address *home)
{
	struct bul_entry *entry = home->entry;
	uint64_t now = clock_boot_ns(), wait = wait_ns(entry, now);

	entry->is_postponed = wait > 0 || !mn->movement.is_attached;
	if (!mn->movement.is_attached) {
		bul_arm(entry, EXCHANGE_DETACHED_MS);
		return;
	}
	if (wait) {
		bul_arm(entry, (uint32_t)(wait / 1000000) + 1);
		return;
	}
	bul_arm(entry, entry->exchange.backoff_ms);
	if (entry->state != BUL_TESTING)
		send_bu(mn, home);
	else if (!careof_test_is_fresh(&entry->peer->test, &entry->coa, now))
		send_coti(mn, entry);
}
