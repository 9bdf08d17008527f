// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Owns the way up to the agent for a frame of the XDP program.

#include "punt.bpf.h"

/*
 * The barrier keeps the bounds on the register that the helpers get: without it clang 14 tests a
 * copy, and the verifier of 6.1 says "invalid zero-sized read" or "unbounded memory access". In a
 * longer function it is the copy on the stack that loses them.
 */
__noinline __u32 punt_xdp(struct xdp_md *ctx, __u32 kind)
{
	struct punt_frame *frame = punt_scratch();
	__u64 octets = bpf_xdp_get_buff_len(ctx);

	asm volatile("" : "+r"(octets));
	if (!frame || octets < PUNT_FRAME_MIN || octets > FAMA_PUNT_FRAME_MAX)
		return OUTCOME_MALFORMED;
	if (bpf_xdp_load_bytes(ctx, 0, frame->octets, octets))
		return OUTCOME_MALFORMED;
	return punt_submit(frame, ctx->ingress_ifindex, kind, octets);
}
