// SPDX-License-Identifier: BSD-2-Clause
/* Owns XDP by a pinned bpf_link: it outlives the agent and is updated without losing a packet. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <unistd.h>

#include "kernel/attach_mode.h"
#include "kernel/bpffs.h"

static enum attach_mode mode_on(uint32_t ifindex)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	if (bpf_xdp_query((int)ifindex, 0, &query) || query.attach_mode != XDP_ATTACHED_SKB)
		return ATTACH_MODE_LINK;
	return ATTACH_MODE_GENERIC;
}

bool attach_link_find(struct attachment *at, const char *directory, uint32_t running_id)
{
	struct bpf_link_info found = {0};
	__u32 len = sizeof(found);
	int link = bpffs_get(directory, BPFFS_LINKS, at->ifname);

	if (link < 0)
		return false;
	/* The index alone could be that of another namespace, the program alone of another link. */
	if (!bpf_obj_get_info_by_fd(link, &found, &len) && found.type == BPF_LINK_TYPE_XDP &&
	    found.xdp.ifindex == at->ifindex && found.prog_id == running_id) {
		at->link = link;
		at->mode = mode_on(at->ifindex);
		return true;
	}
	close(link);
	bpffs_unpin(directory, BPFFS_LINKS, at->ifname);
	return false;
}

int attach_link_create(struct attachment *at, const char *directory, int program,
		       enum attach_mode mode)
{
	LIBBPF_OPTS(bpf_link_create_opts, create,
		    .flags = mode == ATTACH_MODE_GENERIC ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
	int link = bpf_link_create(program, (int)at->ifindex, BPF_XDP, &create);
	int err;

	if (link < 0)
		return link;
	err = bpffs_put(directory, BPFFS_LINKS, at->ifname, link);
	if (err) {
		bpf_link_detach(link);
		close(link);
		return err;
	}
	at->link = link;
	at->mode = mode;
	return 0;
}

/* Detached at once: the last reference to a link is otherwise dropped some time later. */
void attach_link_remove(struct attachment *at, const char *directory)
{
	if (at->link < 0)
		return;
	bpf_link_detach(at->link);
	bpffs_unpin(directory, BPFFS_LINKS, at->ifname);
	close(at->link);
	at->link = -1;
}

void attach_link_remove_pinned(const char *directory, const char *name)
{
	int link = bpffs_get(directory, BPFFS_LINKS, name);

	if (link >= 0) {
		bpf_link_detach(link);
		close(link);
	}
	bpffs_unpin(directory, BPFFS_LINKS, name);
}
