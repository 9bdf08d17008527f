// SPDX-License-Identifier: BSD-2-Clause
/* Owns the floor of a signed BU: a key nobody has seen before, and one signature under it. */
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/keypair.h"
#include "floor.h"

enum { OPERATIONS = 512, DIGEST_LEN = 20, SIGNATURE_MAX = 256 };

struct public_numbers {
	BIGNUM *n, *e;
	OSSL_PARAM *params;
};

static EVP_PKEY *public_of(const struct keypair *key)
{
	struct span spki = keypair_spki(key);
	const unsigned char *at = spki.at;

	return d2i_PUBKEY(NULL, &at, (long)spki.len);
}

static bool numbers_of(EVP_PKEY *key, struct public_numbers *out)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();

	*out = (struct public_numbers){0};
	if (build && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &out->n) == 1 &&
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &out->e) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, out->n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, out->e) == 1)
		out->params = OSSL_PARAM_BLD_to_param(build);
	OSSL_PARAM_BLD_free(build);
	return out->params;
}

static void numbers_free(struct public_numbers *numbers)
{
	OSSL_PARAM_free(numbers->params);
	BN_free(numbers->n);
	BN_free(numbers->e);
}

static EVP_PKEY *cold_key(EVP_PKEY_CTX *from, const struct public_numbers *numbers)
{
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(from) == 1)
		EVP_PKEY_fromdata(from, &key, EVP_PKEY_PUBLIC_KEY, numbers->params);
	return key;
}

/* A wrong signature costs what a right one does: the exponentiation comes before the verdict. */
static void verify(EVP_PKEY *key, const EVP_MD *md, size_t len)
{
	static const uint8_t digest[DIGEST_LEN], signature[SIGNATURE_MAX] = {1};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	if (ctx && EVP_PKEY_verify_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, md) == 1)
		EVP_PKEY_verify(ctx, signature, len, digest, sizeof(digest));
	EVP_PKEY_CTX_free(ctx);
}

static void encrypt(EVP_PKEY *key)
{
	static const uint8_t token[8];
	uint8_t out[SIGNATURE_MAX];
	size_t len = sizeof(out);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	if (ctx && EVP_PKEY_encrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1)
		EVP_PKEY_encrypt(ctx, out, &len, token, sizeof(token));
	EVP_PKEY_CTX_free(ctx);
}

int floor_measure_rsa(const struct keypair *pair, struct floor_rsa *out)
{
	EVP_PKEY_CTX *from = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA1", NULL);
	EVP_PKEY *warm = public_of(pair);
	struct public_numbers numbers = {0};
	int err = from && md && warm && numbers_of(warm, &numbers) ? 0 : -EIO;

	if (!err) {
		uint64_t start = floor_cpu_ns();

		for (int i = 0; i < OPERATIONS; i++) {
			EVP_PKEY *key = cold_key(from, &numbers);

			verify(key, md, keypair_modulus_len(pair));
			EVP_PKEY_free(key);
		}
		out->verify = (double)(floor_cpu_ns() - start) / OPERATIONS;
		start = floor_cpu_ns();
		for (int i = 0; i < OPERATIONS; i++)
			encrypt(warm);
		out->encrypt = (double)(floor_cpu_ns() - start) / OPERATIONS;
	}
	numbers_free(&numbers);
	EVP_PKEY_free(warm);
	EVP_MD_free(md);
	EVP_PKEY_CTX_free(from);
	return err;
}
