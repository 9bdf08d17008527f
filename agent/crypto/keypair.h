/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns a node's own RSA key pair: made, kept as PEM, used to sign and decrypt. */
#ifndef FAMA_KEYPAIR_H
#define FAMA_KEYPAIR_H

#include <stddef.h>
#include <stdint.h>

#include "base/octets.h"

struct keypair;

/* New key, e = 65537; bits in MH_RSA_BITS_MIN..MAX and a multiple of 8. NULL on failure. */
struct keypair *keypair_generate(unsigned int bits);
/* NULL unless it is one RSA private key within the limits above. */
struct keypair *keypair_from_pem(const void *pem, size_t len);
/* PKCS#8 PEM, malloc()ed, NUL-terminated, length in *len; the caller wipes and frees it. */
char *keypair_to_pem(const struct keypair *key, size_t *len);
void keypair_free(struct keypair *key); /* NULL is fine */

/* SubjectPublicKeyInfo DER as it enters CGA parameters; owned by the key. */
struct span keypair_spki(const struct keypair *key);
/* Modulus octets: the length of signatures and ciphertexts. */
size_t keypair_modulus_len(const struct keypair *key);

#endif
