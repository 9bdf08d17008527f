/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns Kbm and the Binding Authorization Data (RFC 6275 sections 5.2.5 and 6.2.7). */
#ifndef FAMA_BINDING_AUTH_H
#define FAMA_BINDING_AUTH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/octets.h"
#include "fama/mobility.h"

enum { KBM_LEN = 20 };

/* SHA1(home | careof), or SHA1(home) when careof is NULL (de-registration). */
void kbm_derive(const uint8_t home[static MH_TOKEN_LEN], const uint8_t *careof,
		uint8_t kbm[static KBM_LEN]);

/* Kbm of BU and BA without a care-of token (protocol 8.5): "early", the token eight zeros, where a
 * CoA is registered; the PHKT alone for a de-registration. */
void kbm_derive_early(const uint8_t phkt[static MH_TOKEN_LEN], bool registers,
		      uint8_t kbm[static KBM_LEN]);

/* First 96 bits of HMAC_SHA1(kbm, coa | dar | mh), the checksum field of mh taken as zero.
 * `mh` ends with type and length of option 5. For lifetime 0 `coa` is the HoA. */
void binding_auth_compute(const uint8_t kbm[static KBM_LEN], const struct in6_addr *coa,
			  const struct in6_addr *dar, struct span mh,
			  uint8_t bad[static MH_BAD_LEN]);
bool binding_auth_valid(const uint8_t kbm[static KBM_LEN], const struct in6_addr *coa,
			const struct in6_addr *dar, struct span mh, struct span bad);

/* Keygen tokens of return routability, RFC 6275 section 5.2: First(64, HMAC_SHA1(kcn,
 * address | nonce | kind)), kind 0 home, 1 care-of. */
void keygen_token(const uint8_t kcn[static KBM_LEN], const struct in6_addr *address,
		  struct span nonce, uint8_t kind, uint8_t token[static MH_TOKEN_LEN]);

/* First 8 octets of SHA-256 over the SubjectPublicKeyInfo: which key, not the key. */
void key_id_of(struct span spki, uint8_t key_id[static 8]);

#endif
