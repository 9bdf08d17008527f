/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the judgement of a Binding Update: a pure function of message, state and time. */
#ifndef FAMA_BU_DECIDE_H
#define FAMA_BU_DECIDE_H

#include "dar/bcache.h"
#include "dar/bu.h"
#include "dar/prefix.h"

enum {
	REPLAY_WINDOW_S = 7, /* RFC 4285 section 6 */
};

/* Everything the judgement depends on beside the message. */
struct bu_world {
	const struct prefix_list *prefixes;
	const struct bcache_entry *entry; /* of the HoA, NULL if none */
	const struct in6_addr *coa_allow; /* prefixes a CoA may lie under */
	const unsigned int *coa_allow_len;
	unsigned int coa_allow_count;
	bool coa_is_bound; /* the CoA is a HoA bound here */
	bool has_room;     /* for one binding more */
	uint32_t max_lifetime_s;
	uint64_t now_ntp;
	uint64_t not_before_ntp;  /* without a context, signed BUs must be newer; 0: no limit */
	uint64_t clock_floor_ntp; /* no signed BU while the clock is earlier; 0: no limit */
};

struct bu_decision {
	enum bu_verdict verdict;
	uint8_t status;      /* of the BA, unless dropped */
	bool authenticated;  /* the BA carries a BAD keyed like the BU */
	uint16_t sequence;   /* of the BA */
	uint32_t lifetime_s; /* granted */
	uint64_t timestamp;  /* to return with 144 */
};

/*
 * Protocol 8.6, steps 3 to 19. BU_PROVE is returned while `proof` is BU_PROOF_UNKNOWN and the
 * cheap checks hold; the edge then checks the proof and asks again with the state of that moment.
 */
struct bu_decision bu_decide(const struct bu *bu, const struct bu_world *world,
			     enum bu_proof proof);

/* RFC 6275 section 9.5.1: newer within the window of 32767, modulo 2^16. */
bool sequence_is_newer(uint16_t received, uint16_t last);

#endif
