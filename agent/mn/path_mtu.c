// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the path to a HDAR lets through: Packet Too Big about tunnel packets of ours. */
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "kernel/packet_socket.h"
#include "mn/mn_private.h"
#include "mn/mn_route.h"
#include "wire/nd.h"

enum {
	IPV6_HEADER_LEN = 40,
	ICMP6_HEADER_LEN = 8,
	ICMP6_INFORMATIONAL = 128,
	HOP_LIMIT = 64,
	ICMP6_PACKET_TOO_BIG = 2,
	ICMP6_CHECKSUM_AT = 2,
	ICMP6_MAX = 1500,
};

/* An ICMPv6 error and the tunnel packet it quotes. */
struct quoted_error {
	struct in6_addr source, destination; /* of the error */
	uint8_t type;
	uint32_t mtu;
	struct in6_addr outer_source, outer_destination;
	struct in6_addr inner_source;
};

/* Nobody else has verified it: the data plane hands the frame up as it came. */
static bool is_checksum_valid(const struct quoted_error *error, const uint8_t *icmp6, size_t len)
{
	uint8_t octets[ICMP6_MAX];
	uint16_t checksum;

	if (len > sizeof(octets) || len < ICMP6_CHECKSUM_AT + 2)
		return false;
	memcpy(octets, icmp6, len);
	memset(&octets[ICMP6_CHECKSUM_AT], 0, 2);
	checksum = nd_checksum(&error->source, &error->destination, octets, len);
	return icmp6[ICMP6_CHECKSUM_AT] == checksum >> 8 &&
	       icmp6[ICMP6_CHECKSUM_AT + 1] == (checksum & 0xff);
}

/* Next header, or -1. */
static int read_ipv6(struct reader *r, uint16_t *payload_len, struct in6_addr *source,
		     struct in6_addr *destination)
{
	uint8_t next_header;

	if (read_be32(r) >> 28 != 6)
		return -1;
	*payload_len = read_be16(r);
	next_header = read_u8(r);
	read_skip(r, 1);
	read_octets(r, source, sizeof(*source));
	read_octets(r, destination, sizeof(*destination));
	return r->failed ? -1 : next_header;
}

static bool read_error(const uint8_t *packet, size_t len, struct quoted_error *out)
{
	struct reader r = reader_of(packet, len);
	struct in6_addr inner_destination;
	uint16_t payload_len, quoted_len;

	if (read_ipv6(&r, &payload_len, &out->source, &out->destination) != IP6_NH_ICMPV6 ||
	    payload_len > r.left)
		return false;
	r.left = payload_len;
	if (!is_checksum_valid(out, r.at, r.left))
		return false;
	out->type = read_u8(&r);
	read_skip(&r, 3);
	out->mtu = read_be32(&r);
	return read_ipv6(&r, &quoted_len, &out->outer_source, &out->outer_destination) ==
		       IP6_NH_IPV6 &&
	       read_ipv6(&r, &quoted_len, &out->inner_source, &inner_destination) >= 0;
}

/* The quote must be of a tunnel that stands: a stranger does not know its three addresses. */
static struct home_address *tunnel_of(struct mn *mn, const struct quoted_error *error)
{
	struct home_address *home = home_address_find(&mn->homes, &error->inner_source);

	if (!home || !home->entry || !home->is_tunnelled ||
	    !in6_equal(&home->entry->coa, &error->outer_source) ||
	    !in6_equal(&home->entry->peer->hdar, &error->outer_destination))
		return NULL;
	return home;
}

void path_mtu_error(struct mn *mn, const uint8_t *packet, size_t len)
{
	struct quoted_error error;
	struct home_address *home = NULL;
	struct bul_entry *entry;

	if (read_error(packet, len, &error))
		home = tunnel_of(mn, &error);
	mn_count(mn, home ? MN_TUNNEL_ERRORS : MN_TUNNEL_ERRORS_REFUSED);
	if (!home || error.type != ICMP6_PACKET_TOO_BIG)
		return;
	entry = home->entry;
	/* RFC 8201 section 4: never below 1280, never raised by an error. */
	if (error.mtu < MN_ROUTE_MTU_MIN || error.mtu > UINT16_MAX ||
	    (entry->path_mtu && error.mtu >= entry->path_mtu) || !mn->movement.is_attached)
		return;
	entry->path_mtu = (uint16_t)error.mtu;
	log_info("path_mtu", "hoa=%s hdar=%s mtu=%u", in6_text(&entry->hoa).s,
		 in6_text(&entry->peer->hdar).s, error.mtu);
	registration_tunnel_up(mn, home);
}

/* What an inner packet may have on the way this node is attached to. */
static uint32_t tunnel_mtu(struct mn *mn, const struct home_address *home)
{
	const struct mn_link *link = mn_link_by_index(mn, mn->movement.current.ifindex);
	uint32_t outer = link ? link->mtu : MN_ROUTE_MTU_MIN;

	if (home->entry->path_mtu && home->entry->path_mtu < outer)
		outer = home->entry->path_mtu;
	return outer < MN_ROUTE_MTU_MIN + MN_ROUTE_TUNNEL_OVERHEAD
		       ? MN_ROUTE_MTU_MIN
		       : outer - MN_ROUTE_TUNNEL_OVERHEAD;
}

/* From and to the HoA itself: any address of this host would do. */
static void send_too_big(struct mn *mn, const struct home_address *home, const uint8_t *packet,
			 size_t len)
{
	size_t room = MN_ROUTE_MTU_MIN - IPV6_HEADER_LEN - ICMP6_HEADER_LEN;
	uint8_t error[MN_ROUTE_MTU_MIN];
	struct writer w = writer_of(error, sizeof(error));
	uint16_t checksum;

	len = len < room ? len : room;
	write_be32(&w, 6u << 28);
	write_be16(&w, (uint16_t)(ICMP6_HEADER_LEN + len));
	write_u8(&w, IP6_NH_ICMPV6);
	write_u8(&w, HOP_LIMIT);
	write_octets(&w, &home->address, sizeof(home->address));
	write_octets(&w, &home->address, sizeof(home->address));
	write_u8(&w, ICMP6_PACKET_TOO_BIG);
	write_zeros(&w, 3);
	write_be32(&w, tunnel_mtu(mn, home));
	write_octets(&w, packet, len);
	checksum = nd_checksum(&home->address, &home->address, error + IPV6_HEADER_LEN,
			       w.len - IPV6_HEADER_LEN);
	error[IPV6_HEADER_LEN + ICMP6_CHECKSUM_AT] = (uint8_t)(checksum >> 8);
	error[IPV6_HEADER_LEN + ICMP6_CHECKSUM_AT + 1] = (uint8_t)checksum;
	if (packet_send_routed(mn->packets, 0, error, w.len) == 0)
		mn_count(mn, MN_TOO_BIG_SENT);
}

/*
 * A packet of a socket here did not fit: made before its HoA had a table, or too soon after the
 * path shrank. The socket learns it as if a router had said so.
 */
void path_mtu_local(struct mn *mn, const uint8_t *packet, size_t len)
{
	struct in6_addr source, destination;
	struct reader r = reader_of(packet, len);
	struct home_address *home;
	uint16_t payload_len;
	int next_header = read_ipv6(&r, &payload_len, &source, &destination);

	home = next_header < 0 ? NULL : home_address_find(&mn->homes, &source);
	if (!home || !home->entry || !home->is_tunnelled)
		return;
	/* RFC 4443 section 2.4(e): no error about an error */
	if (next_header == IP6_NH_ICMPV6 && (!r.left || r.at[0] < ICMP6_INFORMATIONAL))
		return;
	if (!ratelimit_take(&mn->icmp_errors, clock_boot_ns()))
		return;
	send_too_big(mn, home, packet, len);
}
