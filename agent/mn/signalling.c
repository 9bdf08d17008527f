// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the network answers: BAs, CoTs and Binding Errors to events, errors to path_mtu.c. */
#include <linux/if_ether.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "mn/mh_unknown.h"
#include "mn/mn_private.h"
#include "wire/mh.h"

static void take_over(struct mn *mn, struct ba_verdict *verdict)
{
	struct bul_entry *entry = verdict->entry;
	struct bul_answer *answer = &verdict->answer;

	if (verdict->has_phkt)
		bul_store_phkt(entry, verdict->phkt, clock_boot_ns());
	if (answer->gives_token && answer->is_current)
		entry->careof = verdict->careof;
	if (answer->is_proved)
		entry->peer->is_proved = true;
	/* Whoever said so: the next test costs two messages. */
	if (answer->status == IP6_MH_BAS_COA_NI_EXPIRED && answer->careof == BUL_CAREOF_TESTED)
		careof_token_forget(&entry->peer->careof);
	if (answer->status == IP6_MH_BAS_ID_MISMATCH && verdict->has_timestamp)
		answer->clock_followed = peer_clock_follow(
			&entry->peer->clock, verdict->sent_timestamp, verdict->timestamp,
			clock_ntp(), answer->is_proved, peer_clock_is_synchronised());
	if (answer->status < IP6_MH_BAS_UNSPECIFIED) {
		mn_count(mn, MN_BA_ACCEPTED);
		bul_settle(entry, answer->sequence);
		registration_grant(entry, verdict);
		if (!mn->handover.is_logged)
			mn->handover.ba_ns = clock_boot_ns();
	} else {
		mn->ba_refused[answer->status - IP6_MH_BAS_UNSPECIFIED]++;
	}
	log_info("ba.received",
		 "hoa=%s hdar=%s status=%u sequence=%u lifetime=%u authenticated=%d proved=%d "
		 "auth=%s us=%llu",
		 in6_text(&entry->hoa).s, in6_text(&entry->peer->hdar).s, answer->status,
		 answer->sequence, answer->lifetime_s, answer->is_authenticated, answer->is_proved,
		 answer->to_signed ? "cga" : "phkt",
		 (unsigned long long)(clock_boot_ns() - verdict->sent_ns) / 1000);
}

static void ba_receive(struct mn *mn, const struct mh_packet *packet)
{
	struct bul_event event = {.kind = BUL_EVENT_BA};
	struct ba_verdict verdict;
	struct home_address *home;
	enum ba_fault fault = ba_check(&mn->identity, &mn->bul, packet, &verdict);

	if (fault != BA_OK) {
		secret_wipe(&verdict, sizeof(verdict));
		mn->ba_ignored[fault]++;
		log_remote("ba.ignored", "source=%s status=%u reason=%s",
			   in6_text(&packet->source).s, packet->message.ba.status,
			   ba_fault_name(fault));
		return;
	}
	home = home_address_find(&mn->homes, &verdict.entry->hoa);
	if (!home || home->entry != verdict.entry) {
		secret_wipe(&verdict, sizeof(verdict));
		return;
	}
	take_over(mn, &verdict);
	event.answer = verdict.answer;
	secret_wipe(&verdict, sizeof(verdict));
	registration_event(mn, home, &event);
	handover_progress(mn);
}

/* One token serves every HoA of that HDAR (M-26). */
static void cot_receive(struct mn *mn, const struct mh_packet *packet)
{
	static const struct bul_event event = {.kind = BUL_EVENT_COT};
	struct bul_peer *peer = bul_peer_find(&mn->bul, &packet->source);
	struct home_address *home;

	if (!peer || !careof_test_answered(&peer->test, packet, &peer->careof)) {
		mn_count(mn, MN_COT_IGNORED);
		log_remote("cot.ignored", "source=%s", in6_text(&packet->source).s);
		return;
	}
	mn_count(mn, MN_COT_ACCEPTED);
	log_info("cot.received", "hdar=%s coa=%s us=%llu", in6_text(&peer->hdar).s,
		 in6_text(&peer->careof.coa).s,
		 (unsigned long long)(clock_boot_ns() - peer->careof.since_ns) / 1000);
	TAILQ_FOREACH (home, &mn->homes.list, link) {
		if (home->entry && home->entry->peer == peer &&
		    in6_equal(&home->entry->coa, &peer->careof.coa))
			registration_event(mn, home, &event);
	}
}

/* RFC 6275 section 11.3.6; M-39: only about a binding we hold there. */
static void be_receive(struct mn *mn, const struct mh_packet *packet)
{
	static const struct bul_event event = {.kind = BUL_EVENT_BE};
	const struct in6_addr *hoa = &packet->message.be.hoa;
	struct bul_entry *entry = bul_find(&mn->bul, hoa, &packet->source);
	struct home_address *home = entry ? home_address_find(&mn->homes, hoa) : NULL;

	mn_count(mn, MN_BE_RECEIVED);
	if (!home || home->entry != entry || packet->message.be.status != IP6_MH_BES_UNKNOWN_HAO) {
		mn_count(mn, MN_BE_IGNORED);
		return;
	}
	entry->is_verified = false; /* it may have lost that too */
	registration_event(mn, home, &event);
}

/* M-41: what waits for that node goes on waiting. */
void signalling_problem(struct mn *mn, const struct in6_addr *source, struct span icmp6)
{
	struct bul_peer *peer = mh_unknown_peer(&mn->bul, source, icmp6);

	if (!peer)
		return;
	mn_count(mn, MN_MH_UNKNOWN_THERE);
	peer->silent_until_ns = clock_boot_ns() + MH_UNKNOWN_SILENCE_S * CLOCK_SECOND_NS;
	log_warn("hdar.silent", "hdar=%s seconds=%d why=\"it knows no Mobility Header\"",
		 in6_text(source).s, MH_UNKNOWN_SILENCE_S);
}

static void mh_receive(struct mn *mn, const uint8_t *octets, size_t len)
{
	struct mh_packet packet;
	enum mh_fault fault = mh_packet_parse(octets, len, &packet);

	if (fault != MH_OK) {
		mn_count(mn, MN_MH_MALFORMED);
		log_remote("mh.ignored", "reason=%s", mh_fault_name(fault));
		return;
	}
	if (packet.message.type == IP6_MH_TYPE_BA)
		ba_receive(mn, &packet);
	else if (packet.message.type == IP6_MH_TYPE_COT)
		cot_receive(mn, &packet);
	else if (packet.message.type == IP6_MH_TYPE_BE)
		be_receive(mn, &packet);
	else
		mn_count(mn, MN_MH_IGNORED);
}

static void take_punt(const struct punt_header *header, const uint8_t *frame, void *arg)
{
	struct mn *mn = arg;

	bool has_link_header = header->len >= ETH_HLEN;
	const uint8_t *packet = has_link_header ? frame + ETH_HLEN : frame;
	size_t len = has_link_header ? header->len - ETH_HLEN : 0;

	switch ((enum punt_kind)header->kind) {
	case PUNT_SIGNALLING:
		mh_receive(mn, packet, len);
		break;
	case PUNT_TUNNEL_ERROR:
		path_mtu_error(mn, packet, len);
		break;
	case PUNT_TOO_BIG_LOCAL: /* starts at the IPv6 header */
		path_mtu_local(mn, frame, header->len);
		break;
	case PUNT_HOME_ADDRESS: /* a DAR's alone */
	case PUNT_CONFLICT:
		break;
	}
}

void signalling_ready(struct mn *mn)
{
	dataplane_punt_consume(mn->dataplane, take_punt, mn);
}
