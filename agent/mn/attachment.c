// SPDX-License-Identifier: BSD-2-Clause
/* Owns the way from links and Router Advertisements to attachments: sockets, timers, stamps. */
#include <errno.h>
#include <event2/event.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "kernel/nd_socket.h"
#include "kernel/netlink.h"
#include "kernel/rtnl.h"
#include "mn/mn_private.h"
#include "wire/icmp6_error.h"
#include "wire/nd.h"

struct mn_link *mn_link_by_index(struct mn *mn, uint32_t ifindex)
{
	for (unsigned int i = 0; i < mn->link_count; i++) {
		if (mn->links[i].ifindex == ifindex)
			return &mn->links[i];
	}
	return NULL;
}

/* ---- solicitation: the kernel sends none when a carrier returns ---- */

void attachment_solicit_once(struct mn_link *link)
{
	struct nd_message rs = {.type = ND_TYPE_RS, .has_slla = true};
	uint8_t octets[ND_MESSAGE_MAX];
	uint64_t now = clock_boot_ns(); /* the answer may be there before send returns */
	ssize_t len;

	memcpy(rs.slla, link->mac, sizeof(rs.slla));
	len = nd_build(&rs, octets, sizeof(octets));
	/* Fails while the link-local address is tentative: asked again when it is not. */
	if (len < 0 ||
	    nd_socket_send(link->nd_fd, link->ifindex, NULL, &in6_all_routers, octets, (size_t)len))
		return;
	mn_count(link->mn, MN_RS_SENT);
	if (!link->rs_ns)
		link->rs_ns = now;
}

static void solicit(struct mn_link *link)
{
	uint32_t wait_ms;
	struct timeval wait;

	attachment_solicit_once(link);
	wait_ms = movement_solicit_ms(++link->solicitations);
	wait = (struct timeval){wait_ms / 1000, wait_ms % 1000 * 1000};
	event_add(link->solicit_event, &wait);
}

static void solicit_start(struct mn_link *link)
{
	link->is_soliciting = true;
	link->solicitations = 0;
	solicit(link);
}

static void solicit_stop(struct mn_link *link)
{
	link->is_soliciting = false;
	event_del(link->solicit_event);
}

static void solicit_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	solicit(arg);
}

/*
 * The kernel joins the group of a new address from a work queue. A solicitation that the router
 * sends before, for our first BA, would be lost, and its next one comes a second later.
 */
void attachment_listen(struct mn *mn, const struct home_address *home)
{
	const struct mn_link *link = mn_link_by_index(mn, home->ifindex);
	int err = nd_socket_join_solicited(link->nd_fd, link->ifindex, &home->address);

	if (err)
		log_warn("address.listen", "address=%s error=\"%s\"", in6_text(&home->address).s,
			 strerror(-err));
}

void attachment_listen_end(struct mn *mn, const struct home_address *home)
{
	const struct mn_link *link = mn_link_by_index(mn, home->ifindex);

	if (link && link->nd_fd >= 0)
		nd_socket_leave_solicited(link->nd_fd, link->ifindex, &home->address);
}

/* ---- verdicts ---- */

static void arm_movement(struct mn *mn)
{
	uint64_t deadline = movement_deadline_ns(&mn->movement), now = clock_boot_ns();
	uint64_t wait = deadline > now ? deadline - now : 0;
	struct timeval timeout = {(time_t)(wait / CLOCK_SECOND_NS),
				  (suseconds_t)(wait % CLOCK_SECOND_NS / 1000 + 1)};

	if (deadline)
		event_add(mn->movement_event, &timeout);
	else
		event_del(mn->movement_event);
}

static void apply(struct mn *mn, enum movement_verdict verdict, struct mn_link *link)
{
	switch (verdict) {
	case MOVEMENT_STAY:
		break;
	case MOVEMENT_SOLICIT:
		solicit_start(link);
		break;
	case MOVEMENT_ATTACHED:
		handover_attached(mn);
		break;
	case MOVEMENT_DETACHED:
		handover_detached(mn);
		break;
	case MOVEMENT_DISMISSED:
		handover_dismissed(mn);
		solicit_start(link);
		break;
	}
	arm_movement(mn);
}

static void movement_due(evutil_socket_t fd, short what, void *arg)
{
	struct mn *mn = arg;

	(void)fd;
	(void)what;
	apply(mn, movement_expire(&mn->movement, clock_boot_ns()),
	      mn_link_by_index(mn, mn->movement.current.ifindex));
}

/* ---- Router Advertisements ---- */

static void take_ra(struct mn_link *link, const struct nd_received *received)
{
	struct mn *mn = link->mn;
	enum movement_verdict verdict;
	struct movement_router router;
	struct nd_message ra;
	enum nd_fault fault = nd_parse(received->octets, received->len, &received->source,
				       &received->destination, received->hop_limit, &ra);

	mn_count(mn, MN_RA_RECEIVED);
	if (fault != ND_OK || ra.type != ND_TYPE_RA ||
	    !movement_router_of(&ra, link->ifindex, &received->source, clock_boot_ns(), &router)) {
		if (fault == ND_OK && ra.type == ND_TYPE_RA && !ra.router_lifetime_s)
			apply(mn, movement_dismiss(&mn->movement, &router), link);
		mn_count(mn, MN_RA_IGNORED);
		log_remote("ra.ignored", "interface=%s source=%s reason=%s", link->name,
			   in6_text(&received->source).s,
			   fault == ND_OK ? "no-prefix-or-lifetime" : nd_fault_name(fault));
		return;
	}
	solicit_stop(link);
	verdict = movement_heard(&mn->movement, &router);
	if (verdict == MOVEMENT_STAY) { /* what the link said was no handover */
		link->up_ns = 0;
		link->rs_ns = 0;
	}
	apply(mn, verdict, link);
}

static void nd_ready(evutil_socket_t fd, short what, void *arg)
{
	struct mn_link *link = arg;
	struct nd_received received;

	(void)what;
	while (nd_socket_receive(fd, &received) == 0) {
		struct span icmp6 = {received.octets, received.len};

		if (received.len && received.octets[0] == ICMP6_PARAMETER_PROBLEM)
			signalling_problem(link->mn, &received.source, icmp6);
		else
			take_ra(link, &received);
	}
}

/* ---- links and addresses ---- */

static void link_changed(struct mn_link *link, bool is_up)
{
	struct mn *mn = link->mn;
	bool again = is_up && link->is_up;

	if (is_up != link->is_up)
		log_info("link", "interface=%s up=%d", link->name, is_up);
	link->is_up = is_up;
	link->up_ns = is_up ? clock_boot_ns() : 0;
	link->rs_ns = 0;
	if (!is_up)
		solicit_stop(link);
	apply(mn,
	      again ? movement_link_again(&mn->movement, link->ifindex)
		    : movement_link(&mn->movement, link->ifindex, is_up),
	      link);
	if (!is_up)
		address_place_away(mn);
}

static void take_link(struct mn *mn, const struct rtnl_link *news)
{
	struct mn_link *link = mn_link_by_index(mn, news->ifindex);

	if (!link)
		return;
	if (news->gone) {
		log_error("link.gone", "interface=%s why=\"restart famad when it is back\"",
			  link->name);
		link_changed(link, false);
		return;
	}
	memcpy(link->mac, news->mac, sizeof(link->mac));
	link->mtu = news->mtu;
	link_changed(link, news->up);
}

static void take_address(struct mn *mn, const struct rtnl_address *address)
{
	struct mn_link *link = mn_link_by_index(mn, address->ifindex);
	struct home_address *home;

	if (!link)
		return;
	if (IN6_IS_ADDR_LINKLOCAL(&address->address)) {
		if (link->is_soliciting && !(address->flags & IFA_F_TENTATIVE))
			attachment_solicit_once(link);
		return;
	}
	home = home_address_find(&mn->homes, &address->address);
	if (home && (address->flags & IFA_F_DADFAILED))
		handover_collision(mn, home);
}

static int take_notification(const struct nlmsghdr *nlh, void *arg)
{
	struct mn *mn = arg;
	struct rtnl_address address;
	struct rtnl_link link;
	bool deleted;

	if (rtnl_link_read(nlh, &link) == 0)
		take_link(mn, &link);
	else if (rtnl_address_read(nlh, &address, &deleted) == 0 && !deleted)
		take_address(mn, &address);
	return 0;
}

/* What is so now, whatever was missed. */
static void look_at_links(struct mn *mn)
{
	for (unsigned int i = 0; i < mn->link_count; i++) {
		struct rtnl_link link;

		if (rtnl_link_by_name(mn->netlink, mn->links[i].name, &link) == 0)
			take_link(mn, &link);
	}
}

static void notification_ready(evutil_socket_t fd, short what, void *arg)
{
	struct mn *mn = arg;

	(void)fd;
	(void)what;
	if (netlink_receive(mn->notifications, take_notification, mn) == -ENOBUFS)
		look_at_links(mn);
}

/* ---- life ---- */

static int link_open(struct mn_link *link, char *why, size_t why_size)
{
	static const uint8_t types[] = {ND_TYPE_RA, ICMP6_PARAMETER_PROBLEM, 0};
	struct event_base *base = link->mn->base;
	int fd = nd_socket_open(link->ifindex, types, NULL);

	if (fd < 0) {
		snprintf(why, why_size, "cannot open a Neighbour Discovery socket on %s: %s",
			 link->name, strerror(-fd));
		return fd;
	}
	link->nd_fd = fd;
	link->nd_event = event_new(base, fd, EV_READ | EV_PERSIST, nd_ready, link);
	link->solicit_event = evtimer_new(base, solicit_due, link);
	if (!link->nd_event || !link->solicit_event || event_add(link->nd_event, NULL)) {
		snprintf(why, why_size, "no memory for events");
		return -ENOMEM;
	}
	return 0;
}

int attachment_open(struct mn *mn, char *why, size_t why_size)
{
	int err;

	for (unsigned int i = 0; i < mn->link_count; i++) {
		err = link_open(&mn->links[i], why, why_size);
		if (err)
			return err;
		mn->movement.links[i].ifindex = mn->links[i].ifindex;
	}
	mn->movement.link_count = mn->link_count;
	mn->notifications = netlink_open(RTMGRP_LINK | RTMGRP_IPV6_IFADDR);
	if (!mn->notifications) {
		err = -errno;
		snprintf(why, why_size, "cannot listen to rtnetlink: %s", strerror(-err));
		return err;
	}
	mn->notification_event = event_new(mn->base, netlink_fd(mn->notifications),
					   EV_READ | EV_PERSIST, notification_ready, mn);
	mn->movement_event = evtimer_new(mn->base, movement_due, mn);
	if (!mn->notification_event || !mn->movement_event ||
	    event_add(mn->notification_event, NULL)) {
		snprintf(why, why_size, "no memory for events");
		return -ENOMEM;
	}
	return 0;
}

void attachment_start(struct mn *mn)
{
	look_at_links(mn);
}

static void event_drop(struct event **event)
{
	if (*event)
		event_free(*event);
	*event = NULL;
}

void attachment_close(struct mn *mn)
{
	event_drop(&mn->notification_event);
	event_drop(&mn->movement_event);
	netlink_close(mn->notifications);
	mn->notifications = NULL;
	for (unsigned int i = 0; i < mn->link_count; i++) {
		event_drop(&mn->links[i].nd_event);
		event_drop(&mn->links[i].solicit_event);
		if (mn->links[i].nd_fd >= 0)
			close(mn->links[i].nd_fd);
		mn->links[i].nd_fd = -1;
	}
}
