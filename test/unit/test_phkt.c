// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of the token's envelope: crypto/phkt.h. */
#include "crypto/phkt.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/evp_key.h"
#include "crypto/keypair.h"
#include "crypto/rsa_key.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"

struct ends { /* both halves of the MN's key of one set */
	struct keypair *keypair;
	struct rsa_key *key;
	size_t len;
};

static struct ends ends_of(const char *set)
{
	char path[64], pem[4096];
	struct rsa_public public;
	struct ends ends;
	FILE *file;

	snprintf(path, sizeof(path), VECTORS_DIR "mn_rsa%s.pem", set + 1);
	file = fopen(path, "r");
	assert_non_null(file);
	ends.keypair = keypair_from_pem(pem, fread(pem, 1, sizeof(pem), file));
	fclose(file);
	assert_non_null(ends.keypair);
	assert_int_equal(rsa_public_read(keypair_spki(ends.keypair), &public), RSA_OK);
	ends.key = rsa_key_from_public(&public);
	assert_non_null(ends.key);
	ends.len = keypair_modulus_len(ends.keypair);
	return ends;
}

static void ends_free(struct ends *ends)
{
	keypair_free(ends->keypair);
	rsa_key_free(ends->key);
}

static void C_68_the_ciphertexts_of_the_vectors_hold_the_token(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ends ends = ends_of(VECTORS_SETS[i]);
		struct hex phkt = vectors_octets(VECTORS_SETS[i], "phkt");
		struct hex ciphertext = vectors_octets(VECTORS_SETS[i], "phkt_ciphertext");
		uint8_t token[MH_TOKEN_LEN] = {0};

		assert_int_equal(ciphertext.len, ends.len);
		phkt_decrypt(ends.keypair, (struct span){ciphertext.at, ciphertext.len}, token);
		assert_memory_equal(token, phkt.at, sizeof(token));
		ends_free(&ends);
	}
}

static void C_68_what_is_encrypted_is_decrypted_and_never_looks_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ends ends = ends_of(VECTORS_SETS[i]);
		uint8_t first[MH_SIGNATURE_MAX], second[MH_SIGNATURE_MAX];
		const uint8_t tokens[][MH_TOKEN_LEN] = {
			{0}, {0, 1, 0, 2, 0, 3, 0, 4}, {255, 255, 255, 255, 255, 255, 255, 255}};

		for (size_t t = 0; t < 3; t++) {
			uint8_t token[MH_TOKEN_LEN] = {0xee};

			assert_int_equal(phkt_encrypt(ends.key, tokens[t], first, sizeof(first)),
					 ends.len);
			assert_int_equal(phkt_encrypt(ends.key, tokens[t], second, ends.len),
					 ends.len);
			assert_memory_not_equal(first, second, ends.len);
			phkt_decrypt(ends.keypair, (struct span){second, ends.len}, token);
			assert_memory_equal(token, tokens[t], sizeof(token));
		}
		ends_free(&ends);
	}
}

static void an_envelope_without_room_is_not_written(void **state)
{
	struct ends ends = ends_of("S1024");
	uint8_t out[MH_SIGNATURE_MAX], untouched[MH_SIGNATURE_MAX];
	const uint8_t token[MH_TOKEN_LEN] = {1};

	(void)state;
	memset(out, 0x77, sizeof(out));
	memset(untouched, 0x77, sizeof(untouched));
	for (size_t size = 0; size < ends.len; size++)
		assert_int_equal(phkt_encrypt(ends.key, token, out, size), -ENOSPC);
	assert_memory_equal(out, untouched, sizeof(out));
	ends_free(&ends);
}

/* Refused means: twice the same octets in, two tokens out, none of them the true one. */
static void assert_refused(const struct keypair *key, struct span ciphertext, const uint8_t *phkt,
			   const char *name)
{
	uint8_t first[MH_TOKEN_LEN] = {0}, second[MH_TOKEN_LEN] = {0};
	static const uint8_t zero[MH_TOKEN_LEN];

	phkt_decrypt(key, ciphertext, first);
	phkt_decrypt(key, ciphertext, second);
	if (memcmp(first, second, sizeof(first)) == 0)
		fail_msg("%s: tokens are not random", name);
	if (memcmp(first, zero, sizeof(first)) == 0 || memcmp(first, phkt, sizeof(first)) == 0)
		fail_msg("%s: token is known", name);
	assert_true(ERR_peek_error() == 0);
}

static void M_20_a_damaged_ciphertext_yields_random_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ends ends = ends_of(VECTORS_SETS[i]);
		struct hex phkt = vectors_octets(VECTORS_SETS[i], "phkt");
		struct hex text = vectors_octets(VECTORS_SETS[i], "phkt_ciphertext");

		for (size_t at = 0; at < text.len; at += 5) {
			text.at[at] ^= 0x10;
			assert_refused(ends.keypair, (struct span){text.at, text.len}, phkt.at,
				       "one bit");
			text.at[at] ^= 0x10;
		}
		ends_free(&ends);
	}
}

static void M_20_a_ciphertext_of_another_length_yields_random_tokens(void **state)
{
	struct ends ends = ends_of("S1024");
	struct hex phkt = vectors_octets("S1024", "phkt");
	struct hex text = vectors_octets("S1024", "phkt_ciphertext");
	const size_t lens[] = {0, 1, 8, 127, 129, 255, 256};

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		uint8_t *exact = hex_exact(text.at, lens[i]);

		assert_refused(ends.keypair, (struct span){exact, lens[i]}, phkt.at, "length");
		free(exact);
	}
	assert_refused(ends.keypair, (struct span){NULL, 0}, phkt.at, "nothing");
	do { /* the same number without its leading zero */
		assert_int_equal(phkt_encrypt(ends.key, phkt.at, text.at, 128), 128);
	} while (text.at[0]);
	assert_refused(ends.keypair, (struct span){text.at + 1, 127}, phkt.at, "zero cut off");
	ends_free(&ends);
}

static void M_20_numbers_at_and_above_the_modulus_yield_random_tokens(void **state)
{
	struct ends ends = ends_of("S1024");
	struct hex phkt = vectors_octets("S1024", "phkt");
	struct rsa_public public;
	uint8_t number[MH_SIGNATURE_MAX];

	(void)state;
	assert_int_equal(rsa_public_read(keypair_spki(ends.keypair), &public), RSA_OK);
	memcpy(number, public.modulus.at, ends.len);
	assert_refused(ends.keypair, (struct span){number, ends.len}, phkt.at, "n");
	number[ends.len - 1]--;
	assert_refused(ends.keypair, (struct span){number, ends.len}, phkt.at, "n - 1");
	memset(number, 0xff, sizeof(number));
	assert_refused(ends.keypair, (struct span){number, ends.len}, phkt.at, "all ones");
	memset(number, 0, sizeof(number));
	assert_refused(ends.keypair, (struct span){number, ends.len}, phkt.at, "0");
	number[ends.len - 1] = 1;
	assert_refused(ends.keypair, (struct span){number, ends.len}, phkt.at, "1");
	ends_free(&ends);
}

/* The bare public operation, so that any block can be tried. */
static void encrypt_block(const struct rsa_key *key, const uint8_t *block, size_t len, uint8_t *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	size_t out_len = len;

	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(ctx, out, &out_len, block, len), 1);
	assert_int_equal(out_len, len);
	EVP_PKEY_CTX_free(ctx);
}

static void M_20_every_other_block_yields_random_tokens(void **state)
{
	enum { LEN = 128, SEPARATOR = LEN - MH_TOKEN_LEN - 1 };
	static const struct {
		const char *name;
		size_t at;
		uint8_t octet;
		bool accepted;
	} rows[] = {
		{"as it should be", 0, 0x00, true},
		{"other padding", 2, 0x01, true},
		{"token that begins with zero", SEPARATOR + 1, 0x00, true},
		{"first octet 1", 0, 0x01, false},
		{"block type 0", 1, 0x00, false},
		{"block type 1", 1, 0x01, false},
		{"block type 3", 1, 0x03, false},
		{"block type 0x82", 1, 0x82, false},
		{"zero at the start of the padding", 2, 0x00, false},
		{"zero after 8 octets of padding", 10, 0x00, false},
		{"zero at the end of the padding: 9 octets", SEPARATOR - 1, 0x00, false},
		{"no separator", SEPARATOR, 0x01, false},
		{"separator 0x80", SEPARATOR, 0x80, false},
		{"separator one later: 7 octets", SEPARATOR, 0xff, false},
	};
	struct ends ends = ends_of("S1024");

	(void)state;
	assert_int_equal(ends.len, LEN);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t block[LEN], ciphertext[LEN], token[MH_TOKEN_LEN];

		memset(block, 0x55, sizeof(block));
		block[0] = 0x00;
		block[1] = 0x02;
		block[SEPARATOR] = 0x00;
		block[rows[i].at] = rows[i].octet;
		if (rows[i].at == SEPARATOR && rows[i].octet == 0xff)
			block[SEPARATOR + 1] = 0x00;
		encrypt_block(ends.key, block, LEN, ciphertext);
		if (!rows[i].accepted) {
			assert_refused(ends.keypair, (struct span){ciphertext, LEN},
				       block + SEPARATOR + 1, rows[i].name);
			continue;
		}
		phkt_decrypt(ends.keypair, (struct span){ciphertext, LEN}, token);
		assert_memory_equal(token, block + SEPARATOR + 1, MH_TOKEN_LEN);
	}
	ends_free(&ends);
}

static void M_20_a_token_for_another_key_yields_random_tokens(void **state)
{
	struct ends ends = ends_of("S1024");
	struct keypair *other = keypair_generate(1024);
	struct hex phkt = vectors_octets("S1024", "phkt");
	uint8_t ciphertext[MH_SIGNATURE_MAX];

	(void)state;
	assert_int_equal(phkt_encrypt(ends.key, phkt.at, ciphertext, sizeof(ciphertext)), ends.len);
	assert_refused(other, (struct span){ciphertext, ends.len}, phkt.at, "other key");
	keypair_free(other);
	ends_free(&ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C_68_the_ciphertexts_of_the_vectors_hold_the_token),
		cmocka_unit_test(C_68_what_is_encrypted_is_decrypted_and_never_looks_the_same),
		cmocka_unit_test(an_envelope_without_room_is_not_written),
		cmocka_unit_test(M_20_a_damaged_ciphertext_yields_random_tokens),
		cmocka_unit_test(M_20_a_ciphertext_of_another_length_yields_random_tokens),
		cmocka_unit_test(M_20_numbers_at_and_above_the_modulus_yield_random_tokens),
		cmocka_unit_test(M_20_every_other_block_yields_random_tokens),
		cmocka_unit_test(M_20_a_token_for_another_key_yields_random_tokens),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
