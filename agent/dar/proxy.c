// SPDX-License-Identifier: BSD-2-Clause
/* Owns the announcement that starts interception (RFC 6275 section 10.4.1): from now on packets
 * for the HoA come here. Solicitations are answered by the data plane. */
#include <string.h>

#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"
#include "kernel/nd_socket.h"

void proxy_announce(struct dar *dar, const struct in6_addr *hoa)
{
	const struct prefix *prefix = prefix_of(&dar->prefixes, hoa);
	const struct dar_interface *interface = &dar->interfaces[prefix->interface];
	struct nd_message na = {
		.type = ND_TYPE_NA,
		.target = *hoa,
		.na_flags = ND_NA_FLAG_OVERRIDE,
		.has_tlla = true,
	};
	uint8_t octets[ND_MESSAGE_MAX];
	ssize_t len;
	int err;

	if (interface->nd_fd < 0)
		return;
	memcpy(na.tlla, interface->mac, sizeof(na.tlla));
	len = nd_build(&na, octets, sizeof(octets));
	err = len < 0 ? (int)len
		      : nd_socket_send(interface->nd_fd, interface->ifindex, NULL, &in6_all_nodes,
				       octets, (size_t)len);
	if (err)
		log_warn("na.failed", "hoa=%s interface=%s error=\"%s\"", in6_text(hoa).s,
			 interface->config->name, strerror(-err));
	else
		dar_count(dar, DAR_NA_SENT);
}
