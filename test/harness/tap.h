/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the Test Anything Protocol: one line for each row, the plan at the end. */
#ifndef FAMA_TEST_TAP_H
#define FAMA_TEST_TAP_H

#include <stdbool.h>

/* Returns `good`. */
bool tap_row(bool good, const char *name);

/* Counted as skipped, never silently. */
void tap_skip(const char *name, const char *why);

/* The plan; returns the exit status of the program. */
int tap_end(void);

#endif
