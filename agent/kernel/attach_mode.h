/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what attach.c asks of each mode: bpf_link (native, generic), libxdp dispatcher, clsact. */
#ifndef FAMA_ATTACH_MODE_H
#define FAMA_ATTACH_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/attach.h"

/* The program is pinned in progs/ of the directory. */
bool attach_is_ours(const char *directory, uint32_t program_id);

/* ---- attach_link.c: ATTACH_MODE_LINK and ATTACH_MODE_GENERIC ---- */

/* Opens the pinned link if it is on the interface, forgets it if it is on none or another. Sets
 * at->link, at->mode. */
bool attach_link_find(struct attachment *at, const char *directory, uint32_t running_id);
int attach_link_create(struct attachment *at, const char *directory, int program,
		       enum attach_mode mode); /* 0 or -errno */
void attach_link_remove(struct attachment *at, const char *directory);
void attach_link_remove_pinned(const char *directory, const char *name);

/* ---- attach_dispatcher.c ---- */

bool attach_dispatcher_present(uint32_t ifindex);
int attach_dispatcher_join(struct attachment *at, const struct attach_plan *plan,
			   struct refusal *refusal);
void attach_dispatcher_leave(struct attachment *at, const struct attach_plan *plan);
void attach_dispatcher_commit(struct attachment *at);
void attach_dispatcher_release(struct attachment *at);
/* `name` in progs/: is it a member, and of which interface's dispatcher? NULL: it is none. */
const char *attach_dispatcher_ifname(const char *name);
void attach_dispatcher_remove_pinned(const char *directory, const char *name);

/* ---- attach_tc.c ---- */

int attach_tc(struct attachment *at, const struct attach_plan *plan, struct refusal *refusal);
void attach_tc_undo(struct attachment *at, const struct attach_plan *plan);
/* links/NAME of ours is a symbolic link: it says that the interface is ours by clsact. */
bool attach_tc_is_pinned(const char *directory, const char *name);
void attach_tc_remove_pinned(const char *directory, const char *name);

#endif
