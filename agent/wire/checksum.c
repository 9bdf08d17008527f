// SPDX-License-Identifier: BSD-2-Clause
/* Owns the one's complement sum. */
#include "wire/checksum.h"

/* 64 bits take 2^48 words before a carry is lost, so folding once at the end is enough. */
static uint64_t sum_words(const uint8_t *octets, size_t len)
{
	struct reader r = reader_of(octets, len);
	uint64_t sum = 0;

	while (r.left >= 2)
		sum += read_be16(&r);
	if (r.left)
		sum += (uint64_t)read_u8(&r) << 8;
	return sum;
}

uint16_t upper_checksum(const struct in6_addr *source, const struct in6_addr *destination,
			uint8_t next_header, struct span upper)
{
	uint64_t sum = upper.len + next_header;

	sum += sum_words(source->s6_addr, sizeof(*source));
	sum += sum_words(destination->s6_addr, sizeof(*destination));
	sum += sum_words(upper.at, upper.len);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
