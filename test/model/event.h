/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the random lives of a DAR: rules, then events, each from a number of its own. */
#ifndef FAMA_TEST_EVENT_H
#define FAMA_TEST_EVENT_H

#include <stdio.h>

#include "model/reference_model.h"

enum event_kind {
	EVENT_BU,
	EVENT_TIME,
	EVENT_COTI,  /* a token is asked for */
	EVENT_SEEN,  /* a HoA is used on its link */
	EVENT_DONE,  /* a BU that waited for its check, or for DAD, comes back */
	EVENT_CLOCK, /* somebody sets the wall clock */
	EVENT_RESTART,
};

struct event {
	enum event_kind kind;
	struct reference_bu bu;
	bool waits; /* a signed BU: its check ends at an EVENT_DONE */
	bool taken; /* EVENT_DONE: what DAD found */
	uint64_t step_ns;
	int64_t step_s;
	struct in6_addr address;
	int link;
};

/* Random numbers; or a fuzzer's octets, zeros behind their end. */
struct dice {
	uint64_t state;
	const uint8_t *octets;
	size_t left;
};

uint64_t dice_roll(struct dice *dice);
/* 0..sides-1, at most 256 */
unsigned int dice_of(struct dice *dice, unsigned int sides);

void event_rules(struct dice *dice, struct reference_rules *rules);
/* `model` as it is now: so that many events make sense. */
void event_next(struct dice *dice, const struct reference_model *model, struct event *event);
void event_print(FILE *to, const struct event *event);

/* The HoAs that can ever be bound. */
enum { EVENT_HOMES = 5 };
struct in6_addr event_home(unsigned int number);

#endif
