/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns how a program comes onto an interface: the mode chosen, foreign programs left alone. */
#ifndef FAMA_ATTACH_H
#define FAMA_ATTACH_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/dataplane.h"

struct bpf_object;
struct fama_bpf;
struct refusal;
struct xdp_program;

struct attach_programs { /* fds, -1: none */
	int dar;
	int mn_egress, mn_ingress;
};

/* What all attachments of one dataplane_open() share. */
struct attach_plan {
	enum dataplane_role role;
	const char *directory;
	const struct bpf_object *object; /* loaded: its maps are shared by dispatcher members */
	const struct dataplane_settings *settings;
	struct attach_programs now;
	struct attach_programs earlier; /* those an earlier agent pinned: the way back */
};

enum attach_change { /* against what was there before: what the undo has to know */
		     ATTACH_UNCHANGED,
		     ATTACH_NEW,
		     ATTACH_UPDATED, /* the earlier program ran there in the same mode */
		     ATTACH_MOVED,   /* it ran there as a link in another mode */
};

struct attachment {
	uint32_t ifindex;
	char ifname[IF_NAMESIZE];
	enum attach_mode mode; /* in force */
	enum attach_change change;
	enum attach_mode earlier_mode; /* before ATTACH_MOVED */
	int link;                      /* bpf_link, -1: none */
	struct xdp_program *member;    /* of a dispatcher */
	struct fama_bpf *member_object;
};

/* In the mode asked for, or all is left as it was: 0, or -1 with the refusal. */
int attach_interface(struct attachment *at, const struct attach_plan *plan, uint32_t ifindex,
		     enum attach_mode asked, struct refusal *refusal);
void attach_undo(struct attachment *at, const struct attach_plan *plan);
/* After the last step that can fail: the earlier program goes where both still run. */
void attach_commit(struct attachment *at);
/* Lets go of what this process holds; the packets flow on. */
void attach_release(struct attachment *at);

/* Detaches from every interface an agent of this directory attached to, but those kept. */
void attach_remove_others(const char *directory, const struct attachment *kept,
			  unsigned int kept_count);

#endif
