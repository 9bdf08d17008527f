/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns running the famactl that was built, as a user would. */
#ifndef FAMA_TEST_CLI_RUN_H
#define FAMA_TEST_CLI_RUN_H

#include <stdbool.h>

enum { CLI_OUTPUT_MAX = 1 << 16 };

/* Of the last run. */
extern char cli_out[CLI_OUTPUT_MAX], cli_err[CLI_OUTPUT_MAX];

/* False, after a line on stderr, if there is no famactl to run. */
bool cli_find(void);

/* Arguments are separated by spaces; `before` runs in the child. The exit status. */
int cli_run_with(void (*before)(void), const char *words);
int cli_run(const char *words);

#endif
