// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that the compact table keeps what it was given, against a plain array. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/keyed_hash.h"
#include "base/word_table.h"

enum { KEYS = 700, STEPS = 200000 };

static int set_up(void **state)
{
	static const uint8_t key[16] = {4, 5, 6};

	(void)state;
	keyed_hash_start(key);
	return 0;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

static void keeps_what_it_is_given(void **state)
{
	static uint64_t model[KEYS];
	struct word_table table = {.slots = NULL};
	uint32_t seed = 7, used = 0;

	(void)state;
	for (unsigned int i = 0; i < STEPS; i++) {
		uint32_t key = next_random(&seed) % KEYS;
		/* now full, now nearly empty */
		uint64_t value = next_random(&seed) % 8 < (i / 20000 % 2 ? 2 : 6) ? i + 1 : 0;

		used += (value != 0) - (model[key] != 0);
		model[key] = value;
		assert_int_equal(word_table_set(&table, key, value), 0);
		assert_int_equal(table.used, used);
		key = next_random(&seed) % KEYS;
		assert_int_equal(word_table_get(&table, key), model[key]);
	}
	for (uint32_t key = 0; key < KEYS; key++)
		assert_int_equal(word_table_get(&table, key), model[key]);
	word_table_free(&table);
	assert_int_equal(word_table_get(&table, 1), 0);
}

static void empty_table(void **state)
{
	struct word_table table = {.slots = NULL};

	(void)state;
	assert_int_equal(word_table_get(&table, 0), 0);
	assert_int_equal(word_table_set(&table, 0, 0), 0);
	assert_int_equal(word_table_set(&table, 0, 9), 0);
	assert_int_equal(word_table_get(&table, 0), 9);
	word_table_free(&table);
}

/* 16 octets at 0.6 to 0.75 full, at any number of keys */
static void takes_at_most_27_octets_a_key(void **state)
{
	struct word_table table = {.slots = NULL};

	(void)state;
	for (uint64_t key = 1; key <= 100000; key++) {
		assert_int_equal(word_table_set(&table, key, 1), 0);
		if (key >= 100 && (uint64_t)table.size * 16 > key * 27)
			fail_msg("%u slots for %u keys", table.size, (unsigned int)key);
	}
	assert_true(malloc_usable_size(table.slots) <= 100000 * 27 + 4096);
	word_table_free(&table);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_it_is_given),
		cmocka_unit_test(empty_table),
		cmocka_unit_test(takes_at_most_27_octets_a_key),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
