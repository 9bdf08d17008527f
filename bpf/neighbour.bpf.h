/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the way into neighbour discovery on an access link; neighbour.bpf.c does it. */
#ifndef FAMA_NEIGHBOUR_BPF_H
#define FAMA_NEIGHBOUR_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>

/* ND_ANSWERED: the frame has become the answer; PASSED: untouched, for the stack. A global
 * function: verified once. */
__u32 neighbour_receive(struct xdp_md *ctx);

#endif
