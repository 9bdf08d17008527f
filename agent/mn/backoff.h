/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns when a BU may be repeated: RFC 6275 section 11.8. */
#ifndef FAMA_BACKOFF_H
#define FAMA_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

enum {
	BACKOFF_FIRST_MS = 1500,   /* InitialBindackTimeoutFirstReg */
	BACKOFF_INITIAL_MS = 1000, /* INITIAL_BINDACK_TIMEOUT */
	BACKOFF_MAX_MS = 32000,    /* MAX_BINDACK_TIMEOUT */
	UPDATE_RATE_MAX = 3,       /* MAX_UPDATE_RATE, a second and peer */
};

uint32_t backoff_initial_ms(bool is_bound);
uint32_t backoff_next_ms(uint32_t previous_ms);

/* When the last BUs left for one peer: no window of one second holds more than three. */
struct update_rate {
	uint64_t sent_ns[UPDATE_RATE_MAX]; /* 0: never */
	unsigned int next;
};

uint64_t update_rate_wait_ns(const struct update_rate *rate, uint64_t now_ns); /* 0: now */
void update_rate_note(struct update_rate *rate, uint64_t now_ns);

#endif
