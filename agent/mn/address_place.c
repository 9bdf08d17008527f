// SPDX-License-Identifier: BSD-2-Clause
/* Owns on which interface a HoA stands: on that of its own link, when away on any that is up. */
#include <string.h>

#include "base/in6.h"
#include "base/log.h"
#include "mn/mn_private.h"
#include "mn/mn_route.h"

/* There before it is gone here, and without DAD (M-35): no packet finds the host without it. */
static void place(struct mn *mn, struct home_address *home, uint32_t ifindex)
{
	const struct home_address left = *home;
	int err;

	home->ifindex = ifindex;
	attachment_listen(mn, home);
	err = home->is_current ? mn_route_address_prefer(mn->netlink, home)
			       : mn_route_address_deprecate(mn->netlink, home);
	if (err) {
		log_error("address.place", "address=%s error=\"%s\"", in6_text(&home->address).s,
			  strerror(-err));
		attachment_listen_end(mn, home);
		home->ifindex = left.ifindex;
		return;
	}
	mn_route_address_delete(mn->netlink, &left);
	attachment_listen_end(mn, &left);
	log_info("address.place", "address=%s interface=%s", in6_text(&home->address).s,
		 mn_link_by_index(mn, ifindex)->name);
}

void address_place_current(struct mn *mn, struct home_address *home)
{
	const uint32_t here = mn->movement.current.ifindex;

	if (home->ifindex == here)
		return;
	if (home->is_installed)
		place(mn, home, here);
	else
		home->ifindex = here;
}

/* What stands on an interface that is down is tentative to the kernel, which answers nothing for
 * it; with an interface that was taken out it is gone. */
void address_place_away(struct mn *mn)
{
	const uint32_t here = mn->movement.current.ifindex;
	struct home_address *home;

	if (!mn->movement.is_attached)
		return;
	TAILQ_FOREACH (home, &mn->homes.list, link) {
		const struct mn_link *link = mn_link_by_index(mn, home->ifindex);

		if (home->is_installed && home->has_hdar && home->ifindex != here &&
		    !(link && link->is_up))
			place(mn, home, here);
	}
}
