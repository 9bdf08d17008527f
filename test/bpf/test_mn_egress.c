// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of what leaves the mobile node: natively, into the tunnel, or not at all.
#include "harness/mn_world.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define PUSHED         LET_GO(ENCAPSULATED)
#define NATIVE         LET_GO(PASSED)
#define TELL           SHOT(TOO_BIG), .punt = PUNT_TOO_BIG_LOCAL
#define SOLICITATION   ICMP(135, "\0\0\0\0")
#define FRAGMENT(text) EXTENSION(IPPROTO_FRAGMENT, text)
#define TCP_OF(n)                                                                                  \
	{                                                                                          \
		.kind = LAYER_OCTETS, .number = IPPROTO_TCP,                                       \
		RAW("\xc3\x50\0\x50\0\0\0\1\0\0\0\1\x50\x10\xff\xff\0\0\0\0"),                     \
		.fill = (n)-IPV6_HEADER_OCTETS - 20                                                \
	}

static const struct mn_row rows[] = {
	{"M-28 HoA to CN",
	 {TO_CORE, IP(HOA1, CN, 64), UDP(100)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 64), UDP(100)},
	 PUSHED},
	{"M-28 second HoA by its own HDAR",
	 {TO_CORE, IP(HOA_SECOND, CN, 64), UDP(100)},
	 {TO_CORE, OUTER(COA3, DAR2, 64), IP(HOA_SECOND, CN, 64), UDP(100)},
	 PUSHED},
	{"M-28 to the HDAR itself",
	 {TO_CORE, IP(HOA1, DAR1, 64), UDP(8)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, DAR1, 64), UDP(8)},
	 PUSHED},
	{"M-28 to a HoA of another node",
	 {TO_CORE, IP(HOA1, NODE, 64), UDP(8)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, NODE, 64), UDP(8)},
	 PUSHED},
	{"M-29 hop limit 1",
	 {TO_CORE, IP(HOA1, CN, 1), UDP(8)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 1), UDP(8)},
	 PUSHED},
	{"M-29 hop limit 0",
	 {TO_CORE, IP(HOA1, CN, 0), UDP(8)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 0), UDP(8)},
	 PUSHED},
	{"M-29 hop limit 255",
	 {TO_CORE, IP(HOA1, CN, 255), UDP(8)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 255), UDP(8)},
	 PUSHED},
	{"M-40 traffic class copied, inner label kept",
	 {TO_CORE, IP(HOA1, CN, 64, .traffic_class = 0xbb, .flow_label = 0xfedcb), UDP(8)},
	 {TO_CORE, OUTER(COA3, DAR1, 64, .traffic_class = 0xbb),
	  IP(HOA1, CN, 64, .traffic_class = 0xbb, .flow_label = 0xfedcb), UDP(8)},
	 PUSHED},
	{"M-28 no payload",
	 {TO_CORE, IP(HOA1, CN, 64)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 64)},
	 PUSHED},
	{"M-28 TCP",
	 {TO_CORE, IP(HOA1, CN, 64), TCP_OF(200)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 64), TCP_OF(200)},
	 PUSHED},
	{"M-28 echo request with hop limit 255",
	 {TO_CORE, IP(HOA1, CN, 255), ICMP(128, "\0\1\0\2")},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 255), ICMP(128, "\0\1\0\2")},
	 PUSHED},
	{"M-28 solicitation that is none: hop limit 64",
	 {TO_CORE, IP(HOA1, CN, 64), SOLICITATION},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 64), SOLICITATION},
	 PUSHED},
	{"M-28 later fragment",
	 {TO_CORE, IP(HOA1, CN, 64), FRAGMENT("\1\0\0\0\0\7"), UDP(8)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 64), FRAGMENT("\1\0\0\0\0\7"), UDP(8)},
	 PUSHED},
	{"M-28 tunnel of the host's own",
	 {TO_CORE, IP(HOA1, CN, 64), IP(CN, NODE, 9), UDP(8)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 64), IP(CN, NODE, 9), UDP(8)},
	 PUSHED},
	{"M-40 exact MTU",
	 {TO_CORE, IP(HOA1, CN, 64), UDP_OF(1460)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA1, CN, 64), UDP_OF(1460)},
	 PUSHED},
	{"M-40 exact path MTU learnt",
	 {TO_CORE, IP(HOA_LEARNT, CN, 64), UDP_OF(1360)},
	 {TO_CORE, OUTER(COA3, DAR1, 64), IP(HOA_LEARNT, CN, 64), UDP_OF(1360)},
	 PUSHED},

	{"M-40 one octet over", {TO_CORE, IP(HOA1, CN, 64), UDP_OF(1461)}, TELL},
	{"M-40 one octet over the path MTU", {TO_CORE, IP(HOA_LEARNT, CN, 64), UDP_OF(1361)}, TELL},
	{"M-40 longer than Ethernet", {TO_CORE, IP(HOA1, CN, 64), UDP_OF(2000)}, TELL},
	{"M-40 aggregate of TCP, its packets one octet over",
	 {TO_CORE, IP(HOA1, CN, 64), TCP_OF(2900)},
	 .gso = 1401,
	 TELL},
	{"M-40 aggregate of UDP, its packets one octet over",
	 {TO_CORE, IP(HOA1, CN, 64), UDP_OF(2900)},
	 .gso = 1413,
	 TELL},
	{"M-28 aggregate of no kind: not sent natively",
	 {TO_CORE, IP(HOA1, CN, 64), UDP_OF(1400)},
	 .gso = 700,
	 SHOT(NO_ROOM)},
	{"M-28 binding over", {TO_CORE, IP(HOA_EXPIRED, CN, 64), UDP(8)}, SHOT(EXPIRED)},

	{"M-34 de-registration from the HoA",
	 {TO_CORE, IP(HOA1, DAR1, 64), MOBILITY(BU_OCTETS)},
	 NATIVE},
	{"M-34 de-registration, binding over",
	 {TO_CORE, IP(HOA_EXPIRED, DAR1, 64), MOBILITY(BU_OCTETS)},
	 NATIVE},
	{"M-34 Mobility Header behind options",
	 {TO_CORE, IP(HOA1, DAR1, 64), EXTENSION(IPPROTO_DSTOPTS, PAD_OPTIONS),
	  MOBILITY(BU_OCTETS)},
	 NATIVE},
	{"M-28 solicitation of the DAR", {TO_CORE, IP(HOA1, NODE, 255), SOLICITATION}, NATIVE},
	{"M-28 advertisement", {TO_CORE, IP(HOA1, NODE, 255), ICMP(136, "\0\0\0\0")}, NATIVE},
	{"M-28 solicitation, binding over",
	 {TO_CORE, IP(HOA_EXPIRED, NODE, 255), SOLICITATION},
	 NATIVE},
	{"M-28 to a link-local address", {TO_CORE, IP(HOA1, LINK_LOCAL, 64), UDP(8)}, NATIVE},
	{"M-28 to a group", {TO_CORE, IP(HOA1, "ff0e::1", 64), UDP(8)}, NATIVE},
	{"M-32 from the current address", {TO_CORE, IP(COA3, CN, 64), UDP(100)}, NATIVE},
	{"M-32 signalling from the current address",
	 {TO_CORE, IP(COA3, DAR1, 64), MOBILITY(BU_OCTETS)},
	 NATIVE},
	{"M-32 longer than the tunnel takes", {TO_CORE, IP(COA3, CN, 64), UDP_OF(1500)}, NATIVE},
	{"M-28 not IPv6",
	 {{.kind = LAYER_ETHERNET,
	   .source = CORE_MAC,
	   .destination = CORE_NEXT_MAC,
	   .ethertype = 0x0806},
	  {.kind = LAYER_OCTETS, .number = 0, .fill = 46}},
	 NATIVE},
};

static const struct dataplane_settings other_settings = {.hop_limit = 7, .dscp_copy = 0};

static const struct mn_row rows_of_other_settings[] = {
	{"M-40 hop limit of the settings, DSCP not copied, ECN copied",
	 {TO_CORE, IP(HOA1, CN, 64, .traffic_class = 0xb9), UDP(8)},
	 {TO_CORE, OUTER(COA3, DAR1, 7, .traffic_class = 0x01),
	  IP(HOA1, CN, 64, .traffic_class = 0xb9), UDP(8)},
	 PUSHED},
};

static uint32_t label_of(struct dar_world *world, const struct layer *layers)
{
	struct frame_octets in;

	frame_build(&in, layers);
	if (bpf_run_skb(&world->run, &in, world->ifindex[PORT_CORE], 0))
		return 0;
	return frame_label(&world->run.out, ETHERNET_OCTETS);
}

static void check_labels(struct dar_world *world)
{
	const struct layer plain[] = {TO_CORE, IP(HOA1, CN, 64), UDP(100), {0}};
	const struct layer part[] = {
		TO_CORE, IP(HOA1, CN, 9), FRAGMENT("\1\0\0\0\0\7"), UDP(100), {0}};
	const struct layer other[] = {TO_CORE, IP(HOA1, NODE, 64), UDP(100), {0}};
	uint32_t label = label_of(world, plain);

	tap_row(label && label == label_of(world, part), "M-40 one label for a flow's fragments");
	tap_row(label != label_of(world, other), "M-40 another label for another flow");
}

static void check_traffic(struct dar_world *world)
{
	const struct layer layers[] = {TO_CORE, IP(HOA_SECOND, CN, 64), UDP_OF(777), {0}};
	const struct traffic before = dar_world_traffic(world, HOA_SECOND);
	struct frame_octets in;
	struct traffic after;

	frame_build(&in, layers);
	bpf_run_skb(&world->run, &in, world->ifindex[PORT_CORE], 0);
	after = dar_world_traffic(world, HOA_SECOND);
	tap_row(after.uplink_packets - before.uplink_packets == 1 &&
			after.uplink_bytes - before.uplink_bytes == 777 &&
			after.downlink_packets == 0 && after.downlink_bytes == 0,
		"M-28 uplink packets and octets");
}

/* A Packet Too Big for each of them would be a flood of our own. */
static void check_budget(struct dar_world *world)
{
	enum { SENT = 200 };
	const struct layer layers[] = {TO_CORE, IP(HOA1, CN, 64), UDP_OF(1461), {0}};
	struct frame_octets in;
	unsigned int told = 0, wrong = 0;

	frame_build(&in, layers);
	for (int i = 0; i < SENT; i++) {
		wrong += bpf_run_skb(&world->run, &in, world->ifindex[PORT_CORE], 0) != 0 ||
			 world->run.counted != OUTCOME_TOO_BIG || world->run.action != TC_ACT_SHOT;
		told += world->run.punts;
	}
	printf("#   %u of %d told\n", told, SENT);
	tap_row(!wrong && told > 0 && told < SENT, "M-40 told within a budget");
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = mn_world_load(&world, "fama_mn_egress", NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		mn_world_row(&world, &rows[i]);
	check_labels(&world);
	check_traffic(&world);
	check_budget(&world);
	dar_world_unload(&world, skeleton);
	skeleton = mn_world_load(&world, "fama_mn_egress", &other_settings);
	mn_world_row(&world, rows_of_other_settings);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
