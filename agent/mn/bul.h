/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the Binding Update List: an entry per (HoA, HDAR), its timer, its one state writer. */
#ifndef FAMA_BUL_H
#define FAMA_BUL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "config/config.h"
#include "fama/mobility.h"
#include "mn/backoff.h"
#include "mn/bul_decide.h"
#include "mn/careof.h"
#include "mn/peer_clock.h"

struct event;
struct event_base;
struct bul;

enum { BUL_OUTSTANDING_MAX = 4 };

/* What is remembered of a DAR, whatever the number of HoAs it anchors. */
struct bul_peer {
	LIST_ENTRY(bul_peer) link;
	struct in6_addr hdar;
	struct update_rate bu_rate, coti_rate; /* M-15 counts each type for itself */
	struct peer_clock clock;
	bool is_proved; /* its address verified as a CGA before: from then on we insist */
	struct careof_test test;
	struct careof_token careof; /* of a CoT: for all HoAs of this HDAR (M-26) */
	uint64_t silent_until_ns;   /* it knows no Mobility Header (M-41); 0: it does */
	unsigned int entries;
};

/* A BU that a BA may still answer. */
struct bul_sent {
	bool is_outstanding;
	bool is_signed;
	bool is_deregistration;
	bool from_home; /* source was the HoA, no Home Address option */
	uint16_t sequence;
	struct in6_addr coa;
	uint32_t lifetime_s;
	uint64_t timestamp; /* NTP, of a signed one */
	uint64_t at_ns;
	enum bul_careof careof;
	uint8_t token[MH_TOKEN_LEN]; /* of a complete one */
};

struct bul_entry {
	LIST_ENTRY(bul_entry) link;
	struct bul *bul;
	struct bul_peer *peer;
	struct in6_addr hoa;
	struct in6_addr coa, prev_coa; /* coa: registered, or being registered */
	enum bul_state state;
	struct bul_exchange exchange;
	uint16_t sequence; /* last used */
	bool has_phkt;
	uint8_t phkt[MH_TOKEN_LEN];
	uint64_t phkt_since_ns;
	uint32_t phkt_uses;
	struct careof_token careof; /* of option 16: for this HoA alone */
	bool is_verified;           /* the HDAR took a complete BU for this CoA */
	bool is_bound;              /* the HDAR granted a lifetime and did not take it back */
	uint64_t expires_ns;
	uint32_t lifetime_s;                       /* granted */
	uint16_t path_mtu;                         /* HDAR to CoA, learnt; 0: unknown */
	struct bul_sent sent[BUL_OUTSTANDING_MAX]; /* ring */
	unsigned int sent_next;
	bool is_postponed; /* a BU or CoTI waits for its turn */
	struct event *timer;
};

typedef void (*bul_timeout)(struct bul_entry *entry, void *arg);

struct bul_policy {
	enum config_coa_test coa_test;
	enum config_dar_proof dar_proof;
};

struct bul {
	struct bul_policy policy;
	LIST_HEAD(bul_entries, bul_entry) entries;
	LIST_HEAD(bul_peers, bul_peer) peers;
	struct event_base *base;
	bul_timeout timeout;
	void *arg;
};

void bul_init(struct bul *bul, const struct bul_policy *policy, struct event_base *base,
	      bul_timeout timeout, void *arg);
void bul_clear(struct bul *bul);

/* Idle, sequence number random (RFC 6275 section 11.7.2). NULL: no memory. */
struct bul_entry *bul_add(struct bul *bul, const struct in6_addr *hoa, const struct in6_addr *hdar);
void bul_remove(struct bul_entry *entry); /* NULL is fine; wipes PHKT and tokens */
struct bul_entry *bul_find(const struct bul *bul, const struct in6_addr *hoa,
			   const struct in6_addr *hdar);
struct bul_peer *bul_peer_find(const struct bul *bul, const struct in6_addr *hdar);
const char *bul_state_name(enum bul_state state);

/* The one writer of `state`: takes a step over, arms or stops the timer, logs the change. */
void bul_set_state(struct bul_entry *entry, const struct bul_step *step);
void bul_arm(struct bul_entry *entry, uint32_t timeout_ms);

bool bul_is_live(const struct bul_entry *entry, uint64_t now_ns); /* bound and not expired */
bool bul_phkt_usable(const struct bul_entry *entry, uint64_t now_ns);
void bul_store_phkt(struct bul_entry *entry, const uint8_t phkt[static MH_TOKEN_LEN],
		    uint64_t now_ns);

/* The token that completes the next BU; NULL: none of the kind exchange.careof says, or it is too
 * old (M-25). */
const struct careof_token *bul_careof_token(const struct bul_entry *entry, uint64_t now_ns);

/* Remembers a BU; the oldest of the ring is forgotten. */
void bul_note_sent(struct bul_entry *entry, const struct bul_sent *sent);
const struct bul_sent *bul_outstanding(const struct bul_entry *entry, uint16_t sequence);
const struct bul_sent *bul_last_sent(const struct bul_entry *entry); /* NULL: none */
/*
 * `sequence` was answered: it and what was sent before it no longer waits. But a signed BU goes on
 * waiting behind a PHKT BU: its check may take the HDAR longer, and its BA brings a new PHKT.
 */
void bul_settle(struct bul_entry *entry, uint16_t sequence);

#endif
