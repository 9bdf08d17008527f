// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of the signalling's first gate: sources that make sense, each within its rate.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SOURCE_END = ETHERNET_OCTETS + 24, FLOOD = 1000, SENDERS = 400, RACE_PACKETS = 2000 };

#define PUNTED  .action = XDP_DROP, .outcome = OUTCOME_PUNTED, .punt = PUNT_SIGNALLING
#define BU      MOBILITY(BU_OCTETS)
#define BUCKETS (FAMA_BUDGET_GLOBAL + 1)

static const struct row rows[] = {
	{"T1 source global", {FROM_CORE, IP(CN, DAR1, 64), BU}, PUNTED},
	{"T1 source unique local", {FROM_CORE, IP("fd00::1", DAR1, 64), BU}, PUNTED},
	{"T1 source multicast", {FROM_CORE, IP("ff05::1", DAR1, 64), BU}, DROPPED(SCOPE)},
	{"T1 source link-local", {FROM_CORE, IP("fe80::1", DAR1, 64), BU}, DROPPED(SCOPE)},
	{"T1 source loopback", {FROM_CORE, IP("::1", DAR1, 64), BU}, DROPPED(SCOPE)},
	{"T1 source unspecified", {FROM_CORE, IP("::", DAR1, 64), BU}, DROPPED(SCOPE)},
	{"T1 source v4-mapped", {FROM_CORE, IP("::ffff:192.0.2.1", DAR1, 64), BU}, DROPPED(SCOPE)},
	{"T1 Mobility Header longer than the packet",
	 {FROM_CORE, IP(CN, DAR1, 64),
	  MOBILITY("\x3b\x02\x05\0\0\0\x12\x34\xc0\0\0\x40\x01\x02\0\0")},
	 DROPPED(MALFORMED)},
	{"C-05 Mobility Header shorter than its type is the agent's to answer",
	 {FROM_CORE, IP(CN, DAR1, 64), MOBILITY("\x3b\0\x05\0\0\0\x12\x34")},
	 PUNTED},
	{"C-04 payload protocol is the agent's to answer",
	 {FROM_CORE, IP(CN, DAR1, 64),
	  MOBILITY("\x3a\x01\x05\0\0\0\x12\x34\xc0\0\0\x40\x01\x02\0\0")},
	 PUNTED},
};

static void build(struct frame_octets *frame, const char *source)
{
	const struct layer layers[] = {FROM_CORE, IP(source, DAR1, 64), BU, {0}};

	frame_build(frame, layers);
}

static uint64_t passed(const struct dar_world *world)
{
	return bpf_run_total(&world->run, OUTCOME_PUNTED) +
	       bpf_run_total(&world->run, OUTCOME_PUNT_FULL);
}

/* How many of `count` from one address pass; `ns`: how long it took. */
static uint64_t flood(struct dar_world *world, const char *source, unsigned int count, uint64_t *ns)
{
	const uint64_t before = passed(world), start = dar_world_clock_ns(CLOCK_MONOTONIC);
	const uint64_t refused = bpf_run_total(&world->run, OUTCOME_BUDGET);
	struct frame_octets frame;
	uint64_t more;

	build(&frame, source);
	bpf_run_flood(&world->run, &frame, world->ifindex[PORT_CORE], count);
	*ns = dar_world_clock_ns(CLOCK_MONOTONIC) - start;
	bpf_run_collect(&world->run);
	more = passed(world) - before;
	if (more + bpf_run_total(&world->run, OUTCOME_BUDGET) - refused != count)
		printf("#   %u sent, some neither passed nor refused\n", count);
	return more;
}

/* `least`, and what came in while it lasted. */
static bool is_between(uint64_t count, uint64_t least, uint64_t ns, uint64_t rate)
{
	const uint64_t most = least + ns * rate / 1000000000 + 1;

	printf("#   %llu passed, expected %llu to %llu\n", (unsigned long long)count,
	       (unsigned long long)least, (unsigned long long)most);
	return count >= least && count <= most;
}

static void read_buckets(const struct dar_world *world, uint64_t *buckets)
{
	static uint32_t keys[BUCKETS];
	uint32_t count = BUCKETS, position;

	bpf_map_lookup_batch(dar_world_map(world, "budget"), NULL, &position, keys, buckets, &count,
			     NULL);
}

static unsigned int used_sources(const struct dar_world *world)
{
	static uint64_t buckets[BUCKETS];
	unsigned int used = 0;

	read_buckets(world, buckets);
	for (uint32_t i = 0; i < FAMA_BUDGET_SOURCES; i++)
		used += buckets[i] != 0;
	return used;
}

static void write_bucket(const struct dar_world *world, uint32_t key, uint64_t full_ns)
{
	if (bpf_map_update_elem(dar_world_map(world, "budget"), &key, &full_ns, BPF_ANY))
		perror("budget");
}

static void check_source(struct dar_world *world)
{
	static uint64_t buckets[BUCKETS];
	uint64_t ns, count;
	uint32_t slot = 0;

	dar_world_budget_refill(world);
	count = flood(world, "2001:db8:f00::1", FLOOD, &ns);
	tap_row(is_between(count, FAMA_SOURCE_BURST, ns, FAMA_SOURCE_PER_SECOND),
		"T1 one address: 20 at once, the rest refused");
	count = flood(world, "2001:db8:f00::2", FAMA_SOURCE_BURST, &ns);
	tap_row(count == FAMA_SOURCE_BURST, "T1 its neighbour in the /64 has its own 20");

	dar_world_budget_refill(world);
	flood(world, "2001:db8:f00::1", 1, &ns);
	read_buckets(world, buckets);
	while (slot < FAMA_BUDGET_SOURCES && !buckets[slot])
		slot++;
	/* Emptied and left alone for 700 ms: seven are back, and of the eighth not all. */
	write_bucket(world, slot, dar_world_clock_ns(CLOCK_MONOTONIC) + 1300000000);
	count = flood(world, "2001:db8:f00::1", FLOOD, &ns);
	tap_row(is_between(count, 7, ns, FAMA_SOURCE_PER_SECOND), "T1 one address: 10 a second");
	write_bucket(world, slot, dar_world_clock_ns(CLOCK_MONOTONIC) - 1);
	count = flood(world, "2001:db8:f00::1", FLOOD, &ns);
	tap_row(is_between(count, FAMA_SOURCE_BURST, ns, FAMA_SOURCE_PER_SECOND),
		"T1 one address: full again, and no more than full");
}

/* `each` from every one of SENDERS addresses that begin with `prefix`. One by one: the kernel makes
 * a test run of more wait for an RCU grace period. */
static uint64_t flood_many(struct dar_world *world, const char *prefix, unsigned int senders,
			   unsigned int each, uint64_t *ns)
{
	const uint64_t before = passed(world), start = dar_world_clock_ns(CLOCK_MONOTONIC);
	struct frame_octets frame;
	char source[64];

	for (unsigned int i = 0; i < senders; i++) {
		snprintf(source, sizeof(source), "%s%x", prefix, i + 1);
		build(&frame, source);
		for (unsigned int j = 0; j < each; j++)
			bpf_run_flood(&world->run, &frame, world->ifindex[PORT_CORE], 1);
	}
	*ns = dar_world_clock_ns(CLOCK_MONOTONIC) - start;
	bpf_run_collect(&world->run);
	return passed(world) - before;
}

/* 400 addresses of one /64 with 20 each: the /64 lets 5000 through. */
static void check_prefix(struct dar_world *world)
{
	unsigned int before, after;
	uint64_t ns, count;

	dar_world_budget_refill(world);
	count = flood_many(world, "2001:db8:f00::", SENDERS, FAMA_SOURCE_BURST, &ns);
	tap_row(is_between(count, FAMA_PREFIX_PER_SECOND, ns, FAMA_PREFIX_PER_SECOND) &&
			count < (uint64_t)SENDERS * FAMA_SOURCE_BURST,
		"T1 one /64: 5000 at once and 5000 a second");

	before = used_sources(world);
	count = flood_many(world, "2001:db8:f00::1:", SENDERS * FAMA_SOURCE_BURST, 1, &ns);
	after = used_sources(world);
	printf("#   %u slots of addresses in use, then %u\n", before, after);
	tap_row(after - before <= count && count < (uint64_t)SENDERS * FAMA_SOURCE_BURST,
		"T1 a flood over its /64's rate empties no slot that strangers share");
	count = flood_many(world, "2001:db8:f01::", 1, FAMA_SOURCE_BURST, &ns);
	tap_row(count == FAMA_SOURCE_BURST, "T1 the next /64 does not feel it");
}

static uint64_t read_bucket(const struct dar_world *world, uint32_t key)
{
	uint64_t full_ns = 0;

	bpf_map_lookup_elem(dar_world_map(world, "budget"), &key, &full_ns);
	return full_ns;
}

static uint32_t first_used(const struct dar_world *world, uint32_t from)
{
	while (from < FAMA_BUDGET_GLOBAL && !read_bucket(world, from))
		from++;
	return from;
}

/* Of each bucket: what one packet costs to the nanosecond, and from where on it is empty. */
static void check_prices(struct dar_world *world)
{
	const uint64_t margin = 50000000; /* between writing a bucket and the packet */
	struct {
		const char *name;
		uint64_t cost, burst;
		uint32_t slot;
	} prices[] = {
		{"T1 price for one address", 100000000, 2000000000, 0},
		{"T1 price for one /64", 200000, 1000000000, 0},
		{"T1 price for all together", 5000, 100000000, FAMA_BUDGET_GLOBAL},
	};
	uint64_t ns, full, now;
	bool good;

	dar_world_budget_refill(world);
	flood_many(world, "2001:db8:f02::", 1, 1, &ns);
	prices[0].slot = first_used(world, 0);
	prices[1].slot = first_used(world, FAMA_BUDGET_SOURCES);
	for (int i = 0; i < 3; i++) {
		now = dar_world_clock_ns(CLOCK_MONOTONIC);
		full = now + prices[i].burst - prices[i].cost - 1;
		for (int j = 0; j < 3; j++)
			write_bucket(world, prices[j].slot, 0);
		write_bucket(world, prices[i].slot, full);
		good = flood_many(world, "2001:db8:f02::", 1, 1, &ns) == 1 &&
		       read_bucket(world, prices[i].slot) == full + prices[i].cost;
		full = dar_world_clock_ns(CLOCK_MONOTONIC) + prices[i].burst + margin;
		write_bucket(world, prices[i].slot, full);
		good = good && flood_many(world, "2001:db8:f02::", 1, 1, &ns) == 0 &&
		       read_bucket(world, prices[i].slot) == full;
		tap_row(good, prices[i].name);
	}
}

/* Refused for the last bucket's sake: the first two have lost nothing. */
static void check_global(struct dar_world *world)
{
	unsigned int before;
	uint64_t ns;

	dar_world_budget_refill(world);
	before = used_sources(world);
	write_bucket(world, FAMA_BUDGET_GLOBAL, dar_world_clock_ns(CLOCK_MONOTONIC) + 60000000000);
	tap_row(flood(world, CN, FLOOD, &ns) == 0 && used_sources(world) == before,
		"T1 all together over their rate: refused, and at nobody's cost");
}

struct racer {
	const struct dar_world *world;
	pthread_barrier_t *start;
	int cpu;
};

/* RACE_PACKETS from as many addresses of one /64, a part of it for each CPU. */
static void *race(void *arg)
{
	struct racer *racer = arg;
	struct bpf_run run = {.program = racer->world->run.program};
	struct frame_octets frame;

	build(&frame, "2001:db8:f03::");
	frame.at[SOURCE_END - 4] = racer->cpu + 1;
	dar_world_pin(racer->cpu);
	pthread_barrier_wait(racer->start);
	for (int i = 0; i < RACE_PACKETS; i++) {
		frame.at[SOURCE_END - 2] = i >> 8;
		frame.at[SOURCE_END - 1] = i;
		bpf_run_flood(&run, &frame, racer->world->ifindex[PORT_CORE], 1);
	}
	return NULL;
}

/* Two CPUs take from the same buckets all the time, and each token is missing afterwards. */
static void check_race(struct dar_world *world)
{
	const uint64_t cost = 1000000000 / FAMA_PREFIX_PER_SECOND, before = passed(world);
	pthread_barrier_t start;
	pthread_t threads[2];
	uint64_t full, ns, count;
	uint32_t slot;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		tap_skip("T1 two CPUs take from one bucket", "one CPU");
		return;
	}
	dar_world_budget_refill(world);
	flood_many(world, "2001:db8:f03::", 1, 1, &ns);
	slot = first_used(world, FAMA_BUDGET_SOURCES);
	/* A little in advance, so that it is never full meanwhile. */
	full = dar_world_clock_ns(CLOCK_MONOTONIC) + 50000000;
	write_bucket(world, slot, full);
	pthread_barrier_init(&start, NULL, 2);
	struct racer racers[2] = {{world, &start, 0}, {world, &start, 1}};

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, race, &racers[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&start);
	bpf_run_collect(&world->run);
	count = passed(world) - before - 1;
	printf("#   %llu passed, %llu paid for\n", (unsigned long long)count,
	       (unsigned long long)((read_bucket(world, slot) - full) / cost));
	tap_row(count > RACE_PACKETS && read_bucket(world, slot) - full == count * cost,
		"T1 two CPUs take from one bucket: every packet is paid for");
}

static void keyed(struct dataplane_settings *settings)
{
	settings->budget_key = 0x0123456789abcdef;
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar", keyed);
	dar_world_rows(&world, rows, sizeof(rows) / sizeof(rows[0]));
	check_source(&world);
	check_prefix(&world);
	check_prices(&world);
	check_global(&world);
	check_race(&world);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
