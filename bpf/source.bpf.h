/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the verdict on who speaks on an access link; source.bpf.c reaches it. */
#ifndef FAMA_SOURCE_BPF_H
#define FAMA_SOURCE_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>

/* PASSED, or why the packet is dropped. A global function: verified once. */
__u32 source_check(struct xdp_md *ctx);

#endif
