// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the MN does about one binding: a pure function of entry, event and time. */
#include "mn/bul_decide.h"

#include "base/clock.h"
#include "fama/mobility.h"
#include "mn/backoff.h"
#include "mn/bul.h"
#include "mn/bul_step.h"

/* No CoT. A stranger's 137 may have brought us here, so it cannot keep us here (section 8.9). */
static struct bul_step untested(const struct bul_entry *entry, uint64_t now_ns)
{
	struct bul_exchange exchange = entry->exchange;

	exchange.backoff_ms = backoff_next_ms(exchange.backoff_ms);
	if (++exchange.untested >= BUL_UNANSWERED_TESTS) {
		exchange.untested = 0;
		exchange.tests = false;
	}
	return step_send(entry, BUL_UPDATING, exchange, now_ns, "no answer to the care-of test");
}

static struct bul_step tested(const struct bul_entry *entry, uint64_t now_ns)
{
	struct bul_exchange exchange = entry->exchange;

	if (entry->state != BUL_TESTING)
		return step_stay(entry);
	exchange.untested = 0;
	return step_send(entry, BUL_UPDATING, exchange, now_ns, "care-of test answered");
}

static struct bul_step timed_out(const struct bul_entry *entry, uint64_t now_ns)
{
	struct bul_exchange exchange = entry->exchange;
	bool over = !bul_is_live(entry, now_ns) &&
		    entry->exchange.unanswered + 1 >= BUL_UNANSWERED_LEAVING;
	struct bul_step step;

	if (entry->state == BUL_BOUND)
		return step_start(entry, BUL_UPDATING, now_ns, "refresh");
	if (entry->state == BUL_TESTING)
		return untested(entry, now_ns);
	if (!state_is_waiting(entry->state))
		return step_stay(entry);
	if (entry->state == BUL_RETURNING && over)
		return step_deregistered(entry, "no answer and no lifetime left");
	exchange.unanswered++;
	if (entry->state == BUL_LEAVING && exchange.unanswered >= BUL_UNANSWERED_LEAVING)
		return step_deregistered(entry, "no answer");
	if (exchange.unanswered >= BUL_UNANSWERED_PHKT)
		exchange.is_signed = true;
	exchange.backoff_ms = backoff_next_ms(exchange.backoff_ms);
	step = step_send(entry, entry->state, exchange, now_ns, "no answer");
	if (entry->state == BUL_RETURNING && exchange.unanswered == BUL_UNANSWERED_HOME)
		step.action = BUL_ACTION_RELEASE_SEND;
	return step;
}

/* Option 2 asks for a refresh before the last quarter (RFC 6275 section 11.7.3). */
static uint32_t refresh_ms(const struct bul_answer *answer)
{
	if (answer->refresh_s && answer->refresh_s < answer->lifetime_s)
		return answer->refresh_s * 1000;
	return (uint32_t)((uint64_t)answer->lifetime_s * 1000 / 4 * 3);
}

/* The token of option 16 goes back at once (RFC 4866 section 4.4). If that fails, the wait before
 * the next attempt goes on growing: acceptance alone is no progress. */
static struct bul_step confirm(const struct bul_entry *entry)
{
	struct bul_step step =
		step_to(entry, BUL_CONFIRMING, BUL_ACTION_ESTABLISH_SEND, "accepted, unverified");

	step.exchange = (struct bul_exchange){
		.careof = BUL_CAREOF_REPLY,
		.backoff_ms = entry->exchange.backoff_ms,
		.reacted_ns = entry->exchange.reacted_ns,
	};
	if (!step.exchange.backoff_ms)
		step.exchange.backoff_ms = BACKOFF_INITIAL_MS;
	step.timeout_ms = step.exchange.backoff_ms;
	return step;
}

static struct bul_step accepted(const struct bul_entry *entry, const struct bul_answer *answer)
{
	struct bul_step step;

	if (answer->to_deregistration) {
		/* The BA to a signed de-registration cannot carry a BAD (section 8.4). */
		if (!state_is_deregistering(entry->state) ||
		    (!answer->is_authenticated && !answer->to_signed))
			return step_stay(entry);
		return step_deregistered(entry, "de-registered");
	}
	if (!answer->is_authenticated || !answer->is_current ||
	    state_is_deregistering(entry->state) || entry->state == BUL_IDLE ||
	    entry->state == BUL_REFUSED)
		return step_stay(entry);
	if (!answer->lifetime_s)
		return step_back_off(entry, 0, "accepted for no time");
	if (answer->gives_token)
		return confirm(entry);
	step = step_to(entry, BUL_BOUND, BUL_ACTION_ESTABLISH, "accepted");
	step.exchange = (struct bul_exchange){.reacted_ns = entry->exchange.reacted_ns};
	step.timeout_ms = refresh_ms(answer);
	return step;
}

static struct bul_step answered(const struct bul_entry *entry, const struct bul_answer *answer,
				uint64_t now_ns)
{
	if (answer->status == IP6_MH_BAS_SEQNO_BAD)
		return bul_sequence_behind(entry, answer, now_ns);
	if (!answer->is_matched)
		return step_stay(entry);
	if (answer->status < IP6_MH_BAS_UNSPECIFIED)
		return accepted(entry, answer);
	if (!state_is_waiting(entry->state))
		return step_stay(entry);
	return bul_refused(entry, answer, now_ns);
}

static struct bul_step moved(const struct bul_entry *entry, bool coa_changed, uint64_t now_ns)
{
	if (entry->state == BUL_LEAVING)
		return step_start(entry, BUL_LEAVING, now_ns, "moved");
	if (entry->state == BUL_BOUND && !coa_changed)
		return step_stay(entry);
	return step_start(entry, BUL_UPDATING, now_ns, "moved");
}

static struct bul_step came_home(const struct bul_entry *entry, uint64_t now_ns)
{
	if (entry->state == BUL_IDLE && !entry->is_bound)
		return step_stay(entry);
	if (entry->state == BUL_REFUSED && !entry->is_bound)
		return step_to(entry, BUL_IDLE, BUL_ACTION_RELEASE, "home");
	return step_start(entry, BUL_RETURNING, now_ns, "home");
}

/* Binding Error status 1: anybody can send it, so once a second at most (RFC 6275 11.3.6). */
static struct bul_step binding_unknown(const struct bul_entry *entry, uint64_t now_ns)
{
	struct bul_step step;

	if (entry->state != BUL_BOUND && entry->state != BUL_CONFIRMING)
		return step_stay(entry);
	if (entry->exchange.reacted_ns && now_ns < entry->exchange.reacted_ns + CLOCK_SECOND_NS)
		return step_stay(entry);
	step = step_start(entry, BUL_UPDATING, now_ns, "binding error");
	step.exchange.reacted_ns = now_ns;
	return step;
}

struct bul_step bul_decide(const struct bul_entry *entry, const struct bul_event *event,
			   uint64_t now_ns)
{
	switch (event->kind) {
	case BUL_EVENT_MOVED:
		return moved(entry, event->coa_changed, now_ns);
	case BUL_EVENT_HOME:
		return came_home(entry, now_ns);
	case BUL_EVENT_DROP:
		if ((entry->state == BUL_IDLE || entry->state == BUL_REFUSED) && !entry->is_bound)
			return step_to(entry, BUL_IDLE, BUL_ACTION_FORGET, "given up");
		return step_start(entry, BUL_LEAVING, now_ns, "given up");
	case BUL_EVENT_TIMEOUT:
		return timed_out(entry, now_ns);
	case BUL_EVENT_BA:
		return answered(entry, &event->answer, now_ns);
	case BUL_EVENT_COT:
		return tested(entry, now_ns);
	case BUL_EVENT_BE:
		return binding_unknown(entry, now_ns);
	}
	return step_stay(entry);
}
