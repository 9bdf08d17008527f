// SPDX-License-Identifier: BSD-2-Clause
/* Owns the mobile node's pair of filters at clsact, and whether the qdisc was there before us. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "kernel/attach_mode.h"
#include "kernel/bpffs.h"
#include "kernel/netlink.h"
#include "kernel/refusal.h"

enum {
	FILTER_PRIORITY = 1, /* before a filter that ends the walk */
	FILTER_HANDLE = 0xfa3a,
};

/* The symbolic link links/IFNAME says: clsact-made:7 or clsact-found:7, 7 being the ifindex. */
static const char made_format[] = "clsact-made:%u";
static const char found_format[] = "clsact-found:%u";

static struct bpf_tc_hook hook_of(uint32_t ifindex, enum bpf_tc_attach_point point)
{
	return (struct bpf_tc_hook){
		.sz = sizeof(struct bpf_tc_hook),
		.ifindex = (int)ifindex,
		.attach_point = point,
	};
}

static struct bpf_tc_opts filter_of(int program)
{
	return (struct bpf_tc_opts){
		.sz = sizeof(struct bpf_tc_opts),
		.prog_fd = program,
		.flags = program ? BPF_TC_F_REPLACE : 0,
		.handle = FILTER_HANDLE,
		.priority = FILTER_PRIORITY,
	};
}

static bool read_note(const char *directory, const char *name, bool *made, uint32_t *ifindex)
{
	struct bpffs_path path = bpffs_path(directory, BPFFS_LINKS, name);
	char note[64];
	ssize_t len = readlink(path.s, note, sizeof(note) - 1);

	if (len < 0)
		return false;
	note[len] = '\0';
	*made = sscanf(note, made_format, ifindex) == 1;
	return *made || sscanf(note, found_format, ifindex) == 1;
}

static int write_note(const struct attachment *at, const char *directory, bool made)
{
	struct bpffs_path path = bpffs_path(directory, BPFFS_LINKS, at->ifname);
	char note[64];

	snprintf(note, sizeof(note), made ? made_format : found_format, at->ifindex);
	unlink(path.s);
	return symlink(note, path.s) ? -errno : 0;
}

static int stop_at_any(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	(void)arg;
	return -EEXIST;
}

static bool has_filters(struct netlink *nl, uint32_t ifindex, uint32_t minor)
{
	char buffer[NLMSG_ALIGN(sizeof(struct nlmsghdr)) + NLMSG_ALIGN(sizeof(struct tcmsg))];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct tcmsg *tc;

	request->nlmsg_type = RTM_GETTFILTER;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	tc = mnl_nlmsg_put_extra_header(request, sizeof(*tc));
	tc->tcm_family = AF_UNSPEC;
	tc->tcm_ifindex = (int)ifindex;
	tc->tcm_parent = TC_H_MAKE(TC_H_CLSACT, minor);
	return netlink_dump(nl, request, stop_at_any, NULL) != 0;
}

/* Somebody else may have put a filter there since we made the qdisc. */
static void remove_clsact(uint32_t ifindex)
{
	struct bpf_tc_hook both = hook_of(ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	struct netlink *nl = netlink_open(0);

	if (!nl)
		return;
	if (!has_filters(nl, ifindex, TC_H_MIN_INGRESS) &&
	    !has_filters(nl, ifindex, TC_H_MIN_EGRESS))
		bpf_tc_hook_destroy(&both);
	netlink_close(nl);
}

static uint32_t running_filter(uint32_t ifindex, enum bpf_tc_attach_point point)
{
	struct bpf_tc_hook hook = hook_of(ifindex, point);
	struct bpf_tc_opts filter = filter_of(0);

	return bpf_tc_query(&hook, &filter) ? 0 : filter.prog_id;
}

static int put_filter(uint32_t ifindex, enum bpf_tc_attach_point point, int program)
{
	struct bpf_tc_hook hook = hook_of(ifindex, point);
	struct bpf_tc_opts filter = filter_of(program);

	return bpf_tc_attach(&hook, &filter);
}

static void take_filter(uint32_t ifindex, enum bpf_tc_attach_point point)
{
	struct bpf_tc_hook hook = hook_of(ifindex, point);
	struct bpf_tc_opts filter = filter_of(0);

	bpf_tc_detach(&hook, &filter);
}

static int refuse_foreign_filter(const struct attachment *at, const char *directory,
				 enum bpf_tc_attach_point point, struct refusal *refusal)
{
	uint32_t running = running_filter(at->ifindex, point);

	if (!running || attach_is_ours(directory, running))
		return 0;
	return refuse(refusal, EX_UNAVAILABLE,
		      "%s has a foreign tc filter, program %u, in our place (%s, pref %d, handle "
		      "0x%x), which is left alone",
		      at->ifname, running, point == BPF_TC_INGRESS ? "ingress" : "egress",
		      FILTER_PRIORITY, FILTER_HANDLE);
}

/* The qdisc, and the note whose it is. */
static int prepare_clsact(const struct attachment *at, const char *directory)
{
	struct bpf_tc_hook both = hook_of(at->ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	int err = bpf_tc_hook_create(&both);
	uint32_t noted_ifindex;
	bool made = !err;
	bool noted_made;

	if (err && err != -EEXIST)
		return err;
	if (!made && read_note(directory, at->ifname, &noted_made, &noted_ifindex) &&
	    noted_ifindex == at->ifindex)
		return 0;
	err = write_note(at, directory, made);
	if (err && made)
		remove_clsact(at->ifindex);
	return err;
}

/* Ingress first: once a Binding Update has left, its answer must not reach the stack. */
static int put_filters(uint32_t ifindex, const struct attach_programs *programs)
{
	int err = put_filter(ifindex, BPF_TC_INGRESS, programs->mn_ingress);

	return err ? err : put_filter(ifindex, BPF_TC_EGRESS, programs->mn_egress);
}

int attach_tc(struct attachment *at, const struct attach_plan *plan, struct refusal *refusal)
{
	bool was_there = running_filter(at->ifindex, BPF_TC_INGRESS) != 0;
	int err;

	if (refuse_foreign_filter(at, plan->directory, BPF_TC_INGRESS, refusal) ||
	    refuse_foreign_filter(at, plan->directory, BPF_TC_EGRESS, refusal))
		return -1;
	err = prepare_clsact(at, plan->directory);
	if (err)
		return refuse_errno(refusal, err, "cannot prepare clsact on %s", at->ifname);
	at->mode = ATTACH_MODE_TC;
	at->change = was_there ? ATTACH_UPDATED : ATTACH_NEW;
	err = put_filters(at->ifindex, &plan->now);
	if (!err)
		return 0;
	attach_tc_undo(at, plan);
	return refuse_errno(refusal, err, "cannot attach to clsact on %s", at->ifname);
}

void attach_tc_undo(struct attachment *at, const struct attach_plan *plan)
{
	if (at->change == ATTACH_NEW)
		attach_tc_remove_pinned(plan->directory, at->ifname);
	else if (plan->earlier.mn_ingress >= 0 && plan->earlier.mn_egress >= 0)
		put_filters(at->ifindex, &plan->earlier);
}

bool attach_tc_is_pinned(const char *directory, const char *name)
{
	uint32_t ifindex;
	bool made;

	return read_note(directory, name, &made, &ifindex);
}

static void take_our_filter(const char *directory, uint32_t ifindex, enum bpf_tc_attach_point point)
{
	uint32_t running = running_filter(ifindex, point);

	if (running && attach_is_ours(directory, running))
		take_filter(ifindex, point);
}

/* Egress first, as in put_filters() the other way round. */
void attach_tc_remove_pinned(const char *directory, const char *name)
{
	uint32_t ifindex;
	bool made;

	if (!read_note(directory, name, &made, &ifindex))
		return;
	take_our_filter(directory, ifindex, BPF_TC_EGRESS);
	take_our_filter(directory, ifindex, BPF_TC_INGRESS);
	if (made)
		remove_clsact(ifindex);
	bpffs_unpin(directory, BPFFS_LINKS, name);
}
