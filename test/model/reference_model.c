// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the reference model remembers of each HoA, and for how long (protocol 8.8). */
#include <string.h>

#include "model/reference_private.h"

bool reference_same(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool reference_lies_in(const struct in6_addr *address, const struct reference_net *net)
{
	for (unsigned int bit = 0; bit < net->bits; bit++) {
		unsigned int mask = 0x80u >> bit % 8;

		if ((address->s6_addr[bit / 8] ^ net->address.s6_addr[bit / 8]) & mask)
			return false;
	}
	return true;
}

bool reference_same_64(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, 8) == 0;
}

static struct reference_home *find(const struct reference_model *model, const struct in6_addr *hoa)
{
	for (int i = 0; i < REFERENCE_HOMES; i++)
		if (model->homes[i].used && reference_same(&model->homes[i].hoa, hoa))
			return (struct reference_home *)&model->homes[i];
	return NULL;
}

const struct reference_home *reference_find(const struct reference_model *model,
					    const struct in6_addr *hoa)
{
	return find(model, hoa);
}

int reference_link_of(const struct reference_model *model, const struct in6_addr *hoa)
{
	for (unsigned int i = 0; i < model->seen_count; i++)
		if (reference_same(&model->seen[i].hoa, hoa))
			return model->seen[i].link;
	return -1;
}

unsigned int reference_bound(const struct reference_model *model)
{
	unsigned int sum = 0;

	for (int i = 0; i < REFERENCE_HOMES; i++)
		sum += model->homes[i].used && model->homes[i].bound;
	return sum;
}

unsigned int reference_unbound(const struct reference_model *model)
{
	unsigned int all = 0;

	for (int i = 0; i < REFERENCE_HOMES; i++)
		all += model->homes[i].used;
	return all - reference_bound(model);
}

/* ---- A.5: the trust agreement with the longest prefix over the CoA, and what it says ---- */

int reference_domain(const struct reference_rules *rules, const struct in6_addr *coa)
{
	int best = -1;

	for (unsigned int i = 0; i < rules->domain_count; i++)
		if (reference_lies_in(coa, &rules->domains[i].net) &&
		    (best < 0 || rules->domains[i].net.bits > rules->domains[best].net.bits))
			best = (int)i;
	return best;
}

/* ---- 8.8: room ---- */

struct claim {
	const struct reference_home *self; /* may be NULL */
	const struct in6_addr *coa;
	unsigned int key;
	int link, domain;
};

static bool has_key(const struct reference_home *home, const struct claim *claim)
{
	return home->has_key && home->key == claim->key;
}

static bool has_link(const struct reference_home *home, const struct claim *claim)
{
	return home->bound && home->link == claim->link;
}

static bool goes_to_net(const struct reference_home *home, const struct claim *claim)
{
	return home->bound && reference_same_64(&home->coa, claim->coa);
}

static bool is_in_domain(const struct reference_home *home, const struct claim *claim)
{
	return home->bound && home->domain == claim->domain;
}

/* Who has a share of something already asks for no more of it. */
static bool is_full(const struct reference_model *model, uint32_t limit,
		    bool (*shares)(const struct reference_home *home, const struct claim *claim),
		    const struct claim *claim)
{
	unsigned int sum = 0;

	if (!limit || (claim->self && shares(claim->self, claim)))
		return false;
	for (int i = 0; i < REFERENCE_HOMES; i++)
		if (model->homes[i].used)
			sum += shares(&model->homes[i], claim);
	return sum >= limit;
}

/* The window alone refuses what this context has accepted. */
static bool replays_are_over(const struct reference_home *home, uint64_t now_ntp)
{
	return now_ntp > home->timestamp && now_ntp - home->timestamp > 2 * WINDOW_S * NTP_S;
}

/* The one without a binding for longest, if its replays are over; only timestamps allow that. */
static struct reference_home *evictable(const struct reference_model *model,
					const unsigned int *key)
{
	const struct reference_home *best = NULL;

	if (model->rules.replay_by_sequence)
		return NULL;
	for (int i = 0; i < REFERENCE_HOMES; i++) {
		const struct reference_home *home = &model->homes[i];

		if (!home->used || home->bound || home->buried ||
		    !replays_are_over(home, model->now_ntp))
			continue;
		if (key && !(home->has_key && home->key == *key))
			continue;
		if (!best || home->unbound_order < best->unbound_order)
			best = home;
	}
	return (struct reference_home *)best;
}

static bool key_is_full(const struct reference_model *model, const struct claim *claim,
			const struct reference_bu *bu)
{
	return bu->layout == REFERENCE_SIGNED &&
	       is_full(model, model->rules.per_key, has_key, claim);
}

static struct claim claim_of(const struct reference_model *model, const struct reference_bu *bu,
			     const struct in6_addr *hoa)
{
	return (struct claim){
		.self = find(model, hoa),
		.coa = &bu->alt_coa,
		.key = bu->key,
		.link = reference_link_of(model, hoa),
		.domain = reference_domain(&model->rules, &bu->alt_coa),
	};
}

bool reference_has_room(const struct reference_model *model, const struct reference_bu *bu,
			const struct in6_addr *hoa)
{
	const struct reference_rules *rules = &model->rules;
	struct claim claim = claim_of(model, bu, hoa);
	bool was_bound = claim.self && claim.self->bound;

	if (!was_bound && reference_bound(model) >= rules->binding_max)
		return false;
	if (key_is_full(model, &claim, bu) && (claim.self || !evictable(model, &claim.key)))
		return false;
	if (!claim.self && reference_unbound(model) >= rules->context_max &&
	    !evictable(model, NULL))
		return false;
	if (claim.link >= 0 && is_full(model, rules->per_link, has_link, &claim))
		return false;
	if (is_full(model, rules->per_coa_net, goes_to_net, &claim))
		return false;
	return claim.domain < 0 ||
	       !is_full(model, rules->domains[claim.domain].binding_max, is_in_domain, &claim);
}

/* ---- what is remembered ---- */

static void evict(struct reference_model *model, const unsigned int *key)
{
	struct reference_home *gone = evictable(model, key);

	if (gone)
		gone->used = false;
}

static struct reference_home *make(struct reference_model *model, const struct reference_bu *bu,
				   const struct in6_addr *hoa)
{
	struct claim claim = claim_of(model, bu, hoa);

	if (key_is_full(model, &claim, bu))
		evict(model, &claim.key);
	if (reference_unbound(model) >= model->rules.context_max)
		evict(model, NULL);
	for (int i = 0; i < REFERENCE_HOMES; i++) {
		if (model->homes[i].used)
			continue;
		model->homes[i] = (struct reference_home){
			.used = true,
			.hoa = *hoa,
			.domain = -1,
			.unbound_order = model->order++,
		};
		return &model->homes[i];
	}
	return NULL;
}

static void bind_home(struct reference_model *model, const struct reference_bu *bu,
		      const struct reference_outcome *outcome, struct reference_home *home)
{
	uint64_t now = model->now_ns;

	if (!home->bound) {
		home->token_until_ns = 0;
		home->previous_until_ns = 0;
	} else if (!reference_same(&home->coa, &bu->alt_coa)) {
		home->token_until_ns = 0;   /* */
		home->previous = home->coa; /* */
		home->previous_until_ns = home->verified && model->rules.grace_ms
						  ? now + model->rules.grace_ms * 1000000ULL
						  : 0;
	}
	if (outcome->gives_token)
		home->token_until_ns = now + TOKEN_S * SECOND;
	home->bound = true;
	home->buried = false;
	home->verified = outcome->verified;
	home->coa = bu->alt_coa;
	home->dar = bu->destination;
	home->lifetime_s = outcome->lifetime_s;
	home->until_ns = now + outcome->lifetime_s * SECOND;
	home->domain = reference_domain(&model->rules, &bu->alt_coa);
	home->link = reference_link_of(model, &home->hoa);
	home->how = bu->layout == REFERENCE_SIGNED ? REFERENCE_BY_CGA
		    : bu->has_authenticator        ? REFERENCE_BY_PHKT
						   : REFERENCE_BY_LEGACY;
}

/* 8.8 says the oldest goes first: who de-registers once more is the youngest again. */
static void unbind_home(struct reference_model *model, struct reference_home *home)
{
	home->unbound_order = model->order++;
	home->bound = false;
	home->previous_until_ns = 0;
	home->token_until_ns = 0;
}

/* Step 22 */
static void renew(struct reference_model *model, const struct reference_bu *bu,
		  struct reference_home *home)
{
	uint64_t until = model->now_ns + model->rules.context_lifetime_s * SECOND;

	if (!home->context_until_ns)
		home->context_until_ns = until;
	home->has_key = true;
	home->key = bu->key;
	if (!model->rules.replay_by_sequence)
		home->timestamp = bu->timestamp;
	if (bu->lifetime) {
		home->has_phkt = true;
		home->advanced = 0;
		home->context_until_ns = until;
	}
}

void reference_accept(struct reference_model *model, const struct reference_bu *bu,
		      const struct reference_outcome *outcome)
{
	const struct in6_addr *hoa = bu->has_hao ? &bu->hao : &bu->source;
	struct reference_home *home = find(model, hoa);

	if (!home)
		home = make(model, bu, hoa);
	if (outcome->end == REFERENCE_ENDED) {
		unbind_home(model, home);
		home->buried = true;
		home->until_ns = model->now_ns + TOMBSTONE_S * SECOND;
	} else {
		bind_home(model, bu, outcome, home);
	}
	home->advanced += (uint16_t)(bu->sequence - home->sequence);
	if (bu->layout == REFERENCE_SIGNED)
		renew(model, bu, home);
	home->has_sequence = true;
	home->sequence = bu->sequence;
}

static void expire_home(struct reference_model *model, struct reference_home *home)
{
	if (home->buried && home->until_ns <= model->now_ns)
		home->buried = false;
	if (home->context_until_ns && home->context_until_ns <= model->now_ns) {
		home->context_until_ns = 0;
		home->has_phkt = false;
	}
	/* what is left refuses replays; without a binding, only as long as the window does not */
	if (!home->bound && !home->buried && !home->context_until_ns &&
	    replays_are_over(home, model->now_ntp))
		home->used = false;
}

/* The binding that ended first is the first without one. */
void reference_expire(struct reference_model *model)
{
	struct reference_home *first;

	do {
		first = NULL;
		for (int i = 0; i < REFERENCE_HOMES; i++) {
			struct reference_home *home = &model->homes[i];

			if (home->used && home->bound && home->until_ns <= model->now_ns &&
			    (!first || home->until_ns < first->until_ns))
				first = home;
		}
		if (first)
			unbind_home(model, first);
	} while (first);
	for (int i = 0; i < REFERENCE_HOMES; i++)
		if (model->homes[i].used)
			expire_home(model, &model->homes[i]);
}

void reference_restart(struct reference_model *model)
{
	for (int i = 0; i < REFERENCE_HOMES; i++) {
		struct reference_home *home = &model->homes[i];

		home->used = home->used && home->bound;
		home->has_phkt = false;
		home->advanced = 0;
		home->token_until_ns = 0;
		home->previous_until_ns = 0;
		home->link = -1;
		/* when the PHKT was issued is not known any more: the longest it can be */
		home->context_until_ns = model->now_ns + model->rules.context_lifetime_s * SECOND;
	}
	model->nonce_count = 0;
	model->not_before_ntp = model->now_ntp + WINDOW_S * NTP_S;
	model->floor_ntp = model->now_ntp;
}

bool reference_token_issued(struct reference_model *model, uint16_t index)
{
	unsigned int last = model->nonce_count;

	if (!index || index == TOKEN_INDEX)
		return false;
	if (last && model->now_ns - model->nonces[last - 1].made_ns < NONCE_FRESH_S * SECOND)
		return index == model->nonces[last - 1].index;
	for (unsigned int i = 0; i < last; i++)
		if (model->nonces[i].index == index)
			return false;
	if (last == REFERENCE_NONCES) {
		memmove(model->nonces, model->nonces + 1, (last - 1) * sizeof(model->nonces[0]));
		last--;
	}
	model->nonces[last].index = index;
	model->nonces[last].made_ns = model->now_ns;
	model->nonce_count = last + 1;
	return true;
}

void reference_saw(struct reference_model *model, const struct in6_addr *hoa, int link)
{
	if (reference_link_of(model, hoa) >= 0 || model->seen_count == REFERENCE_HOMES)
		return;
	model->seen[model->seen_count].hoa = *hoa;
	model->seen[model->seen_count++].link = link;
}
