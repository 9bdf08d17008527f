/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns reading the capture files of tests: classic pcap, Ethernet or plain IPv6. */
#ifndef FAMA_TEST_PCAP_H
#define FAMA_TEST_PCAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/octets.h"

enum { PCAP_ETHERNET = 1, PCAP_IPV6 = 229 };

struct pcap {
	uint8_t *file;
	struct reader rest;
	uint32_t link_type;
	unsigned int frame; /* number of the last frame read, from 1 */
};

/* A file that cannot be read or is no little-endian pcap ends the test program. */
struct pcap pcap_open(const char *path);
void pcap_close(struct pcap *pcap);

/* The next frame as captured; false at the end. */
bool pcap_next(struct pcap *pcap, struct span *frame);
/* From the IPv6 header on; {NULL, 0} if the frame is no IPv6. */
struct span pcap_ipv6(const struct pcap *pcap, struct span frame);

#endif
