/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the first gate of the signalling; signalling.bpf.c keeps its buckets. */
#ifndef FAMA_SIGNALLING_BPF_H
#define FAMA_SIGNALLING_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>

/* PASSED: worth the agent's time. A global function: verified once. */
__u32 signalling_gate(struct xdp_md *ctx);

#endif
