// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of: when multicast Router Advertisements go out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "dar/ra_schedule.h"

#define MS(n) ((uint64_t)(n)*1000000)

enum { START = 5000 };

static struct ra_schedule schedule_of(uint32_t min_interval_ms, uint32_t max_interval_ms)
{
	struct ra_schedule schedule = {.min_interval_ms = min_interval_ms,
				       .max_interval_ms = max_interval_ms};

	ra_schedule_restart(&schedule, MS(START));
	return schedule;
}

static void r10_distance_is_3_s_or_the_smaller_interval(void **state)
{
	static const struct {
		uint32_t min_interval_ms, distance_ms;
	} rows[] = {{30, 30}, {200, 200}, {2999, 2999}, {3000, 3000}, {3001, 3000}, {600000, 3000}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ra_schedule schedule = {.min_interval_ms = rows[i].min_interval_ms};

		assert_int_equal(ra_schedule_distance_ms(&schedule), rows[i].distance_ms);
	}
}

static void the_first_goes_out_at_once_and_three_come_close(void **state)
{
	struct ra_schedule schedule = schedule_of(200000, 600000);
	uint64_t now = schedule.next_ns;

	(void)state;
	assert_int_equal(now, MS(START));
	for (int i = 0; i < 2; i++) { /* MAX_INITIAL_RTR_ADVERT_INTERVAL */
		ra_schedule_sent(&schedule, now);
		assert_int_equal(schedule.next_ns - now, MS(16000));
		now = schedule.next_ns;
	}
	ra_schedule_sent(&schedule, now);
	assert_true(schedule.next_ns - now >= MS(200000));
}

static void intervals_lie_between_minimum_and_maximum(void **state)
{
	struct ra_schedule schedule = schedule_of(3000, 10000);
	uint64_t now = MS(START), least = UINT64_MAX, most = 0;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		uint64_t wait;

		ra_schedule_sent(&schedule, now);
		wait = schedule.next_ns - now;
		assert_in_range(wait, MS(3000), MS(10000));
		least = wait < least ? wait : least;
		most = wait > most ? wait : most;
		now = schedule.next_ns;
	}
	assert_true(least < MS(3500) && most > MS(9500));
}

/* after the delay drawn; R-10: counted from when the distance is kept; a multicast RA that
 * comes sooner anyway serves; several solicitations wait for one. */
static void r09_a_solicitation_waits_for_delay_and_distance(void **state)
{
	static const struct {
		uint32_t asked_ms, delay_ms, at_ms; /* after the last RA */
	} rows[] = {
		{0, 0, 3000},    {1, 500, 3500},    {2999, 0, 3000},   {3000, 0, 3000},
		{3001, 0, 3001}, {3001, 500, 3501}, {4000, 500, 4500}, {60000, 7, 60007},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ra_schedule schedule = schedule_of(600000, 600000);

		schedule.initial_left = 0;
		ra_schedule_sent(&schedule, MS(START));
		ra_schedule_solicited(&schedule, rows[i].delay_ms, MS(START + rows[i].asked_ms));
		assert_int_equal(schedule.next_ns, MS(START + rows[i].at_ms));
		ra_schedule_solicited(&schedule, 500, MS(START + rows[i].asked_ms));
		assert_int_equal(schedule.next_ns, MS(START + rows[i].at_ms));
	}
}

/* R-10 under whatever comes: solicitations at random, the link going up and down. */
static void r10_no_two_are_closer_than_the_distance(void **state)
{
	static const uint32_t intervals[] = {30, 200, 3000, 9000};

	(void)state;
	for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
		struct ra_schedule schedule = schedule_of(intervals[i], 2 * intervals[i]);
		uint64_t distance = MS(ra_schedule_distance_ms(&schedule));
		uint64_t now = MS(START), sent = 0;

		for (int step = 0; step < 20000; step++) {
			now += MS(random_below(intervals[i] / 4 + 1));
			if (random_below(50) == 0)
				ra_schedule_restart(&schedule, now);
			else if (random_below(2) == 0)
				ra_schedule_solicited(&schedule, random_below(501), now);
			if (now < schedule.next_ns)
				continue;
			assert_true(!sent || now - sent >= distance);
			ra_schedule_sent(&schedule, now);
			sent = now;
		}
	}
}

static void a_refusal_is_tried_again_soon(void **state)
{
	struct ra_schedule schedule = schedule_of(3000, 10000);

	(void)state;
	ra_schedule_failed(&schedule, MS(START));
	assert_int_equal(schedule.next_ns, MS(START + 500));
	assert_int_equal(schedule.initial_left, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r10_distance_is_3_s_or_the_smaller_interval),
		cmocka_unit_test(the_first_goes_out_at_once_and_three_come_close),
		cmocka_unit_test(intervals_lie_between_minimum_and_maximum),
		cmocka_unit_test(r09_a_solicitation_waits_for_delay_and_distance),
		cmocka_unit_test(r10_no_two_are_closer_than_the_distance),
		cmocka_unit_test(a_refusal_is_tried_again_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
