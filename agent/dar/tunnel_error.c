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
#include "wire/icmp6_error.h"

enum {
	LIMIT_POINTER = 44,    /* the value of the encapsulation limit in a tunnel packet */
	PATH_MTU_LIFE_S = 600, /* RFC 8201 section 4: try a larger one not before 5 minutes */
};

/* To the inner source, with as much of its packet as is known and fits. */
static bool send_error(struct dar *dar, const struct in6_addr *from, const struct ip6_header *inner,
		       struct span quoted, uint8_t type, uint8_t code, uint32_t value)
{
	uint8_t packet[IP6_MIN_MTU];
	ssize_t len;

	if (!icmp6_error_is_due(inner, quoted) ||
	    !ratelimit_take(&dar->icmp_errors, clock_boot_ns()))
		return false;
	len = icmp6_error_build(from, &inner->source, type, code, value, quoted, packet,
				sizeof(packet));
	return len > 0 && packet_send_routed(dar->packets, 0, packet, (size_t)len) == 0;
}

static void send_too_big(struct dar *dar, const struct in6_addr *from,
			 const struct ip6_header *inner, struct span quoted, uint32_t mtu)
{
	if (send_error(dar, from, inner, quoted, ICMP6_PACKET_TOO_BIG, 0, mtu))
		dar_count(dar, DAR_TOO_BIG_SENT);
}

/* Never below 1280, never upwards: an error cannot prove that more fits. */
static void learn_path_mtu(struct dar *dar, struct bcache_entry *entry, uint32_t mtu)
{
	uint64_t now = clock_boot_ns();

	if (mtu < IP6_MIN_MTU || mtu > UINT16_MAX ||
	    (entry->binding.path_mtu && mtu >= entry->binding.path_mtu))
		return;
	entry->binding.path_mtu = (uint16_t)mtu;
	entry->binding.path_mtu_boot_ns = now + PATH_MTU_LIFE_S * CLOCK_SECOND_NS;
	binding_write(dar, entry);
	bcache_arm(dar->bcache, entry);
	log_info("path_mtu", "hoa=%s coa=%s mtu=%u", in6_text(&entry->hoa).s,
		 in6_text(&entry->binding.coa).s, mtu);
}

/* Errors that mean, to the inner source, that its destination is not reached now (D-18). */
static bool says_unreachable(const struct icmp6_error *error)
{
	return error->type == ICMP6_UNREACHABLE || error->type == ICMP6_TIME_EXCEEDED ||
	       (error->type == ICMP6_PARAMETER_PROBLEM && error->value == LIMIT_POINTER &&
		error->outer.next_header == IP6_NH_DESTOPTS);
}

/* The tunnel packet an error quotes must be one we sent: own address, CoA and HoA of a binding. */
static struct bcache_entry *binding_of(struct dar *dar, const struct ip6_header *outer,
				       const struct ip6_header *inner)
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

static void too_big(struct dar *dar, struct bcache_entry *entry, const struct icmp6_error *error)
{
	uint32_t mtu = error->value;

	/* an error about the way to the previous CoA says nothing about this one */
	if (in6_equal(&error->outer.destination, &entry->binding.coa))
		learn_path_mtu(dar, entry, mtu);
	/* RFC 2473 section 8.2: only if it was not for us to fragment */
	if (IP6_HEADER_LEN + error->inner.payload_len > IP6_MIN_MTU && mtu >= IP6_MIN_MTU)
		send_too_big(dar, &error->outer.source, &error->inner, error->inner_packet,
			     tunnel_mtu(mtu));
}

void tunnel_error_receive(struct dar *dar, const uint8_t *packet, size_t len)
{
	struct bcache_entry *entry = NULL;
	struct icmp6_error error;

	if (icmp6_error_read(packet, len, &error))
		entry = binding_of(dar, &error.outer, &error.inner);
	dar_count(dar, entry ? DAR_TUNNEL_ERRORS : DAR_TUNNEL_ERRORS_REFUSED);
	if (!entry)
		return;
	if (error.type == ICMP6_PACKET_TOO_BIG)
		too_big(dar, entry, &error);
	else if (says_unreachable(&error))
		send_error(dar, &error.outer.source, &error.inner, error.inner_packet,
			   ICMP6_UNREACHABLE, ICMP6_ADDRESS_UNREACHABLE, 0);
}

/* This host's own packet did not fit: its sockets learn it as if a router had said so. */
void too_big_local(struct dar *dar, const uint8_t *packet, size_t len)
{
	struct reader r = reader_of(packet, len);
	struct bcache_entry *entry;
	struct rtnl_next_hop hop;
	struct ip6_header inner;
	uint32_t mtu;

	if (!ip6_header_read(&r, &inner))
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
			     tunnel_mtu(mtu));
}
