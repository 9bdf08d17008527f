// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the path to a HDAR lets through: Packet Too Big about tunnel packets of ours. */
#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "kernel/packet_socket.h"
#include "mn/mn_private.h"
#include "wire/icmp6_error.h"

/* The quote must be of a tunnel that stands: a stranger does not know its three addresses. */
static struct home_address *tunnel_of(struct mn *mn, const struct icmp6_error *error)
{
	struct home_address *home = home_address_find(&mn->homes, &error->inner.source);

	if (!home || !home->entry || !home->is_tunnelled ||
	    error->outer.next_header != IP6_NH_IPV6 || /* ours carry no limit */
	    !in6_equal(&home->entry->coa, &error->outer.source) ||
	    !in6_equal(&home->entry->peer->hdar, &error->outer.destination))
		return NULL;
	return home;
}

void path_mtu_error(struct mn *mn, const uint8_t *packet, size_t len)
{
	struct home_address *home = NULL;
	struct icmp6_error error;
	struct bul_entry *entry;

	if (icmp6_error_read(packet, len, &error))
		home = tunnel_of(mn, &error);
	mn_count(mn, home ? MN_TUNNEL_ERRORS : MN_TUNNEL_ERRORS_REFUSED);
	if (!home || error.type != ICMP6_PACKET_TOO_BIG)
		return;
	entry = home->entry;
	/* RFC 8201 section 4: never below 1280, never raised by an error. */
	if (error.value < IP6_MIN_MTU || error.value > UINT16_MAX ||
	    (entry->path_mtu && error.value >= entry->path_mtu) || !mn->movement.is_attached)
		return;
	entry->path_mtu = (uint16_t)error.value;
	log_info("path_mtu", "hoa=%s hdar=%s mtu=%u", in6_text(&entry->hoa).s,
		 in6_text(&entry->peer->hdar).s, error.value);
	tunnel_up(mn, home);
}

/* What an inner packet may have on the way this node is attached to. */
static uint32_t current_tunnel_mtu(struct mn *mn, const struct home_address *home)
{
	const struct mn_link *link = mn_link_by_index(mn, mn->movement.current.ifindex);
	uint32_t outer = link ? link->mtu : IP6_MIN_MTU;

	if (home->entry->path_mtu && home->entry->path_mtu < outer)
		outer = home->entry->path_mtu;
	return tunnel_mtu(outer);
}

/* From and to the HoA itself: any address of this host would do. */
static void send_too_big(struct mn *mn, const struct home_address *home, struct span packet)
{
	uint8_t error[IP6_MIN_MTU];
	ssize_t len = icmp6_error_build(&home->address, &home->address, ICMP6_PACKET_TOO_BIG, 0,
					current_tunnel_mtu(mn, home), packet, error, sizeof(error));

	if (len > 0 && packet_send_routed(mn->packets, 0, error, (size_t)len) == 0)
		mn_count(mn, MN_TOO_BIG_SENT);
}

/*
 * A packet of a socket here did not fit: made before its HoA had a table, or too soon after the
 * path shrank. The socket learns it as if a router had said so.
 */
void path_mtu_local(struct mn *mn, const uint8_t *packet, size_t len)
{
	struct reader r = reader_of(packet, len);
	struct span whole = {packet, len};
	struct home_address *home;
	struct ip6_header header;

	if (!ip6_header_read(&r, &header) || !icmp6_error_is_due(&header, whole))
		return;
	home = home_address_find(&mn->homes, &header.source);
	if (home && home->entry && home->is_tunnelled &&
	    ratelimit_take(&mn->icmp_errors, clock_boot_ns()))
		send_too_big(mn, home, whole);
}
