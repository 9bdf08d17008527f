/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the Binding Cache: per HoA its binding and the security context that outlives it. */
#ifndef FAMA_BCACHE_H
#define FAMA_BCACHE_H

#include <event2/event_struct.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/keyed_hash.h"
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
	uint64_t expires_boot_ns;  /* of the binding; of the tombstone while DELETED */
	uint64_t prev_coa_boot_ns; /* end of the grace; 0: none */
	uint64_t path_mtu_boot_ns; /* when what was learnt is forgotten; 0: nothing learnt */
	uint32_t lifetime_s;
	uint16_t path_mtu;
	enum binding_auth auth;
};

struct bcache;

struct bcache_entry {
	struct in6_addr hoa;
	enum bcache_state state; /* written by bcache_set_state() alone */
	struct bcache_context context;
	struct bcache_binding binding;
	struct bcache *bcache;
	struct event timer; /* armed for bcache_deadline() */
	UT_hash_handle hh;
	TAILQ_ENTRY(bcache_entry) unbound; /* in order of losing the binding */
};

/* Called when an entry's deadline has come; `arg` as given to bcache_new(). */
typedef void (*bcache_due)(struct bcache_entry *entry, void *arg);

struct event_base;
struct bcache *bcache_new(struct event_base *base, uint32_t binding_max, uint32_t context_max,
			  bcache_due due, void *arg);
void bcache_free(struct bcache *bcache); /* wipes every PHKT */

struct bcache_entry *bcache_find(const struct bcache *bcache, const struct in6_addr *hoa);
/* The entry, new ones in BCACHE_CONTEXT; NULL when out of memory. */
struct bcache_entry *bcache_get(struct bcache *bcache, const struct in6_addr *hoa);
void bcache_remove(struct bcache *bcache, struct bcache_entry *entry);

/* The one writer of ->state: keeps the counts and logs `old -> new (why)`. */
void bcache_set_state(struct bcache *bcache, struct bcache_entry *entry, enum bcache_state next,
		      const char *why);
/* Arms the timer for the entry's next deadline. Call after its times were changed. */
void bcache_arm(struct bcache_entry *entry, uint64_t now_boot_ns);
/* Earliest of what is pending for the entry; UINT64_MAX: nothing. */
uint64_t bcache_deadline(const struct bcache_entry *entry);

uint32_t bcache_bound_count(const struct bcache *bcache);
/* Room for one more binding, or for one more context without a binding: the latter evicts the
 * oldest whose replays the time window refuses anyway (8.8), false if there is none. */
bool bcache_has_room(const struct bcache *bcache);
bool bcache_make_context_room(struct bcache *bcache, uint64_t now_ntp);

/* True once the time window alone refuses what the context has accepted (8.8). */
bool bcache_replays_are_over(const struct bcache_context *context, uint64_t now_ntp);

/* True while `each` returns true. */
bool bcache_each(const struct bcache *bcache,
		 bool (*each)(const struct bcache_entry *entry, void *arg), void *arg);

/* The row of the pinned RIB and back. */
void bcache_to_row(const struct bcache_context *context, const struct bcache_binding *binding,
		   struct binding *row);
void bcache_from_row(struct bcache_entry *entry, const struct binding *row);

/* Wipes the PHKT and ends the context's life; what refuses replays stays with the entry. */
void bcache_forget_phkt(struct bcache_entry *entry);

#endif
