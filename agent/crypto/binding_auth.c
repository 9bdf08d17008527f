// SPDX-License-Identifier: BSD-2-Clause
/* Owns the hashes that bind a message to tokens only the two ends know. */
#include "crypto/binding_auth.h"

#include <string.h>

#include "crypto/digest.h"
#include "crypto/mobility_data.h"
#include "crypto/secret.h"

_Static_assert((int)KBM_LEN == (int)SHA1_LEN, "Kbm is a SHA-1 (RFC 6275 section 5.2.5)");

void kbm_derive(const uint8_t home[static MH_TOKEN_LEN], const uint8_t *careof,
		uint8_t kbm[static KBM_LEN])
{
	const struct span tokens[] = {{home, MH_TOKEN_LEN}, {careof, MH_TOKEN_LEN}};

	digest_sha1(tokens, careof ? 2 : 1, kbm);
}

void kbm_derive_early(const uint8_t phkt[static MH_TOKEN_LEN], bool registers,
		      uint8_t kbm[static KBM_LEN])
{
	static const uint8_t no_careof_token[MH_TOKEN_LEN];

	kbm_derive(phkt, registers ? no_careof_token : NULL, kbm);
}

void binding_auth_compute(const uint8_t kbm[static KBM_LEN], const struct in6_addr *coa,
			  const struct in6_addr *dar, struct span mh,
			  uint8_t bad[static MH_BAD_LEN])
{
	struct span pieces[MOBILITY_DATA_PIECES];
	uint8_t mac[SHA1_LEN];

	mobility_data(coa, dar, mh, pieces);
	digest_hmac_sha1(kbm, pieces, MOBILITY_DATA_PIECES, mac);
	memcpy(bad, mac, MH_BAD_LEN);
	secret_wipe(mac, sizeof(mac));
}

bool binding_auth_valid(const uint8_t kbm[static KBM_LEN], const struct in6_addr *coa,
			const struct in6_addr *dar, struct span mh, struct span bad)
{
	uint8_t expected[MH_BAD_LEN];
	bool valid;

	if (bad.len != MH_BAD_LEN)
		return false;
	binding_auth_compute(kbm, coa, dar, mh, expected);
	valid = secret_equal(expected, bad.at, MH_BAD_LEN);
	secret_wipe(expected, sizeof(expected));
	return valid;
}

void keygen_token(const uint8_t kcn[static KBM_LEN], const struct in6_addr *address,
		  struct span nonce, uint8_t kind, uint8_t token[static MH_TOKEN_LEN])
{
	const struct span pieces[] = {
		{address->s6_addr, sizeof(address->s6_addr)}, nonce, {&kind, sizeof(kind)}};
	uint8_t mac[SHA1_LEN];

	digest_hmac_sha1(kcn, pieces, sizeof(pieces) / sizeof(pieces[0]), mac);
	memcpy(token, mac, MH_TOKEN_LEN);
	secret_wipe(mac, sizeof(mac));
}

void key_id_of(struct span spki, uint8_t key_id[static 8])
{
	uint8_t digest[SHA256_LEN];

	digest_sha256(&spki, 1, digest);
	memcpy(key_id, digest, 8);
}
