/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns option 13: RSASSA-PKCS1-v1_5 with SHA-1 under RFC 4866's type tag (sections 4.5 and 7). */
#ifndef FAMA_BU_SIGNATURE_H
#define FAMA_BU_SIGNATURE_H

#include <netinet/in.h>
#include <stdbool.h>

#include "base/octets.h"

struct keypair;
struct rsa_key;

/* What is signed: tag | coa | dar | mh with its checksum field taken as zero. For lifetime 0
 * `coa` is the HoA. `mh` ends with the last option 12. */
struct signed_message {
	const struct in6_addr *coa;
	const struct in6_addr *dar;
	struct span mh;
};

/* Writes keypair_modulus_len() octets. 0, -ENOSPC, or -EIO if OpenSSL refuses. */
int bu_sign(const struct keypair *key, const struct signed_message *what, uint8_t *out,
	    size_t size);
bool bu_signature_valid(const struct rsa_key *key, const struct signed_message *what,
			struct span signature);

#endif
