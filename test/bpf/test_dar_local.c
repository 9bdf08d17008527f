// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of what the DAR itself, or the stack, sends to an away HoA.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { BURST = 50 }; /* of errors a CPU may cause at once */

struct local_row {
	const char *name;
	struct layer in[LAYERS_MAX];  /* Ethernet is a formality here */
	struct layer out[LAYERS_MAX]; /* from the IPv6 header on; none: as it was */
	uint32_t gso;
	uint32_t action;
	enum outcome outcome;
};

#define PUSHED       .action = BPF_LWT_REROUTE, .outcome = OUTCOME_ENCAPSULATED_STACK
#define KEPT         .action = BPF_OK, .outcome = OUTCOME_PASSED
#define REFUSED(why) .action = BPF_DROP, .outcome = OUTCOME_##why
#define TCP_OF(n)                                                                                  \
	{                                                                                          \
		.kind = LAYER_OCTETS, .number = IPPROTO_TCP,                                       \
		RAW("\xc3\x50\0\x50\0\0\0\1\0\0\0\1\x50\x10\xff\xff\0\0\0\0"),                     \
		.fill = (n)-IPV6_HEADER_OCTETS - 20                                                \
	}

static const struct local_row rows[] = {
	{"D-01 D-05 of our own: hop limit untouched",
	 {FROM_CORE, IP(DAR1, HOA1, 64), UDP(100)},
	 {OUTER(DAR1, COA3, 64), IP(DAR1, HOA1, 64), UDP(100)},
	 PUSHED},
	{"D-01 from an address that is no tunnel end",
	 {FROM_CORE, IP(DAR_CORE, HOA1, 64), UDP(100)},
	 {OUTER(DAR1, COA3, 64), IP(DAR_CORE, HOA1, 64), UDP(100)},
	 PUSHED},
	{"D-05 forwarded: the stack has taken its hop",
	 {FROM_CORE, IP(CN, HOA1, 63), UDP(100)},
	 {OUTER(DAR1, COA3, 64), IP(CN, HOA1, 63), UDP(100)},
	 PUSHED},
	{"D-05 hop limit 1 is sent",
	 {FROM_CORE, IP(DAR1, HOA1, 1), UDP(8)},
	 {OUTER(DAR1, COA3, 64), IP(DAR1, HOA1, 1), UDP(8)},
	 PUSHED},
	{"D-08 traffic class",
	 {FROM_CORE, IP(DAR1, HOA1, 64, .traffic_class = 0xbb), UDP(8)},
	 {OUTER(DAR1, COA3, 64, .traffic_class = 0xbb), IP(DAR1, HOA1, 64, .traffic_class = 0xbb),
	  UDP(8)},
	 PUSHED},
	{"D-01 unverified CoA",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), UDP(8)},
	 {OUTER(DAR1, COA_EARLY, 64), IP(DAR1, HOA_EARLY, 64), UDP(8)},
	 PUSHED},
	{"D-12 exact tunnel MTU",
	 {FROM_CORE, IP(DAR1, HOA1, 64), UDP_OF(1460)},
	 {OUTER(DAR1, COA3, 64), IP(DAR1, HOA1, 64), UDP_OF(1460)},
	 PUSHED},
	{"D-12 exact tunnel MTU learnt",
	 {FROM_CORE, IP(DAR1, HOA_LEARNT, 64), UDP_OF(1360)},
	 {OUTER(DAR1, COA_LEARNT, 64), IP(DAR1, HOA_LEARNT, 64), UDP_OF(1360)},
	 PUSHED},
	{"D-13 1280 octets over a tunnel MTU of 1240: the stack fragments the outer packet",
	 {FROM_CORE, IP(DAR1, HOA_TINY, 64), UDP_OF(1280)},
	 {OUTER(DAR1, COA_TINY, 64), IP(DAR1, HOA_TINY, 64), UDP_OF(1280)},
	 PUSHED},
	{"D-01 Mobility Header of another node",
	 {FROM_CORE, IP(CN, HOA1, 63), MOBILITY(BU_OCTETS)},
	 {OUTER(DAR1, COA3, 64), IP(CN, HOA1, 63), MOBILITY(BU_OCTETS)},
	 PUSHED},
	{"D-27 one tunnel header inside",
	 {FROM_CORE, IP(CN, HOA1, 63), IP(CN, NODE, 9), UDP(8)},
	 {OUTER(DAR1, COA3, 64), IP(CN, HOA1, 63), IP(CN, NODE, 9), UDP(8)},
	 PUSHED},
	{"D-12 one octet over", {FROM_CORE, IP(DAR1, HOA1, 64), UDP_OF(1461)}, REFUSED(TOO_BIG)},
	{"D-12 one octet over the learnt MTU",
	 {FROM_CORE, IP(DAR1, HOA_LEARNT, 64), UDP_OF(1361)},
	 REFUSED(TOO_BIG)},
	{"D-12 of 1281 octets, tunnel MTU 1240",
	 {FROM_CORE, IP(DAR1, HOA_TINY, 64), UDP_OF(1281)},
	 REFUSED(TOO_BIG)},
	{"D-12 longer than Ethernet",
	 {FROM_CORE, IP(DAR1, HOA1, 64), UDP_OF(2000)},
	 REFUSED(TOO_BIG)},
	{"D-12 segments of an aggregate over the tunnel MTU",
	 {FROM_CORE, IP(DAR1, HOA1, 64), TCP_OF(1520)},
	 .gso = 1441,
	 REFUSED(TOO_BIG)},
	{"D-01 an aggregate the kernel cannot wrap is not sent natively",
	 {FROM_CORE, IP(DAR1, HOA1, 64), UDP_OF(1400)},
	 .gso = 700,
	 REFUSED(NO_ROOM)},
	{"D-27 two tunnel headers inside",
	 {FROM_CORE, IP(CN, HOA1, 63), IP(CN, NODE, 9), IP(CN, NODE, 9), UDP(8)},
	 REFUSED(NESTED)},
	{"D-27 own tunnel packet",
	 {FROM_CORE, IP(DAR1, HOA1, 64), IP(CN, HOA1, 9), UDP(8)},
	 REFUSED(NESTED)},
	{"D-28 own tunnel packet to a CoA that is an away HoA",
	 {FROM_CORE, IP(DAR1, COA_CROSSED, 64), IP(CN, HOA_CROSSED, 9), UDP(8)},
	 REFUSED(NESTED)},
	{"D-34 attached node", {FROM_CORE, IP(DAR1, NODE, 64), UDP(8)}, KEPT},
	{"D-33 binding over", {FROM_CORE, IP(DAR1, HOA_EXPIRED, 64), UDP(8)}, KEPT},
	{"D-22 solicitation", {FROM_CORE, IP(DAR1, HOA1, 255), ICMP(135, "\0\0\0\0")}, KEPT},
	{"D-27 BA of our own to a HoA on the link",
	 {FROM_CORE, IP(DAR1, HOA1, 64), MOBILITY(BU_OCTETS)},
	 KEPT},
	{"D-21 link-local source", {FROM_CORE, IP(LINK_LOCAL, HOA1, 64), UDP(8)}, KEPT},
	{"D-21 link-local destination", {FROM_CORE, IP(DAR1, "fe80::2", 64), UDP(8)}, KEPT},
	{"D-22 multicast", {FROM_CORE, IP(DAR1, "ff02::1", 64), UDP(8)}, KEPT},
};

static bool quote_is_right(const struct bpf_run *run, const struct frame_octets *in, bool expected)
{
	if (!expected)
		return run->punts == 0;
	return run->punts == 1 && run->punt.kind == PUNT_TOO_BIG_LOCAL &&
	       run->punt.len == FAMA_PUNT_QUOTE && run->punted.len >= FAMA_PUNT_QUOTE &&
	       !memcmp(run->punted.at, in->at + ETHERNET_OCTETS, FAMA_PUNT_QUOTE);
}

static void check(struct dar_world *world, const struct local_row *row)
{
	static struct frame_octets in, want;
	struct bpf_run *run = &world->run;
	int error;

	frame_build(&in, row->in);
	frame_build(&want, row->out[0].kind ? row->out : row->in + 1);
	error = bpf_run_skb(run, &in, world->ifindex[PORT_ACCESS], row->gso);
	if (!error && run->out.len >= ETHERNET_OCTETS) { /* room the kernel puts in front */
		run->out.len -= ETHERNET_OCTETS;
		memmove(run->out.at, run->out.at + ETHERNET_OCTETS, run->out.len);
	}
	if (row->out[0].flow_label == ANY_LABEL)
		frame_set_label(&want, 0, frame_label(&run->out, 0));
	if (error || run->action != row->action || run->counted != (int)row->outcome ||
	    run->slot != PORT_ACCESS)
		printf("#   error %d, action %u (expected %u), outcome %d (%d), slot %u\n", error,
		       run->action, row->action, run->counted, row->outcome, run->slot);
	else if (!quote_is_right(run, &in, row->outcome == OUTCOME_TOO_BIG))
		printf("#   %u punts, %u octets\n", run->punts, run->punt.len);
	else if (row->action != BPF_DROP &&
		 (run->out.len != want.len || memcmp(run->out.at, want.at, want.len) ||
		  (row->out[0].kind && !frame_label(&want, 0))))
		frame_print_difference(&run->out, &want);
	else {
		tap_row(true, row->name);
		return;
	}
	tap_row(false, row->name);
}

/* D-17: a flood of packets that are too big costs the agent no more than its budget. */
static void check_budget(struct dar_world *world)
{
	const struct layer layers[] = {FROM_CORE, IP(CN, HOA1, 63), UDP_OF(1461), {0}};
	struct frame_octets in;
	unsigned int punts = 0, wrong = 0;

	frame_build(&in, layers);
	for (int i = 0; i < 4 * BURST; i++) {
		wrong += bpf_run_skb(&world->run, &in, world->ifindex[PORT_ACCESS], 0) != 0 ||
			 world->run.counted != OUTCOME_TOO_BIG || world->run.action != BPF_DROP;
		punts += world->run.punts;
	}
	printf("#   %u of %d told\n", punts, 4 * BURST);
	tap_row(!wrong && punts > 0 && punts < 4 * BURST, "D-17 told within a budget");
}

/* D-45 */
static void check_traffic(struct dar_world *world)
{
	const struct layer layers[] = {FROM_CORE, IP(DAR1, HOA_EARLY, 64), UDP_OF(777), {0}};
	const struct traffic before = dar_world_traffic(world, HOA_EARLY);
	struct frame_octets in;
	struct traffic after;

	frame_build(&in, layers);
	bpf_run_skb(&world->run, &in, world->ifindex[PORT_ACCESS], 0);
	after = dar_world_traffic(world, HOA_EARLY);
	tap_row(after.downlink_packets - before.downlink_packets == 1 &&
			after.downlink_bytes - before.downlink_bytes == 777,
		"D-45 downlink packets and octets");
}

struct paid_row {
	const char *name;
	struct layer in[LAYERS_MAX];
	uint32_t gso, credit, left;
	enum outcome outcome;
};

/* An aggregate fails here for lack of a kind, after it has paid: for three segments of 660 octets,
 * which 700 are behind the outer header, each with 60 of headers. */
static const struct paid_row paid[] = {
	{"D-36 exactly enough",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), UDP_OF(100)},
	 0,
	 100,
	 0,
	 OUTCOME_ENCAPSULATED_STACK},
	{"D-36 one octet short",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), UDP_OF(100)},
	 0,
	 99,
	 99,
	 OUTCOME_CREDIT},
	{"D-36 verified CoA",
	 {FROM_CORE, IP(DAR1, HOA1, 64), UDP_OF(100)},
	 0,
	 99,
	 99,
	 OUTCOME_ENCAPSULATED_STACK},
	{"D-36 an aggregate pays for every segment's headers",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), TCP_OF(1520)},
	 700,
	 2000,
	 2000 - (1460 + 3 * 60),
	 OUTCOME_NO_ROOM},
	{"D-36 two segments before the outer header, three behind it",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), TCP_OF(60 + 2 * 700)},
	 700,
	 2000,
	 2000 - (2 * 700 + 3 * 60),
	 OUTCOME_NO_ROOM},
	{"D-36 segments that come out even",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), TCP_OF(60 + 2 * 660)},
	 700,
	 2000,
	 2000 - (2 * 660 + 2 * 60),
	 OUTCOME_NO_ROOM},
	{"D-36 an aggregate one octet short",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), TCP_OF(1520)},
	 700,
	 1639,
	 1639,
	 OUTCOME_CREDIT},
	{"D-36 an aggregate whose segments are not counted",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), UDP_OF(1460)},
	 700,
	 16384,
	 16384,
	 OUTCOME_CREDIT},
	{"D-36 of segments as short as the outer header",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), TCP_OF(1460)},
	 40,
	 16384,
	 16384,
	 OUTCOME_NO_ROOM},
	{"D-36 too big: not spent",
	 {FROM_CORE, IP(DAR1, HOA_EARLY, 64), UDP_OF(1461)},
	 0,
	 16384,
	 16384,
	 OUTCOME_TOO_BIG},
};

static void check_paid(struct dar_world *world, const struct paid_row *row)
{
	const uint64_t interval_ns = FAMA_CREDIT_AGING_S * 1000000000ull;
	const int map = dar_world_map(world, "credit");
	struct credit now = {.octets = row->credit}, left = {0};
	struct frame_octets in;
	uint8_t key[16];

	frame_build(&in, row->in);
	memcpy(key, in.at + ETHERNET_OCTETS + 24, sizeof(key));
	do { /* again where an interval ends just now */
		now.aged = dar_world_clock_ns(CLOCK_BOOTTIME) / interval_ns;
		bpf_map_update_elem(map, key, &now, BPF_ANY);
		bpf_run_skb(&world->run, &in, world->ifindex[PORT_ACCESS], row->gso);
		bpf_map_lookup_elem(map, key, &left);
	} while (dar_world_clock_ns(CLOCK_BOOTTIME) / interval_ns != now.aged);
	if (world->run.counted != (int)row->outcome || left.octets != row->left)
		printf("#   outcome %d (expected %d), %u octets left (%u)\n", world->run.counted,
		       row->outcome, left.octets, row->left);
	tap_row(world->run.counted == (int)row->outcome && left.octets == row->left, row->name);
}

/* T13: what came in where none of our programs looks; the host's own is free. */
static void check_unseen(struct dar_world *world)
{
	const struct layer layers[] = {FROM_CORE, IP(CN, "2001:db8:1::5ca2", 63), UDP(8), {0}};
	const struct layer away[] = {FROM_CORE, IP(CN, HOA1, 63), UDP(8), {0}};
	unsigned int passed = 0;
	struct frame_octets in;

	dar_world_pin(0);
	frame_build(&in, layers);
	for (int i = 0; i < 4 * BURST; i++) {
		bpf_run_skb(&world->run, &in, world->ifindex[PORT_OTHER], 0);
		passed += world->run.action == BPF_OK;
	}
	printf("#   %u of %d passed\n", passed, 4 * BURST);
	tap_row(passed >= BURST && passed < 4 * BURST, "T13 to an address never seen: rationed");
	do
		bpf_run_skb(&world->run, &in, world->ifindex[PORT_OTHER], 0);
	while (world->run.action == BPF_OK);
	tap_row(world->run.action == BPF_DROP, "T13 and dropped over the ration");
	bpf_run_skb(&world->run, &in, world->ifindex[PORT_CORE], 0);
	tap_row(world->run.counted == OUTCOME_PASSED,
		"T13 what came by an interface of ours was looked at there");
	frame_build(&in, away);
	bpf_run_skb(&world->run, &in, world->ifindex[PORT_OTHER], 0);
	tap_row(world->run.action == BPF_LWT_REROUTE, "T13 away HoA");
}

static void limits_on(struct dataplane_settings *settings)
{
	settings->credit = 1;
	settings->neighbour_limit = 1;
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar_local", NULL);
	dar_world_bind(&world, HOA_TINY, COA_TINY, DAR1, NULL, 3600, 1280);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&world, &rows[i]);
	check_traffic(&world);
	check_budget(&world);
	dar_world_unload(&world, skeleton);

	skeleton = dar_world_load(&world, "fama_dar_local", limits_on);
	for (size_t i = 0; i < sizeof(paid) / sizeof(paid[0]); i++)
		check_paid(&world, &paid[i]);
	check_unseen(&world);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
