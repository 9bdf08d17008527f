/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the entries without a binding in the order they lost it: of all, and of each key. */
#ifndef FAMA_UNBOUND_H
#define FAMA_UNBOUND_H

#include "base/word_table.h"
#include "dar/bcache.h"

struct unbound {
	TAILQ_HEAD(, bcache_entry) all;
	uint32_t count;
	bool by_key; /* kept where HoAs of a key are limited */
	struct word_table oldest_of_key;
};

void unbound_init(struct unbound *unbound, bool by_key);
void unbound_free(struct unbound *unbound);
void unbound_insert(struct unbound *unbound, struct bcache_entry *entry);
/* With the key it was inserted with. */
void unbound_remove(struct unbound *unbound, struct bcache_entry *entry);

/* What may give way at `now_ntp` (8.8), the oldest of all or of a key; NULL: nothing. */
struct bcache_entry *unbound_evictable(const struct unbound *unbound, uint64_t now_ntp);
struct bcache_entry *unbound_evictable_of(const struct unbound *unbound,
					  const uint8_t key_id[static BCACHE_KEY_ID_LEN],
					  uint64_t now_ntp);

#endif
