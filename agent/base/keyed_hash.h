/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the hash function of every table keyed by what strangers choose (SipHash-2-4). */
#ifndef FAMA_KEYED_HASH_H
#define FAMA_KEYED_HASH_H

#include <stddef.h>
#include <stdint.h>

/* 16 octets that no stranger knows; set once before the first table is made. */
void keyed_hash_start(const uint8_t key[static 16]);
uint64_t keyed_hash(const void *octets, size_t len);

/* uthash: include this header instead of <uthash.h>. */
#define HASH_FUNCTION(keyptr, keylen, hashv) (hashv) = (unsigned int)keyed_hash(keyptr, keylen)
#define HASH_NONFATAL_OOM                    1
#define uthash_nonfatal_oom(element)         ((element)->hh.tbl = NULL)
#define HASH_BKT_CAPACITY_THRESH             6U /* short chains: each link is a cache miss */
#include <uthash.h>

#endif
