// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of the MN's care-of test: CoTI as in the vectors, which CoT is believed (M-24). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/in6.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"
#include "mn/careof.h"
#include "wire/mh.h"

#define NOW (1000 * CLOCK_SECOND_NS)

/* A test of CoA3 with the cookie of the vectors. */
static struct careof_test test_of(const char *set)
{
	static const uint8_t cookie[] = {0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7};
	struct careof_test test = {
		.is_outstanding = true,
		.coa = vectors_address(set, "CoA3"),
		.sent_ns = NOW,
	};

	memcpy(test.cookie, cookie, sizeof(cookie));
	return test;
}

/* M-24: the CoTI, octet for octet. */
static void coti(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct careof_test test = test_of(VECTORS_SETS[s]);
		struct in6_addr hdar = vectors_address(VECTORS_SETS[s], "DAR1");
		struct hex expected = vectors_octets(VECTORS_SETS[s], "CoTI/packet");
		uint8_t packet[COTI_PACKET_LEN];

		assert_int_equal(careof_test_build(&test, &hdar, packet, sizeof(packet)),
				 expected.len);
		assert_memory_equal(packet, expected.at, expected.len);
		assert_true(careof_test_build(&test, &hdar, packet, sizeof(packet) - 1) < 0);
	}
}

/* M-24, M-25: the CoT of the vectors gives the token, which counts from the CoTI on; once. */
static void cot(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct careof_test test = test_of(VECTORS_SETS[s]);
		struct hex octets = vectors_octets(VECTORS_SETS[s], "CoT/packet");
		struct hex expected = vectors_octets(VECTORS_SETS[s], "careof_token_CoA3");
		struct careof_token token = {.nonce = 0};
		struct mh_packet packet;

		assert_int_equal(mh_packet_parse(octets.at, octets.len, &packet), MH_OK);
		assert_true(careof_test_answered(&test, &packet, &token));
		assert_int_equal(token.nonce, 7);
		assert_memory_equal(token.token, expected.at, sizeof(token.token));
		assert_true(in6_equal(&token.coa, &test.coa));
		assert_int_equal(token.since_ns, NOW);
		assert_false(test.is_outstanding);
		assert_false(careof_test_answered(&test, &packet, &token));
	}
}

enum bend { COOKIE, DESTINATION, ZERO_NONCE, OPTION_16_NONCE, HAO, RH2, NOT_ASKED, BENDS };

/* M-24: any difference, and the CoT is not ours. */
static void other_cots(void **state)
{
	const struct hex octets = vectors_octets(VECTORS_SETS[0], "CoT/packet");
	const struct careof_token none = {.nonce = 0};

	(void)state;
	for (int bend = 0; bend < BENDS + 8; bend++) {
		struct careof_test test = test_of(VECTORS_SETS[0]);
		struct careof_token token = none;
		struct mh_packet packet;

		assert_int_equal(mh_packet_parse(octets.at, octets.len, &packet), MH_OK);
		switch (bend) {
		case DESTINATION:
			packet.destination.s6_addr[15] ^= 1;
			break;
		case ZERO_NONCE:
			packet.message.test.nonce = 0;
			break;
		case OPTION_16_NONCE: /* */
			packet.message.test.nonce = 0xffff;
			break;
		case HAO:
			packet.has_hao = true;
			break;
		case RH2:
			packet.has_rh2 = true;
			break;
		case NOT_ASKED:
			test.is_outstanding = false;
			break;
		default: /* every octet of it */
			packet.message.test.cookie[bend % 8] ^= 0x80;
			break;
		}
		assert_false(careof_test_answered(&test, &packet, &token));
		assert_memory_equal(&token, &none, sizeof(none));
	}
}

/* M-24: a new cookie at each CoTI; the one before is answered no more. */
static void a_new_cookie_each_time(void **state)
{
	struct careof_test test = test_of(VECTORS_SETS[0]), before = test;
	const struct hex octets = vectors_octets(VECTORS_SETS[0], "CoT/packet");
	struct careof_token token;
	struct mh_packet packet;

	(void)state;
	assert_int_equal(mh_packet_parse(octets.at, octets.len, &packet), MH_OK);
	careof_test_begin(&test, &before.coa, NOW + 1);
	assert_memory_not_equal(test.cookie, before.cookie, sizeof(test.cookie));
	assert_int_equal(test.sent_ns, NOW + 1);
	assert_false(careof_test_answered(&test, &packet, &token));
	memcpy(packet.message.test.cookie, test.cookie, sizeof(test.cookie));
	assert_true(careof_test_answered(&test, &packet, &token));
}

/* M-26: HoAs of one HDAR wait for one CoTI, for a second; another CoA needs its own. */
static void one_test_for_all_hoas(void **state)
{
	struct careof_test test = test_of(VECTORS_SETS[0]);
	struct in6_addr other = vectors_address(VECTORS_SETS[0], "CoA2");

	(void)state;
	assert_true(careof_test_is_fresh(&test, &test.coa, NOW));
	assert_true(careof_test_is_fresh(&test, &test.coa, NOW + CLOCK_SECOND_NS - 1));
	assert_false(careof_test_is_fresh(&test, &test.coa, NOW + CLOCK_SECOND_NS));
	assert_false(careof_test_is_fresh(&test, &other, NOW));
	test.is_outstanding = false;
	assert_false(careof_test_is_fresh(&test, &test.coa, NOW));
}

/* M-25 */
static void tokens_end_after_210_s(void **state)
{
	const struct in6_addr coa = vectors_address(VECTORS_SETS[0], "CoA3");
	const struct in6_addr other = vectors_address(VECTORS_SETS[0], "CoA2");
	struct careof_token token = {.coa = coa, .nonce = 1, .since_ns = NOW};

	(void)state;
	assert_true(careof_token_usable(&token, &coa, NOW));
	assert_true(careof_token_usable(&token, &coa, NOW + 210 * CLOCK_SECOND_NS - 1));
	assert_false(careof_token_usable(&token, &coa, NOW + 210 * CLOCK_SECOND_NS));
	assert_false(careof_token_usable(&token, &other, NOW));
	careof_token_forget(&token);
	assert_false(careof_token_usable(&token, &coa, NOW));
	assert_false(careof_token_usable(&token, &in6addr_any, NOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coti),
		cmocka_unit_test(cot),
		cmocka_unit_test(other_cots),
		cmocka_unit_test(a_new_cookie_each_time),
		cmocka_unit_test(one_test_for_all_hoas),
		cmocka_unit_test(tokens_end_after_210_s),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
