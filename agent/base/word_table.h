/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns a compact table of 64-bit values by 64-bit keys that strangers may choose. */
#ifndef FAMA_WORD_TABLE_H
#define FAMA_WORD_TABLE_H

#include <stdint.h>

/* Open addressing: at most 27 octets for each key that is there, no allocation for one. */
struct word_table {
	struct word_slot *slots;
	uint32_t size, used;
};

void word_table_free(struct word_table *table);
/* 0 if `key` is not there. */
uint64_t word_table_get(const struct word_table *table, uint64_t key);
/* 0 takes `key` out, which never fails. 0 or -ENOMEM. */
int word_table_set(struct word_table *table, uint64_t key, uint64_t value);

#endif
