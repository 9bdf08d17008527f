// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of packets to addresses that nobody has been seen with (T13).

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { BURST = 50, DAY_S = FAMA_SEEN_S, ROUNDS = 5 };

#define STRANGER      "2001:db8:1::5ca2"
#define YESTERDAY     "2001:db8:1::5ca3"
#define UNSEEN_TARGET "\x20\x01\x0d\xb8\0\x01\0\0\0\0\0\0\0\0\x5c\xa2"
#define FROM_SIDE                                                                                  \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = SIDE_MAC                \
	}

/* All with the ration of this CPU spent. */
static const struct row rows[] = {
	{"T13 to an address never seen",
	 {FROM_CORE, IP(CN, STRANGER, 64), UDP(8)},
	 DROPPED(UNSEEN)},
	{"T13 seen more than a day ago",
	 {FROM_CORE, IP(CN, YESTERDAY, 64), UDP(8)},
	 DROPPED(UNSEEN)},
	{"T13 from another access link",
	 {FROM_SIDE, IP("2001:db8:9::99", STRANGER, 64), UDP(8)},
	 .port = PORT_SIDE,
	 DROPPED(UNSEEN)},
	{"T13 out of a tunnel",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, STRANGER, 64), UDP(8)},
	 DROPPED(UNSEEN)},
	{"T13 binding over, never seen since",
	 {FROM_CORE, IP(CN, HOA_EXPIRED, 64), UDP(8)},
	 DROPPED(UNSEEN)},
	{"T13 ping to an address never seen",
	 {FROM_CORE, IP(CN, STRANGER, 255), ICMP(128, "\0\0\0\0")},
	 DROPPED(UNSEEN)},
	{"T13 neighbour discovery is exempt",
	 {FROM_CORE, IP(CN, STRANGER, 255), ICMP(135, "\0\0\0\0" UNSEEN_TARGET)},
	 PASSED},
	{"T13 from the same link",
	 {FROM_NODE, IP(NODE, STRANGER, 64), UDP(8)},
	 .port = PORT_ACCESS,
	 PASSED},
	{"T13 to a node that was seen", {FROM_CORE, IP(CN, NODE, 64), UDP(8)}, PASSED},
	{"T13 to the DAR", {FROM_CORE, IP(CN, DAR1, 64), UDP(8)}, PASSED},
	{"T13 to no prefix of ours", {FROM_CORE, IP(CN, "2001:db8:77::1", 64), UDP(8)}, PASSED},
	{"T13 away HoA",
	 {FROM_CORE, IP(CN, HOA1, 64), UDP(8)},
	 {TO_CORE, OUTER(DAR1, COA3, 64), IP(CN, HOA1, 63), UDP(8)},
	 ENCAPSULATED},
};

static void see(const struct dar_world *world, const char *address, uint64_t age_s)
{
	struct seen row = {.seen_boot_ns = dar_world_clock_ns(CLOCK_BOOTTIME) - age_s * 1000000000};
	uint8_t key[16];

	dar_world_key(key, address);
	if (bpf_map_update_elem(dar_world_map(world, "seen"), key, &row, BPF_ANY))
		perror("seen");
}

static void spend(struct dar_world *world)
{
	const struct layer layers[] = {FROM_CORE, IP(CN, "2001:db8:1::dead", 64), UDP(8), {0}};
	struct frame_octets in;

	frame_build(&in, layers);
	do
		bpf_run_flood(&world->run, &in, world->ifindex[PORT_CORE], 1);
	while (world->run.action == XDP_PASS);
}

/* Every 100 ms one more may pass, so that a busy machine deserves another look. */
static void check(struct dar_world *world, const struct row *row)
{
	struct frame_octets in;

	frame_build(&in, row->in);
	for (int round = 0; round < ROUNDS; round++) {
		spend(world);
		bpf_run_xdp(&world->run, &in, world->ifindex[row->port], 0);
		if (world->run.counted == (int)row->outcome)
			break;
	}
	if (row->outcome == OUTCOME_UNSEEN)
		tap_row(world->run.counted == OUTCOME_UNSEEN && world->run.action == XDP_DROP,
			row->name);
	else
		dar_world_row(world, row);
}

static void check_ration(struct dar_world *world)
{
	const struct layer layers[] = {FROM_CORE, IP(CN, STRANGER, 64), UDP(8), {0}};
	uint64_t start = dar_world_clock_ns(CLOCK_MONOTONIC), tenths;
	unsigned int passed = 0;
	struct frame_octets in;

	frame_build(&in, layers);
	for (int i = 0; i < 20 * BURST; i++) {
		bpf_run_flood(&world->run, &in, world->ifindex[PORT_CORE], 1);
		passed += world->run.action == XDP_PASS;
	}
	tenths = (dar_world_clock_ns(CLOCK_MONOTONIC) - start) / 100000000;
	printf("#   %u of %d passed in %llu00 ms\n", passed, 20 * BURST,
	       (unsigned long long)tenths);
	tap_row(passed >= BURST && passed <= BURST + tenths + 1,
		"T13 50 at once, then 10 a second");
}

static void switch_on(struct dataplane_settings *settings)
{
	settings->neighbour_limit = 1;
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	dar_world_pin(0);
	skeleton = dar_world_load(&world, "fama_dar", switch_on);
	see(&world, NODE, DAY_S - 60);
	see(&world, YESTERDAY, DAY_S + 1);
	check_ration(&world);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&world, &rows[i]);
	dar_world_unload(&world, skeleton);

	skeleton = dar_world_load(&world, "fama_dar", NULL);
	dar_world_row(&world, &(struct row){"T13 switched off: all pass",
					    {FROM_CORE, IP(CN, STRANGER, 64), UDP(8)},
					    PASSED});
	dar_world_unload(&world, skeleton);
	return tap_end();
}
