// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of the Care-of Test a DAR sends: every octet, and what it costs (C-52, C-54). */
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
#include "harness/crypto_group.h"

static const uint8_t cookie[MH_TOKEN_LEN] = {1, 2, 3, 4, 5, 6, 7, 8};

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_no_state),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests_name("careof_test", tests, crypto_group_start,
					   crypto_group_stop);
}
