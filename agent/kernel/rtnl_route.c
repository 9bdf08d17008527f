// SPDX-License-Identifier: BSD-2-Clause
// Owns IPv6 routes of ours, LWT-BPF ones too, and the question where a packet would go.
#include <errno.h>
#include <linux/lwtunnel.h>
#include <linux/rtnetlink.h>

#include "kernel/netlink.h"
#include "kernel/rtnl.h"
#include "kernel/rtnl_message.h"

enum { LWT_NAME_MAX = 255 }; /* the kernel's own limit, without the final zero */

/* Header and the attributes that name a route; delete needs no more. */
static void put_route_key(union rtnl_message *message, uint16_t type, uint16_t flags,
			  const struct rtnl_route *route)
{
	struct rtmsg *rtm = rtnl_begin(message, type, flags, sizeof(*rtm));
	uint32_t table = route->table ? route->table : RT_TABLE_MAIN;

	rtm->rtm_family = AF_INET6;
	rtm->rtm_dst_len = route->prefix_len;
	rtm->rtm_protocol = RTNL_PROTOCOL_FAMA;
	rtm->rtm_scope = RT_SCOPE_UNIVERSE;
	rtm->rtm_type = RTN_UNICAST;
	rtm->rtm_table = table < 256 ? (unsigned char)table : RT_TABLE_UNSPEC;
	mnl_attr_put_u32(&message->header, RTA_TABLE, table);
	if (route->prefix_len)
		rtnl_put_in6(message, RTA_DST, &route->destination);
	if (route->ifindex)
		mnl_attr_put_u32(&message->header, RTA_OIF, route->ifindex);
	if (route->has_gateway)
		rtnl_put_in6(message, RTA_GATEWAY, &route->gateway);
	if (route->metric)
		mnl_attr_put_u32(&message->header, RTA_PRIORITY, route->metric);
}

static void put_lwt_xmit(struct nlmsghdr *nlh, int fd, const char *name)
{
	struct nlattr *encap, *xmit;

	mnl_attr_put_u16(nlh, RTA_ENCAP_TYPE, LWTUNNEL_ENCAP_BPF);
	encap = mnl_attr_nest_start(nlh, RTA_ENCAP);
	xmit = mnl_attr_nest_start(nlh, LWT_BPF_XMIT);
	mnl_attr_put_u32(nlh, LWT_BPF_PROG_FD, (uint32_t)fd);
	mnl_attr_put_strz(nlh, LWT_BPF_PROG_NAME, name);
	mnl_attr_nest_end(nlh, xmit);
	mnl_attr_nest_end(nlh, encap);
}

int rtnl_route_replace(struct netlink *nl, const struct rtnl_route *route)
{
	union rtnl_message message;

	if (route->lwt_xmit_fd >= 0 && (!route->lwt_name || strlen(route->lwt_name) > LWT_NAME_MAX))
		return -EINVAL;
	put_route_key(&message, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route);
	if (route->mtu) {
		struct nlattr *metrics = mnl_attr_nest_start(&message.header, RTA_METRICS);

		mnl_attr_put_u32(&message.header, RTAX_MTU, route->mtu);
		mnl_attr_nest_end(&message.header, metrics);
	}
	if (route->lwt_xmit_fd >= 0)
		put_lwt_xmit(&message.header, route->lwt_xmit_fd, route->lwt_name);
	return netlink_request(nl, &message.header);
}

int rtnl_route_delete(struct netlink *nl, const struct rtnl_route *route)
{
	union rtnl_message message;

	put_route_key(&message, RTM_DELROUTE, 0, route);
	return netlink_request(nl, &message.header);
}

static uint32_t read_mtu(const struct nlattr *metrics)
{
	const struct nlattr *attr;
	uint32_t mtu = 0;

	mnl_attr_for_each_nested(attr, metrics)
	{
		if (mnl_attr_get_type(attr) == RTAX_MTU)
			rtnl_get(attr, &mtu, sizeof(mtu));
	}
	return mtu;
}

static const char *read_lwt_name(const struct nlattr *encap)
{
	const struct nlattr *hook, *attr;

	mnl_attr_for_each_nested(hook, encap)
	{
		if (mnl_attr_get_type(hook) != LWT_BPF_XMIT)
			continue;
		mnl_attr_for_each_nested(attr, hook)
		{
			if (mnl_attr_get_type(attr) == LWT_BPF_PROG_NAME &&
			    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
				return mnl_attr_get_str(attr);
		}
	}
	return NULL;
}

/* lwt_name points into the message. */
static struct rtnl_route read_route(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct rtnl_route route = {
		.prefix_len = rtm->rtm_dst_len,
		.table = rtm->rtm_table,
		.lwt_xmit_fd = -1,
	};
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(*rtm))
	{
		switch (mnl_attr_get_type(attr)) {
		case RTA_DST:
			rtnl_get(attr, &route.destination, sizeof(route.destination));
			break;
		case RTA_OIF:
			rtnl_get(attr, &route.ifindex, sizeof(route.ifindex));
			break;
		case RTA_GATEWAY:
			route.has_gateway = rtnl_get(attr, &route.gateway, sizeof(route.gateway));
			break;
		case RTA_PRIORITY:
			rtnl_get(attr, &route.metric, sizeof(route.metric));
			break;
		case RTA_TABLE:
			rtnl_get(attr, &route.table, sizeof(route.table));
			break;
		case RTA_METRICS:
			route.mtu = read_mtu(attr);
			break;
		case RTA_ENCAP:
			route.lwt_name = read_lwt_name(attr);
			break;
		}
	}
	return route;
}

static bool is_route(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	return nlh->nlmsg_type == RTM_NEWROUTE && rtnl_has_body(nlh, sizeof(*rtm)) &&
	       rtm->rtm_family == AF_INET6;
}

struct route_listing {
	void (*each)(const struct rtnl_route *route, void *arg);
	void *arg;
};

static int list_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct route_listing *listing = arg;

	if (is_route(nlh) && rtm->rtm_protocol == RTNL_PROTOCOL_FAMA &&
	    !(rtm->rtm_flags & RTM_F_CLONED)) {
		struct rtnl_route route = read_route(nlh);

		listing->each(&route, listing->arg);
	}
	return 0;
}

int rtnl_route_list_ours(struct netlink *nl,
			 void (*each)(const struct rtnl_route *route, void *arg), void *arg)
{
	union rtnl_message message;
	struct rtmsg *rtm = rtnl_begin(&message, RTM_GETROUTE, NLM_F_DUMP, sizeof(*rtm));
	struct route_listing listing = {.each = each, .arg = arg};

	rtm->rtm_family = AF_INET6;
	rtm->rtm_protocol = RTNL_PROTOCOL_FAMA; /* the kernel leaves out a full table's rest */
	return netlink_dump(nl, &message.header, list_route, &listing);
}

static int take_route(const struct nlmsghdr *nlh, void *arg)
{
	struct rtnl_route *out = arg;

	if (!is_route(nlh))
		return -EBADMSG;
	*out = read_route(nlh);
	return 0;
}

int rtnl_route_get(struct netlink *nl, const struct in6_addr *destination,
		   const struct in6_addr *source, struct rtnl_next_hop *out)
{
	union rtnl_message message;
	struct rtmsg *rtm = rtnl_begin(&message, RTM_GETROUTE, 0, sizeof(*rtm));
	struct rtnl_route route;
	struct rtnl_link link;

	rtm->rtm_family = AF_INET6;
	rtm->rtm_dst_len = 128;
	rtnl_put_in6(&message, RTA_DST, destination);
	if (source) {
		rtm->rtm_src_len = 128;
		rtnl_put_in6(&message, RTA_SRC, source);
	}
	int err = netlink_dump(nl, &message.header, take_route, &route);

	if (err)
		return err;
	if (!route.mtu) {
		err = rtnl_link_by_index(nl, route.ifindex, &link);
		if (err)
			return err;
		route.mtu = link.ipv6_mtu;
	}
	*out = (struct rtnl_next_hop){
		.ifindex = route.ifindex,
		.gateway = route.has_gateway ? route.gateway : *destination,
		.mtu = route.mtu,
	};
	return 0;
}
