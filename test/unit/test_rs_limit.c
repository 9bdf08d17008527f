// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of T14: how many Router Solicitations are answered one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/keyed_hash.h"
#include "dar/rs_limit.h"

#define MS(n) ((n) * (CLOCK_SECOND_NS / 1000))

static struct rs_limit limit;

static int start(void **state)
{
	static const uint8_t key[16] = "a key of a test";

	(void)state;
	keyed_hash_start(key);
	rs_limit_init(&limit, MS(1000));
	return 0;
}

/* Of `count` solicitations of one host in one moment, how many are answered. */
static unsigned int answered(uint32_t host, unsigned int count, uint64_t now_ns)
{
	unsigned int taken = 0;

	for (unsigned int i = 0; i < count; i++)
		taken += rs_limit_take(&limit, &host, sizeof(host), now_ns);
	return taken;
}

static void t14_ten_a_second_and_host(void **state)
{
	static const struct {
		uint32_t at_ms, asked, answered;
	} rows[] = {{1000, 50, 10}, {1099, 5, 0}, {1100, 5, 1}, {2000, 50, 9}, {60000, 50, 10}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(answered(7, rows[i].asked, MS(rows[i].at_ms)), rows[i].answered);
}

static void t14_two_hundred_a_second_and_link(void **state)
{
	unsigned int taken = 0;

	(void)state;
	for (uint32_t host = 0; host < 1000; host++)
		taken += answered(host, 1, MS(1000));
	assert_int_equal(taken, 200);
	for (uint32_t host = 1000; host < 2000; host++)
		taken += answered(host, 1, MS(1500));
	assert_int_equal(taken, 300);
}

static void t14_one_host_over_its_rate_leaves_the_link_to_the_others(void **state)
{
	unsigned int taken;

	(void)state;
	assert_int_equal(answered(7, 100000, MS(1000)), 10);
	taken = 0;
	for (uint32_t host = 100; host < 150; host++)
		taken += answered(host, 1, MS(1000));
	assert_true(taken >= 45); /* but for those that share its slot */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(t14_ten_a_second_and_host, start),
		cmocka_unit_test_setup(t14_two_hundred_a_second_and_link, start),
		cmocka_unit_test_setup(t14_one_host_over_its_rate_leaves_the_link_to_the_others,
				       start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
