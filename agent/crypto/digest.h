/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns SHA-1, SHA-256 and HMAC-SHA1 over octets that lie in pieces. */
#ifndef FAMA_DIGEST_H
#define FAMA_DIGEST_H

#include <openssl/types.h>
#include <stddef.h>
#include <stdint.h>

#include "base/octets.h"

enum { SHA1_LEN = 20, SHA256_LEN = 32 };

/* Fetches the algorithms; 0 or -ENOTSUP. One thread: the contexts are reused. */
int digest_start(void);
void digest_stop(void);

/* Should OpenSSL run out of memory the result is random: a hash that equals nothing. */
void digest_sha1(const struct span *pieces, size_t count, uint8_t out[static SHA1_LEN]);
void digest_sha256(const struct span *pieces, size_t count, uint8_t out[static SHA256_LEN]);
void digest_hmac_sha1(const uint8_t key[static SHA1_LEN], const struct span *pieces, size_t count,
		      uint8_t out[static SHA1_LEN]);

const EVP_MD *digest_sha1_md(void); /* to name the hash of a signature */

#endif
