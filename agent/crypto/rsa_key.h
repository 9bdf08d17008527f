/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns RSA public keys that strangers send: strict DER reader, limits, then EVP from numbers. */
#ifndef FAMA_RSA_KEY_H
#define FAMA_RSA_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/octets.h"

struct rsa_public {
	struct span modulus; /* no leading zero; points into the DER */
	uint32_t exponent;
	size_t der_len; /* where SubjectPublicKeyInfo ends, CGA extensions may follow */
};

enum rsa_fault {
	RSA_OK,
	RSA_DER,      /* not minimal DER, not rsaEncryption, numbers negative or padded */
	RSA_SIZE,     /* modulus outside MH_RSA_BITS_MIN..MAX, or even */
	RSA_EXPONENT, /* even, below 3, above 65537 */
};

/* Reads only lengths and numbers: no OpenSSL, under a microsecond (protocol C-65, T2). */
enum rsa_fault rsa_public_read(struct span spki, struct rsa_public *out);

/* An EVP key built from the numbers; used by bu_signature and phkt. */
struct rsa_key;
struct rsa_key *rsa_key_from_public(const struct rsa_public *public); /* NULL: out of memory */
void rsa_key_free(struct rsa_key *key);

#endif
