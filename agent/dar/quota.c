// SPDX-License-Identifier: BSD-2-Clause
/* Owns counting shares: nothing is kept for what nobody takes up. */
#include "dar/quota.h"

void quotas_free(struct quotas *quotas)
{
	for (unsigned int kind = 0; kind < QUOTA_KINDS; kind++)
		word_table_free(&quotas->counts[kind]);
}

uint64_t quota_count(const struct quotas *quotas, enum quota_kind kind, uint64_t of)
{
	return word_table_get(&quotas->counts[kind], of);
}

static bool is_same(const struct quota_share *a, const struct quota_share *b, enum quota_kind kind)
{
	return a->counts[kind] == b->counts[kind] &&
	       (!a->counts[kind] || a->of[kind] == b->of[kind]);
}

static void move(struct quotas *quotas, enum quota_kind kind, const struct quota_share *old,
		 const struct quota_share *next)
{
	struct word_table *counts = &quotas->counts[kind];

	if (!quotas->max[kind] || is_same(old, next, kind))
		return;
	if (old->counts[kind]) {
		uint64_t count = word_table_get(counts, old->of[kind]);

		/* 0: it was not counted when memory was short */
		if (count)
			word_table_set(counts, old->of[kind], count - 1);
	}
	if (next->counts[kind])
		word_table_set(counts, next->of[kind],
			       quota_count(quotas, kind, next->of[kind]) + 1);
}

void quota_move(struct quotas *quotas, const struct quota_share *old,
		const struct quota_share *next)
{
	move(quotas, QUOTA_KEY, old, next);
	move(quotas, QUOTA_LINK_ADDRESS, old, next);
	move(quotas, QUOTA_COA_PREFIX, old, next);
	if (old->domain)
		quotas->domain_counts[old->domain - 1]--;
	if (next->domain)
		quotas->domain_counts[next->domain - 1]++;
}

bool quota_is_full(const struct quotas *quotas, enum quota_kind kind, const struct quota_share *own,
		   const struct quota_share *claim)
{
	return quotas->max[kind] && claim->counts[kind] && !is_same(own, claim, kind) &&
	       quota_count(quotas, kind, claim->of[kind]) >= quotas->max[kind];
}

bool quota_domain_is_full(const struct quotas *quotas, const struct quota_share *own,
			  const struct quota_share *claim)
{
	unsigned int number = claim->domain;

	return number && own->domain != number && quotas->domain_max[number - 1] &&
	       quotas->domain_counts[number - 1] >= quotas->domain_max[number - 1];
}
