// SPDX-License-Identifier: BSD-2-Clause
/* Owns when the next multicast Router Advertisement goes out (RFC 4861 sections 6.2.4, 6.2.6). */
#include "dar/ra_schedule.h"

#include "base/random.h"

enum {
	INITIAL_COUNT = 3, /* MAX_INITIAL_RTR_ADVERTISEMENTS */
	INITIAL_INTERVAL_MS = 16000,
	MIN_DELAY_MS = 3000, /* MIN_DELAY_BETWEEN_RAS */
	RETRY_MS = 500,
};

static uint64_t ms_to_ns(uint32_t ms)
{
	return ms * 1000000ULL;
}

uint32_t ra_schedule_distance_ms(const struct ra_schedule *schedule)
{
	return schedule->min_interval_ms < MIN_DELAY_MS ? schedule->min_interval_ms : MIN_DELAY_MS;
}

/* `delay_ms` from now; where the last one is too near, from the first moment one may follow. */
static uint64_t earliest_ns(const struct ra_schedule *schedule, uint32_t delay_ms, uint64_t now_ns)
{
	uint64_t from_ns = now_ns;

	if (schedule->has_sent) {
		uint64_t free_ns = schedule->sent_ns + ms_to_ns(ra_schedule_distance_ms(schedule));

		if (free_ns > from_ns)
			from_ns = free_ns;
	}
	return from_ns + ms_to_ns(delay_ms);
}

void ra_schedule_restart(struct ra_schedule *schedule, uint64_t now_ns)
{
	schedule->initial_left = INITIAL_COUNT;
	schedule->next_ns = earliest_ns(schedule, 0, now_ns);
}

void ra_schedule_solicited(struct ra_schedule *schedule, uint32_t delay_ms, uint64_t now_ns)
{
	uint64_t at_ns = earliest_ns(schedule, delay_ms, now_ns);

	if (at_ns < schedule->next_ns)
		schedule->next_ns = at_ns;
}

void ra_schedule_sent(struct ra_schedule *schedule, uint64_t now_ns)
{
	uint32_t spread_ms = schedule->max_interval_ms - schedule->min_interval_ms;
	uint32_t wait_ms = schedule->min_interval_ms + random_below(spread_ms + 1);

	if (schedule->initial_left)
		schedule->initial_left--;
	if (schedule->initial_left && wait_ms > INITIAL_INTERVAL_MS)
		wait_ms = INITIAL_INTERVAL_MS;
	schedule->has_sent = true;
	schedule->sent_ns = now_ns;
	schedule->next_ns = now_ns + ms_to_ns(wait_ms);
}

void ra_schedule_failed(struct ra_schedule *schedule, uint64_t now_ns)
{
	schedule->next_ns = now_ns + ms_to_ns(RETRY_MS);
}
