// SPDX-License-Identifier: BSD-2-Clause
/* Owns the one place that asks OpenSSL to sign and to verify. */
#include "crypto/rsa_sha1.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

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

/* RFC 8017 section 9.2, note 1: what stands before a SHA-1 in the encoded message. */
static const uint8_t digest_info[] = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
				      0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};

/* Without a digest OpenSSL compares the whole content of the block with what it is given, and need
 * not look the algorithm up for each signature. */
bool rsa_sha1_valid(EVP_PKEY_CTX *ctx, const uint8_t digest[static SHA1_LEN], struct span signature)
{
	uint8_t expected[sizeof(digest_info) + SHA1_LEN];
	int padding = RSA_PKCS1_PADDING;
	const OSSL_PARAM scheme[] = {
		OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_PAD_MODE, &padding),
		OSSL_PARAM_construct_end(),
	};
	bool valid;

	memcpy(expected, digest_info, sizeof(digest_info));
	memcpy(expected + sizeof(digest_info), digest, SHA1_LEN);
	valid = EVP_PKEY_verify_init_ex(ctx, scheme) == 1 &&
		EVP_PKEY_verify(ctx, signature.at, signature.len, expected, sizeof(expected)) == 1;
	if (!valid)
		ERR_clear_error();
	return valid;
}
