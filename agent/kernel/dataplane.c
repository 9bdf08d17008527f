// SPDX-License-Identifier: BSD-2-Clause
/* Owns the BPF objects in the kernel: loaded, pinned, attached, adopted, let go. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cap-ng.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/random.h"
#include "fama/dataplane.h" /* before the skeleton, which uses its types */
#include "fama.skel.h"
#include "kernel/attach.h"
#include "kernel/bpffs.h"
#include "kernel/dataplane.h"
#include "kernel/dataplane_private.h"
#include "kernel/layout.h"
#include "kernel/programs.h"
#include "kernel/refusal.h"

/* The maps that mean something to the next agent; the rest is working space of the programs. */
enum {
	MAP_LAYOUT,
	MAP_BINDINGS,
	MAP_TRAFFIC,
	MAP_PREFIXES,
	MAP_OUTCOMES,
	MAP_PUNT,
	MAP_COUNT_MN,
	MAP_CREDIT = MAP_COUNT_MN,
	MAP_SEEN,
	MAP_COUNT
};

/* What only dataplane_open() needs: the state before, for the way back. */
struct opening {
	struct dataplane *dp;
	const struct dataplane_request *request;
	struct refusal refusal;
	struct pinned_map maps[MAP_COUNT];
	unsigned int map_count; /* of the role */
	struct attach_plan plan;
};

static int check_privilege(struct refusal *refusal)
{
	bool bpf, net;

	if (capng_get_caps_process())
		return 0; /* then the kernel says it */
	bpf = capng_have_capability(CAPNG_EFFECTIVE, CAP_BPF) ||
	      capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN);
	net = capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN);
	if (bpf && net)
		return 0;
	return refuse(refusal, EX_NOPERM,
		      "the capabilities CAP_BPF and CAP_NET_ADMIN are needed; "
		      "run famad as root or grant both");
}

static int open_programs(struct opening *opening)
{
	struct dataplane *dp = opening->dp;

	dp->skel = programs_open(dp->role, &opening->request->settings);
	if (!dp->skel)
		return refuse_errno(&opening->refusal, errno, "cannot open the BPF object");
	programs_size(dp->skel, opening->request);
	return 0;
}

static int adopt_maps(struct opening *opening)
{
	struct fama_bpf *skel = opening->dp->skel;
	struct bpf_map *maps[MAP_COUNT] = {
		[MAP_LAYOUT] = skel->maps.layout,     [MAP_BINDINGS] = skel->maps.bindings,
		[MAP_TRAFFIC] = skel->maps.traffic,   [MAP_PREFIXES] = skel->maps.prefixes,
		[MAP_OUTCOMES] = skel->maps.outcomes, [MAP_PUNT] = skel->maps.punt,
		[MAP_CREDIT] = skel->maps.credit,     [MAP_SEEN] = skel->maps.seen,
	};
	int err = 0;

	for (unsigned int i = 0; i < opening->map_count && !err; i++)
		err = pinned_map_adopt(&opening->maps[i], opening->dp->directory, maps[i],
				       &opening->refusal);
	return err;
}

/* The programs see the flow label key of the layout, so that it lasts over restarts; nothing has
 * to find a slot of `budget` again. */
static int settle_layout(struct opening *opening)
{
	struct dataplane *dp = opening->dp;

	if (layout_settle(dp, bpf_map__fd(dp->skel->maps.layout), opening->maps[MAP_LAYOUT].adopted,
			  &opening->refusal))
		return -1;
	dp->settings = opening->request->settings;
	dp->settings.flow_label_key = dp->layout.flow_label_key;
	random_octets(&dp->settings.budget_key, sizeof(dp->settings.budget_key));
	dp->skel->rodata->settings = dp->settings;
	return 0;
}

static int load(struct opening *opening)
{
	struct dataplane *dp = opening->dp;
	struct fama_bpf *skel = dp->skel;
	int err = fama_bpf__load(skel);

	if (err)
		return refuse_errno(&opening->refusal, err, "the kernel refuses the BPF programs");
	dp->maps.bindings = bpf_map__fd(skel->maps.bindings);
	dp->maps.traffic = bpf_map__fd(skel->maps.traffic);
	dp->maps.prefixes = bpf_map__fd(skel->maps.prefixes);
	dp->maps.outcomes = bpf_map__fd(skel->maps.outcomes);
	dp->maps.punt = bpf_map__fd(skel->maps.punt);
	dp->maps.layout = bpf_map__fd(skel->maps.layout);
	dp->maps.credit = bpf_map__fd(skel->maps.credit);
	dp->maps.seen = bpf_map__fd(skel->maps.seen);
	dp->maps.defended = bpf_map__fd(skel->maps.defended);
	err = layout_write(dp);
	return err ? refuse_errno(&opening->refusal, err, "cannot write the layout") : 0;
}

static int publish_maps(struct opening *opening)
{
	int err = 0;

	for (unsigned int i = 0; i < opening->map_count && !err; i++)
		err = pinned_map_publish(&opening->maps[i], opening->dp->directory,
					 &opening->refusal);
	return err;
}

static void withdraw_maps(struct opening *opening)
{
	for (unsigned int i = opening->map_count; i > 0; i--)
		pinned_map_withdraw(&opening->maps[i - 1], opening->dp->directory);
}

static void release_maps(struct opening *opening)
{
	for (unsigned int i = 0; i < opening->map_count; i++)
		pinned_map_release(&opening->maps[i]);
}

static struct bpffs_path next_name(const struct bpf_program *program)
{
	struct bpffs_path name;

	snprintf(name.s, sizeof(name.s), "new:%s", bpf_program__name(program));
	return name;
}

/* Before they are attached: a program counts as ours where it is pinned, also after a crash. */
static int pin_programs(struct opening *opening)
{
	struct dataplane *dp = opening->dp;
	struct bpf_program *program;
	int err;

	bpf_object__for_each_program(program, dp->skel->obj)
	{
		if (!bpf_program__autoload(program))
			continue;
		err = bpffs_put(dp->directory, BPFFS_PROGS, next_name(program).s,
				bpf_program__fd(program));
		if (err)
			return refuse_errno(&opening->refusal, err, "cannot pin %s in %s/progs",
					    bpf_program__name(program), dp->directory);
	}
	return 0;
}

static void unpin_programs(struct opening *opening)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, opening->dp->skel->obj)
		bpffs_unpin(opening->dp->directory, BPFFS_PROGS, next_name(program).s);
}

static void plan_attachments(struct opening *opening)
{
	struct dataplane *dp = opening->dp;

	opening->plan = (struct attach_plan){
		.role = dp->role,
		.directory = dp->directory,
		.object = dp->skel->obj,
		.settings = &dp->settings,
		.now.dar = bpf_program__fd(dp->skel->progs.fama_dar),
		.now.mn_egress = bpf_program__fd(dp->skel->progs.fama_mn_egress),
		.now.mn_ingress = bpf_program__fd(dp->skel->progs.fama_mn_ingress),
		.earlier.dar = bpffs_get(dp->directory, BPFFS_PROGS, "fama_dar"),
		.earlier.mn_egress = bpffs_get(dp->directory, BPFFS_PROGS, "fama_mn_egress"),
		.earlier.mn_ingress = bpffs_get(dp->directory, BPFFS_PROGS, "fama_mn_ingress"),
	};
}

static void forget_earlier(struct attach_programs *earlier)
{
	if (earlier->dar >= 0)
		close(earlier->dar);
	if (earlier->mn_egress >= 0)
		close(earlier->mn_egress);
	if (earlier->mn_ingress >= 0)
		close(earlier->mn_ingress);
}

static int attach_all(struct opening *opening)
{
	const struct dataplane_request *request = opening->request;
	struct dataplane *dp = opening->dp;

	for (__u32 i = 0; i < request->settings.interface_count; i++) {
		struct attachment *at = &dp->attachments[i];

		if (attach_interface(at, &opening->plan, request->settings.interfaces[i].ifindex,
				     request->attach[i], &opening->refusal))
			return -1;
		dp->attachment_count = i + 1;
		log_info("attach", "interface=%s ifindex=%u mode=%s change=%s", at->ifname,
			 at->ifindex, attach_mode_name(at->mode),
			 at->change == ATTACH_NEW ? "new" : "taken-over");
	}
	return 0;
}

static void undo_attachments(struct opening *opening)
{
	struct dataplane *dp = opening->dp;

	while (dp->attachment_count > 0) {
		struct attachment *at = &dp->attachments[--dp->attachment_count];

		attach_undo(at, &opening->plan);
		attach_release(at);
	}
}

static void forget_prefixes(int map)
{
	__u8 prefix[16];

	while (!bpf_map_get_next_key(map, NULL, prefix)) {
		if (bpf_map_delete_elem(map, prefix))
			break;
	}
}

/* Nothing here can fail in a way that has to be undone: the new programs carry the packets.
 * What is let go is known as ours by the earlier programs' pins, so these go last. */
static void commit(struct opening *opening)
{
	struct dataplane *dp = opening->dp;
	struct bpf_program *program;

	attach_remove_others(dp->directory, dp->attachments, dp->attachment_count);
	for (unsigned int i = 0; i < dp->attachment_count; i++)
		attach_commit(&dp->attachments[i]);
	bpf_object__for_each_program(program, dp->skel->obj)
	{
		if (bpf_program__autoload(program))
			bpffs_put(dp->directory, BPFFS_PROGS, bpf_program__name(program),
				  bpf_program__fd(program));
	}
	unpin_programs(opening);
	forget_prefixes(dp->maps.prefixes);
}

static int open_all(struct opening *opening)
{
	struct dataplane *dp = opening->dp;
	int err;

	if (check_privilege(&opening->refusal))
		return -1;
	if (bpffs_prepare(dp->directory, &opening->refusal))
		return -1;
	dp->lock_fd = bpffs_lock(dp->directory, &opening->refusal);
	if (dp->lock_fd < 0)
		return -1;
	if (open_programs(opening) || adopt_maps(opening) || settle_layout(opening) ||
	    load(opening))
		goto err_load;
	if (publish_maps(opening))
		goto err_maps;
	if (pin_programs(opening))
		goto err_programs;
	err = punt_open(dp);
	if (err) {
		refuse_errno(&opening->refusal, err, "cannot open the ring buffer");
		goto err_programs;
	}
	plan_attachments(opening);
	if (attach_all(opening))
		goto err_attach;
	commit(opening);
	forget_earlier(&opening->plan.earlier);
	return 0;

err_attach:
	undo_attachments(opening);
	forget_earlier(&opening->plan.earlier);
err_programs:
	unpin_programs(opening);
err_maps:
	withdraw_maps(opening);
err_load:
	bpffs_remove(dp->directory);
	return -1;
}

static void free_dataplane(struct dataplane *dp)
{
	punt_close(dp);
	fama_bpf__destroy(dp->skel);
	if (dp->lock_fd >= 0)
		close(dp->lock_fd);
	free(dp);
}

struct dataplane *dataplane_open(const struct dataplane_request *request, bool *adopted, int *code,
				 char *why, size_t why_size)
{
	struct opening opening = {
		.request = request,
		.refusal = {.why = why, .why_size = why_size},
	};
	struct dataplane *dp = calloc(1, sizeof(*dp));
	int err;

	*code = EX_UNAVAILABLE;
	if (!dp) {
		snprintf(why, why_size, "out of memory");
		return NULL;
	}
	opening.dp = dp;
	dp->lock_fd = -1;
	dp->role = request->role;
	snprintf(dp->directory, sizeof(dp->directory), "%s", request->bpffs);
	opening.map_count = dp->role == DATAPLANE_DAR ? MAP_COUNT : MAP_COUNT_MN;
	for (unsigned int i = 0; i < opening.map_count; i++)
		opening.maps[i].earlier = -1;
	err = open_all(&opening);
	*adopted = opening.maps[MAP_BINDINGS].adopted || opening.maps[MAP_BINDINGS].earlier >= 0;
	release_maps(&opening);
	if (!err)
		return dp;
	*code = opening.refusal.code;
	free_dataplane(dp);
	return NULL;
}

static int unpin_map(const char *name, void *arg)
{
	bpffs_unpin(arg, BPFFS_MAPS, name);
	return 0;
}

static int unpin_program(const char *name, void *arg)
{
	bpffs_unpin(arg, BPFFS_PROGS, name);
	return 0;
}

void dataplane_close(struct dataplane *dp, bool flush)
{
	if (!dp)
		return;
	for (unsigned int i = 0; i < dp->attachment_count; i++)
		attach_release(&dp->attachments[i]);
	if (flush) {
		attach_remove_others(dp->directory, NULL, 0);
		bpffs_each(dp->directory, BPFFS_PROGS, unpin_program, dp->directory);
		bpffs_each(dp->directory, BPFFS_MAPS, unpin_map, dp->directory);
		bpffs_remove(dp->directory);
	}
	free_dataplane(dp);
}

enum attach_mode dataplane_attach_mode(const struct dataplane *dp, unsigned int interface)
{
	return dp->attachments[interface].mode;
}

int dataplane_local_fd(const struct dataplane *dp)
{
	return bpf_program__fd(dp->skel->progs.fama_dar_local);
}
