// SPDX-License-Identifier: BSD-2-Clause
/* Owns when a BU may be repeated: RFC 6275 section 11.8. */
#include "mn/backoff.h"

#include "base/clock.h"

uint32_t backoff_initial_ms(bool is_bound)
{
	return is_bound ? BACKOFF_INITIAL_MS : BACKOFF_FIRST_MS;
}

uint32_t backoff_next_ms(uint32_t previous_ms)
{
	return previous_ms >= BACKOFF_MAX_MS / 2 ? BACKOFF_MAX_MS : previous_ms * 2;
}

uint64_t update_rate_wait_ns(const struct update_rate *rate, uint64_t now_ns)
{
	uint64_t oldest = rate->sent_ns[rate->next];

	if (!oldest || now_ns >= oldest + CLOCK_SECOND_NS)
		return 0;
	return oldest + CLOCK_SECOND_NS - now_ns;
}

void update_rate_note(struct update_rate *rate, uint64_t now_ns)
{
	rate->sent_ns[rate->next] = now_ns;
	rate->next = (rate->next + 1) % UPDATE_RATE_MAX;
}
