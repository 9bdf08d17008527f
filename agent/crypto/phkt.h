/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the Permanent Home Keygen Token on its way: RSAES-PKCS1-v1_5 (RFC 4866 section 4.7). */
#ifndef FAMA_PHKT_H
#define FAMA_PHKT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/octets.h"
#include "fama/mobility.h"

struct keypair;
struct rsa_key;

/* Ciphertext of modulus length. Returns its length, -ENOSPC or -EIO. */
ssize_t phkt_encrypt(const struct rsa_key *key, const uint8_t phkt[static MH_TOKEN_LEN],
		     uint8_t *out, size_t size);

/*
 * Always yields a token: any failure gives random octets, so that a bad ciphertext cannot be
 * told from a bad authenticator (protocol M-20).
 */
void phkt_decrypt(const struct keypair *key, struct span ciphertext,
		  uint8_t phkt[static MH_TOKEN_LEN]);

#endif
