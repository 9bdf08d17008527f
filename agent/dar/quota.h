/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the counts behind the limits: HoAs of a key, of a link-layer address, CoAs of a /64 and of
 * a domain. */
#ifndef FAMA_QUOTA_H
#define FAMA_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/word_table.h"
#include "config/config.h"

enum quota_kind { QUOTA_KEY, QUOTA_LINK_ADDRESS, QUOTA_COA_PREFIX, QUOTA_KINDS };

/* What one entry takes up, or would: each is a key id, a MAC, the first half of an address. */
struct quota_share {
	bool counts[QUOTA_KINDS];
	uint64_t of[QUOTA_KINDS];
	uint16_t domain; /* + 1; 0: none */
};

/* A maximum of 0 is no limit, and nothing is counted for it. */
struct quotas {
	uint32_t max[QUOTA_KINDS];
	uint32_t domain_max[CONFIG_DOMAIN_MAX];
	struct word_table counts[QUOTA_KINDS];
	uint32_t domain_counts[CONFIG_DOMAIN_MAX];
};

void quotas_free(struct quotas *quotas);
/* One entry took `old` and takes `next` from now on. Out of memory it goes uncounted. */
void quota_move(struct quotas *quotas, const struct quota_share *old,
		const struct quota_share *next);
uint64_t quota_count(const struct quotas *quotas, enum quota_kind kind, uint64_t of);

/* No room for `claim` by one that has `own` already. */
bool quota_is_full(const struct quotas *quotas, enum quota_kind kind, const struct quota_share *own,
		   const struct quota_share *claim);
bool quota_domain_is_full(const struct quotas *quotas, const struct quota_share *own,
			  const struct quota_share *claim);

#endif
