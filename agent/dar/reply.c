// SPDX-License-Identifier: BSD-2-Clause
/* Owns the way of an answer: to the MAC that a node on the link has just used, to the next hop the
 * kernel knows, or through its routing. */
#include <errno.h>

#include "base/clock.h"
#include "dar/dar_private.h"
#include "dar/next_hop.h"
#include "dar/turn.h"
#include "kernel/packet_socket.h"

/* After the rows of this turn, if one is on. */
static int send_frame(struct dar *dar, uint32_t ifindex, const uint8_t *own_mac, const uint8_t *mac,
		      const uint8_t *packet, size_t len)
{
	int err;

	if (!turn_is_on(dar))
		return packet_send_frame(dar->packets, ifindex, own_mac, mac, packet, len);
	err = packet_batch_frame(dar->packets, ifindex, own_mac, mac, packet, len);
	if (err != -ENOBUFS)
		return err;
	err = turn_flush(dar);
	if (err)
		return err;
	return packet_batch_frame(dar->packets, ifindex, own_mac, mac, packet, len);
}

static int send_routed(struct dar *dar, const uint8_t *packet, size_t len)
{
	int err = turn_flush(dar);

	return err ? err : packet_send_routed(dar->packets, 0, packet, len);
}

int reply_send(struct dar *dar, const struct ingress *from, const struct in6_addr *destination,
	       const uint8_t *packet, size_t len)
{
	const struct prefix *prefix = prefix_of(&dar->prefixes, destination);
	const struct dar_interface *interface;
	const uint8_t *mac = from->source_mac;
	uint32_t ifindex = from->ifindex;

	/* a node under our prefix on this link is asked for nothing: it may still be tentative */
	if (!prefix || prefix->ifindex != from->ifindex) {
		const struct next_hop *hop =
			next_hop_find(dar->next_hops, destination, from->ifindex, from->source_mac,
				      clock_boot_ns());

		if (!hop || !hop->has_mac)
			return send_routed(dar, packet, len);
		mac = hop->mac;
		ifindex = hop->ifindex;
	}
	interface = dar_interface_by_index(dar, ifindex);
	if (!interface)
		return send_routed(dar, packet, len);
	return send_frame(dar, ifindex, interface->mac, mac, packet, len);
}
