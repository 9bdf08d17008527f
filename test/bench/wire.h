/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the far end of the DAR's core link: frames out in batches, frames in until none comes. */
#ifndef FAMA_BENCH_WIRE_H
#define FAMA_BENCH_WIRE_H

#include <stddef.h>
#include <stdint.h>

enum { WIRE_BATCH = 64, WIRE_FRAME_MAX = 1514 };

struct frame {
	uint16_t len;
	uint8_t octets[WIRE_FRAME_MAX];
};

struct wire {
	int fd;
	uint32_t ifindex;
	uint8_t own_mac[6], peer_mac[6];
};

/* `interface` of the namespace entered; its neighbour is `peer_mac`. 0 or -errno. */
int wire_open(struct wire *wire, const char *interface, const uint8_t peer_mac[6]);
void wire_close(struct wire *wire);

/* Puts the Ethernet header of this wire in front of the packet at frame->octets + 14. */
void wire_address(const struct wire *wire, struct frame *frame, size_t packet_len);
/* All of them, however long the queue makes it wait. 0 or -errno. */
int wire_send(struct wire *wire, const struct frame *frames, unsigned int count);

/*
 * Calls `take` for each IPv6 packet that arrived, from its IPv6 header on, waiting at most
 * `timeout_ms` for the first. Returns packets taken.
 */
unsigned int wire_receive(struct wire *wire, int timeout_ms,
			  void (*take)(const uint8_t *packet, size_t len, void *arg), void *arg);

uint64_t wire_now_ns(void); /* CLOCK_MONOTONIC */

#endif
