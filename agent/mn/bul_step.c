// SPDX-License-Identifier: BSD-2-Clause
/* Owns the steps that decisions about a binding are made of: repeat, wait longer, start anew. */
#include "mn/bul_step.h"

#include "base/clock.h"
#include "mn/backoff.h"
#include "mn/bul.h"

struct bul_step step_stay(const struct bul_entry *entry)
{
	return (struct bul_step){
		.next = entry->state, .action = BUL_ACTION_NONE, .exchange = entry->exchange};
}

struct bul_step step_to(const struct bul_entry *entry, enum bul_state next, enum bul_action action,
			const char *why)
{
	struct bul_step step = step_stay(entry);

	step.next = next;
	step.action = action;
	step.why = why;
	return step;
}

bool state_is_deregistering(enum bul_state state)
{
	return state == BUL_RETURNING || state == BUL_LEAVING;
}

bool state_is_waiting(enum bul_state state)
{
	return state == BUL_PROVING || state == BUL_UPDATING || state == BUL_CONFIRMING ||
	       state_is_deregistering(state);
}

/*
 * What the CoA of the next BU needs. A HDAR keeps a CoA verified while it stays the same (section
 * 8.6 step 20), so a refresh asks for no new token; unless it is signed: then the HDAR may have
 * forgotten all.
 */
static enum bul_careof careof_needed(const struct bul_entry *entry,
				     const struct bul_exchange *exchange, uint64_t now_ns)
{
	bool is_verified = entry->is_verified && !exchange->is_signed && bul_is_live(entry, now_ns);

	if (exchange->tests)
		return BUL_CAREOF_TESTED;
	switch (entry->bul->policy.coa_test) {
	case COA_TEST_NONE:
		return BUL_CAREOF_NONE;
	case COA_TEST_REQUIRE:
		return BUL_CAREOF_TESTED;
	case COA_TEST_CONCURRENT:
		return is_verified ? BUL_CAREOF_NONE : BUL_CAREOF_INIT;
	}
	return BUL_CAREOF_NONE;
}

/*
 * A HDAR drops a complete BU with a token that is none of its own: it was started anew, or the CoT
 * was forged. After as many unanswered as for the PHKT (M-11) only a token of later serves.
 */
static bool has_token(const struct bul_entry *entry, const struct bul_exchange *exchange,
		      uint64_t now_ns)
{
	const struct careof_token *token = &entry->peer->careof;
	const struct bul_sent *last = bul_last_sent(entry);

	if (!careof_token_usable(token, &entry->coa, now_ns))
		return false;
	return exchange->unanswered < BUL_UNANSWERED_PHKT || !last ||
	       last->careof != BUL_CAREOF_TESTED || token->since_ns > last->at_ns;
}

struct bul_step step_send(const struct bul_entry *entry, enum bul_state next,
			  struct bul_exchange exchange, uint64_t now_ns, const char *why)
{
	struct bul_step step = step_to(entry, next, BUL_ACTION_SEND, why);

	exchange.hinted = false;
	exchange.careof = BUL_CAREOF_NONE;
	if (!state_is_deregistering(next)) {
		step.next = exchange.is_signed ? BUL_PROVING : BUL_UPDATING;
		exchange.careof = careof_needed(entry, &exchange, now_ns);
	}
	if (exchange.careof == BUL_CAREOF_TESTED && !has_token(entry, &exchange, now_ns)) {
		step.next = BUL_TESTING;
		step.action = BUL_ACTION_TEST_COA;
	}
	step.exchange = exchange;
	step.timeout_ms = exchange.backoff_ms;
	return step;
}

struct bul_step step_start(const struct bul_entry *entry, enum bul_state next, uint64_t now_ns,
			   const char *why)
{
	struct bul_exchange exchange = {
		.is_signed = !bul_phkt_usable(entry, now_ns),
		.backoff_ms = backoff_initial_ms(bul_is_live(entry, now_ns)),
		.reacted_ns = entry->exchange.reacted_ns,
	};

	return step_send(entry, next, exchange, now_ns, why);
}

struct bul_step step_deregistered(const struct bul_entry *entry, const char *why)
{
	return step_to(entry, BUL_IDLE,
		       entry->state == BUL_LEAVING ? BUL_ACTION_FORGET : BUL_ACTION_RELEASE, why);
}

struct bul_step step_back_off(const struct bul_entry *entry, uint32_t at_least_ms, const char *why)
{
	struct bul_step step = step_to(entry, entry->state, BUL_ACTION_NONE, why);

	if (!state_is_waiting(entry->state) || entry->exchange.hinted)
		return step_stay(entry);
	step.exchange.hinted = true;
	step.exchange.backoff_ms = backoff_next_ms(entry->exchange.backoff_ms);
	if (step.exchange.backoff_ms < at_least_ms)
		step.exchange.backoff_ms = at_least_ms;
	step.timeout_ms = step.exchange.backoff_ms;
	return step;
}

struct bul_step step_react(const struct bul_entry *entry, struct bul_exchange exchange,
			   uint64_t now_ns, const char *why)
{
	if (!state_is_waiting(entry->state))
		return step_stay(entry);
	if (exchange.reacted_ns && now_ns < exchange.reacted_ns + CLOCK_SECOND_NS)
		return step_back_off(entry, 0, why);
	exchange.reacted_ns = now_ns;
	return step_send(entry, entry->state, exchange, now_ns, why);
}
