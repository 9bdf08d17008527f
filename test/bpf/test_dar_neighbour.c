// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of neighbour discovery for away HoAs, answered on the access link.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

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
#define ON_ACCESS .port = PORT_ACCESS, PASSED

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
	{"R-13 R-16 DAD probe is defended, to all nodes",
	 {GROUP_FRAME, IP("::", GROUP_HOA1, 255), NS(TARGET_HOA1)},
	 {ALL_NODES_FRAME, IP(DAR1, "ff02::1", 255), NA(FLAGS_NONE TARGET_HOA1)},
	 ANSWERED},
	{"R-16 DAD probe with a nonce (RFC 7527): the frame stays",
	 {GROUP_FRAME, IP("::", GROUP_HOA1, 255), NS(TARGET_HOA1 NONCE)},
	 {ALL_NODES_FRAME, IP(DAR1, "ff02::1", 255), NA(FLAGS_NONE TARGET_HOA1)},
	 ANSWERED},
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

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar", NULL);
	dar_world_rows(&world, rows, sizeof(rows) / sizeof(rows[0]));
	dar_world_unload(&world, skeleton);
	return tap_end();
}
