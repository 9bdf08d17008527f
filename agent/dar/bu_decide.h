/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the judgement of a Binding Update: a pure function of message, state and time. */
#ifndef FAMA_BU_DECIDE_H
#define FAMA_BU_DECIDE_H

#include "config/config.h"
#include "dar/bcache.h"
#include "dar/bu.h"
#include "dar/policy.h"
#include "dar/prefix.h"

enum {
	REPLAY_WINDOW_S = 7, /* RFC 4285 section 6 */
};

/* Everything the judgement depends on beside the message. */
struct bu_world {
	const struct prefix_list *prefixes;
	const struct bcache_entry *entry; /* of the HoA, NULL if none */
	struct policy policy;             /* of the CoA */
	bool accepts;                     /* binding.accept */
	bool seen;           /* the HoA was on its link; true if that is not asked for */
	bool legacy_allowed; /* the HoA is listed, and the source for it */
	bool coa_is_bound;   /* the CoA is a HoA bound here */
	bool overtaken;      /* signed: a later BU was accepted while it waited for RSA */
	bool loaded;         /* signatures queue up: signed BUs need a care-of token first */
	bool careof_proven;  /* option 4 is valid and the MAC is keyed with its token */
	enum bu_careof careof;
	enum bu_room room;
	enum bu_dad dad_state;
	enum config_dad dad;
	enum config_replay replay;
	bool bra_advice;
	uint32_t max_lifetime_s;
	uint64_t now_ntp;
	uint64_t not_before_ntp;  /* without a context, signed BUs must be newer; 0: no limit */
	uint64_t clock_floor_ntp; /* no signed BU while the clock is earlier; 0: no limit */
};

struct bu_decision {
	enum bu_verdict verdict;
	uint8_t status;           /* of the BA, unless dropped */
	bool authenticated;       /* the BA carries a BAD keyed like the BU */
	bool complete;            /* a care-of token entered the proof (8.5) */
	bool gives_careof_token;  /* accepted and asked: option 16 (C-77) */
	enum binding_state state; /* of the binding, where one is registered */
	uint16_t sequence;        /* of the BA */
	uint16_t domain;          /* of the CoA + 1; 0: none */
	uint32_t lifetime_s;      /* granted */
	uint32_t refresh_s;       /* option 2, 0: none */
	uint64_t timestamp;       /* to return with 144; accepted: to remember, 0: none */
};

/*
 * Protocol 8.6, steps 3 to 19. BU_PROVE is returned while `proof` is BU_PROOF_UNKNOWN and the
 * cheap checks hold; BU_TEST_ADDRESS while the proof is valid and strict DAD is still to be done.
 * The edge does it and asks again with the state of that moment, however late that is. Room is
 * looked at after step 17, before a DAD that would be for nothing.
 */
struct bu_decision bu_decide(const struct bu *bu, const struct bu_world *world,
			     enum bu_proof proof);

/* RFC 6275 section 9.5.1: newer within the window of 32767, modulo 2^16. */
bool sequence_is_newer(uint16_t received, uint16_t last);

#endif
