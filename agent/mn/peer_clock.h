/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns how far a HDAR's idea of the time is followed (status 144, protocol section 8.9). */
#ifndef FAMA_PEER_CLOCK_H
#define FAMA_PEER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { PEER_CLOCK_AHEAD_MAX_S = 7 }; /* of a synchronised clock: signed futures can be banked */

struct peer_clock {
	int64_t offset; /* NTP units, added to our own time */
	uint64_t last;  /* last timestamp signed: they never repeat nor go back */
};

/* The timestamp for the next signed BU. */
uint64_t peer_clock_stamp(struct peer_clock *clock, uint64_t ntp);

/*
 * A 144 told `theirs` in answer to our `sent` timestamp. Followed if proved or if our own clock
 * is not synchronised, and never past the limit above if it is. True if the offset changed.
 */
bool peer_clock_follow(struct peer_clock *clock, uint64_t sent, uint64_t theirs, uint64_t ntp,
		       bool is_proved, bool is_synchronised);

bool peer_clock_is_synchronised(void); /* this host's, by adjtimex */

#endif
