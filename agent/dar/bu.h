/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns a Binding Update as the DAR judges it: what it asks, how it is proven, every verdict. */
#ifndef FAMA_BU_H
#define FAMA_BU_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/mh.h"

/* Which proof a BU carries (protocol 8.6 step 8). */
enum bu_method {
	BU_METHOD_NONE, /* no proof; taken only for a HoA in security.legacy */
	BU_METHOD_CGA,
	BU_METHOD_PHKT,
};

const char *bu_method_name(enum bu_method method); /* "cga", "phkt", "legacy" */

/* A BU with its addresses worked out; points into the packet. */
struct bu {
	const struct mh_packet *packet;
	const struct mh_options *options;
	struct in6_addr hoa; /* HAO, else the source */
	struct in6_addr coa; /* option 3; the HoA when lifetime is 0 */
	enum bu_method method;
	bool registers;                     /* lifetime > 0 */
	uint16_t sequence, flags, lifetime; /* lifetime in units of 4 s */
};

void bu_read(const struct mh_packet *packet, struct bu *out);

/* What the edge found out about the proof before it asked again. */
enum bu_proof {
	BU_PROOF_UNKNOWN, /* not looked at yet */
	BU_PROOF_VALID,
	BU_PROOF_AUTHENTICATOR, /* PHKT: the MAC is wrong */
	BU_PROOF_KEY_SHAPE,
	BU_PROOF_CGA,
	BU_PROOF_KEY_CHANGED, /* not the key this HoA was first bound with */
	BU_PROOF_BUDGET,
	BU_PROOF_SIGNATURE,
	BU_PROOF_CAREOF, /* signature valid, but the MAC over the care-of token is wrong */
};

/* What option 4 of a registration refers to (step 9). */
enum bu_careof {
	BU_CAREOF_ABSENT,  /* no option 4, or lifetime 0: the BU is early */
	BU_CAREOF_VALID,   /* a token we gave out for this CoA and still accept */
	BU_CAREOF_EXPIRED, /* unknown, zero or too old */
};

/* Duplicate Address Detection for the HoA (steps 17 and 18). */
enum bu_dad {
	BU_DAD_NOT_TESTED,
	BU_DAD_RUNNING,
	BU_DAD_FREE,
	BU_DAD_TAKEN,
};

/* Room for what the BU asks (policy, 8.8); all but the first are 130. */
enum bu_room {
	BU_ROOM,
	BU_FULL_TABLE,
	BU_FULL_CONTEXTS,
	BU_FULL_KEY,          /* HoAs of one key */
	BU_FULL_LINK_ADDRESS, /* HoAs of one link-layer address, as `seen` knows it */
	BU_FULL_COA_PREFIX,   /* bindings towards one /64 */
	BU_FULL_DOMAIN,
};

/* The end of every BU, each with its counter; bu_verdict_name() is stable. */
enum bu_verdict {
	BU_REGISTERED, /* binding made */
	BU_REFRESHED,  /* binding was there */
	BU_DEREGISTERED,
	BU_DROP_FIRST,                       /* no BA from here on */
	BU_DROP_DESTINATION = BU_DROP_FIRST, /* not an anchored address */
	BU_DROP_HOA_SCOPE,
	BU_DROP_COA_SCOPE,
	BU_DROP_SOURCE_SCOPE,
	BU_DROP_NO_HAO,
	BU_DROP_NO_ALT_COA,
	BU_DROP_NONCE_AND_BAD, /* signed: exactly one of options 4 and 5 */
	BU_DROP_HOME_NONCE,
	BU_DROP_NO_PROOF,
	BU_DROP_AUTHENTICATOR,
	BU_DROP_DAD_RUNNING,                  /* C-42 */
	BU_REFUSE_FIRST,                      /* answered with a status of at least 128 */
	BU_REFUSE_NOT_HOME = BU_REFUSE_FIRST, /* 129 */
	BU_REFUSE_KEY_SHAPE,                  /* 129 */
	BU_REFUSE_NOT_SEEN,                   /* 129: the HoA was never on its link */
	BU_REFUSE_BUDGET,                     /* 130 */
	BU_REFUSE_TABLE_FULL,                 /* 130 */
	BU_REFUSE_CONTEXT_FULL,               /* 130 */
	BU_REFUSE_KEY_QUOTA,                  /* 130 */
	BU_REFUSE_LINK_ADDRESS_QUOTA,         /* 130 */
	BU_REFUSE_COA_PREFIX_QUOTA,           /* 130 */
	BU_REFUSE_DOMAIN_QUOTA,               /* 130 */
	BU_REFUSE_CLOCK,                      /* 130: may have been accepted before the restart */
	BU_REFUSE_NOT_ANCHOR,                 /* 131: binding.accept is false */
	BU_REFUSE_PREFIX,                     /* 132 */
	BU_REFUSE_NOT_BOUND,                  /* 133 */
	BU_REFUSE_DAD,                        /* 134 */
	BU_REFUSE_SEQUENCE,                   /* 135 */
	BU_REFUSE_CAREOF_NONCE,               /* 137 */
	BU_REFUSE_CAREOF_REQUIRED,            /* 137: coa_test is require */
	BU_REFUSE_LOADED,                     /* 137: signed, no token, and signatures queue up */
	BU_REFUSE_TIMESTAMP,                  /* 144 */
	BU_REFUSE_NO_TIMESTAMP,               /* 145 */
	BU_REFUSE_NO_PHKT,                    /* 147 */
	BU_REFUSE_CGA_LAYOUT,                 /* 148 */
	BU_REFUSE_CGA,                        /* 148 */
	BU_REFUSE_KEY_CHANGED,                /* 148 */
	BU_REFUSE_SIGNATURE,                  /* 148 */
	BU_REFUSE_COA_SOURCE,                 /* 174: option 3 is not the source */
	BU_REFUSE_COA_HOA,                    /* 174: the HoA itself, or a HoA bound here */
	BU_REFUSE_COA_OWN,                    /* 174: an address of this DAR */
	BU_REFUSE_COA_POLICY,                 /* 174 */
	BU_REFUSE_INTERNAL,                   /* 128 */
	BU_VERDICT_MAX,
	BU_PROVE = BU_VERDICT_MAX, /* not an end: check the proof, then decide again */
	BU_TEST_ADDRESS,           /* not an end: DAD, then decide again (step 18) */
};

const char *bu_verdict_name(enum bu_verdict verdict);
uint8_t bu_verdict_status(enum bu_verdict verdict); /* 0 for what is accepted or dropped */

#endif
