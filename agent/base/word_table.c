// SPDX-License-Identifier: BSD-2-Clause
/* Owns linear probing over SipHash, at most three quarters full (Knuth, volume 3, 6.4). */
#include "base/word_table.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/keyed_hash.h"

struct word_slot {
	uint64_t key;
	uint64_t value; /* 0: empty */
};

enum { FIRST_SIZE = 16 };

/* The hash taken as a fraction of the size: any size will do. */
static uint32_t home_of(const struct word_table *table, uint64_t key)
{
	return (uint32_t)(((keyed_hash(&key, sizeof(key)) >> 32) * table->size) >> 32);
}

static uint32_t after(const struct word_table *table, uint32_t at)
{
	return at + 1 == table->size ? 0 : at + 1;
}

/* Where `key` is, or the empty slot where it would be; there is always an empty one. */
static uint32_t find(const struct word_table *table, uint64_t key)
{
	uint32_t at = home_of(table, key);

	while (table->slots[at].value && table->slots[at].key != key)
		at = after(table, at);
	return at;
}

/* By a quarter: between 0.6 and 0.75 full at any number of keys. */
static int grow(struct word_table *table)
{
	struct word_table next = {.size = table->size ? table->size + table->size / 4 : FIRST_SIZE};

	if (next.size <= table->size)
		return -ENOMEM;
	next.slots = calloc(next.size, sizeof(*next.slots));
	if (!next.slots)
		return -ENOMEM;
	for (uint32_t i = 0; i < table->size; i++) {
		if (table->slots[i].value)
			next.slots[find(&next, table->slots[i].key)] = table->slots[i];
	}
	next.used = table->used;
	free(table->slots);
	*table = next;
	return 0;
}

/* Whoever was pushed past the hole moves back into it, so that no search ends early. */
static void take_out(struct word_table *table, uint32_t hole)
{
	for (uint32_t at = after(table, hole); table->slots[at].value; at = after(table, at)) {
		uint32_t home = home_of(table, table->slots[at].key);
		bool between = hole < at ? hole < home && home <= at : hole < home || home <= at;

		if (between)
			continue;
		table->slots[hole] = table->slots[at];
		hole = at;
	}
	table->slots[hole] = (struct word_slot){.value = 0};
	table->used--;
}

void word_table_free(struct word_table *table)
{
	free(table->slots);
	*table = (struct word_table){.slots = NULL};
}

uint64_t word_table_get(const struct word_table *table, uint64_t key)
{
	return table->size ? table->slots[find(table, key)].value : 0;
}

int word_table_set(struct word_table *table, uint64_t key, uint64_t value)
{
	uint32_t at = table->size ? find(table, key) : 0;
	bool there = table->size && table->slots[at].value;
	int err;

	if (!there) {
		if (!value)
			return 0;
		if ((uint64_t)(table->used + 1) * 4 > (uint64_t)table->size * 3) {
			err = grow(table);
			if (err)
				return err;
			at = find(table, key);
		}
		table->used++;
	} else if (!value) {
		take_out(table, at);
		return 0;
	}
	table->slots[at] = (struct word_slot){key, value};
	return 0;
}
