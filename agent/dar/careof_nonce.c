// SPDX-License-Identifier: BSD-2-Clause
/* Owns Kcn and the ring of nonces: care-of keygen tokens without state for those who ask
 * (RFC 6275 sections 5.2.1 to 5.2.7). */
#include "dar/careof_nonce.h"

#include "base/clock.h"
#include "base/random.h"
#include "crypto/binding_auth.h"
#include "crypto/secret.h"

enum { INDEX_MAX = CAREOF_INDEX_OPTION - 1, CAREOF = 1 };

/* No nonce is replaced before its life is over. */
_Static_assert(CAREOF_NONCES *CAREOF_NONCE_USE_S >= CAREOF_NONCE_LIFE_S, "ring of nonces");
/* C-50: whoever got a token last may use it for its whole life. */
_Static_assert(CAREOF_NONCE_USE_S + CAREOF_TOKEN_LIFE_S <= CAREOF_NONCE_LIFE_S, "life of tokens");

void careof_nonces_init(struct careof_nonces *nonces)
{
	*nonces = (struct careof_nonces){.next_index = (uint16_t)(1 + random_below(INDEX_MAX))};
	random_octets(nonces->kcn, sizeof(nonces->kcn));
}

void careof_nonces_wipe(struct careof_nonces *nonces)
{
	secret_wipe(nonces, sizeof(*nonces));
}

static bool is_older(const struct careof_nonce *nonce, uint64_t now_ns, unsigned int seconds)
{
	return now_ns - nonce->made_ns >= seconds * CLOCK_SECOND_NS;
}

/* Overwrites the oldest, whose life is over. */
static struct careof_nonce *make_nonce(struct careof_nonces *nonces, uint64_t now_ns)
{
	struct careof_nonce *nonce;

	nonces->newest = (nonces->newest + 1) % CAREOF_NONCES;
	nonce = &nonces->ring[nonces->newest];
	random_octets(nonce->octets, sizeof(nonce->octets));
	nonce->made_ns = now_ns;
	nonce->index = nonces->next_index;
	nonces->next_index = (uint16_t)(nonces->next_index % INDEX_MAX + 1);
	return nonce;
}

static void token_of(const struct careof_nonces *nonces, const struct careof_nonce *nonce,
		     const struct in6_addr *coa, uint8_t token[static MH_TOKEN_LEN])
{
	keygen_token(nonces->kcn, coa, (struct span){nonce->octets, sizeof(nonce->octets)}, CAREOF,
		     token);
}

uint16_t careof_token_issue(struct careof_nonces *nonces, const struct in6_addr *coa,
			    uint64_t now_ns, uint8_t token[static MH_TOKEN_LEN])
{
	const struct careof_nonce *nonce = &nonces->ring[nonces->newest];

	if (!nonce->made_ns || is_older(nonce, now_ns, CAREOF_NONCE_USE_S))
		nonce = make_nonce(nonces, now_ns);
	token_of(nonces, nonce, coa, token);
	return nonce->index;
}

bool careof_token_recall(const struct careof_nonces *nonces, const struct in6_addr *coa,
			 uint16_t index, uint64_t now_ns, uint8_t token[static MH_TOKEN_LEN])
{
	for (unsigned int i = 0; i < CAREOF_NONCES; i++) {
		const struct careof_nonce *nonce = &nonces->ring[i];

		if (!nonce->made_ns || nonce->index != index)
			continue;
		if (is_older(nonce, now_ns, CAREOF_NONCE_LIFE_S))
			return false;
		token_of(nonces, nonce, coa, token);
		return true;
	}
	return false;
}
