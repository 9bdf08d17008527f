// SPDX-License-Identifier: BSD-2-Clause
/* Owns where famactl is and what it prints. */
#include "harness/cli_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS_MAX = 12 };

char cli_out[CLI_OUTPUT_MAX], cli_err[CLI_OUTPUT_MAX];
static char famactl[4096];

/* OUTPUT/famactl beside OUTPUT/test/unit/test_cli. */
static int find_famactl(void)
{
	const char *output = getenv("FAMA_OUT");
	ssize_t len;

	if (output)
		return snprintf(famactl, sizeof(famactl), "%s/famactl", output) > 0;
	len = readlink("/proc/self/exe", famactl, sizeof(famactl) - sizeof("/famactl"));
	if (len < 0)
		return 0;
	famactl[len] = '\0';
	for (int up = 0; up < 3; up++)
		*strrchr(famactl, '/') = '\0';
	strcat(famactl, "/famactl");
	return 1;
}

bool cli_find(void)
{
	bool found = find_famactl() && access(famactl, X_OK) == 0;

	if (!found)
		fprintf(stderr, "no famactl at %s\n", famactl);
	return found;
}

static void read_back(int fd, char *text)
{
	ssize_t len = pread(fd, text, CLI_OUTPUT_MAX - 1, 0);

	assert_true(len >= 0);
	text[len] = '\0';
	close(fd);
}

static int temporary(void)
{
	int fd = memfd_create("famactl", 0);

	assert_true(fd >= 0);
	return fd;
}

int cli_run_with(void (*before)(void), const char *words)
{
	char copy[1024], *argv[WORDS_MAX] = {famactl}, *rest = NULL;
	int fds[2] = {temporary(), temporary()}, status, count = 1;
	pid_t pid;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[count++] = word;
	pid = fork();
	if (pid == 0) {
		dup2(fds[0], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		if (before)
			before();
		execv(famactl, argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	read_back(fds[0], cli_out);
	read_back(fds[1], cli_err);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int cli_run(const char *words)
{
	return cli_run_with(NULL, words);
}
