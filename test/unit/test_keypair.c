// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of a node's own key: crypto/keypair.h. */
#include "crypto/keypair.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/bu_signature.h"
#include "crypto/rsa_key.h"
#include "crypto/secret.h"
#include "fama/mobility.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"

static const struct signed_message MESSAGE = {
	.coa = &in6addr_loopback, .dar = &in6addr_any, .mh = {(const uint8_t *)"0123456789", 10}};

static char *file_text(const char *path, size_t *len)
{
	FILE *file = fopen(path, "r");
	char *text = malloc(8192);

	assert_non_null(file);
	assert_non_null(text);
	*len = fread(text, 1, 8192, file);
	fclose(file);
	return text;
}

static struct keypair *keypair_of_file(const char *path)
{
	size_t len;
	char *text = file_text(path, &len);
	struct keypair *key = keypair_from_pem(text, len);

	free(text);
	return key;
}

static bool signs_for(const struct keypair *key, struct span spki)
{
	uint8_t signature[MH_SIGNATURE_MAX];
	struct span span = {signature, keypair_modulus_len(key)};
	struct rsa_public public;
	struct rsa_key *half;
	bool valid;

	assert_int_equal(rsa_public_read(spki, &public), RSA_OK);
	half = rsa_key_from_public(&public);
	assert_non_null(half);
	assert_int_equal(bu_sign(key, &MESSAGE, signature, sizeof(signature)), 0);
	valid = bu_signature_valid(half, &MESSAGE, span);
	rsa_key_free(half);
	return valid;
}

static void a_generated_key_survives_pem_and_serves(void **state)
{
	static const struct {
		unsigned int bits;
		size_t spki_len; /* measured in the wire profile */
	} rows[] = {{1024, 162}, {1032, 163}, {2040, 293}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct keypair *key = keypair_generate(rows[i].bits), *copy;
		struct rsa_public public;
		size_t len;
		char *pem;

		assert_non_null(key);
		assert_int_equal(keypair_modulus_len(key), rows[i].bits / 8);
		assert_int_equal(keypair_spki(key).len, rows[i].spki_len);
		assert_int_equal(rsa_public_read(keypair_spki(key), &public), RSA_OK);
		assert_int_equal(public.exponent, 65537);
		assert_int_equal(public.der_len, rows[i].spki_len);

		pem = keypair_to_pem(key, &len);
		assert_non_null(pem);
		assert_int_equal(strlen(pem), len);
		assert_ptr_equal(strstr(pem, "-----BEGIN PRIVATE KEY-----\n"), pem);
		copy = keypair_from_pem(pem, len);
		assert_non_null(copy);
		assert_int_equal(keypair_spki(copy).len, keypair_spki(key).len);
		assert_memory_equal(keypair_spki(copy).at, keypair_spki(key).at,
				    keypair_spki(key).len);
		assert_true(signs_for(copy, keypair_spki(key)));
		secret_wipe(pem, len);
		free(pem);
		keypair_free(copy);
		keypair_free(key);
	}
}

static void two_generated_keys_differ(void **state)
{
	struct keypair *a = keypair_generate(1024), *b = keypair_generate(1024);

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_memory_not_equal(keypair_spki(a).at, keypair_spki(b).at, 162);
	assert_false(signs_for(a, keypair_spki(b)));
	keypair_free(a);
	keypair_free(b);
	keypair_free(NULL);
}

static void sizes_that_options_13_and_14_cannot_carry_are_not_generated(void **state)
{
	static const unsigned int bits[] = {0, 512, 1016, 1023, 1025, 2039, 2041, 2048, 4096, ~0U};

	(void)state;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		assert_null(keypair_generate(bits[i]));
}

static void the_keys_of_the_vectors_are_read(void **state)
{
	static const struct {
		const char *path, *set;
	} rows[] = {{VECTORS_DIR "mn_rsa1024.pem", "S1024"},
		    {VECTORS_DIR "mn_rsa2040.pem", "S2040"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct keypair *key = keypair_of_file(rows[i].path);
		struct hex spki = vectors_octets(rows[i].set, "spki");

		assert_non_null(key);
		assert_int_equal(keypair_spki(key).len, spki.len);
		assert_memory_equal(keypair_spki(key).at, spki.at, spki.len);
		keypair_free(key);
	}
}

/* SEND's own key is in the older PKCS#1 form. */
static void a_pkcs1_pem_is_read(void **state)
{
	struct keypair *key = keypair_of_file(VECTORS_DIR "peers/cga/mn1.key.pem");
	size_t len;
	char *params = file_text(VECTORS_DIR "peers/cga/mn1.cga.params", &len);

	(void)state;
	assert_non_null(key);
	assert_int_equal(keypair_spki(key).len, len - 25);
	assert_memory_equal(keypair_spki(key).at, params + 25, len - 25);
	assert_true(signs_for(key, keypair_spki(key)));
	keypair_free(key);
	free(params);
}

/* PEM of a key made by OpenSSL; `exponent` 0 is for kinds that have none. */
static char *foreign_pem(const char *kind, unsigned int bits, unsigned int exponent,
			 const EVP_CIPHER *cipher, bool public_half)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	BIO *out = BIO_new(BIO_s_mem());
	OSSL_PARAM params[3] = {0}, *param = params;
	EVP_PKEY *pkey = NULL;
	char group[] = "P-256";
	char *written, *pem;
	long len;

	if (exponent) {
		*param++ = OSSL_PARAM_construct_uint("bits", &bits);
		*param++ = OSSL_PARAM_construct_uint("e", &exponent);
	} else if (strcmp(kind, "EC") == 0) {
		*param++ = OSSL_PARAM_construct_utf8_string("group", group, 0);
	}
	*param = OSSL_PARAM_construct_end();
	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_params(ctx, params), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &pkey), 1);
	if (public_half)
		assert_int_equal(PEM_write_bio_PUBKEY(out, pkey), 1);
	else
		assert_int_equal(PEM_write_bio_PKCS8PrivateKey(out, pkey, cipher, "secret",
							       cipher ? 6 : 0, NULL, NULL),
				 1);
	len = BIO_get_mem_data(out, &written);
	pem = strndup(written, (size_t)len);
	BIO_free(out);
	EVP_PKEY_free(pkey);
	EVP_PKEY_CTX_free(ctx);
	return pem;
}

static void keys_that_strangers_would_refuse_are_refused(void **state)
{
	const struct {
		const char *name, *kind;
		unsigned int bits, exponent;
		bool accepted, encrypted, public_half;
	} rows[] = {
		{"1024 bits, e 65537", "RSA", 1024, 65537, true, false, false},
		{"1024 bits, e 3", "RSA", 1024, 3, true, false, false},
		{"512 bits", "RSA", 512, 65537, false, false, false},
		{"1016 bits", "RSA", 1016, 65537, false, false, false},
		{"1028 bits are no whole octets", "RSA", 1028, 65537, false, false, false},
		{"2048 bits", "RSA", 2048, 65537, false, false, false},
		{"e 65539", "RSA", 1024, 65539, false, false, false},
		{"EC", "EC", 0, 0, false, false, false},
		{"Ed25519", "ED25519", 0, 0, false, false, false},
		{"RSA-PSS", "RSA-PSS", 1024, 65537, false, false, false},
		{"encrypted", "RSA", 1024, 65537, false, true, false},
		{"public half", "RSA", 1024, 65537, false, false, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *pem = foreign_pem(rows[i].kind, rows[i].bits, rows[i].exponent,
					rows[i].encrypted ? EVP_aes_128_cbc() : NULL,
					rows[i].public_half);
		struct keypair *key = keypair_from_pem(pem, strlen(pem));

		if (!!key != rows[i].accepted)
			fail_msg("%s: %s", rows[i].name, key ? "accepted" : "refused");
		keypair_free(key);
		free(pem);
		assert_true(ERR_peek_error() == 0);
	}
}

static void text_that_is_no_key_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"-----BEGIN ",
		"-----BEGIN PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\n%%%%\n-----END PRIVATE KEY-----\n",
		"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
		"role: dar\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *text = hex_exact((const uint8_t *)rows[i], strlen(rows[i]));

		assert_null(keypair_from_pem(text, strlen(rows[i])));
		assert_true(ERR_peek_error() == 0);
		free(text);
	}
}

static void a_cut_file_is_refused(void **state)
{
	size_t len;
	char *text = file_text(VECTORS_DIR "mn_rsa1024.pem", &len);
	size_t end = (size_t)(strstr(text, "-----END") - text);

	(void)state;
	for (size_t cut = 0; cut < end; cut += 7) {
		uint8_t *part = hex_exact((const uint8_t *)text, cut);

		assert_null(keypair_from_pem(part, cut));
		free(part);
	}
	free(text);
}

static void two_keys_in_one_file_are_refused(void **state)
{
	size_t len, twice;
	char *text = file_text(VECTORS_DIR "mn_rsa1024.pem", &len);

	(void)state;
	memcpy(text + len, text, len);
	twice = 2 * len;
	assert_null(keypair_from_pem(text, twice));
	free(text);
}

/* One bit of a prime in a PKCS#1 file: it decodes, but what it signs nobody could verify. */
static void halves_that_do_not_belong_together_are_refused(void **state)
{
	size_t len;
	char *text = file_text(VECTORS_DIR "peers/cga/mn1.key.pem", &len);
	BIO *in = BIO_new_mem_buf(text, (int)len), *out = BIO_new(BIO_s_mem());
	char *name, *header, *written;
	struct keypair *key;
	unsigned char *der;
	long der_len, size;

	(void)state;
	assert_int_equal(PEM_read_bio(in, &name, &header, &der, &der_len), 1);
	der[der_len * 6 / 10] ^= 0x02;
	assert_true(PEM_write_bio(out, name, header, der, der_len) > 0);
	size = BIO_get_mem_data(out, &written);
	assert_null(keypair_from_pem(written, (size_t)size));
	der[der_len * 6 / 10] ^= 0x02;
	BIO_reset(out);
	assert_true(PEM_write_bio(out, name, header, der, der_len) > 0);
	size = BIO_get_mem_data(out, &written);
	key = keypair_from_pem(written, (size_t)size);
	assert_non_null(key);
	keypair_free(key);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	BIO_free(in);
	BIO_free(out);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_generated_key_survives_pem_and_serves),
		cmocka_unit_test(two_generated_keys_differ),
		cmocka_unit_test(sizes_that_options_13_and_14_cannot_carry_are_not_generated),
		cmocka_unit_test(the_keys_of_the_vectors_are_read),
		cmocka_unit_test(a_pkcs1_pem_is_read),
		cmocka_unit_test(keys_that_strangers_would_refuse_are_refused),
		cmocka_unit_test(text_that_is_no_key_is_refused),
		cmocka_unit_test(a_cut_file_is_refused),
		cmocka_unit_test(two_keys_in_one_file_are_refused),
		cmocka_unit_test(halves_that_do_not_belong_together_are_refused),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
