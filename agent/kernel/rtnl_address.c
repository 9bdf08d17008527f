// SPDX-License-Identifier: BSD-2-Clause
// Owns IPv6 addresses of interfaces: added, replaced, deleted, listed, read from notifications.
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "kernel/netlink.h"
#include "kernel/rtnl.h"
#include "kernel/rtnl_message.h"

int rtnl_address_add(struct netlink *nl, const struct rtnl_address *address, bool replace)
{
	union rtnl_message message;
	struct ifaddrmsg *ifa =
		rtnl_begin(&message, RTM_NEWADDR,
			   NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL), sizeof(*ifa));
	const struct ifa_cacheinfo lifetimes = {
		.ifa_prefered = address->preferred_s,
		.ifa_valid = address->valid_s,
	};

	ifa->ifa_family = AF_INET6;
	ifa->ifa_prefixlen = address->prefix_len;
	ifa->ifa_index = address->ifindex;
	rtnl_put_in6(&message, IFA_LOCAL, &address->address);
	mnl_attr_put_u32(&message.header, IFA_FLAGS, address->flags);
	mnl_attr_put(&message.header, IFA_CACHEINFO, sizeof(lifetimes), &lifetimes);
	return netlink_request(nl, &message.header);
}

int rtnl_address_delete(struct netlink *nl, uint32_t ifindex, const struct in6_addr *address,
			uint8_t prefix_len)
{
	union rtnl_message message;
	struct ifaddrmsg *ifa = rtnl_begin(&message, RTM_DELADDR, 0, sizeof(*ifa));

	ifa->ifa_family = AF_INET6;
	ifa->ifa_prefixlen = prefix_len;
	ifa->ifa_index = ifindex;
	rtnl_put_in6(&message, IFA_LOCAL, address);
	return netlink_request(nl, &message.header);
}

int rtnl_address_read(const struct nlmsghdr *nlh, struct rtnl_address *out, bool *deleted)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	bool has_local = false, has_address = false;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWADDR && nlh->nlmsg_type != RTM_DELADDR)
		return -ENOMSG;
	if (!rtnl_has_body(nlh, sizeof(*ifa)) || ifa->ifa_family != AF_INET6)
		return -ENOMSG;
	*deleted = nlh->nlmsg_type == RTM_DELADDR;
	*out = (struct rtnl_address){
		.ifindex = ifa->ifa_index,
		.prefix_len = ifa->ifa_prefixlen,
		.flags = ifa->ifa_flags,
		.valid_s = RTNL_FOREVER,
		.preferred_s = RTNL_FOREVER,
	};
	mnl_attr_for_each(attr, nlh, sizeof(*ifa))
	{
		struct ifa_cacheinfo lifetimes;

		switch (mnl_attr_get_type(attr)) {
		case IFA_LOCAL: /* with a peer, IFA_ADDRESS is the peer's */
			has_local = rtnl_get(attr, &out->address, sizeof(out->address));
			break;
		case IFA_ADDRESS:
			if (!has_local)
				has_address = rtnl_get(attr, &out->address, sizeof(out->address));
			break;
		case IFA_FLAGS:
			rtnl_get(attr, &out->flags, sizeof(out->flags));
			break;
		case IFA_CACHEINFO:
			if (rtnl_get(attr, &lifetimes, sizeof(lifetimes))) {
				out->valid_s = lifetimes.ifa_valid;
				out->preferred_s = lifetimes.ifa_prefered;
			}
			break;
		}
	}
	return has_local || has_address ? 0 : -ENOMSG;
}

struct address_listing {
	uint32_t ifindex;
	void (*each)(const struct rtnl_address *address, void *arg);
	void *arg;
};

static int list_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct address_listing *listing = arg;
	struct rtnl_address address;
	bool deleted;

	if (!rtnl_address_read(nlh, &address, &deleted) &&
	    (!listing->ifindex || listing->ifindex == address.ifindex))
		listing->each(&address, listing->arg);
	return 0;
}

int rtnl_address_list(struct netlink *nl, uint32_t ifindex,
		      void (*each)(const struct rtnl_address *address, void *arg), void *arg)
{
	union rtnl_message message;
	struct ifaddrmsg *ifa = rtnl_begin(&message, RTM_GETADDR, NLM_F_DUMP, sizeof(*ifa));
	struct address_listing listing = {.ifindex = ifindex, .each = each, .arg = arg};

	ifa->ifa_family = AF_INET6;
	ifa->ifa_index = ifindex;
	return netlink_dump(nl, &message.header, list_address, &listing);
}
