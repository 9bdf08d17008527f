// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rates of accepted BUs: by PHKT against the floor, signed against cold RSA. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bu.h"

enum {
	NODES = FLOOR_OPERATIONS,
	ROUNDS = 15,
	SIGNED_ROUNDS = 15,
	SIGNED_NODES = 512, /* a round */
	WINDOW = 16,        /* signed BUs on the way: below the threshold of the care-of cookie */
	ANSWER_MS = 1000,
	PAUSE_US = 100,
	PROBE_MS = 200,
	CLOCK_WAIT_S = 20,
	NEXT_HEADER_AT = 6,
	PACE_PER_SECOND = 180000, /* the data plane takes FAMA_GLOBAL_PER_SECOND */
};

/* BAs as they came. They are judged when the agent is done: this process shares a core with it. */
struct answers {
	struct frame *at;
	unsigned int count, size;
};

static void answer_keep(const uint8_t *packet, size_t len, void *arg)
{
	struct answers *answers = arg;
	struct frame *frame = &answers->at[answers->count];

	/* BAs have a routing header; the link has its own to say */
	if (answers->count == answers->size || len < IP6_HEADER_LEN ||
	    len > sizeof(frame->octets) || packet[NEXT_HEADER_AT] != IP6_NH_ROUTING)
		return;
	memcpy(frame->octets, packet, len);
	frame->len = (uint16_t)len;
	answers->count++;
}

/* Not by poll(): to wake a sleeper costs whoever sends, and on the wire nobody sleeps. */
static void wait_for(struct bench *bench, struct answers *answers, unsigned int count)
{
	const struct timespec pause = {.tv_nsec = PAUSE_US * 1000};
	uint64_t last = wire_now_ns();

	while (answers->count < count && wire_now_ns() - last < ANSWER_MS * 1000000ULL) {
		nanosleep(&pause, NULL);
		if (wire_receive(&bench->core, 0, answer_keep, answers))
			last = wire_now_ns();
	}
}

/* True if each of the `count` nodes got what it asked for. */
static bool judge(struct crowd *crowd, const struct answers *answers, unsigned int count)
{
	crowd->answered = crowd->refused = 0;
	for (unsigned int i = 0; i < answers->count; i++)
		crowd_take(answers->at[i].octets, answers->at[i].len, crowd);
	if (crowd->answered == count && !crowd->refused)
		return true;
	fprintf(stderr,
		"bench: of %u nodes %u were answered, %u of them not well, the last with %u\n",
		count, crowd->answered, crowd->refused, crowd->last_refusal);
	return false;
}

static struct frame *frames_new(const struct bench *bench, unsigned int count)
{
	struct frame *frames = calloc(count, sizeof(*frames));

	if (!frames)
		bench_fail(bench, "out of memory");
	return frames;
}

/* Signed BUs are not taken for 7 s after a start that others came before (protocol 8.8). */
void bench_start(struct bench *bench, const char *config, unsigned int seconds)
{
	struct crowd one;
	uint64_t start;

	if (agent_start(&bench->agent, config, seconds))
		bench_fail(bench, "famad did not start");
	if (crowd_make(&one, 1, &bench->prefix, &bench->dar, bench->keys, 1))
		bench_fail(bench, "out of memory");
	start = wire_now_ns();
	do {
		struct frame frame;

		if (wire_now_ns() - start > 1000000000ULL * CLOCK_WAIT_S ||
		    node_bu(&one, &one.nodes[0], true, &bench->core, &frame) ||
		    wire_send(&bench->core, &frame, 1))
			bench_fail(bench, "famad takes no signed BU");
		wire_receive(&bench->core, PROBE_MS, crowd_take, &one);
	} while (!one.nodes[0].has_phkt);
	crowd_free(&one);
}

double bench_register(struct bench *bench, struct crowd *crowd, unsigned int from,
		      unsigned int count)
{
	struct frame *frames = frames_new(bench, count);
	struct answers answers = {.at = frames_new(bench, count), .size = count};
	uint64_t cpu;
	double each = -1;

	for (unsigned int i = 0; i < count; i++) {
		if (node_bu(crowd, &crowd->nodes[from + i], true, &bench->core, &frames[i]))
			bench_fail(bench, "a BU could not be built");
	}
	cpu = agent_cpu_ns(&bench->agent);
	for (unsigned int at = 0; at < count; at += WINDOW) {
		unsigned int some = count - at < WINDOW ? count - at : WINDOW;

		if (wire_send(&bench->core, &frames[at], some))
			break;
		wait_for(bench, &answers, at + some);
	}
	cpu = agent_cpu_ns(&bench->agent) - cpu;
	if (judge(crowd, &answers, count))
		each = (double)cpu / count;
	free(frames);
	free(answers.at);
	return each;
}

/* Sleeps between batches, for the same reason. */
static void send_paced(struct bench *bench, const struct frame *frames, unsigned int count,
		       struct answers *answers)
{
	uint64_t start = wire_now_ns();

	for (unsigned int at = 0; at < count; at += WIRE_BATCH) {
		unsigned int some = count - at < WIRE_BATCH ? count - at : WIRE_BATCH;
		uint64_t due = start + at * (1000000000ULL / PACE_PER_SECOND);
		const struct timespec until = {.tv_sec = (time_t)(due / 1000000000),
					       .tv_nsec = (long)(due % 1000000000)};

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		if (wire_send(&bench->core, &frames[at], some))
			bench_fail(bench, "the wire did not take the BUs");
		wire_receive(&bench->core, 0, answer_keep, answers);
	}
}

/* One BU by PHKT from each node, as fast as may be; CPU and wall time of one. */
static void blast(struct bench *bench, struct crowd *crowd, struct frame *frames,
		  struct answers *answers, unsigned int round, double *cpu_ns, double *wall_ns)
{
	uint64_t cpu, start;

	for (unsigned int i = 0; i < crowd->count; i++) {
		crowd->nodes[i].coa = crowd_coa(i, round);
		if (node_bu(crowd, &crowd->nodes[i], false, &bench->core, &frames[i]))
			bench_fail(bench, "a BU could not be built");
	}
	answers->count = 0;
	cpu = agent_cpu_ns(&bench->agent);
	start = wire_now_ns();
	send_paced(bench, frames, crowd->count, answers);
	wait_for(bench, answers, crowd->count);
	*wall_ns = (double)(wire_now_ns() - start) / crowd->count;
	*cpu_ns = (double)(agent_cpu_ns(&bench->agent) - cpu) / crowd->count;
	if (!judge(crowd, answers, crowd->count))
		bench_fail(bench, "not every PHKT BU was accepted");
}

void bench_phkt(struct bench *bench)
{
	struct samples ratio = {.count = 0}, rate = {.count = 0}, wall = {.count = 0};
	struct samples cost = {.count = 0}, floor = {.count = 0}, limit = {.count = 0};
	struct frame *frames = frames_new(bench, NODES);
	struct answers answers = {.at = frames_new(bench, NODES), .size = NODES};
	struct floor_times times;
	struct crowd crowd;

	if (crowd_make(&crowd, NODES, &bench->prefix, &bench->dar, bench->keys, BENCH_KEYS))
		bench_fail(bench, "out of memory");
	bench_start(bench, bench->config_fast, START_S);
	if (bench_register(bench, &crowd, 0, NODES) < 0)
		bench_fail(bench, "not every node could register");
	for (unsigned int round = 1; round <= ROUNDS; round++) {
		double cpu_ns, wall_ns, floor_ns;

		if (floor_measure(bench->floor, &times))
			bench_fail(bench, "the floor could not be measured");
		wire_receive(&bench->core, 0, crowd_take, &crowd); /* the floor's frames */
		floor_ns = floor_phkt_ns(&times);
		blast(bench, &crowd, frames, &answers, round, &cpu_ns, &wall_ns);
		sample_add(&ratio, floor_ns / cpu_ns);
		sample_add(&rate, 1e9 / cpu_ns);
		sample_add(&wall, 1e9 / wall_ns);
		sample_add(&limit, 1e9 / floor_ns);
		sample_add(&floor, floor_ns);
		sample_add(&cost, cpu_ns);
	}
	agent_kill(&bench->agent, SIGTERM);
	row_add_best("PHKT BU, rate over its limit", samples_least(&floor) / samples_least(&cost),
		     &ratio, "ratio", DEMAND_AT_LEAST, 0.6);
	row_add_best("PHKT BU, one core", 1e9 / samples_least(&cost), &rate, "BU/s", DEMAND_NONE,
		     0);
	row_add("PHKT BU, first sent to last BA, paced", &wall, "BU/s", DEMAND_NONE, 0);
	row_add_best("PHKT BU, the limit", 1e9 / samples_least(&floor), &limit, "BU/s", DEMAND_NONE,
		     0);
	row_add_one("  limit: HMAC (two of them)", times.hmac, "ns", DEMAND_NONE, 0);
	row_add_one("  limit: SHA-1", times.sha1, "ns", DEMAND_NONE, 0);
	row_add_one("  limit: ring buffer receive", times.ring, "ns", DEMAND_NONE, 0);
	row_add_one("  limit: AF_PACKET transmit", times.transmit, "ns", DEMAND_NONE, 0);
	row_add_one("  limit: batched map update", times.update, "ns", DEMAND_NONE, 0);
	crowd_free(&crowd);
	free(frames);
	free(answers.at);
}

static void signed_rows(struct bench *bench, struct keypair *const *keys, unsigned int key_count,
			const char *ratio_row, const char *rate_row, const char *encrypt_row,
			bool is_demanded)
{
	struct samples ratio = {.count = 0}, rate = {.count = 0}, cost = {.count = 0};
	struct samples verify = {.count = 0}, encrypt = {.count = 0};
	struct floor_rsa floor;
	double net;
	struct crowd crowd;

	if (crowd_make(&crowd, SIGNED_ROUNDS * SIGNED_NODES, &bench->prefix, &bench->dar, keys,
		       key_count))
		bench_fail(bench, "out of memory");
	for (unsigned int round = 0; round < SIGNED_ROUNDS; round++) {
		double cpu_ns;

		if (floor_measure_rsa(keys[0], &floor))
			bench_fail(bench, "cold RSA could not be measured");
		cpu_ns = bench_register(bench, &crowd, round * SIGNED_NODES, SIGNED_NODES);
		if (cpu_ns < 0)
			bench_fail(bench, "not every signed BU was accepted");
		sample_add(&ratio, floor.verify / (cpu_ns - floor.encrypt));
		sample_add(&rate, 1e9 / cpu_ns);
		sample_add(&cost, cpu_ns);
		sample_add(&verify, floor.verify);
		sample_add(&encrypt, floor.encrypt / 1000);
	}
	net = samples_least(&cost) - 1000 * samples_least(&encrypt);
	row_add_best(ratio_row, samples_least(&verify) / net, &ratio, "ratio",
		     is_demanded ? DEMAND_AT_LEAST : DEMAND_NONE, 0.55);
	row_add_best(rate_row, 1e9 / samples_least(&cost), &rate, "BU/s", DEMAND_NONE, 0);
	row_add_best(encrypt_row, samples_least(&encrypt), &encrypt, "us", DEMAND_NONE, 0);
	crowd_free(&crowd);
}

void bench_signed(struct bench *bench)
{
	bench_start(bench, bench->config_fast, START_S);
	signed_rows(bench, bench->keys, BENCH_KEYS, "CGA BU, RSA-1024, over cold RSA",
		    "CGA BU, RSA-1024, one core", "  PHKT encryption, RSA-1024", true);
	signed_rows(bench, bench->keys_long, BENCH_KEYS_LONG, "CGA BU, RSA-2040, over cold RSA",
		    "CGA BU, RSA-2040, one core", "  PHKT encryption, RSA-2040", false);
	agent_kill(&bench->agent, SIGTERM);
}
