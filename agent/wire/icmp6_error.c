// SPDX-License-Identifier: BSD-2-Clause
/* Owns reading and making ICMPv6 errors about tunnel packets. */
#include "wire/icmp6_error.h"

#include <errno.h>

#include "base/in6.h"
#include "wire/nd.h"

enum {
	ICMP6_HEADER_LEN = 8,
	ICMP6_CHECKSUM_AT = 2,
	ICMP6_INFORMATIONAL = 128,
	LIMIT_HEADER_LEN = 8,
	HOP_LIMIT = 64,
};

bool ip6_header_read(struct reader *r, struct ip6_header *out)
{
	if (read_be32(r) >> 28 != 6)
		return false;
	out->payload_len = read_be16(r);
	out->next_header = read_u8(r);
	read_skip(r, 1);
	read_octets(r, &out->source, sizeof(out->source));
	read_octets(r, &out->destination, sizeof(out->destination));
	return !r->failed;
}

/* Cuts off what follows the message on the link. The data plane does not check the sum: over the
 * message as it came it is zero if right. */
static bool open_message(struct reader *r, const struct ip6_header *carrier)
{
	if (carrier->next_header != IP6_NH_ICMPV6 || carrier->payload_len > r->left)
		return false;
	r->left = carrier->payload_len;
	return nd_checksum(&carrier->source, &carrier->destination, r->at, r->left) == 0;
}

bool icmp6_error_read(const uint8_t *packet, size_t len, struct icmp6_error *out)
{
	struct reader r = reader_of(packet, len);
	struct ip6_header carrier;
	uint8_t tunnelled;

	if (!ip6_header_read(&r, &carrier) || !open_message(&r, &carrier))
		return false;
	out->type = read_u8(&r);
	read_skip(&r, 3);
	out->value = read_be32(&r);
	if (!ip6_header_read(&r, &out->outer))
		return false;
	tunnelled = out->outer.next_header;
	if (tunnelled == IP6_NH_DESTOPTS) {
		tunnelled = read_u8(&r);
		read_skip(&r, LIMIT_HEADER_LEN - 1);
	}
	out->inner_packet = (struct span){r.at, r.left};
	return tunnelled == IP6_NH_IPV6 && ip6_header_read(&r, &out->inner);
}

bool icmp6_error_is_due(const struct ip6_header *header, struct span packet)
{
	if (!in6_is_routable_unicast(&header->source))
		return false;
	return header->next_header != IP6_NH_ICMPV6 ||
	       (packet.len > IP6_HEADER_LEN && packet.at[IP6_HEADER_LEN] >= ICMP6_INFORMATIONAL);
}

ssize_t icmp6_error_build(const struct in6_addr *from, const struct in6_addr *to, uint8_t type,
			  uint8_t code, uint32_t value, struct span packet, uint8_t *out,
			  size_t size)
{
	size_t room = IP6_MIN_MTU - IP6_HEADER_LEN - ICMP6_HEADER_LEN;
	size_t quote_len = packet.len < room ? packet.len : room;
	struct writer w = writer_of(out, size);
	uint8_t *icmp6 = out + IP6_HEADER_LEN;
	uint16_t checksum;

	write_be32(&w, 6u << 28);
	write_be16(&w, (uint16_t)(ICMP6_HEADER_LEN + quote_len));
	write_u8(&w, IP6_NH_ICMPV6);
	write_u8(&w, HOP_LIMIT);
	write_octets(&w, from, sizeof(*from));
	write_octets(&w, to, sizeof(*to));
	write_u8(&w, type);
	write_u8(&w, code);
	write_zeros(&w, 2);
	write_be32(&w, value);
	write_octets(&w, packet.at, quote_len);
	if (w.failed)
		return -EMSGSIZE;
	checksum = nd_checksum(from, to, icmp6, w.len - IP6_HEADER_LEN);
	icmp6[ICMP6_CHECKSUM_AT] = (uint8_t)(checksum >> 8);
	icmp6[ICMP6_CHECKSUM_AT + 1] = (uint8_t)checksum;
	return (ssize_t)w.len;
}

uint32_t tunnel_mtu(uint32_t path_mtu)
{
	return path_mtu < IP6_MIN_MTU + IP6_HEADER_LEN ? IP6_MIN_MTU : path_mtu - IP6_HEADER_LEN;
}
