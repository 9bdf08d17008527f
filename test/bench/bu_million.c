// SPDX-License-Identifier: BSD-2-Clause
/* Owns the cost of a million bindings: memory of the agent, its start, and registrations beside
 * them. The rows are put where a killed agent would have left them. */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bu.h"
#include "fama/dataplane.h"

enum { MILLION = 1000000, BATCH = 1000, NEW_NODES = 2048, FEW_NODES = 1024, START_MILLION_S = 60 };

static uint64_t boot_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Spread over the hash as real HoAs are: their interface identifiers are hashes. */
static void row_of(const struct bench *bench, uint32_t number, uint8_t hoa[16], struct binding *row)
{
	uint64_t id = (number + 1) * 0x9e3779b97f4a7c15ULL;
	struct in6_addr coa = crowd_coa(number, 255);

	memcpy(hoa, &bench->prefix, 8);
	memcpy(hoa + 8, &id, 8);
	*row = (struct binding){
		.expires_boot_ns = boot_ns() + 3600 * 1000000000ULL,
		.lifetime_s = 3600,
		.state = BINDING_VERIFIED,
		.auth = BINDING_AUTH_CGA,
	};
	memcpy(row->coa, &coa, sizeof(row->coa));
	memcpy(row->dar, &bench->dar, sizeof(row->dar));
	memcpy(row->key_id, &id, sizeof(row->key_id));
}

static void put_million(struct bench *bench)
{
	static uint8_t hoas[BATCH][16];
	static struct binding rows[BATCH];
	char path[256];
	int map;

	snprintf(path, sizeof(path), "%s/maps/bindings", bench->pins);
	map = bpf_obj_get(path);
	if (map < 0)
		bench_fail(bench, "the pinned bindings are not there");
	for (uint32_t at = 0; at < MILLION; at += BATCH) {
		uint32_t count = BATCH;

		for (uint32_t i = 0; i < BATCH; i++)
			row_of(bench, at + i, hoas[i], &rows[i]);
		if (bpf_map_update_batch(map, hoas, rows, &count, NULL))
			bench_fail(bench, "a row of the million could not be put");
	}
	close(map);
}

static double registration_ns(struct bench *bench, struct crowd *crowd, unsigned int from,
			      unsigned int count)
{
	double ns = bench_register(bench, crowd, from, count);

	if (ns < 0)
		bench_fail(bench, "a registration beside the million failed");
	return ns;
}

void bench_million(struct bench *bench)
{
	struct crowd crowd;
	uint64_t rss_before, rss_after, start;
	double few_ns, many_ns;

	if (crowd_make(&crowd, FEW_NODES + 2 * NEW_NODES, &bench->prefix, &bench->dar, bench->keys,
		       BENCH_KEYS))
		bench_fail(bench, "out of memory");
	bench_start(bench, bench->config_fast, START_S);
	registration_ns(bench, &crowd, 0, FEW_NODES);
	few_ns = registration_ns(bench, &crowd, FEW_NODES, NEW_NODES);
	rss_before = agent_rss_octets(&bench->agent);
	agent_kill(&bench->agent, SIGKILL);
	put_million(bench);
	start = wire_now_ns();
	bench_start(bench, bench->config_fast, START_MILLION_S);
	row_add_one("1M bindings: from start to first answer",
		    (double)(wire_now_ns() - start) / 1e9, "s", DEMAND_NONE, 0);
	rss_after = agent_rss_octets(&bench->agent);
	many_ns = registration_ns(bench, &crowd, FEW_NODES + NEW_NODES, NEW_NODES);
	agent_kill(&bench->agent, SIGTERM);
	row_add_one("1M bindings: agent memory for each",
		    (double)(rss_after - rss_before) / MILLION, "octets", DEMAND_AT_MOST, 400);
	row_add_one("1M bindings: registration rate over that at 1k", few_ns / many_ns, "ratio",
		    DEMAND_AT_LEAST, 0.5);
	crowd_free(&crowd);
}
