// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that shares are counted, moved and given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/keyed_hash.h"
#include "dar/quota.h"

static const struct quota_share none;

static int set_up(void **state)
{
	static const uint8_t key[16] = {7, 8, 9};
	static struct quotas quotas;

	keyed_hash_start(key);
	quotas = (struct quotas){.max = {2, 2, 2}, .domain_max = {0, 2}};
	*state = &quotas;
	return 0;
}

static int tear_down(void **state)
{
	quotas_free(*state);
	return 0;
}

static struct quota_share of(uint64_t key, uint64_t link, uint64_t prefix, uint16_t domain)
{
	return (struct quota_share){{true, true, true}, {key, link, prefix}, domain};
}

/* T9: each limit for itself */
static void full_at_its_limit(void **state)
{
	struct quotas *quotas = *state;
	struct quota_share share = of(1, 2, 3, 2), other = of(4, 5, 6, 1);

	for (unsigned int i = 0; i < 2; i++) {
		for (enum quota_kind kind = 0; kind < QUOTA_KINDS; kind++)
			assert_false(quota_is_full(quotas, kind, &none, &share));
		assert_false(quota_domain_is_full(quotas, &none, &share));
		quota_move(quotas, &none, &share);
	}
	for (enum quota_kind kind = 0; kind < QUOTA_KINDS; kind++) {
		assert_true(quota_is_full(quotas, kind, &none, &share));
		assert_false(quota_is_full(quotas, kind, &none, &other));
		assert_false(quota_is_full(quotas, kind, &none, &none));
		/* what one has already is its own */
		assert_false(quota_is_full(quotas, kind, &share, &share));
	}
	assert_true(quota_domain_is_full(quotas, &none, &share));
	assert_true(quota_domain_is_full(quotas, &other, &share));
	assert_false(quota_domain_is_full(quotas, &share, &share));
	assert_false(quota_domain_is_full(quotas, &none, &none));
}

static void moves_what_changed(void **state)
{
	struct quotas *quotas = *state;
	struct quota_share old = of(1, 2, 3, 1), next = of(1, 9, 8, 2);

	quota_move(quotas, &none, &old);
	quota_move(quotas, &old, &next);
	assert_int_equal(quota_count(quotas, QUOTA_KEY, 1), 1);
	assert_int_equal(quota_count(quotas, QUOTA_LINK_ADDRESS, 2), 0);
	assert_int_equal(quota_count(quotas, QUOTA_LINK_ADDRESS, 9), 1);
	assert_int_equal(quota_count(quotas, QUOTA_COA_PREFIX, 3), 0);
	assert_int_equal(quota_count(quotas, QUOTA_COA_PREFIX, 8), 1);
	assert_int_equal(quotas->domain_counts[0], 0);
	assert_int_equal(quotas->domain_counts[1], 1);
}

/* Nothing stays for what nobody takes up: strangers cannot fill it */
static void nothing_is_left(void **state)
{
	struct quotas *quotas = *state;

	for (uint16_t i = 0; i < 1000; i++) {
		struct quota_share share = of(i, i % 7, i % 3, i % 2);

		quota_move(quotas, &none, &share);
	}
	assert_int_equal(quota_count(quotas, QUOTA_COA_PREFIX, 0), 334);
	assert_int_equal(quotas->domain_counts[0], 500);
	for (uint16_t i = 0; i < 1000; i++) {
		struct quota_share share = of(i, i % 7, i % 3, i % 2);

		quota_move(quotas, &share, &none);
	}
	for (enum quota_kind kind = 0; kind < QUOTA_KINDS; kind++)
		assert_int_equal(quotas->counts[kind].used, 0);
	assert_int_equal(quotas->domain_counts[0], 0);
}

/* Values that are all zeros are values like others: a MAC, a key id, ::/64 */
static void zero_is_a_value(void **state)
{
	struct quotas *quotas = *state;
	struct quota_share zeros = of(0, 0, 0, 0);

	quota_move(quotas, &none, &zeros);
	quota_move(quotas, &none, &zeros);
	assert_true(quota_is_full(quotas, QUOTA_KEY, &none, &zeros));
	assert_false(quota_is_full(quotas, QUOTA_KEY, &none, &none));
}

static void without_limit_nothing_is_kept(void **state)
{
	struct quotas *quotas = *state;
	struct quota_share share = of(1, 2, 3, 1);

	memset(quotas->max, 0, sizeof(quotas->max));
	for (unsigned int i = 0; i < 100; i++)
		quota_move(quotas, &none, &share);
	for (enum quota_kind kind = 0; kind < QUOTA_KINDS; kind++) {
		assert_int_equal(quotas->counts[kind].size, 0);
		assert_false(quota_is_full(quotas, kind, &none, &share));
	}
	assert_false(quota_domain_is_full(quotas, &none, &share));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(full_at_its_limit),
		TEST(moves_what_changed),
		TEST(nothing_is_left),
		TEST(zero_is_a_value),
		TEST(without_limit_nothing_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
