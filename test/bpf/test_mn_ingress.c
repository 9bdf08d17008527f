// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of what arrives at the mobile node: out of the tunnel, up to the agent, untouched.
#include "harness/mn_world.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define STRIPPED       LET_GO(DECAPSULATED_STACK)
#define UNTOUCHED      LET_GO(PASSED)
#define TAKEN          SHOT(PUNTED), .punt = PUNT_SIGNALLING
#define ERROR_TOLD     LET_GO(PUNTED), .punt = PUNT_TUNNEL_ERROR
#define LIMIT          EXTENSION(IPPROTO_DSTOPTS, LIMIT_OPTION)
#define OPTIONS(n)     EXTENSION(n, PAD_OPTIONS)
#define FRAGMENT(text) EXTENSION(IPPROTO_FRAGMENT, text)
#define ROUTING(text)  EXTENSION(IPPROTO_ROUTING, text)
#define BA             MOBILITY("\x3b\x01\x06\0\0\0\0\x40\0\7\0\1\1\2\0\0")
#define HOA1_OCTETS    "\x20\x01\x0d\xb8\0\1\0\0\x14\x0d\x9d\xa8\x2c\x0a\x59\xea"
#define RH2            ROUTING("\2\1\0\0\0\0" HOA1_OCTETS)
#define ERROR(t)       ICMP(t, "\0\0\5\x78")
#define QUOTED(s, d)   IP(s, d, 9, .lie = 400)

static const struct mn_row rows[] = {
	{"M-30 from the HDAR, inner hop limit untouched",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64), UDP(100)},
	 {FROM_CORE, IP(CN, HOA1, 64), UDP(100)},
	 STRIPPED},
	{"M-30 hop limits 0 and 1",
	 {FROM_CORE, IP(DAR1, COA3, 0), IP(CN, HOA1, 1), UDP(8)},
	 {FROM_CORE, IP(CN, HOA1, 1), UDP(8)},
	 STRIPPED},
	{"M-30 second HoA from its own HDAR",
	 {FROM_CORE, IP(DAR2, COA3, 60), IP(CN, HOA_SECOND, 64), UDP(100)},
	 {FROM_CORE, IP(CN, HOA_SECOND, 64), UDP(100)},
	 STRIPPED},
	{"M-30 encapsulation limit in front",
	 {FROM_CORE, IP(DAR1, COA3, 60), LIMIT, IP(CN, HOA1, 64), UDP(100)},
	 {FROM_CORE, IP(CN, HOA1, 64), UDP(100)},
	 STRIPPED},
	{"M-30 longest",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64), UDP_OF(1460)},
	 {FROM_CORE, IP(CN, HOA1, 64), UDP_OF(1460)},
	 STRIPPED},
	{"M-30 no payload",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64)},
	 {FROM_CORE, IP(CN, HOA1, 64)},
	 STRIPPED},
	{"M-33 at the previous CoA",
	 {FROM_CORE, IP(DAR1, COA_BEFORE, 60), IP(CN, HOA_MOVED, 64), UDP(8)},
	 {FROM_CORE, IP(CN, HOA_MOVED, 64), UDP(8)},
	 STRIPPED},
	{"M-33 two tunnels: a HoA that was the CoA of the other",
	 {FROM_CORE, IP(DAR2, COA3, 60), IP(DAR1, HOA_SECOND, 60), IP(CN, HOA1, 64), UDP(100)},
	 {FROM_CORE, IP(CN, HOA1, 64), UDP(100)},
	 STRIPPED},
	{"M-33 two tunnels, both with a limit",
	 {FROM_CORE, IP(DAR2, COA3, 60), LIMIT, IP(DAR1, HOA_SECOND, 60), LIMIT, IP(CN, HOA1, 64),
	  UDP(100)},
	 {FROM_CORE, IP(CN, HOA1, 64), UDP(100)},
	 STRIPPED},
	{"M-30 a tunnel of the host's own inside ours",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64), IP(CN, NODE, 64), UDP(8)},
	 {FROM_CORE, IP(CN, HOA1, 64), IP(CN, NODE, 64), UDP(8)},
	 STRIPPED},
	{"M-40 DSCP of the inner header stays",
	 {FROM_CORE, IP(DAR1, COA3, 60, .traffic_class = 0xb8, .flow_label = 0x12345),
	  IP(CN, HOA1, 64, .traffic_class = 0x28, .flow_label = 0xfedcb), UDP(8)},
	 {FROM_CORE, IP(CN, HOA1, 64, .traffic_class = 0x28, .flow_label = 0xfedcb), UDP(8)},
	 STRIPPED},
	{"M-40 ECN of both tunnels",
	 {FROM_CORE, IP(DAR2, COA3, 60, .traffic_class = 3),
	  IP(DAR1, HOA_SECOND, 60, .traffic_class = 2), IP(CN, HOA1, 64, .traffic_class = 2),
	  UDP(8)},
	 {FROM_CORE, IP(CN, HOA1, 64, .traffic_class = 3), UDP(8)},
	 STRIPPED},
	{"M-30 behind an option, from as near as it says",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 254), OPTIONS(IPPROTO_DSTOPTS), UDP(8)},
	 {FROM_CORE, IP(CN, HOA1, 254), OPTIONS(IPPROTO_DSTOPTS), UDP(8)},
	 STRIPPED},
	{"M-30 echo reply out of the tunnel",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 255), ICMP(129, "\0\1\0\2")},
	 {FROM_CORE, IP(CN, HOA1, 255), ICMP(129, "\0\1\0\2")},
	 STRIPPED},

	{"M-30 not from the HDAR",
	 {FROM_CORE, IP(CN, COA3, 60), IP(CN, HOA1, 64), UDP(8)},
	 SHOT(TUNNEL_SOURCE)},
	{"M-30 from the HDAR of another HoA",
	 {FROM_CORE, IP(DAR2, COA3, 60), IP(CN, HOA1, 64), UDP(8)},
	 SHOT(TUNNEL_SOURCE)},
	{"M-30 not from the HDAR, behind a limit",
	 {FROM_CORE, IP(CN, COA3, 60), LIMIT, IP(CN, HOA1, 64), UDP(8)},
	 SHOT(TUNNEL_SOURCE)},
	{"M-30 inner tunnel not from its HDAR",
	 {FROM_CORE, IP(DAR2, COA3, 60), IP(CN, HOA_SECOND, 60), IP(CN, HOA1, 64), UDP(8)},
	 SHOT(TUNNEL_SOURCE)},
	{"M-30 binding over",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA_EXPIRED, 64), UDP(8)},
	 SHOT(EXPIRED)},
	{"M-33 three tunnels",
	 {FROM_CORE, IP(DAR2, COA3, 60), IP(DAR1, HOA_SECOND, 60), IP(DAR2, HOA1, 60),
	  IP(CN, HOA_SECOND, 64), UDP(8)},
	 SHOT(NESTED)},
	{"M-30 inner source link-local",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(LINK_LOCAL, HOA1, 64), UDP(8)},
	 SHOT(SCOPE)},
	{"M-30 inner source a group",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP("ff0e::1", HOA1, 64), UDP(8)},
	 SHOT(SCOPE)},
	{"M-30 inner source ::",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP("::", HOA1, 64), UDP(8)},
	 SHOT(SCOPE)},
	{"M-30 no neighbour in a tunnel",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 255), ICMP(136, "\x20\0\0\0")},
	 SHOT(SCOPE)},
	{"M-30 nor behind an option, where the stack would look",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 255), OPTIONS(IPPROTO_DSTOPTS),
	  ICMP(136, "\x20\0\0\0")},
	 SHOT(SCOPE)},
	{"M-30 inner length one too many",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64, .lie = 1), UDP(8)},
	 SHOT(MALFORMED)},
	{"M-30 inner length one too few",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64, .lie = -1), UDP(8)},
	 SHOT(MALFORMED)},
	{"M-30 both lengths past the frame",
	 {FROM_CORE, IP(DAR1, COA3, 60, .lie = 8), IP(CN, HOA1, 64, .lie = 8), UDP(8)},
	 SHOT(MALFORMED)},
	{"M-30 inner version 4",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64, .version = 4), UDP(8)},
	 SHOT(MALFORMED)},
	{"M-30 BA in the tunnel",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64), BA},
	 SHOT(TUNNELLED_SIGNALLING)},
	{"M-31 type 2 routing header in the tunnel",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64), RH2, UDP(8)},
	 SHOT(TUNNELLED_SIGNALLING)},

	{"M-31 BA behind a type 2 routing header", {FROM_CORE, IP(DAR1, COA3, 60), RH2, BA}, TAKEN},
	{"M-16 bare Mobility Header", {FROM_CORE, IP(DAR1, COA3, 60), BA}, TAKEN},
	{"M-16 from anybody", {FROM_CORE, IP(CN, COA3, 60), BA}, TAKEN},
	{"M-16 Mobility Header of two octets",
	 {FROM_CORE, IP(DAR1, COA3, 60), MOBILITY("\x3b\1")},
	 TAKEN},
	{"M-16 Mobility Header of none",
	 {FROM_CORE, IP(DAR1, COA3, 60), {.kind = LAYER_OCTETS, .number = IPPROTO_MH}},
	 TAKEN},
	{"M-16 Mobility Header behind options",
	 {FROM_CORE, IP(DAR1, COA3, 60), OPTIONS(IPPROTO_HOPOPTS), OPTIONS(IPPROTO_DSTOPTS), BA},
	 TAKEN},
	{"M-16 as long as a frame is",
	 {FROM_CORE,
	  IP(DAR1, COA3, 60),
	  RH2,
	  {.kind = LAYER_OCTETS, .number = IPPROTO_MH, .fill = 1500 - 64}},
	 TAKEN},
	{"M-31 routing header with UDP behind",
	 {FROM_CORE, IP(DAR1, COA3, 60), RH2, UDP(8)},
	 TAKEN},
	{"M-31 routing header behind options",
	 {FROM_CORE, IP(DAR1, COA3, 60), OPTIONS(IPPROTO_DSTOPTS), RH2, BA},
	 TAKEN},
	{"M-31 routing header with segments left 3",
	 {FROM_CORE, IP(DAR1, COA3, 60), ROUTING("\2\3\0\0\0\0" HOA1_OCTETS), BA},
	 TAKEN},
	{"M-31 routing header of 8 octets",
	 {FROM_CORE, IP(DAR1, COA3, 60), ROUTING("\2\1\0\0\0\0"), BA},
	 TAKEN},
	{"M-31 routing header that ends early",
	 {FROM_CORE,
	  IP(DAR1, COA3, 60),
	  {.kind = LAYER_OCTETS, .number = IPPROTO_ROUTING, RAW("\x87\2\2\1\0\0\0\0\x20\1")}},
	 TAKEN},
	{"M-16 longer than a frame",
	 {FROM_CORE,
	  IP(DAR1, COA3, 60),
	  {.kind = LAYER_OCTETS, .number = IPPROTO_MH, .fill = 1461}},
	 SHOT(MALFORMED)},
	{"M-16 fragment of a Mobility Header",
	 {FROM_CORE, IP(DAR1, COA3, 60), FRAGMENT("\0\1\0\0\0\7"), BA},
	 SHOT(FRAGMENT)},

	{"M-40 Packet Too Big about a tunnel packet",
	 {FROM_CORE, IP(CN, COA3, 60), ERROR(2), QUOTED(COA3, DAR1), QUOTED(HOA1, CN), UDP(100)},
	 ERROR_TOLD},
	{"M-40 time exceeded, sent from the previous CoA",
	 {FROM_CORE, IP(CN, COA3, 60), ERROR(3), QUOTED(COA_BEFORE, DAR1), QUOTED(HOA_MOVED, CN),
	  UDP(8)},
	 ERROR_TOLD},
	{"M-40 quoted: not our CoA",
	 {FROM_CORE, IP(CN, COA3, 60), ERROR(2), QUOTED(CN, DAR1), QUOTED(HOA1, CN), UDP(8)},
	 UNTOUCHED},
	{"M-40 quoted: not the HDAR",
	 {FROM_CORE, IP(CN, COA3, 60), ERROR(2), QUOTED(COA3, DAR2), QUOTED(HOA1, CN), UDP(8)},
	 UNTOUCHED},
	{"M-40 quoted: no HoA",
	 {FROM_CORE, IP(CN, COA3, 60), ERROR(2), QUOTED(COA3, DAR1), QUOTED(COA3, CN), UDP(8)},
	 UNTOUCHED},
	{"M-40 quoted: no tunnel packet",
	 {FROM_CORE, IP(CN, COA3, 60), ERROR(2), QUOTED(COA3, CN), UDP(100)},
	 UNTOUCHED},
	{"M-40 no error: echo that looks like one",
	 {FROM_CORE, IP(CN, COA3, 60), ERROR(128), QUOTED(COA3, DAR1), QUOTED(HOA1, CN), UDP(8)},
	 UNTOUCHED},

	{"native packet", {FROM_CORE, IP(CN, COA3, 60), UDP(100)}, UNTOUCHED},
	{"native packet to a HoA", {FROM_CORE, IP(CN, HOA1, 60), UDP(100)}, UNTOUCHED},
	{"somebody else's tunnel",
	 {FROM_CORE, IP(CN, COA3, 60), IP(CN, NODE, 64), UDP(8)},
	 UNTOUCHED},
	{"somebody else's tunnel, of our HDAR",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, NODE, 64), UDP(8)},
	 UNTOUCHED},
	{"tunnel packet that ends in the inner header",
	 {FROM_CORE,
	  IP(DAR1, COA3, 60),
	  {.kind = LAYER_OCTETS, .number = IPPROTO_IPV6, RAW("\x60"), .fill = 38}},
	 UNTOUCHED},
	{"fragment of a tunnel packet",
	 {FROM_CORE, IP(DAR1, COA3, 60), FRAGMENT("\0\1\0\0\0\7"), IP(CN, HOA1, 64), UDP(8)},
	 UNTOUCHED},
	{"tunnel behind other options",
	 {FROM_CORE, IP(DAR1, COA3, 60), OPTIONS(IPPROTO_DSTOPTS), IP(CN, HOA1, 64), UDP(8)},
	 UNTOUCHED},
	{"fragment of UDP",
	 {FROM_CORE, IP(CN, COA3, 60), FRAGMENT("\0\1\0\0\0\7"), UDP(8)},
	 UNTOUCHED},
	{"routing header of another type",
	 {FROM_CORE, IP(CN, COA3, 60), ROUTING("\4\0\0\0\0\0"), UDP(8)},
	 UNTOUCHED},
	{"router advertisement",
	 {FROM_CORE, IP(LINK_LOCAL, "ff02::1", 255), ICMP(134, "\0\0\0\0")},
	 UNTOUCHED},
	{"BA in a frame for another node",
	 {{.kind = LAYER_ETHERNET, .source = CORE_NEXT_MAC, .destination = NODE_MAC},
	  IP(DAR1, COA3, 60),
	  RH2,
	  BA},
	 UNTOUCHED},
	{"tunnel packet in a frame for all",
	 {{.kind = LAYER_ETHERNET, .source = CORE_NEXT_MAC, .destination = "33:33:0:0:0:1"},
	  IP(DAR1, COA3, 60),
	  IP(CN, HOA1, 64),
	  UDP(8)},
	 UNTOUCHED},
	{"not IPv6",
	 {{.kind = LAYER_ETHERNET,
	   .source = CORE_NEXT_MAC,
	   .destination = CORE_MAC,
	   .ethertype = 0x0806},
	  {.kind = LAYER_OCTETS, .number = 0, .fill = 46}},
	 UNTOUCHED},
};

static const struct dataplane_settings not_nested = {.hop_limit = 64, .max_nested = 0};

static const struct mn_row rows_not_nested[] = {
	{"M-33 one tunnel where one is allowed",
	 {FROM_CORE, IP(DAR1, COA3, 60), IP(CN, HOA1, 64), UDP(8)},
	 {FROM_CORE, IP(CN, HOA1, 64), UDP(8)},
	 STRIPPED},
	{"M-33 two tunnels where one is allowed",
	 {FROM_CORE, IP(DAR2, COA3, 60), IP(DAR1, HOA_SECOND, 60), IP(CN, HOA1, 64), UDP(8)},
	 SHOT(NESTED)},
};

/* RFC 6040 section 4.2, figure 4: inner across, outer down. */
static void check_ecn(struct dar_world *world)
{
	enum { NONE = 4 };
	static const uint8_t expected[4][4] = {
		/* outer 00 */ {0, 1, 2, 3},
		/* outer 01 */ {0, 1, 1, 3},
		/* outer 10 */ {0, 1, 2, 3},
		/* outer 11 */ {NONE, 3, 3, 3},
	};
	char name[64];

	for (uint8_t outer = 0; outer < 4; outer++) {
		for (uint8_t inner = 0; inner < 4; inner++) {
			const uint8_t ecn = expected[outer][inner];
			struct mn_row row = {
				name,
				{FROM_CORE, IP(DAR1, COA3, 60, .traffic_class = outer),
				 IP(CN, HOA1, 64, .traffic_class = 0xb8 | inner), UDP(8)},
				{FROM_CORE, IP(CN, HOA1, 64, .traffic_class = 0xb8 | ecn), UDP(8)},
				STRIPPED,
			};

			if (ecn == NONE) {
				row.action = TC_ACT_SHOT;
				row.outcome = OUTCOME_ECN;
			}
			snprintf(name, sizeof(name), "M-40 ECN inner %d%d outer %d%d", inner >> 1,
				 inner & 1, outer >> 1, outer & 1);
			mn_world_row(world, &row);
		}
	}
}

/* Cut anywhere, a frame is let go as it came or dropped, never half stripped. */
static void check_truncated(struct dar_world *world)
{
	const struct layer tunnel[] = {FROM_CORE,
				       IP(DAR2, COA3, 60),
				       LIMIT,
				       IP(DAR1, HOA_SECOND, 60),
				       IP(CN, HOA1, 64),
				       UDP(40),
				       {0}};
	struct frame_octets whole, cut;
	unsigned int wrong = 0;

	frame_build(&whole, tunnel);
	/* No shorter ones: the kernel does not run a test of them. */
	for (size_t len = ETHERNET_OCTETS + IPV6_HEADER_OCTETS; len < whole.len; len++) {
		cut = whole;
		cut.len = len;
		if (bpf_run_skb(&world->run, &cut, world->ifindex[PORT_CORE], 0))
			wrong++;
		else if (world->run.action == TC_ACT_SHOT)
			wrong += world->run.counted != OUTCOME_MALFORMED;
		else
			wrong += world->run.counted != OUTCOME_PASSED ||
				 world->run.out.len != len ||
				 memcmp(world->run.out.at, cut.at, len);
	}
	printf("#   %u of %zu\n", wrong, whole.len);
	tap_row(!wrong, "M-30 cut at every octet");
}

static void check_traffic(struct dar_world *world)
{
	const struct layer layers[] = {
		FROM_CORE, IP(DAR2, COA3, 60), IP(CN, HOA_SECOND, 64), UDP_OF(777), {0}};
	const struct traffic before = dar_world_traffic(world, HOA_SECOND);
	struct frame_octets in;
	struct traffic after;

	frame_build(&in, layers);
	bpf_run_skb(&world->run, &in, world->ifindex[PORT_CORE], 0);
	after = dar_world_traffic(world, HOA_SECOND);
	tap_row(after.downlink_packets - before.downlink_packets == 1 &&
			after.downlink_bytes - before.downlink_bytes == 777 &&
			after.uplink_packets == 0 && after.uplink_bytes == 0,
		"M-30 downlink packets and octets");
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = mn_world_load(&world, "fama_mn_ingress", NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		mn_world_row(&world, &rows[i]);
	check_ecn(&world);
	check_truncated(&world);
	check_traffic(&world);
	dar_world_unload(&world, skeleton);
	skeleton = mn_world_load(&world, "fama_mn_ingress", &not_nested);
	for (size_t i = 0; i < sizeof(rows_not_nested) / sizeof(rows_not_nested[0]); i++)
		mn_world_row(&world, &rows_not_nested[i]);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
