// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that care-of tokens live as long as they say and no longer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "dar/careof_nonce.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"

#define AT(s) ((s)*CLOCK_SECOND_NS)

static const struct in6_addr coa = {{{0x20, 0x01, 0x0d, 0xb8, [15] = 1}}};
static const struct in6_addr other_coa = {{{0x20, 0x01, 0x0d, 0xb8, [15] = 2}}};

/* C-48: Kcn is 20 octets, another at each start */
static void kcn_is_random(void **state)
{
	struct careof_nonces a, b;

	(void)state;
	assert_int_equal(sizeof(a.kcn), 20);
	careof_nonces_init(&a);
	careof_nonces_init(&b);
	assert_memory_not_equal(a.kcn, b.kcn, sizeof(a.kcn));
	assert_true(a.next_index >= 1 && a.next_index <= 0xfffe);
}

/* C-52: the token of the vectors, from their Kcn, nonce and index */
static void token_of_the_vectors(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		const char *set = VECTORS_SETS[i];
		struct hex kcn = vectors_octets(set, "kcn"), nonce = vectors_octets(set, "nonce");
		struct hex expected = vectors_octets(set, "careof_token_CoA3");
		struct in6_addr coa3 = vectors_address(set, "CoA3");
		struct careof_nonces nonces = {
			.ring[3] = {.made_ns = AT(100), .index = 7},
			.newest = 3,
			.next_index = 8,
		};
		uint8_t token[MH_TOKEN_LEN];

		assert_int_equal(kcn.len, sizeof(nonces.kcn));
		memcpy(nonces.kcn, kcn.at, sizeof(nonces.kcn));
		memcpy(nonces.ring[3].octets, nonce.at, sizeof(nonces.ring[3].octets));
		assert_int_equal(careof_token_issue(&nonces, &coa3, AT(110), token), 7);
		assert_memory_equal(token, expected.at, sizeof(token));
		memset(token, 0, sizeof(token));
		assert_true(careof_token_recall(&nonces, &coa3, 7, AT(110), token));
		assert_memory_equal(token, expected.at, sizeof(token));
	}
}

/* One nonce for 30 s, made when it is asked for */
static void a_nonce_serves_30_s(void **state)
{
	struct careof_nonces nonces;
	uint8_t first[MH_TOKEN_LEN], again[MH_TOKEN_LEN], next[MH_TOKEN_LEN];
	uint16_t index;

	(void)state;
	careof_nonces_init(&nonces);
	index = careof_token_issue(&nonces, &coa, AT(1000), first);
	assert_int_equal(careof_token_issue(&nonces, &coa, AT(1030) - 1, again), index);
	assert_memory_equal(first, again, sizeof(first));
	assert_int_not_equal(careof_token_issue(&nonces, &coa, AT(1030), next), index);
	assert_memory_not_equal(first, next, sizeof(first));
	assert_int_equal(careof_token_issue(&nonces, &other_coa, AT(1031), again),
			 careof_token_issue(&nonces, &coa, AT(1031), next));
	assert_memory_not_equal(again, next, sizeof(again));
}

/* C-49: never after 240 s; C-50: 210 s after whatever use was the last */
static void nonces_live_240_s(void **state)
{
	struct careof_nonces nonces;
	uint8_t issued[MH_TOKEN_LEN], token[MH_TOKEN_LEN];
	uint64_t made = AT(1000), last_use = AT(1030) - 1;
	uint16_t index;

	(void)state;
	careof_nonces_init(&nonces);
	index = careof_token_issue(&nonces, &coa, made, issued);
	assert_int_equal(careof_token_issue(&nonces, &coa, last_use, token), index);
	assert_true(careof_token_recall(&nonces, &coa, index, last_use + AT(210), token));
	assert_memory_equal(token, issued, sizeof(token));
	assert_true(careof_token_recall(&nonces, &coa, index, made + AT(240) - 1, token));
	assert_false(careof_token_recall(&nonces, &coa, index, made + AT(240), token));
	assert_false(careof_token_recall(&nonces, &coa, index, made + AT(100000), token));
}

/* C-50, C-51: asked at every second, each token is good for its 210 s, Kcn stays what it was */
static void no_token_is_lost_under_load(void **state)
{
	enum { SECONDS = 600 };
	static struct {
		uint16_t index;
		uint8_t token[MH_TOKEN_LEN];
	} issued[SECONDS];
	struct careof_nonces nonces;
	uint8_t kcn[20], token[MH_TOKEN_LEN];

	(void)state;
	careof_nonces_init(&nonces);
	memcpy(kcn, nonces.kcn, sizeof(kcn));
	for (unsigned int now = 1; now < SECONDS; now++) {
		issued[now].index = careof_token_issue(&nonces, &coa, AT(now), issued[now].token);
		for (unsigned int then = 1; then <= now; then++) {
			bool known = careof_token_recall(&nonces, &coa, issued[then].index, AT(now),
							 token);

			assert_true(known || now - then > CAREOF_TOKEN_LIFE_S);
			assert_false(known && now - then >= CAREOF_NONCE_LIFE_S);
			if (known)
				assert_memory_equal(token, issued[then].token, sizeof(token));
		}
	}
	assert_memory_equal(nonces.kcn, kcn, sizeof(kcn));
}

/* C-55, A-09: nothing is known under an index that was not given out, 0 and 0xffff never are */
static void unknown_indices(void **state)
{
	struct careof_nonces nonces;
	uint8_t token[MH_TOKEN_LEN];
	uint16_t index;

	(void)state;
	careof_nonces_init(&nonces);
	for (uint32_t i = 0; i <= UINT16_MAX; i++)
		assert_false(careof_token_recall(&nonces, &coa, (uint16_t)i, AT(1), token));
	index = careof_token_issue(&nonces, &coa, AT(1), token);
	for (uint32_t i = 0; i <= UINT16_MAX; i++)
		assert_true(careof_token_recall(&nonces, &coa, (uint16_t)i, AT(1), token) ==
			    (i == index));
}

static void indices_wrap(void **state)
{
	struct careof_nonces nonces;
	uint8_t token[MH_TOKEN_LEN];

	(void)state;
	careof_nonces_init(&nonces);
	nonces.next_index = 0xfffd;
	assert_int_equal(careof_token_issue(&nonces, &coa, AT(100), token), 0xfffd);
	assert_int_equal(careof_token_issue(&nonces, &coa, AT(200), token), 0xfffe);
	assert_int_equal(careof_token_issue(&nonces, &coa, AT(300), token), 1);
	assert_int_equal(careof_token_issue(&nonces, &coa, AT(400), token), 2);
}

/* C-80: nothing of it stays behind */
static void wiped(void **state)
{
	static const struct careof_nonces zero;
	struct careof_nonces nonces;
	uint8_t token[MH_TOKEN_LEN];

	(void)state;
	careof_nonces_init(&nonces);
	careof_token_issue(&nonces, &coa, AT(1), token);
	careof_nonces_wipe(&nonces);
	assert_memory_equal(&nonces, &zero, sizeof(zero));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(kcn_is_random),
		cmocka_unit_test(token_of_the_vectors),
		cmocka_unit_test(a_nonce_serves_30_s),
		cmocka_unit_test(nonces_live_240_s),
		cmocka_unit_test(no_token_is_lost_under_load),
		cmocka_unit_test(unknown_indices),
		cmocka_unit_test(indices_wrap),
		cmocka_unit_test(wiped),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
