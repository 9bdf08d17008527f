// SPDX-License-Identifier: BSD-2-Clause
/* Owns fuzzing neighbour discovery and ICMPv6 errors about tunnels: read, built, read again. */
#include <string.h>

#include "fuzz/target.h"
#include "wire/icmp6_error.h"
#include "wire/nd.h"

enum { HEADER_LEN = 1 + 2 * sizeof(struct in6_addr), CHECKSUM_AT = 2 };

static void check_nd(const uint8_t *octets, size_t len)
{
	int hop_limit = octets[0] & 1 ? octets[0] : ND_HOPS;
	struct in6_addr source, destination;
	uint8_t first[ND_MESSAGE_MAX], second[ND_MESSAGE_MAX];
	struct nd_message message, again;
	enum nd_fault fault;
	ssize_t built;

	memcpy(&source, octets + 1, sizeof(source));
	memcpy(&destination, octets + 1 + sizeof(source), sizeof(destination));
	fault = nd_parse(octets + HEADER_LEN, len - HEADER_LEN, &source, &destination, hop_limit,
			 &message);
	MUST(nd_fault_name(fault)[0]);
	if (fault != ND_OK)
		return;
	MUST(hop_limit == ND_HOPS);
	MUST(message.prefix_count <= ND_PREFIXES_MAX && message.rdnss_count <= ND_RDNSS_MAX);
	built = nd_build(&message, first, sizeof(first));
	if (built < 0)
		return; /* a Redirect is read, never built */
	MUST(nd_parse(first, (size_t)built, &source, &destination, hop_limit, &again) == ND_OK);
	MUST(again.type == message.type && again.prefix_count == message.prefix_count);
	MUST(nd_build(&again, second, sizeof(second)) == built);
	MUST(memcmp(first, second, (size_t)built) == 0);
}

static void check_error(const uint8_t *packet, size_t len)
{
	struct icmp6_error error;
	struct reader r = reader_of(packet, len);
	struct ip6_header header;
	uint8_t told[IP6_MIN_MTU];

	if (icmp6_error_read(packet, len, &error)) {
		MUST(error.inner_packet.at >= packet && error.inner_packet.len <= len);
		MUST(error.inner_packet.at + error.inner_packet.len <= packet + len);
		MUST(error.inner_packet.len >= IP6_HEADER_LEN);
		MUST(tunnel_mtu(error.value) >= IP6_MIN_MTU);
	}
	if (ip6_header_read(&r, &header) && icmp6_error_is_due(&header, (struct span){packet, len}))
		MUST(icmp6_error_build(&header.destination, &header.source, ICMP6_PACKET_TOO_BIG, 0,
				       IP6_MIN_MTU, (struct span){packet, len}, told,
				       sizeof(told)) > 0);
}

/* The sum is right unless the first octet says to leave it. */
static void check_error_summed(const uint8_t *octets, size_t len)
{
	uint8_t packet[ND_MESSAGE_MAX];
	struct in6_addr source, destination;
	uint16_t sum;

	if (len < IP6_HEADER_LEN + 4 || len > sizeof(packet))
		return;
	memcpy(packet, octets, len);
	memcpy(&source, packet + 8, sizeof(source));
	memcpy(&destination, packet + 24, sizeof(destination));
	packet[4] = (uint8_t)((len - IP6_HEADER_LEN) >> 8);
	packet[5] = (uint8_t)(len - IP6_HEADER_LEN);
	memset(packet + IP6_HEADER_LEN + CHECKSUM_AT, 0, 2);
	sum = nd_checksum(&source, &destination, packet + IP6_HEADER_LEN, len - IP6_HEADER_LEN);
	packet[IP6_HEADER_LEN + CHECKSUM_AT] = (uint8_t)(sum >> 8);
	packet[IP6_HEADER_LEN + CHECKSUM_AT + 1] = (uint8_t)sum;
	check_error(packet, len);
}

/* Octets: 0 the hop limit; addresses and a message of ICMPv6, or a whole packet. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	if (len < 1)
		return 0;
	if (len >= HEADER_LEN)
		check_nd(octets, len);
	check_error(octets + 1, len - 1);
	check_error_summed(octets + 1, len - 1);
	return 0;
}
