// SPDX-License-Identifier: BSD-2-Clause
/* Owns the order of checks a Binding Update passes (protocol 8.6), cheapest first. */
#include "dar/bu_decide.h"

#include "base/in6.h"

#define NTP_SECONDS(s) ((uint64_t)(s) << 32)

bool sequence_is_newer(uint16_t received, uint16_t last)
{
	uint16_t step = (uint16_t)(received - last);

	return step >= 1 && step <= MH_SEQUENCE_WINDOW;
}

static bool is_bound(const struct bu_world *world)
{
	return world->entry && world->entry->state == BCACHE_BOUND;
}

/* One whose numbers have come round is none: recorded BUs would be new again. */
static bool has_phkt(const struct bu_world *world)
{
	return world->entry && world->entry->context.has_phkt &&
	       world->entry->context.sequence_spent <= MH_SEQUENCE_WINDOW;
}

/* Steps 3 to 7: is this BU for us, about an address of ours, and of a form we take? */
static enum bu_verdict check_form(const struct bu *bu, const struct bu_world *world)
{
	const struct mh_packet *packet = bu->packet;

	if (!prefix_with_address(world->prefixes, &packet->destination))
		return BU_DROP_DESTINATION;
	if (!in6_is_routable_unicast(&packet->source))
		return BU_DROP_SOURCE_SCOPE;
	if (!in6_is_routable_unicast(&bu->hoa))
		return BU_DROP_HOA_SCOPE;
	if (bu->registers && !packet->has_hao)
		return BU_DROP_NO_HAO;
	if (bu->registers && !bu->options->has_alt_coa)
		return BU_DROP_NO_ALT_COA;
	if (bu->registers && !in6_is_routable_unicast(&bu->coa))
		return BU_DROP_COA_SCOPE;
	if (!(bu->flags & IP6_MH_BU_HOME))
		return BU_REFUSE_NOT_HOME;
	if (!prefix_of(world->prefixes, &bu->hoa) || prefix_with_address(world->prefixes, &bu->hoa))
		return BU_REFUSE_PREFIX;
	return BU_PROVE;
}

/* Steps 8 and 9: which proof, and is there anything to check it with? */
static enum bu_verdict check_method(const struct bu *bu, const struct bu_world *world)
{
	const struct mh_options *options = bu->options;

	switch (bu->method) {
	case BU_METHOD_NONE:
		return BU_DROP_NO_PROOF;
	case BU_METHOD_CGA:
		if (options->cga_layout == MH_CGA_BROKEN)
			return BU_REFUSE_CGA_LAYOUT;
		if (options->has_nonce_indices != (options->bad.at != NULL))
			return BU_DROP_NONCE_AND_BAD;
		/* step 16; no care-of token was issued that could have keyed it */
		if (options->has_nonce_indices && !bu->registers)
			return BU_DROP_AUTHENTICATOR;
		break;
	case BU_METHOD_PHKT:
		if (!has_phkt(world))
			return !bu->registers && !is_bound(world) ? BU_REFUSE_NOT_BOUND
								  : BU_REFUSE_NO_PHKT;
		break;
	}
	if (bu->registers && options->has_nonce_indices) {
		if (options->home_nonce != 0)
			return BU_DROP_HOME_NONCE;
		/* coa_test none issues no care-of nonces, so each index is unknown */
		return BU_REFUSE_CAREOF_NONCE;
	}
	return BU_PROVE;
}

static bool coa_allowed(const struct in6_addr *coa, const struct bu_world *world)
{
	for (unsigned int i = 0; i < world->coa_allow_count; i++) {
		if (in6_in_prefix(coa, &world->coa_allow[i], world->coa_allow_len[i]))
			return true;
	}
	return false;
}

/* Step 11 */
static enum bu_verdict check_coa(const struct bu *bu, const struct bu_world *world)
{
	if (!bu->registers)
		return BU_PROVE;
	if (in6_equal(&bu->coa, &bu->hoa) || world->coa_is_bound)
		return BU_REFUSE_COA_HOA;
	if (!in6_equal(&bu->coa, &bu->packet->source))
		return BU_REFUSE_COA_SOURCE;
	if (prefix_with_address(world->prefixes, &bu->coa))
		return BU_REFUSE_COA_OWN;
	if (!coa_allowed(&bu->coa, world))
		return BU_REFUSE_COA_POLICY;
	return BU_PROVE;
}

/* Steps 12 to 14; a signed BU with a newer timestamp needs no newer number. */
static enum bu_verdict check_state(const struct bu *bu, const struct bu_world *world)
{
	const struct bcache_entry *entry = world->entry;

	if (!bu->registers && (!entry || entry->state == BCACHE_CONTEXT))
		return BU_REFUSE_NOT_BOUND;
	if (bu->method == BU_METHOD_PHKT && entry->context.has_sequence &&
	    !sequence_is_newer(bu->sequence, entry->context.sequence))
		return BU_REFUSE_SEQUENCE;
	return BU_PROVE;
}

static bool timestamp_in_window(uint64_t timestamp, uint64_t now)
{
	uint64_t apart = timestamp > now ? timestamp - now : now - timestamp;

	return apart <= NTP_SECONDS(REPLAY_WINDOW_S);
}

/* Step 15; what only the time tells is held back until the signature has proven the sender. */
static enum bu_verdict check_timestamp(const struct bu *bu, const struct bu_world *world)
{
	const struct bcache_entry *entry = world->entry;
	uint64_t timestamp = bu->options->timestamp;

	if (!timestamp_in_window(timestamp, world->now_ntp))
		return BU_REFUSE_TIMESTAMP;
	if (entry && entry->context.timestamp && timestamp <= entry->context.timestamp)
		return BU_REFUSE_TIMESTAMP;
	if (world->now_ntp < world->clock_floor_ntp)
		return BU_REFUSE_CLOCK;
	if ((!entry || !entry->context.timestamp) && timestamp <= world->not_before_ntp)
		return BU_REFUSE_CLOCK;
	return BU_PROVE;
}

static enum bu_verdict verdict_of_proof(enum bu_proof proof)
{
	switch (proof) {
	case BU_PROOF_UNKNOWN:
	case BU_PROOF_VALID:
		return BU_PROVE;
	case BU_PROOF_AUTHENTICATOR:
		return BU_DROP_AUTHENTICATOR;
	case BU_PROOF_KEY_SHAPE:
		return BU_REFUSE_KEY_SHAPE;
	case BU_PROOF_CGA:
		return BU_REFUSE_CGA;
	case BU_PROOF_KEY_CHANGED:
		return BU_REFUSE_KEY_CHANGED;
	case BU_PROOF_BUDGET:
		return BU_REFUSE_BUDGET;
	case BU_PROOF_SIGNATURE:
		return BU_REFUSE_SIGNATURE;
	}
	return BU_REFUSE_INTERNAL;
}

/* The order differs by method: a PHKT BU is authenticated before its refusals (step 10), a
 * signed one after the cheap ones (steps 11 to 16). BU_PROVE: nothing against it so far. */
static enum bu_verdict judge(const struct bu *bu, const struct bu_world *world, enum bu_proof proof,
			     bool *authenticated)
{
	enum bu_verdict verdict;

	if ((verdict = check_form(bu, world)) != BU_PROVE)
		return verdict;
	if ((verdict = check_method(bu, world)) != BU_PROVE)
		return verdict;
	if (bu->method == BU_METHOD_PHKT) {
		if (proof != BU_PROOF_VALID)
			return verdict_of_proof(proof);
		*authenticated = true;
		if ((verdict = check_coa(bu, world)) != BU_PROVE)
			return verdict;
		return check_state(bu, world);
	}
	if ((verdict = check_coa(bu, world)) != BU_PROVE)
		return verdict;
	if ((verdict = check_state(bu, world)) != BU_PROVE)
		return verdict;
	if (!bu->options->has_timestamp)
		return BU_REFUSE_NO_TIMESTAMP;
	if (proof != BU_PROOF_VALID)
		return verdict_of_proof(proof);
	return check_timestamp(bu, world);
}

static uint32_t grant_lifetime(const struct bu *bu, const struct bu_world *world,
			       const struct prefix *prefix)
{
	uint32_t lifetime_s = (uint32_t)bu->lifetime * MH_LIFETIME_UNIT_S;

	if (lifetime_s > MH_LIFETIME_MAX_S)
		lifetime_s = MH_LIFETIME_MAX_S;
	if (lifetime_s > world->max_lifetime_s)
		lifetime_s = world->max_lifetime_s;
	if (lifetime_s > prefix->valid_s)
		lifetime_s = prefix->valid_s;
	return lifetime_s / MH_LIFETIME_UNIT_S * MH_LIFETIME_UNIT_S;
}

/* RFC 6275 section 10.3.1: tell when the prefix will be deprecated or gone by the binding's end */
static uint8_t accepted_status(uint32_t lifetime_s, const struct prefix *prefix)
{
	if (prefix->preferred_s < lifetime_s || prefix->valid_s / 4 == lifetime_s / 4)
		return IP6_MH_BAS_PREFIX_DISCOVERY;
	return IP6_MH_BAS_ACCEPTED;
}

/* RFC 4285 section 6: the low word as sent; the high word tells what would have been newer */
static uint64_t timestamp_to_return(const struct bu *bu, const struct bu_world *world)
{
	uint64_t seconds = world->now_ntp >> 32;
	uint64_t last = world->entry ? world->entry->context.timestamp >> 32 : 0;

	if (last + 1 > seconds)
		seconds = last + 1;
	return seconds << 32 | (bu->options->timestamp & 0xffffffff);
}

static void accept_bu(const struct bu *bu, const struct bu_world *world,
		      struct bu_decision *decision)
{
	const struct prefix *prefix = prefix_of(world->prefixes, &bu->hoa);

	decision->authenticated = true;
	if (!bu->registers) {
		decision->verdict = BU_DEREGISTERED;
		/* no PHKT is made for a signed de-registration, so nothing keys its BAD (8.4) */
		decision->authenticated = bu->method == BU_METHOD_PHKT;
		return;
	}
	if (!is_bound(world) && !world->has_room) {
		decision->verdict = BU_REFUSE_TABLE_FULL;
		decision->status = bu_verdict_status(BU_REFUSE_TABLE_FULL);
		decision->authenticated = bu->method == BU_METHOD_PHKT;
		return;
	}
	decision->verdict = is_bound(world) ? BU_REFRESHED : BU_REGISTERED;
	decision->lifetime_s = grant_lifetime(bu, world, prefix);
	decision->status = accepted_status(decision->lifetime_s, prefix);
}

struct bu_decision bu_decide(const struct bu *bu, const struct bu_world *world, enum bu_proof proof)
{
	struct bu_decision decision = {.sequence = bu->sequence};

	decision.verdict = judge(bu, world, proof, &decision.authenticated);
	if (decision.verdict == BU_PROVE) {
		if (proof == BU_PROOF_VALID)
			accept_bu(bu, world, &decision);
		return decision;
	}
	decision.status = bu_verdict_status(decision.verdict);
	if (decision.verdict == BU_REFUSE_SEQUENCE)
		decision.sequence = world->entry->context.sequence;
	if (decision.verdict == BU_REFUSE_TIMESTAMP)
		decision.timestamp = timestamp_to_return(bu, world);
	return decision;
}
