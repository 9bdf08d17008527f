// SPDX-License-Identifier: BSD-2-Clause
/* Owns the one's complement sum. */
#include "wire/checksum.h"

#include <arpa/inet.h>
#include <string.h>

/*
 * The sum does not care for the order of octets (RFC 1071 section 2(B)): words are added as they
 * lie, four octets at a time, and the folded result is turned once. 64 bits take 2^32 such words.
 */
static uint64_t sum_words(const uint8_t *octets, size_t len)
{
	uint64_t sum = 0;
	uint32_t word;

	for (; len >= sizeof(word); octets += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, octets, sizeof(word));
		sum += word;
	}
	word = 0;
	if (len)
		memcpy(&word, octets, len);
	return sum + word;
}

uint16_t upper_checksum(const struct in6_addr *source, const struct in6_addr *destination,
			uint8_t next_header, struct span upper)
{
	uint64_t sum = (uint64_t)htonl((uint32_t)upper.len) + htonl(next_header);

	sum += sum_words(source->s6_addr, sizeof(*source));
	sum += sum_words(destination->s6_addr, sizeof(*destination));
	sum += sum_words(upper.at, upper.len);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ntohs((uint16_t)~sum);
}
