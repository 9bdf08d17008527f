// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows that need other settings than the usual, flow labels, and the budget of errors.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <arpa/inet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOWS = 512, BURST = 50 };

static uint32_t label_of(struct dar_world *world, const struct layer *layers)
{
	struct frame_octets in;

	frame_build(&in, layers);
	if (bpf_run_xdp(&world->run, &in, world->ifindex[PORT_CORE], 0) ||
	    world->run.counted != OUTCOME_ENCAPSULATED)
		return 0;
	return frame_label(&world->run.out, ETHERNET_OCTETS);
}

static int compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Labels of many sources: different, never zero. */
static void check_spread(struct dar_world *world)
{
	uint32_t labels[FLOWS];
	unsigned int different = 1, zeros = 0;
	char source[INET6_ADDRSTRLEN];

	for (unsigned int i = 0; i < FLOWS; i++) {
		const struct layer layers[] = {FROM_CORE, IP(source, HOA1, 64), UDP(8), {0}};

		snprintf(source, sizeof(source), "2001:db8:ffff::%x", i + 1);
		labels[i] = label_of(world, layers);
		zeros += !labels[i];
	}
	qsort(labels, FLOWS, sizeof(labels[0]), compare);
	for (int i = 1; i < FLOWS; i++)
		different += labels[i] != labels[i - 1];
	printf("#   %u different of %d\n", different, FLOWS);
	tap_row(!zeros && different > FLOWS - 8, "D-10 many flows, labels spread and never zero");
}

static uint32_t check_labels(struct dar_world *world)
{
	const struct layer plain[] = {FROM_CORE, IP(CN, HOA1, 64), UDP(8), {0}};
	const struct layer longer[] = {
		FROM_CORE, IP(CN, HOA1, 9, .traffic_class = 3), UDP(900), {0}};
	const struct layer first[] = {FROM_CORE,
				      IP(CN, HOA1, 64),
				      EXTENSION(IPPROTO_FRAGMENT, "\0\1\0\0\0\7"),
				      UDP(100),
				      {0}};
	const struct layer later[] = {FROM_CORE,
				      IP(CN, HOA1, 64),
				      EXTENSION(IPPROTO_FRAGMENT, "\1\0\0\0\0\7"),
				      UDP(50),
				      {0}};
	const struct layer echo[] = {FROM_CORE, IP(CN, HOA1, 64), ICMP(128, "\0\0\0\0"), {0}};
	const struct layer labelled[] = {FROM_CORE, IP(CN, HOA1, 64, .flow_label = 1), UDP(8), {0}};
	const struct layer other[] = {FROM_CORE, IP(CN, HOA_EARLY, 64), UDP(8), {0}};
	const uint32_t label = label_of(world, plain);

	tap_row(label != 0, "D-10 label is not zero");
	tap_row(label_of(world, plain) == label, "D-11 again the same");
	tap_row(label_of(world, longer) == label, "D-11 other length, hop limit, traffic class");
	tap_row(label_of(world, first) == label, "D-11 first fragment");
	tap_row(label_of(world, later) == label, "D-11 later fragment");
	tap_row(label_of(world, echo) == label, "D-11 other upper layer");
	tap_row(label_of(world, labelled) != label, "D-10 other inner label, other flow");
	tap_row(label_of(world, other) != label, "D-10 other HoA, other flow");
	check_spread(world);
	return label;
}

static void change_all(struct dataplane_settings *settings)
{
	settings->dscp_copy = 0;
	settings->max_nested = 0;
	settings->hop_limit = 255;
	settings->flow_label_key++;
}

static const struct row changed[] = {
	{"5.1 DSCP not copied, ECN is; hop limit 255",
	 {FROM_CORE, IP(CN, HOA1, 64, .traffic_class = 0xba), UDP(8)},
	 {TO_CORE, OUTER(DAR1, COA3, 255, .traffic_class = 2),
	  IP(CN, HOA1, 63, .traffic_class = 0xba), UDP(8)},
	 ENCAPSULATED},
	{"D-07 hop limit 255 by the stack: no more than that",
	 {FROM_CORE, IP(CN, HOA_UNRESOLVED, 64), UDP(8)},
	 {FROM_CORE, OUTER(DAR1, COA_UNRESOLVED, 255), IP(CN, HOA_UNRESOLVED, 63), UDP(8)},
	 ENCAPSULATED_STACK},
	{"D-27 max_nested 0",
	 {FROM_CORE, IP(CN, HOA1, 64), IP(CN, NODE, 9), UDP(8)},
	 DROPPED(NESTED)},
};

static void change_many(struct dataplane_settings *settings)
{
	const struct dataplane_prefix first = settings->prefixes[0];
	const struct dataplane_interface core = settings->interfaces[0];

	for (unsigned int i = 0; i < FAMA_PREFIX_MAX; i++) {
		settings->prefixes[i] = first;
		settings->prefixes[i].prefix[5] = 0x20 + i;
		settings->prefixes[i].address[5] = 0x20 + i;
		settings->interfaces[i] = core;
		settings->interfaces[i].ifindex = 1000 + i;
	}
	settings->prefixes[FAMA_PREFIX_MAX - 1] = first;
	settings->interfaces[0] = core;
	settings->prefix_count = FAMA_PREFIX_MAX;
	settings->interface_count = FAMA_INTERFACE_MAX;
}

static const struct row many[] = {
	{"D-01 the last of 16 prefixes and 16 interfaces",
	 {FROM_CORE, IP(CN, HOA1, 64), UDP(8)},
	 {TO_CORE, OUTER(DAR1, COA3, 64), IP(CN, HOA1, 63), UDP(8)},
	 ENCAPSULATED},
	{"D-41 its own address",
	 {FROM_CORE, IP(CN, DAR1, 64), MOBILITY(BU_OCTETS)},
	 .action = XDP_DROP,
	 .outcome = OUTCOME_PUNTED,
	 .punt = PUNT_SIGNALLING},
};

/* D-17: a burst, then silence. All on one CPU: the budget is of each. */
static void check_budget(struct dar_world *world)
{
	const struct layer layers[] = {FROM_CORE, IP(CN, HOA1, 64), UDP_OF(1500), {0}};
	unsigned int said = 0, silent = 0;
	struct frame_octets in;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	frame_build(&in, layers);
	for (int i = 0; i < 8 * BURST; i++) {
		bpf_run_xdp(&world->run, &in, world->ifindex[PORT_CORE], 0);
		said += world->run.action == XDP_REDIRECT;
		silent += world->run.action == XDP_DROP;
	}
	printf("#   %u said, %u silent\n", said, silent);
	tap_row(said >= BURST && silent > 0 && said + silent == 8 * BURST,
		"D-17 errors within a budget");
	tap_row(bpf_run_total(&world->run, OUTCOME_TOO_BIG) == 8 * BURST,
		"D-17 every one counted, said or not");
}

/* T16: errors about tunnels reach the agent at a rate; a flood of them leaves the others' budget
 * alone. Runs on the CPU whose budget of Packet Too Big is spent. */
static void check_tunnel_error_budget(struct dar_world *world)
{
	const struct layer layers[] = {FROM_CORE,
				       IP(CN, DAR1, 64),
				       ICMP(2, "\0\0\0\0"),
				       IP(DAR1, COA3, 60),
				       IP(CN, HOA1, 60),
				       UDP(8),
				       {0}};
	unsigned int told = 0, over = 0;
	struct frame_octets in;

	frame_build(&in, layers);
	for (int i = 0; i < 8 * BURST; i++) {
		bpf_run_xdp(&world->run, &in, world->ifindex[PORT_CORE], 0);
		told += world->run.counted == OUTCOME_PUNTED;
		over += world->run.counted == OUTCOME_BUDGET && world->run.action == XDP_DROP;
	}
	printf("#   %u told, %u over\n", told, over);
	tap_row(told >= BURST && over > 0 && told + over == 8 * BURST,
		"T16 errors about tunnels within a budget of their own");
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;
	uint32_t label;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar", NULL);
	label = check_labels(&world);
	check_budget(&world);
	check_tunnel_error_budget(&world);
	dar_world_unload(&world, skeleton);

	skeleton = dar_world_load(&world, "fama_dar", change_all);
	dar_world_rows(&world, changed, sizeof(changed) / sizeof(changed[0]));
	tap_row(label_of(&world, (struct layer[]){FROM_CORE, IP(CN, HOA1, 64), UDP(8), {0}}) !=
			label,
		"D-10 other key, other label");
	dar_world_unload(&world, skeleton);

	skeleton = dar_world_load(&world, "fama_dar", change_many);
	dar_world_rows(&world, many, sizeof(many) / sizeof(many[0]));
	dar_world_unload(&world, skeleton);
	return tap_end();
}
