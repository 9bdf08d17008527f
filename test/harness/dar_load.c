// SPDX-License-Identifier: BSD-2-Clause
// Owns the life of a DAR program under test: opened, set up, loaded, filled, let go.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <stdlib.h>

struct fama_bpf *dar_world_load(struct dar_world *world, const char *program,
				void (*change)(struct dataplane_settings *settings))
{
	struct fama_bpf *skeleton = fama_bpf__open();

	if (!skeleton)
		exit(1);
	dar_world_prepare(world, skeleton->obj, program, &skeleton->rodata->settings);
	if (change)
		change(&skeleton->rodata->settings);
	if (fama_bpf__load(skeleton) || !dar_world_fill(world, skeleton->obj, program))
		exit(1);
	return skeleton;
}

void dar_world_unload(struct dar_world *world, struct fama_bpf *skeleton)
{
	bpf_run_close(&world->run);
	fama_bpf__destroy(skeleton);
}
