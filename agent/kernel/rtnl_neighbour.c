// SPDX-License-Identifier: BSD-2-Clause
// Owns entries of the kernel's IPv6 neighbour table: read, set, deleted, probed.
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "kernel/netlink.h"
#include "kernel/rtnl.h"
#include "kernel/rtnl_message.h"

static struct ndmsg *begin_neighbour(union rtnl_message *message, uint16_t type, uint16_t flags,
				     uint32_t ifindex, const struct in6_addr *address)
{
	struct ndmsg *ndm = rtnl_begin(message, type, flags, sizeof(*ndm));

	ndm->ndm_family = AF_INET6;
	ndm->ndm_ifindex = (int)ifindex;
	rtnl_put_in6(message, NDA_DST, address);
	return ndm;
}

static int take_neighbour(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	struct rtnl_neighbour *out = arg;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWNEIGH || !rtnl_has_body(nlh, sizeof(*ndm)))
		return -EBADMSG;
	*out = (struct rtnl_neighbour){
		.ifindex = (uint32_t)ndm->ndm_ifindex,
		.state = ndm->ndm_state,
	};
	mnl_attr_for_each(attr, nlh, sizeof(*ndm))
	{
		switch (mnl_attr_get_type(attr)) {
		case NDA_DST:
			rtnl_get(attr, &out->address, sizeof(out->address));
			break;
		case NDA_LLADDR:
			out->has_mac = rtnl_get(attr, out->mac, sizeof(out->mac));
			break;
		}
	}
	return 0;
}

int rtnl_neighbour_get(struct netlink *nl, uint32_t ifindex, const struct in6_addr *address,
		       struct rtnl_neighbour *out)
{
	union rtnl_message message;

	begin_neighbour(&message, RTM_GETNEIGH, 0, ifindex, address);
	return netlink_dump(nl, &message.header, take_neighbour, out);
}

int rtnl_neighbour_set(struct netlink *nl, const struct rtnl_neighbour *neighbour)
{
	union rtnl_message message;
	struct ndmsg *ndm = begin_neighbour(&message, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE,
					    neighbour->ifindex, &neighbour->address);

	ndm->ndm_state = neighbour->state;
	if (neighbour->has_mac)
		mnl_attr_put(&message.header, NDA_LLADDR, sizeof(neighbour->mac), neighbour->mac);
	return netlink_request(nl, &message.header);
}

int rtnl_neighbour_delete(struct netlink *nl, uint32_t ifindex, const struct in6_addr *address)
{
	union rtnl_message message;

	begin_neighbour(&message, RTM_DELNEIGH, 0, ifindex, address);
	return netlink_request(nl, &message.header);
}

int rtnl_neighbour_probe(struct netlink *nl, uint32_t ifindex, const struct in6_addr *address)
{
	union rtnl_message message;
	struct ndmsg *ndm = begin_neighbour(&message, RTM_NEWNEIGH, NLM_F_CREATE, ifindex, address);

	ndm->ndm_flags = NTF_USE;
	return netlink_request(nl, &message.header);
}
