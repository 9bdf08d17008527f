// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of wiping, comparing and starting: crypto/secret.h. */
#include "crypto/secret.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto/digest.h"
#include "harness/hex.h"

static void C_80_a_wiped_secret_is_zero_and_nothing_beside_it(void **state)
{
	uint8_t octets[] = {1, 2, 3, 4, 5, 6};
	const uint8_t expected[] = {1, 0, 0, 0, 0, 6};

	(void)state;
	secret_wipe(octets + 1, 4);
	assert_memory_equal(octets, expected, sizeof(expected));
}

static void C_47_secrets_are_equal_only_if_every_bit_is(void **state)
{
	uint8_t a[20], b[20];

	(void)state;
	memset(a, 0x5a, sizeof(a));
	memcpy(b, a, sizeof(b));
	assert_true(secret_equal(a, b, sizeof(a)));
	assert_true(secret_equal(a, b, 0));
	for (size_t bit = 0; bit < sizeof(b) * 8; bit++) {
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(secret_equal(a, b, sizeof(a)));
		assert_true(secret_equal(a, b, bit / 8));
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* RFC 3174 section 7.3, RFC 2202 section 3 cases 3 and 1, FIPS 180-2 appendix B.1. */
static void digests_are_those_of_the_standards(void **state)
{
	const struct span abc[] = {
		{(const uint8_t *)"a", 1}, {NULL, 0}, {(const uint8_t *)"bc", 2}};
	const struct span there[] = {{(const uint8_t *)"Hi ", 3}, {(const uint8_t *)"There", 5}};
	struct hex sha1 = hex_octets("a9993e364706816aba3e25717850c26c9cd0d89d");
	struct hex sha256 = hex_octets("ba7816bf8f01cfea414140de5dae2223"
				       "b00361a396177a9cb410ff61f20015ad");
	struct hex hmac_dd = hex_octets("125d7342b9ac11cd91a39af48aa17b4f63f175d3");
	struct hex hmac_hi = hex_octets("b617318655057264e28bc0b6fb378c8ef146be00");
	uint8_t key[SHA1_LEN], dd[50], out[SHA256_LEN];
	const char *why;

	(void)state;
	assert_int_equal(crypto_start(&why), 0);
	memset(dd, 0xdd, sizeof(dd));
	for (int again = 0; again < 2; again++) {
		digest_sha1(abc, 3, out);
		assert_memory_equal(out, sha1.at, SHA1_LEN);
		digest_sha256(abc, 3, out);
		assert_memory_equal(out, sha256.at, SHA256_LEN);
		memset(key, 0xaa, sizeof(key));
		digest_hmac_sha1(key, &(struct span){dd, sizeof(dd)}, 1, out);
		assert_memory_equal(out, hmac_dd.at, SHA1_LEN);
		memset(key, 0x0b, sizeof(key));
		digest_hmac_sha1(key, there, 2, out);
		assert_memory_equal(out, hmac_hi.at, SHA1_LEN);
	}
	crypto_stop();
}

static void crypto_starts_again_after_it_was_stopped(void **state)
{
	const char *why = "unset";

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(crypto_start(&why), 0);
		assert_null(why);
		assert_true(ERR_peek_error() == 0);
		crypto_stop();
	}
	crypto_stop();
}

/* Nothing is loaded that has the property asked for: what a FIPS-only policy looks like. */
static void a_policy_without_sha1_is_told_in_a_sentence(void **state)
{
	const char *why = NULL;

	(void)state;
	assert_int_equal(EVP_set_default_properties(NULL, "fips=yes"), 1);
	assert_int_equal(crypto_start(&why), -ENOTSUP);
	assert_non_null(why);
	assert_non_null(strstr(why, "SHA-1"));
	assert_true(ERR_peek_error() == 0);
	assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
	assert_int_equal(crypto_start(&why), 0);
	crypto_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C_80_a_wiped_secret_is_zero_and_nothing_beside_it),
		cmocka_unit_test(C_47_secrets_are_equal_only_if_every_bit_is),
		cmocka_unit_test(digests_are_those_of_the_standards),
		cmocka_unit_test(crypto_starts_again_after_it_was_stopped),
		cmocka_unit_test(a_policy_without_sha1_is_told_in_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
