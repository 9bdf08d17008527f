// SPDX-License-Identifier: BSD-2-Clause
/* Owns ICMPv6 errors about tunnels: what they teach of the path, and their relay to the inner
 * source (RFC 2473 section 8, RFC 8201 section 4). */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"
#include "kernel/packet_socket.h"

enum {
	IPV6_HEADER_LEN = 40,
	IPV6_MIN_MTU = 1280,
	ICMP6_HEADER_LEN = 8,
	ICMP6_UNREACHABLE = 1,
	ICMP6_ADDRESS_UNREACHABLE = 3, /* code of the former */
	ICMP6_PACKET_TOO_BIG = 2,
	ICMP6_TIME_EXCEEDED = 3,
	ICMP6_PARAMETER_PROBLEM = 4,
	LIMIT_POINTER = 44, /* the value of the encapsulation limit in a tunnel packet */
	ICMP6_INFORMATIONAL = 128,
	PATH_MTU_LIFE_S = 600, /* RFC 8201 section 4: try a larger one not before 5 minutes */
};

/* The fields of an IPv6 header that matter here, host order. */
struct ip6 {
	uint16_t payload_len;
	uint8_t next_header;
	struct in6_addr source, destination;
};

static bool read_ip6(struct reader *r, struct ip6 *out)
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

/* The data plane does not check it: a sum over the message as it came is zero if right. */
static bool checksum_is_right(const struct ip6 *carrier, const struct reader *r)
{
	return carrier->payload_len <= r->left &&
	       nd_checksum(&carrier->source, &carrier->destination, r->at, carrier->payload_len) ==
		       0;
}

static bool may_be_told(const struct ip6 *inner, struct span quoted)
{
	if (!in6_is_routable_unicast(&inner->source))
		return false;
	/* RFC 4443 section 2.4(e): no error about an error */
	return inner->next_header != IP6_NH_ICMPV6 ||
	       (quoted.len > IPV6_HEADER_LEN && quoted.at[IPV6_HEADER_LEN] >= ICMP6_INFORMATIONAL);
}

/* To the inner source, with as much of its packet as is known and fits. */
static bool send_error(struct dar *dar, const struct in6_addr *from, const struct ip6 *inner,
		       struct span quoted, uint8_t type, uint8_t code, uint32_t value)
{
	size_t room = IPV6_MIN_MTU - IPV6_HEADER_LEN - ICMP6_HEADER_LEN;
	size_t quote_len = quoted.len < room ? quoted.len : room;
	uint8_t packet[IPV6_MIN_MTU];
	struct writer w = writer_of(packet, sizeof(packet));
	uint16_t checksum;

	if (!may_be_told(inner, quoted) || !ratelimit_take(&dar->icmp_errors, clock_boot_ns()))
		return false;
	write_be32(&w, 6u << 28);
	write_be16(&w, (uint16_t)(ICMP6_HEADER_LEN + quote_len));
	write_u8(&w, IP6_NH_ICMPV6);
	write_u8(&w, 64);
	write_octets(&w, from, sizeof(*from));
	write_octets(&w, &inner->source, sizeof(inner->source));
	write_u8(&w, type);
	write_u8(&w, code);
	write_zeros(&w, 2);
	write_be32(&w, value);
	write_octets(&w, quoted.at, quote_len);
	checksum = nd_checksum(from, &inner->source, packet + IPV6_HEADER_LEN,
			       w.len - IPV6_HEADER_LEN);
	packet[IPV6_HEADER_LEN + 2] = (uint8_t)(checksum >> 8);
	packet[IPV6_HEADER_LEN + 3] = (uint8_t)checksum;
	return packet_send_routed(dar->packets, 0, packet, w.len) == 0;
}

static void send_too_big(struct dar *dar, const struct in6_addr *from, const struct ip6 *inner,
			 struct span quoted, uint32_t mtu)
{
	if (send_error(dar, from, inner, quoted, ICMP6_PACKET_TOO_BIG, 0, mtu))
		dar_count(dar, DAR_TOO_BIG_SENT);
}

static uint32_t inner_mtu(uint32_t path_mtu)
{
	return path_mtu < IPV6_MIN_MTU + IPV6_HEADER_LEN ? IPV6_MIN_MTU
							 : path_mtu - IPV6_HEADER_LEN;
}

/* Never below 1280, never upwards: an error cannot prove that more fits. */
static void learn_path_mtu(struct dar *dar, struct bcache_entry *entry, uint32_t mtu)
{
	uint64_t now = clock_boot_ns();

	if (mtu < IPV6_MIN_MTU || mtu > UINT16_MAX ||
	    (entry->binding.path_mtu && mtu >= entry->binding.path_mtu))
		return;
	entry->binding.path_mtu = (uint16_t)mtu;
	entry->binding.path_mtu_boot_ns = now + PATH_MTU_LIFE_S * CLOCK_SECOND_NS;
	binding_write(dar, entry);
	bcache_arm(entry, now);
	log_info("path_mtu", "hoa=%s coa=%s mtu=%u", in6_text(&entry->hoa).s,
		 in6_text(&entry->binding.coa).s, mtu);
}

/* Errors that mean, to the inner source, that its destination is not reached now (D-18). */
static bool says_unreachable(uint8_t type, uint32_t value, const struct ip6 *outer)
{
	return type == ICMP6_UNREACHABLE || type == ICMP6_TIME_EXCEEDED ||
	       (type == ICMP6_PARAMETER_PROBLEM && value == LIMIT_POINTER &&
		outer->next_header == IP6_NH_DESTOPTS);
}

/* The tunnel packet an error quotes must be one we sent: own address, CoA and HoA of a binding. */
static struct bcache_entry *binding_of(struct dar *dar, const struct ip6 *outer,
				       const struct ip6 *inner)
{
	struct bcache_entry *entry = bcache_find(dar->bcache, &inner->destination);

	if (!entry || entry->state != BCACHE_BOUND ||
	    !in6_equal(&outer->source, &entry->binding.dar) ||
	    in6_is_zero(&outer->destination) || /* what prev_coa is where there is none */
	    !(in6_equal(&outer->destination, &entry->binding.coa) ||
	      in6_equal(&outer->destination, &entry->binding.prev_coa)))
		return NULL;
	return entry;
}

static void too_big(struct dar *dar, struct bcache_entry *entry, const struct ip6 *outer,
		    const struct ip6 *inner, struct span quoted, uint32_t mtu)
{
	/* an error about the way to the previous CoA says nothing about this one */
	if (in6_equal(&outer->destination, &entry->binding.coa))
		learn_path_mtu(dar, entry, mtu);
	/* RFC 2473 section 8.2: only if it was not for us to fragment */
	if (IPV6_HEADER_LEN + inner->payload_len > IPV6_MIN_MTU && mtu >= IPV6_MIN_MTU)
		send_too_big(dar, &outer->source, inner, quoted, inner_mtu(mtu));
}

void tunnel_error_receive(struct dar *dar, const uint8_t *packet, size_t len)
{
	struct reader r = reader_of(packet, len);
	struct ip6 carrier, outer, inner;
	struct bcache_entry *entry;
	struct span quoted;
	uint32_t value;
	uint8_t type;

	if (!read_ip6(&r, &carrier) || carrier.next_header != IP6_NH_ICMPV6 ||
	    !checksum_is_right(&carrier, &r))
		goto refused;
	type = read_u8(&r);
	read_skip(&r, 3);
	value = read_be32(&r);
	if (!read_ip6(&r, &outer))
		goto refused;
	if (outer.next_header == IP6_NH_DESTOPTS)
		read_skip(&r, 8);
	quoted = (struct span){r.at, r.left};
	if (!read_ip6(&r, &inner))
		goto refused;
	entry = binding_of(dar, &outer, &inner);
	if (!entry)
		goto refused;
	dar_count(dar, DAR_TUNNEL_ERRORS);
	if (type == ICMP6_PACKET_TOO_BIG)
		too_big(dar, entry, &outer, &inner, quoted, value);
	else if (says_unreachable(type, value, &outer))
		send_error(dar, &outer.source, &inner, quoted, ICMP6_UNREACHABLE,
			   ICMP6_ADDRESS_UNREACHABLE, 0);
	return;
refused:
	dar_count(dar, DAR_TUNNEL_ERRORS_REFUSED);
}

/* This host's own packet did not fit: its sockets learn it as if a router had said so. */
void too_big_local(struct dar *dar, const uint8_t *packet, size_t len)
{
	struct reader r = reader_of(packet, len);
	struct bcache_entry *entry;
	struct rtnl_next_hop hop;
	struct ip6 inner;
	uint32_t mtu;

	if (!read_ip6(&r, &inner))
		return;
	entry = bcache_find(dar->bcache, &inner.destination);
	if (!entry || entry->state != BCACHE_BOUND)
		return;
	mtu = entry->binding.path_mtu;
	if (rtnl_route_get(dar->netlink, &entry->binding.coa, NULL, &hop) == 0 &&
	    (!mtu || hop.mtu < mtu))
		mtu = hop.mtu;
	if (mtu)
		send_too_big(dar, &entry->binding.dar, &inner, (struct span){packet, len},
			     inner_mtu(mtu));
}
