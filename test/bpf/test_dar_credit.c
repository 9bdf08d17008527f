// SPDX-License-Identifier: BSD-2-Clause
// Owns the rows of credit towards an unverified CoA: spent, earned, aged, and never overdrawn.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	NO_ROW = -1,
	AT_HOME = 16384, /* what the other party of a row has */
	RACE_OCTETS = 1000,
	RACE_PACKETS = 1000,      /* the credit is enough for */
	RACE_REST = 7,            /* and this is left */
	RACE_TRIES = RACE_PACKETS /* of each of two CPUs */
};

static const uint64_t INTERVAL_NS = FAMA_CREDIT_AGING_S * 1000000000ull;

struct credit_row {
	const char *name;
	const char *hoa;
	struct layer in[LAYERS_MAX];
	long credit;   /* before, NO_ROW: none */
	long interval; /* since it was aged */
	long left;     /* after; aged until now if it changed */
	uint32_t action;
	enum outcome outcome;
	unsigned int headroom_taken;
};

#define TO_EARLY(n)                                                                                \
	{                                                                                          \
		FROM_CORE, IP(CN, HOA_EARLY, 64), UDP_OF(n)                                        \
	}
#define TUNNEL(hoa, coa, n)                                                                        \
	{                                                                                          \
		FROM_CORE, IP(coa, DAR1, 64), IP(hoa, CN, 64), UDP_OF(n)                           \
	}
#define DECAPSULATED .action = XDP_REDIRECT, .outcome = OUTCOME_DECAPSULATED

static const struct credit_row rows[] = {
	{"D-36 exactly enough", HOA_EARLY, TO_EARLY(100), 100, 0, 0, ENCAPSULATED},
	{"D-36 one octet short: dropped, nothing spent", HOA_EARLY, TO_EARLY(100), 99, 0, 99,
	 DROPPED(CREDIT)},
	{"D-36 no row is no credit", HOA_EARLY, TO_EARLY(100), NO_ROW, 0, NO_ROW, DROPPED(CREDIT)},
	{"D-36 nothing left", HOA_EARLY, TO_EARLY(48), 0, 0, 0, DROPPED(CREDIT)},
	{"D-36 the size is 40 and the payload, without the Ethernet padding",
	 HOA_EARLY,
	 {FROM_CORE,
	  IP(CN, HOA_EARLY, 64, .lie = -6),
	  {.kind = LAYER_OCTETS, .number = 59, .fill = 6}},
	 50,
	 0,
	 10,
	 ENCAPSULATED},
	{"D-36 too big: answered, not spent", HOA_EARLY, TO_EARLY(1461), 16384, 0, 16384,
	 .action = XDP_REDIRECT, .outcome = OUTCOME_TOO_BIG},
	{"D-36 hop limit over: not spent",
	 HOA_EARLY,
	 {FROM_CORE, IP(CN, HOA_EARLY, 1), UDP_OF(100)},
	 16384,
	 0,
	 16384,
	 .action = XDP_PASS,
	 .outcome = OUTCOME_HOP_LIMIT},
	{"D-36 nested: not spent",
	 HOA_EARLY,
	 {FROM_CORE, IP(CN, HOA_EARLY, 64), IP(CN, NODE, 9), IP(CN, NODE, 9), UDP(8)},
	 16384,
	 0,
	 16384,
	 DROPPED(NESTED)},
	{"D-36 no room in front: may be spent, is dropped", HOA_EARLY, TO_EARLY(100), 16384, 0,
	 16284, DROPPED(NO_ROOM), .headroom_taken = 200},
	{"D-36 verified CoA: not spent",
	 HOA1,
	 {FROM_CORE, IP(CN, HOA1, 64), UDP_OF(100)},
	 99,
	 0,
	 99,
	 ENCAPSULATED},
	{"D-36 verified CoA without row",
	 HOA1,
	 {FROM_CORE, IP(CN, HOA1, 64), UDP_OF(100)},
	 NO_ROW,
	 0,
	 NO_ROW,
	 ENCAPSULATED},
	{"D-38 115 octets are 100 after one interval", HOA_EARLY, TO_EARLY(100), 115, 1, 0,
	 ENCAPSULATED},
	{"D-38 114 are not", HOA_EARLY, TO_EARLY(100), 114, 1, 114, DROPPED(CREDIT)},
	{"D-38 three intervals at once", HOA_EARLY, TO_EARLY(976), 16384, 3, 10000, ENCAPSULATED},
	{"D-38 rounded down each time", HOA_EARLY, TO_EARLY(48), 100, 5, 1, ENCAPSULATED},
	{"D-38 all there can be, after 60 intervals", HOA_EARLY, TO_EARLY(48), FAMA_CREDIT_MAX, 60,
	 5558 - 48, ENCAPSULATED},
	{"D-38 after 128 nothing is left", HOA_EARLY, TO_EARLY(48), FAMA_CREDIT_MAX, 128,
	 FAMA_CREDIT_MAX, DROPPED(CREDIT)},
	{"D-38 another CPU was a little ahead", HOA_EARLY, TO_EARLY(100), 100, -1, 0, ENCAPSULATED},
	{"D-37 verified CoA earns", HOA1, TUNNEL(HOA1, COA3, 100), 500, 0, 600, DECAPSULATED},
	{"D-37 D-38 what is there is aged first", HOA1, TUNNEL(HOA1, COA3, 100), 16384, 1, 14436,
	 DECAPSULATED},
	{"D-37 not beyond the limit", HOA1, TUNNEL(HOA1, COA3, 100), FAMA_CREDIT_MAX - 99, 0,
	 FAMA_CREDIT_MAX, DECAPSULATED},
	{"D-37 at the limit", HOA1, TUNNEL(HOA1, COA3, 100), FAMA_CREDIT_MAX, 0, FAMA_CREDIT_MAX,
	 DECAPSULATED},
	{"D-37 no row is made", HOA1, TUNNEL(HOA1, COA3, 100), NO_ROW, 0, NO_ROW, DECAPSULATED},
	{"D-37 unverified CoA earns nothing", HOA_EARLY, TUNNEL(HOA_EARLY, COA_EARLY, 100), 500, 0,
	 500, DECAPSULATED},
	{"D-37 from the new CoA", HOA_MOVED, TUNNEL(HOA_MOVED, COA_MOVED, 100), 500, 0, 600,
	 DECAPSULATED},
	{"D-37 from the previous one, which nobody vouches for", HOA_MOVED,
	 TUNNEL(HOA_MOVED, COA_BEFORE, 100), 500, 0, 500, DECAPSULATED},
	{"D-37 T10 false tunnel source earns nothing", HOA1, TUNNEL(HOA1, COA_EARLY, 100), 500, 0,
	 500, DROPPED(TUNNEL_SOURCE)},
	{"D-37 dropped for its ECN",
	 HOA1,
	 {FROM_CORE, IP(COA3, DAR1, 64, .traffic_class = 3), IP(HOA1, CN, 64), UDP_OF(100)},
	 500,
	 0,
	 500,
	 DROPPED(ECN)},
	{"D-37 dropped on the way into the next tunnel",
	 HOA1,
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_BLACKHOLE, 64), UDP_OF(100)},
	 500,
	 0,
	 500,
	 DROPPED(NO_ROUTE)},
};

/* A DAR that takes no CoA unverified any more, and a binding that is so from before. */
static const struct credit_row of_other_mode[] = {
	{"D-36 also in another mode: nothing without credit", HOA_EARLY, TO_EARLY(100), 99, 0, 99,
	 DROPPED(CREDIT)},
	{"D-36 nor without a row", HOA_EARLY, TO_EARLY(100), NO_ROW, 0, NO_ROW, DROPPED(CREDIT)},
	{"D-36 it is spent there", HOA_EARLY, TO_EARLY(100), 100, 0, 0, ENCAPSULATED},
	{"D-37 but not earned", HOA1, TUNNEL(HOA1, COA3, 100), 500, 0, 500, DECAPSULATED},
};

#define FROM_HOA1_TO_EARLY                                                                         \
	{                                                                                          \
		FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_EARLY, 64), UDP_OF(100)                \
	}
#define RELAYED .action = XDP_REDIRECT, .outcome = OUTCOME_RELAYED

/* HOA1 is verified; `hoa` is the one looked at. */
static const struct credit_row relayed[] = {
	{"D-36 relayed: the receiver spends", HOA_EARLY, FROM_HOA1_TO_EARLY, 500, 0, 400, RELAYED},
	{"D-37 relayed: the sender earns", HOA1, FROM_HOA1_TO_EARLY, 500, 0, 600, RELAYED},
	{"D-36 relayed: the receiver has too little", HOA_EARLY, FROM_HOA1_TO_EARLY, 99, 0, 99,
	 DROPPED(CREDIT)},
	{"D-37 relayed and refused: the sender earns nothing", HOA1, FROM_HOA1_TO_EARLY, 500, 0,
	 500, DROPPED(CREDIT)},
};

static uint32_t interval_now(void)
{
	return dar_world_clock_ns(CLOCK_BOOTTIME) / INTERVAL_NS;
}

static void put(const struct dar_world *world, const char *hoa, long octets, long interval)
{
	struct credit row = {.octets = octets, .aged = interval_now() - interval};
	int map = dar_world_map(world, "credit");
	uint8_t key[16];

	dar_world_key(key, hoa);
	bpf_map_delete_elem(map, key);
	if (octets != NO_ROW && bpf_map_update_elem(map, key, &row, BPF_ANY))
		perror("credit");
}

static long get(const struct dar_world *world, const char *hoa, uint32_t *aged)
{
	struct credit row = {0};
	uint8_t key[16];

	dar_world_key(key, hoa);
	if (bpf_map_lookup_elem(dar_world_map(world, "credit"), key, &row))
		return NO_ROW;
	*aged = row.aged;
	return row.octets;
}

static void check(struct dar_world *world, const struct credit_row *row)
{
	struct bpf_run *run = &world->run;
	uint32_t before, aged = 0;
	struct frame_octets in;
	int error, tries = 0;
	bool changed;
	long left;

	if (row->interval > (long)interval_now()) {
		tap_skip(row->name, "the host is not up for so long");
		return;
	}
	frame_build(&in, row->in);
	do { /* again where an interval ends just now */
		before = interval_now();
		put(world, row->hoa, row->credit, row->interval);
		error = bpf_run_xdp(run, &in, world->ifindex[PORT_CORE], row->headroom_taken);
		left = get(world, row->hoa, &aged);
	} while (before != interval_now() && ++tries < 10);
	if (error == -EINVAL && row->headroom_taken) {
		tap_skip(row->name, "no way to take headroom on this kernel");
		return;
	}
	changed = left != row->credit;
	if (error || run->action != row->action || run->counted != (int)row->outcome)
		printf("#   error %d, action %u (expected %u), outcome %d (%d)\n", error,
		       run->action, row->action, run->counted, row->outcome);
	else if (left != row->left || (changed && row->interval >= 0 && aged != before))
		printf("#   %ld octets are left (expected %ld), aged %u of %u\n", left, row->left,
		       aged, before);
	else {
		tap_row(true, row->name);
		return;
	}
	tap_row(false, row->name);
}

static void check_relayed(struct dar_world *world)
{
	put(world, HOA1, AT_HOME, 0);
	check(world, &relayed[0]);
	put(world, HOA_EARLY, AT_HOME, 0);
	check(world, &relayed[1]);
	put(world, HOA1, AT_HOME, 0);
	check(world, &relayed[2]);
	put(world, HOA_EARLY, 99, 0);
	check(world, &relayed[3]);
}

/* An early binding lives from nothing but its credit, to the last octet. */
static void check_exhaustion(struct dar_world *world)
{
	const struct layer layers[] = {FROM_CORE, IP(CN, HOA_EARLY, 64), UDP_OF(1460), {0}};
	unsigned int sent = 0, refused = 0, tries = 0;
	struct frame_octets in;
	uint32_t before;

	frame_build(&in, layers);
	do {
		before = interval_now();
		sent = refused = 0;
		put(world, HOA_EARLY, FAMA_CREDIT_START, 0);
		for (int i = 0; i < 40; i++) {
			bpf_run_xdp(&world->run, &in, world->ifindex[PORT_CORE], 0);
			sent += world->run.counted == OUTCOME_ENCAPSULATED;
			refused += world->run.counted == OUTCOME_CREDIT &&
				   world->run.action == XDP_DROP;
		}
	} while (before != interval_now() && ++tries < 10);
	printf("#   %u of 40 sent, %u refused\n", sent, refused);
	tap_row(sent == FAMA_CREDIT_START / 1460 && sent + refused == 40,
		"D-36 16384 octets are eleven packets of 1460");
}

struct racer {
	const struct dar_world *world;
	pthread_barrier_t *start;
	int cpu;
	unsigned int sent;
};

static void *race(void *arg)
{
	const struct layer layers[] = {FROM_CORE, IP(CN, HOA_EARLY, 64), UDP_OF(RACE_OCTETS), {0}};
	static __thread struct frame_octets in, out;
	struct racer *racer = arg;
	struct xdp_md md = {.ingress_ifindex = racer->world->ifindex[PORT_CORE]};

	dar_world_pin(racer->cpu);
	md.data_end = frame_build(&in, layers);
	pthread_barrier_wait(racer->start);
	for (int i = 0; i < RACE_TRIES; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in.at, .data_size_in = in.len,
			    .data_out = out.at, .data_size_out = FRAME_MAX, .ctx_in = &md,
			    .ctx_size_in = sizeof(md), .repeat = 1);

		if (!bpf_prog_test_run_opts(racer->world->run.program, &opts))
			racer->sent += opts.retval == XDP_REDIRECT;
	}
	return NULL;
}

/* T7: two CPUs spend what is enough for half of their packets. */
static void check_race(struct dar_world *world)
{
	unsigned int sent = 0, tries = 0;
	pthread_barrier_t start;
	pthread_t threads[2];
	uint32_t before, aged = 0;
	long left;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		tap_skip("D-36 two CPUs spend one credit", "one CPU");
		return;
	}
	do {
		struct racer racers[2] = {{world, &start, 0, 0}, {world, &start, 1, 0}};

		pthread_barrier_init(&start, NULL, 2);
		before = interval_now();
		put(world, HOA_EARLY, RACE_PACKETS * RACE_OCTETS + RACE_REST, 0);
		for (int i = 0; i < 2; i++)
			pthread_create(&threads[i], NULL, race, &racers[i]);
		for (int i = 0; i < 2; i++)
			pthread_join(threads[i], NULL);
		pthread_barrier_destroy(&start);
		sent = racers[0].sent + racers[1].sent;
		left = get(world, HOA_EARLY, &aged);
		printf("#   %u and %u packets sent, %ld octets left\n", racers[0].sent,
		       racers[1].sent, left);
		if (sent > RACE_PACKETS)
			break;
	} while (before != interval_now() && ++tries < 20);
	tap_row(sent == RACE_PACKETS && left == RACE_REST,
		"D-36 T7 two CPUs spend one credit: every octet of it, not one more");
}

static void switch_on(struct dataplane_settings *settings)
{
	settings->credit = 1;
}

int main(void)
{
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = dar_world_load(&world, "fama_dar", switch_on);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&world, &rows[i]);
	check_relayed(&world);
	check_exhaustion(&world);
	check_race(&world);
	dar_world_unload(&world, skeleton);

	skeleton = dar_world_load(&world, "fama_dar", NULL);
	for (size_t i = 0; i < sizeof(of_other_mode) / sizeof(of_other_mode[0]); i++)
		check(&world, &of_other_mode[i]);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
