// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of mh_build(): octets of each type, order, alignment, limits. */
#include "wire/mh.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/hex.h"

static const struct in6_addr COA = {{{0x20, 0x01, 0x0d, 0xb8, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}};
static const uint8_t COOKIE[] = {0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7};
static const uint8_t TOKEN[] = {0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7};
static const uint64_t TIMESTAMP = 0xea00000012345678ull;
static const uint8_t FILL[MH_LEN_MAX] = {[0 ... MH_LEN_MAX - 1] = 0x5a};

#define COA_DIGITS "20010db8000200000000000000000001"
#define BU         .type = IP6_MH_TYPE_BU, .sequence = 0x1234, .flags = 0xc000, .lifetime = 1
#define BA         .type = IP6_MH_TYPE_BA, .status = 1, .sequence = 0x1234, .lifetime = 2

struct build_row {
	const char *name;
	struct mh_build what;
	const char *octets;
	size_t signed_len, signature_at, mac_len;
};

static const struct build_row ROWS[] = {
	{"BRR", {.type = IP6_MH_TYPE_BRR}, "3b000000 00000000"},
	{"HoTI",
	 {.type = IP6_MH_TYPE_HOTI, .cookie = COOKIE},
	 "3b010100 00000000 c0c1c2c3c4c5c6c7"},
	{"CoTI",
	 {.type = IP6_MH_TYPE_COTI, .cookie = COOKIE},
	 "3b010200 00000000 c0c1c2c3c4c5c6c7"},
	{"HoT",
	 {.type = IP6_MH_TYPE_HOT, .nonce = 0x0102, .cookie = COOKIE, .token = TOKEN},
	 "3b020300 0000 0102 c0c1c2c3c4c5c6c7 d0d1d2d3d4d5d6d7"},
	{"CoT",
	 {.type = IP6_MH_TYPE_COT, .nonce = 7, .cookie = COOKIE, .token = TOKEN},
	 "3b020400 0000 0007 c0c1c2c3c4c5c6c7 d0d1d2d3d4d5d6d7"},
	{"BE about ::",
	 {.type = IP6_MH_TYPE_BE, .status = 2},
	 "3b020700 0000 0200 00000000000000000000000000000000"},
	{"BE about a home address",
	 {.type = IP6_MH_TYPE_BE, .status = 1, .hoa = &COA},
	 "3b020700 0000 0100" COA_DIGITS},
	{"BU without options", {BU}, "3b010500 0000 1234 c000 0001 01020000"},
	{"BA: low 8 bits of flags",
	 {BA, .flags = 0xab80},
	 "3b010600 0000 01 80 1234 0002 01020000"},
	{"BU authenticated",
	 {BU, .bad = true},
	 "3b030500 0000 1234 c000 0001 010400000000 050c000000000000000000000000",
	 .mac_len = 20},
	{"BU with option 15 before 5",
	 {BU, .careof_test_init = true, .bad = true},
	 "3b030500 0000 1234 c000 0001 0f00 01020000 050c000000000000000000000000",
	 .mac_len = 20},
	{"BU with option 4, then Pad1 never needed",
	 {BU, .has_nonce_indices = true, .home_nonce = 0, .careof_nonce = 0xffff, .bad = true},
	 "3b030500 0000 1234 c000 0001 04040000ffff 050c000000000000000000000000",
	 .mac_len = 20},
	{"every option of a BU in its order",
	 {BU, .alt_coa = &COA, .timestamp = &TIMESTAMP, .cga_params = {FILL, 3}, .signature_len = 2,
	  .careof_test_init = true, .cga_request = true, .has_nonce_indices = true, .home_nonce = 1,
	  .careof_nonce = 7, .bad = true},
	 "3b090500 0000 1234 c000 0001 0100 0310" COA_DIGITS "0100 0a08ea00000012345678"
	 "0c035a5a5a 0d020000 0f00 0b00 00 040400010007 0100 050c000000000000000000000000",
	 .signed_len = 49,
	 .signature_at = 51,
	 .mac_len = 68},
	{"every option of a BA in its order",
	 {BA, .refresh_advice = 100, .timestamp = &TIMESTAMP, .phkt = {FILL, 4},
	  .careof_token = TOKEN, .cga_params = {FILL, 2}, .signature_len = 3, .bad = true},
	 "3b080600 0000 0100 1234 0002 02020064 0100 0a08ea00000012345678 0e045a5a5a5a"
	 "1008d0d1d2d3d4d5d6d7 0c025a5a 0d03000000 0103000000 050c000000000000000000000000",
	 .signed_len = 48,
	 .signature_at = 50,
	 .mac_len = 60},
	{"option 13 alone signs nothing",
	 {BU, .signature_len = 2},
	 "3b010500 0000 1234 c000 0001 0d020000",
	 .signature_at = 14},
	{"BU-CGA ends in padding",
	 {BU, .cga_params = {FILL, 4}, .signature_len = 1, .cga_request = true},
	 "3b020500 0000 1234 c000 0001 0c045a5a5a5a 0d0100 0b00 00",
	 .signed_len = 18,
	 .signature_at = 20},
};

static void each_message_octet_for_octet(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		const struct build_row *row = &ROWS[i];
		struct hex want = hex_octets(row->octets);
		struct mh_built built;

		memset(&built, 0xee, sizeof(built));
		assert_int_equal(mh_build(&row->what, &built), 0);
		if (built.len != want.len || memcmp(built.octets, want.at, want.len) != 0) {
			print_message("%s\n", row->name);
			assert_int_equal(built.len, want.len);
			assert_memory_equal(built.octets, want.at, want.len);
		}
		if (built.signed_len != row->signed_len || built.mac_len != row->mac_len ||
		    built.signature_at != row->signature_at)
			fail_msg("%s: signed %zu at %zu, mac %zu", row->name, built.signed_len,
				 built.signature_at, built.mac_len);
	}
}

/* Alignment "xn+y" of each option, RFC 6275 section 6.2 and RFC 4285 section 6. */
static void assert_aligned(const struct mh_built *built)
{
	static const struct {
		uint8_t align, offset;
	} RULES[256] = {[2] = {2, 0}, [3] = {8, 6}, [4] = {2, 0}, [5] = {8, 2}, [10] = {8, 2}};
	size_t at = 12;

	while (at < built->len) {
		uint8_t type = built->octets[at];

		if (RULES[type].align)
			assert_int_equal(at % RULES[type].align, RULES[type].offset);
		if (type == IP6_MHOPT_PAD1 && at + 1 < built->len)
			assert_true(built->octets[at + 1] != IP6_MHOPT_PAD1);
		at += type == IP6_MHOPT_PAD1 ? 1 : 2u + built->octets[at + 1];
	}
	assert_int_equal(at, built->len);
}

/* Bits of `mask` choose options; odd lengths make every start offset happen. */
static struct mh_build chosen(unsigned int mask, uint8_t type, size_t odd)
{
	struct mh_build what = {.type = type, .sequence = 1, .lifetime = 1};

	what.alt_coa = mask & 1 ? &COA : NULL;
	what.timestamp = mask & 2 ? &TIMESTAMP : NULL;
	what.phkt = mask & 4 ? (struct span){FILL, odd} : (struct span){NULL, 0};
	what.careof_token = mask & 8 ? TOKEN : NULL;
	what.cga_params = mask & 16 ? (struct span){FILL, 300 + odd} : (struct span){NULL, 0};
	what.signature_len = mask & 16 ? 130 : 0;
	what.careof_test_init = mask & 32;
	what.cga_request = mask & 64;
	what.has_nonce_indices = mask & 128;
	what.bad = mask & 256;
	what.refresh_advice = mask & 512 ? 1 : 0;
	return what;
}

static void C_11_any_choice_of_options_is_aligned_and_parses(void **state)
{
	(void)state;
	for (unsigned int mask = 0; mask < 1024; mask++) {
		for (size_t odd = 1; odd <= 8; odd++) {
			struct mh_build what = chosen(mask, IP6_MH_TYPE_BU + (mask & 1), odd);
			const struct mh_options *o;
			struct mh_built built;
			struct mh_message m;

			assert_int_equal(mh_build(&what, &built), 0);
			assert_int_equal(built.len % 8, 0);
			assert_aligned(&built);
			assert_int_equal(mh_parse(built.octets, built.len, &m), MH_OK);
			o = &m.options;
			assert_int_equal(o->has_alt_coa, !!(mask & 1));
			assert_int_equal(o->has_timestamp, !!(mask & 2));
			assert_int_equal(o->phkt.len, mask & 4 ? odd : 0);
			assert_int_equal(o->has_careof_token, !!(mask & 8));
			assert_int_equal(o->cga_layout, mask & 16 ? MH_CGA_SIGNED : MH_CGA_ABSENT);
			assert_int_equal(o->signed_len, built.signed_len);
			assert_int_equal(o->careof_test_init, !!(mask & 32));
			assert_int_equal(o->cga_request, !!(mask & 64));
			assert_int_equal(o->has_nonce_indices, !!(mask & 128));
			assert_int_equal(o->mac_len, built.mac_len);
			assert_int_equal(o->has_refresh_advice, !!(mask & 512));
			if (mask & 16)
				assert_ptr_equal(o->signature.at,
						 built.octets + built.signature_at);
			if (mask & 256)
				assert_int_equal(built.mac_len + MH_BAD_LEN, built.len);
		}
	}
}

struct chunk_row {
	size_t params_len;
	unsigned int count;
	size_t last_len;
};

static void C_56_parameters_are_split_into_chunks_of_255(void **state)
{
	static const struct chunk_row CHUNKS[] = {{1, 1, 1},     {187, 1, 187}, {254, 1, 254},
						  {255, 1, 255}, {256, 2, 1},   {510, 2, 255},
						  {511, 3, 1},   {1225, 5, 205}};

	(void)state;
	for (size_t i = 0; i < sizeof(CHUNKS) / sizeof(CHUNKS[0]); i++) {
		struct mh_build what = {BU, .cga_params = {FILL, CHUNKS[i].params_len},
					.signature_len = 255};
		struct mh_built built;
		struct mh_message m;

		assert_int_equal(mh_build(&what, &built), 0);
		assert_int_equal(mh_parse(built.octets, built.len, &m), MH_OK);
		assert_int_equal(m.options.cga_layout, MH_CGA_SIGNED);
		assert_int_equal(m.options.cga_chunk_count, CHUNKS[i].count);
		assert_int_equal(m.options.cga_chunks[CHUNKS[i].count - 1].len, CHUNKS[i].last_len);
		assert_int_equal(m.options.signature.len, 255);
	}
}

static void what_cannot_be_sent_is_refused(void **state)
{
	struct mh_build largest = {BU, .cga_params = {FILL, 1760}, .signature_len = 255};
	struct mh_build rows[] = {
		{BU, .cga_params = {FILL, 1768}, .signature_len = 255},
		{BU, .cga_params = {FILL, MH_LEN_MAX}},
		{BU, .cga_params = {FILL, 1}, .signature_len = 256},
		{BA, .phkt = {FILL, 256}},
		{BA, .phkt = {FILL, 512}},
	};
	struct mh_built built;

	(void)state;
	assert_int_equal(mh_build(&largest, &built), 0);
	assert_int_equal(built.len, MH_LEN_MAX);
	assert_int_equal(built.octets[1], 255);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(mh_build(&rows[i], &built), -EMSGSIZE);
	for (unsigned int type = IP6_MH_TYPE_BE + 1; type < 256; type++) {
		struct mh_build what = {.type = (uint8_t)type};

		assert_int_equal(mh_build(&what, &built), -EINVAL);
	}
}

static void C_01_the_checksum_makes_the_sum_zero(void **state)
{
	static const struct in6_addr dar = {{{0xfe, 0x80, [15] = 0xff}}};
	struct mh_build what = {BU, .bad = true};
	struct mh_built built;
	uint8_t once[2];

	(void)state;
	assert_int_equal(mh_build(&what, &built), 0);
	mh_set_checksum(&built, &COA, &dar);
	assert_int_equal(mh_checksum(&COA, &dar, built.octets, built.len), 0);
	memcpy(once, built.octets + 4, 2);
	mh_set_checksum(&built, &COA, &dar); /* the old value does not count */
	assert_memory_equal(once, built.octets + 4, 2);
	built.octets[5] ^= 1;
	assert_true(mh_checksum(&COA, &dar, built.octets, built.len) != 0);
	/* RFC 1071: an odd octet counts as the high one of a last word. */
	assert_int_equal(mh_checksum(&in6addr_any, &in6addr_any, (const uint8_t *)"\x12", 1),
			 (uint16_t) ~(0x1200 + 1 + IP6_NH_MOBILITY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_message_octet_for_octet),
		cmocka_unit_test(C_11_any_choice_of_options_is_aligned_and_parses),
		cmocka_unit_test(C_56_parameters_are_split_into_chunks_of_255),
		cmocka_unit_test(what_cannot_be_sent_is_refused),
		cmocka_unit_test(C_01_the_checksum_makes_the_sum_zero),
	};

	return cmocka_run_group_tests_name("mh_build", tests, NULL, NULL);
}
