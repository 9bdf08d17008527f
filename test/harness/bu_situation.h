/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns one situation in which a Binding Update is judged, and rows of what a change of it does. */
#ifndef FAMA_TEST_BU_SITUATION_H
#define FAMA_TEST_BU_SITUATION_H

#include <stddef.h>

#include "dar/bu_decide.h"

#define NTP(s) ((uint64_t)(s) << 32)

enum { NOW = 1000000 };

/* The good registration of a HoA that is bound already, with what a row changes. */
struct situation {
	struct mh_packet packet;
	struct prefix_list prefixes;
	struct bcache_entry entry;
	struct bu_world world;
	enum bu_proof proof;
};

struct in6_addr situation_address(const char *text);
void situation_good(struct situation *s, enum bu_method method);
struct bu_decision situation_decide(const struct situation *s);

/* Changes that several tests make */
void situation_as_is(struct situation *s);
void situation_no_entry(struct situation *s);
void situation_deregister(struct situation *s);
void situation_careof_index(struct situation *s); /* options 4 and 5, the token is valid */

struct situation_row {
	const char *name;
	enum bu_method method;
	void (*change)(struct situation *s);
	enum bu_verdict verdict;
	uint8_t status;
	bool authenticated;
	uint32_t lifetime_s;
};

struct CMUnitTest;
/* All rows, each a test of its name, then `others`. */
int situation_run(const char *group, const struct situation_row *rows, size_t count,
		  const struct CMUnitTest *others, size_t other_count);

#endif
