// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns the first gate of the signalling: sources that make sense, each within its rate.

#include "frame.bpf.h"
#include "hash.bpf.h"
#include "signalling.bpf.h"

enum bucket { BUCKET_SOURCE, BUCKET_PREFIX, BUCKET_GLOBAL };

enum {
	SECOND_NS = 1000 * 1000 * 1000,
	/* What may come at once: all MNs of a neighbouring DAR; for all, a tenth of a second. */
	PREFIX_BURST = FAMA_PREFIX_PER_SECOND,
	GLOBAL_BURST = FAMA_GLOBAL_PER_SECOND / 10,
	BUCKET_TRIES = 4, /* against other CPUs; who loses all has a flood to drop anyway */
};

static __always_inline __u64 bucket_cost_ns(enum bucket bucket)
{
	switch (bucket) {
	case BUCKET_SOURCE:
		return SECOND_NS / FAMA_SOURCE_PER_SECOND;
	case BUCKET_PREFIX:
		return SECOND_NS / FAMA_PREFIX_PER_SECOND;
	case BUCKET_GLOBAL:
		return SECOND_NS / FAMA_GLOBAL_PER_SECOND;
	}
	return SECOND_NS;
}

static __always_inline __u64 bucket_burst_ns(enum bucket bucket)
{
	switch (bucket) {
	case BUCKET_SOURCE:
		return FAMA_SOURCE_BURST * bucket_cost_ns(bucket);
	case BUCKET_PREFIX:
		return PREFIX_BURST * bucket_cost_ns(bucket);
	case BUCKET_GLOBAL:
		return GLOBAL_BURST * bucket_cost_ns(bucket);
	}
	return 0;
}

/* When the bucket would be full again if one were taken now; 0: it is empty. */
static __always_inline __u64 bucket_next(enum bucket bucket, __u64 full_ns, __u64 now)
{
	__u64 next = (full_ns > now ? full_ns : now) + bucket_cost_ns(bucket);

	return next - now <= bucket_burst_ns(bucket) ? next : 0;
}

static __always_inline bool bucket_has(enum bucket bucket, const __u64 *full_ns, __u64 now)
{
	return full_ns && bucket_next(bucket, *(const volatile __u64 *)full_ns, now);
}

static __always_inline bool bucket_take(enum bucket bucket, __u64 *full_ns, __u64 now)
{
	if (!full_ns)
		return false;
	for (int i = 0; i < BUCKET_TRIES; i++) {
		__u64 before = *(const volatile __u64 *)full_ns;
		__u64 next = bucket_next(bucket, before, now);

		if (!next)
			return false;
		if (__sync_val_compare_and_swap(full_ns, before, next) == before)
			return true;
	}
	return false;
}

/*
 * A bucket costs nothing where a wider one is empty: who floods from all addresses of one /64
 * empties that one's, not those of strangers whose addresses share a slot with his.
 */
static __always_inline bool budget_take(const void *source)
{
	const address_word *word = source;
	__u64 prefix_hash = hash_mix(settings.budget_key, (__u64)word[0] << 32 | word[1]);
	__u64 source_hash = hash_mix(prefix_hash, (__u64)word[2] << 32 | word[3]);
	__u32 source_slot = source_hash & (FAMA_BUDGET_SOURCES - 1);
	__u32 prefix_slot = FAMA_BUDGET_SOURCES + (prefix_hash & (FAMA_BUDGET_PREFIXES - 1));
	__u32 global_slot = FAMA_BUDGET_GLOBAL;
	__u64 *of_source = bpf_map_lookup_elem(&budget, &source_slot);
	__u64 *of_prefix = bpf_map_lookup_elem(&budget, &prefix_slot);
	__u64 *of_all = bpf_map_lookup_elem(&budget, &global_slot);
	__u64 now = bpf_ktime_get_ns();

	if (!bucket_has(BUCKET_PREFIX, of_prefix, now) || !bucket_has(BUCKET_GLOBAL, of_all, now))
		return false;
	return bucket_take(BUCKET_SOURCE, of_source, now) &&
	       bucket_take(BUCKET_PREFIX, of_prefix, now) &&
	       bucket_take(BUCKET_GLOBAL, of_all, now);
}

__noinline __u32 signalling_gate(struct xdp_md *ctx)
{
	struct ipv6hdr *ip6 = frame_ipv6(ctx, 0);

	if (!ip6)
		return OUTCOME_MALFORMED;
	if (!address_is_tunnelled(&ip6->saddr) || address_is_v4_mapped(&ip6->saddr))
		return OUTCOME_SCOPE;
	return budget_take(&ip6->saddr) ? OUTCOME_PASSED : OUTCOME_BUDGET;
}
