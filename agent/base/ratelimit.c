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

/* What is saved up by now; r->per_second is not 0. */
static uint64_t saved_ns(const struct ratelimit *r, uint64_t now_ns)
{
	uint64_t full = r->burst * token_ns(r);
	uint64_t saved = r->tokens_ns + (now_ns - r->last_ns);

	return saved < full ? saved : full;
}

bool ratelimit_take(struct ratelimit *r, uint64_t now_ns)
{
	uint64_t price;

	if (!r->per_second)
		return false;
	price = token_ns(r);
	r->tokens_ns = saved_ns(r, now_ns);
	r->last_ns = now_ns;
	if (r->tokens_ns < price)
		return false;
	r->tokens_ns -= price;
	return true;
}

uint32_t ratelimit_tokens(const struct ratelimit *r, uint64_t now_ns)
{
	return r->per_second ? (uint32_t)(saved_ns(r, now_ns) / token_ns(r)) : 0;
}

uint64_t ratelimit_wait_ns(const struct ratelimit *r, uint64_t now_ns)
{
	uint64_t saved, price;

	if (!r->per_second)
		return UINT64_MAX;
	saved = saved_ns(r, now_ns);
	price = token_ns(r);
	return saved < price ? price - saved : 0;
}
