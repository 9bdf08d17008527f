/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns how many Router Solicitations of a host and of a link are answered one by one (T14). */
#ifndef FAMA_RS_LIMIT_H
#define FAMA_RS_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ratelimit.h"

enum {
	RS_HOST_PER_SECOND = 10,
	RS_HOST_BURST = 10,
	RS_LINK_PER_SECOND = 200,
	RS_LINK_BURST = 200,
	RS_HOST_SLOTS = 1024, /* hosts share them by a keyed hash: nobody can aim at another's */
};

struct rs_limit {
	struct ratelimit link;
	struct ratelimit hosts[RS_HOST_SLOTS];
};

void rs_limit_init(struct rs_limit *limit, uint64_t now_ns);
/* `host` is what the solicitation says of its sender. False: over the rate of host or link; one
 * host over its own takes nothing away from the link's. */
bool rs_limit_take(struct rs_limit *limit, const void *host, size_t len, uint64_t now_ns);

#endif
