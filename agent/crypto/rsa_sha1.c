// SPDX-License-Identifier: BSD-2-Clause
/* Owns the one place that asks OpenSSL to sign and to verify. */
#include "crypto/rsa_sha1.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

static bool set_scheme(EVP_PKEY_CTX *ctx)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_signature_md(ctx, digest_sha1_md()) == 1;
}

int rsa_sha1_sign(EVP_PKEY *key, const uint8_t digest[static SHA1_LEN], uint8_t *out, size_t size)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool done = ctx && EVP_PKEY_sign_init(ctx) == 1 && set_scheme(ctx) &&
		    EVP_PKEY_sign(ctx, out, &size, digest, SHA1_LEN) == 1;

	EVP_PKEY_CTX_free(ctx);
	if (done)
		return 0;
	ERR_clear_error();
	return -EIO;
}

bool rsa_sha1_valid(EVP_PKEY *key, const uint8_t digest[static SHA1_LEN], struct span signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool valid = ctx && EVP_PKEY_verify_init(ctx) == 1 && set_scheme(ctx) &&
		     EVP_PKEY_verify(ctx, signature.at, signature.len, digest, SHA1_LEN) == 1;

	EVP_PKEY_CTX_free(ctx);
	if (!valid)
		ERR_clear_error();
	return valid;
}
