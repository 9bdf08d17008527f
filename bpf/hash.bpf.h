/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the one step of our keyed hashes: quick, and of no use to who does not know the key. */
#ifndef FAMA_HASH_BPF_H
#define FAMA_HASH_BPF_H

#include <linux/types.h>
#include <bpf/bpf_helpers.h>

static __always_inline __u64 hash_mix(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL; /* 2^64 by the golden ratio, odd */
	return hash ^ hash >> 32;
}

#endif
