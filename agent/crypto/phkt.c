// SPDX-License-Identifier: BSD-2-Clause
/* Owns the token's envelope: EME-PKCS1-v1_5 around exactly one token (RFC 8017 section 7.2). */
#include "crypto/phkt.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdbool.h>

#include "base/random.h"
#include "crypto/evp_key.h"
#include "crypto/keypair.h"
#include "crypto/rsa_key.h"
#include "crypto/secret.h"

ssize_t phkt_encrypt(const struct rsa_key *key, const uint8_t phkt[static MH_TOKEN_LEN],
		     uint8_t *out, size_t size)
{
	int padding = RSA_PKCS1_PADDING;
	const OSSL_PARAM scheme[] = {
		OSSL_PARAM_construct_int(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, &padding),
		OSSL_PARAM_construct_end(),
	};
	bool done;

	if (size < (size_t)EVP_PKEY_get_size(key->pkey))
		return -ENOSPC;
	done = EVP_PKEY_encrypt_init_ex(key->ctx, scheme) == 1 &&
	       EVP_PKEY_encrypt(key->ctx, out, &size, phkt, MH_TOKEN_LEN) == 1;
	if (done)
		return (ssize_t)size;
	ERR_clear_error();
	return -EIO;
}

/* The bare private operation; `block` is all zero if it fails. */
static void open_block(const struct keypair *key, struct span ciphertext, uint8_t *block,
		       size_t len)
{
	size_t opened = len;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);

	if (!ctx || EVP_PKEY_decrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1 ||
	    EVP_PKEY_decrypt(ctx, block, &opened, ciphertext.at, ciphertext.len) != 1)
		secret_wipe(block, len);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
}

/* 0xff for 0, else 0; no branch. */
static uint8_t mask_if_zero(uint8_t octet)
{
	return (uint8_t)((octet - 1U) >> 8);
}

/*
 * 0xff if the block is 00 02, no zero, 00, token. OpenSSL's own unpadding takes any length and,
 * in 3.0, reports failure by a path of its own; the token's length is fixed, so is this loop.
 */
static uint8_t mask_if_enveloped(const uint8_t *block, size_t len)
{
	const size_t separator = len - MH_TOKEN_LEN - 1;
	uint8_t fault = block[0] | (block[1] ^ 0x02) | block[separator];

	for (size_t i = 2; i < separator; i++)
		fault |= mask_if_zero(block[i]);
	return mask_if_zero(fault);
}

void phkt_decrypt(const struct keypair *key, struct span ciphertext,
		  uint8_t phkt[static MH_TOKEN_LEN])
{
	uint8_t block[MH_SIGNATURE_MAX] = {0};
	const size_t len = keypair_modulus_len(key);
	const uint8_t *token = block + len - MH_TOKEN_LEN;
	uint8_t mask;

	random_octets(phkt, MH_TOKEN_LEN);
	if (ciphertext.len != len)
		return; /* everyone sees the length */
	open_block(key, ciphertext, block, len);
	mask = mask_if_enveloped(block, len);
	for (size_t i = 0; i < MH_TOKEN_LEN; i++)
		phkt[i] ^= (phkt[i] ^ token[i]) & mask;
	secret_wipe(block, sizeof(block));
}
