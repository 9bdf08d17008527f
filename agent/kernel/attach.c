// SPDX-License-Identifier: BSD-2-Clause
/* Owns how a program comes onto an interface: the mode chosen, foreign programs left alone. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "kernel/attach.h"
#include "kernel/attach_mode.h"
#include "kernel/bpffs.h"
#include "kernel/refusal.h"

const char *attach_mode_name(enum attach_mode mode)
{
	switch (mode) {
	case ATTACH_MODE_AUTO:
		return "auto";
	case ATTACH_MODE_DISPATCHER:
		return "dispatcher";
	case ATTACH_MODE_LINK:
		return "link";
	case ATTACH_MODE_GENERIC:
		return "generic";
	case ATTACH_MODE_TC:
		return "tc";
	}
	return "?";
}

struct program_search {
	const char *directory;
	uint32_t id;
};

static int program_matches(const char *name, void *arg)
{
	const struct program_search *search = arg;
	struct bpf_prog_info found = {0};
	__u32 len = sizeof(found);
	int fd = bpffs_get(search->directory, BPFFS_PROGS, name);
	bool matches;

	if (fd < 0)
		return 0;
	matches = !bpf_obj_get_info_by_fd(fd, &found, &len) && found.id == search->id;
	close(fd);
	return matches;
}

bool attach_is_ours(const char *directory, uint32_t program_id)
{
	struct program_search search = {.directory = directory, .id = program_id};

	return bpffs_each(directory, BPFFS_PROGS, program_matches, &search) == 1;
}

static uint32_t running_program(uint32_t ifindex)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	if (bpf_xdp_query((int)ifindex, 0, &query))
		return 0;
	if (query.prog_id)
		return query.prog_id;
	/* Several modes at once: prog_id says none of them. */
	if (query.hw_prog_id)
		return query.hw_prog_id;
	return query.drv_prog_id ? query.drv_prog_id : query.skb_prog_id;
}

static int refuse_foreign(const struct attachment *at, uint32_t program_id, struct refusal *refusal)
{
	struct bpf_prog_info found = {0};
	__u32 len = sizeof(found);
	int fd = bpf_prog_get_fd_by_id(program_id);

	if (fd >= 0) {
		bpf_obj_get_info_by_fd(fd, &found, &len);
		close(fd);
	}
	return refuse(refusal, EX_UNAVAILABLE,
		      "%s runs the XDP program %u \"%s\", which is not ours and is left alone; "
		      "detach it with: ip link set dev %s xdp off",
		      at->ifname, program_id, found.name[0] ? found.name : "?", at->ifname);
}

static int refuse_mode(const struct attachment *at, int err, enum attach_mode mode,
		       struct refusal *refusal)
{
	if (err == -EBUSY || err == -EEXIST)
		return refuse(refusal, EX_UNAVAILABLE,
			      "%s is held by another program's link; is a second famad running?",
			      at->ifname);
	return refuse_errno(refusal, err, "cannot attach to %s in mode %s", at->ifname,
			    attach_mode_name(mode));
}

static int create_link(struct attachment *at, const struct attach_plan *plan,
		       enum attach_mode asked, struct refusal *refusal)
{
	enum attach_mode mode = asked == ATTACH_MODE_AUTO ? ATTACH_MODE_LINK : asked;
	int err = attach_link_create(at, plan->directory, plan->now.dar, mode);

	if (err && asked == ATTACH_MODE_AUTO && err != -EBUSY && err != -EEXIST && err != -EPERM) {
		log_debug("attach.generic", "interface=%s native=\"%s\"", at->ifname,
			  strerror(-err));
		mode = ATTACH_MODE_GENERIC;
		err = attach_link_create(at, plan->directory, plan->now.dar, mode);
	}
	return err ? refuse_mode(at, err, mode, refusal) : 0;
}

static int put_on(struct attachment *at, const struct attach_plan *plan, enum attach_mode asked,
		  struct refusal *refusal)
{
	if (asked == ATTACH_MODE_DISPATCHER)
		return attach_dispatcher_join(at, plan, refusal);
	return create_link(at, plan, asked, refusal);
}

/* Our own link is there: the new program takes over in place, or the mode changes. */
static int take_over(struct attachment *at, const struct attach_plan *plan, enum attach_mode asked,
		     struct refusal *refusal)
{
	int err;

	if (asked == at->mode || asked == ATTACH_MODE_AUTO) {
		err = bpf_link_update(at->link, plan->now.dar, NULL);
		if (err)
			return refuse_mode(at, err, at->mode, refusal);
		at->change = ATTACH_UPDATED;
		return 0;
	}
	at->earlier_mode = at->mode;
	attach_link_remove(at, plan->directory);
	if (!put_on(at, plan, asked, refusal)) {
		at->change = ATTACH_MOVED;
		return 0;
	}
	if (plan->earlier.dar >= 0)
		attach_link_create(at, plan->directory, plan->earlier.dar, at->earlier_mode);
	return -1;
}

static int attach_xdp(struct attachment *at, const struct attach_plan *plan, enum attach_mode asked,
		      struct refusal *refusal)
{
	uint32_t running = running_program(at->ifindex);

	if (asked == ATTACH_MODE_TC)
		return refuse(refusal, EX_UNAVAILABLE,
			      "%s: attach: tc is not built yet for role dar; choose generic",
			      at->ifname);
	if (attach_link_find(at, plan->directory, running))
		return take_over(at, plan, asked, refusal);
	if (running) {
		if ((asked != ATTACH_MODE_AUTO && asked != ATTACH_MODE_DISPATCHER) ||
		    !attach_dispatcher_present(at->ifindex))
			return refuse_foreign(at, running, refusal);
		asked = ATTACH_MODE_DISPATCHER;
	}
	if (put_on(at, plan, asked, refusal))
		return -1;
	at->change = ATTACH_NEW;
	return 0;
}

int attach_interface(struct attachment *at, const struct attach_plan *plan, uint32_t ifindex,
		     enum attach_mode asked, struct refusal *refusal)
{
	int err;

	*at = (struct attachment){.ifindex = ifindex, .link = -1};
	if (!if_indextoname(ifindex, at->ifname))
		return refuse_errno(refusal, errno, "interface %u", ifindex);
	if (plan->role == DATAPLANE_MN) {
		if (asked != ATTACH_MODE_AUTO && asked != ATTACH_MODE_TC)
			return refuse(refusal, EX_UNAVAILABLE,
				      "%s: attach: %s is not for role mn; choose tc", at->ifname,
				      attach_mode_name(asked));
		err = attach_tc(at, plan, refusal);
	} else {
		err = attach_xdp(at, plan, asked, refusal);
	}
	if (err)
		attach_release(at);
	return err;
}

void attach_undo(struct attachment *at, const struct attach_plan *plan)
{
	switch (at->mode) {
	case ATTACH_MODE_AUTO:
		return;
	case ATTACH_MODE_TC:
		attach_tc_undo(at, plan);
		return;
	case ATTACH_MODE_DISPATCHER:
		attach_dispatcher_leave(at, plan);
		break;
	case ATTACH_MODE_LINK:
	case ATTACH_MODE_GENERIC:
		if (at->change == ATTACH_UPDATED) {
			if (plan->earlier.dar >= 0)
				bpf_link_update(at->link, plan->earlier.dar, NULL);
			return;
		}
		attach_link_remove(at, plan->directory);
		break;
	}
	if (at->change == ATTACH_MOVED && plan->earlier.dar >= 0)
		attach_link_create(at, plan->directory, plan->earlier.dar, at->earlier_mode);
}

void attach_commit(struct attachment *at)
{
	if (at->mode == ATTACH_MODE_DISPATCHER)
		attach_dispatcher_commit(at);
	at->change = ATTACH_UNCHANGED;
}

void attach_release(struct attachment *at)
{
	if (at->link >= 0)
		close(at->link);
	at->link = -1;
	attach_dispatcher_release(at);
}

struct sweep {
	const char *directory;
	const struct attachment *kept;
	unsigned int kept_count;
};

static bool is_kept(const struct sweep *sweep, const char *name, bool member)
{
	for (unsigned int i = 0; i < sweep->kept_count; i++) {
		const struct attachment *at = &sweep->kept[i];
		struct bpffs_path path = bpffs_path("", BPFFS_LINKS, at->ifname);

		if (!strcmp(strrchr(path.s, '/') + 1, name) &&
		    (at->mode == ATTACH_MODE_DISPATCHER) == member)
			return true;
	}
	return false;
}

static int sweep_link(const char *name, void *arg)
{
	const struct sweep *sweep = arg;

	if (is_kept(sweep, name, false))
		return 0;
	if (attach_tc_is_pinned(sweep->directory, name))
		attach_tc_remove_pinned(sweep->directory, name);
	else
		attach_link_remove_pinned(sweep->directory, name);
	return 0;
}

static int sweep_member(const char *name, void *arg)
{
	const struct sweep *sweep = arg;
	const char *ifname = attach_dispatcher_ifname(name);

	if (ifname && !is_kept(sweep, ifname, true))
		attach_dispatcher_remove_pinned(sweep->directory, name);
	return 0;
}

void attach_remove_others(const char *directory, const struct attachment *kept,
			  unsigned int kept_count)
{
	struct sweep sweep = {.directory = directory, .kept = kept, .kept_count = kept_count};

	bpffs_each(directory, BPFFS_LINKS, sweep_link, &sweep);
	bpffs_each(directory, BPFFS_PROGS, sweep_member, &sweep);
}
