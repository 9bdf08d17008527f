// SPDX-License-Identifier: BSD-2-Clause
/* Owns the Binding Cache (RFC 6275 section 9.1) and its security contexts (protocol 8.8). */
#include "dar/bcache.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "crypto/secret.h"

/* A context younger than this is all that refuses a replay: twice the window of 7 s. */
#define REPLAYS_OVER_NTP (14ULL << 32)

struct bcache {
	struct event_base *base;
	struct bcache_entry *entries;
	TAILQ_HEAD(, bcache_entry) unbound;
	uint32_t bound_count, unbound_count;
	uint32_t binding_max, context_max;
	bcache_due due;
	void *arg;
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

struct bcache *bcache_new(struct event_base *base, uint32_t binding_max, uint32_t context_max,
			  bcache_due due, void *arg)
{
	struct bcache *bcache = calloc(1, sizeof(*bcache));

	if (!bcache)
		return NULL;
	bcache->base = base;
	bcache->binding_max = binding_max;
	bcache->context_max = context_max;
	bcache->due = due;
	bcache->arg = arg;
	TAILQ_INIT(&bcache->unbound);
	return bcache;
}

void bcache_free(struct bcache *bcache)
{
	struct bcache_entry *entry, *next;

	if (!bcache)
		return;
	HASH_ITER (hh, bcache->entries, entry, next)
		bcache_remove(bcache, entry);
	free(bcache);
}

struct bcache_entry *bcache_find(const struct bcache *bcache, const struct in6_addr *hoa)
{
	struct bcache_entry *entry;

	HASH_FIND(hh, bcache->entries, hoa, sizeof(*hoa), entry);
	return entry;
}

static void timer_fired(evutil_socket_t fd, short what, void *arg)
{
	struct bcache_entry *entry = arg;

	(void)fd;
	(void)what;
	entry->bcache->due(entry, entry->bcache->arg);
}

static void unbound_insert(struct bcache *bcache, struct bcache_entry *entry)
{
	TAILQ_INSERT_TAIL(&bcache->unbound, entry, unbound);
	bcache->unbound_count++;
}

static void unbound_remove(struct bcache *bcache, struct bcache_entry *entry)
{
	TAILQ_REMOVE(&bcache->unbound, entry, unbound);
	bcache->unbound_count--;
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
	entry->bcache = bcache;
	entry->state = BCACHE_CONTEXT;
	evtimer_assign(&entry->timer, bcache->base, timer_fired, entry);
	HASH_ADD(hh, bcache->entries, hoa, sizeof(entry->hoa), entry);
	if (!entry->hh.tbl) {
		free(entry);
		return NULL;
	}
	unbound_insert(bcache, entry);
	return entry;
}

void bcache_remove(struct bcache *bcache, struct bcache_entry *entry)
{
	event_del(&entry->timer);
	if (entry->state == BCACHE_BOUND)
		bcache->bound_count--;
	else
		unbound_remove(bcache, entry);
	HASH_DELETE(hh, bcache->entries, entry);
	secret_wipe(entry, sizeof(*entry));
	free(entry);
}

void bcache_set_state(struct bcache *bcache, struct bcache_entry *entry, enum bcache_state next,
		      const char *why)
{
	bool was_bound = entry->state == BCACHE_BOUND, is_bound = next == BCACHE_BOUND;

	if (entry->state == next)
		return;
	log_info("binding.state", "hoa=%s old=%s new=%s why=%s", in6_text(&entry->hoa).s,
		 state_name(entry->state), state_name(next), why);
	if (was_bound && !is_bound) {
		bcache->bound_count--;
		unbound_insert(bcache, entry);
	} else if (!was_bound && is_bound) {
		unbound_remove(bcache, entry);
		bcache->bound_count++;
	}
	entry->state = next;
}

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

void bcache_arm(struct bcache_entry *entry, uint64_t now_boot_ns)
{
	uint64_t deadline = bcache_deadline(entry);
	uint64_t wait_ns;
	struct timeval wait;

	if (deadline == UINT64_MAX) {
		event_del(&entry->timer);
		return;
	}
	/* a microsecond more, so that the timer never fires before its time */
	wait_ns = (deadline > now_boot_ns ? deadline - now_boot_ns : 0) + 1000;
	wait.tv_sec = (time_t)(wait_ns / CLOCK_SECOND_NS);
	wait.tv_usec = (suseconds_t)(wait_ns % CLOCK_SECOND_NS / 1000);
	event_add(&entry->timer, &wait);
}

uint32_t bcache_bound_count(const struct bcache *bcache)
{
	return bcache->bound_count;
}

bool bcache_has_room(const struct bcache *bcache)
{
	return bcache->bound_count < bcache->binding_max;
}

bool bcache_replays_are_over(const struct bcache_context *context, uint64_t now_ntp)
{
	return context->timestamp + REPLAYS_OVER_NTP < now_ntp;
}

bool bcache_make_context_room(struct bcache *bcache, uint64_t now_ntp)
{
	struct bcache_entry *entry;

	if (bcache->unbound_count < bcache->context_max)
		return true;
	TAILQ_FOREACH (entry, &bcache->unbound, unbound) {
		if (entry->state == BCACHE_CONTEXT &&
		    bcache_replays_are_over(&entry->context, now_ntp)) {
			bcache_remove(bcache, entry);
			return true;
		}
	}
	return false;
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

void bcache_to_row(const struct bcache_context *context, const struct bcache_binding *binding,
		   struct binding *row)
{
	*row = (struct binding){
		.expires_boot_ns = binding->expires_boot_ns,
		.last_timestamp = context->timestamp,
		.lifetime_s = binding->lifetime_s,
		.sequence = context->sequence,
		.path_mtu = binding->path_mtu,
		.state = BINDING_VERIFIED, /* coa_test none: no other state arises */
		.auth = binding->auth,
	};
	memcpy(row->coa, &binding->coa, sizeof(row->coa));
	memcpy(row->dar, &binding->dar, sizeof(row->dar));
	memcpy(row->prev_coa, &binding->prev_coa, sizeof(row->prev_coa));
	memcpy(row->key_id, context->key_id, sizeof(row->key_id));
}

void bcache_from_row(struct bcache_entry *entry, const struct binding *row)
{
	struct bcache_context *context = &entry->context;
	struct bcache_binding *binding = &entry->binding;

	memcpy(&binding->coa, row->coa, sizeof(binding->coa));
	memcpy(&binding->dar, row->dar, sizeof(binding->dar));
	binding->expires_boot_ns = row->expires_boot_ns;
	binding->lifetime_s = row->lifetime_s;
	binding->auth = row->auth;
	binding->path_mtu = row->path_mtu;
	memcpy(context->key_id, row->key_id, sizeof(context->key_id));
	context->has_key = true;
	context->has_sequence = true;
	context->sequence = row->sequence;
	context->timestamp = row->last_timestamp;
}

void bcache_forget_phkt(struct bcache_entry *entry)
{
	secret_wipe(entry->context.phkt, sizeof(entry->context.phkt));
	entry->context.has_phkt = false;
	entry->context.expires_boot_ns = 0;
}
