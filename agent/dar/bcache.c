// SPDX-License-Identifier: BSD-2-Clause
/* Owns the Binding Cache (RFC 6275 section 9.1) and its security contexts (protocol 8.8). */
#include "dar/bcache.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "dar/quota.h"
#include "dar/unbound.h"

/* A context younger than this is all that refuses a replay: twice the window of 7 s. */
#define REPLAYS_OVER_NTP (14ULL << 32)

enum { DUE_AT_ONCE = 64 }; /* then others get their turn */

struct bcache {
	struct bcache_entry *entries;
	struct unbound unbound;
	struct quotas quotas;
	struct deadlines deadlines; /* every entry is in it: to wait needs no memory */
	struct event timer;
	uint64_t timer_boot_ns; /* when it fires; UINT64_MAX: it does not */
	uint32_t bound_count, binding_max, context_max;
	uint64_t gone_ntp;
	struct bcache_hooks hooks;
};

static const char *state_name(enum bcache_state state)
{
	switch (state) {
	case BCACHE_CONTEXT:
		return "context";
	case BCACHE_BOUND:
		return "bound";
	case BCACHE_DELETED:
		return "deleted";
	}
	return "?";
}

static void timer_fired(evutil_socket_t fd, short what, void *arg);

struct bcache *bcache_new(struct event_base *base, const struct bcache_limits *limits,
			  const struct bcache_hooks *hooks)
{
	struct bcache *bcache = calloc(1, sizeof(*bcache));

	if (!bcache)
		return NULL;
	evtimer_assign(&bcache->timer, base, timer_fired, bcache);
	bcache->timer_boot_ns = UINT64_MAX;
	bcache->binding_max = limits->binding_max;
	bcache->context_max = limits->context_max;
	bcache->hooks = *hooks;
	bcache->quotas.max[QUOTA_KEY] = limits->per_key;
	bcache->quotas.max[QUOTA_LINK_ADDRESS] = limits->per_link_address;
	bcache->quotas.max[QUOTA_COA_PREFIX] = limits->per_coa_prefix;
	memcpy(bcache->quotas.domain_max, limits->domain_max, sizeof(limits->domain_max));
	unbound_init(&bcache->unbound, limits->per_key != 0);
	return bcache;
}

void bcache_free(struct bcache *bcache)
{
	struct bcache_entry *entry, *next;

	if (!bcache)
		return;
	bcache->hooks.removing = NULL;
	HASH_ITER (hh, bcache->entries, entry, next)
		bcache_remove(bcache, entry);
	event_del(&bcache->timer);
	deadlines_free(&bcache->deadlines);
	quotas_free(&bcache->quotas);
	unbound_free(&bcache->unbound);
	free(bcache);
}

struct bcache_entry *bcache_find(const struct bcache *bcache, const struct in6_addr *hoa)
{
	struct bcache_entry *entry;

	HASH_FIND(hh, bcache->entries, hoa, sizeof(*hoa), entry);
	return entry;
}

struct bcache_entry *bcache_get(struct bcache *bcache, const struct in6_addr *hoa)
{
	struct bcache_entry *entry = bcache_find(bcache, hoa);

	if (entry)
		return entry;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return NULL;
	entry->hoa = *hoa;
	entry->state = BCACHE_CONTEXT;
	if (deadline_set(&bcache->deadlines, &entry->deadline, UINT64_MAX)) {
		free(entry);
		return NULL;
	}
	HASH_ADD(hh, bcache->entries, hoa, sizeof(entry->hoa), entry);
	if (!entry->hh.tbl) {
		deadline_cancel(&bcache->deadlines, &entry->deadline);
		free(entry);
		return NULL;
	}
	unbound_insert(&bcache->unbound, entry);
	return entry;
}

/* ---- what an entry takes up ---- */

static uint64_t word_of(const void *octets, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, octets, len);
	return word;
}

static void share_part(struct quota_share *share, enum quota_kind kind, const void *octets,
		       size_t len)
{
	share->counts[kind] = true;
	share->of[kind] = word_of(octets, len);
}

static struct quota_share share_of_claim(const struct bcache_claim *claim)
{
	struct quota_share share = {.domain = claim->domain};

	if (claim->key_id)
		share_part(&share, QUOTA_KEY, claim->key_id, BCACHE_KEY_ID_LEN);
	if (claim->link_address)
		share_part(&share, QUOTA_LINK_ADDRESS, claim->link_address, 6);
	share_part(&share, QUOTA_COA_PREFIX, claim->coa, 8);
	return share;
}

static struct quota_share share_of(const struct bcache_entry *entry)
{
	struct quota_share share = {.domain = 0};

	if (entry->context.has_key)
		share_part(&share, QUOTA_KEY, entry->context.key_id, BCACHE_KEY_ID_LEN);
	if (entry->state != BCACHE_BOUND)
		return share;
	if (entry->has_link_address)
		share_part(&share, QUOTA_LINK_ADDRESS, entry->link_address, 6);
	share_part(&share, QUOTA_COA_PREFIX, &entry->binding.coa, 8);
	share.domain = entry->binding.domain;
	return share;
}

void bcache_remove(struct bcache *bcache, struct bcache_entry *entry)
{
	struct quota_share own = share_of(entry), none = {.domain = 0};

	if (bcache->hooks.removing)
		bcache->hooks.removing(entry, bcache->hooks.arg);
	if (entry->context.timestamp > bcache->gone_ntp)
		bcache->gone_ntp = entry->context.timestamp;
	quota_move(&bcache->quotas, &own, &none);
	deadline_cancel(&bcache->deadlines, &entry->deadline);
	if (entry->state == BCACHE_BOUND)
		bcache->bound_count--;
	else
		unbound_remove(&bcache->unbound, entry);
	HASH_DELETE(hh, bcache->entries, entry);
	secret_wipe(entry, sizeof(*entry));
	free(entry);
}

static void tell_state(const struct bcache_entry *entry, enum bcache_state next, const char *why)
{
	if (entry->state != next)
		log_info("binding.state", "hoa=%s old=%s new=%s why=%s", in6_text(&entry->hoa).s,
			 state_name(entry->state), state_name(next), why);
}

/* Between bound and not the lists and the count change; a new key changes its list too. Who
 * de-registers once more is young again, and goes behind those it would hold up (unbound.c). */
static void change(struct bcache *bcache, struct bcache_entry *entry, enum bcache_state next,
		   const struct bcache_context *context, const struct bcache_binding *binding)
{
	struct quota_share old = share_of(entry), taken;
	bool was_bound = entry->state == BCACHE_BOUND, is_bound = next == BCACHE_BOUND;
	bool moves = was_bound != is_bound || next == BCACHE_DELETED ||
		     context->has_key != entry->context.has_key ||
		     memcmp(context->key_id, entry->context.key_id, BCACHE_KEY_ID_LEN) != 0;

	if (was_bound)
		bcache->bound_count--;
	else if (moves)
		unbound_remove(&bcache->unbound, entry);
	entry->state = next;
	entry->context = *context;
	entry->binding = *binding;
	if (is_bound)
		bcache->bound_count++;
	else if (moves)
		unbound_insert(&bcache->unbound, entry);
	taken = share_of(entry);
	quota_move(&bcache->quotas, &old, &taken);
}

void bcache_update(struct bcache *bcache, struct bcache_entry *entry, enum bcache_state next,
		   const struct bcache_context *context, const struct bcache_binding *binding,
		   const char *why)
{
	tell_state(entry, next, why);
	change(bcache, entry, next, context, binding);
	bcache_arm(bcache, entry);
}

void bcache_set_state(struct bcache *bcache, struct bcache_entry *entry, enum bcache_state next,
		      const char *why)
{
	tell_state(entry, next, why);
	change(bcache, entry, next, &entry->context, &entry->binding);
}

void bcache_set_link_address(struct bcache *bcache, struct bcache_entry *entry,
			     const uint8_t *link_address)
{
	struct quota_share old = share_of(entry), taken;

	entry->has_link_address = link_address != NULL;
	if (link_address)
		memcpy(entry->link_address, link_address, sizeof(entry->link_address));
	taken = share_of(entry);
	quota_move(&bcache->quotas, &old, &taken);
}

/* ---- time ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return b && b < a ? b : a;
}

uint64_t bcache_deadline(const struct bcache_entry *entry)
{
	uint64_t deadline = UINT64_MAX;

	deadline = earlier(deadline, entry->context.expires_boot_ns);
	if (entry->state != BCACHE_CONTEXT)
		deadline = earlier(deadline, entry->binding.expires_boot_ns);
	deadline = earlier(deadline, entry->binding.prev_coa_boot_ns);
	return earlier(deadline, entry->binding.path_mtu_boot_ns);
}

static void arm_timer(struct bcache *bcache)
{
	struct deadline *first = deadline_first(&bcache->deadlines);
	uint64_t now = clock_boot_ns(), wait_ns;
	struct timeval wait;

	if (!first || first->at_ns >= bcache->timer_boot_ns)
		return;
	/* a microsecond more, so that the timer never fires before its time */
	wait_ns = (first->at_ns > now ? first->at_ns - now : 0) + 1000;
	wait.tv_sec = (time_t)(wait_ns / CLOCK_SECOND_NS);
	wait.tv_usec = (suseconds_t)(wait_ns % CLOCK_SECOND_NS / 1000);
	if (event_add(&bcache->timer, &wait) == 0)
		bcache->timer_boot_ns = first->at_ns;
}

/* Only ever earlier in the heap: a later deadline is found when the old one comes. */
void bcache_arm(struct bcache *bcache, struct bcache_entry *entry)
{
	uint64_t deadline = bcache_deadline(entry);

	if (deadline >= entry->deadline.at_ns)
		return;
	deadline_set(&bcache->deadlines, &entry->deadline, deadline);
	arm_timer(bcache);
}

static void timer_fired(evutil_socket_t fd, short what, void *arg)
{
	struct bcache *bcache = arg;
	uint64_t now = clock_boot_ns();

	(void)fd;
	(void)what;
	bcache->timer_boot_ns = UINT64_MAX;
	bcache->hooks.due_begin(bcache->hooks.arg);
	for (unsigned int i = 0; i < DUE_AT_ONCE; i++) {
		struct deadline *first = deadline_first(&bcache->deadlines);
		struct bcache_entry *entry;
		uint64_t deadline;

		if (!first || first->at_ns > now)
			break;
		entry = (struct bcache_entry *)((char *)first -
						offsetof(struct bcache_entry, deadline));
		deadline = bcache_deadline(entry);
		deadline_set(&bcache->deadlines, first, deadline > now ? deadline : UINT64_MAX);
		if (deadline <= now)
			bcache->hooks.due(entry, bcache->hooks.arg);
	}
	bcache->hooks.due_end(bcache->hooks.arg);
	arm_timer(bcache);
}

/* ---- room ---- */

uint32_t bcache_bound_count(const struct bcache *bcache)
{
	return bcache->bound_count;
}

uint32_t bcache_context_count(const struct bcache *bcache)
{
	return bcache->unbound.count;
}

uint64_t bcache_gone_ntp(const struct bcache *bcache)
{
	return bcache->gone_ntp;
}

bool bcache_replays_are_over(const struct bcache_context *context, uint64_t now_ntp)
{
	return context->timestamp + REPLAYS_OVER_NTP < now_ntp;
}

enum bu_room bcache_room(const struct bcache *bcache, const struct bcache_entry *entry,
			 const struct bcache_claim *claim, bool evicts, uint64_t now_ntp)
{
	const struct unbound *unbound = &bcache->unbound;
	struct quota_share own = {.domain = 0}, share = share_of_claim(claim);

	if (entry)
		own = share_of(entry);
	if ((!entry || entry->state != BCACHE_BOUND) && bcache->bound_count >= bcache->binding_max)
		return BU_FULL_TABLE;
	if (quota_domain_is_full(&bcache->quotas, &own, &share))
		return BU_FULL_DOMAIN;
	if (quota_is_full(&bcache->quotas, QUOTA_LINK_ADDRESS, &own, &share))
		return BU_FULL_LINK_ADDRESS;
	if (quota_is_full(&bcache->quotas, QUOTA_COA_PREFIX, &own, &share))
		return BU_FULL_COA_PREFIX;
	evicts = evicts && !entry;
	if (quota_is_full(&bcache->quotas, QUOTA_KEY, &own, &share) &&
	    !(evicts && unbound_evictable_of(unbound, claim->key_id, now_ntp)))
		return BU_FULL_KEY;
	if (!entry && unbound->count >= bcache->context_max &&
	    !(evicts && unbound_evictable(unbound, now_ntp)))
		return BU_FULL_CONTEXTS;
	return BU_ROOM;
}

void bcache_make_room(struct bcache *bcache, const struct bcache_claim *claim, uint64_t now_ntp)
{
	struct quota_share own = {.domain = 0}, share = share_of_claim(claim);
	struct bcache_entry *entry;

	if (quota_is_full(&bcache->quotas, QUOTA_KEY, &own, &share)) {
		entry = unbound_evictable_of(&bcache->unbound, claim->key_id, now_ntp);
		if (entry)
			bcache_remove(bcache, entry);
	}
	if (bcache->unbound.count >= bcache->context_max) {
		entry = unbound_evictable(&bcache->unbound, now_ntp);
		if (entry)
			bcache_remove(bcache, entry);
	}
}

bool bcache_each(const struct bcache *bcache,
		 bool (*each)(const struct bcache_entry *entry, void *arg), void *arg)
{
	struct bcache_entry *entry, *next;

	HASH_ITER (hh, bcache->entries, entry, next) {
		if (!each(entry, arg))
			return false;
	}
	return true;
}

void bcache_forget_phkt(struct bcache_entry *entry)
{
	secret_wipe(entry->context.phkt, sizeof(entry->context.phkt));
	entry->context.has_phkt = false;
	entry->context.expires_boot_ns = 0;
}
