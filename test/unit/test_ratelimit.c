// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of base/ratelimit, in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/ratelimit.h"

static unsigned int taken(struct ratelimit *r, unsigned int tries, uint64_t now_ns)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < tries; i++)
		count += ratelimit_take(r, now_ns);
	return count;
}

static const struct {
	uint32_t per_second, burst;
	uint64_t later_ns;
	unsigned int at_once, later;
} rows[] = {
	{10, 20, CLOCK_SECOND_NS, 20, 10},
	{10, 20, CLOCK_SECOND_NS / 10, 20, 1},
	{10, 20, CLOCK_SECOND_NS / 10 - 1, 20, 0},
	{10, 20, 3600 * CLOCK_SECOND_NS, 20, 20},
	{1000000, 5, 1000, 5, 1},
	{0, 20, CLOCK_SECOND_NS, 0, 0},
};

static void test_take(void **state)
{
	const uint64_t start = 5 * CLOCK_SECOND_NS;
	struct ratelimit r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ratelimit_init(&r, rows[i].per_second, rows[i].burst, start);
		assert_int_equal(taken(&r, 1000, start), rows[i].at_once);
		assert_int_equal(taken(&r, 1000, start + rows[i].later_ns), rows[i].later);
	}
}

static void test_tokens(void **state)
{
	struct ratelimit r;

	(void)state;
	ratelimit_init(&r, 10, 20, 0);
	assert_int_equal(ratelimit_tokens(&r, 0), 20);
	assert_int_equal(ratelimit_wait_ns(&r, 0), 0);
	taken(&r, 20, 0);
	assert_int_equal(ratelimit_tokens(&r, 0), 0);
	assert_int_equal(ratelimit_tokens(&r, CLOCK_SECOND_NS / 2), 5);
	assert_int_equal(ratelimit_tokens(&r, 100 * CLOCK_SECOND_NS), 20);
	assert_int_equal(ratelimit_wait_ns(&r, 0), CLOCK_SECOND_NS / 10);
	assert_int_equal(ratelimit_wait_ns(&r, CLOCK_SECOND_NS / 10), 0);
	ratelimit_init(&r, 0, 0, 0);
	assert_int_equal(ratelimit_tokens(&r, CLOCK_SECOND_NS), 0);
	assert_true(ratelimit_wait_ns(&r, CLOCK_SECOND_NS) == UINT64_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_tokens),
	};

	return cmocka_run_group_tests_name("ratelimit", tests, NULL, NULL);
}
