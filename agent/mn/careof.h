/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns care-of tests as the MN sees them: tokens and their life, CoTI out, CoT in (M-24, M-25). */
#ifndef FAMA_CAREOF_H
#define FAMA_CAREOF_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fama/mobility.h"

struct mh_packet;

enum {
	CAREOF_TOKEN_AGE_MAX_S = 210, /* MAX_TOKEN_LIFETIME, RFC 6275 section 12 */
	CAREOF_NONCE_REPLY = 0xffff,  /* the token came in option 16 */
	COTI_PACKET_LEN = IP6_HEADER_LEN + 16,
};

/* A care-of keygen token: that `coa` was reached at `since_ns`. */
struct careof_token {
	struct in6_addr coa;
	uint16_t nonce; /* how a BU refers to it; 0: there is none */
	uint8_t token[MH_TOKEN_LEN];
	uint64_t since_ns;
};

bool careof_token_usable(const struct careof_token *token, const struct in6_addr *coa,
			 uint64_t now_ns);
void careof_token_forget(struct careof_token *token); /* wipes it */

/* The last CoTI to one HDAR. */
struct careof_test {
	bool is_outstanding;
	struct in6_addr coa;
	uint8_t cookie[MH_TOKEN_LEN];
	uint64_t sent_ns;
};

/* A new cookie; the one before is answered no more. */
void careof_test_begin(struct careof_test *test, const struct in6_addr *coa, uint64_t now_ns);
/* True while another HoA's CoTI for this CoA may well be answered: one token serves all (M-26). */
bool careof_test_is_fresh(const struct careof_test *test, const struct in6_addr *coa,
			  uint64_t now_ns);
/* Octets of the CoTI from the IPv6 header on, or -errno. */
ssize_t careof_test_build(const struct careof_test *test, const struct in6_addr *hdar, uint8_t *out,
			  size_t size);

/* True if `cot`, which came from the HDAR, answers the test; the token then is *out. */
bool careof_test_answered(struct careof_test *test, const struct mh_packet *cot,
			  struct careof_token *out);

#endif
