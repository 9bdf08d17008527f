// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that deadlines come in order, whatever was set, moved and cancelled between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/deadline.h"

enum { COUNT = 500, STEPS = 20000 };

static uint32_t next_random(uint32_t *seed)
{
	return *seed = *seed * 1664525 + 1013904223;
}

/* The earliest of those that wait, found the slow way. */
static uint64_t earliest(const struct deadline *all)
{
	uint64_t at_ns = UINT64_MAX;

	for (unsigned int i = 0; i < COUNT; i++) {
		if (all[i].position && all[i].at_ns < at_ns)
			at_ns = all[i].at_ns;
	}
	return at_ns;
}

static void first_is_earliest(void **state)
{
	static struct deadline all[COUNT];
	struct deadlines deadlines = {.heap = NULL};
	uint32_t seed = 1, waiting = 0;

	(void)state;
	assert_null(deadline_first(&deadlines));
	for (unsigned int i = 0; i < STEPS; i++) {
		struct deadline *d = &all[next_random(&seed) / 65536 % COUNT];

		if (next_random(&seed) / 65536 % 4) {
			waiting += !d->position;
			assert_int_equal(
				deadline_set(&deadlines, d, next_random(&seed) / 65536 % 1000), 0);
		} else {
			waiting -= !!d->position;
			deadline_cancel(&deadlines, d);
			assert_int_equal(d->position, 0);
		}
		assert_int_equal(deadlines.count, waiting);
		if (waiting)
			assert_int_equal(deadline_first(&deadlines)->at_ns, earliest(all));
		else
			assert_null(deadline_first(&deadlines));
	}
	deadlines_free(&deadlines);
}

static void drains_in_order(void **state)
{
	static struct deadline all[COUNT];
	struct deadlines deadlines = {.heap = NULL};
	struct deadline *first;
	uint64_t last = 0;
	unsigned int count = 0;

	(void)state;
	for (unsigned int i = 0; i < COUNT; i++)
		assert_int_equal(deadline_set(&deadlines, &all[i], i * 7919 % 503), 0);
	for (; (first = deadline_first(&deadlines)); count++) {
		assert_true(first->at_ns >= last);
		last = first->at_ns;
		deadline_cancel(&deadlines, first);
	}
	assert_int_equal(count, COUNT);
	deadlines_free(&deadlines);
	assert_null(deadline_first(&deadlines));
}

static void cancelled_twice_is_fine(void **state)
{
	struct deadlines deadlines = {.heap = NULL};
	struct deadline one = {.at_ns = 0};

	(void)state;
	deadline_cancel(&deadlines, &one);
	assert_int_equal(deadline_set(&deadlines, &one, 5), 0);
	deadline_cancel(&deadlines, &one);
	deadline_cancel(&deadlines, &one);
	assert_null(deadline_first(&deadlines));
	deadlines_free(&deadlines);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_is_earliest),
		cmocka_unit_test(drains_in_order),
		cmocka_unit_test(cancelled_twice_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
