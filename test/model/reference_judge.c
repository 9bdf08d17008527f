// SPDX-License-Identifier: BSD-2-Clause
/* Owns the second reading of protocol 8.6: its steps in their order, as the text has them. */
#include <string.h>

#include "model/reference_private.h"

enum {
	DAY_S = 86400,      /* MAX_CGA_BINDING_LIFETIME */
	HALF_SPACE = 32767, /* sequence numbers that are newer */
};

/* Step 4: ::, ::1, ff00::/8, fe80::/10 and v4-mapped are nobody's address. */
static bool is_nobody(const struct in6_addr *a)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	static const uint8_t zeros[15];

	if (memcmp(a, zeros, 15) == 0 && a->s6_addr[15] <= 1)
		return true;
	if (a->s6_addr[0] == 0xff || memcmp(a, mapped, sizeof(mapped)) == 0)
		return true;
	return a->s6_addr[0] == 0xfe && (a->s6_addr[1] & 0xc0) == 0x80;
}

static bool is_own(const struct reference_rules *rules, const struct in6_addr *address)
{
	for (int i = 0; i < REFERENCE_PREFIXES; i++)
		if (reference_same(&rules->prefixes[i].own, address))
			return true;
	return false;
}

/* Number of the anchored prefix; -1 for an address that cannot be somebody's home here. */
static int prefix_over(const struct reference_rules *rules, const struct in6_addr *address)
{
	for (int i = 0; i < REFERENCE_PREFIXES; i++)
		if (reference_same_64(&rules->prefixes[i].prefix, address))
			return is_own(rules, address) ? -1 : i;
	return -1;
}

static enum reference_mode mode_for(const struct reference_rules *rules, const struct in6_addr *coa)
{
	int domain = reference_domain(rules, coa);

	return domain < 0 ? rules->mode : rules->domains[domain].mode;
}

static bool is_allowed(const struct reference_rules *rules, const struct in6_addr *coa)
{
	for (unsigned int i = 0; i < rules->allowed_count; i++)
		if (reference_lies_in(coa, &rules->allowed[i]))
			return true;
	return false;
}

/* ---- the judgement ---- */

enum method { BY_SIGNATURE, BY_PHKT, BY_NOTHING };

/* What the steps have worked out so far. */
struct judging {
	const struct reference_model *model;
	const struct reference_bu *bu;
	const struct reference_home *home; /* NULL: nothing known of the HoA */
	struct in6_addr hoa, coa;
	bool registers, careof_valid, late, unsure;
	enum method method;
	struct reference_outcome out;
};

static bool silence(struct judging *j, unsigned int step)
{
	j->out.end = REFERENCE_SILENCE;
	j->out.line = step;
	return true;
}

static bool refuse(struct judging *j, unsigned int step, unsigned int status)
{
	j->out.end = REFERENCE_REFUSAL;
	j->out.status = status;
	j->out.line = step;
	return true;
}

static bool is_there(const struct reference_home *home)
{
	return home && home->bound;
}

static bool steps_3_to_7(struct judging *j)
{
	const struct reference_rules *rules = &j->model->rules;
	const struct reference_bu *bu = j->bu;

	if (!is_own(rules, &bu->destination))
		return silence(j, 3);
	if (is_nobody(&j->hoa) || is_nobody(&bu->source))
		return silence(j, 4);
	if (j->registers && (!bu->has_hao || !bu->has_alt_coa || is_nobody(&j->coa)))
		return silence(j, 5);
	if (!bu->home_flag)
		return refuse(j, 6, 129);
	if (!rules->accepts)
		return refuse(j, 7, 131);
	if (prefix_over(rules, &j->hoa) < 0)
		return refuse(j, 7, 132);
	if (rules->require_seen && j->registers && !j->home &&
	    reference_link_of(j->model, &j->hoa) < 0)
		return refuse(j, 7, 129);
	return false;
}

static bool is_listed(const struct judging *j)
{
	const struct reference_rules *rules = &j->model->rules;

	/* its own address is the source of a HoA that de-registers at home */
	return rules->has_legacy && reference_same(&rules->legacy_hoa, &j->hoa) &&
	       (reference_lies_in(&j->bu->source, &rules->legacy_from) ||
		reference_same(&j->bu->source, &j->hoa)) &&
	       !(j->home && j->home->has_key);
}

/* 2.5: no number twice with one PHKT; past half the space an old one would look new. */
static bool has_usable_phkt(const struct reference_home *home)
{
	return home && home->has_phkt && home->advanced <= HALF_SPACE;
}

static bool step_8(struct judging *j)
{
	const struct reference_bu *bu = j->bu;

	if (bu->layout == REFERENCE_MISPLACED)
		return refuse(j, 8, 148);
	if (bu->layout == REFERENCE_SIGNED) {
		j->method = BY_SIGNATURE;
		return bu->has_nonces != bu->has_authenticator && silence(j, 8);
	}
	if (bu->has_authenticator) {
		j->method = BY_PHKT;
		if (has_usable_phkt(j->home))
			return false;
		return refuse(j, 8, !j->registers && !is_there(j->home) ? 133 : 147);
	}
	j->method = BY_NOTHING;
	return !is_listed(j) && silence(j, 8);
}

static bool index_is_good(const struct judging *j)
{
	const struct reference_model *model = j->model;
	uint16_t index = j->bu->careof_nonce;

	if (index == TOKEN_INDEX)
		return is_there(j->home) && reference_same(&j->home->coa, &j->coa) &&
		       j->home->token_until_ns >= model->now_ns;
	for (unsigned int i = 0; index && i < model->nonce_count; i++)
		if (model->nonces[i].index == index)
			return model->now_ns - model->nonces[i].made_ns < NONCE_S * SECOND;
	return false;
}

static bool step_9(struct judging *j)
{
	/* step 8 sends a listed HoA on to 11: whoever listed it vouches for its CoAs */
	if (!j->registers || j->method == BY_NOTHING)
		return false;
	if (j->bu->has_nonces) {
		if (j->bu->home_nonce)
			return silence(j, 9);
		if (!index_is_good(j))
			return refuse(j, 9, 137);
		j->careof_valid = true;
	}
	if (mode_for(&j->model->rules, &j->coa) == REFERENCE_SECURE && !j->careof_valid)
		return refuse(j, 9, 137);
	return false;
}

static bool step_10(struct judging *j, bool proven)
{
	if (j->method != BY_PHKT)
		return false;
	if (!proven) {
		j->out.end = REFERENCE_PROVE;
		return true;
	}
	if (!j->bu->authenticator_good)
		return silence(j, 10);
	j->out.authenticated = true;
	return false;
}

static bool is_newer(const struct judging *j)
{
	uint16_t ahead = (uint16_t)(j->bu->sequence - (j->home ? j->home->sequence : 0));

	return !j->home || !j->home->has_sequence || (ahead >= 1 && ahead <= HALF_SPACE);
}

static bool sequence_step(struct judging *j, unsigned int step)
{
	if (is_newer(j))
		return false;
	j->out.sequence = j->home->sequence;
	return refuse(j, step, 135);
}

static bool steps_11_to_14(struct judging *j)
{
	const struct reference_rules *rules = &j->model->rules;

	if (j->registers) {
		if (!reference_same(&j->coa, &j->bu->source))
			return refuse(j, 11, 174);
		if (reference_same(&j->coa, &j->hoa) || is_own(rules, &j->coa) ||
		    is_there(reference_find(j->model, &j->coa)) || !is_allowed(rules, &j->coa))
			return refuse(j, 11, 174);
	} else if (!is_there(j->home) && !(j->home && j->home->buried)) {
		return refuse(j, 12, 133);
	}
	/* RFC 6275 section 9.5.1 for whoever has no timestamp */
	return j->method != BY_SIGNATURE && sequence_step(j, 14);
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static bool knows_key(const struct judging *j)
{
	return j->home && j->home->has_key;
}

/* 8.8: an agent before this one may have accepted it, or lived when this clock says it did not */
static bool clock_is_unsure(const struct judging *j)
{
	const struct reference_model *model = j->model;

	return model->now_ntp < model->floor_ntp || (!knows_key(j) && model->not_before_ntp &&
						     j->bu->timestamp <= model->not_before_ntp);
}

/* C-60: by sequence a timestamp says nothing, it may come from a node without a clock. */
static bool step_15(struct judging *j)
{
	uint64_t last = j->home ? j->home->timestamp : 0;

	if (j->model->rules.replay_by_sequence)
		return sequence_step(j, 15);
	if (!j->bu->has_timestamp)
		return refuse(j, 15, 145);
	j->late = apart(j->bu->timestamp, j->model->now_ntp) > WINDOW_S * NTP_S ||
		  j->bu->timestamp <= last;
	j->unsure = clock_is_unsure(j);
	return false;
}

/* C-61: the low word as sent, the high word as this DAR would have it. */
static uint64_t corrected(const struct judging *j)
{
	uint64_t seconds = j->model->now_ntp >> 32;
	uint64_t after_last = j->home ? (j->home->timestamp >> 32) + 1 : 0;

	return (seconds > after_last ? seconds : after_last) << 32 |
	       (j->bu->timestamp & 0xffffffff);
}

static bool step_16(struct judging *j, bool proven)
{
	const struct reference_bu *bu = j->bu;

	if (!proven) {
		/* without a CoA there is no token to ask for */
		if (bu->loaded && !(j->careof_valid && bu->authenticator_good))
			return refuse(j, 16, j->registers ? 137 : 130);
		j->out.end = REFERENCE_PROVE;
		return true;
	}
	if (!bu->key_shape_good)
		return refuse(j, 16, 129);
	if (!bu->cga_good || (knows_key(j) && j->home->key != bu->key))
		return refuse(j, 16, 148);
	if (!bu->budget_left)
		return refuse(j, 16, 130);
	if (!bu->signature_good)
		return refuse(j, 16, 148);
	/* a HoA has no care-of token: nothing that is keyed with one can be right */
	if (bu->has_nonces && (!bu->authenticator_good || !j->registers))
		return silence(j, 16);
	if (!j->late)
		return j->unsure && refuse(j, 16, 130);
	j->out.timestamp = corrected(j);
	return refuse(j, 16, 144);
}

/* Room has no step of its own: before DAD, which is not done for what is refused anyway. */
static bool steps_17_and_18(struct judging *j, enum reference_dad_state dad)
{
	bool tests = j->model->rules.dad == REFERENCE_DAD_STRICT && !is_there(j->home);

	if (!j->registers)
		return false;
	if (tests && dad == REFERENCE_TESTING)
		return silence(j, 17);
	if (!reference_has_room(j->model, j->bu, &j->hoa))
		return refuse(j, 18, 130);
	if (tests && dad == REFERENCE_TAKEN)
		return refuse(j, 18, 134);
	if (tests && dad == REFERENCE_UNTESTED)
		j->out.end = REFERENCE_TEST;
	return tests && dad == REFERENCE_UNTESTED;
}

static uint32_t at_most(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void step_19(struct judging *j)
{
	const struct reference_rules *rules = &j->model->rules;
	int prefix = prefix_over(rules, &j->hoa), domain = reference_domain(rules, &j->coa);
	uint32_t valid = rules->prefixes[prefix].valid_s;
	uint32_t preferred = rules->prefixes[prefix].preferred_s;
	uint32_t lifetime = at_most(j->bu->lifetime * 4u, DAY_S);

	lifetime = at_most(at_most(lifetime, valid), rules->max_lifetime_s);
	if (domain >= 0)
		lifetime = at_most(lifetime, rules->domains[domain].max_lifetime_s);
	lifetime = lifetime / 4 * 4; /* as the BA can say it */
	j->out.lifetime_s = lifetime;
	/* 1.10 number 11: deprecated now or before the end, or invalid at the end */
	j->out.status = preferred / 4 < lifetime / 4 || valid / 4 <= lifetime / 4;
	j->out.advised = rules->advice && lifetime >= 8;
}

static void accept_it(struct judging *j)
{
	enum reference_mode mode;

	j->out.sequence = j->bu->sequence;
	if (!j->registers) {
		j->out.end = REFERENCE_ENDED;
		return;
	}
	mode = mode_for(&j->model->rules, &j->coa);
	j->out.end = is_there(j->home) ? REFERENCE_AGAIN : REFERENCE_NEW;
	j->out.complete = j->careof_valid;
	j->out.gives_token = j->bu->asks_token && j->method != BY_NOTHING;
	j->out.verified =
		j->careof_valid || mode == REFERENCE_FAST || j->method == BY_NOTHING ||
		(is_there(j->home) && j->home->verified && reference_same(&j->home->coa, &j->coa));
	step_19(j);
}

struct reference_outcome reference_judge(const struct reference_model *model,
					 const struct reference_bu *bu, bool proven,
					 enum reference_dad_state dad)
{
	struct judging j = {
		.model = model,
		.bu = bu,
		.hoa = bu->has_hao ? bu->hao : bu->source,
		.registers = bu->lifetime > 0,
		.out.sequence = bu->sequence,
	};

	j.home = reference_find(model, &j.hoa);
	j.coa = j.registers ? bu->alt_coa : j.hoa;
	if (steps_3_to_7(&j) || step_8(&j) || step_9(&j) || step_10(&j, proven) ||
	    steps_11_to_14(&j))
		return j.out;
	if (j.method == BY_SIGNATURE && (step_15(&j) || step_16(&j, proven)))
		return j.out;
	if (!steps_17_and_18(&j, dad))
		accept_it(&j);
	return j.out;
}
