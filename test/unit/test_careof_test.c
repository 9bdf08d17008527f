// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of the Care-of Test a DAR sends: every octet, what it costs, and
 * who gets one (C-52..C-54). */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "dar/careof_test.h"
#include "dar/dar_private.h"
#include "harness/crypto_group.h"

static const uint8_t cookie[MH_TOKEN_LEN] = {1, 2, 3, 4, 5, 6, 7, 8};

static unsigned int replies;

int reply_send(struct dar *dar, const struct ingress *from, const struct in6_addr *destination,
	       const uint8_t *packet, size_t len)
{
	(void)dar, (void)from;
	assert_int_equal(len, 64);
	assert_memory_equal(packet + 24, destination, 16);
	replies++;
	return 0;
}

static struct in6_addr address(const char *text)
{
	struct in6_addr out;

	assert_int_equal(inet_pton(AF_INET6, text, &out), 1);
	return out;
}

static struct mh_packet coti_from(const char *source)
{
	struct mh_packet coti = {
		.source = address(source),
		.destination = address("2001:db8:1::1"),
		.message = {.type = IP6_MH_TYPE_COTI},
	};

	memcpy(coti.message.test.cookie, cookie, sizeof(cookie));
	return coti;
}

/* First(64, HMAC_SHA1(Kcn, CoA | nonce | 01)), worked out here from the ring. */
static void token_by_hand(const struct careof_nonces *nonces, const struct in6_addr *coa,
			  uint8_t token[static MH_TOKEN_LEN])
{
	static const uint8_t careof = 1;
	const struct span pieces[] = {
		{coa->s6_addr, 16},
		{nonces->ring[nonces->newest].octets, MH_TOKEN_LEN},
		{&careof, 1},
	};
	uint8_t mac[SHA1_LEN];

	digest_hmac_sha1(nonces->kcn, pieces, 3, mac);
	memcpy(token, mac, MH_TOKEN_LEN);
}

/* C-52: to the CoTI's source, its cookie, index and token of the current nonce; C-54: 24 octets of
 * Mobility Header for the CoTI's 16. */
static void test_octets(void **state)
{
	struct mh_packet coti = coti_from("2001:db8:2::c"), cot;
	uint8_t octets[256], token[MH_TOKEN_LEN], expected[64] = {0x60, 0, 0, 0, 0, 24, 135, 64};
	struct careof_nonces nonces;
	ssize_t len;

	(void)state;
	careof_nonces_init(&nonces);
	len = cot_build(&nonces, &coti, CLOCK_SECOND_NS, octets, sizeof(octets));
	assert_int_equal(len, sizeof(expected));
	token_by_hand(&nonces, &coti.source, token);
	memcpy(expected + 8, &coti.destination, 16);
	memcpy(expected + 24, &coti.source, 16);
	memcpy(expected + 40, (uint8_t[]){59, 2, IP6_MH_TYPE_COT, 0}, 4);
	memcpy(expected + 44, octets + 44, 2); /* the checksum: the parser's to judge */
	expected[46] = (uint8_t)(nonces.ring[nonces.newest].index >> 8);
	expected[47] = (uint8_t)nonces.ring[nonces.newest].index;
	memcpy(expected + 48, cookie, sizeof(cookie));
	memcpy(expected + 56, token, sizeof(token));
	assert_memory_equal(octets, expected, sizeof(expected));

	assert_int_equal(mh_packet_parse(octets, (size_t)len, &cot), MH_OK);
	assert_true(careof_token_recall(&nonces, &coti.source, cot.message.test.nonce,
					2 * CLOCK_SECOND_NS, token));
	assert_memory_equal(token, cot.message.test.token, sizeof(token));
}

/* C-52: no state: whoever asks, and how often, leaves the ring as one who asked left it. */
static void test_no_state(void **state)
{
	struct mh_packet a = coti_from("2001:db8:2::a"), b = coti_from("2001:db8:2::b");
	struct careof_nonces nonces, before;
	uint8_t first[64], again[64], other[64];

	(void)state;
	careof_nonces_init(&nonces);
	assert_int_equal(cot_build(&nonces, &a, CLOCK_SECOND_NS, first, sizeof(first)), 64);
	before = nonces;
	assert_int_equal(cot_build(&nonces, &b, CLOCK_SECOND_NS, other, sizeof(other)), 64);
	assert_int_equal(cot_build(&nonces, &a, CLOCK_SECOND_NS, again, sizeof(again)), 64);
	assert_memory_equal(&nonces, &before, sizeof(nonces));
	assert_memory_equal(first, again, sizeof(first));
	assert_memory_not_equal(first + 56, other + 56, MH_TOKEN_LEN);
}

static void test_no_room(void **state)
{
	struct mh_packet coti = coti_from("2001:db8:2::c");
	struct careof_nonces nonces;
	uint8_t octets[64];

	(void)state;
	careof_nonces_init(&nonces);
	for (size_t size = 0; size < sizeof(octets); size++)
		assert_true(cot_build(&nonces, &coti, CLOCK_SECOND_NS, octets, size) < 0);
}

/* C-53: from an address that can be a CoA, to one of ours, by no detour; at a bounded rate. */
static void test_who_is_answered(void **state)
{
	static const struct {
		const char *source, *destination;
		bool has_hao, has_rh2;
		unsigned int replies;
	} rows[] = {
		{"2001:db8:2::c", "2001:db8:1::1", false, false, 1},
		{"2001:db8:2::c", "2001:db8:1::1", true, false, 0},
		{"2001:db8:2::c", "2001:db8:1::1", false, true, 0},
		{"fe80::c", "2001:db8:1::1", false, false, 0},
		{"2001:db8:2::c", "2001:db8:1::2", false, false, 0},
		{"2001:db8:2::d", "2001:db8:1::1", false, false, 1},
		{"2001:db8:2::e", "2001:db8:1::1", false, false, 0}, /* the third in no time */
	};
	const struct ingress from = {.ifindex = 7};
	static struct dar dar;

	(void)state;
	careof_nonces_init(&dar.nonces);
	ratelimit_init(&dar.careof_tests, 1, 2, clock_boot_ns());
	dar.prefixes.count = 1;
	dar.prefixes.at[0].prefix = address("2001:db8:1::");
	dar.prefixes.at[0].address = address("2001:db8:1::1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mh_packet coti = coti_from(rows[i].source);

		coti.destination = address(rows[i].destination);
		coti.has_hao = rows[i].has_hao;
		coti.has_rh2 = rows[i].has_rh2;
		replies = 0;
		careof_test_receive(&dar, &coti, &from);
		if (replies != rows[i].replies)
			fail_msg("row %zu: %u replies", i, replies);
	}
	assert_int_equal(dar.stats.counters[DAR_COTI_RECEIVED], 7);
	assert_int_equal(dar.stats.counters[DAR_COTI_REFUSED], 5);
	assert_int_equal(dar.stats.counters[DAR_COT_SENT], 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_no_state),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_who_is_answered),
	};

	return cmocka_run_group_tests_name("careof_test", tests, crypto_group_start,
					   crypto_group_stop);
}
