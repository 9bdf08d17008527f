// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the MN makes of a refusal, which mostly proves nothing (protocol section 8.9); pure. */
#include "base/clock.h"
#include "fama/mobility.h"
#include "mn/backoff.h"
#include "mn/bul.h"
#include "mn/bul_step.h"

/* A number behind ours is that of an old BA, sent again: none is used twice (M-13). */
struct bul_step bul_sequence_behind(const struct bul_entry *entry, const struct bul_answer *answer,
				    uint64_t now_ns)
{
	uint16_t behind = (uint16_t)(entry->sequence - answer->sequence);
	struct bul_step step;

	if (!answer->is_authenticated || (behind >= 1 && behind <= MH_SEQUENCE_WINDOW))
		return step_stay(entry);
	step = step_react(entry, entry->exchange, now_ns, "sequence number behind");
	step.sequence = answer->sequence;
	if (step.action == BUL_ACTION_SEND)
		step.action = BUL_ACTION_SEND_FROM;
	return step;
}

static struct bul_step not_anchored(const struct bul_entry *entry, const struct bul_answer *answer,
				    uint64_t now_ns)
{
	struct bul_exchange exchange = entry->exchange;

	if (!answer->to_deregistration || !state_is_deregistering(entry->state))
		return step_back_off(entry, 0, "refused: not a home agent for us");
	if (answer->is_authenticated || answer->is_proved || answer->to_signed)
		return step_deregistered(entry, "no binding there");
	exchange.is_signed = true; /* a stranger may have said so: ask again, signed */
	return step_react(entry, exchange, now_ns, "no binding there, unproven");
}

static struct bul_step cga_failed(const struct bul_entry *entry, const struct bul_answer *answer)
{
	unsigned int refusals = entry->exchange.refusals + !entry->exchange.hinted;
	struct bul_step step;

	if (refusals < BUL_SIGNED_REFUSALS_MAX)
		step = step_back_off(entry, 0, "refused: CGA or signature");
	else if (answer->is_proved)
		step = step_to(entry, BUL_REFUSED, BUL_ACTION_NONE, "refused: CGA or signature");
	else
		step = step_back_off(entry, BACKOFF_MAX_MS, "refused: CGA or signature");
	step.exchange.refusals = refusals;
	return step;
}

/* M-23: a test first. The token of option 16 may have been replaced: that takes a fresh early BU,
 * which is what an unanswered BU is repeated as. De-registrations need none: not from the HDAR. */
static struct bul_step careof_refused(const struct bul_entry *entry,
				      const struct bul_answer *answer, uint64_t now_ns)
{
	struct bul_exchange exchange = entry->exchange;
	struct bul_step step;

	if (state_is_deregistering(entry->state) || answer->careof == BUL_CAREOF_REPLY)
		return step_back_off(entry, 0, "refused: care-of token");
	exchange.tests = true;
	step = step_react(entry, exchange, now_ns, "care-of test needed");
	step.exchange.tests = true; /* too soon to react: then when the time is over */
	return step;
}

static struct bul_step coa_refused(const struct bul_entry *entry)
{
	struct bul_step step =
		step_to(entry, entry->state, BUL_ACTION_NONE, "refused: care-of address");

	if (entry->exchange.hinted)
		return step_stay(entry);
	step.exchange.hinted = true;
	step.timeout_ms = BUL_INVALID_COA_RETRY_MS;
	return step;
}

/* Refusals that repeating cannot mend; only believed when proven. */
static struct bul_step refused(const struct bul_entry *entry, const struct bul_answer *answer,
			       bool hoa_lost, const char *why)
{
	if (!answer->is_authenticated && !answer->is_proved)
		return step_back_off(entry, 0, why);
	if (state_is_deregistering(entry->state))
		return step_deregistered(entry, why);
	if (hoa_lost)
		return step_to(entry, BUL_IDLE, BUL_ACTION_RENOUNCE, why);
	return step_to(entry, BUL_REFUSED, BUL_ACTION_NONE, why);
}

struct bul_step bul_refused(const struct bul_entry *entry, const struct bul_answer *answer,
			    uint64_t now_ns)
{
	struct bul_exchange exchange = entry->exchange;

	switch (answer->status) {
	case IP6_MH_BAS_NOT_HA:
		return not_anchored(entry, answer, now_ns);
	case IP6_MH_BAS_PHKT_UNAVAILABLE:
		if (answer->to_signed)
			return step_back_off(entry, 0, "refused: no PHKT");
		if (entry->exchange.is_signed) /* is on its way already */
			return step_stay(entry);
		exchange.is_signed = true;
		return step_react(entry, exchange, now_ns, "PHKT unknown there");
	case IP6_MH_BAS_ID_MISMATCH:
		if (!answer->clock_followed)
			return step_back_off(entry, 0, "refused: timestamp");
		return step_react(entry, exchange, now_ns, "clock offset followed");
	case IP6_MH_BAS_CGA_FAILED:
		return cga_failed(entry, answer);
	case IP6_MH_BAS_INVALID_COA:
		return coa_refused(entry);
	case IP6_MH_BAS_COA_NI_EXPIRED:
		return careof_refused(entry, answer, now_ns);
	case IP6_MH_BAS_DAD_FAILED:
		return refused(entry, answer, true, "refused: address in use");
	case IP6_MH_BAS_PROHIBITED:
	case IP6_MH_BAS_HA_NOT_SUPPORTED:
	case IP6_MH_BAS_NOT_HOME_SUBNET:
	case IP6_MH_BAS_REG_NOT_ALLOWED:
		return refused(entry, answer, false, "refused: not served here");
	default: /* 128, 130, 145 and what other DARs may know */
		return step_back_off(entry, 0, "refused for now");
	}
}
