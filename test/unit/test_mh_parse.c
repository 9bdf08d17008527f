// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of mh_parse(): each type and each fault. */
#include "wire/mh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/hex.h"

#define BU_FIXED  "1234 c000 0001"
#define BAD_ZEROS "050c 000000000000000000000000"
#define ADDRESS   "20010db8000200000000000000000001"

struct parse_row {
	const char *name;
	const char *octets;
	enum mh_fault fault;
};

/* One message each, with the fault that mh_parse() reports. */
static const struct parse_row ROWS[] = {
	{"no octets", "", MH_TRUNCATED},
	{"one octet", "3b", MH_TRUNCATED},
	{"seven octets", "3b000000000000", MH_TRUNCATED},
	{"C-13 HdrLen beyond the packet", "3b020500 0000" BU_FIXED "01020000", MH_TRUNCATED},
	{"C-13 HdrLen 255", "3bff0500 0000" BU_FIXED "01020000", MH_TRUNCATED},
	{"C-04 proto 6", "06010500 0000" BU_FIXED "01020000", MH_PAYLOAD_PROTO},
	{"C-04 piggybacking", "06010500 0000" BU_FIXED "01020000 0000000000000000",
	 MH_PAYLOAD_PROTO},
	{"octets behind", "3b010500 0000" BU_FIXED "01020000 00", MH_TRAILING},
	{"C-06 HoTI short", "3b000100 00000000", MH_SHORT_HEADER},
	{"C-06 CoTI short", "3b000200 00000000", MH_SHORT_HEADER},
	{"C-06 HoT short", "3b010300 00000000 0000000000000000", MH_SHORT_HEADER},
	{"C-06 CoT short", "3b010400 00000000 0000000000000000", MH_SHORT_HEADER},
	{"C-06 BU short", "3b000500 00000000", MH_SHORT_HEADER},
	{"C-06 BA short", "3b000600 00000000", MH_SHORT_HEADER},
	{"C-06 BE short", "3b010700 00000000 0000000000000000", MH_SHORT_HEADER},
	{"C-06 before options", "3b000500 0000 0500 0000000000000000", MH_SHORT_HEADER},
	{"type 8", "3b000800 00000000", MH_UNKNOWN_TYPE},
	{"type 255", "3b00ff00 00000000", MH_UNKNOWN_TYPE},
	{"unknown type before proto", "06000800 00000000", MH_UNKNOWN_TYPE},
	{"BRR", "3b000000 00000000", MH_OK},
	{"BRR with padding only", "3b010000 00000000 0106000000000000", MH_OK},
	{"BU with Pad1 only", "3b010500 0000" BU_FIXED "00000000", MH_OK},
	{"BA without options", "3b010600 0000 0000 1234 0001 01020000", MH_OK},
	{"C-10 unknown option skipped", "3b020500 0000" BU_FIXED "c806 010203040506 01020000",
	 MH_OK},
	{"C-10 option 9 unknown", "3b010500 0000" BU_FIXED "0902ffff", MH_OK},
	{"C-10 unknown option twice", "3b010500 0000" BU_FIXED "c800c800", MH_OK},
	{"C-12 reserved octet", "3b01057f 0000" BU_FIXED "01020000", MH_OK},
	{"C-12 PadN with content", "3b010500 0000" BU_FIXED "0102beef", MH_OK},
	{"option 3 misaligned is read", "3b030500 0000" BU_FIXED "0310" ADDRESS "0000", MH_OK},
	{"length octet missing", "3b010500 0000" BU_FIXED "0000000b", MH_OPTION_OVERRUN},
	{"length octet of PadN missing", "3b010500 0000" BU_FIXED "00000001", MH_OPTION_OVERRUN},
	{"C-13 option one octet too long", "3b010500 0000" BU_FIXED "c8030000", MH_OPTION_OVERRUN},
	{"C-13 PadN too long", "3b010500 0000" BU_FIXED "01ff0000", MH_OPTION_OVERRUN},
	{"overrun before wrong length", "3b010500 0000" BU_FIXED "03100000", MH_OPTION_OVERRUN},
	{"option 2 length", "3b010600 0000" BU_FIXED "0200 0000", MH_OPTION_LENGTH},
	{"option 3 length", "3b010500 0000" BU_FIXED "0302 0000", MH_OPTION_LENGTH},
	{"option 4 length", "3b010500 0000" BU_FIXED "0402 0000", MH_OPTION_LENGTH},
	{"option 5 length", "3b010500 0000" BU_FIXED "0502 0000", MH_OPTION_LENGTH},
	{"option 10 length", "3b010500 0000" BU_FIXED "0a02 0000", MH_OPTION_LENGTH},
	{"option 11 length", "3b010500 0000" BU_FIXED "0b02 0000", MH_OPTION_LENGTH},
	{"option 12 empty", "3b010500 0000" BU_FIXED "0c00 0000", MH_OPTION_LENGTH},
	{"option 13 empty", "3b010500 0000" BU_FIXED "0d00 0000", MH_OPTION_LENGTH},
	{"option 14 empty", "3b010600 0000" BU_FIXED "0e00 0000", MH_OPTION_LENGTH},
	{"option 15 length", "3b010500 0000" BU_FIXED "0f02 0000", MH_OPTION_LENGTH},
	{"option 16 length", "3b010600 0000" BU_FIXED "1002 0000", MH_OPTION_LENGTH},
	{"C-11 BAD last", "3b030500 0000" BU_FIXED "010400000000" BAD_ZEROS, MH_OK},
	{"C-11 Pad1 behind BAD", "3b030500 0000" BU_FIXED "0103000000" BAD_ZEROS "00",
	 MH_OPTION_AFTER_BAD},
	{"C-11 PadN behind BAD", "3b030500 0000" BU_FIXED "01020000" BAD_ZEROS "0100",
	 MH_OPTION_AFTER_BAD},
	{"C-11 option behind BAD", "3b030500 0000" BU_FIXED "01020000" BAD_ZEROS "0b00",
	 MH_OPTION_AFTER_BAD},
	{"C-11 BAD twice", "3b040500 0000" BU_FIXED BAD_ZEROS BAD_ZEROS, MH_OPTION_AFTER_BAD},
	{"option 11 twice", "3b010500 0000" BU_FIXED "0b000b00", MH_OPTION_REPEATED},
	{"option 13 twice", "3b020500 0000" BU_FIXED "0d0101 0d0101 010400000000",
	 MH_OPTION_REPEATED},
	{"option 4 twice", "3b020500 0000" BU_FIXED "040400000001 040400000001",
	 MH_OPTION_REPEATED},
	{"eight options 12",
	 "3b040500 0000" BU_FIXED
	 "0c0101 0c0101 0c0101 0c0101 0c0101 0c0101 0c0101 0c0101 01020000",
	 MH_OK},
	{"nine options 12",
	 "3b040500 0000" BU_FIXED
	 "0c0101 0c0101 0c0101 0c0101 0c0101 0c0101 0c0101 0c0101 0c0101 00",
	 MH_OPTION_TOO_MANY},
};

static void faults_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct hex hex = hex_octets(ROWS[i].octets);
		uint8_t *octets = hex_exact(hex.at, hex.len);
		struct mh_message message;
		enum mh_fault fault = mh_parse(octets, hex.len, &message);

		if (fault != ROWS[i].fault)
			fail_msg("%s: %s instead of %s", ROWS[i].name, mh_fault_name(fault),
				 mh_fault_name(ROWS[i].fault));
		free(octets);
	}
}

static void every_fault_has_its_own_name(void **state)
{
	(void)state;
	for (int a = MH_OK; a <= MH_PACKET; a++) {
		assert_string_not_equal(mh_fault_name((enum mh_fault)a), "unknown");
		for (int b = MH_OK; b < a; b++)
			assert_string_not_equal(mh_fault_name((enum mh_fault)a),
						mh_fault_name((enum mh_fault)b));
	}
}

static void the_fixed_part_of_each_type_is_read(void **state)
{
	struct mh_message m;
	struct hex hex;

	(void)state;
	hex = hex_octets("3b010100 beef ffff c0c1c2c3c4c5c6c7"); /* C-12: reserved is ignored */
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_OK);
	assert_int_equal(m.type, IP6_MH_TYPE_HOTI);
	assert_int_equal(m.test.nonce, 0);
	assert_memory_equal(m.test.cookie, hex.at + 8, MH_TOKEN_LEN);

	hex = hex_octets("3b020400 beef 0007 c0c1c2c3c4c5c6c7 d0d1d2d3d4d5d6d7");
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_OK);
	assert_int_equal(m.type, IP6_MH_TYPE_COT);
	assert_int_equal(m.test.nonce, 7);
	assert_memory_equal(m.test.cookie, hex.at + 8, MH_TOKEN_LEN);
	assert_memory_equal(m.test.token, hex.at + 16, MH_TOKEN_LEN);

	hex = hex_octets("3b010500 beef 1234 c00f 5460 01020000"); /* C-12: unassigned flags */
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_OK);
	assert_int_equal(m.type, IP6_MH_TYPE_BU);
	assert_int_equal(m.bu.sequence, 0x1234);
	assert_int_equal(m.bu.flags, 0xc00f);
	assert_int_equal(m.bu.lifetime, MH_LIFETIME_MAX_UNITS);

	hex = hex_octets("3b010600 beef 87 80 1235 0102 01020000");
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_OK);
	assert_int_equal(m.type, IP6_MH_TYPE_BA);
	assert_int_equal(m.ba.status, IP6_MH_BAS_SEQNO_BAD);
	assert_int_equal(m.ba.flags, 0x80);
	assert_int_equal(m.ba.sequence, 0x1235);
	assert_int_equal(m.ba.lifetime, 0x0102);

	hex = hex_octets("3b020700 beef 02 ff" ADDRESS);
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_OK);
	assert_int_equal(m.type, IP6_MH_TYPE_BE);
	assert_int_equal(m.be.status, IP6_MH_BES_UNKNOWN_MH);
	assert_memory_equal(&m.be.hoa, hex.at + 8, 16);
}

static void header_fields_are_filled_in_spite_of_a_fault(void **state)
{
	struct hex hex = hex_octets("06010500 beef 1234 c000 0001 0302 0000 00");
	struct mh_message m;

	(void)state;
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_PAYLOAD_PROTO);
	assert_int_equal(m.type, IP6_MH_TYPE_BU);
	assert_int_equal(m.bu.sequence, 0x1234);
	assert_ptr_equal(m.octets.at, hex.at);
	assert_int_equal(m.octets.len, 16);
	hex.at[0] = IP6_NH_NONE;
	assert_int_equal(mh_parse(hex.at, hex.len, &m), MH_TRAILING);
	assert_int_equal(m.octets.len, 16);
	assert_int_equal(mh_parse(hex.at, 16, &m), MH_OPTION_LENGTH);
	assert_int_equal(m.bu.sequence, 0x1234);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_named),
		cmocka_unit_test(every_fault_has_its_own_name),
		cmocka_unit_test(the_fixed_part_of_each_type_is_read),
		cmocka_unit_test(header_fields_are_filled_in_spite_of_a_fault),
	};

	return cmocka_run_group_tests_name("mh_parse", tests, NULL, NULL);
}
