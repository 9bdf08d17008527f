// SPDX-License-Identifier: BSD-2-Clause
/* Owns the Binding Update List: an entry per (HoA, HDAR), its timer, its one state writer. */
#include "mn/bul.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "base/random.h"
#include "crypto/secret.h"

static const char *const state_names[] = {
	[BUL_IDLE] = "idle",       [BUL_PROVING] = "proving",     [BUL_UPDATING] = "updating",
	[BUL_BOUND] = "bound",     [BUL_RETURNING] = "returning", [BUL_LEAVING] = "leaving",
	[BUL_REFUSED] = "refused", [BUL_TESTING] = "testing",     [BUL_CONFIRMING] = "confirming",
};

const char *bul_state_name(enum bul_state state)
{
	return state_names[state];
}

void bul_init(struct bul *bul, const struct bul_policy *policy, struct event_base *base,
	      bul_timeout timeout, void *arg)
{
	bul->policy = *policy;
	LIST_INIT(&bul->entries);
	LIST_INIT(&bul->peers);
	bul->base = base;
	bul->timeout = timeout;
	bul->arg = arg;
}

struct bul_peer *bul_peer_find(const struct bul *bul, const struct in6_addr *hdar)
{
	struct bul_peer *peer;

	LIST_FOREACH (peer, &bul->peers, link) {
		if (in6_equal(&peer->hdar, hdar))
			return peer;
	}
	return NULL;
}

static struct bul_peer *peer_get(struct bul *bul, const struct in6_addr *hdar)
{
	struct bul_peer *peer = bul_peer_find(bul, hdar);

	if (!peer) {
		peer = calloc(1, sizeof(*peer));
		if (!peer)
			return NULL;
		peer->hdar = *hdar;
		LIST_INSERT_HEAD(&bul->peers, peer, link);
	}
	peer->entries++;
	return peer;
}

static void peer_put(struct bul_peer *peer)
{
	if (--peer->entries)
		return;
	LIST_REMOVE(peer, link);
	secret_wipe(&peer->test, sizeof(peer->test));
	careof_token_forget(&peer->careof);
	free(peer);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct bul_entry *entry = arg;

	(void)fd;
	(void)what;
	entry->bul->timeout(entry, entry->bul->arg);
}

struct bul_entry *bul_add(struct bul *bul, const struct in6_addr *hoa, const struct in6_addr *hdar)
{
	struct bul_entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->bul = bul;
	entry->hoa = *hoa;
	entry->sequence = (uint16_t)random_below(65536);
	entry->peer = peer_get(bul, hdar);
	if (!entry->peer)
		goto err_entry;
	entry->timer = evtimer_new(bul->base, on_timer, entry);
	if (!entry->timer)
		goto err_peer;
	LIST_INSERT_HEAD(&bul->entries, entry, link);
	return entry;

err_peer:
	peer_put(entry->peer);
err_entry:
	free(entry);
	return NULL;
}

void bul_remove(struct bul_entry *entry)
{
	if (!entry)
		return;
	LIST_REMOVE(entry, link);
	event_free(entry->timer);
	peer_put(entry->peer);
	secret_wipe(entry->phkt, sizeof(entry->phkt));
	secret_wipe(entry->sent, sizeof(entry->sent));
	careof_token_forget(&entry->careof);
	free(entry);
}

void bul_clear(struct bul *bul)
{
	while (!LIST_EMPTY(&bul->entries))
		bul_remove(LIST_FIRST(&bul->entries));
}

struct bul_entry *bul_find(const struct bul *bul, const struct in6_addr *hoa,
			   const struct in6_addr *hdar)
{
	struct bul_entry *entry;

	LIST_FOREACH (entry, &bul->entries, link) {
		if (in6_equal(&entry->hoa, hoa) && in6_equal(&entry->peer->hdar, hdar))
			return entry;
	}
	return NULL;
}

void bul_arm(struct bul_entry *entry, uint32_t timeout_ms)
{
	struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	event_add(entry->timer, &timeout);
}

static bool step_sends(enum bul_action action)
{
	switch (action) {
	case BUL_ACTION_SEND:
	case BUL_ACTION_SEND_FROM:
	case BUL_ACTION_TEST_COA:
	case BUL_ACTION_ESTABLISH_SEND:
	case BUL_ACTION_RELEASE_SEND:
		return true;
	case BUL_ACTION_NONE:
	case BUL_ACTION_ESTABLISH:
	case BUL_ACTION_RELEASE:
	case BUL_ACTION_FORGET:
	case BUL_ACTION_RENOUNCE:
		return false;
	}
	return false;
}

void bul_set_state(struct bul_entry *entry, const struct bul_step *step)
{
	enum bul_state before = entry->state;
	bool sends = step_sends(step->action);

	entry->exchange = step->exchange;
	entry->state = step->next;
	if (step->action == BUL_ACTION_SEND_FROM)
		entry->sequence = step->sequence;
	if (sends || (step->next != before && !step->timeout_ms))
		event_del(entry->timer);
	if (!sends && step->timeout_ms) /* jitter: HoAs bound together refresh apart */
		bul_arm(entry, step->timeout_ms - random_below(step->timeout_ms / 16 + 1));
	if (step->next != before || step->timeout_ms)
		entry->is_postponed = false;
	if (step->next != before)
		log_info("bul.state", "hoa=%s hdar=%s from=%s to=%s why=\"%s\"",
			 in6_text(&entry->hoa).s, in6_text(&entry->peer->hdar).s,
			 state_names[before], state_names[step->next], step->why);
	else if (step->why)
		log_debug("bul.step", "hoa=%s hdar=%s state=%s why=\"%s\"", in6_text(&entry->hoa).s,
			  in6_text(&entry->peer->hdar).s, state_names[before], step->why);
}

bool bul_is_live(const struct bul_entry *entry, uint64_t now_ns)
{
	return entry->is_bound && entry->expires_ns > now_ns;
}

bool bul_phkt_usable(const struct bul_entry *entry, uint64_t now_ns)
{
	return entry->has_phkt && entry->phkt_uses < BUL_PHKT_USES_MAX &&
	       now_ns < entry->phkt_since_ns + BUL_PHKT_AGE_MAX_S * CLOCK_SECOND_NS;
}

void bul_store_phkt(struct bul_entry *entry, const uint8_t phkt[static MH_TOKEN_LEN],
		    uint64_t now_ns)
{
	memcpy(entry->phkt, phkt, sizeof(entry->phkt));
	entry->has_phkt = true;
	entry->phkt_since_ns = now_ns;
	entry->phkt_uses = 0;
}

const struct careof_token *bul_careof_token(const struct bul_entry *entry, uint64_t now_ns)
{
	const struct careof_token *token = NULL;

	switch (entry->exchange.careof) {
	case BUL_CAREOF_NONE:
	case BUL_CAREOF_INIT:
		return NULL;
	case BUL_CAREOF_REPLY:
		token = &entry->careof;
		break;
	case BUL_CAREOF_TESTED:
		token = &entry->peer->careof;
		break;
	}
	return token && careof_token_usable(token, &entry->coa, now_ns) ? token : NULL;
}

void bul_note_sent(struct bul_entry *entry, const struct bul_sent *sent)
{
	entry->sent[entry->sent_next] = *sent;
	entry->sent_next = (entry->sent_next + 1) % BUL_OUTSTANDING_MAX;
	if (!sent->is_signed)
		entry->phkt_uses++;
}

const struct bul_sent *bul_outstanding(const struct bul_entry *entry, uint16_t sequence)
{
	for (unsigned int i = 0; i < BUL_OUTSTANDING_MAX; i++) {
		if (entry->sent[i].is_outstanding && entry->sent[i].sequence == sequence)
			return &entry->sent[i];
	}
	return NULL;
}

const struct bul_sent *bul_last_sent(const struct bul_entry *entry)
{
	unsigned int last = (entry->sent_next + BUL_OUTSTANDING_MAX - 1) % BUL_OUTSTANDING_MAX;

	return entry->sent[last].is_outstanding ? &entry->sent[last] : NULL;
}

void bul_settle(struct bul_entry *entry, uint16_t sequence)
{
	const struct bul_sent *answered = bul_outstanding(entry, sequence);
	bool settles_signed = answered && answered->is_signed;

	for (unsigned int i = 0; i < BUL_OUTSTANDING_MAX; i++) {
		struct bul_sent *sent = &entry->sent[i];

		if ((uint16_t)(sequence - sent->sequence) > MH_SEQUENCE_WINDOW ||
		    (sent->is_signed && !settles_signed))
			continue;
		sent->is_outstanding = false;
		secret_wipe(sent->token, sizeof(sent->token));
	}
}
