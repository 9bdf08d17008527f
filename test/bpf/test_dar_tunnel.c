// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of what comes out of a tunnel: checked, stripped, forwarded, relayed or refused.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define DECAPSULATED       .action = XDP_REDIRECT, .outcome = OUTCOME_DECAPSULATED
#define DECAPSULATED_STACK .action = XDP_PASS, .outcome = OUTCOME_DECAPSULATED_STACK
#define RELAYED            .action = XDP_REDIRECT, .outcome = OUTCOME_RELAYED
#define LIMIT              EXTENSION(IPPROTO_DSTOPTS, LIMIT_OPTION)
#define HOME_ADDRESS_OPTION                                                                        \
	EXTENSION(IPPROTO_DSTOPTS, "\x01\x02\0\0\xc9\x10\x20\x01\x0d\xb8\0\1\0\0\0\0\0\0\0\0\0"    \
				   "\xe1")

static const struct row out_of_tunnel[] = {
	{"D-23 D-05 CoA to CN, hop limit 64",
	 {FROM_CORE, IP(COA3, DAR1, 9), IP(HOA1, CN, 64), UDP(100)},
	 {TO_CORE, IP(HOA1, CN, 63), UDP(100)},
	 DECAPSULATED},
	{"D-05 inner hop limit 2",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, CN, 2), UDP(8)},
	 {TO_CORE, IP(HOA1, CN, 1), UDP(8)},
	 DECAPSULATED},
	{"D-06 inner hop limit 1: the stack answers",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, CN, 1), UDP(8)},
	 {FROM_CORE, IP(HOA1, CN, 1), UDP(8)},
	 .action = XDP_PASS,
	 .outcome = OUTCOME_HOP_LIMIT},
	{"D-06 inner hop limit 0: the stack answers",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, CN, 0), UDP(8)},
	 {FROM_CORE, IP(HOA1, CN, 0), UDP(8)},
	 .action = XDP_PASS,
	 .outcome = OUTCOME_HOP_LIMIT},
	{"D-05 outer hop limit 0 and 1 are no matter",
	 {FROM_CORE, IP(COA3, DAR1, 0), IP(HOA1, CN, 64), UDP(8)},
	 {TO_CORE, IP(HOA1, CN, 63), UDP(8)},
	 DECAPSULATED},
	{"D-25 encapsulation limit option in front",
	 {FROM_CORE, IP(COA3, DAR1, 64), LIMIT, IP(HOA1, CN, 64), UDP(100)},
	 {TO_CORE, IP(HOA1, CN, 63), UDP(100)},
	 DECAPSULATED},
	{"D-25 encapsulation limit option, single padding octets",
	 {FROM_CORE, IP(COA3, DAR1, 64), EXTENSION(IPPROTO_DSTOPTS, "\x04\x01\0\0\0\0"),
	  IP(HOA1, CN, 64), UDP(100)},
	 {TO_CORE, IP(HOA1, CN, 63), UDP(100)},
	 DECAPSULATED},
	{"D-23 unverified CoA",
	 {FROM_CORE, IP(COA_EARLY, DAR1, 64), IP(HOA_EARLY, CN, 64), UDP(8)},
	 {TO_CORE, IP(HOA_EARLY, CN, 63), UDP(8)},
	 DECAPSULATED},
	{"D-23 new CoA of a binding that moved",
	 {FROM_CORE, IP(COA_MOVED, DAR1, 64), IP(HOA_MOVED, CN, 64), UDP(8)},
	 {TO_CORE, IP(HOA_MOVED, CN, 63), UDP(8)},
	 DECAPSULATED},
	{"D-23 previous CoA in its grace",
	 {FROM_CORE, IP(COA_BEFORE, DAR1, 64), IP(HOA_MOVED, CN, 64), UDP(8)},
	 {TO_CORE, IP(HOA_MOVED, CN, 63), UDP(8)},
	 DECAPSULATED},
	{"D-23 tunnel end of the other prefix",
	 {FROM_CORE, IP(COA_SIDE, DAR_SIDE, 64), IP(HOA_SIDE, CN, 64), UDP(8)},
	 {TO_CORE, IP(HOA_SIDE, CN, 63), UDP(8)},
	 DECAPSULATED},
	{"D-04 inner traffic class and label kept",
	 {FROM_CORE, IP(COA3, DAR1, 64, .traffic_class = 0xb8, .flow_label = 0x12345),
	  IP(HOA1, CN, 64, .traffic_class = 0x2a, .flow_label = 0xfedcb), UDP(8)},
	 {TO_CORE, IP(HOA1, CN, 63, .traffic_class = 0x2a, .flow_label = 0xfedcb), UDP(8)},
	 DECAPSULATED},
	{"D-33 to an attached node of the access link",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, NODE, 64), UDP(8)},
	 {TO_NODE, IP(HOA1, NODE, 63), UDP(8)},
	 DECAPSULATED},
	{"D-30 to the DAR itself, hop limit untouched",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, DAR1, 1), UDP(8)},
	 {FROM_CORE, IP(HOA1, DAR1, 1), UDP(8)},
	 DECAPSULATED_STACK},
	{"D-30 to another address of the host",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, DAR_CORE, 64), UDP(8)},
	 {FROM_CORE, IP(HOA1, DAR_CORE, 64), UDP(8)},
	 DECAPSULATED_STACK},
	{"D-23 unresolved neighbour: the stack",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, COA_UNRESOLVED, 64), UDP(8)},
	 {FROM_CORE, IP(HOA1, COA_UNRESOLVED, 64), UDP(8)},
	 DECAPSULATED_STACK},
	{"D-23 blackhole behind the tunnel: the stack",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, COA_BLACKHOLE, 64), UDP(8)},
	 {FROM_CORE, IP(HOA1, COA_BLACKHOLE, 64), UDP(8)},
	 DECAPSULATED_STACK},
	{"D-12 too big for the next link: the stack answers",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, COA_NARROW, 64), UDP_OF(1401)},
	 {FROM_CORE, IP(HOA1, COA_NARROW, 64), UDP_OF(1401)},
	 DECAPSULATED_STACK},
	{"D-04 padded by Ethernet",
	 {FROM_CORE,
	  IP(COA3, DAR1, 64, .lie = -4),
	  IP(HOA1, CN, 64, .lie = -4),
	  {.kind = LAYER_OCTETS, .number = 59, .fill = 4}},
	 {TO_CORE, IP(HOA1, CN, 63, .lie = -4), {.kind = LAYER_OCTETS, .number = 59, .fill = 4}},
	 DECAPSULATED},
};

static const struct row relayed[] = {
	{"D-29 MN to MN, hop limit once",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_EARLY, 64), UDP(100)},
	 {TO_CORE, OUTER(DAR1, COA_EARLY, 64), IP(HOA1, HOA_EARLY, 63), UDP(100)},
	 RELAYED},
	{"D-29 to a HoA of the other prefix, with a limit option",
	 {FROM_CORE, IP(COA3, DAR1, 64), LIMIT, IP(HOA1, HOA_SIDE, 64), UDP(100)},
	 {TO_CORE, OUTER(DAR_SIDE, COA_SIDE, 64), IP(HOA1, HOA_SIDE, 63), UDP(100)},
	 RELAYED},
	{"D-29 by the stack",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_UNRESOLVED, 64), UDP(8)},
	 {FROM_CORE, OUTER(DAR1, COA_UNRESOLVED, 65), IP(HOA1, HOA_UNRESOLVED, 63), UDP(8)},
	 .action = XDP_PASS,
	 .outcome = OUTCOME_RELAYED},
	{"D-29 hop limit 1",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_EARLY, 1), UDP(8)},
	 {FROM_CORE, IP(HOA1, HOA_EARLY, 1), UDP(8)},
	 .action = XDP_PASS,
	 .outcome = OUTCOME_HOP_LIMIT},
	{"D-29 to a HoA whose binding is over: natively",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_EXPIRED, 64), UDP(8)},
	 {FROM_CORE, IP(HOA1, HOA_EXPIRED, 64), UDP(8)},
	 DECAPSULATED_STACK},
	{"D-29 exact MTU of the second tunnel",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_LEARNT, 64), UDP_OF(1360)},
	 {TO_CORE, OUTER(DAR1, COA_LEARNT, 64), IP(HOA1, HOA_LEARNT, 63), UDP_OF(1360)},
	 RELAYED},
	{"D-27 D-29 a tunnel header inside, relayed",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_EARLY, 64), IP(CN, NODE, 5), UDP(8)},
	 {TO_CORE, OUTER(DAR1, COA_EARLY, 64), IP(HOA1, HOA_EARLY, 63), IP(CN, NODE, 5), UDP(8)},
	 RELAYED},
	{"D-27 two tunnel headers inside, not relayed",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_EARLY, 64), IP(CN, NODE, 5), IP(CN, NODE, 5),
	  UDP(8)},
	 DROPPED(NESTED)},
	{"D-29 no route to the second CoA",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_BLACKHOLE, 64), UDP(8)},
	 DROPPED(NO_ROUTE)},
	{"D-08 D-09 relayed: ECN of the first tunnel into the second",
	 {FROM_CORE, IP(COA3, DAR1, 64, .traffic_class = 3),
	  IP(HOA1, HOA_EARLY, 64, .traffic_class = 2), UDP(8)},
	 {TO_CORE, OUTER(DAR1, COA_EARLY, 64, .traffic_class = 3),
	  IP(HOA1, HOA_EARLY, 63, .traffic_class = 3), UDP(8)},
	 RELAYED},
};

static const struct row refused[] = {
	{"D-24 inner source without a binding",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(NODE, CN, 64), UDP(8)},
	 DROPPED(NOT_BOUND)},
	{"D-24 inner source foreign",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(CN, NODE, 64), UDP(8)},
	 DROPPED(NOT_BOUND)},
	{"D-24 inner source unspecified",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP("::", CN, 64), UDP(8)},
	 DROPPED(NOT_BOUND)},
	{"D-24 the DAR's own address as inner source",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(DAR1, CN, 64), UDP(8)},
	 DROPPED(NOT_BOUND)},
	{"D-23 outer source of somebody else",
	 {FROM_CORE, IP(CN, DAR1, 64), IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(TUNNEL_SOURCE)},
	{"D-23 CoA of another binding",
	 {FROM_CORE, IP(COA_EARLY, DAR1, 64), IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(TUNNEL_SOURCE)},
	{"D-23 CoA that differs in its last bit",
	 {FROM_CORE, IP("2001:db8:3:0:cd:6632:3bd7:5b9f", DAR1, 64), IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(TUNNEL_SOURCE)},
	{"D-23 no grace: unspecified outer source is not the empty previous CoA",
	 {FROM_CORE, IP("::", DAR1, 64), IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(TUNNEL_SOURCE)},
	{"D-23 right CoA, tunnel end of another prefix",
	 {FROM_CORE, IP(COA3, DAR_SIDE, 64), IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(TUNNEL_SOURCE)},
	{"D-23 binding is over",
	 {FROM_CORE, IP(COA_EXPIRED, DAR1, 64), IP(HOA_EXPIRED, CN, 64), UDP(8)},
	 DROPPED(EXPIRED)},
	{"D-31 inner destination multicast",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, "ff0e::1", 64), UDP(8)},
	 DROPPED(SCOPE)},
	{"D-31 inner destination all nodes",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, "ff02::1", 64), UDP(8)},
	 DROPPED(SCOPE)},
	{"D-21 inner destination link-local",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, LINK_LOCAL, 64), UDP(8)},
	 DROPPED(SCOPE)},
	{"D-21 inner destination febf::",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, "febf::1", 64), UDP(8)},
	 DROPPED(SCOPE)},
	{"D-40 inner destination unspecified",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, "::", 64), UDP(8)},
	 DROPPED(SCOPE)},
	{"D-40 inner destination loopback",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, "::1", 64), UDP(8)},
	 DROPPED(SCOPE)},
	{"D-40 inner version 4",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, CN, 64, .version = 4), UDP(8)},
	 DROPPED(MALFORMED)},
	{"D-40 inner longer than the outer says",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, CN, 64, .lie = 1), UDP(8)},
	 DROPPED(MALFORMED)},
	{"D-40 inner shorter than the outer says",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, CN, 64, .lie = -1), UDP(8)},
	 DROPPED(MALFORMED)},
	{"D-40 both longer than the frame",
	 {FROM_CORE, IP(COA3, DAR1, 64, .lie = 8), IP(HOA1, CN, 64, .lie = 8), UDP(8)},
	 DROPPED(MALFORMED)},
	{"8.7 BU in the tunnel",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, DAR1, 64), MOBILITY(BU_OCTETS)},
	 DROPPED(TUNNELLED_SIGNALLING)},
	{"8.7 BU in the tunnel behind a Home Address option",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, DAR1, 64), HOME_ADDRESS_OPTION,
	  MOBILITY(BU_OCTETS)},
	 DROPPED(TUNNELLED_SIGNALLING)},
	{"D-42 Home Address option in the tunnel, no BU",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, DAR1, 64), HOME_ADDRESS_OPTION, UDP(8)},
	 DROPPED(HOME_ADDRESS_OPTION)},
	{"D-43 type 2 routing header in the tunnel",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, DAR1, 64),
	  EXTENSION(IPPROTO_ROUTING, "\2\1\0\0\0\0\x20\1\x0d\xb8\0\1\0\0\0\0\0\0\0\0\0\1"), UDP(8)},
	 DROPPED(ROUTING_HEADER)},
	{"D-27 a tunnel to the DAR inside the tunnel",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, DAR1, 64), IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(NESTED)},
	{"D-39 fragment of a tunnel packet inside the tunnel",
	 {FROM_CORE,
	  IP(COA3, DAR1, 64),
	  IP(HOA1, DAR1, 64),
	  {.kind = LAYER_EXTENSION, .number = 44, RAW("\0\1\0\0\0\7")},
	  IP(HOA1, CN, 64),
	  UDP(8)},
	 DROPPED(FRAGMENT)},
	{"D-40 tunnelled solicitation does not pass for one from the link",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, DAR1, 255), ICMP(135, "\0\0\0\0")},
	 DROPPED(SCOPE)},
	{"D-40 nor does an advertisement to another address of the host, behind options",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, DAR_CORE, 255),
	  EXTENSION(IPPROTO_DSTOPTS, PAD_OPTIONS), ICMP(136, "\0\0\0\0")},
	 DROPPED(SCOPE)},
};

/* D-09: rows inner, columns outer in the order 00, 01, 10, 11; -1 is dropped. */
static const int ecn_table[4][4] = {
	{0, 0, 0, -1},
	{1, 1, 1, 3},
	{2, 1, 2, 3},
	{3, 3, 3, 3},
};

static void check_ecn(struct dar_world *world)
{
	for (int inner = 0; inner < 4; inner++) {
		for (int outer = 0; outer < 4; outer++) {
			const int result = ecn_table[inner][outer];
			char name[64];
			struct row row = {
				.name = name,
				.in = {FROM_CORE, IP(COA3, DAR1, 64, .traffic_class = outer),
				       IP(HOA1, CN, 64, .traffic_class = 0xb8 | inner), UDP(8)},
				.out = {TO_CORE, IP(HOA1, CN, 63, .traffic_class = 0xb8 | result),
					UDP(8)},
				DECAPSULATED,
			};

			snprintf(name, sizeof(name), "D-09 ECN inner %d outer %d", inner, outer);
			if (result < 0) {
				row.action = XDP_DROP;
				row.outcome = OUTCOME_ECN;
			}
			dar_world_row(world, &row);
		}
	}
}

/* Every cut of a tunnel packet; `honest`: the outer length says so. */
static void check_cuts(struct dar_world *world, bool honest)
{
	const struct layer whole[] = {
		FROM_CORE, IP(COA3, DAR1, 64), LIMIT, IP(HOA1, CN, 64), UDP(40), {0}};
	struct frame_octets in, cut;
	bool good = true;

	frame_build(&in, whole);
	for (size_t len = ETHERNET_OCTETS; len < in.len && good; len++) {
		const bool whole_header = len >= ETHERNET_OCTETS + IPV6_HEADER_OCTETS;
		const enum outcome expected = whole_header ? OUTCOME_MALFORMED : OUTCOME_PASSED;

		cut = in;
		cut.len = len;
		if (honest && whole_header)
			cut.at[ETHERNET_OCTETS + 5] = len - ETHERNET_OCTETS - IPV6_HEADER_OCTETS;
		good = bpf_run_xdp(&world->run, &cut, world->ifindex[PORT_CORE], 0) == 0 &&
		       world->run.counted == (int)expected;
		if (!good)
			printf("#   cut to %zu octets: outcome %d\n", len, world->run.counted);
	}
	tap_row(good, honest ? "D-40 tunnel packet cut at every length, outer length right"
			     : "D-40 tunnel packet cut at every length");
}

/* D-45, octets of the inner packet. */
static void check_traffic(struct dar_world *world)
{
	const struct row row = {
		"D-29 MN to MN, counted",
		{FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_EARLY, 64), UDP_OF(333)},
		{TO_CORE, OUTER(DAR1, COA_EARLY, 64), IP(HOA1, HOA_EARLY, 63), UDP_OF(333)},
		RELAYED};
	const struct traffic up = dar_world_traffic(world, HOA1);
	const struct traffic down = dar_world_traffic(world, HOA_EARLY);
	struct traffic now;

	dar_world_row(world, &row); /* runs it twice */
	now = dar_world_traffic(world, HOA1);
	tap_row(now.uplink_packets - up.uplink_packets == 2 &&
			now.uplink_bytes - up.uplink_bytes == 2 * 333 &&
			now.downlink_packets == up.downlink_packets,
		"D-45 uplink packets and octets");
	now = dar_world_traffic(world, HOA_EARLY);
	tap_row(now.downlink_packets - down.downlink_packets == 2 &&
			now.downlink_bytes - down.downlink_bytes == 2 * 333 &&
			now.uplink_packets == down.uplink_packets,
		"D-45 downlink packets and octets");
	now = dar_world_traffic(world, HOA_BLACKHOLE);
	tap_row(now.downlink_packets == 0, "D-45 what was refused is not counted as traffic");
}

/* The source is away itself: its answer goes into its tunnel, by way of the stack. */
static void check_relayed_too_big(struct dar_world *world)
{
	const struct layer whole[] = {
		FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_LEARNT, 64), UDP_OF(1361), {0}};
	const struct layer inner[] = {FROM_CORE, IP(HOA1, HOA_LEARNT, 64), UDP_OF(1361), {0}};
	uint8_t body[4 + 1232] = {0, 0, 1360 >> 8, 1360 & 0xff};
	const struct row row = {
		"D-12 D-29 MN to MN, over the second tunnel's MTU: Packet Too Big by the stack",
		.action = XDP_PASS, .outcome = OUTCOME_TOO_BIG};
	struct layer error[] = {
		FROM_CORE,
		IP(DAR1, HOA1, 64),
		{.kind = LAYER_ICMPV6, .type = 2, .octets = body, .octets_len = sizeof(body)},
		{0}};
	static struct frame_octets in, quoted, want;

	frame_build(&in, whole);
	frame_build(&quoted, inner);
	memcpy(body + 4, quoted.at + ETHERNET_OCTETS, sizeof(body) - 4);
	frame_build(&want, error);
	dar_world_expect(world, &row, &in, &want);
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar", NULL);
	dar_world_rows(&world, out_of_tunnel, sizeof(out_of_tunnel) / sizeof(out_of_tunnel[0]));
	dar_world_rows(&world, relayed, sizeof(relayed) / sizeof(relayed[0]));
	dar_world_rows(&world, refused, sizeof(refused) / sizeof(refused[0]));
	check_ecn(&world);
	check_relayed_too_big(&world);
	check_traffic(&world);
	check_cuts(&world, false);
	check_cuts(&world, true);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
