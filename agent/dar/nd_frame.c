// SPDX-License-Identifier: BSD-2-Clause
/* Owns Neighbour Discovery messages sent as whole frames: from ::, or to a link-layer address that
 * the kernel need not resolve. */
#include <errno.h>
#include <string.h>

#include "base/in6.h"
#include "dar/dar_private.h"
#include "kernel/packet_socket.h"

enum { ND_CHECKSUM_AT = 2 };

/* RFC 2464 section 7 */
static void multicast_mac(const struct in6_addr *group, uint8_t out[static ND_MAC_LEN])
{
	memset(out, 0x33, 2);
	memcpy(out + 2, &group->s6_addr[12], ND_MAC_LEN - 2);
}

static void write_header(struct writer *w, const struct in6_addr *source,
			 const struct in6_addr *destination, size_t payload_len)
{
	write_be32(w, 6u << 28);
	write_be16(w, (uint16_t)payload_len);
	write_u8(w, IP6_NH_ICMPV6);
	write_u8(w, ND_HOPS);
	write_octets(w, source, sizeof(*source));
	write_octets(w, destination, sizeof(*destination));
}

int nd_frame_send(struct dar *dar, const struct dar_interface *interface,
		  const struct nd_message *what, const struct in6_addr *source,
		  const struct in6_addr *destination, const uint8_t *mac)
{
	uint8_t packet[IP6_HEADER_LEN + ND_MESSAGE_MAX], group_mac[ND_MAC_LEN];
	uint8_t *icmp6 = packet + IP6_HEADER_LEN;
	ssize_t len = nd_build(what, icmp6, ND_MESSAGE_MAX);
	struct writer w = writer_of(packet, IP6_HEADER_LEN);
	uint16_t checksum;

	if (len < 0)
		return (int)len;
	write_header(&w, source, destination, (size_t)len);
	checksum = nd_checksum(source, destination, icmp6, (size_t)len);
	icmp6[ND_CHECKSUM_AT] = (uint8_t)(checksum >> 8);
	icmp6[ND_CHECKSUM_AT + 1] = (uint8_t)checksum;
	if (!mac) {
		multicast_mac(destination, group_mac);
		mac = group_mac;
	}
	return packet_send_frame(dar->packets, interface->ifindex, interface->mac, mac, packet,
				 IP6_HEADER_LEN + (size_t)len);
}
