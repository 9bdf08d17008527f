// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of neighbour discovery for away HoAs, answered on the access link.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <bpf/bpf.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* 2001:db8:1:0:140d:9da8:2c0a:59ea and its solicited-node group */
#define TARGET_HOA1    "\x20\x01\x0d\xb8\0\x01\0\0\x14\x0d\x9d\xa8\x2c\x0a\x59\xea"
#define GROUP_HOA1     "ff02::1:ff0a:59ea"
#define GROUP_HOA1_MAC "33:33:ff:0a:59:ea"
#define TARGET_NODE    "\x20\x01\x0d\xb8\0\x01\0\0\0\0\0\0\0\0\0\x99"
#define TARGET_EXPIRED "\x20\x01\x0d\xb8\0\x01\0\0\0\0\0\0\0\0\0\xe3"
#define TARGET_SIDE    "\x20\x01\x0d\xb8\0\x09\0\0\0\0\0\0\0\0\0\xec"
#define GROUP_SIDE     "ff02::1:ff00:ec"
#define SLLA           "\x01\x01\x02\0\0\0\x0c\x02"
#define NONCE          "\x0e\x01\x01\x02\x03\x04\x05\x06"
#define NODE_LL        "fe80::c:2"
#define FLAGS_NONE     "\0\0\0\0"
#define FLAGS_S        "\x40\0\0\0"

#define GROUP_FRAME                                                                                \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = GROUP_HOA1_MAC          \
	}
#define ALL_NODES_FRAME                                                                            \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = ACCESS_MAC, .destination = "33:33:00:00:00:01"   \
	}
#define NS(text)  ICMP(135, "\0\0\0\0" text)
#define NA(text)  ICMP(136, text "\x02\x01\x02\0\0\0\0\x02")
#define ANSWERED  .action = XDP_REDIRECT, .outcome = OUTCOME_ND_ANSWERED, .port = PORT_ACCESS
#define HANDED_UP .punt = PUNT_CONFLICT
#define ON_ACCESS .port = PORT_ACCESS, PASSED

enum { ERROR_BURST = 50 }; /* of what one CPU hands up at once */

static const struct row rows[] = {
	{"R-13 R-15 solicitation for an away HoA",
	 {GROUP_FRAME, IP(NODE, GROUP_HOA1, 255), NS(TARGET_HOA1 SLLA)},
	 {TO_NODE, IP(DAR1, NODE, 255), NA(FLAGS_S TARGET_HOA1)},
	 ANSWERED},
	{"R-13 from a link-local address",
	 {GROUP_FRAME, IP(NODE_LL, GROUP_HOA1, 255), NS(TARGET_HOA1 SLLA)},
	 {TO_NODE, IP(DAR1, NODE_LL, 255), NA(FLAGS_S TARGET_HOA1)},
	 ANSWERED},
	{"R-13 unicast, as neighbours probe",
	 {FROM_NODE, IP(NODE, HOA1, 255), NS(TARGET_HOA1 SLLA)},
	 {TO_NODE, IP(DAR1, NODE, 255), NA(FLAGS_S TARGET_HOA1)},
	 ANSWERED},
	{"R-13 unicast without an option: the frame grows",
	 {FROM_NODE, IP(NODE, HOA1, 255), NS(TARGET_HOA1)},
	 {TO_NODE, IP(DAR1, NODE, 255), NA(FLAGS_S TARGET_HOA1)},
	 ANSWERED},
	{"R-13 R-16 C-41 DAD probe is defended, to all nodes, and told",
	 {GROUP_FRAME, IP("::", GROUP_HOA1, 255), NS(TARGET_HOA1)},
	 {ALL_NODES_FRAME, IP(DAR1, "ff02::1", 255), NA(FLAGS_NONE TARGET_HOA1)},
	 ANSWERED,
	 HANDED_UP},
	{"R-16 DAD probe with a nonce (RFC 7527): the frame stays",
	 {GROUP_FRAME, IP("::", GROUP_HOA1, 255), NS(TARGET_HOA1 NONCE)},
	 {ALL_NODES_FRAME, IP(DAR1, "ff02::1", 255), NA(FLAGS_NONE TARGET_HOA1)},
	 ANSWERED,
	 HANDED_UP},
	{"R-13 two options: the frame shrinks",
	 {GROUP_FRAME, IP(NODE, GROUP_HOA1, 255), NS(TARGET_HOA1 SLLA NONCE)},
	 {TO_NODE, IP(DAR1, NODE, 255), NA(FLAGS_S TARGET_HOA1)},
	 ANSWERED},
	{"R-13 option of 16 units, the longest read",
	 {GROUP_FRAME,
	  IP(NODE, GROUP_HOA1, 255),
	  {.kind = LAYER_ICMPV6, .type = 135, RAW("\0\0\0\0" TARGET_HOA1 "\x0e\x10"), .fill = 126}},
	 {TO_NODE, IP(DAR1, NODE, 255), NA(FLAGS_S TARGET_HOA1)},
	 ANSWERED},
	{"R-13 traffic class and flow label of the asker are no matter",
	 {GROUP_FRAME, IP(NODE, GROUP_HOA1, 255, .traffic_class = 0xc0, .flow_label = 5),
	  NS(TARGET_HOA1 SLLA)},
	 {TO_NODE, IP(DAR1, NODE, 255), NA(FLAGS_S TARGET_HOA1)},
	 ANSWERED},
	{"R-13 asked by another away HoA",
	 {GROUP_FRAME, IP(HOA_EARLY, GROUP_HOA1, 255), NS(TARGET_HOA1 SLLA)},
	 {TO_NODE, IP(DAR1, HOA_EARLY, 255), NA(FLAGS_S TARGET_HOA1)},
	 ANSWERED},
	{"R-13 the HoA itself asks: home again, not answered",
	 {GROUP_FRAME, IP(HOA1, GROUP_HOA1, 255), NS(TARGET_HOA1 SLLA)},
	 ON_ACCESS},
	{"R-17 binding over",
	 {FROM_NODE, IP(NODE, HOA_EXPIRED, 255), NS(TARGET_EXPIRED SLLA)},
	 ON_ACCESS},
	{"R-13 attached node", {FROM_NODE, IP(CN, NODE, 255), NS(TARGET_NODE SLLA)}, ON_ACCESS},
	{"R-13 HoA of another link",
	 {GROUP_FRAME, IP(NODE, GROUP_SIDE, 255), NS(TARGET_SIDE SLLA)},
	 ON_ACCESS},
	{"R-13 on the core",
	 {{.kind = LAYER_ETHERNET, .source = CORE_NEXT_MAC, .destination = GROUP_HOA1_MAC},
	  IP(CN, GROUP_HOA1, 255),
	  NS(TARGET_HOA1 SLLA)},
	 PASSED},
	{"R-13 unicast on the core, not tunnelled either",
	 {FROM_CORE, IP(CN, HOA1, 255), NS(TARGET_HOA1 SLLA)},
	 PASSED},
	{"R-13 hop limit 254",
	 {GROUP_FRAME, IP(NODE, GROUP_HOA1, 254), NS(TARGET_HOA1 SLLA)},
	 ON_ACCESS},
	{"R-13 code 1",
	 {GROUP_FRAME,
	  IP(NODE, GROUP_HOA1, 255),
	  {.kind = LAYER_ICMPV6, .type = 135, .code = 1, RAW("\0\0\0\0" TARGET_HOA1 SLLA)}},
	 ON_ACCESS},
	{"R-13 wrong checksum",
	 {GROUP_FRAME,
	  IP(NODE, GROUP_HOA1, 255),
	  {.kind = LAYER_ICMPV6, .type = 135, .bad_checksum = 1, RAW("\0\0\0\0" TARGET_HOA1 SLLA)}},
	 ON_ACCESS},
	{"R-13 option of length 0",
	 {GROUP_FRAME, IP(NODE, GROUP_HOA1, 255), NS(TARGET_HOA1 "\x01\0\0\0\0\0\0\0")},
	 ON_ACCESS},
	{"R-13 option longer than the packet",
	 {GROUP_FRAME, IP(NODE, GROUP_HOA1, 255), NS(TARGET_HOA1 "\x01\x02\0\0\0\0\0\0")},
	 ON_ACCESS},
	{"R-13 odd length",
	 {GROUP_FRAME, IP(NODE, GROUP_HOA1, 255), NS(TARGET_HOA1 "\x01\x01\0\0")},
	 ON_ACCESS},
	{"R-13 cut within its target",
	 {GROUP_FRAME, IP(NODE, GROUP_HOA1, 255), NS("\x20\x01\x0d\xb8\0\x01\0\0\x14\x0d")},
	 ON_ACCESS},
	{"R-13 longer than what is read",
	 {GROUP_FRAME,
	  IP(NODE, GROUP_HOA1, 255),
	  {.kind = LAYER_ICMPV6, .type = 135, RAW("\0\0\0\0" TARGET_HOA1 "\x0e\x11"), .fill = 134}},
	 ON_ACCESS},
	{"R-13 payload length past the frame",
	 {GROUP_FRAME, IP(NODE, GROUP_HOA1, 255, .lie = 8), NS(TARGET_HOA1 SLLA)},
	 ON_ACCESS},
	{"R-13 destination is another solicited-node group",
	 {GROUP_FRAME, IP(NODE, "ff02::1:ff0a:59eb", 255), NS(TARGET_HOA1 SLLA)},
	 ON_ACCESS},
	{"R-13 probe from :: to the HoA itself is no DAD",
	 {FROM_NODE, IP("::", HOA1, 255), NS(TARGET_HOA1)},
	 ON_ACCESS},
	{"R-16 DAD probe with a source link-layer address is no DAD",
	 {GROUP_FRAME, IP("::", GROUP_HOA1, 255), NS(TARGET_HOA1 SLLA)},
	 ON_ACCESS},
	{"R-13 flooded frame for another MAC",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = CORE_MAC},
	  IP(NODE, HOA1, 255),
	  NS(TARGET_HOA1 SLLA)},
	 ON_ACCESS},
	{"R-09 router solicitation",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = "33:33:00:00:00:02"},
	  IP(NODE_LL, "ff02::2", 255),
	  ICMP(133, "\0\0\0\0" SLLA)},
	 ON_ACCESS},
	{"R-23 router advertisement",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = "33:33:00:00:00:01"},
	  IP(NODE_LL, "ff02::1", 255),
	  ICMP(134, "\x40\0\0\0\0\0\0\0\0\0\0\0")},
	 ON_ACCESS},
	{"R-13 advertisement of a neighbour",
	 {FROM_NODE, IP(NODE, DAR1, 255), ICMP(136, "\x60\0\0\0" TARGET_NODE)},
	 ON_ACCESS},
};

#define TARGET_TENTATIVE  "\x20\x01\x0d\xb8\0\x01\0\0\0\0\0\0\0\0\0\x77"
#define TENTATIVE         "2001:db8:1::77"
#define GROUP_TENTATIVE   "ff02::1:ff00:77"
#define LINK_LOCAL_HOA1   "fe80::140d:9da8:2c0a:59ea"
#define TARGET_LOCAL      "\xfe\x80\0\0\0\0\0\0\x14\x0d\x9d\xa8\x2c\x0a\x59\xea"
#define LOCAL_EXPIRED     "fe80::e3"
#define TARGET_LOCAL_OVER "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\xe3"
#define FLAGS_O           "\x20\0\0\0"
#define FLAGS_S_O         "\x60\0\0\0"
#define TLLA              "\x02\x01\x02\0\0\0\x0c\x02"
#define CLAIM(text)       ICMP(136, text TLLA)
#define TO_ALL                                                                                     \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = "33:33:00:00:00:01"     \
	}
#define OWN_ECHO                                                                                   \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = ACCESS_MAC, .destination = "33:33:00:00:00:01"   \
	}

static const struct row conflicts[] = {
	{"C-41 advertisement for an away HoA is told, and the stack hears it",
	 {TO_ALL, IP(NODE, "ff02::1", 255), CLAIM(FLAGS_O TARGET_HOA1)},
	 ON_ACCESS,
	 HANDED_UP},
	{"C-41 from the HoA itself, home again",
	 {TO_ALL, IP(HOA1, "ff02::1", 255), CLAIM(FLAGS_O TARGET_HOA1)},
	 ON_ACCESS,
	 HANDED_UP},
	{"C-41 from a link-local address, to the DAR",
	 {FROM_NODE, IP(NODE_LL, DAR1, 255), CLAIM(FLAGS_S_O TARGET_HOA1)},
	 ON_ACCESS,
	 HANDED_UP},
	{"C-41 checksum is the agent's business",
	 {TO_ALL,
	  IP(NODE, "ff02::1", 255),
	  {.kind = LAYER_ICMPV6, .type = 136, .bad_checksum = 1, RAW(FLAGS_O TARGET_HOA1 TLLA)}},
	 ON_ACCESS,
	 HANDED_UP},
	{"C-41 hop limit 254 is no neighbour",
	 {TO_ALL, IP(NODE, "ff02::1", 254), CLAIM(FLAGS_O TARGET_HOA1)},
	 ON_ACCESS},
	{"C-41 code 1",
	 {TO_ALL,
	  IP(NODE, "ff02::1", 255),
	  {.kind = LAYER_ICMPV6, .type = 136, .code = 1, RAW(FLAGS_O TARGET_HOA1 TLLA)}},
	 ON_ACCESS},
	{"C-41 cut within its target",
	 {TO_ALL, IP(NODE, "ff02::1", 255), ICMP(136, FLAGS_O "\x20\x01\x0d\xb8\0\x01")},
	 ON_ACCESS},
	{"C-41 payload length past the frame",
	 {TO_ALL, IP(NODE, "ff02::1", 255, .lie = 8), CLAIM(FLAGS_O TARGET_HOA1)},
	 ON_ACCESS},
	{"C-41 what we sent ourselves, come back",
	 {OWN_ECHO, IP(NODE, "ff02::1", 255), CLAIM(FLAGS_O TARGET_HOA1)},
	 ON_ACCESS},
	{"C-41 an attached node's own",
	 {TO_ALL, IP(NODE, "ff02::1", 255), CLAIM(FLAGS_O TARGET_NODE)},
	 ON_ACCESS},
	{"C-41 binding over",
	 {TO_ALL, IP(NODE, "ff02::1", 255), CLAIM(FLAGS_O TARGET_EXPIRED)},
	 ON_ACCESS},
	{"C-41 HoA of another link",
	 {TO_ALL, IP(NODE, "ff02::1", 255), CLAIM(FLAGS_O TARGET_SIDE)},
	 ON_ACCESS},
	{"C-41 on the core",
	 {{.kind = LAYER_ETHERNET, .source = CORE_NEXT_MAC, .destination = CORE_MAC},
	  IP(CN, DAR1, 255),
	  CLAIM(FLAGS_O TARGET_HOA1)},
	 PASSED},
	{"C-40 DAD probe for a tentative address is told, not answered",
	 {GROUP_FRAME, IP("::", GROUP_TENTATIVE, 255), NS(TARGET_TENTATIVE NONCE)},
	 ON_ACCESS,
	 HANDED_UP},
	{"C-40 advertisement for a tentative address",
	 {FROM_NODE, IP(TENTATIVE, DAR1, 255), CLAIM(FLAGS_S_O TARGET_TENTATIVE)},
	 ON_ACCESS,
	 HANDED_UP},
	{"C-40 solicitation for a tentative address is no claim",
	 {GROUP_FRAME, IP(NODE, GROUP_TENTATIVE, 255), NS(TARGET_TENTATIVE SLLA)},
	 ON_ACCESS},
	{"C-40 DAD probe with a source link-layer address is none",
	 {GROUP_FRAME, IP("::", GROUP_TENTATIVE, 255), NS(TARGET_TENTATIVE SLLA)},
	 ON_ACCESS},
	{"C-40 tentative on another link",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = SIDE_MAC},
	  IP(NODE_LL, "ff02::1", 255),
	  CLAIM(FLAGS_O TARGET_TENTATIVE)},
	 .port = PORT_SIDE,
	 PASSED},
	{"C-43 solicitation for the link-local address of an away HoA",
	 {GROUP_FRAME, IP(NODE_LL, GROUP_HOA1, 255), NS(TARGET_LOCAL SLLA)},
	 {TO_NODE, IP(DAR1, NODE_LL, 255), NA(FLAGS_S TARGET_LOCAL)},
	 ANSWERED},
	{"C-43 R-16 DAD probe for it",
	 {GROUP_FRAME, IP("::", GROUP_HOA1, 255), NS(TARGET_LOCAL)},
	 {ALL_NODES_FRAME, IP(DAR1, "ff02::1", 255), NA(FLAGS_NONE TARGET_LOCAL)},
	 ANSWERED,
	 HANDED_UP},
	{"C-43 advertisement for it",
	 {TO_ALL, IP(LINK_LOCAL_HOA1, "ff02::1", 255), CLAIM(FLAGS_O TARGET_LOCAL)},
	 ON_ACCESS,
	 HANDED_UP},
	{"C-43 the owner asks: home again",
	 {GROUP_FRAME, IP(LINK_LOCAL_HOA1, GROUP_HOA1, 255), NS(TARGET_LOCAL SLLA)},
	 ON_ACCESS},
	{"C-43 binding of the HoA over",
	 {FROM_NODE, IP(NODE_LL, LOCAL_EXPIRED, 255), NS(TARGET_LOCAL_OVER SLLA)},
	 ON_ACCESS},
	{"C-43 nor is a claim to it told",
	 {TO_ALL, IP(LOCAL_EXPIRED, "ff02::1", 255), CLAIM(FLAGS_O TARGET_LOCAL_OVER)},
	 ON_ACCESS},
};

static void defend(const struct dar_world *world, const char *address, const char *hoa,
		   enum defence kind)
{
	struct defended row = {.ifindex = world->ifindex[PORT_ACCESS], .kind = kind};
	uint8_t key[16];

	dar_world_key(key, address);
	if (hoa)
		dar_world_key(row.hoa, hoa);
	if (bpf_map_update_elem(dar_world_map(world, "defended"), key, &row, BPF_ANY))
		perror("defended");
}

/* T13: whoever claims what he likes costs the agent no more than a ration; the answers go on. */
static void check_ration(struct dar_world *world)
{
	const struct layer layers[] = {
		TO_ALL, IP(NODE, "ff02::1", 255), CLAIM(FLAGS_O TARGET_HOA1), {0}};
	const struct layer probe[] = {GROUP_FRAME, IP("::", GROUP_HOA1, 255), NS(TARGET_HOA1), {0}};
	unsigned int told = 0, sent = 0;
	struct frame_octets in;

	dar_world_pin(0);
	frame_build(&in, layers);
	while (sent < 100000 && (!sent || world->run.punts)) {
		bpf_run_xdp(&world->run, &in, world->ifindex[PORT_ACCESS], 0);
		told += world->run.punts;
		sent++;
	}
	printf("#   %u claims told, then no more\n", told);
	tap_row(told >= ERROR_BURST / 2 && sent == told + 1 && world->run.action == XDP_PASS,
		"C-41 claims are told within a ration of their own");
	frame_build(&in, probe);
	do
		bpf_run_xdp(&world->run, &in, world->ifindex[PORT_ACCESS], 0);
	while (world->run.punts && ++told < 100000);
	tap_row(!world->run.punts && world->run.counted == OUTCOME_ND_ANSWERED &&
			world->run.action == XDP_REDIRECT,
		"R-16 over the ration the probe is answered all the same");
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar", NULL);
	dar_world_rows(&world, rows, sizeof(rows) / sizeof(rows[0]));
	defend(&world, TENTATIVE, NULL, DEFENCE_TENTATIVE);
	defend(&world, LINK_LOCAL_HOA1, HOA1, DEFENCE_LINK_LOCAL);
	defend(&world, LOCAL_EXPIRED, HOA_EXPIRED, DEFENCE_LINK_LOCAL);
	dar_world_rows(&world, conflicts, sizeof(conflicts) / sizeof(conflicts[0]));
	check_ration(&world);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
