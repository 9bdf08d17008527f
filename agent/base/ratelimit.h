/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the token bucket. */
#ifndef FAMA_RATELIMIT_H
#define FAMA_RATELIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct ratelimit {
	uint32_t per_second; /* 0: nothing passes */
	uint32_t burst;
	uint64_t tokens_ns; /* tokens times 1e9 / per_second, as time */
	uint64_t last_ns;
};

void ratelimit_init(struct ratelimit *r, uint32_t per_second, uint32_t burst, uint64_t now_ns);
bool ratelimit_take(struct ratelimit *r, uint64_t now_ns); /* now_ns never goes back */
uint32_t ratelimit_tokens(const struct ratelimit *r, uint64_t now_ns);
uint64_t ratelimit_wait_ns(const struct ratelimit *r, uint64_t now_ns); /* UINT64_MAX: for ever */

#endif
