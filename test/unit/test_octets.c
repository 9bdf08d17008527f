// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of the cursors of base/octets.h. */
#include "base/octets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t OCTETS[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static void numbers_are_read_in_network_order(void **state)
{
	struct reader r = reader_of(OCTETS, sizeof(OCTETS));

	(void)state;
	assert_int_equal(read_u8(&r), 0x01);
	assert_int_equal(read_be16(&r), 0x0203);
	assert_int_equal(read_be32(&r), 0x04050607);
	assert_true(read_be64(&r) == 0x08090a0b0c0d0e0full);
	assert_int_equal(r.left, 0);
	assert_false(r.failed);
}

static void a_span_points_into_the_octets(void **state)
{
	struct reader r = reader_of(OCTETS, sizeof(OCTETS));
	struct span span;

	(void)state;
	read_skip(&r, 2);
	span = read_span(&r, 3);
	assert_ptr_equal(span.at, OCTETS + 2);
	assert_int_equal(span.len, 3);
	span = read_span(&r, 0);
	assert_ptr_equal(span.at, OCTETS + 5);
	assert_int_equal(span.len, 0);
	assert_int_equal(r.left, sizeof(OCTETS) - 5);
}

/* Each way to read, with one octet less than it needs. */
static void C_13_a_read_past_the_end_yields_zeros_and_stays_failed(void **state)
{
	uint8_t out[3] = {9, 9, 9};
	struct reader r;

	(void)state;
	for (size_t need = 1; need <= 8; need *= 2) {
		r = reader_of(OCTETS, need - 1);
		assert_true((need == 1   ? read_u8(&r)
			     : need == 2 ? read_be16(&r)
			     : need == 4 ? read_be32(&r)
					 : read_be64(&r)) == 0);
		assert_true(r.failed);
		assert_int_equal(r.left, need - 1);
		assert_int_equal(read_u8(&r), 0);
		assert_int_equal(r.left, need - 1);
	}
	r = reader_of(OCTETS, 2);
	read_octets(&r, out, sizeof(out));
	assert_memory_equal(out, "\0\0\0", 3);
	assert_null(read_span(&r, 1).at);
	assert_int_equal(read_span(&r, 1).len, 0);
	assert_true(r.failed);
	r = reader_of(OCTETS, 2);
	read_skip(&r, SIZE_MAX);
	assert_true(r.failed);
	assert_int_equal(r.left, 2);
}

static void an_empty_reader_may_have_no_octets(void **state)
{
	struct reader r = reader_of(NULL, 0);

	(void)state;
	read_skip(&r, 0);
	assert_false(r.failed);
	assert_int_equal(read_u8(&r), 0);
	assert_true(r.failed);
}

static void numbers_are_written_in_network_order(void **state)
{
	uint8_t out[20];
	struct writer w = writer_of(out, sizeof(out));

	(void)state;
	memset(out, 0xee, sizeof(out));
	write_u8(&w, 0x01);
	write_be16(&w, 0x0203);
	write_be32(&w, 0x04050607);
	write_be64(&w, 0x08090a0b0c0d0e0full);
	assert_int_equal(w.len, sizeof(OCTETS));
	assert_memory_equal(out, OCTETS, sizeof(OCTETS));
	write_zeros(&w, 2);
	write_octets(&w, OCTETS, 3);
	write_octets(&w, NULL, 0);
	assert_memory_equal(out + sizeof(OCTETS), "\0\0\1\2\3", 5);
	assert_int_equal(w.len, sizeof(out));
	assert_false(w.failed);
}

static void a_write_past_the_size_writes_nothing_and_stays_failed(void **state)
{
	uint8_t out[8];
	struct writer w;

	(void)state;
	for (size_t need = 1; need <= 8; need *= 2) {
		memset(out, 0xee, sizeof(out));
		w = writer_of(out, need - 1);
		if (need == 1)
			write_u8(&w, 1);
		else if (need == 2)
			write_be16(&w, 1);
		else if (need == 4)
			write_be32(&w, 1);
		else
			write_be64(&w, 1);
		assert_true(w.failed);
		write_zeros(&w, 1);
		assert_int_equal(w.len, 0);
		assert_memory_equal(out, "\xee\xee\xee\xee\xee\xee\xee\xee", 8);
	}
	w = writer_of(out, 4);
	write_u8(&w, 7);
	write_octets(&w, OCTETS, 4);
	assert_true(w.failed);
	write_octets(&w, OCTETS, 1);
	assert_int_equal(w.len, 1);
	assert_memory_equal(out, "\x07\xee\xee\xee", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_in_network_order),
		cmocka_unit_test(a_span_points_into_the_octets),
		cmocka_unit_test(C_13_a_read_past_the_end_yields_zeros_and_stays_failed),
		cmocka_unit_test(an_empty_reader_may_have_no_octets),
		cmocka_unit_test(numbers_are_written_in_network_order),
		cmocka_unit_test(a_write_past_the_size_writes_nothing_and_stays_failed),
	};

	return cmocka_run_group_tests_name("octets", tests, NULL, NULL);
}
