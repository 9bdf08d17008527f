// SPDX-License-Identifier: BSD-2-Clause
// Owns what the tests do to the maps of a loaded object, and the CPU and clocks they do it with.

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/dar_world.h"

int dar_world_map(const struct dar_world *world, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(world->object, name);

	if (fd < 0) {
		fprintf(stderr, "no map %s\n", name);
		exit(1);
	}
	return fd;
}

void dar_world_budget_refill(const struct dar_world *world)
{
	static uint32_t keys[FAMA_BUDGET_GLOBAL + 1];
	static const uint64_t full[FAMA_BUDGET_GLOBAL + 1];
	uint32_t count = FAMA_BUDGET_GLOBAL + 1;

	for (uint32_t i = 0; i < count; i++)
		keys[i] = i;
	if (bpf_map_update_batch(dar_world_map(world, "budget"), keys, full, &count, NULL)) {
		perror("budget");
		exit(1);
	}
}

void dar_world_pin(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		perror("sched_setaffinity");
}

uint64_t dar_world_clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}
