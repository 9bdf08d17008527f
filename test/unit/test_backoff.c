// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of M-14 and M-15: when a BU may be repeated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "mn/backoff.h"

#define MS(n) ((n) * (CLOCK_SECOND_NS / 1000))

static void m14_doubles_from_1500_ms_without_a_binding(void **state)
{
	static const uint32_t expected[] = {1500, 3000, 6000, 12000, 24000, 32000, 32000};
	uint32_t wait = backoff_initial_ms(false);

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		assert_int_equal(wait, expected[i]);
		wait = backoff_next_ms(wait);
	}
}

static void m14_doubles_from_1000_ms_with_a_binding(void **state)
{
	static const uint32_t expected[] = {1000, 2000, 4000, 8000, 16000, 32000, 32000};
	uint32_t wait = backoff_initial_ms(true);

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		assert_int_equal(wait, expected[i]);
		wait = backoff_next_ms(wait);
	}
}

static void m15_three_a_second_and_no_more(void **state)
{
	static const struct {
		uint64_t at_ms, wait_ms;
	} rows[] = {
		{1, 0},    {2, 0},    {3, 0},       {3, 998},  {500, 501},  {1000, 1},
		{1001, 0}, {1001, 1}, {1002, 0},    {1003, 0}, {1004, 997}, {5000, 0},
		{5000, 0}, {5000, 0}, {5000, 1000}, {5999, 1}, {6000, 0},
	};
	struct update_rate rate = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t wait = update_rate_wait_ns(&rate, MS(rows[i].at_ms));

		assert_int_equal(wait, MS(rows[i].wait_ms));
		if (!wait)
			update_rate_note(&rate, MS(rows[i].at_ms));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(m14_doubles_from_1500_ms_without_a_binding),
		cmocka_unit_test(m14_doubles_from_1000_ms_with_a_binding),
		cmocka_unit_test(m15_three_a_second_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
