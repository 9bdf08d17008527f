/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the world around the mobile node's programs: one interface, its bindings, and its rows. */
#ifndef FAMA_TEST_MN_WORLD_H
#define FAMA_TEST_MN_WORLD_H

#include <linux/pkt_cls.h>

#include "harness/dar_world.h"

/*
 * core0 of the DAR's world plays the node's interface: CORE_MAC is its own. The node is at COA3;
 * HOA1 is anchored at DAR1, HOA_SECOND at DAR2.
 */
#define DAR2       "2001:db8:2::d"
#define HOA_SECOND "2001:db8:2::b1" /* was the CoA of HOA1 before the last move */

#define LET_GO(what) .action = (uint32_t)TC_ACT_UNSPEC, .outcome = OUTCOME_##what
#define SHOT(why)    .action = TC_ACT_SHOT, .outcome = OUTCOME_##why

struct mn_row {
	const char *name;
	struct layer in[LAYERS_MAX];
	struct layer out[LAYERS_MAX]; /* none: the frame is as it was */
	uint32_t gso;
	uint32_t action;
	enum outcome outcome;
	enum punt_kind punt; /* 0: none; PUNT_TOO_BIG_LOCAL is from the IPv6 header */
};

/* Loads `program` with these settings (NULL: the defaults); exits on failure. */
struct fama_bpf *mn_world_load(struct dar_world *world, const char *program,
			       const struct dataplane_settings *changes);
bool mn_world_row(struct dar_world *world, const struct mn_row *row);
bool mn_world_expect(struct dar_world *world, const struct mn_row *row,
		     const struct frame_octets *in, const struct frame_octets *want);

#endif
