/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns Kcn and the ring of nonces: care-of keygen tokens without state for those who ask
 * (RFC 6275 sections 5.2.1 to 5.2.7). */
#ifndef FAMA_CAREOF_NONCE_H
#define FAMA_CAREOF_NONCE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "fama/mobility.h"

enum {
	CAREOF_NONCES = 8,
	CAREOF_NONCE_USE_S = 30,      /* given out for so long */
	CAREOF_NONCE_LIFE_S = 240,    /* MAX_NONCE_LIFETIME: accepted for so long, C-49 */
	CAREOF_TOKEN_LIFE_S = 210,    /* MAX_TOKEN_LIFETIME: of an option 16 token too */
	CAREOF_INDEX_OPTION = 0xffff, /* "the token of option 16"; never issued */
};

struct careof_nonce {
	uint8_t octets[MH_TOKEN_LEN];
	uint64_t made_ns; /* 0: none */
	uint16_t index;   /* 1..0xfffe */
};

struct careof_nonces {
	uint8_t kcn[20];
	struct careof_nonce ring[CAREOF_NONCES];
	unsigned int newest;
	uint16_t next_index;
};

void careof_nonces_init(struct careof_nonces *nonces); /* Kcn and first index random */
void careof_nonces_wipe(struct careof_nonces *nonces);

/* The token for `coa` of the current nonce, which is made when the last is over; its index. */
uint16_t careof_token_issue(struct careof_nonces *nonces, const struct in6_addr *coa,
			    uint64_t now_ns, uint8_t token[static MH_TOKEN_LEN]);
/* The token given out for `coa` under `index`; false: unknown or expired. */
bool careof_token_recall(const struct careof_nonces *nonces, const struct in6_addr *coa,
			 uint16_t index, uint64_t now_ns, uint8_t token[static MH_TOKEN_LEN]);

#endif
