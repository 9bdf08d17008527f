// SPDX-License-Identifier: BSD-2-Clause
// Owns BPF_PROG_TEST_RUN: one frame in, and what came of it: action, outcome, frame, punt.

#include "harness/bpf_run.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNTED_NONE = -1, COUNTED_SEVERAL = -2 };

struct outcome_sums {
	uint64_t of[OUTCOME_MAX][FAMA_INTERFACE_MAX];
};

static int take_punt(void *ctx, void *record, size_t size)
{
	struct bpf_run *run = ctx;
	size_t octets = size - sizeof(run->punt);

	run->punts++;
	memcpy(&run->punt, record, sizeof(run->punt));
	run->punted.len = octets > FRAME_MAX ? FRAME_MAX : octets;
	memcpy(run->punted.at, (const char *)record + sizeof(run->punt), run->punted.len);
	return 0;
}

bool bpf_run_open(struct bpf_run *run, const struct bpf_object *object, const char *program)
{
	const struct bpf_program *found = bpf_object__find_program_by_name(object, program);

	memset(run, 0, sizeof(*run));
	run->cpus = libbpf_num_possible_cpus();
	run->program = found ? bpf_program__fd(found) : -1;
	run->outcomes = bpf_object__find_map_fd_by_name(object, "outcomes");
	run->traffic = bpf_object__find_map_fd_by_name(object, "traffic");
	run->ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "punt"), take_punt,
				     run, NULL);
	if (run->program < 0 || run->outcomes < 0 || run->traffic < 0 || !run->ring) {
		fprintf(stderr, "%s: program or maps missing\n", program);
		return false;
	}
	return true;
}

void bpf_run_close(struct bpf_run *run)
{
	ring_buffer__free(run->ring);
}

static void read_sums(const struct bpf_run *run, struct outcome_sums *sums)
{
	struct outcome_count *each = calloc(run->cpus, sizeof(*each));

	memset(sums, 0, sizeof(*sums));
	for (uint32_t key = 0; each && key < OUTCOME_MAX; key++) {
		if (bpf_map_lookup_elem(run->outcomes, &key, each))
			continue;
		for (int cpu = 0; cpu < run->cpus; cpu++)
			for (int slot = 0; slot < FAMA_INTERFACE_MAX; slot++)
				sums->of[key][slot] += each[cpu].packets[slot];
	}
	free(each);
}

static void compare_sums(struct bpf_run *run, const struct outcome_sums *before)
{
	struct outcome_sums after;

	read_sums(run, &after);
	run->counted = COUNTED_NONE;
	for (int key = 0; key < OUTCOME_MAX; key++) {
		for (int slot = 0; slot < FAMA_INTERFACE_MAX; slot++) {
			uint64_t more = after.of[key][slot] - before->of[key][slot];

			if (!more)
				continue;
			run->counted =
				run->counted == COUNTED_NONE && more == 1 ? key : COUNTED_SEVERAL;
			run->slot = slot;
		}
	}
}

void bpf_run_collect(struct bpf_run *run)
{
	run->punts = 0;
	ring_buffer__consume(run->ring);
}

static int run_once(struct bpf_run *run, struct bpf_test_run_opts *opts)
{
	struct outcome_sums before;
	int error;

	read_sums(run, &before);
	error = bpf_prog_test_run_opts(run->program, opts);
	run->action = opts->retval;
	compare_sums(run, &before);
	bpf_run_collect(run);
	return error ? -errno : 0;
}

int bpf_run_xdp(struct bpf_run *run, const struct frame_octets *in, uint32_t ifindex,
		unsigned int headroom_taken)
{
	static uint8_t with_metadata[FRAME_MAX + 256], result[FRAME_MAX + 256];
	struct xdp_md md = {.data = headroom_taken,
			    .data_end = headroom_taken + in->len,
			    .ingress_ifindex = ifindex};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = with_metadata,
		    .data_size_in = headroom_taken + in->len, .data_out = result,
		    .data_size_out = sizeof(result), .ctx_in = &md, .ctx_size_in = sizeof(md),
		    .repeat = 1);
	int error;

	memcpy(with_metadata + headroom_taken, in->at, in->len);
	error = run_once(run, &opts);
	if (error)
		return error;
	run->out.len = opts.data_size_out - headroom_taken;
	if (run->out.len > FRAME_MAX)
		return -EMSGSIZE;
	memcpy(run->out.at, result + headroom_taken, run->out.len);
	return 0;
}

int bpf_run_skb(struct bpf_run *run, const struct frame_octets *in, uint32_t ifindex, uint32_t gso)
{
	struct __sk_buff skb = {.ifindex = ifindex,
				.ingress_ifindex = ifindex,
				.gso_size = gso,
				.gso_segs = gso ? 2 : 0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in->at, .data_size_in = in->len,
		    .data_out = run->out.at, .data_size_out = FRAME_MAX, .ctx_in = &skb,
		    .ctx_size_in = sizeof(skb), .repeat = 1);
	int error = run_once(run, &opts);

	run->out.len = opts.data_size_out;
	return error;
}

int bpf_run_flood(struct bpf_run *run, const struct frame_octets *in, uint32_t ifindex,
		  unsigned int count)
{
	struct xdp_md md = {.data_end = in->len, .ingress_ifindex = ifindex};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in->at, .data_size_in = in->len,
		    .ctx_in = &md, .ctx_size_in = sizeof(md), .repeat = count);
	int error = bpf_prog_test_run_opts(run->program, &opts);

	run->action = opts.retval;
	return error ? -errno : 0;
}

int bpf_run_live(struct bpf_run *run, const struct frame_octets *in, uint32_t ifindex,
		 unsigned int count)
{
	struct xdp_md md = {.data_end = in->len, .ingress_ifindex = ifindex};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in->at, .data_size_in = in->len,
		    .ctx_in = &md, .ctx_size_in = sizeof(md), .repeat = count,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES);

	return bpf_prog_test_run_opts(run->program, &opts) ? -errno : 0;
}

uint64_t bpf_run_total(const struct bpf_run *run, enum outcome outcome)
{
	struct outcome_sums sums;
	uint64_t total = 0;

	read_sums(run, &sums);
	for (int slot = 0; slot < FAMA_INTERFACE_MAX; slot++)
		total += sums.of[outcome][slot];
	return total;
}
