/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns RSASSA-PKCS1-v1_5 over a SHA-1 digest (RFC 8017 section 8.2). */
#ifndef FAMA_RSA_SHA1_H
#define FAMA_RSA_SHA1_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/octets.h"
#include "crypto/digest.h"

/* `out` has room for the modulus. 0 or -EIO. */
int rsa_sha1_sign(EVP_PKEY *key, const uint8_t digest[static SHA1_LEN], uint8_t *out, size_t size);
/* `ctx` is one of the key, for whatever operation. */
bool rsa_sha1_valid(EVP_PKEY_CTX *ctx, const uint8_t digest[static SHA1_LEN],
		    struct span signature);

#endif
