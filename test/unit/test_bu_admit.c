// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows that pin care-of tests, room, DAD and what is granted: 8.6, steps 9 and 17 to 20.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/bu_situation.h"

static void prefix_deprecates(struct situation *s)
{
	s->prefixes.at[0].preferred_s = 3600;
}

static void prefix_ends(struct situation *s)
{
	s->prefixes.at[0].valid_s = 7200;
	s->prefixes.at[0].preferred_s = 3600;
}

static void careof_expired(struct situation *s)
{
	situation_careof_index(s);
	s->world.careof = BU_CAREOF_EXPIRED;
}

static void careof_expired_unproven(struct situation *s)
{
	careof_expired(s);
	s->proof = BU_PROOF_UNKNOWN;
}

static void careof_expired_no_phkt(struct situation *s)
{
	careof_expired(s);
	s->entry.context.has_phkt = false;
}

static void require_early(struct situation *s)
{
	s->world.policy.coa_test = COA_TEST_REQUIRE;
}

static void require_complete(struct situation *s)
{
	require_early(s);
	situation_careof_index(s);
}

static void require_deregister(struct situation *s)
{
	require_early(s);
	situation_deregister(s);
}

static void require_not_allowed(struct situation *s)
{
	require_early(s);
	s->world.policy.coa_allowed = false;
}

static void concurrent(struct situation *s)
{
	s->world.policy.coa_test = COA_TEST_CONCURRENT;
}

static void table_full(struct situation *s)
{
	situation_no_entry(s);
	s->world.room = BU_FULL_TABLE;
}

static void table_full_context(struct situation *s)
{
	s->entry.state = BCACHE_CONTEXT;
	s->world.room = BU_FULL_TABLE;
}

static void full_contexts(struct situation *s)
{
	s->world.room = BU_FULL_CONTEXTS;
}

static void full_key(struct situation *s)
{
	s->world.room = BU_FULL_KEY;
}

static void full_link_address(struct situation *s)
{
	s->world.room = BU_FULL_LINK_ADDRESS;
}

static void full_coa_prefix(struct situation *s)
{
	s->world.room = BU_FULL_COA_PREFIX;
}

static void full_domain(struct situation *s)
{
	s->world.room = BU_FULL_DOMAIN;
}

static void full_deregister(struct situation *s)
{
	full_key(s);
	situation_deregister(s);
}

static void strict(struct situation *s)
{
	situation_no_entry(s);
	s->world.dad = DAD_STRICT;
}

static void strict_unproven(struct situation *s)
{
	strict(s);
	s->proof = BU_PROOF_UNKNOWN;
}

static void strict_running(struct situation *s)
{
	strict(s);
	s->world.dad_state = BU_DAD_RUNNING;
}

static void strict_running_full(struct situation *s)
{
	strict_running(s);
	s->world.room = BU_FULL_TABLE;
}

static void strict_free(struct situation *s)
{
	strict(s);
	s->world.dad_state = BU_DAD_FREE;
}

static void strict_taken(struct situation *s)
{
	strict(s);
	s->world.dad_state = BU_DAD_TAKEN;
}

static void strict_taken_phkt(struct situation *s)
{
	s->entry.state = BCACHE_CONTEXT;
	s->world.dad = DAD_STRICT;
	s->world.dad_state = BU_DAD_TAKEN;
}

static void strict_full(struct situation *s)
{
	strict(s);
	s->world.room = BU_FULL_KEY;
}

static void strict_bound(struct situation *s)
{
	s->world.dad = DAD_STRICT;
	s->world.dad_state = BU_DAD_RUNNING;
}

static void strict_tombstone(struct situation *s)
{
	s->world.dad = DAD_STRICT;
	s->entry.state = BCACHE_DELETED;
}

static void optimistic_taken(struct situation *s)
{
	situation_no_entry(s);
	s->world.dad_state = BU_DAD_TAKEN;
}

static void dad_off(struct situation *s)
{
	optimistic_taken(s);
	s->world.dad = DAD_OFF;
}

static void strict_deregister(struct situation *s)
{
	strict_bound(s);
	situation_deregister(s);
}

static void domain_lifetime(struct situation *s)
{
	s->world.policy.max_lifetime_s = 602;
}

static const struct situation_row rows[] = {
	{"C-31 prefix deprecates", BU_METHOD_PHKT, prefix_deprecates, BU_REFRESHED, 1, true, 86400},
	{"C-29 prefix ends first", BU_METHOD_PHKT, prefix_ends, BU_REFRESHED, 1, true, 7200},
	{"C-55 care-of index expired", BU_METHOD_CGA, careof_expired, BU_REFUSE_CAREOF_NONCE, 137,
	 false, 0},
	{"C-55 care-of index expired, PHKT", BU_METHOD_PHKT, careof_expired, BU_REFUSE_CAREOF_NONCE,
	 137, false, 0},
	{"C-55 before the proof", BU_METHOD_PHKT, careof_expired_unproven, BU_REFUSE_CAREOF_NONCE,
	 137, false, 0},
	{"C-73 care-of index valid", BU_METHOD_CGA, situation_careof_index, BU_REFRESHED, 0, true,
	 86400},
	{"C-73 care-of index valid, PHKT", BU_METHOD_PHKT, situation_careof_index, BU_REFRESHED, 0,
	 true, 86400},
	{"C-72 before C-55", BU_METHOD_PHKT, careof_expired_no_phkt, BU_REFUSE_NO_PHKT, 147, false,
	 0},
	{"C-76 require, early", BU_METHOD_CGA, require_early, BU_REFUSE_CAREOF_REQUIRED, 137, false,
	 0},
	{"C-76 require, early PHKT", BU_METHOD_PHKT, require_early, BU_REFUSE_CAREOF_REQUIRED, 137,
	 false, 0},
	{"C-76 require, complete", BU_METHOD_CGA, require_complete, BU_REFRESHED, 0, true, 86400},
	{"C-76 require, complete PHKT", BU_METHOD_PHKT, require_complete, BU_REFRESHED, 0, true,
	 86400},
	{"C-76 require, de-register", BU_METHOD_PHKT, require_deregister, BU_DEREGISTERED, 0, true,
	 0},
	{"C-76 before C-79", BU_METHOD_CGA, require_not_allowed, BU_REFUSE_CAREOF_REQUIRED, 137,
	 false, 0},
	{"C-77 concurrent, early", BU_METHOD_PHKT, concurrent, BU_REFRESHED, 0, true, 86400},
	{"C-34 table full", BU_METHOD_CGA, table_full, BU_REFUSE_TABLE_FULL, 130, false, 0},
	{"C-34 table full, PHKT", BU_METHOD_PHKT, table_full_context, BU_REFUSE_TABLE_FULL, 130,
	 true, 0},
	{"8.8 contexts full", BU_METHOD_CGA, full_contexts, BU_REFUSE_CONTEXT_FULL, 130, false, 0},
	{"T9 HoAs of a key", BU_METHOD_CGA, full_key, BU_REFUSE_KEY_QUOTA, 130, false, 0},
	{"T9 HoAs of a link address", BU_METHOD_CGA, full_link_address,
	 BU_REFUSE_LINK_ADDRESS_QUOTA, 130, false, 0},
	{"T9 CoAs of a prefix", BU_METHOD_CGA, full_coa_prefix, BU_REFUSE_COA_PREFIX_QUOTA, 130,
	 false, 0},
	{"A.5 domain full", BU_METHOD_CGA, full_domain, BU_REFUSE_DOMAIN_QUOTA, 130, false, 0},
	{"T9 with BAD", BU_METHOD_PHKT, full_coa_prefix, BU_REFUSE_COA_PREFIX_QUOTA, 130, true, 0},
	{"C-33 full, de-register", BU_METHOD_PHKT, full_deregister, BU_DEREGISTERED, 0, true, 0},
	{"C-40 strict, not tested", BU_METHOD_CGA, strict, BU_TEST_ADDRESS, 0, false, 0},
	{"C-40 strict after the proof", BU_METHOD_CGA, strict_unproven, BU_PROVE, 0, false, 0},
	{"C-42 strict, running", BU_METHOD_CGA, strict_running, BU_DROP_DAD_RUNNING, 0, false, 0},
	{"C-42 running and full", BU_METHOD_CGA, strict_running_full, BU_DROP_DAD_RUNNING, 0, false,
	 0},
	{"C-40 strict, free", BU_METHOD_CGA, strict_free, BU_REGISTERED, 0, true, 86400},
	{"C-40 strict, taken", BU_METHOD_CGA, strict_taken, BU_REFUSE_DAD, 134, false, 0},
	{"C-40 strict, taken, PHKT", BU_METHOD_PHKT, strict_taken_phkt, BU_REFUSE_DAD, 134, true,
	 0},
	{"C-40 no test for what is refused", BU_METHOD_CGA, strict_full, BU_REFUSE_KEY_QUOTA, 130,
	 false, 0},
	{"C-40 strict, bound", BU_METHOD_CGA, strict_bound, BU_REFRESHED, 0, true, 86400},
	{"C-40 strict, tombstone", BU_METHOD_PHKT, strict_tombstone, BU_TEST_ADDRESS, 0, true, 0},
	{"C-41 optimistic, taken", BU_METHOD_CGA, optimistic_taken, BU_REGISTERED, 0, true, 86400},
	{"A-11 off", BU_METHOD_CGA, dad_off, BU_REGISTERED, 0, true, 86400},
	{"C-40 strict, de-register", BU_METHOD_PHKT, strict_deregister, BU_DEREGISTERED, 0, true,
	 0},
	{"A.5 lifetime of the domain", BU_METHOD_PHKT, domain_lifetime, BU_REFRESHED, 0, true, 600},
};

/* C-28, C-30: granted is the least of what is asked, allowed and left */
static void lifetime_granted(void **state)
{
	struct situation s;

	(void)state;
	situation_good(&s, BU_METHOD_PHKT);
	s.packet.message.bu.lifetime = 5;
	assert_int_equal(situation_decide(&s).lifetime_s, 20);
	s.packet.message.bu.lifetime = 0xffff;
	assert_int_equal(situation_decide(&s).lifetime_s, 86400);
	s.world.max_lifetime_s = 602;
	assert_int_equal(situation_decide(&s).lifetime_s, 600);
}

struct state_row {
	enum bu_method method;
	enum config_coa_test coa_test;
	bool complete, is_bound, same_coa;
	enum binding_state old, next;
};

/* C-77: a CoA is verified by a care-of test, or as long as it stays; `none` asks for no test */
static const struct state_row state_rows[] = {
	{BU_METHOD_PHKT, COA_TEST_NONE, false, true, false, BINDING_UNVERIFIED, BINDING_VERIFIED},
	{BU_METHOD_NONE, COA_TEST_NONE, false, true, false, BINDING_UNVERIFIED, BINDING_VERIFIED},
	{BU_METHOD_PHKT, COA_TEST_CONCURRENT, false, true, false, BINDING_VERIFIED,
	 BINDING_UNVERIFIED},
	{BU_METHOD_PHKT, COA_TEST_CONCURRENT, false, true, true, BINDING_VERIFIED,
	 BINDING_VERIFIED},
	{BU_METHOD_PHKT, COA_TEST_CONCURRENT, false, true, true, BINDING_UNVERIFIED,
	 BINDING_UNVERIFIED},
	{BU_METHOD_PHKT, COA_TEST_CONCURRENT, false, false, true, BINDING_VERIFIED,
	 BINDING_UNVERIFIED},
	{BU_METHOD_PHKT, COA_TEST_CONCURRENT, true, true, false, BINDING_UNVERIFIED,
	 BINDING_VERIFIED},
	{BU_METHOD_CGA, COA_TEST_CONCURRENT, false, true, true, BINDING_VERIFIED, BINDING_VERIFIED},
	{BU_METHOD_CGA, COA_TEST_CONCURRENT, false, true, false, BINDING_VERIFIED,
	 BINDING_UNVERIFIED},
	{BU_METHOD_CGA, COA_TEST_REQUIRE, true, true, false, BINDING_VERIFIED, BINDING_VERIFIED},
	{BU_METHOD_NONE, COA_TEST_CONCURRENT, true, true, false, BINDING_VERIFIED,
	 BINDING_VERIFIED},
};

static void state_of_coa(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(state_rows) / sizeof(state_rows[0]); i++) {
		const struct state_row *row = &state_rows[i];
		struct situation s;
		struct bu_decision decision;

		situation_good(&s, row->method);
		s.world.policy.coa_test = row->coa_test;
		if (row->complete)
			situation_careof_index(&s);
		if (row->method == BU_METHOD_NONE)
			s.packet.message.options.bad = (struct span){NULL, 0};
		s.entry.state = row->is_bound ? BCACHE_BOUND : BCACHE_DELETED;
		s.entry.binding.state = row->old;
		if (!row->same_coa)
			s.entry.binding.coa = situation_address("2001:db8:3::3");
		decision = situation_decide(&s);
		if (decision.verdict > BU_REFRESHED || decision.state != row->next)
			fail_msg("row %zu: verdict %d state %d", i, decision.verdict,
				 decision.state);
		assert_true(decision.complete == (row->complete && row->method != BU_METHOD_NONE));
	}
}

/* C-73: a refused complete BU is answered with its own Kbm; lifetime 0 knows no token */
static void complete_even_if_refused(void **state)
{
	struct situation s;

	(void)state;
	situation_good(&s, BU_METHOD_PHKT);
	situation_careof_index(&s);
	s.entry.context.sequence = 100;
	assert_int_equal(situation_decide(&s).verdict, BU_REFUSE_SEQUENCE);
	assert_true(situation_decide(&s).complete);
	s.entry.context.sequence = 99;
	situation_deregister(&s);
	assert_false(situation_decide(&s).complete);
}

/* C-77: option 15 is answered with option 16 where the answer is authenticated */
static void gives_careof_token(void **state)
{
	struct situation s;

	(void)state;
	for (enum bu_method method = BU_METHOD_NONE; method <= BU_METHOD_PHKT; method++) {
		situation_good(&s, method);
		assert_false(situation_decide(&s).gives_careof_token);
		s.packet.message.options.careof_test_init = true;
		assert_true(situation_decide(&s).gives_careof_token == (method != BU_METHOD_NONE));
		s.world.room = BU_FULL_TABLE;
		assert_false(situation_decide(&s).gives_careof_token);
		s.world.room = BU_ROOM;
		situation_deregister(&s);
		assert_false(situation_decide(&s).gives_careof_token);
	}
}

/* C-37: no advice with a de-registration; RFC 6275 section 6.2.4: less than the lifetime */
static void refresh_advice(void **state)
{
	struct situation s;

	(void)state;
	situation_good(&s, BU_METHOD_PHKT);
	assert_int_equal(situation_decide(&s).refresh_s, 0);
	s.world.bra_advice = true;
	assert_int_equal(situation_decide(&s).refresh_s, 64800);
	s.packet.message.bu.lifetime = 5;
	assert_int_equal(situation_decide(&s).refresh_s, 12);
	s.packet.message.bu.lifetime = 1;
	assert_int_equal(situation_decide(&s).refresh_s, 0);
	situation_deregister(&s);
	assert_int_equal(situation_decide(&s).refresh_s, 0);
}

static void domain_of_coa(void **state)
{
	struct situation s;

	(void)state;
	situation_good(&s, BU_METHOD_PHKT);
	assert_int_equal(situation_decide(&s).domain, 0);
	s.world.policy.domain = 3;
	assert_int_equal(situation_decide(&s).domain, 4);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(lifetime_granted),         cmocka_unit_test(state_of_coa),
		cmocka_unit_test(complete_even_if_refused), cmocka_unit_test(gives_careof_token),
		cmocka_unit_test(refresh_advice),           cmocka_unit_test(domain_of_coa),
	};

	return situation_run("bu_admit", rows, sizeof(rows) / sizeof(rows[0]), others,
			     sizeof(others) / sizeof(others[0]));
}
