/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the Binding Cache: per HoA its binding and the security context that outlives it. */
#ifndef FAMA_BCACHE_H
#define FAMA_BCACHE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/deadline.h"
#include "base/keyed_hash.h"
#include "config/config.h"
#include "dar/bu.h"
#include "fama/dataplane.h"
#include "fama/mobility.h"

enum {
	BCACHE_TOMBSTONE_S = 10, /* MAX_DELETE_BCE_TIMEOUT, RFC 6275 section 12 */
	BCACHE_KEY_ID_LEN = 8,
};

enum bcache_state {
	BCACHE_CONTEXT, /* no binding, the security context is kept */
	BCACHE_BOUND,
	BCACHE_DELETED, /* de-registered a moment ago: late BUs are old, not new */
};

/* What the next signed or PHKT BU is measured against (protocol 8.8). */
struct bcache_context {
	bool has_phkt;
	bool has_key;
	bool has_sequence;
	uint16_t sequence;        /* last accepted */
	uint16_t sequence_spent;  /* by BUs with this PHKT: past the window old ones look new */
	uint64_t timestamp;       /* NTP, of the last accepted signed BU; 0 if none */
	uint64_t expires_boot_ns; /* of the whole context; 0: never */
	uint8_t phkt[MH_TOKEN_LEN];
	uint8_t key_id[BCACHE_KEY_ID_LEN]; /* pins the key of this HoA */
};

/* Where the HoA is now; the old values while DELETED. */
struct bcache_binding {
	struct in6_addr coa, dar, prev_coa;
	uint64_t expires_boot_ns;      /* of the binding; of the tombstone while DELETED */
	uint64_t prev_coa_boot_ns;     /* end of the grace; 0: none */
	uint64_t path_mtu_boot_ns;     /* when what was learnt is forgotten; 0: nothing learnt */
	uint64_t careof_token_boot_ns; /* end of the option 16 token's life; 0: none */
	uint32_t lifetime_s;
	uint16_t path_mtu;
	uint16_t domain; /* + 1, number in security.domains; 0: none */
	enum binding_state state;
	enum binding_auth auth;
	uint8_t careof_token[MH_TOKEN_LEN]; /* of option 16, for this CoA alone */
};

struct bcache;

struct bcache_entry {
	struct in6_addr hoa;
	enum bcache_state state; /* written by bcache_update() and bcache_set_state() alone */
	bool has_link_address;   /* bcache_set_link_address() */
	uint8_t link_address[6]; /* who had the HoA on its link; for the quota */
	bool has_credit;         /* its row of `credit` is granted */
	struct bcache_context context;
	struct bcache_binding binding;
	struct deadline deadline; /* of bcache_deadline() */
	UT_hash_handle hh;
	TAILQ_ENTRY(bcache_entry) unbound; /* in order of losing the binding */
	struct {
		struct bcache_entry *older, *newer; /* ring of those with the same key */
	} of_key;
};

/* 0 in any from per_key on: no limit. */
struct bcache_limits {
	uint32_t binding_max, context_max;
	uint32_t per_key, per_link_address, per_coa_prefix;
	uint32_t domain_max[CONFIG_DOMAIN_MAX]; /* by number in security.domains */
};

/* What one BU would take up. */
struct bcache_claim {
	const uint8_t *key_id;       /* NULL: not known, or not signed */
	const uint8_t *link_address; /* NULL: not known */
	const struct in6_addr *coa;
	uint16_t domain; /* + 1; 0: none */
};

struct bcache_hooks {
	void (*due)(struct bcache_entry *entry, void *arg); /* a deadline came; may remove it */
	/* last sight of the entry; not from bcache_free(): what stands outlives the agent */
	void (*due_begin)(void *arg), (*due_end)(void *arg); /* around all that are due at once */
	void (*removing)(const struct bcache_entry *entry, void *arg);
	void *arg;
};

struct event_base;
/* One libevent timer serves all deadlines: an entry costs at most 400 octets, heap included. */
struct bcache *bcache_new(struct event_base *base, const struct bcache_limits *limits,
			  const struct bcache_hooks *hooks);
void bcache_free(struct bcache *bcache); /* wipes every PHKT */

struct bcache_entry *bcache_find(const struct bcache *bcache, const struct in6_addr *hoa);
/* The entry, new ones in BCACHE_CONTEXT; NULL when out of memory. */
struct bcache_entry *bcache_get(struct bcache *bcache, const struct in6_addr *hoa);
void bcache_remove(struct bcache *bcache, struct bcache_entry *entry);

/* Takes over what bu_apply() made: state, context, binding, quotas, deadline. The old PHKT is
 * wiped. Logs `old -> new (why)` where the state changes. */
void bcache_update(struct bcache *bcache, struct bcache_entry *entry, enum bcache_state next,
		   const struct bcache_context *context, const struct bcache_binding *binding,
		   const char *why);
/* The state alone; bcache_arm() is left to the caller. */
void bcache_set_state(struct bcache *bcache, struct bcache_entry *entry, enum bcache_state next,
		      const char *why);
/* NULL: not known. */
void bcache_set_link_address(struct bcache *bcache, struct bcache_entry *entry,
			     const uint8_t *link_address);
/* Arms for the entry's next deadline. Call after its times were changed. */
void bcache_arm(struct bcache *bcache, struct bcache_entry *entry);
/* Earliest of what is pending for the entry; UINT64_MAX: nothing. */
uint64_t bcache_deadline(const struct bcache_entry *entry);

uint32_t bcache_bound_count(const struct bcache *bcache);
uint32_t bcache_context_count(const struct bcache *bcache); /* without a binding */

/*
 * Room for `claim` beside all others; `entry` is that of its HoA, NULL for none, and what it
 * takes up already is its own. Contexts without binding may be evicted for a new entry, the
 * oldest first, of the same key if that is full, if the time window alone refuses their replays
 * (`evicts`: REPLAY_TIMESTAMP; never else, 8.8). Changes nothing; bcache_make_room() evicts what
 * it promised, to be called right before bcache_get() makes the entry.
 */
enum bu_room bcache_room(const struct bcache *bcache, const struct bcache_entry *entry,
			 const struct bcache_claim *claim, bool evicts, uint64_t now_ntp);
void bcache_make_room(struct bcache *bcache, const struct bcache_claim *claim, uint64_t now_ntp);

/* True once the time window alone refuses what the context has accepted (8.8). */
bool bcache_replays_are_over(const struct bcache_context *context, uint64_t now_ntp);

/* NTP, of the latest signed BU that an entry removed since had accepted; 0: none. If the clock is
 * set back, nothing else refuses that BU. */
uint64_t bcache_gone_ntp(const struct bcache *bcache);

/* True while `each` returns true. */
bool bcache_each(const struct bcache *bcache,
		 bool (*each)(const struct bcache_entry *entry, void *arg), void *arg);

/* The row of the pinned RIB and back: into an entry beside the cache, for bcache_update(). */
void bcache_to_row(const struct bcache_context *context, const struct bcache_binding *binding,
		   struct binding *row);
void bcache_from_row(struct bcache_entry *entry, const struct binding *row);

/* Wipes the PHKT and ends the context's life; what refuses replays stays with the entry. */
void bcache_forget_phkt(struct bcache_entry *entry);

#endif
