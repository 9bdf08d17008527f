/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the inside of both kinds of key, for the files of crypto/ that use them. */
#ifndef FAMA_EVP_KEY_H
#define FAMA_EVP_KEY_H

#include <openssl/types.h>
#include <stddef.h>
#include <stdint.h>

struct keypair {
	EVP_PKEY *pkey;
	uint8_t *spki;
	size_t spki_len;
	size_t modulus_len;
};

struct rsa_key {
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *ctx; /* for one operation after the other */
};

/* Fetches RSA; 0 or -ENOTSUP. */
int rsa_key_start(void);
void rsa_key_stop(void);

#endif
