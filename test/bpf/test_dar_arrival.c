// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of what arrives at an own address: punted, dropped or left to the host.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"
#include "harness/vectors.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define PUNTED                    .action = XDP_DROP, .outcome = OUTCOME_PUNTED, .punt = PUNT_SIGNALLING
#define PUNTED_ERROR              .action = XDP_DROP, .outcome = OUTCOME_PUNTED, .punt = PUNT_TUNNEL_ERROR
#define HAO_OPTION                "\xc9\x10\x20\x01\x0d\xb8\0\1\0\0\x14\x0d\x9d\xa8\x2c\x0a\x59\xea"
#define HAO                       EXTENSION(IPPROTO_DSTOPTS, "\x01\x02\0\0" HAO_OPTION)
#define HAO_FIRST                 EXTENSION(IPPROTO_DSTOPTS, HAO_OPTION "\x01\x02\0\0")
#define HAO_BEHIND_SINGLE_PADDING EXTENSION(IPPROTO_DSTOPTS, "\0\0\0\0" HAO_OPTION)
#define HAO_IN_PADDING                                                                             \
	EXTENSION(IPPROTO_DSTOPTS, "\x01\x14\0\0\xc9\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")
#define FRAGMENT(text) EXTENSION(IPPROTO_FRAGMENT, text)
#define ROUTING_2      EXTENSION(IPPROTO_ROUTING, "\2\1\0\0\0\0\x20\1\x0d\xb8\0\1\0\0\0\0\0\0\0\0\0\1")
#define BU             MOBILITY(BU_OCTETS)
/* Type, code and 4 octets; what it quotes follows as layers. */
#define ERROR(t)                                                                                   \
	{                                                                                          \
		.kind = LAYER_ICMPV6, .type = t, RAW("\0\0\x05\0")                                 \
	}

static const struct row signalling[] = {
	{"D-41 BU behind a Home Address option", {FROM_CORE, IP(COA3, DAR1, 64), HAO, BU}, PUNTED},
	{"D-41 option in front of its padding",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO_FIRST, BU},
	 PUNTED},
	{"D-41 single padding octets",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO_BEHIND_SINGLE_PADDING, BU},
	 PUNTED},
	{"D-41 bare Mobility Header", {FROM_CORE, IP(CN, DAR1, 64), BU}, PUNTED},
	{"D-41 BU from home on the access link",
	 {FROM_NODE, IP(HOA1, DAR1, 64), BU},
	 .port = PORT_ACCESS,
	 PUNTED},
	{"D-41 BU of an away HoA behind options, on the access link",
	 {FROM_NODE, IP(HOA1, DAR1, 64), EXTENSION(IPPROTO_DSTOPTS, PAD_OPTIONS), BU},
	 .port = PORT_ACCESS,
	 PUNTED},
	{"D-41 to the address of another prefix",
	 {FROM_CORE, IP(COA3, DAR_SIDE, 64), HAO, BU},
	 PUNTED},
	{"D-41 behind hop-by-hop options",
	 {FROM_CORE, IP(COA3, DAR1, 64), EXTENSION(IPPROTO_HOPOPTS, PAD_OPTIONS), HAO, BU},
	 PUNTED},
	{"D-41 hop limit 1", {FROM_CORE, IP(COA3, DAR1, 1), HAO, BU}, PUNTED},
	{"D-41 Mobility Header of one octet",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO, MOBILITY("\x3b")},
	 DROPPED(MALFORMED)},
	{"D-41 no Mobility Header at all",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO, {.kind = LAYER_OCTETS, .number = IPPROTO_MH}},
	 DROPPED(MALFORMED)},
	{"D-41 whole Ethernet frame",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO, {.kind = LAYER_OCTETS, .number = 135, .fill = 1436}},
	 PUNTED},
	{"D-41 longer than Ethernet",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO, {.kind = LAYER_OCTETS, .number = 135, .fill = 1437}},
	 DROPPED(MALFORMED)},
	{"D-41 Mobility Header to an address that is no tunnel end",
	 {FROM_CORE, IP(COA3, DAR_CORE, 64), BU},
	 PASSED},
	{"D-41 flooded frame with a BU",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = NODE_MAC},
	  IP(COA3, DAR1, 64),
	  HAO,
	  BU},
	 PASSED},
};

static const struct row not_signalling[] = {
	{"D-42 Home Address option, then UDP",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO, UDP(20)},
	 DROPPED(HOME_ADDRESS_OPTION),
	 .punt = PUNT_HOME_ADDRESS},
	{"D-42 Home Address option, then ICMPv6",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO, ICMP(128, "\0\0\0\0")},
	 DROPPED(HOME_ADDRESS_OPTION),
	 .punt = PUNT_HOME_ADDRESS},
	{"D-42 Home Address option, then a tunnel packet",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO, IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(HOME_ADDRESS_OPTION),
	 .punt = PUNT_HOME_ADDRESS},
	{"D-42 Home Address option in the second options header",
	 {FROM_CORE, IP(COA3, DAR1, 64), EXTENSION(IPPROTO_DSTOPTS, PAD_OPTIONS), HAO, UDP(8)},
	 DROPPED(HOME_ADDRESS_OPTION),
	 .punt = PUNT_HOME_ADDRESS},
	{"D-42 octets of padding that look like the option",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO_IN_PADDING, UDP(8)},
	 PASSED},
	{"D-43 type 2 routing header",
	 {FROM_CORE, IP(COA3, DAR1, 64), ROUTING_2, BU},
	 DROPPED(ROUTING_HEADER)},
	{"D-43 type 2 routing header behind options",
	 {FROM_CORE, IP(COA3, DAR1, 64), EXTENSION(IPPROTO_DSTOPTS, PAD_OPTIONS), ROUTING_2,
	  UDP(8)},
	 DROPPED(ROUTING_HEADER)},
	{"D-43 routing header of another type: the host's",
	 {FROM_CORE, IP(COA3, DAR1, 64), EXTENSION(IPPROTO_ROUTING, "\x04\0\0\0\0\0"), UDP(8)},
	 PASSED},
	{"D-39 first fragment of a tunnel packet",
	 {FROM_CORE, IP(COA3, DAR1, 64), FRAGMENT("\0\1\0\0\0\7"), IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(FRAGMENT)},
	{"D-39 later fragment of a tunnel packet",
	 {FROM_CORE, IP(COA3, DAR1, 64), FRAGMENT("\1\0\0\0\0\7"), IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(FRAGMENT)},
	{"D-39 atomic fragment of a tunnel packet",
	 {FROM_CORE, IP(COA3, DAR1, 64), FRAGMENT("\0\0\0\0\0\7"), IP(HOA1, CN, 64), UDP(8)},
	 DROPPED(FRAGMENT)},
	{"1.20 fragment of a Mobility Header",
	 {FROM_CORE, IP(COA3, DAR1, 64), FRAGMENT("\0\1\0\0\0\7"), BU},
	 DROPPED(FRAGMENT)},
	{"1.20 fragment of a Mobility Header behind its option",
	 {FROM_CORE, IP(COA3, DAR1, 64), HAO, FRAGMENT("\0\1\0\0\0\7"), BU},
	 DROPPED(FRAGMENT)},
	{"1.20 fragment that begins with options",
	 {FROM_CORE, IP(COA3, DAR1, 64), FRAGMENT("\0\1\0\0\0\7"), HAO, BU},
	 DROPPED(FRAGMENT)},
	{"D-35 fragment of UDP: the host's",
	 {FROM_CORE, IP(COA3, DAR1, 64), FRAGMENT("\0\1\0\0\0\7"), UDP(8)},
	 PASSED},
	{"D-25 limit option and more than that, then a tunnel packet",
	 {FROM_CORE, IP(COA3, DAR1, 64),
	  EXTENSION(IPPROTO_DSTOPTS, "\x04\x01\x04\x01\x09\0\0\0\0\0\0\0\0\0"), IP(HOA1, CN, 64),
	  UDP(8)},
	 PASSED},
	{"D-25 limit option of two octets, then a tunnel packet",
	 {FROM_CORE, IP(COA3, DAR1, 64), EXTENSION(IPPROTO_DSTOPTS, "\x04\x02\x04\x01\0\0"),
	  IP(HOA1, CN, 64), UDP(8)},
	 PASSED},
	{"D-25 padding only, then a tunnel packet",
	 {FROM_CORE, IP(COA3, DAR1, 64), EXTENSION(IPPROTO_DSTOPTS, PAD_OPTIONS), IP(HOA1, CN, 64),
	  UDP(8)},
	 PASSED},
	{"D-25 two limit headers, then a tunnel packet",
	 {FROM_CORE, IP(COA3, DAR1, 64), EXTENSION(IPPROTO_DSTOPTS, LIMIT_OPTION),
	  EXTENSION(IPPROTO_DSTOPTS, LIMIT_OPTION), IP(HOA1, CN, 64), UDP(8)},
	 PASSED},
	{"D-44 options cut short",
	 {FROM_CORE,
	  IP(COA3, DAR1, 64),
	  {.kind = LAYER_OCTETS, .number = 60, RAW("\x87\x02\1\2\0\0\xc9")}},
	 DROPPED(MALFORMED)},
	{"D-44 options longer than the packet, then UDP",
	 {FROM_CORE,
	  IP(COA3, DAR1, 64),
	  {.kind = LAYER_OCTETS, .number = 60, RAW("\x11\xff\1\2\0\0\1\1")}},
	 PASSED},
	{"D-44 options longer than the packet, then options",
	 {FROM_CORE,
	  IP(COA3, DAR1, 64),
	  {.kind = LAYER_OCTETS, .number = 60, RAW("\x3c\xff\1\2\0\0\1\1")}},
	 DROPPED(MALFORMED)},
	{"D-40 payload length past the frame",
	 {FROM_CORE, IP(CN, DAR1, 64, .lie = 1), UDP(8)},
	 DROPPED(MALFORMED)},
	{"D-35 UDP to the DAR", {FROM_CORE, IP(CN, DAR1, 64), UDP(8)}, PASSED},
	{"D-35 echo request to the DAR",
	 {FROM_CORE, IP(CN, DAR1, 64), ICMP(128, "\0\0\0\0")},
	 PASSED},
	{"D-35 ESP to the DAR",
	 {FROM_CORE, IP(CN, DAR1, 64), {.kind = LAYER_OCTETS, .number = 50, .fill = 40}},
	 PASSED},
	{"D-35 solicitation for the DAR itself",
	 {FROM_NODE, IP(NODE, DAR1, 255), ICMP(135, "\0\0\0\0")},
	 .port = PORT_ACCESS,
	 PASSED},
};

static const struct row errors[] = {
	{"D-18 Packet Too Big about a tunnel packet",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(2), IP(DAR1, COA3, 60), IP(CN, HOA1, 60), UDP(8)},
	 PUNTED_ERROR},
	{"D-18 destination unreachable",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(1), IP(DAR1, COA3, 60), IP(CN, HOA1, 60), UDP(8)},
	 PUNTED_ERROR},
	{"D-18 time exceeded",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(3), IP(DAR1, COA3, 60), IP(CN, HOA1, 60), UDP(8)},
	 PUNTED_ERROR},
	{"D-18 parameter problem, with a limit option in front",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(4), IP(DAR1, COA3, 60),
	  EXTENSION(IPPROTO_DSTOPTS, LIMIT_OPTION), IP(CN, HOA1, 60), UDP(8)},
	 PUNTED_ERROR},
	{"D-18 about a tunnel of the other prefix",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(2), IP(DAR_SIDE, COA3, 60), IP(CN, HOA1, 60), UDP(8)},
	 PUNTED_ERROR},
	{"D-18 quote ends with the outer header",
	 {FROM_CORE,
	  IP(CN, DAR1, 64),
	  ERROR(2),
	  IP(DAR1, COA3, 60),
	  {.kind = LAYER_OCTETS, .number = 41}},
	 PUNTED_ERROR},
	{"D-20 about a tunnel of somebody else",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(2), IP(CN, COA3, 60), IP(CN, HOA1, 60), UDP(8)},
	 PASSED},
	{"D-20 about a packet of our own that is no tunnel packet",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(2), IP(DAR1, CN, 60), UDP(8)},
	 PASSED},
	{"D-20 about options of our own without a tunnel packet",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(2), IP(DAR1, CN, 60),
	  EXTENSION(IPPROTO_DSTOPTS, PAD_OPTIONS), UDP(8)},
	 PASSED},
	{"D-20 echo that looks like an error inside",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(128), IP(DAR1, COA3, 60), IP(CN, HOA1, 60), UDP(8)},
	 PASSED},
	{"D-20 quote cut short",
	 {FROM_CORE, IP(CN, DAR1, 64), ERROR(2), {.kind = LAYER_OCTETS, .fill = 39}},
	 PASSED},
};

static const struct row away[] = {
	{"D-47 away HoA speaks on the access link",
	 {FROM_NODE, IP(HOA1, CN, 64), UDP(8)},
	 .port = PORT_ACCESS,
	 DROPPED(AWAY_SOURCE)},
	{"D-47 to the DAR",
	 {FROM_NODE, IP(HOA1, DAR1, 64), UDP(8)},
	 .port = PORT_ACCESS,
	 DROPPED(AWAY_SOURCE)},
	{"D-47 to another away HoA",
	 {FROM_NODE, IP(HOA1, HOA_EARLY, 64), UDP(8)},
	 .port = PORT_ACCESS,
	 DROPPED(AWAY_SOURCE)},
	{"D-47 on another access link",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = SIDE_MAC},
	  IP(HOA1, CN, 64),
	  UDP(8)},
	 .port = PORT_SIDE,
	 DROPPED(AWAY_SOURCE)},
	{"D-47 multicast",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = "33:33:00:00:00:fb"},
	  IP(HOA1, "ff02::fb", 255),
	  UDP(8)},
	 .port = PORT_ACCESS,
	 DROPPED(AWAY_SOURCE)},
	{"D-47 Mobility Header to anybody passes",
	 {FROM_NODE, IP(HOA1, CN, 64), BU},
	 .port = PORT_ACCESS,
	 PASSED},
	{"D-47 neighbour discovery passes",
	 {FROM_NODE, IP(HOA1, NODE, 255), ICMP(136, "\x20\0\0\0")},
	 .port = PORT_ACCESS,
	 PASSED},
	{"D-47 advertisement that was forwarded does not",
	 {FROM_NODE, IP(HOA1, NODE, 254), ICMP(136, "\x20\0\0\0")},
	 .port = PORT_ACCESS,
	 DROPPED(AWAY_SOURCE)},
	{"D-47 binding over: at home again",
	 {FROM_NODE, IP(HOA_EXPIRED, CN, 64), UDP(8)},
	 .port = PORT_ACCESS,
	 PASSED},
	{"D-34 attached node", {FROM_NODE, IP(NODE, CN, 64), UDP(8)}, .port = PORT_ACCESS, PASSED},
	{"D-47 only on access links: core", {FROM_CORE, IP(HOA1, CN, 64), UDP(8)}, PASSED},
};

static void prefix_frame(struct frame_octets *frame, const struct hex *packet)
{
	const struct layer link[] = {FROM_CORE, {0}};

	frame_build(frame, link);
	memcpy(frame->at + frame->len, packet->at, packet->len);
	frame->len += packet->len;
}

/* Every message of the vectors that goes to DAR1 (set S1024: its addresses are ours). */
static void check_vectors(struct dar_world *world)
{
	static const char *const to_dar[] = {
		"BU1_cga_fast",   "BU2_phkt_early", "CoTI",           "BU3_phkt_complete",
		"BU4_dereg_away", "BU5_dereg_home", "BU3b_cga_secure"};
	char path[64], name[96];
	struct row row = {.name = name, PUNTED};
	struct frame_octets in;
	struct hex packet;

	for (size_t i = 0; i < sizeof(to_dar) / sizeof(to_dar[0]); i++) {
		snprintf(path, sizeof(path), "%s/packet", to_dar[i]);
		snprintf(name, sizeof(name), "D-41 vector %s", to_dar[i]);
		packet = vectors_octets("S1024", path);
		prefix_frame(&in, &packet);
		dar_world_expect(world, &row, &in, &in);
	}
}

/* Every cut of a BU; only the whole one reaches the agent. `honest`: the length field says so. */
static void check_cuts(struct dar_world *world, bool honest)
{
	const struct hex packet = vectors_octets("S1024", "BU2_phkt_early/packet");
	const size_t options = ETHERNET_OCTETS + IPV6_HEADER_OCTETS;
	struct frame_octets in, cut;
	bool good = true;

	dar_world_budget_refill(world);
	prefix_frame(&in, &packet);
	for (size_t len = ETHERNET_OCTETS; len <= in.len && good; len++) {
		enum outcome expected = len < options  ? OUTCOME_PASSED
					: len < in.len ? OUTCOME_MALFORMED
						       : OUTCOME_PUNTED;

		cut = in;
		cut.len = len;
		if (honest && len >= options)
			cut.at[ETHERNET_OCTETS + 5] = len - options;
		good = bpf_run_xdp(&world->run, &cut, world->ifindex[PORT_CORE], 0) == 0 &&
		       world->run.counted == (int)expected &&
		       world->run.punts == (expected == OUTCOME_PUNTED);
		if (!good)
			printf("#   cut to %zu octets: outcome %d\n", len, world->run.counted);
	}
	tap_row(good, honest ? "D-41 BU cut at every length, length field right"
			     : "D-41 BU cut at every length");
}

/* Nobody reads: the ring buffer fills, and signalling is dropped and counted, not passed. From
 * many sources: one alone is stopped before. */
static void check_full(struct dar_world *world)
{
	const struct layer bu[] = {FROM_CORE,
				   IP(COA3, DAR1, 64),
				   HAO,
				   {.kind = LAYER_OCTETS, .number = 135, .fill = 1400},
				   {0}};
	enum { SOURCE_END = ETHERNET_OCTETS + 24, EACH = 16, EVENTS = 4096 };
	struct frame_octets in;
	int error = 0;

	dar_world_budget_refill(world);
	frame_build(&in, bu);
	for (int i = 0; i < EVENTS && !error; i++) {
		in.at[SOURCE_END - 2] = i / EACH >> 8;
		in.at[SOURCE_END - 1] = i / EACH;
		error = bpf_run_flood(&world->run, &in, world->ifindex[PORT_CORE], 1);
	}
	tap_row(!error && world->run.action == XDP_DROP &&
			bpf_run_total(&world->run, OUTCOME_PUNT_FULL) > 0,
		"D-41 ring buffer full: dropped and counted");
	bpf_run_collect(&world->run);
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar", NULL);
	dar_world_rows(&world, signalling, sizeof(signalling) / sizeof(signalling[0]));
	dar_world_rows(&world, not_signalling, sizeof(not_signalling) / sizeof(not_signalling[0]));
	dar_world_rows(&world, errors, sizeof(errors) / sizeof(errors[0]));
	dar_world_rows(&world, away, sizeof(away) / sizeof(away[0]));
	check_vectors(&world);
	check_cuts(&world, false);
	check_cuts(&world, true);
	check_full(&world);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
