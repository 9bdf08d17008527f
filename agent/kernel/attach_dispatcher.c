// SPDX-License-Identifier: BSD-2-Clause
/* Owns membership in an interface's libxdp dispatcher, beside other people's XDP programs. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <xdp/libxdp.h>

#include "fama/dataplane.h" /* before the skeleton, which uses its types */
#include "fama.skel.h"
#include "kernel/attach_mode.h"
#include "kernel/bpffs.h"
#include "kernel/programs.h"
#include "kernel/refusal.h"

enum {
	RUN_PRIORITY = 80, /* behind filters, which take 10 to 50 */
	MEMBER_LIMIT = 10, /* of one dispatcher, set by libxdp */
};
static const char member_prefix[] = "fama_dar@"; /* in progs/, before the interface name */

static struct bpffs_path member_name(const char *ifname)
{
	struct bpffs_path name;

	snprintf(name.s, sizeof(name.s), "%s%s", member_prefix, ifname);
	return name;
}

static struct xdp_multiprog *dispatcher_of(uint32_t ifindex)
{
	struct xdp_multiprog *mp = xdp_multiprog__get_from_ifindex((int)ifindex);

	if (!mp || libxdp_get_error(mp))
		return NULL;
	if (!xdp_multiprog__is_legacy(mp))
		return mp;
	xdp_multiprog__close(mp);
	return NULL;
}

bool attach_dispatcher_present(uint32_t ifindex)
{
	struct xdp_multiprog *mp = dispatcher_of(ifindex);

	xdp_multiprog__close(mp);
	return mp;
}

/* One member of our name that is not `keep_id`; true when one was found and detached. */
static bool detach_one(uint32_t ifindex, uint32_t keep_id)
{
	struct xdp_multiprog *mp = dispatcher_of(ifindex);
	struct xdp_program *member = NULL;
	bool gone = false;

	if (!mp)
		return false;
	while ((member = xdp_multiprog__next_prog(member, mp))) {
		if (strcmp(xdp_program__name(member), "fama_dar") == 0 &&
		    xdp_program__id(member) != keep_id)
			break;
	}
	if (member)
		gone = !xdp_program__detach(member, (int)ifindex, xdp_multiprog__attach_mode(mp),
					    0);
	xdp_multiprog__close(mp);
	return gone;
}

static void close_member(struct attachment *at)
{
	xdp_program__close(at->member);
	if (at->member_object)
		fama_bpf__destroy(at->member_object);
	at->member = NULL;
	at->member_object = NULL;
}

static int open_member(struct attachment *at, const struct attach_plan *plan)
{
	const char *section;
	int err;

	at->member_object = programs_open_member(plan->object, plan->settings);
	if (!at->member_object)
		return -errno;
	section = bpf_program__section_name(at->member_object->progs.fama_dar);
	at->member = xdp_program__from_bpf_obj(at->member_object->obj, section);
	err = (int)libxdp_get_error(at->member);
	if (err) {
		at->member = NULL;
		return err;
	}
	err = xdp_program__set_run_prio(at->member, RUN_PRIORITY);
	return err ? err : xdp_program__set_chain_call_enabled(at->member, XDP_PASS, true);
}

static int attach_member(struct attachment *at)
{
	int err = xdp_program__attach(at->member, (int)at->ifindex, XDP_MODE_NATIVE, 0);

	if (err)
		return err;
	/* Where it cannot build a dispatcher libxdp attaches the bare program and returns 0. */
	if (attach_dispatcher_present(at->ifindex))
		return 0;
	xdp_program__detach(at->member, (int)at->ifindex, XDP_MODE_NATIVE, 0);
	return -EOPNOTSUPP;
}

int attach_dispatcher_join(struct attachment *at, const struct attach_plan *plan,
			   struct refusal *refusal)
{
	int err;

	if (libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_EXT, NULL) != 1)
		return refuse(refusal, EX_UNAVAILABLE,
			      "%s: attach: dispatcher needs BPF programs of type EXT, which this "
			      "kernel refuses; choose link",
			      at->ifname);
	err = open_member(at, plan);
	if (!err)
		err = attach_member(at);
	if (!err) {
		err = bpffs_put(plan->directory, BPFFS_PROGS, member_name(at->ifname).s,
				xdp_program__fd(at->member));
		if (err)
			xdp_program__detach(at->member, (int)at->ifindex, XDP_MODE_NATIVE, 0);
	}
	if (!err) {
		at->mode = ATTACH_MODE_DISPATCHER;
		return 0;
	}
	close_member(at);
	return refuse_errno(refusal, err, "cannot join a libxdp dispatcher on %s", at->ifname);
}

void attach_dispatcher_leave(struct attachment *at, const struct attach_plan *plan)
{
	xdp_program__detach(at->member, (int)at->ifindex, XDP_MODE_NATIVE, 0);
	bpffs_unpin(plan->directory, BPFFS_PROGS, member_name(at->ifname).s);
	close_member(at);
}

/* Until now the earlier member and ours both ran: a tunnel packet meets the first only. */
void attach_dispatcher_commit(struct attachment *at)
{
	for (int left = MEMBER_LIMIT; left > 0; left--) {
		if (!detach_one(at->ifindex, xdp_program__id(at->member)))
			return;
	}
}

void attach_dispatcher_release(struct attachment *at)
{
	if (at->member)
		close_member(at);
}

const char *attach_dispatcher_ifname(const char *name)
{
	size_t len = sizeof(member_prefix) - 1;

	return strncmp(name, member_prefix, len) ? NULL : name + len;
}

void attach_dispatcher_remove_pinned(const char *directory, const char *name)
{
	struct bpffs_path path = bpffs_path(directory, BPFFS_PROGS, name);
	struct xdp_program *member = xdp_program__from_pin(path.s);
	char ifname[IF_NAMESIZE];
	struct xdp_multiprog *mp;
	unsigned int ifindex;

	snprintf(ifname, sizeof(ifname), "%s", attach_dispatcher_ifname(name));
	for (char *at = ifname; *at; at++) {
		if (*at == ':')
			*at = '.';
	}
	ifindex = if_nametoindex(ifname);
	mp = ifindex ? dispatcher_of(ifindex) : NULL;
	if (mp && !libxdp_get_error(member))
		xdp_program__detach(member, (int)ifindex, xdp_multiprog__attach_mode(mp), 0);
	xdp_multiprog__close(mp);
	if (!libxdp_get_error(member))
		xdp_program__close(member);
	bpffs_unpin(directory, BPFFS_PROGS, name);
}
