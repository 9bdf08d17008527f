// SPDX-License-Identifier: BSD-2-Clause
// Owns the Test Anything Protocol: one line for each row, the plan at the end.

#include "harness/tap.h"

#include <stdio.h>

static int rows, failed;

bool tap_row(bool good, const char *name)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++rows, name);
	fflush(stdout);
	failed += !good;
	return good;
}

void tap_skip(const char *name, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++rows, name, why);
	fflush(stdout);
}

int tap_end(void)
{
	printf("1..%d\n", rows);
	if (failed)
		printf("# %d of %d failed\n", failed, rows);
	return failed || !rows;
}
