// SPDX-License-Identifier: BSD-2-Clause
/* Owns SipHash-2-4 (Aumasson and Bernstein, 2012): short input, secret key, no floods. */
#include "base/keyed_hash.h"

#include <endian.h>
#include <string.h>

static uint64_t key0, key1;

void keyed_hash_start(const uint8_t key[static 16])
{
	memcpy(&key0, key, 8);
	memcpy(&key1, key + 8, 8);
	key0 = le64toh(key0);
	key1 = le64toh(key1);
}

static inline uint64_t rotate(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static inline __attribute__((always_inline)) void sip_round(uint64_t v[static 4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

static inline __attribute__((always_inline)) void absorb(uint64_t v[static 4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

uint64_t keyed_hash(const void *octets, size_t len)
{
	uint64_t v[4] = {key0 ^ 0x736f6d6570736575ULL, key1 ^ 0x646f72616e646f6dULL,
			 key0 ^ 0x6c7967656e657261ULL, key1 ^ 0x7465646279746573ULL};
	const uint8_t *at = octets;
	uint64_t word;
	size_t left;

	for (left = len; left >= 8; left -= 8, at += 8) {
		memcpy(&word, at, 8);
		absorb(v, le64toh(word));
	}
	word = 0;
	memcpy(&word, at, left);
	absorb(v, le64toh(word) | (uint64_t)len << 56);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
