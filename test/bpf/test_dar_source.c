// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of who may speak on an access link.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <netinet/in.h>

#define FROM_NODE_SIDE                                                                             \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = SIDE_MAC                \
	}
#define TO_ROUTERS                                                                                 \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = "33:33:00:00:00:02"     \
	}
#define TO_MLD                                                                                     \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = "33:33:00:00:00:16"     \
	}
#define NODE_LL      "fe80::c:2"
#define FOREIGN      "2001:db8:77::1"
#define ROUTER_ALERT EXTENSION(IPPROTO_HOPOPTS, "\x05\x02\0\0\x01\0")
#define MLD_REPORT   ICMP(143, "\0\0\0\1\x04\0\0\0\xff\2\0\0\0\0\0\0\0\0\0\1\xff\0\0\x99")
#define TARGET_DAR1  "\x20\x01\x0d\xb8\0\x01\0\0\x0c\x65\xdc\x6b\x9e\xad\xe1\x0b"
#define SOLICIT_DAR1 ICMP(135, "\0\0\0\0" TARGET_DAR1 "\x01\x01\x02\0\0\0\x0c\x02")
#define CLAIM_DAR1   ICMP(136, "\x20\0\0\0" TARGET_DAR1 "\x02\x01\x02\0\0\0\x0c\x02")
#define BU           MOBILITY(BU_OCTETS)
#define ON_ACCESS    .port = PORT_ACCESS

static const struct row checked[] = {
	{"R-20 attached node", {FROM_NODE, IP(NODE, CN, 64), UDP(8)}, ON_ACCESS, PASSED},
	{"R-20 attached node to the DAR",
	 {FROM_NODE, IP(NODE, DAR1, 64), UDP(8)},
	 ON_ACCESS,
	 PASSED},
	{"R-20 foreign source",
	 {FROM_NODE, IP(FOREIGN, CN, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 foreign source to the DAR",
	 {FROM_NODE, IP(FOREIGN, DAR1, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 foreign source to an away HoA",
	 {FROM_NODE, IP(FOREIGN, HOA1, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 BU from a foreign CoA",
	 {FROM_NODE, IP(FOREIGN, DAR1, 64), BU},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 tunnel packet of another's CoA",
	 {FROM_NODE, IP(COA3, DAR1, 64), IP(HOA1, CN, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 multicast source",
	 {FROM_NODE, IP("ff02::1", CN, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 loopback source",
	 {FROM_NODE, IP("::1", CN, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 the DAR's own address",
	 {FROM_NODE, IP(DAR1, CN, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 the DAR's own address on another link",
	 {FROM_NODE, IP(DAR_SIDE, DAR1, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 prefix of another link of ours",
	 {FROM_NODE, IP("2001:db8:9::99", CN, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 which is that link's own",
	 {FROM_NODE_SIDE, IP("2001:db8:9::99", CN, 64), UDP(8)},
	 .port = PORT_SIDE,
	 PASSED},
	{"R-20 link-local", {FROM_NODE, IP(NODE_LL, DAR1, 64), UDP(8)}, ON_ACCESS, PASSED},
	{"R-20 unspecified to one node",
	 {FROM_NODE, IP("::", DAR1, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 MLD report of a node without address yet",
	 {TO_MLD, IP("::", "ff02::16", 1), ROUTER_ALERT, MLD_REPORT},
	 ON_ACCESS,
	 PASSED},
	{"R-20 MLD report from a link-local address",
	 {TO_MLD, IP(NODE_LL, "ff02::16", 1), ROUTER_ALERT, MLD_REPORT},
	 ON_ACCESS,
	 PASSED},
	{"R-20 router solicitation without address",
	 {TO_ROUTERS, IP("::", "ff02::2", 255), ICMP(133, "\0\0\0\0")},
	 ON_ACCESS,
	 PASSED},
	{"R-20 away MN looks for its router from its HoA",
	 {FROM_NODE, IP(FOREIGN, DAR1, 255), SOLICIT_DAR1},
	 ON_ACCESS,
	 PASSED},
	{"R-20 duplicate of the DAR's address is heard",
	 {FROM_NODE, IP(DAR1, "ff02::1", 255), CLAIM_DAR1},
	 ON_ACCESS,
	 PASSED},
	{"R-20 that was forwarded is not",
	 {FROM_NODE, IP(DAR1, "ff02::1", 254), CLAIM_DAR1},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"R-20 foreign ping with hop limit 255",
	 {FROM_NODE, IP(FOREIGN, DAR1, 255), ICMP(128, "\0\0\0\0")},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
	{"D-47 away HoA on its own link",
	 {FROM_NODE, IP(HOA1, CN, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(AWAY_SOURCE)},
	{"D-47 away HoA on its own link to the DAR",
	 {FROM_NODE, IP(HOA1, DAR1, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(AWAY_SOURCE)},
	{"D-47 away HoA comes home: BU",
	 {FROM_NODE, IP(HOA1, DAR1, 64), BU},
	 ON_ACCESS,
	 .action = XDP_DROP,
	 .outcome = OUTCOME_PUNTED,
	 .punt = PUNT_SIGNALLING},
	{"R-20 away HoA on another link of ours",
	 {FROM_NODE_SIDE, IP(HOA1, CN, 64), UDP(8)},
	 .port = PORT_SIDE,
	 DROPPED(SOURCE)},
	{"D-47 binding over: at home again",
	 {FROM_NODE, IP(HOA_EXPIRED, CN, 64), UDP(8)},
	 ON_ACCESS,
	 PASSED},
	{"R-20 flooded frame is not ours to judge",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = CORE_MAC},
	  IP(FOREIGN, CN, 64),
	  UDP(8)},
	 ON_ACCESS,
	 PASSED},
	{"R-20 only on access links: core", {FROM_CORE, IP(FOREIGN, CN, 64), UDP(8)}, PASSED},
};

static const struct row no_prefix[] = {
	{"R-20 link without a prefix: nothing to compare with",
	 {FROM_NODE_SIDE, IP(FOREIGN, CN, 64), UDP(8)},
	 .port = PORT_SIDE,
	 PASSED},
	{"R-20 nor the DAR's own address",
	 {FROM_NODE_SIDE, IP(DAR1, CN, 64), UDP(8)},
	 .port = PORT_SIDE,
	 PASSED},
	{"D-47 away HoA on a link without a prefix",
	 {FROM_NODE_SIDE, IP(HOA1, CN, 64), UDP(8)},
	 .port = PORT_SIDE,
	 DROPPED(AWAY_SOURCE)},
	{"R-20 the other link keeps its check",
	 {FROM_NODE, IP(FOREIGN, CN, 64), UDP(8)},
	 ON_ACCESS,
	 DROPPED(SOURCE)},
};

static const struct row unchecked[] = {
	{"R-20 switched off: foreign source",
	 {FROM_NODE, IP(FOREIGN, CN, 64), UDP(8)},
	 ON_ACCESS,
	 PASSED},
	{"R-20 switched off: the DAR's own address",
	 {FROM_NODE, IP(DAR1, CN, 64), UDP(8)},
	 ON_ACCESS,
	 PASSED},
	{"D-47 does not depend on it",
	 {FROM_NODE_SIDE, IP(HOA1, CN, 64), UDP(8)},
	 .port = PORT_SIDE,
	 DROPPED(AWAY_SOURCE)},
};

static void switch_on(struct dataplane_settings *settings)
{
	settings->source_check = 1;
}

static void one_prefix(struct dataplane_settings *settings)
{
	settings->source_check = 1;
	settings->prefix_count = 1;
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar", switch_on);
	dar_world_rows(&world, checked, sizeof(checked) / sizeof(checked[0]));
	dar_world_unload(&world, skeleton);

	skeleton = dar_world_load(&world, "fama_dar", one_prefix);
	dar_world_rows(&world, no_prefix, sizeof(no_prefix) / sizeof(no_prefix[0]));
	dar_world_unload(&world, skeleton);

	skeleton = dar_world_load(&world, "fama_dar", NULL);
	dar_world_rows(&world, unchecked, sizeof(unchecked) / sizeof(unchecked[0]));
	dar_world_unload(&world, skeleton);
	return tap_end();
}
