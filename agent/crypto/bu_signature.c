// SPDX-License-Identifier: BSD-2-Clause
/* Owns what a signature of RFC 4866 section 4.5 covers, and under which tag. */
#include "crypto/bu_signature.h"

#include <errno.h>

#include "crypto/evp_key.h"
#include "crypto/keypair.h"
#include "crypto/mobility_data.h"
#include "crypto/rsa_key.h"
#include "crypto/rsa_sha1.h"

/* CGA message type of RFC 4866, section 7. */
static const uint8_t type_tag[] = {0x5f, 0x27, 0x05, 0x86, 0x8d, 0x6c, 0x4c, 0x56,
				   0xa2, 0x46, 0x9e, 0xbb, 0x9b, 0x2a, 0x2e, 0x13};

static void signed_digest(const struct signed_message *what, uint8_t digest[static SHA1_LEN])
{
	struct span pieces[1 + MOBILITY_DATA_PIECES] = {{type_tag, sizeof(type_tag)}};

	mobility_data(what->coa, what->dar, what->mh, pieces + 1);
	digest_sha1(pieces, sizeof(pieces) / sizeof(pieces[0]), digest);
}

int bu_sign(const struct keypair *key, const struct signed_message *what, uint8_t *out, size_t size)
{
	uint8_t digest[SHA1_LEN];

	if (size < keypair_modulus_len(key))
		return -ENOSPC;
	signed_digest(what, digest);
	return rsa_sha1_sign(key->pkey, digest, out, size);
}

bool bu_signature_valid(const struct rsa_key *key, const struct signed_message *what,
			struct span signature)
{
	uint8_t digest[SHA1_LEN];

	signed_digest(what, digest);
	return rsa_sha1_valid(key->ctx, digest, signature);
}
