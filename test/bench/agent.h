/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the famad that is measured: started, killed, asked, and what the kernel tells of it. */
#ifndef FAMA_BENCH_AGENT_H
#define FAMA_BENCH_AGENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct agent {
	const char *famad;   /* program */
	const char *control; /* its socket, as the configuration says */
	int netns;           /* descriptor of its namespace */
	int cpu;             /* it is pinned to */
	pid_t pid;
};

/* Returns when it answers on its socket, at most `seconds`. 0 or -errno. */
int agent_start(struct agent *agent, const char *config, unsigned int seconds);
void agent_kill(struct agent *agent, int signal); /* and waits */

uint64_t agent_cpu_ns(const struct agent *agent); /* spent so far */
uint64_t agent_rss_octets(const struct agent *agent);
/* A number of `show stats` or `show status`, by its path "a.b"; 0 if there is none. */
uint64_t agent_number(const struct agent *agent, const char *object, const char *path);

#endif
