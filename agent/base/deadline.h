/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns many deadlines behind one timer: a binary heap of pointers. */
#ifndef FAMA_DEADLINE_H
#define FAMA_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/* Lies in what waits; zeroed before its first use. */
struct deadline {
	uint64_t at_ns;
	uint32_t position; /* in the heap, from 1; 0: does not wait */
};

struct deadlines {
	struct deadline **heap; /* from 1 */
	uint32_t count, size;
};

void deadlines_free(struct deadlines *all);
/* Waits, or waits anew, until `at_ns`. 0 or -ENOMEM (it then waits as before). */
int deadline_set(struct deadlines *all, struct deadline *d, uint64_t at_ns);
void deadline_cancel(struct deadlines *all, struct deadline *d); /* not waiting is fine */
/* The earliest, NULL if none waits. */
struct deadline *deadline_first(const struct deadlines *all);

#endif
