// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the home link learns when a binding begins, and when its MN is back (RFC 6275 sections
 * 10.4.1 and 10.3.2). */
#include <string.h>

#include "dar/dar_private.h"

#include <linux/neighbour.h>

void interception_begin(struct dar *dar, const struct bu *bu)
{
	proxy_announce(dar, &bu->hoa);
	if (bu->flags & IP6_MH_BU_LLOCAL)
		dad_link_local(dar->dad, &bu->hoa, true);
	if (dar->config->security.dad == DAD_OPTIMISTIC)
		dad_probe(dar->dad, &bu->hoa);
}

/* the returned MN's MAC is that of the frame, no need to wait for its advertisement. */
void interception_welcome_home(struct dar *dar, const struct bu *bu, const struct ingress *from)
{
	const struct prefix *prefix = prefix_of(&dar->prefixes, &bu->hoa);
	struct rtnl_neighbour neighbour = {
		.ifindex = from->ifindex,
		.address = bu->hoa,
		.has_mac = true,
		.state = NUD_STALE,
	};

	if (bu->packet->has_hao || !prefix || prefix->ifindex != from->ifindex)
		return;
	memcpy(neighbour.mac, from->source_mac, sizeof(neighbour.mac));
	rtnl_neighbour_set(dar->netlink, &neighbour);
}
