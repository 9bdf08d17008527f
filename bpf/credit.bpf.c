// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns the account of what may go to an unverified CoA: spent, earned, aged in one exchange.

#include "credit.bpf.h"

enum {
	/* After so many intervals nothing is left of FAMA_CREDIT_MAX. */
	CREDIT_AGEINGS_MAX = 128,
	/* Against other CPUs. Who loses so often has a flood to drop anyway. */
	CREDIT_TRIES = 8,
};

typedef __u64 __attribute__((may_alias)) credit_word;

union credit_state {
	struct credit row;
	credit_word word;
};

static __always_inline __u32 credit_interval(void)
{
	return bpf_ktime_get_boot_ns() / (FAMA_CREDIT_AGING_S * 1000000000ULL);
}

/* CreditAgingFactor 7/8 for each interval, rounded down each time. Global: verified once. */
__noinline __u32 credit_aged(__u32 octets, __u32 intervals)
{
	for (__u32 i = 0; i < CREDIT_AGEINGS_MAX; i++) {
		if (i >= intervals || !octets)
			return octets;
		octets -= octets / 8 + !!(octets % 8);
	}
	return 0;
}

static __always_inline void credit_age(struct credit *row, __u32 now)
{
	if (now <= row->aged) /* another CPU was here first */
		return;
	row->octets = credit_aged(row->octets, now - row->aged);
	row->aged = now;
}

static __always_inline union credit_state credit_read(const struct credit *row)
{
	return (union credit_state){.word = *(const volatile credit_word *)row};
}

/* False where another CPU has changed the row since `old` was read. */
static __always_inline bool credit_write(struct credit *row, union credit_state old,
					 union credit_state next)
{
	return __sync_val_compare_and_swap((credit_word *)row, old.word, next.word) == old.word;
}

__noinline __u32 credit_spend(struct credit *row, __u32 octets)
{
	__u32 now = credit_interval();

	if (!row)
		return false;
	for (int i = 0; i < CREDIT_TRIES; i++) {
		union credit_state old = credit_read(row), next = old;

		credit_age(&next.row, now);
		if (next.row.octets < octets)
			return false;
		next.row.octets -= octets;
		if (credit_write(row, old, next))
			return true;
	}
	return false;
}

__noinline __u32 credit_earn(struct credit *row, __u32 octets)
{
	__u32 now = credit_interval();

	if (!row)
		return false;
	for (int i = 0; i < CREDIT_TRIES; i++) {
		union credit_state old = credit_read(row), next = old;

		credit_age(&next.row, now);
		next.row.octets += octets;
		if (next.row.octets > FAMA_CREDIT_MAX)
			next.row.octets = FAMA_CREDIT_MAX;
		if (next.word == old.word || credit_write(row, old, next))
			return true;
	}
	return false;
}
