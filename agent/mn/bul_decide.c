// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the MN does about one binding: a pure function of entry, event and time. */
#include "mn/bul_decide.h"

#include "base/clock.h"
#include "fama/mobility.h"
#include "mn/backoff.h"
#include "mn/bul.h"

static struct bul_step stay(const struct bul_entry *entry)
{
	return (struct bul_step){
		.next = entry->state, .action = BUL_ACTION_NONE, .exchange = entry->exchange};
}

static struct bul_step move_to(const struct bul_entry *entry, enum bul_state next,
			       enum bul_action action, const char *why)
{
	struct bul_step step = stay(entry);

	step.next = next;
	step.action = action;
	step.why = why;
	return step;
}

static bool is_deregistering(enum bul_state state)
{
	return state == BUL_RETURNING || state == BUL_LEAVING;
}

static bool is_waiting(enum bul_state state)
{
	return state == BUL_PROVING || state == BUL_UPDATING || is_deregistering(state);
}

/* Sends the next BU of an exchange; a registration's state tells how it is authorised. */
static struct bul_step send_next(const struct bul_entry *entry, enum bul_state next,
				 struct bul_exchange exchange, const char *why)
{
	struct bul_step step = move_to(entry, next, BUL_ACTION_SEND, why);

	if (!is_deregistering(next))
		step.next = exchange.is_signed ? BUL_PROVING : BUL_UPDATING;
	exchange.hinted = false;
	step.exchange = exchange;
	step.timeout_ms = exchange.backoff_ms;
	return step;
}

static struct bul_step start(const struct bul_entry *entry, enum bul_state next, uint64_t now_ns,
			     const char *why)
{
	struct bul_exchange exchange = {
		.is_signed = !bul_phkt_usable(entry, now_ns),
		.backoff_ms = backoff_initial_ms(bul_is_live(entry, now_ns)),
		.reacted_ns = entry->exchange.reacted_ns,
	};

	return send_next(entry, next, exchange, why);
}

/* The HDAR holds no binding any more, as far as it can be known. */
static struct bul_step deregistered(const struct bul_entry *entry, const char *why)
{
	return move_to(entry, BUL_IDLE,
		       entry->state == BUL_LEAVING ? BUL_ACTION_FORGET : BUL_ACTION_RELEASE, why);
}

static struct bul_step timed_out(const struct bul_entry *entry, uint64_t now_ns)
{
	struct bul_exchange exchange = entry->exchange;
	bool over = !bul_is_live(entry, now_ns) &&
		    entry->exchange.unanswered + 1 >= BUL_UNANSWERED_LEAVING;
	struct bul_step step;

	if (entry->state == BUL_BOUND)
		return start(entry, BUL_UPDATING, now_ns, "refresh");
	if (!is_waiting(entry->state))
		return stay(entry);
	if (entry->state == BUL_RETURNING && over)
		return deregistered(entry, "no answer and no lifetime left");
	exchange.unanswered++;
	if (entry->state == BUL_LEAVING && exchange.unanswered >= BUL_UNANSWERED_LEAVING)
		return deregistered(entry, "no answer");
	if (exchange.unanswered >= BUL_UNANSWERED_PHKT)
		exchange.is_signed = true;
	exchange.backoff_ms = backoff_next_ms(exchange.backoff_ms);
	step = send_next(entry, entry->state, exchange, "no answer");
	if (entry->state == BUL_RETURNING && exchange.unanswered == BUL_UNANSWERED_HOME)
		step.action = BUL_ACTION_RELEASE_SEND;
	return step;
}

/* Refusals prove nothing by themselves: the first for each BU lengthens the wait, no more. */
static struct bul_step back_off(const struct bul_entry *entry, uint32_t at_least_ms,
				const char *why)
{
	struct bul_step step = move_to(entry, entry->state, BUL_ACTION_NONE, why);

	if (!is_waiting(entry->state) || entry->exchange.hinted)
		return stay(entry);
	step.exchange.hinted = true;
	step.exchange.backoff_ms = backoff_next_ms(entry->exchange.backoff_ms);
	if (step.exchange.backoff_ms < at_least_ms)
		step.exchange.backoff_ms = at_least_ms;
	step.timeout_ms = step.exchange.backoff_ms;
	return step;
}

/* Sends again at once because of what a BA said, at most once a second (section 8.9). */
static struct bul_step react(const struct bul_entry *entry, struct bul_exchange exchange,
			     uint64_t now_ns, const char *why)
{
	if (!is_waiting(entry->state))
		return stay(entry);
	if (exchange.reacted_ns && now_ns < exchange.reacted_ns + CLOCK_SECOND_NS)
		return back_off(entry, 0, why);
	exchange.reacted_ns = now_ns;
	return send_next(entry, entry->state, exchange, why);
}

static struct bul_step accepted(const struct bul_entry *entry, const struct bul_answer *answer)
{
	struct bul_step step;

	if (answer->to_deregistration) {
		/* The BA to a signed de-registration cannot carry a BAD (section 8.4). */
		if (!is_deregistering(entry->state) ||
		    (!answer->is_authenticated && !answer->to_signed))
			return stay(entry);
		return deregistered(entry, "de-registered");
	}
	if (!answer->is_authenticated || is_deregistering(entry->state) ||
	    entry->state == BUL_IDLE || entry->state == BUL_REFUSED)
		return stay(entry);
	if (!answer->lifetime_s)
		return back_off(entry, 0, "accepted for no time");
	step = move_to(entry, BUL_BOUND, BUL_ACTION_ESTABLISH, "accepted");
	step.exchange = (struct bul_exchange){.reacted_ns = entry->exchange.reacted_ns};
	step.timeout_ms = (uint32_t)((uint64_t)answer->lifetime_s * 1000 / 4 * 3);
	return step;
}

static struct bul_step not_anchored(const struct bul_entry *entry, const struct bul_answer *answer,
				    uint64_t now_ns)
{
	struct bul_exchange exchange = entry->exchange;

	if (!answer->to_deregistration || !is_deregistering(entry->state))
		return back_off(entry, 0, "refused: not a home agent for us");
	if (answer->is_authenticated || answer->is_proved || answer->to_signed)
		return deregistered(entry, "no binding there");
	exchange.is_signed = true; /* a stranger may have said so: ask again, signed */
	return react(entry, exchange, now_ns, "no binding there, unproven");
}

static struct bul_step cga_failed(const struct bul_entry *entry, const struct bul_answer *answer)
{
	unsigned int refusals = entry->exchange.refusals + !entry->exchange.hinted;
	struct bul_step step;

	if (refusals < BUL_SIGNED_REFUSALS_MAX)
		step = back_off(entry, 0, "refused: CGA or signature");
	else if (answer->is_proved)
		step = move_to(entry, BUL_REFUSED, BUL_ACTION_NONE, "refused: CGA or signature");
	else
		step = back_off(entry, BACKOFF_MAX_MS, "refused: CGA or signature");
	step.exchange.refusals = refusals;
	return step;
}

/* Refusals that repeating cannot mend; only believed when proven. */
static struct bul_step refused(const struct bul_entry *entry, const struct bul_answer *answer,
			       bool hoa_lost, const char *why)
{
	if (!answer->is_authenticated && !answer->is_proved)
		return back_off(entry, 0, why);
	if (is_deregistering(entry->state))
		return deregistered(entry, why);
	if (hoa_lost)
		return move_to(entry, BUL_IDLE, BUL_ACTION_RENOUNCE, why);
	return move_to(entry, BUL_REFUSED, BUL_ACTION_NONE, why);
}

static struct bul_step answered(const struct bul_entry *entry, const struct bul_answer *answer,
				uint64_t now_ns)
{
	struct bul_exchange exchange = entry->exchange;
	struct bul_step step;

	if (answer->status == IP6_MH_BAS_SEQNO_BAD) {
		if (!answer->is_authenticated)
			return stay(entry);
		step = react(entry, exchange, now_ns, "sequence number behind");
		step.sequence = answer->sequence;
		if (step.action == BUL_ACTION_SEND)
			step.action = BUL_ACTION_SEND_FROM;
		return step;
	}
	if (!answer->is_matched)
		return stay(entry);
	if (answer->status < IP6_MH_BAS_UNSPECIFIED)
		return accepted(entry, answer);
	if (!is_waiting(entry->state))
		return stay(entry);

	switch (answer->status) {
	case IP6_MH_BAS_NOT_HA:
		return not_anchored(entry, answer, now_ns);
	case IP6_MH_BAS_PHKT_UNAVAILABLE:
		exchange.is_signed = true;
		if (answer->to_signed)
			return back_off(entry, 0, "refused: no PHKT");
		return react(entry, exchange, now_ns, "PHKT unknown there");
	case IP6_MH_BAS_ID_MISMATCH:
		if (!answer->clock_followed)
			return back_off(entry, 0, "refused: timestamp");
		return react(entry, exchange, now_ns, "clock offset followed");
	case IP6_MH_BAS_CGA_FAILED:
		return cga_failed(entry, answer);
	case IP6_MH_BAS_INVALID_COA:
		if (entry->exchange.hinted)
			return stay(entry);
		step = move_to(entry, entry->state, BUL_ACTION_NONE, "refused: care-of address");
		step.exchange.hinted = true;
		step.timeout_ms = BUL_INVALID_COA_RETRY_MS;
		return step;
	case IP6_MH_BAS_DAD_FAILED:
		return refused(entry, answer, true, "refused: address in use");
	case IP6_MH_BAS_PROHIBITED:
	case IP6_MH_BAS_HA_NOT_SUPPORTED:
	case IP6_MH_BAS_NOT_HOME_SUBNET:
	case IP6_MH_BAS_REG_NOT_ALLOWED:
		return refused(entry, answer, false, "refused: not served here");
	default: /* 128, 130, 145 and what other DARs may know */
		return back_off(entry, 0, "refused for now");
	}
}

static struct bul_step moved(const struct bul_entry *entry, bool coa_changed, uint64_t now_ns)
{
	if (entry->state == BUL_LEAVING)
		return start(entry, BUL_LEAVING, now_ns, "moved");
	if (entry->state == BUL_BOUND && !coa_changed)
		return stay(entry);
	return start(entry, BUL_UPDATING, now_ns, "moved");
}

static struct bul_step came_home(const struct bul_entry *entry, uint64_t now_ns)
{
	if (entry->state == BUL_IDLE && !entry->is_bound)
		return stay(entry);
	if (entry->state == BUL_REFUSED && !entry->is_bound)
		return move_to(entry, BUL_IDLE, BUL_ACTION_RELEASE, "home");
	return start(entry, BUL_RETURNING, now_ns, "home");
}

/* Binding Error status 1: anybody can send it, so once a second at most (RFC 6275 11.3.6). */
static struct bul_step binding_unknown(const struct bul_entry *entry, uint64_t now_ns)
{
	struct bul_step step;

	if (entry->state != BUL_BOUND)
		return stay(entry);
	if (entry->exchange.reacted_ns && now_ns < entry->exchange.reacted_ns + CLOCK_SECOND_NS)
		return stay(entry);
	step = start(entry, BUL_UPDATING, now_ns, "binding error");
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
			return move_to(entry, BUL_IDLE, BUL_ACTION_FORGET, "given up");
		return start(entry, BUL_LEAVING, now_ns, "given up");
	case BUL_EVENT_TIMEOUT:
		return timed_out(entry, now_ns);
	case BUL_EVENT_BA:
		return answered(entry, &event->answer, now_ns);
	case BUL_EVENT_BE:
		return binding_unknown(entry, now_ns);
	}
	return stay(entry);
}
