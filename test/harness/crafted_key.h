/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns SubjectPublicKeyInfo of RSA with one thing wrong: a recipe in, octets out. */
#ifndef FAMA_TEST_CRAFTED_KEY_H
#define FAMA_TEST_CRAFTED_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/rsa_key.h"
#include "harness/hex.h"

enum element { NO_ELEMENT, INFO, BITS, NUMBERS, MODULUS, EXPONENT, ELEMENTS };

enum length_form {
	MINIMAL,
	BARE,       /* xx, though above 127 */
	LONG_1,     /* 81 xx, though below 128 */
	LONG_2,     /* 82 00 xx */
	LONG_3,     /* 83 00 00 xx */
	LONG_4,     /* 84 00 00 00 xx */
	INDEFINITE, /* 80 content 00 00 */
	RESERVED,   /* ff */
	HUGE_LEN,   /* 84 ff ff ff ff */
	ONE_MORE,   /* than there is */
	ONE_LESS,
	NOTHING, /* 00 */
};

/* A key is an RSA-1024 with e = 65537 but for what its row names. */
struct crafted_key {
	const char *name;
	enum rsa_fault fault;    /* what rsa_public_read() must say */
	unsigned int bits;       /* of the modulus; 0: 1024 */
	const char *modulus;     /* INTEGER content instead */
	const char *exponent;    /* INTEGER content */
	const char *algorithm;   /* AlgorithmIdentifier */
	const char *unused_bits; /* first octets of the BIT STRING */
	bool even, negative, padded;
	uint8_t tag;        /* of element `wrong`, if not 0 */
	enum element wrong; /* which has another tag or length */
	enum length_form length;
	const char *after[ELEMENTS]; /* octets behind the content of an element, inside it */
	const char *behind;          /* octets behind the key */
};

/* Without `behind`. */
struct hex crafted_key_octets(const struct crafted_key *key);

#endif
