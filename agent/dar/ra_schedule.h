/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns when the next multicast Router Advertisement goes out (RFC 4861 sections 6.2.4, 6.2.6). */
#ifndef FAMA_RA_SCHEDULE_H
#define FAMA_RA_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct ra_schedule {
	uint32_t min_interval_ms, max_interval_ms;
	unsigned int initial_left; /* of those that come close after one another */
	bool has_sent;
	uint64_t sent_ns; /* the last one, if any */
	uint64_t next_ns;
};

/* The smallest distance of two: MIN_DELAY_BETWEEN_RAS, or the interval if that is set lower, as
 * RFC 6275 section 7.5 allows. */
uint32_t ra_schedule_distance_ms(const struct ra_schedule *schedule);
/* A link begins, or says something new: soon, and three times. */
void ra_schedule_restart(struct ra_schedule *schedule, uint64_t now_ns);
/* A solicitation waits for the next, `delay_ms` long if the distance allows it. */
void ra_schedule_solicited(struct ra_schedule *schedule, uint32_t delay_ms, uint64_t now_ns);
void ra_schedule_sent(struct ra_schedule *schedule, uint64_t now_ns);
/* The kernel refused: a link that has just come up has no address before DAD is done. */
void ra_schedule_failed(struct ra_schedule *schedule, uint64_t now_ns);

#endif
