// SPDX-License-Identifier: BSD-2-Clause
/* Owns the token bucket: time saved up is tokens saved up. */
#include "base/ratelimit.h"

#include "base/clock.h"

static uint64_t token_ns(const struct ratelimit *r)
{
	return CLOCK_SECOND_NS / r->per_second;
}

void ratelimit_init(struct ratelimit *r, uint32_t per_second, uint32_t burst, uint64_t now_ns)
{
	*r = (struct ratelimit){.per_second = per_second, .burst = burst, .last_ns = now_ns};
	if (per_second)
		r->tokens_ns = burst * token_ns(r);
}

bool ratelimit_take(struct ratelimit *r, uint64_t now_ns)
{
	uint64_t full;

	if (!r->per_second)
		return false;
	full = r->burst * token_ns(r);
	r->tokens_ns += now_ns - r->last_ns;
	r->last_ns = now_ns;
	if (r->tokens_ns > full)
		r->tokens_ns = full;
	if (r->tokens_ns < token_ns(r))
		return false;
	r->tokens_ns -= token_ns(r);
	return true;
}
