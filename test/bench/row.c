// SPDX-License-Identifier: BSD-2-Clause
/* Owns the result of a benchmark: rows with spread and demand, as a table and as JSON. */
#include "row.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS_MAX = 64, SPIN_WINDOWS = 200, SPIN_STEPS = 10000 };

struct row {
	const char *name, *unit;
	double measured, min, max, demand;
	enum demand kind;
};

static struct row rows[ROWS_MAX];
static unsigned int row_count;

void sample_add(struct samples *samples, double value)
{
	if (samples->count < ROW_SAMPLES_MAX)
		samples->of[samples->count++] = value;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct samples sorted(const struct samples *samples)
{
	struct samples copy = *samples;

	qsort(copy.of, copy.count, sizeof(copy.of[0]), ascending);
	return copy;
}

double samples_median(const struct samples *samples)
{
	struct samples copy = sorted(samples);

	return copy.count ? copy.of[copy.count / 2] : 0;
}

double samples_least(const struct samples *samples)
{
	struct samples copy = sorted(samples);

	return copy.count ? copy.of[0] : 0;
}

void row_add(const char *row, const struct samples *samples, const char *unit, enum demand kind,
	     double demand)
{
	struct samples copy = sorted(samples);

	if (row_count == ROWS_MAX || !copy.count)
		return;
	rows[row_count++] = (struct row){
		.name = row,
		.unit = unit,
		.measured = copy.of[copy.count / 2],
		.min = copy.of[0],
		.max = copy.of[copy.count - 1],
		.demand = demand,
		.kind = kind,
	};
}

void row_add_best(const char *row, double best, const struct samples *samples, const char *unit,
		  enum demand kind, double demand)
{
	row_add(row, samples, unit, kind, demand);
	if (row_count && rows[row_count - 1].name == row)
		rows[row_count - 1].measured = best;
}

void row_add_one(const char *row, double measured, const char *unit, enum demand kind,
		 double demand)
{
	struct samples samples = {.of = {measured}, .count = 1};

	row_add(row, &samples, unit, kind, demand);
}

static bool is_met(const struct row *row)
{
	switch (row->kind) {
	case DEMAND_NONE:
		return true;
	case DEMAND_AT_LEAST:
		return row->measured >= row->demand;
	case DEMAND_AT_MOST:
		return row->measured <= row->demand;
	}
	return false;
}

static void print_row(const struct row *row)
{
	char demand[32] = "-";

	if (row->kind != DEMAND_NONE)
		snprintf(demand, sizeof(demand), "%s %.6g",
			 row->kind == DEMAND_AT_LEAST ? ">=" : "<=", row->demand);
	printf("%-44s %12.6g  [%.6g .. %.6g] %-10s %-12s %s\n", row->name, row->measured, row->min,
	       row->max, row->unit, demand, is_met(row) ? "ok" : "SHORT");
}

int rows_finish(const char *path)
{
	json_t *array = json_array();
	bool all_met = true;
	int err;

	for (unsigned int i = 0; i < row_count; i++) {
		const struct row *row = &rows[i];
		json_t *demand = row->kind == DEMAND_NONE ? json_null() : json_real(row->demand);

		print_row(row);
		all_met = all_met && is_met(row);
		json_array_append_new(array, json_pack("{s:s, s:f, s:f, s:f, s:o, s:s, s:b}", "row",
						       row->name, "measured", row->measured, "min",
						       row->min, "max", row->max, "demand", demand,
						       "unit", row->unit, "ok", is_met(row)));
	}
	err = json_dump_file(array, path, JSON_INDENT(2));
	json_decref(array);
	if (err)
		return -1;
	return all_met ? 0 : 1;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Dependent additions: nothing but the clock of the core and who shares it decides. */
static uint64_t spin(void)
{
	uint64_t start = now_ns(), sum = 1;

	for (int i = 0; i < SPIN_STEPS; i++) {
		sum += sum << 1;
		__asm__ volatile("" : "+r"(sum));
	}
	return now_ns() - start;
}

double cpu_slowness(void)
{
	static uint64_t best = UINT64_MAX;
	struct samples windows = {.count = 0};
	uint64_t fastest = UINT64_MAX;

	for (int i = 0; i < SPIN_WINDOWS; i++) {
		uint64_t took = spin();

		if (took < fastest)
			fastest = took;
		if (i % (SPIN_WINDOWS / ROW_SAMPLES_MAX) == 0)
			sample_add(&windows, (double)took);
	}
	if (fastest < best)
		best = fastest;
	return samples_median(&windows) / (double)best;
}
