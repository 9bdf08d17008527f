// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows that pin what is taken without proof, by order of the operator (security.legacy).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/bu_situation.h"

static void legacy_unproven(struct situation *s)
{
	s->proof = BU_PROOF_UNKNOWN;
}

static void legacy_not_listed(struct situation *s)
{
	s->world.legacy_allowed = false;
}

static void legacy_had_key(struct situation *s)
{
	s->entry.context.has_key = true;
	s->entry.state = BCACHE_CONTEXT;
}

static void no_hao(struct situation *s)
{
	s->packet.has_hao = false;
}

static void no_alt_coa(struct situation *s)
{
	s->packet.message.options.has_alt_coa = false;
}

static void legacy_old_sequence(struct situation *s)
{
	s->entry.context.sequence = 100;
}

static void alt_coa_not_source(struct situation *s)
{
	s->packet.message.options.alt_coa = situation_address("2001:db8:2::3");
}

static void coa_not_allowed(struct situation *s)
{
	s->world.policy.coa_allowed = false;
}

static void legacy_under_require(struct situation *s)
{
	s->world.policy.coa_test = COA_TEST_REQUIRE;
}

static void nonce_without_bad(struct situation *s)
{
	s->packet.message.options.has_nonce_indices = true;
	s->packet.message.options.careof_nonce = 7;
	s->world.careof = BU_CAREOF_VALID;
}

static void legacy_index_under_require(struct situation *s)
{
	nonce_without_bad(s);
	legacy_under_require(s);
}

static void legacy_home_index(struct situation *s)
{
	nonce_without_bad(s);
	s->packet.message.options.home_nonce = 1;
	s->world.careof = BU_CAREOF_EXPIRED;
}

static void legacy_full(struct situation *s)
{
	situation_no_entry(s);
	s->world.room = BU_FULL_TABLE;
}

static void deregister_home(struct situation *s)
{
	situation_deregister(s);
	s->packet.has_hao = false;
	s->packet.source = s->packet.hao;
}

static void deregister_unbound(struct situation *s)
{
	situation_deregister(s);
	s->entry.state = BCACHE_CONTEXT;
}

static void deregister_twice(struct situation *s)
{
	situation_deregister(s);
	s->entry.state = BCACHE_DELETED;
}

static const struct situation_row rows[] = {
	{"A.5 legacy refresh", BU_METHOD_NONE, situation_as_is, BU_REFRESHED, 0, false, 86400},
	{"A.5 legacy, first", BU_METHOD_NONE, situation_no_entry, BU_REGISTERED, 0, false, 86400},
	{"A.5 legacy needs no proof", BU_METHOD_NONE, legacy_unproven, BU_REFRESHED, 0, false,
	 86400},
	{"A.5 legacy not listed", BU_METHOD_NONE, legacy_not_listed, BU_DROP_NO_PROOF, 0, false, 0},
	{"A.5 legacy after a key", BU_METHOD_NONE, legacy_had_key, BU_DROP_NO_PROOF, 0, false, 0},
	{"A.5 legacy without HAO", BU_METHOD_NONE, no_hao, BU_DROP_NO_HAO, 0, false, 0},
	{"A.5 legacy without option 3", BU_METHOD_NONE, no_alt_coa, BU_DROP_NO_ALT_COA, 0, false,
	 0},
	{"A.5 legacy, C-21", BU_METHOD_NONE, legacy_old_sequence, BU_REFUSE_SEQUENCE, 135, false,
	 0},
	{"A.5 legacy, C-17", BU_METHOD_NONE, alt_coa_not_source, BU_REFUSE_COA_SOURCE, 174, false,
	 0},
	{"A.5 legacy, C-79", BU_METHOD_NONE, coa_not_allowed, BU_REFUSE_COA_POLICY, 174, false, 0},
	{"A.5 legacy: the list vouches, step 9 is skipped", BU_METHOD_NONE, legacy_under_require,
	 BU_REFRESHED, 0, false, 86400},
	{"A.5 legacy, an index is not read", BU_METHOD_NONE, legacy_index_under_require,
	 BU_REFRESHED, 0, false, 86400},
	{"A.5 legacy, option 4 not read", BU_METHOD_NONE, legacy_home_index, BU_REFRESHED, 0, false,
	 86400},
	{"A.5 legacy, C-34", BU_METHOD_NONE, legacy_full, BU_REFUSE_TABLE_FULL, 130, false, 0},
	{"A.5 legacy de-register", BU_METHOD_NONE, situation_deregister, BU_DEREGISTERED, 0, false,
	 0},
	{"A.5 legacy from home", BU_METHOD_NONE, deregister_home, BU_DEREGISTERED, 0, false, 0},
	{"A.5 legacy, C-36", BU_METHOD_NONE, deregister_unbound, BU_REFUSE_NOT_BOUND, 133, false,
	 0},
	{"A.5 legacy, C-38", BU_METHOD_NONE, deregister_twice, BU_DEREGISTERED, 0, false, 0},
};

int main(void)
{
	return situation_run("bu_legacy", rows, sizeof(rows) / sizeof(rows[0]), NULL, 0);
}
