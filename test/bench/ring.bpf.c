// SPDX-License-Identifier: BSD-2-Clause
// Owns a producer for the ring buffer floor: records of a BU's size, as many as a run asks for.

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum { RING_OCTETS = 4 * 1024 * 1024, RECORD_OCTETS = 160, RECORDS = 64 };

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_OCTETS);
} ring SEC(".maps");

static __u8 record[RECORD_OCTETS];

SEC("xdp")
int produce(struct xdp_md *ctx)
{
	(void)ctx;
	for (int i = 0; i < RECORDS; i++)
		bpf_ringbuf_output(&ring, record, sizeof(record), BPF_RB_NO_WAKEUP);
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
