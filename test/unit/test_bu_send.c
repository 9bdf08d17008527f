// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that the MN's BUs are those of vectors.json, octet for octet (8.3, 8.5, M-07). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/keypair.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"
#include "mn/bu_send.h"
#include "store/cga_autoconf.h"
#include "store/identity.h"
#include "wire/mh.h"

#define HOA "HoA1_sec0_cc/0"

enum { LIFETIME_S = 86400 };

static const uint64_t VECTOR_TIME = UINT64_C(0xea00000012345678);

struct row {
	const char *name; /* of the vector */
	const char *coa;
	uint16_t sequence;
	uint32_t lifetime_s;
	bool is_signed, from_home;
	bool asks_proof, asks_token;
	uint16_t careof_nonce; /* with the token of CoA3 */
};

static const struct row ROWS[] = {
	{"BU1_cga_fast", "CoA2", 0x1234, LIFETIME_S, true, false, true, false, 0},
	{"BU2_phkt_early", "CoA3", 0x1235, LIFETIME_S, false, false, false, false, 0},
	{"BU3_phkt_complete", "CoA3", 0x1236, LIFETIME_S, false, false, false, false, 7},
	{"BU3b_cga_secure", "CoA3", 0x1236, LIFETIME_S, true, false, false, false, 7},
	{"BU4_dereg_away", "CoA3", 0x1237, 0, false, false, false, false, 0},
	{"BU5_dereg_home", HOA, 0x1238, 0, false, true, false, false, 0},
};

static struct identity identity_of(const char *set)
{
	struct hex pem = vectors_pem(set, "mn"), modifier = vectors_octets(set, "modifier_sec0");
	struct identity identity = {.key = keypair_from_pem(pem.at, pem.len)};

	assert_non_null(identity.key);
	memcpy(identity.modifier, modifier.at, sizeof(identity.modifier));
	return identity;
}

static ssize_t build(const char *set, const struct row *row, const struct identity *identity,
		     uint8_t *out, size_t size)
{
	const struct hex phkt = vectors_octets(set, "phkt");
	const struct hex token = vectors_octets(set, "careof_token_CoA3");
	const struct in6_addr hoa = vectors_address(set, HOA);
	const struct cga_params params = cga_autoconf_params(identity, &hoa, 0);
	const struct bu_request bu = {
		.hoa = hoa,
		.hdar = vectors_address(set, "DAR1"),
		.coa = vectors_address(set, row->coa),
		.from_home = row->from_home,
		.sequence = row->sequence,
		.lifetime_s = row->lifetime_s,
		.is_signed = row->is_signed,
		.timestamp = VECTOR_TIME,
		.phkt = phkt.at,
		.asks_proof = row->asks_proof,
		.asks_token = row->asks_token,
		.careof_nonce = row->careof_nonce,
		.careof_token = token.at,
		.key = identity->key,
		.params = &params,
	};

	return bu_build(&bu, out, size);
}

static void vectors(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct identity identity = identity_of(VECTORS_SETS[s]);

		for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
			char path[64];
			uint8_t packet[BU_PACKET_MAX];
			ssize_t len =
				build(VECTORS_SETS[s], &ROWS[i], &identity, packet, sizeof(packet));

			snprintf(path, sizeof(path), "%s/packet", ROWS[i].name);
			struct hex expected = vectors_octets(VECTORS_SETS[s], path);

			print_message("%s %s\n", VECTORS_SETS[s], ROWS[i].name);
			assert_int_equal(len, expected.len);
			assert_memory_equal(packet, expected.at, expected.len);
		}
		keypair_free(identity.key);
	}
}

/* 8.3: BU-CGA with lifetime 0 has options 10 to 13 and 11, no option 3, no BAD. */
static void signed_deregistration(void **state)
{
	static const struct row row = {NULL, "CoA3", 9, 0, true, false, true, false, 0};
	struct identity identity = identity_of(VECTORS_SETS[0]);
	const struct in6_addr hoa = vectors_address(VECTORS_SETS[0], HOA);
	uint8_t octets[BU_PACKET_MAX];
	ssize_t len = build(VECTORS_SETS[0], &row, &identity, octets, sizeof(octets));
	struct mh_packet packet;

	(void)state;
	assert_true(len > 0);
	assert_int_equal(mh_packet_parse(octets, (size_t)len, &packet), MH_OK);
	assert_true(packet.has_hao);
	assert_memory_equal(&packet.hao, &hoa, sizeof(hoa));
	assert_int_equal(packet.message.bu.lifetime, 0);
	assert_int_equal(packet.message.bu.flags, IP6_MH_BU_ACK | IP6_MH_BU_HOME);
	assert_false(packet.message.options.has_alt_coa);
	assert_true(packet.message.options.has_timestamp);
	assert_int_equal(packet.message.options.cga_layout, MH_CGA_SIGNED);
	assert_true(packet.message.options.cga_request);
	assert_null(packet.message.options.bad.at);
	keypair_free(identity.key);
}

struct option_row {
	const char *name;
	struct row bu;
	bool has_bad;
	size_t mh_len;    /* with the key of 1024 bits */
	const char *last; /* octets of the options behind the signature, or behind option 3 */
};

/* 8.3: options 15, 11, 4, 5 in this order, padded; 2.1: 15 and 11 are empty, 4 is (0, i). */
/* clang-format off */
static const struct option_row OPTION_ROWS[] = {
	{"8.3 BU-CGA, concurrent", {NULL, "CoA3", 9, LIFETIME_S, true, false, true, true, 0},
	 false, 368, "0f000b00" "00"},
	{"8.3 BU-CGA, complete and asking for the proof", {NULL, "CoA3", 9, LIFETIME_S, true, false, true, false, 7},
	 true, 392, "0b00" "00" "040400000007" "01040000" "0000" "050c"},
	{"8.3 BU-PHKT early, concurrent", {NULL, "CoA3", 9, LIFETIME_S, false, false, false, true, 0},
	 true, 48, "0f00" "050c"},
	{"A-09 BU-PHKT with the token of option 16", {NULL, "CoA3", 9, LIFETIME_S, false, false, false, false, 0xffff},
	 true, 56, "04040000ffff" "01020000" "050c"},
};
/* clang-format on */

/* M-07: what no vector shows, octet for octet up to the authenticator. */
static void options_of_care_of_tests(void **state)
{
	struct identity identity = identity_of(VECTORS_SETS[0]);

	(void)state;
	for (size_t i = 0; i < sizeof(OPTION_ROWS) / sizeof(OPTION_ROWS[0]); i++) {
		const struct option_row *row = &OPTION_ROWS[i];
		const struct hex last = hex_octets(row->last);
		uint8_t octets[BU_PACKET_MAX];
		ssize_t len = build(VECTORS_SETS[0], &row->bu, &identity, octets, sizeof(octets));
		struct mh_packet packet;
		struct span signature;

		print_message("%s\n", row->name);
		assert_true(len > 0);
		assert_int_equal(mh_packet_parse(octets, (size_t)len, &packet), MH_OK);
		assert_int_equal(packet.message.octets.len, row->mh_len);
		assert_int_equal(packet.message.options.bad.at != NULL, row->has_bad);
		signature = packet.message.options.signature;
		assert_memory_equal(signature.at ? signature.at + signature.len
						 : packet.message.octets.at + 32,
				    last.at, last.len);
	}
	keypair_free(identity.key);
}

static void too_little_room(void **state)
{
	struct identity identity = identity_of(VECTORS_SETS[0]);
	uint8_t octets[BU_PACKET_MAX];

	(void)state;
	for (size_t size = 0; size < 112; size++)
		assert_true(build(VECTORS_SETS[0], &ROWS[1], &identity, octets, size) < 0);
	keypair_free(identity.key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(signed_deregistration),
		cmocka_unit_test(options_of_care_of_tests),
		cmocka_unit_test(too_little_room),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
