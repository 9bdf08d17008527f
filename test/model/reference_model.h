/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the words of the reference model: what a DAR is told, what it answers, what it remembers. */
#ifndef FAMA_TEST_REFERENCE_MODEL_H
#define FAMA_TEST_REFERENCE_MODEL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A second reading of the protocol text (8.1 to 8.6, 8.8, 10), in data structures and arithmetic
 * of its own: nothing of the agent is included here or in reference_model.c.
 */

enum {
	REFERENCE_PREFIXES = 2,
	REFERENCE_NETS = 2,
	REFERENCE_DOMAINS = 2,
	REFERENCE_HOMES = 16,
	REFERENCE_NONCES = 64,
};

enum reference_mode { REFERENCE_FAST, REFERENCE_SECURE, REFERENCE_CONCURRENT };
enum reference_dad { REFERENCE_DAD_OFF, REFERENCE_DAD_OPTIMISTIC, REFERENCE_DAD_STRICT };
enum reference_dad_state { REFERENCE_UNTESTED, REFERENCE_TESTING, REFERENCE_FREE, REFERENCE_TAKEN };

struct reference_net {
	struct in6_addr address;
	unsigned int bits;
};

struct reference_rules {
	struct {
		struct in6_addr prefix, own; /* /64 */
		uint32_t valid_s, preferred_s;
	} prefixes[REFERENCE_PREFIXES];
	bool accepts, require_seen, advice, replay_by_sequence;
	enum reference_mode mode;
	enum reference_dad dad;
	uint32_t max_lifetime_s, context_lifetime_s, grace_ms;
	uint32_t binding_max, context_max, per_key, per_link, per_coa_net;
	struct reference_net allowed[REFERENCE_NETS];
	unsigned int allowed_count;
	struct {
		struct reference_net net;
		uint32_t binding_max, max_lifetime_s;
		enum reference_mode mode;
	} domains[REFERENCE_DOMAINS];
	unsigned int domain_count;
	struct in6_addr legacy_hoa;
	struct reference_net legacy_from;
	bool has_legacy;
};

enum reference_layout {
	REFERENCE_UNSIGNED,
	REFERENCE_SIGNED,
	REFERENCE_MISPLACED, /* options 12 and 13 do not stand as they must */
};

/* A BU with the facts that only cryptography can find out. */
struct reference_bu {
	struct in6_addr source, destination, hao, alt_coa;
	bool has_hao, has_alt_coa, home_flag;
	uint16_t lifetime, sequence; /* lifetime in units of 4 s */
	enum reference_layout layout;
	bool has_nonces, has_authenticator, has_timestamp, asks_token;
	uint16_t home_nonce, careof_nonce;
	uint64_t timestamp;
	bool key_shape_good, cga_good, budget_left, signature_good;
	bool authenticator_good; /* of option 5, whatever its key has to be */
	unsigned int key;        /* which public key */
	bool loaded;             /* signed BUs queue up as it comes */
};

enum reference_end {
	REFERENCE_NEW, /* binding made */
	REFERENCE_AGAIN,
	REFERENCE_ENDED,
	REFERENCE_SILENCE,
	REFERENCE_REFUSAL,
	REFERENCE_PROVE, /* not an end: cryptography first */
	REFERENCE_TEST,  /* not an end: DAD first */
};

struct reference_outcome {
	enum reference_end end;
	unsigned int status;
	bool authenticated; /* refusals, and what a PHKT proved: the BA carries option 5 */
	uint16_t sequence;
	uint32_t lifetime_s;
	bool verified, gives_token, complete, advised;
	uint64_t timestamp; /* to return with 144 */
	unsigned int line;  /* step of 8.6 that decided, for people */
};

/* One HoA: its binding or tombstone, and the context that outlives both. */
struct reference_home {
	bool used, bound, buried, verified;
	struct in6_addr hoa, coa, dar, previous;
	uint64_t until_ns, previous_until_ns, token_until_ns;
	uint32_t lifetime_s;
	enum { REFERENCE_BY_CGA, REFERENCE_BY_PHKT, REFERENCE_BY_LEGACY } how;
	int domain; /* of the binding's CoA, -1: none */
	bool has_phkt, has_key, has_sequence;
	unsigned int key;
	uint16_t sequence;
	uint32_t advanced; /* how far BUs have moved the sequence under this PHKT */
	uint64_t timestamp, context_until_ns; /* 0: over */
	int link;                             /* who had the HoA, -1: nobody known */
	uint64_t unbound_order;               /* smaller: longer without binding */
};

struct reference_model {
	struct reference_rules rules;
	struct reference_home homes[REFERENCE_HOMES];
	struct {
		uint16_t index;
		uint64_t made_ns;
	} nonces[REFERENCE_NONCES];
	unsigned int nonce_count;
	struct {
		struct in6_addr hoa;
		int link;
	} seen[REFERENCE_HOMES];
	unsigned int seen_count;
	uint64_t now_ns, now_ntp;
	uint64_t not_before_ntp, floor_ntp;
	uint64_t order;
};

/* What the DAR says to `bu` now: REFERENCE_PROVE while `proven` is false and cryptography is due.
 * Nothing changes. */
struct reference_outcome reference_judge(const struct reference_model *model,
					 const struct reference_bu *bu, bool proven,
					 enum reference_dad_state dad);
/* Does what an accepting `outcome` promises. */
void reference_accept(struct reference_model *model, const struct reference_bu *bu,
		      const struct reference_outcome *outcome);

/* Time has come to what the clocks of the model say. */
void reference_expire(struct reference_model *model);
/* The agent starts again: bindings are adopted, all else is forgotten. */
void reference_restart(struct reference_model *model);
/* A token was given out under `index`; false if that index may not be. */
bool reference_token_issued(struct reference_model *model, uint16_t index);
void reference_saw(struct reference_model *model, const struct in6_addr *hoa, int link);

const struct reference_home *reference_find(const struct reference_model *model,
					    const struct in6_addr *hoa);
unsigned int reference_bound(const struct reference_model *model);
unsigned int reference_unbound(const struct reference_model *model);
int reference_link_of(const struct reference_model *model, const struct in6_addr *hoa);

#endif
