/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what the parts of the BU benchmark share. */
#ifndef FAMA_BENCH_BU_H
#define FAMA_BENCH_BU_H

#include "agent.h"
#include "floor.h"
#include "node.h"
#include "row.h"
#include "wire.h"

struct keypair;

enum { BENCH_KEYS = 64, BENCH_KEYS_LONG = 2, START_S = 10 };

struct bench {
	struct agent agent;
	struct wire core;    /* far end of the DAR's core link */
	struct floor *floor; /* sends from the DAR's side */
	struct in6_addr prefix, dar;
	struct keypair *keys[BENCH_KEYS];           /* RSA-1024 */
	struct keypair *keys_long[BENCH_KEYS_LONG]; /* RSA-2040 */
	const char *config_fast, *config_flood;
	const char *pins; /* bpffs of both configurations */
};

/* famad with `config`, as soon as it takes signed BUs; it answers within `seconds`. */
void bench_start(struct bench *bench, const char *config, unsigned int seconds);
/* Registers nodes [from, from + count) by signed BUs, a few at a time. ns of agent CPU for each,
 * or a negative number if one was not accepted in time. */
double bench_register(struct bench *bench, struct crowd *crowd, unsigned int from,
		      unsigned int count);
/* Says what went wrong and ends the run with 1. */
void bench_fail(const struct bench *bench, const char *what) __attribute__((noreturn));

void bench_phkt(struct bench *bench); /* bu_rate.c */
void bench_signed(struct bench *bench);
void bench_hostile(struct bench *bench); /* bu_hostile.c */
void bench_million(struct bench *bench); /* bu_million.c */
void bench_flood(struct bench *bench);   /* bu_flood.c */

#endif
