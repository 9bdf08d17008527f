/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns BPF_PROG_TEST_RUN: one frame in, and what came of it: action, outcome, frame, punt. */
#ifndef FAMA_TEST_BPF_RUN_H
#define FAMA_TEST_BPF_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "fama/dataplane.h"
#include "harness/frames.h"

struct bpf_object;
struct ring_buffer;

struct bpf_run {
	int program, outcomes, traffic;
	struct ring_buffer *ring;
	int cpus;
	/* of the last run */
	uint32_t action;
	int counted;                /* enum outcome; -1: none, -2: more than one */
	unsigned int slot;          /* where it was counted */
	unsigned int punts;         /* records in the ring buffer */
	struct punt_header punt;    /* of the last one */
	struct frame_octets punted; /* its octets */
	struct frame_octets out;
};

/* False after a line on stderr. */
bool bpf_run_open(struct bpf_run *run, const struct bpf_object *object, const char *program);
void bpf_run_close(struct bpf_run *run);

/* Both return 0, or -errno where the kernel did not run the program. */
int bpf_run_xdp(struct bpf_run *run, const struct frame_octets *in, uint32_t ifindex,
		unsigned int headroom_taken);
/* `gso`: 0, or octets of payload of each of the packets that the frame stands for. */
int bpf_run_skb(struct bpf_run *run, const struct frame_octets *in, uint32_t ifindex, uint32_t gso);

/* The same frame again and again without looking in between; `action` is the last one. */
int bpf_run_flood(struct bpf_run *run, const struct frame_octets *in, uint32_t ifindex,
		  unsigned int count);

/* Puts `count` copies on the way for real: redirected, delivered or dropped. */
int bpf_run_live(struct bpf_run *run, const struct frame_octets *in, uint32_t ifindex,
		 unsigned int count);

/* Takes what waits in the ring buffer. */
void bpf_run_collect(struct bpf_run *run);

/* Packets so counted since the start, over CPUs and interfaces. */
uint64_t bpf_run_total(const struct bpf_run *run, enum outcome outcome);

#endif
