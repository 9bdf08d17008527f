// SPDX-License-Identifier: BSD-2-Clause
/* Owns the pcap file format. */
#include "harness/pcap.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	MAGIC_LITTLE_ENDIAN = 0xd4c3b2a1, /* read in network order */
	FILE_MAX = 1 << 20,
	ETHERNET_ADDRESSES_LEN = 12,
	ETHERTYPE_IPV6_VALUE = 0x86dd,
};

static _Noreturn void give_up(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	abort();
}

static uint32_t read_le32(struct reader *r)
{
	return __builtin_bswap32(read_be32(r));
}

struct pcap pcap_open(const char *path)
{
	struct pcap pcap = {.file = malloc(FILE_MAX)};
	FILE *stream = fopen(path, "rb");
	size_t len;

	if (!stream || !pcap.file)
		give_up(path, "cannot be read");
	len = fread(pcap.file, 1, FILE_MAX, stream);
	fclose(stream);
	pcap.rest = reader_of(pcap.file, len);
	if (read_be32(&pcap.rest) != (uint32_t)MAGIC_LITTLE_ENDIAN)
		give_up(path, "is no little-endian pcap");
	read_skip(&pcap.rest, 16); /* version, zone, accuracy, snap length */
	pcap.link_type = read_le32(&pcap.rest) & 0xffff;
	if (pcap.rest.failed)
		give_up(path, "ends in its header");
	return pcap;
}

void pcap_close(struct pcap *pcap)
{
	free(pcap->file);
}

bool pcap_next(struct pcap *pcap, struct span *frame)
{
	uint32_t captured;

	if (!pcap->rest.left)
		return false;
	read_skip(&pcap->rest, 8); /* time */
	captured = read_le32(&pcap->rest);
	read_skip(&pcap->rest, 4); /* length on the link */
	*frame = read_span(&pcap->rest, captured);
	pcap->frame++;
	return !pcap->rest.failed;
}

struct span pcap_ipv6(const struct pcap *pcap, struct span frame)
{
	struct reader r = reader_of(frame.at, frame.len);

	if (pcap->link_type == PCAP_ETHERNET) {
		read_skip(&r, ETHERNET_ADDRESSES_LEN);
		if (read_be16(&r) != ETHERTYPE_IPV6_VALUE)
			return (struct span){NULL, 0};
	}
	return (struct span){r.at, r.left};
}
