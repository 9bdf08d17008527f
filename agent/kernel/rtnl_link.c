// SPDX-License-Identifier: BSD-2-Clause
// Owns links: found by name or number, read from notifications, set to all-multicast.
#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>

#include "kernel/netlink.h"
#include "kernel/rtnl.h"
#include "kernel/rtnl_message.h"

/* IFLA_AF_SPEC / AF_INET6 / IFLA_INET6_CONF, indexed by DEVCONF_*: an RA may have lowered it. */
static void read_ipv6_mtu(const struct nlattr *spec, uint32_t *mtu)
{
	const struct nlattr *family, *attr;
	int32_t conf[DEVCONF_MTU6 + 1];

	mnl_attr_for_each_nested(family, spec)
	{
		if (mnl_attr_get_type(family) != AF_INET6)
			continue;
		mnl_attr_for_each_nested(attr, family)
		{
			if (mnl_attr_get_type(attr) == IFLA_INET6_CONF &&
			    rtnl_get(attr, conf, sizeof(conf)) && conf[DEVCONF_MTU6] > 0)
				*mtu = (uint32_t)conf[DEVCONF_MTU6];
		}
	}
}

int rtnl_link_read(const struct nlmsghdr *nlh, struct rtnl_link *out)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return -ENOMSG;
	/* AF_BRIDGE: a port left or joined a bridge, which says nothing about the link itself. */
	if (!rtnl_has_body(nlh, sizeof(*ifi)) || ifi->ifi_family != AF_UNSPEC)
		return -ENOMSG;
	*out = (struct rtnl_link){
		.ifindex = (uint32_t)ifi->ifi_index,
		.up = (ifi->ifi_flags & (IFF_UP | IFF_LOWER_UP)) == (IFF_UP | IFF_LOWER_UP),
		.gone = nlh->nlmsg_type == RTM_DELLINK,
	};
	mnl_attr_for_each(attr, nlh, sizeof(*ifi))
	{
		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			if (mnl_attr_get_payload_len(attr) <= sizeof(out->name))
				memcpy(out->name, mnl_attr_get_payload(attr),
				       mnl_attr_get_payload_len(attr));
			break;
		case IFLA_ADDRESS:
			rtnl_get(attr, out->mac, sizeof(out->mac));
			break;
		case IFLA_MTU:
			rtnl_get(attr, &out->mtu, sizeof(out->mtu));
			break;
		}
	}
	out->name[sizeof(out->name) - 1] = '\0';
	out->ipv6_mtu = out->mtu;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi))
	{
		if (mnl_attr_get_type(attr) == IFLA_AF_SPEC)
			read_ipv6_mtu(attr, &out->ipv6_mtu);
	}
	return 0;
}

static int take_link(const struct nlmsghdr *nlh, void *arg)
{
	return rtnl_link_read(nlh, arg);
}

static int get_link(struct netlink *nl, uint32_t ifindex, const char *name, struct rtnl_link *out)
{
	union rtnl_message message;
	struct ifinfomsg *ifi = rtnl_begin(&message, RTM_GETLINK, 0, sizeof(*ifi));

	ifi->ifi_index = (int)ifindex;
	if (name)
		mnl_attr_put_strz(&message.header, IFLA_IFNAME, name);
	mnl_attr_put_u32(&message.header, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return netlink_dump(nl, &message.header, take_link, out);
}

int rtnl_link_by_name(struct netlink *nl, const char *name, struct rtnl_link *out)
{
	size_t len = strlen(name);

	if (len == 0 || len >= IFNAMSIZ)
		return -ENODEV;
	return get_link(nl, 0, name, out);
}

int rtnl_link_by_index(struct netlink *nl, uint32_t ifindex, struct rtnl_link *out)
{
	return ifindex ? get_link(nl, ifindex, NULL, out) : -ENODEV;
}

int rtnl_link_set_allmulti(struct netlink *nl, uint32_t ifindex, bool on)
{
	union rtnl_message message;
	struct ifinfomsg *ifi = rtnl_begin(&message, RTM_SETLINK, 0, sizeof(*ifi));

	if (!ifindex)
		return -ENODEV;
	ifi->ifi_index = (int)ifindex;
	ifi->ifi_flags = on ? IFF_ALLMULTI : 0;
	ifi->ifi_change = IFF_ALLMULTI;
	return netlink_request(nl, &message.header);
}
