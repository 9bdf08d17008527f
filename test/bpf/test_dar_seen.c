// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of who is seen on the access link, and of packets to who is not.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <bpf/bpf.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define NEW_NODE    "2001:db8:1::abcd"
#define TARGET_NEW  "\x20\x01\x0d\xb8\0\x01\0\0\0\0\0\0\0\0\xab\xcd"
#define GROUP_NEW   "ff02::1:ff00:abcd"
#define TARGET_SIDE "\x20\x01\x0d\xb8\0\x09\0\0\0\0\0\0\0\0\xab\xcd"
#define TARGET_DAR1 "\x20\x01\x0d\xb8\0\x01\0\0\x0c\x65\xdc\x6b\x9e\xad\xe1\x0b"
#define TARGET_HOA1 "\x20\x01\x0d\xb8\0\x01\0\0\x14\x0d\x9d\xa8\x2c\x0a\x59\xea"
#define GROUP_HOA1  "ff02::1:ff0a:59ea"
#define NODE_LL     "fe80::c:2"
#define SIDE_NODE   "2001:db8:9::abcd"
#define SLLA        "\x01\x01\x02\0\0\0\x0c\x02"
#define TLLA        "\x02\x01\x02\0\0\0\x0c\x02"
#define TO_GROUP                                                                                   \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = "33:33:ff:00:ab:cd"     \
	}
#define NS(text)  ICMP(135, "\0\0\0\0" text)
#define NA(text)  ICMP(136, text TLLA)
#define FLAGS_O   "\x20\0\0\0"
#define FLAGS_S_O "\x60\0\0\0"

struct seen_row {
	const char *name;
	struct layer in[LAYERS_MAX];
	const char *address;
	bool recorded;
	enum port port;
};

#define ON_ACCESS .port = PORT_ACCESS
#define RECORDED  .recorded = true, ON_ACCESS

static const struct seen_row rows[] = {
	{"T9 native packet", {FROM_NODE, IP(NEW_NODE, CN, 64), UDP(8)}, NEW_NODE, RECORDED},
	{"T9 native packet to the DAR",
	 {FROM_NODE, IP(NEW_NODE, DAR1, 64), UDP(8)},
	 NEW_NODE,
	 RECORDED},
	{"T9 tunnel packet of an attached CoA",
	 {FROM_NODE, IP(NEW_NODE, DAR1, 64), IP(HOA1, CN, 64), UDP(8)},
	 NEW_NODE,
	 RECORDED},
	{"T9 solicitation from the address",
	 {FROM_NODE, IP(NEW_NODE, DAR1, 255), NS(TARGET_DAR1 SLLA)},
	 NEW_NODE,
	 RECORDED},
	{"T9 binding over", {FROM_NODE, IP(HOA_EXPIRED, CN, 64), UDP(8)}, HOA_EXPIRED, RECORDED},
	{"T9 DAD probe", {TO_GROUP, IP("::", GROUP_NEW, 255), NS(TARGET_NEW)}, NEW_NODE, RECORDED},
	{"T9 unsolicited advertisement",
	 {FROM_NODE, IP(NODE_LL, "ff02::1", 255), NA(FLAGS_O TARGET_NEW)},
	 NEW_NODE,
	 RECORDED},
	{"T9 solicited advertisement",
	 {FROM_NODE, IP(NEW_NODE, DAR1, 255), NA(FLAGS_S_O TARGET_NEW)},
	 NEW_NODE,
	 RECORDED},
	{"T9 solicited, from the link-local address",
	 {FROM_NODE, IP(NODE_LL, DAR1, 255), NA(FLAGS_S_O TARGET_NEW)},
	 NEW_NODE,
	 RECORDED},
	{"T9 on the core", {FROM_CORE, IP(NEW_NODE, CN, 64), UDP(8)}, NEW_NODE},
	{"T9 on another access link",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = SIDE_MAC},
	  IP(NEW_NODE, CN, 64),
	  UDP(8)},
	 NEW_NODE,
	 .port = PORT_SIDE},
	{"T9 prefix of another link",
	 {FROM_NODE, IP(SIDE_NODE, CN, 64), UDP(8)},
	 SIDE_NODE,
	 ON_ACCESS},
	{"T9 under no prefix of ours", {FROM_NODE, IP(CN, DAR1, 64), UDP(8)}, CN, ON_ACCESS},
	{"T9 the DAR's own address", {FROM_NODE, IP(DAR1, CN, 64), UDP(8)}, DAR1, ON_ACCESS},
	{"D-47 T9 away HoA", {FROM_NODE, IP(HOA1, CN, 64), UDP(8)}, HOA1, ON_ACCESS},
	{"T9 away HoA on its way home",
	 {FROM_NODE, IP(HOA1, DAR1, 64), MOBILITY(BU_OCTETS)},
	 HOA1,
	 ON_ACCESS},
	{"T9 flooded frame",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = CORE_MAC},
	  IP(NEW_NODE, CN, 64),
	  UDP(8)},
	 NEW_NODE,
	 ON_ACCESS},
	{"T9 DAD probe with a source link-layer address is none",
	 {TO_GROUP, IP("::", GROUP_NEW, 255), NS(TARGET_NEW SLLA)},
	 NEW_NODE,
	 ON_ACCESS},
	{"T9 DAD probe with a wrong checksum",
	 {TO_GROUP,
	  IP("::", GROUP_NEW, 255),
	  {.kind = LAYER_ICMPV6, .type = 135, .bad_checksum = 1, RAW("\0\0\0\0" TARGET_NEW)}},
	 NEW_NODE,
	 ON_ACCESS},
	{"T9 DAD probe to another group",
	 {TO_GROUP, IP("::", GROUP_HOA1, 255), NS(TARGET_NEW)},
	 NEW_NODE,
	 ON_ACCESS},
	{"T9 DAD probe that was forwarded",
	 {TO_GROUP, IP("::", GROUP_NEW, 254), NS(TARGET_NEW)},
	 NEW_NODE,
	 ON_ACCESS},
	{"T9 who is asked for is not seen",
	 {TO_GROUP, IP(NODE_LL, GROUP_NEW, 255), NS(TARGET_NEW SLLA)},
	 NEW_NODE,
	 ON_ACCESS},
	{"T9 DAD probe for another link's address",
	 {TO_GROUP, IP("::", GROUP_NEW, 255), NS(TARGET_SIDE)},
	 SIDE_NODE,
	 ON_ACCESS},
	{"T9 DAD probe for an away HoA is a conflict",
	 {FROM_NODE, IP("::", GROUP_HOA1, 255), NS(TARGET_HOA1)},
	 HOA1,
	 ON_ACCESS},
	{"T9 advertisement of the DAR's own address",
	 {FROM_NODE, IP(NODE_LL, "ff02::1", 255), NA(FLAGS_O TARGET_DAR1)},
	 DAR1,
	 ON_ACCESS},
	{"T9 advertisement of an away HoA is a conflict",
	 {FROM_NODE, IP(NODE_LL, "ff02::1", 255), NA(FLAGS_O TARGET_HOA1)},
	 HOA1,
	 ON_ACCESS},
	{"T9 solicited advertisement to all is none",
	 {FROM_NODE, IP(NODE_LL, "ff02::1", 255), NA(FLAGS_S_O TARGET_NEW)},
	 NEW_NODE,
	 ON_ACCESS},
	{"T9 advertisement with a wrong checksum",
	 {FROM_NODE,
	  IP(NODE_LL, "ff02::1", 255),
	  {.kind = LAYER_ICMPV6, .type = 136, .bad_checksum = 1, RAW(FLAGS_O TARGET_NEW TLLA)}},
	 NEW_NODE,
	 ON_ACCESS},
	{"T9 advertisement with an empty option",
	 {FROM_NODE, IP(NODE_LL, "ff02::1", 255),
	  ICMP(136, FLAGS_O TARGET_NEW "\x02\0\0\0\0\0\0\0")},
	 NEW_NODE,
	 ON_ACCESS},
};

static const uint8_t node_mac[6] = {2, 0, 0, 0, 0x0c, 2};

static bool get(const struct dar_world *world, const char *address, struct seen *row)
{
	uint8_t key[16];

	dar_world_key(key, address);
	return !bpf_map_lookup_elem(dar_world_map(world, "seen"), key, row);
}

static void put(const struct dar_world *world, const char *address, const struct seen *row)
{
	uint8_t key[16];

	dar_world_key(key, address);
	bpf_map_delete_elem(dar_world_map(world, "seen"), key);
	if (row && bpf_map_update_elem(dar_world_map(world, "seen"), key, row, BPF_ANY))
		perror("seen");
}

static bool is_now(const struct seen *row, uint64_t since, uint32_t ifindex)
{
	return row->seen_boot_ns >= since &&
	       row->seen_boot_ns <= dar_world_clock_ns(CLOCK_BOOTTIME) && row->ifindex == ifindex &&
	       !memcmp(row->mac, node_mac, sizeof(node_mac));
}

static void check(struct dar_world *world, const struct seen_row *row)
{
	const uint32_t ifindex = world->ifindex[row->port];
	const uint64_t since = dar_world_clock_ns(CLOCK_BOOTTIME);
	struct frame_octets in;
	struct seen found;
	bool there;

	put(world, row->address, NULL);
	frame_build(&in, row->in);
	bpf_run_xdp(&world->run, &in, ifindex, 0);
	there = get(world, row->address, &found);
	tap_row(there == row->recorded && (!there || is_now(&found, since, ifindex)), row->name);
}

/* What a packet makes of a row that is there already. */
static void check_again(struct dar_world *world)
{
	const struct layer layers[] = {FROM_NODE, IP(NEW_NODE, CN, 64), UDP(8), {0}};
	const struct {
		const char *name;
		unsigned int age_s;
		uint8_t mac_5;
		enum port port;
		bool written;
	} old[] = {
		{"T9 seen 55 s ago: not written", 55, 2, PORT_ACCESS, false},
		{"T9 seen 61 s ago: written", 61, 2, PORT_ACCESS, true},
		{"T9 seen just now with another MAC: written", 1, 3, PORT_ACCESS, true},
		{"T9 seen just now on another link: written", 1, 2, PORT_SIDE, true},
	};
	struct frame_octets in;

	frame_build(&in, layers);
	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		const uint64_t since = dar_world_clock_ns(CLOCK_BOOTTIME);
		const struct seen before = {
			.seen_boot_ns = since - old[i].age_s * 1000000000ull,
			.ifindex = world->ifindex[old[i].port],
			.mac = {2, 0, 0, 0, 0x0c, old[i].mac_5},
		};
		struct seen after;

		put(world, NEW_NODE, &before);
		bpf_run_xdp(&world->run, &in, world->ifindex[PORT_ACCESS], 0);
		tap_row(get(world, NEW_NODE, &after) &&
				(old[i].written ? is_now(&after, since, world->ifindex[PORT_ACCESS])
						: !memcmp(&before, &after, sizeof(before))),
			old[i].name);
	}
}

/* A neighbour that speaks from ever new addresses makes 1000 rows at once, then 200 a second. */
static void check_wash(struct dar_world *world)
{
	enum { ADDRESSES = 4000, BURST = 1000, RATE = 200, SOURCE_END = ETHERNET_OCTETS + 24 };
	const struct layer layers[] = {FROM_NODE, IP("2001:db8:1::1:0", CN, 64), UDP(8), {0}};
	struct frame_octets in;
	unsigned int found = 0;
	uint64_t start, ns;

	dar_world_pin(0);
	frame_build(&in, layers);
	start = dar_world_clock_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < ADDRESSES; i++) {
		in.at[SOURCE_END - 2] = i >> 8;
		in.at[SOURCE_END - 1] = i;
		bpf_run_flood(&world->run, &in, world->ifindex[PORT_ACCESS], 1);
	}
	ns = dar_world_clock_ns(CLOCK_MONOTONIC) - start;
	for (int i = 0; i < ADDRESSES; i++) {
		char address[64];
		struct seen row;

		snprintf(address, sizeof(address), "2001:db8:1::1:%x", i);
		found += get(world, address, &row);
	}
	printf("#   %u of %d in %llu us\n", found, ADDRESSES, (unsigned long long)ns / 1000);
	tap_row(found >= BURST / 2 && found <= BURST + ns * RATE / 1000000000 + 1 &&
			found < ADDRESSES,
		"T9 new rows within a ration");
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar", NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&world, &rows[i]);
	check_again(&world);
	check_wash(&world);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
