// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of the packet around a Mobility Header. */
#include "wire/mh.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/hex.h"
#include "harness/vectors.h"

#define SOURCE      "20010db8000200000000000000000001"
#define DESTINATION "20010db80001000000000000000000fe"
#define HOA         "20010db8000100000000000000000001"
#define ADDRESSES   SOURCE DESTINATION
#define HAO_OPTION  "c910" HOA
#define HAO_HEADER  "8702 01020000" HAO_OPTION
#define RH2_HEADER  "8702 0201 00000000" HOA
#define BRR_MH      "3b000000 ffff 0000"

struct packet_row {
	const char *name;
	const char *octets; /* the checksum of BRR_MH is put in if `sum` says so */
	enum mh_fault fault;
	bool has_hao, has_rh2;
};

/* clang-format off */
static const struct packet_row ROWS[] = {
	{"plain", "60000000 0008 87 40" ADDRESSES BRR_MH, MH_OK},
	{"any class, label and hop limit", "6abcdef0 0008 87 00" ADDRESSES BRR_MH, MH_OK},
	{"octets of the link behind", "60000000 0008 87 40" ADDRESSES BRR_MH "ffffff", MH_OK},
	{"C-02 HAO", "60000000 0020 3c 40" ADDRESSES HAO_HEADER BRR_MH, MH_OK, true},
	{"C-03 RH2", "60000000 0020 2b 40" ADDRESSES RH2_HEADER BRR_MH, MH_OK, false, true},
	{"RH2, HAO", "60000000 0038 2b 40" ADDRESSES "3c02 0201 00000000" HOA HAO_HEADER BRR_MH, MH_OK, true, true},
	{"HAO misaligned", "60000000 0020 3c 40" ADDRESSES "8702" HAO_OPTION "01020000" BRR_MH, MH_OK, true},
	{"HAO after Pad1", "60000000 0020 3c 40" ADDRESSES "8702 00000000" HAO_OPTION BRR_MH, MH_OK, true},
	{"empty destination options", "60000000 0010 3c 40" ADDRESSES "8700 010400000000" BRR_MH, MH_OK},
	{"encapsulation limit skipped", "60000000 0010 3c 40" ADDRESSES "8700 040104 010100" BRR_MH, MH_OK},
	{"unknown option to be skipped", "60000000 0010 3c 40" ADDRESSES "8700 3e0401020304" BRR_MH, MH_OK},
	{"RH2 reserved field set", "60000000 0020 2b 40" ADDRESSES "8702 0201 deadbeef" HOA BRR_MH, MH_OK, false, true},
	{"two destination options headers", "60000000 0028 3c 40" ADDRESSES "3c00 010400000000" HAO_HEADER BRR_MH, MH_OK, true},
	{"option 0x7e says discard", "60000000 0010 3c 40" ADDRESSES "8700 7e0401020304" BRR_MH, MH_PACKET},
	{"option 0x80 says discard", "60000000 0010 3c 40" ADDRESSES "8700 800401020304" BRR_MH, MH_PACKET},
	{"option past its header", "60000000 0010 3c 40" ADDRESSES "8700 3e0501020304" BRR_MH, MH_PACKET},
	{"option type at the end", "60000000 0010 3c 40" ADDRESSES "8700 01030000003e" BRR_MH, MH_PACKET},
	{"HAO of 15 octets", "60000000 0020 3c 40" ADDRESSES "8702 01020000 c90f 20010db80001000000000000000000 00" BRR_MH, MH_PACKET},
	{"HAO twice in one header", "60000000 0030 3c 40" ADDRESSES "8704 0100" HAO_OPTION HAO_OPTION BRR_MH, MH_PACKET},
	{"HAO in two headers", "60000000 0038 3c 40" ADDRESSES "3c02 01020000" HAO_OPTION HAO_HEADER BRR_MH, MH_PACKET},
	{"RH2 twice", "60000000 0038 2b 40" ADDRESSES "2b02 0201 00000000" HOA RH2_HEADER BRR_MH, MH_PACKET},
	{"routing header type 0", "60000000 0020 2b 40" ADDRESSES "8702 0001 00000000" HOA BRR_MH, MH_PACKET},
	{"segments left 0", "60000000 0020 2b 40" ADDRESSES "8702 0200 00000000" HOA BRR_MH, MH_PACKET},
	{"segments left 2", "60000000 0020 2b 40" ADDRESSES "8702 0202 00000000" HOA BRR_MH, MH_PACKET},
	{"RH2 of 4 units", "60000000 0030 2b 40" ADDRESSES "8704 0201 00000000" HOA HOA BRR_MH, MH_PACKET},
	{"RH2 of 1 unit", "60000000 0018 2b 40" ADDRESSES "8701 0201 00000000 0000000000000000" BRR_MH, MH_PACKET},
	{"fragment", "60000000 0010 2c 40" ADDRESSES "8700 0000 00000000" BRR_MH, MH_PACKET},
	{"first fragment", "60000000 0010 2c 40" ADDRESSES "8700 0001 00000000" BRR_MH, MH_PACKET},
	{"hop-by-hop options", "60000000 0010 00 40" ADDRESSES "8700 010400000000" BRR_MH, MH_PACKET},
	{"four headers", "60000000 0028 3c 40" ADDRESSES "3c00010400000000" "3c00010400000000" "3c00010400000000" "8700010400000000" BRR_MH, MH_OK},
	{"five headers", "60000000 0030 3c 40" ADDRESSES "3c00010400000000" "3c00010400000000" "3c00010400000000" "3c00010400000000" "8700010400000000" BRR_MH, MH_PACKET},
	{"no Mobility Header", "60000000 0008 3a 40" ADDRESSES BRR_MH, MH_PACKET},
	{"tunnelled", "60000000 0030 29 40" ADDRESSES "60000000 0008 87 40" ADDRESSES BRR_MH, MH_PACKET},
	{"IPv4", "40000000 0008 87 40" ADDRESSES BRR_MH, MH_PACKET},
	{"payload length past the octets", "60000000 0009 87 40" ADDRESSES BRR_MH, MH_PACKET},
	{"payload length 0", "60000000 0000 87 40" ADDRESSES BRR_MH, MH_TRUNCATED},
	{"payload shorter than Header Len", "60000000 0007 87 40" ADDRESSES BRR_MH, MH_TRUNCATED},
	{"extension header past the payload", "60000000 0020 3c 40" ADDRESSES "87ff 01020000" HAO_OPTION BRR_MH, MH_PACKET},
	{"no octets", "", MH_PACKET},
	{"39 octets", "60000000 0008 87 40" SOURCE "20010db800010000000000000000fe", MH_PACKET},
};
/* clang-format on */

/* Writes the right checksum into the BRR that begins at `at`. */
static void finish(struct hex *hex, size_t at, bool has_hao, bool has_rh2)
{
	struct hex hoa = hex_octets(HOA);
	struct in6_addr source, destination;
	struct writer w = writer_of(hex->at + at + 4, 2);

	memcpy(&source, has_hao ? hoa.at : hex->at + 8, sizeof(source));
	memcpy(&destination, has_rh2 ? hoa.at : hex->at + 24, sizeof(destination));
	memset(hex->at + at + 4, 0, 2);
	write_be16(&w, mh_checksum(&source, &destination, hex->at + at, 8));
}

static size_t find_brr(const struct hex *hex)
{
	struct hex brr = hex_octets(BRR_MH);
	uint8_t *at = memmem(hex->at, hex->len, brr.at, brr.len);

	return at ? (size_t)(at - hex->at) : 0;
}

static void headers_before_the_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		const struct packet_row *row = &ROWS[i];
		struct hex hex = hex_octets(row->octets);
		size_t mh_at = find_brr(&hex);
		struct mh_packet out;
		uint8_t *octets;
		enum mh_fault fault;

		if (mh_at)
			finish(&hex, mh_at, row->has_hao, row->has_rh2);
		octets = hex_exact(hex.at, hex.len);
		fault = mh_packet_parse(octets, hex.len, &out);
		if (fault != row->fault)
			fail_msg("%s: %s instead of %s", row->name, mh_fault_name(fault),
				 mh_fault_name(row->fault));
		if (fault == MH_OK) {
			assert_memory_equal(&out.source, hex_octets(SOURCE).at, 16);
			assert_memory_equal(&out.destination, hex_octets(DESTINATION).at, 16);
			assert_int_equal(out.has_hao, row->has_hao);
			assert_int_equal(out.has_rh2, row->has_rh2);
			assert_memory_equal(row->has_hao ? &out.hao : &in6addr_any,
					    row->has_hao ? hex_octets(HOA).at : in6addr_any.s6_addr,
					    16);
			assert_memory_equal(row->has_rh2 ? &out.rh2 : &in6addr_any,
					    row->has_rh2 ? hex_octets(HOA).at : in6addr_any.s6_addr,
					    16);
			assert_ptr_equal(out.message.octets.at, octets + mh_at);
		}
		free(octets);
	}
}

/* Every single bit of what the sum covers; HAO and RH2 stand where the wire address does not. */
static void C_01_C_02_C_03_one_bit_anywhere_breaks_the_checksum(void **state)
{
	static const char *const names[] = {"BU2_phkt_early/packet", "BA2/packet", "CoT/packet"};
	enum { SOURCE_AT = 8, DESTINATION_AT = 24, HEADERS_AT = 40 };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct hex hex = vectors_octets("S1024", names[i]);
		size_t mh_at = hex.at[6] == IP6_NH_MOBILITY ? HEADERS_AT : 64;
		struct mh_packet whole, out;

		assert_int_equal(mh_packet_parse(hex.at, hex.len, &whole), MH_OK);
		for (size_t bit = SOURCE_AT * 8; bit < hex.len * 8; bit++) {
			size_t at = bit / 8;
			bool spared = at < DESTINATION_AT ? whole.has_hao
							  : at < HEADERS_AT && whole.has_rh2;
			enum mh_fault fault;

			if (at >= HEADERS_AT && at < mh_at && at < HEADERS_AT + 8)
				continue; /* type and length of the extension header */
			hex.at[at] ^= (uint8_t)(1 << bit % 8);
			fault = mh_packet_parse(hex.at, hex.len, &out);
			hex.at[at] ^= (uint8_t)(1 << bit % 8);
			if (at == mh_at + 1 && fault == MH_TRUNCATED)
				continue; /* Header Len says what is summed */
			assert_int_equal(fault, spared ? MH_OK : MH_CHECKSUM);
			assert_int_equal(out.has_hao, whole.has_hao);
			assert_int_equal(out.has_rh2, whole.has_rh2);
		}
	}
}

/* Nobody is told of a fault in a message that did not arrive whole. */
static void C_01_the_checksum_is_judged_before_the_message(void **state)
{
	struct hex hex =
		hex_octets("60000000 0010 87 40" ADDRESSES "06010500 0000 1234 c000 0001 03010000");
	struct mh_packet out;
	struct writer w = writer_of(hex.at + 44, 2);

	(void)state;
	assert_int_equal(mh_packet_parse(hex.at, hex.len, &out), MH_CHECKSUM);
	assert_int_equal(out.message.type, IP6_MH_TYPE_BU);
	assert_int_equal(out.message.bu.sequence, 0x1234);
	assert_memory_equal(&out.source, hex_octets(SOURCE).at, 16);
	write_be16(&w, mh_checksum(&out.source, &out.destination, hex.at + 40, 16));
	assert_int_equal(mh_packet_parse(hex.at, hex.len, &out), MH_PAYLOAD_PROTO);
	hex.at[40] = IP6_NH_NONE;
	hex.at[44] -= IP6_NH_NONE - 6; /* what the sum gained in the high octet */
	assert_int_equal(mh_packet_parse(hex.at, hex.len, &out), MH_OPTION_LENGTH);
	hex.at[45] ^= 1;
	assert_int_equal(mh_packet_parse(hex.at, hex.len, &out), MH_CHECKSUM);
}

/* Piggybacked octets: RFC 6275 sums the message alone, Linux all that is there. */
static void C_04_octets_behind_are_named_under_either_sum(void **state)
{
	struct hex hex = hex_octets("60000000 0018 87 40" ADDRESSES
				    "06010500 0000 1234 c000 0001 01020000 1122334455667788");
	struct mh_packet out;

	(void)state;
	for (size_t summed = 0; summed <= 24; summed += 8) {
		struct writer w = writer_of(hex.at + 44, 2);

		memset(hex.at + 44, 0, 2);
		mh_packet_parse(hex.at, hex.len, &out);
		write_be16(&w, mh_checksum(&out.source, &out.destination, hex.at + 40, summed));
		assert_int_equal(mh_packet_parse(hex.at, hex.len, &out),
				 summed >= 16 ? MH_PAYLOAD_PROTO : MH_CHECKSUM);
	}
}

static void a_packet_is_built_as_it_is_parsed(void **state)
{
	struct mh_build what = {.type = IP6_MH_TYPE_BU, .sequence = 7, .lifetime = 9, .bad = true};
	struct in6_addr source, destination, hoa;
	struct hex want = hex_octets("60000000 0038 3c 40" ADDRESSES HAO_HEADER);
	uint8_t octets[96];
	struct mh_built built;
	struct mh_packet out;

	(void)state;
	memcpy(&source, hex_octets(SOURCE).at, sizeof(source));
	memcpy(&destination, hex_octets(DESTINATION).at, sizeof(destination));
	memcpy(&hoa, hex_octets(HOA).at, sizeof(hoa));
	assert_int_equal(mh_build(&what, &built), 0);
	mh_set_checksum(&built, &hoa, &destination);
	for (size_t size = 0; size < sizeof(octets); size++)
		assert_int_equal(
			mh_packet_build(&source, &destination, &hoa, NULL, &built, octets, size),
			-EMSGSIZE);
	assert_int_equal(
		mh_packet_build(&source, &destination, &hoa, NULL, &built, octets, sizeof(octets)),
		sizeof(octets));
	assert_memory_equal(octets, want.at, want.len);
	assert_memory_equal(octets + want.len, built.octets, built.len);
	assert_int_equal(mh_packet_parse(octets, sizeof(octets), &out), MH_OK);
	assert_true(out.has_hao && !out.has_rh2);
	assert_int_equal(out.message.bu.sequence, 7);

	want = hex_octets("60000000 0038 2b 40" ADDRESSES RH2_HEADER);
	assert_int_equal(
		mh_packet_build(&source, &destination, NULL, &hoa, &built, octets, sizeof(octets)),
		sizeof(octets));
	assert_memory_equal(octets, want.at, want.len);
	assert_int_equal(
		mh_packet_build(&source, &destination, &hoa, &hoa, &built, octets, sizeof(octets)),
		-EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_before_the_message),
		cmocka_unit_test(C_01_C_02_C_03_one_bit_anywhere_breaks_the_checksum),
		cmocka_unit_test(C_01_the_checksum_is_judged_before_the_message),
		cmocka_unit_test(C_04_octets_behind_are_named_under_either_sum),
		cmocka_unit_test(a_packet_is_built_as_it_is_parsed),
	};

	return cmocka_run_group_tests_name("mh_packet", tests, NULL, NULL);
}
