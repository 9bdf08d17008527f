// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of options as parsed: values, extents, the layout of options 12 and 13. */
#include "wire/mh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/hex.h"

#define ADDRESS "20010db8000200000000000000000001"

static bool span_is(struct span span, const char *digits)
{
	struct hex hex = hex_octets(digits);

	return span.len == hex.len && memcmp(span.at, hex.at, hex.len) == 0;
}

/* Options 11 to 16 stand at odd offsets: RFC 4866 gives them no alignment. */
static void C_10_the_value_of_each_option_is_read(void **state)
{
	struct hex hex = hex_octets("3b0b0500 0000 1234 c000 0001 00 0f00 0b00 1008d0d1d2d3d4d5d6d7"
				    "0e03aabbcc 02020064 0310" ADDRESS "0a08ea00000012345678"
				    "04040001ffff 0c021122 0d03010203 010100"
				    "050ca0a1a2a3a4a5a6a7a8a9aaab");
	struct mh_message m;
	const struct mh_options *o = &m.options;

	(void)state;
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_OK);
	assert_true(o->has_refresh_advice && o->has_alt_coa && o->has_nonce_indices);
	assert_true(o->has_timestamp && o->has_careof_token && o->careof_test_init);
	assert_true(o->cga_request);
	assert_int_equal(o->refresh_advice, 100);
	assert_memory_equal(&o->alt_coa, hex_octets(ADDRESS).at, sizeof(o->alt_coa));
	assert_int_equal(o->home_nonce, 1);
	assert_int_equal(o->careof_nonce, 0xffff);
	assert_true(o->timestamp == 0xea00000012345678ull);
	assert_memory_equal(o->careof_token, hex_octets("d0d1d2d3d4d5d6d7").at, MH_TOKEN_LEN);
	assert_true(span_is(o->phkt, "aabbcc"));
	assert_true(span_is(o->signature, "010203"));
	assert_true(span_is(o->bad, "a0a1a2a3a4a5a6a7a8a9aaab"));
	assert_int_equal(o->cga_chunk_count, 1);
	assert_true(span_is(o->cga_chunks[0], "1122"));
	assert_int_equal(o->cga_layout, MH_CGA_SIGNED);
	assert_int_equal(o->signed_len, 74);
	assert_int_equal(o->mac_len, hex.len - MH_BAD_LEN);
}

/* C-60, A-32: what follows the last option 12 is not signed; a time there is anybody's word. */
static void C_60_a_timestamp_behind_option_12_is_none(void **state)
{
	struct hex hex = hex_octets("3b050500 0000 1234 c000 0001 0310" ADDRESS "0c021122"
				    "0d03010203 0100 0a08ea00000012345678");
	struct mh_message m;

	(void)state;
	hex.at[hex.len++] = IP6_MHOPT_PAD1;
	while (hex.len % 8)
		hex.at[hex.len++] = IP6_MHOPT_PAD1;
	hex.at[1] = (uint8_t)(hex.len / 8 - 1);
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_OK);
	assert_int_equal(m.options.cga_layout, MH_CGA_SIGNED);
	assert_false(m.options.has_timestamp);
	assert_true(m.options.timestamp == 0);
}

static void nothing_is_there_that_was_not_sent(void **state)
{
	struct hex hex = hex_octets("3b010500 0000 1234 c000 0001 01020000");
	static const struct mh_options none;
	struct mh_message m;

	(void)state;
	memset(&m, 0xff, sizeof(m));
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_OK);
	assert_memory_equal(&m.options, &none, sizeof(none));
}

/* An option of `len` octets; type 0 is Pad1. */
struct tlv {
	uint8_t type, len;
};

struct layout_row {
	const char *name;
	struct tlv options[6]; /* ends with {0, 1} */
	enum mh_cga_layout layout;
	size_t signed_len;
};

/* clang-format off */
static const struct layout_row LAYOUTS[] = {
	{"no 12", {{11, 0}, {0, 1}}, MH_CGA_ABSENT, 0},
	{"12, 13", {{12, 10}, {13, 4}, {0, 1}}, MH_CGA_SIGNED, 24},
	{"13 at an odd offset", {{0, 0}, {12, 10}, {13, 4}, {11, 0}, {0, 1}}, MH_CGA_SIGNED, 25},
	{"one chunk of 255", {{12, 255}, {13, 255}, {0, 1}}, MH_CGA_SIGNED, 269},
	{"C-56 255, 63", {{12, 255}, {12, 63}, {13, 4}, {0, 1}}, MH_CGA_SIGNED, 334},
	{"C-56 255, 255", {{12, 255}, {12, 255}, {13, 4}, {0, 1}}, MH_CGA_SIGNED, 526},
	{"C-56 255, 255, 1", {{12, 255}, {12, 255}, {12, 1}, {13, 4}, {0, 1}}, MH_CGA_SIGNED, 529},
	{"C-56 first of 254", {{12, 254}, {12, 64}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 334},
	{"C-56 second of 254", {{12, 255}, {12, 254}, {12, 1}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 528},
	{"C-56 Pad1 between chunks", {{12, 255}, {0, 0}, {12, 63}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 335},
	{"C-56 PadN between chunks", {{12, 255}, {1, 0}, {12, 63}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 336},
	{"C-56 two Pad1 between chunks", {{12, 255}, {0, 0}, {0, 0}, {12, 63}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 336},
	{"C-56 unknown between chunks", {{12, 255}, {200, 5}, {12, 63}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 341},
	{"C-56 13 between chunks", {{12, 255}, {13, 4}, {12, 63}, {0, 1}}, MH_CGA_BROKEN, 340},
	{"C-57 no 13", {{12, 10}, {0, 1}}, MH_CGA_BROKEN, 24},
	{"C-57 Pad1 before 13", {{12, 10}, {0, 0}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 24},
	{"C-57 PadN before 13", {{12, 10}, {1, 2}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 24},
	{"C-57 11 before 13", {{12, 10}, {11, 0}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 24},
	{"C-57 unknown before 13", {{12, 10}, {99, 0}, {13, 4}, {0, 1}}, MH_CGA_BROKEN, 24},
	{"C-57 13 before 12", {{13, 4}, {12, 10}, {0, 1}}, MH_CGA_BROKEN, 30},
	{"13 alone", {{13, 4}, {0, 1}}, MH_CGA_BROKEN, 0},
};
/* clang-format on */

static void lay_out(const struct layout_row *row, struct hex *out)
{
	*out = hex_octets("3b000500 0000 1234 c000 0001");
	for (const struct tlv *o = row->options; o->type || !o->len; o++) {
		out->at[out->len++] = o->type;
		if (!o->type)
			continue;
		out->at[out->len++] = o->len;
		memset(out->at + out->len, 0x5a, o->len);
		out->len += o->len;
	}
	while (out->len % 8)
		out->at[out->len++] = IP6_MHOPT_PAD1;
	out->at[1] = (uint8_t)(out->len / 8 - 1);
}

static void C_56_C_57_layout_of_options_12_and_13(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(LAYOUTS) / sizeof(LAYOUTS[0]); i++) {
		const struct layout_row *row = &LAYOUTS[i];
		struct mh_message m;
		struct hex hex;
		enum mh_fault fault;

		lay_out(row, &hex);
		fault = mh_parse(hex.at, hex.len, &m);
		if (fault != MH_OK)
			fail_msg("%s: %s", row->name, mh_fault_name(fault));
		if (m.options.cga_layout != row->layout || m.options.signed_len != row->signed_len)
			fail_msg("%s: layout %d, %zu octets signed", row->name,
				 m.options.cga_layout, m.options.signed_len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C_10_the_value_of_each_option_is_read),
		cmocka_unit_test(C_60_a_timestamp_behind_option_12_is_none),
		cmocka_unit_test(nothing_is_there_that_was_not_sent),
		cmocka_unit_test(C_56_C_57_layout_of_options_12_and_13),
	};

	return cmocka_run_group_tests_name("mh_option", tests, NULL, NULL);
}
