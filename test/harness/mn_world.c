// SPDX-License-Identifier: BSD-2-Clause
// Owns the world around the mobile node's programs: one interface, its bindings, and its rows.
#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/mn_world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/dataplane.h"

struct fama_bpf *mn_world_load(struct dar_world *world, const char *program,
			       const struct dataplane_settings *changes)
{
	struct fama_bpf *skeleton = fama_bpf__open();
	struct dataplane_settings *settings;

	if (!skeleton)
		exit(1);
	settings = &skeleton->rodata->settings;
	dar_world_prepare(world, skeleton->obj, program, settings);
	settings->prefix_count = 0;
	settings->interface_count = 1;
	settings->interfaces[0].kind = INTERFACE_MN;
	if (changes) {
		settings->hop_limit = changes->hop_limit;
		settings->dscp_copy = changes->dscp_copy;
		settings->max_nested = changes->max_nested;
	}
	if (fama_bpf__load(skeleton) || !bpf_run_open(&world->run, skeleton->obj, program))
		exit(1);
	world->bindings = bpf_map__fd(skeleton->maps.bindings);
	world->traffic = bpf_map__fd(skeleton->maps.traffic);
	dar_world_bind(world, HOA1, COA3, DAR1, NULL, 3600, 0);
	dar_world_bind(world, HOA_SECOND, COA3, DAR2, NULL, 3600, 0);
	dar_world_bind(world, HOA_MOVED, COA_MOVED, DAR1, COA_BEFORE, 3600, 0);
	dar_world_bind(world, HOA_EXPIRED, COA3, DAR1, NULL, 0, 0);
	dar_world_bind(world, HOA_LEARNT, COA3, DAR1, NULL, 3600, 1400);
	return skeleton;
}

static bool punt_is_right(const struct bpf_run *run, const struct mn_row *row, uint32_t ifindex,
			  const struct frame_octets *in)
{
	size_t from = row->punt == PUNT_TOO_BIG_LOCAL ? ETHERNET_OCTETS : 0;
	size_t len = in->len - from;

	if (!row->punt)
		return run->punts == 0;
	if (row->punt == PUNT_TOO_BIG_LOCAL && len > FAMA_PUNT_QUOTE)
		len = FAMA_PUNT_QUOTE;
	return run->punts == 1 && run->punt.kind == row->punt && run->punt.ifindex == ifindex &&
	       run->punt.len == len && run->punted.len >= len &&
	       memcmp(run->punted.at, in->at + from, len) == 0;
}

bool mn_world_expect(struct dar_world *world, const struct mn_row *row,
		     const struct frame_octets *in, const struct frame_octets *want)
{
	const uint32_t ifindex = world->ifindex[PORT_CORE];
	struct bpf_run *run = &world->run;
	const int error = bpf_run_skb(run, in, ifindex, row->gso);

	if (error || run->action != row->action || run->counted != (int)row->outcome || run->slot)
		printf("#   error %d, action %d (expected %d), outcome %s (expected %s), slot %u\n",
		       error, (int)run->action, (int)row->action,
		       run->counted < 0 ? "none or several" : outcome_name(run->counted),
		       outcome_name(row->outcome), run->slot);
	else if (!punt_is_right(run, row, ifindex, in))
		printf("#   %u punts, kind %u, %u octets, ifindex %u\n", run->punts, run->punt.kind,
		       run->punt.len, run->punt.ifindex);
	else if (row->action != TC_ACT_SHOT &&
		 (run->out.len != want->len || memcmp(run->out.at, want->at, want->len)))
		frame_print_difference(&run->out, want);
	else
		return tap_row(true, row->name);
	return tap_row(false, row->name);
}

bool mn_world_row(struct dar_world *world, const struct mn_row *row)
{
	static struct frame_octets in, want;

	frame_build(&in, row->in);
	frame_build(&want, row->out[0].kind ? row->out : row->in);
	if (row->out[1].flow_label != ANY_LABEL)
		return mn_world_expect(world, row, &in, &want);
	/* The label is known only afterwards: once to learn it, and once more to compare. */
	if (bpf_run_skb(&world->run, &in, world->ifindex[PORT_CORE], row->gso) == 0)
		frame_set_label(&want, ETHERNET_OCTETS,
				frame_label(&world->run.out, ETHERNET_OCTETS));
	if (!frame_label(&want, ETHERNET_OCTETS)) {
		printf("#   flow label is zero\n");
		return tap_row(false, row->name);
	}
	return mn_world_expect(world, row, &in, &want);
}
