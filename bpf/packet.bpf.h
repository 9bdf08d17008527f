/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the cursor: the one way into packet octets, never past their end. XDP and TC alike. */
#ifndef FAMA_PACKET_BPF_H
#define FAMA_PACKET_BPF_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>

struct cursor {
	void *pos;
	void *end;
};

/* An Ethernet header as half words: the packed struct ethhdr makes clang move single octets. */
typedef __u16 __attribute__((may_alias)) mac_word;
struct ethernet {
	mac_word destination[3];
	mac_word source[3];
	__be16 protocol;
};
_Static_assert(sizeof(struct ethernet) == 14, "Ethernet header");

static __always_inline void *cursor_take(struct cursor *at, __u32 octets)
{
	void *taken = at->pos;

	if (taken + octets > at->end)
		return NULL;
	at->pos = taken + octets;
	return taken;
}

/* The next `type` of the packet, or NULL where it does not fit. */
#define next_header(cursor, type) ((type *)cursor_take(cursor, sizeof(type)))

/* To a group: the lowest bit of the first octet. */
static __always_inline bool ethernet_is_multicast(const struct ethernet *ethernet)
{
	return *(const __u8 *)ethernet->destination & 1;
}

static __always_inline void mac_copy(void *to, const void *from)
{
	mac_word *target = to;
	const mac_word *source = from;

	target[0] = source[0];
	target[1] = source[1];
	target[2] = source[2];
}

/* 1 or 0, without a branch that clang 14 would make, and the verifier follow. */
static __always_inline __u32 is_zero(__u64 number)
{
	__u64 sign = number | -number;

	asm volatile("" : "+r"(sign));
	return sign >> 63 ^ 1;
}

static __always_inline bool mac_equal(const void *a, const void *b)
{
	const mac_word *x = a, *y = b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]));
}

#endif
