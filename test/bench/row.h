/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the result of a benchmark: rows with spread and demand, as a table and as JSON. */
#ifndef FAMA_BENCH_ROW_H
#define FAMA_BENCH_ROW_H

#include <stdbool.h>
#include <stddef.h>

enum { ROW_SAMPLES_MAX = 64 };

enum demand { DEMAND_NONE, DEMAND_AT_LEAST, DEMAND_AT_MOST };

/* Repetitions of one measurement; the median is what is reported. */
struct samples {
	double of[ROW_SAMPLES_MAX];
	unsigned int count;
};

void sample_add(struct samples *samples, double value);
double samples_median(const struct samples *samples);
double samples_least(const struct samples *samples);

/* Appends a row; the last argument counts only with a demand. */
void row_add(const char *row, const struct samples *samples, const char *unit, enum demand kind,
	     double demand);
/* The same, but `best` is what is reported: where two things are compared, each at the fastest it
 * was seen. Half the rounds of a shared machine are slow ones, and not the same half for both. */
void row_add_best(const char *row, double best, const struct samples *samples, const char *unit,
		  enum demand kind, double demand);
void row_add_one(const char *row, double measured, const char *unit, enum demand kind,
		 double demand);

/* The table on stdout and the rows as JSON into `path`. 0, 1 if a row is short, -1 on an error. */
int rows_finish(const char *path);

/* Measures how fast this CPU is now against the best it was since the first call: 1.0 is as fast.
 * Above CONTENDED somebody else is using it and nothing measured here is worth a number. */
#define CONTENDED 1.15
double cpu_slowness(void);

#endif
