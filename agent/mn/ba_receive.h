/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what a BA is worth: which BU it answers and how far it is proven (M-16 to M-21); pure. */
#ifndef FAMA_BA_RECEIVE_H
#define FAMA_BA_RECEIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "fama/mobility.h"
#include "mn/bul_decide.h"
#include "mn/careof.h"

struct bul;
struct bul_entry;
struct identity;
struct mh_packet;

enum ba_fault {
	BA_OK,
	BA_STRANGER,        /* M-39: no list entry for this HoA and source */
	BA_SEQUENCE,        /* answers no outstanding BU */
	BA_ADDRESS,         /* not to the CoA, or routing header of the wrong kind (M-31) */
	BA_PROOF,           /* CGA or signature of the DAR wrong (M-21), or missing though it
			     * proved itself before or always must (protocol section 8.9) */
	BA_AUTHENTICATOR,   /* BAD wrong, or nothing to check it with (M-16, M-20) */
	BA_UNAUTHENTICATED, /* accepts without BAD */
	BA_FAULT_MAX,
};
const char *ba_fault_name(enum ba_fault fault);

struct ba_verdict {
	struct bul_entry *entry;
	struct bul_answer answer;
	bool has_phkt; /* a new token, its BAD valid */
	uint8_t phkt[MH_TOKEN_LEN];
	struct careof_token careof; /* where answer.gives_token */
	bool has_timestamp;
	uint64_t timestamp;      /* the DAR's, in a 144 */
	uint64_t sent_timestamp; /* ours, in the BU answered */
	uint64_t sent_ns;        /* when that BU left */
};

/* Secrets are in *out: the caller wipes it. */
enum ba_fault ba_check(const struct identity *identity, const struct bul *bul,
		       const struct mh_packet *packet, struct ba_verdict *out);

#endif
