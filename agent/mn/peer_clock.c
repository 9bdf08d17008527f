// SPDX-License-Identifier: BSD-2-Clause
/* Owns how far a HDAR's idea of the time is followed (status 144, protocol section 8.9). */
#include "mn/peer_clock.h"

#include <sys/timex.h>

uint64_t peer_clock_stamp(struct peer_clock *clock, uint64_t ntp)
{
	uint64_t stamp = ntp + (uint64_t)clock->offset;

	if (clock->last && (int64_t)(stamp - clock->last) <= 0)
		stamp = clock->last + 1;
	clock->last = stamp;
	return stamp;
}

bool peer_clock_follow(struct peer_clock *clock, uint64_t sent, uint64_t theirs, uint64_t ntp,
		       bool is_proved, bool is_synchronised)
{
	int64_t offset = (int64_t)(theirs - ntp);
	int64_t limit = (int64_t)PEER_CLOCK_AHEAD_MAX_S << 32;

	if (!is_proved && is_synchronised)
		return false;
	if ((uint32_t)theirs != (uint32_t)sent) /* the fraction must be the one we sent */
		return false;
	if (is_synchronised && offset > limit)
		return false;
	clock->offset = offset;
	clock->last = 0;
	return true;
}

bool peer_clock_is_synchronised(void)
{
	struct timex timex = {0};
	int state = adjtimex(&timex);

	return state >= 0 && state != TIME_ERROR && !(timex.status & STA_UNSYNC);
}
