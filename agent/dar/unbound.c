// SPDX-License-Identifier: BSD-2-Clause
/* Owns two lists through each entry, and which of them may be evicted. */
#include "dar/unbound.h"

#include <string.h>

/* So many are looked at from the oldest on. It lost its binding before all others, and its last
 * signed BU is older still: a few tombstones apart, where it is too young the rest is. */
enum { LOOK_AT_MOST = 16 };

void unbound_init(struct unbound *unbound, bool by_key)
{
	*unbound = (struct unbound){.by_key = by_key};
	TAILQ_INIT(&unbound->all);
}

void unbound_free(struct unbound *unbound)
{
	word_table_free(&unbound->oldest_of_key);
}

static uint64_t word_of(const uint8_t key_id[static BCACHE_KEY_ID_LEN])
{
	uint64_t word;

	memcpy(&word, key_id, sizeof(word));
	return word;
}

static struct bcache_entry *oldest_of(const struct unbound *unbound, uint64_t key)
{
	return (struct bcache_entry *)(uintptr_t)word_table_get(&unbound->oldest_of_key, key);
}

/* A ring; an entry that no memory was left for is in none and is not evicted for its key. */
static void ring_insert(struct unbound *unbound, struct bcache_entry *entry)
{
	uint64_t key = word_of(entry->context.key_id);
	struct bcache_entry *oldest = oldest_of(unbound, key);

	if (!oldest) {
		if (word_table_set(&unbound->oldest_of_key, key, (uintptr_t)entry))
			return;
		oldest = entry->of_key.older = entry;
	}
	entry->of_key.newer = oldest;
	entry->of_key.older = oldest->of_key.older;
	entry->of_key.older->of_key.newer = entry;
	oldest->of_key.older = entry;
}

static void ring_remove(struct unbound *unbound, struct bcache_entry *entry)
{
	uint64_t key = word_of(entry->context.key_id);
	struct bcache_entry *newer = entry->of_key.newer;

	if (oldest_of(unbound, key) == entry)
		word_table_set(&unbound->oldest_of_key, key, newer == entry ? 0 : (uintptr_t)newer);
	newer->of_key.older = entry->of_key.older;
	entry->of_key.older->of_key.newer = newer;
	entry->of_key.older = entry->of_key.newer = NULL;
}

void unbound_insert(struct unbound *unbound, struct bcache_entry *entry)
{
	TAILQ_INSERT_TAIL(&unbound->all, entry, unbound);
	unbound->count++;
	if (unbound->by_key && entry->context.has_key)
		ring_insert(unbound, entry);
}

void unbound_remove(struct unbound *unbound, struct bcache_entry *entry)
{
	TAILQ_REMOVE(&unbound->all, entry, unbound);
	unbound->count--;
	if (entry->of_key.newer)
		ring_remove(unbound, entry);
}

static bool may_go(const struct bcache_entry *entry, uint64_t now_ntp)
{
	return entry->state == BCACHE_CONTEXT && bcache_replays_are_over(&entry->context, now_ntp);
}

struct bcache_entry *unbound_evictable(const struct unbound *unbound, uint64_t now_ntp)
{
	struct bcache_entry *entry = TAILQ_FIRST(&unbound->all);

	for (unsigned int i = 0; entry && i < LOOK_AT_MOST; i++) {
		if (may_go(entry, now_ntp))
			return entry;
		entry = TAILQ_NEXT(entry, unbound);
	}
	return NULL;
}

struct bcache_entry *unbound_evictable_of(const struct unbound *unbound,
					  const uint8_t key_id[static BCACHE_KEY_ID_LEN],
					  uint64_t now_ntp)
{
	struct bcache_entry *oldest = oldest_of(unbound, word_of(key_id)), *entry = oldest;

	for (unsigned int i = 0; entry && i < LOOK_AT_MOST; i++) {
		if (may_go(entry, now_ntp))
			return entry;
		entry = entry->of_key.newer == oldest ? NULL : entry->of_key.newer;
	}
	return NULL;
}
