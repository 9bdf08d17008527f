// SPDX-License-Identifier: BSD-2-Clause
/* Owns Binding Errors (RFC 6275 section 9.3.3): to the wire source, limited like ICMPv6 errors. */
#include "base/clock.h"
#include "base/in6.h"
#include "dar/dar_private.h"
#include "kernel/packet_socket.h"

enum { BE_PACKET_LEN = 64 };

void be_send(struct dar *dar, uint8_t status, const struct mh_packet *packet)
{
	struct mh_build build = {
		.type = IP6_MH_TYPE_BE,
		.status = status,
		.hoa = packet->has_hao ? &packet->hao : NULL,
	};
	uint8_t octets[BE_PACKET_LEN];
	struct mh_built mh;
	ssize_t len;

	if (!in6_is_routable_unicast(&packet->source) ||
	    !prefix_with_address(&dar->prefixes, &packet->destination) ||
	    !ratelimit_take(&dar->binding_errors, clock_boot_ns()) || mh_build(&build, &mh))
		return;
	mh_set_checksum(&mh, &packet->destination, &packet->source);
	len = mh_packet_build(&packet->destination, &packet->source, NULL, NULL, &mh, octets,
			      sizeof(octets));
	if (len > 0 && packet_send_routed(dar->packets, 0, octets, (size_t)len) == 0)
		dar_count(dar, DAR_BE_SENT);
}
