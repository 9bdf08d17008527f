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
	if (!world->accepts)
		return BU_REFUSE_NOT_ANCHOR;
	if (!prefix_of(world->prefixes, &bu->hoa) || prefix_with_address(world->prefixes, &bu->hoa))
		return BU_REFUSE_PREFIX;
	if (bu->registers && !world->entry && !world->seen)
		return BU_REFUSE_NOT_SEEN;
	return BU_PROVE;
}

/* Step 8: which proof, and is there anything to check it with? */
static enum bu_verdict check_method(const struct bu *bu, const struct bu_world *world)
{
	const struct mh_options *options = bu->options;

	switch (bu->method) {
	case BU_METHOD_NONE:
		/* a HoA that had a key once is never taken without it again */
		if (world->legacy_allowed && !(world->entry && world->entry->context.has_key))
			return BU_PROVE;
		return BU_DROP_NO_PROOF;
	case BU_METHOD_CGA:
		if (options->cga_layout == MH_CGA_BROKEN)
			return BU_REFUSE_CGA_LAYOUT;
		if (options->has_nonce_indices != (options->bad.at != NULL))
			return BU_DROP_NONCE_AND_BAD;
		return BU_PROVE;
	case BU_METHOD_PHKT:
		if (has_phkt(world))
			return BU_PROVE;
		return !bu->registers && !is_bound(world) ? BU_REFUSE_NOT_BOUND : BU_REFUSE_NO_PHKT;
	}
	return BU_REFUSE_INTERNAL;
}

/* An index without an authenticator over its token proves nothing. */
static bool has_careof_index(const struct bu *bu)
{
	return bu->registers && bu->method != BU_METHOD_NONE && bu->options->has_nonce_indices;
}

static bool is_complete(const struct bu *bu, const struct bu_world *world)
{
	return has_careof_index(bu) && world->careof == BU_CAREOF_VALID;
}

/* Step 9; a BU without proof goes on at step 11: the operator's list vouches for its CoA. */
static enum bu_verdict check_careof(const struct bu *bu, const struct bu_world *world)
{
	if (bu->method == BU_METHOD_NONE)
		return BU_PROVE;
	if (has_careof_index(bu) && bu->options->home_nonce != 0)
		return BU_DROP_HOME_NONCE;
	if (has_careof_index(bu) && world->careof != BU_CAREOF_VALID)
		return BU_REFUSE_CAREOF_NONCE;
	if (bu->registers && world->policy.coa_test == COA_TEST_REQUIRE && !is_complete(bu, world))
		return BU_REFUSE_CAREOF_REQUIRED;
	return BU_PROVE;
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
	if (!world->policy.coa_allowed)
		return BU_REFUSE_COA_POLICY;
	return BU_PROVE;
}

/* Steps 12 to 15; a signed BU with a newer timestamp needs no newer number. */
static enum bu_verdict check_state(const struct bu *bu, const struct bu_world *world)
{
	const struct bcache_entry *entry = world->entry;
	bool timed = bu->method == BU_METHOD_CGA && world->replay == REPLAY_TIMESTAMP;

	if (!bu->registers && (!entry || entry->state == BCACHE_CONTEXT))
		return BU_REFUSE_NOT_BOUND;
	if (timed && !bu->options->has_timestamp)
		return BU_REFUSE_NO_TIMESTAMP;
	if (timed)
		return world->overtaken ? BU_REFUSE_SEQUENCE : BU_PROVE;
	if (entry && entry->context.has_sequence &&
	    !sequence_is_newer(bu->sequence, entry->context.sequence))
		return BU_REFUSE_SEQUENCE;
	return BU_PROVE;
}

/* Gate G4, before anything dear: a signed BU has to come from where it says it is. */
static enum bu_verdict check_load(const struct bu *bu, const struct bu_world *world)
{
	if (!world->loaded || world->careof_proven)
		return BU_PROVE;
	/* no care-of test goes with a de-registration: it has to come again */
	return bu->registers ? BU_REFUSE_LOADED : BU_REFUSE_BUDGET;
}

static bool timestamp_in_window(uint64_t timestamp, uint64_t now)
{
	uint64_t apart = timestamp > now ? timestamp - now : now - timestamp;

	return apart <= NTP_SECONDS(REPLAY_WINDOW_S);
}

/* Step 15 again: what only the time tells is held back until the signature has proven the sender.
 */
static enum bu_verdict check_timestamp(const struct bu *bu, const struct bu_world *world)
{
	const struct bcache_entry *entry = world->entry;
	uint64_t timestamp = bu->options->timestamp;

	if (world->replay != REPLAY_TIMESTAMP)
		return BU_PROVE;
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
	case BU_PROOF_CAREOF:
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

/* Step 16 and what waited for it */
static enum bu_verdict check_signed(const struct bu *bu, const struct bu_world *world,
				    enum bu_proof proof)
{
	if (proof == BU_PROOF_UNKNOWN)
		return check_load(bu, world);
	if (proof != BU_PROOF_VALID)
		return verdict_of_proof(proof);
	/* no token is given out for a HoA, so none can have keyed this authenticator */
	if (!bu->registers && bu->options->has_nonce_indices)
		return BU_DROP_AUTHENTICATOR;
	return check_timestamp(bu, world);
}

/* Steps 3 to 16. The order differs by method: a PHKT BU is authenticated before its refusals
 * (step 10), a signed one after the cheap ones. BU_PROVE: nothing against it so far. */
static enum bu_verdict judge(const struct bu *bu, const struct bu_world *world, enum bu_proof proof,
			     bool *authenticated)
{
	enum bu_verdict verdict;

	if ((verdict = check_form(bu, world)) != BU_PROVE)
		return verdict;
	if ((verdict = check_method(bu, world)) != BU_PROVE)
		return verdict;
	if ((verdict = check_careof(bu, world)) != BU_PROVE)
		return verdict;
	if (bu->method == BU_METHOD_PHKT) {
		if (proof != BU_PROOF_VALID)
			return verdict_of_proof(proof);
		*authenticated = true;
	}
	if ((verdict = check_coa(bu, world)) != BU_PROVE)
		return verdict;
	if ((verdict = check_state(bu, world)) != BU_PROVE)
		return verdict;
	return bu->method == BU_METHOD_CGA ? check_signed(bu, world, proof) : BU_PROVE;
}

static enum bu_verdict verdict_of_room(enum bu_room room)
{
	switch (room) {
	case BU_ROOM:
		return BU_REGISTERED;
	case BU_FULL_TABLE:
		return BU_REFUSE_TABLE_FULL;
	case BU_FULL_CONTEXTS:
		return BU_REFUSE_CONTEXT_FULL;
	case BU_FULL_KEY:
		return BU_REFUSE_KEY_QUOTA;
	case BU_FULL_LINK_ADDRESS:
		return BU_REFUSE_LINK_ADDRESS_QUOTA;
	case BU_FULL_COA_PREFIX:
		return BU_REFUSE_COA_PREFIX_QUOTA;
	case BU_FULL_DOMAIN:
		return BU_REFUSE_DOMAIN_QUOTA;
	}
	return BU_REFUSE_INTERNAL;
}

/* Steps 17 and 18, between them the room for it: RFC 6275 section 10.3.1 has no DAD for what is
 * refused anyway. */
static enum bu_verdict admit(const struct bu *bu, const struct bu_world *world)
{
	bool tests = world->dad == DAD_STRICT && !is_bound(world);

	if (!bu->registers)
		return BU_DEREGISTERED;
	if (tests && world->dad_state == BU_DAD_RUNNING)
		return BU_DROP_DAD_RUNNING;
	if (world->room != BU_ROOM)
		return verdict_of_room(world->room);
	if (tests && world->dad_state == BU_DAD_NOT_TESTED)
		return BU_TEST_ADDRESS;
	if (tests && world->dad_state == BU_DAD_TAKEN)
		return BU_REFUSE_DAD;
	return is_bound(world) ? BU_REFRESHED : BU_REGISTERED;
}

static uint32_t grant_lifetime(const struct bu *bu, const struct bu_world *world,
			       const struct prefix *prefix)
{
	uint32_t lifetime_s = (uint32_t)bu->lifetime * MH_LIFETIME_UNIT_S;

	if (lifetime_s > MH_LIFETIME_MAX_S)
		lifetime_s = MH_LIFETIME_MAX_S;
	if (lifetime_s > world->max_lifetime_s)
		lifetime_s = world->max_lifetime_s;
	if (lifetime_s > world->policy.max_lifetime_s)
		lifetime_s = world->policy.max_lifetime_s;
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

/* VERIFIED is kept while the CoA stays the same (step 20). */
static enum binding_state coa_state(const struct bu *bu, const struct bu_world *world)
{
	const struct bcache_binding *binding = is_bound(world) ? &world->entry->binding : NULL;

	if (world->policy.coa_test == COA_TEST_NONE || is_complete(bu, world))
		return BINDING_VERIFIED;
	if (bu->method == BU_METHOD_NONE) /* it cannot be tested, and comes from a listed prefix */
		return BINDING_VERIFIED;
	if (binding && binding->state == BINDING_VERIFIED && in6_equal(&binding->coa, &bu->coa))
		return BINDING_VERIFIED;
	return BINDING_UNVERIFIED;
}

static void grant(const struct bu *bu, const struct bu_world *world, struct bu_decision *decision)
{
	const struct prefix *prefix = prefix_of(world->prefixes, &bu->hoa);

	decision->authenticated = bu->method != BU_METHOD_NONE;
	decision->state = coa_state(bu, world);
	decision->domain = (uint16_t)(world->policy.domain + 1);
	decision->lifetime_s = grant_lifetime(bu, world, prefix);
	decision->status = accepted_status(decision->lifetime_s, prefix);
	decision->gives_careof_token =
		bu->method != BU_METHOD_NONE && bu->options->careof_test_init;
	if (world->bra_advice)
		decision->refresh_s =
			decision->lifetime_s / 4 * 3 / MH_LIFETIME_UNIT_S * MH_LIFETIME_UNIT_S;
}

struct bu_decision bu_decide(const struct bu *bu, const struct bu_world *world, enum bu_proof proof)
{
	struct bu_decision decision = {
		.sequence = bu->sequence,
		.complete = is_complete(bu, world),
	};

	decision.verdict = judge(bu, world, proof, &decision.authenticated);
	if (decision.verdict == BU_PROVE) {
		if (bu->method != BU_METHOD_NONE && proof == BU_PROOF_UNKNOWN)
			return decision;
		decision.verdict = admit(bu, world);
	}
	if (decision.verdict >= BU_VERDICT_MAX)
		return decision;
	decision.status = bu_verdict_status(decision.verdict);
	if (decision.verdict == BU_REFUSE_SEQUENCE)
		decision.sequence = world->entry->context.sequence;
	if (decision.verdict == BU_REFUSE_TIMESTAMP)
		decision.timestamp = timestamp_to_return(bu, world);
	if (decision.verdict >= BU_DROP_FIRST)
		return decision;
	/* in seq mode a timestamp was not looked at: what it says must not bind anybody */
	if (bu->method == BU_METHOD_CGA && world->replay == REPLAY_TIMESTAMP)
		decision.timestamp = bu->options->timestamp;
	if (bu->registers)
		grant(bu, world, &decision);
	return decision;
}
