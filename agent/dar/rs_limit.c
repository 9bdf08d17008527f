// SPDX-License-Identifier: BSD-2-Clause
/* Owns how many Router Solicitations of a host and of a link are answered one by one (T14). */
#include "dar/rs_limit.h"

#include "base/keyed_hash.h"

void rs_limit_init(struct rs_limit *limit, uint64_t now_ns)
{
	ratelimit_init(&limit->link, RS_LINK_PER_SECOND, RS_LINK_BURST, now_ns);
	for (unsigned int i = 0; i < RS_HOST_SLOTS; i++)
		ratelimit_init(&limit->hosts[i], RS_HOST_PER_SECOND, RS_HOST_BURST, now_ns);
}

bool rs_limit_take(struct rs_limit *limit, const void *host, size_t len, uint64_t now_ns)
{
	uint64_t slot = keyed_hash(host, len) % RS_HOST_SLOTS;

	return ratelimit_take(&limit->hosts[slot], now_ns) && ratelimit_take(&limit->link, now_ns);
}
