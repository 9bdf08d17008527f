/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what the two files of the reference model share. */
#ifndef FAMA_TEST_REFERENCE_PRIVATE_H
#define FAMA_TEST_REFERENCE_PRIVATE_H

#include "model/reference_model.h"

#define SECOND 1000000000ULL
#define NTP_S  (1ULL << 32)

enum {
	WINDOW_S = 7,       /* RFC 4285 section 6 */
	TOMBSTONE_S = 10,   /* MAX_DELETE_BCE_TIMEOUT */
	TOKEN_S = 210,      /* MAX_TOKEN_LIFETIME */
	NONCE_S = 240,      /* MAX_NONCE_LIFETIME */
	NONCE_FRESH_S = 30, /* RFC 6275 section 5.2.7 */
	TOKEN_INDEX = 0xffff,
};

bool reference_same(const struct in6_addr *a, const struct in6_addr *b);
bool reference_lies_in(const struct in6_addr *address, const struct reference_net *net);
bool reference_same_64(const struct in6_addr *a, const struct in6_addr *b);
/* A.5: the trust agreement with the longest prefix over the CoA; -1: none. */
int reference_domain(const struct reference_rules *rules, const struct in6_addr *coa);
bool reference_has_room(const struct reference_model *model, const struct reference_bu *bu,
			const struct in6_addr *hoa);

#endif
