// SPDX-License-Identifier: BSD-2-Clause
/* Owns reading the clocks; everything above gets the time as an argument. */
#include "base/clock.h"

#include <time.h>

#define NTP_UNIX_OFFSET_S 2208988800ULL /* 1900 to 1970, RFC 868 */

uint64_t clock_boot_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * CLOCK_SECOND_NS + (uint64_t)ts.tv_nsec;
}

uint64_t clock_ntp(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ((uint64_t)ts.tv_sec + NTP_UNIX_OFFSET_S) << 32 |
	       ((uint64_t)ts.tv_nsec << 32) / CLOCK_SECOND_NS;
}
