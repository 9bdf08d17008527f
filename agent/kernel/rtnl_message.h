/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the build-up of one rtnetlink request and the checked reading of attributes. */
#ifndef FAMA_RTNL_MESSAGE_H
#define FAMA_RTNL_MESSAGE_H

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

union rtnl_message {
	struct nlmsghdr header;
	uint8_t octets[1024]; /* the largest of ours: a route with a 256 octet program name */
};

/* Starts a message; returns its zeroed family header of `size` octets. */
static inline void *rtnl_begin(union rtnl_message *message, uint16_t type, uint16_t flags,
			       size_t size)
{
	mnl_nlmsg_put_header(message);
	message->header.nlmsg_type = type;
	message->header.nlmsg_flags = NLM_F_REQUEST | flags;
	return mnl_nlmsg_put_extra_header(&message->header, size);
}

static inline void rtnl_put_in6(union rtnl_message *message, uint16_t type,
				const struct in6_addr *address)
{
	mnl_attr_put(&message->header, type, sizeof(*address), address);
}

static inline bool rtnl_has_body(const struct nlmsghdr *nlh, size_t size)
{
	return mnl_nlmsg_get_payload_len(nlh) >= size;
}

/* False, and `out` untouched, if the attribute is too short for it. */
static inline bool rtnl_get(const struct nlattr *attr, void *out, size_t size)
{
	if (mnl_attr_get_payload_len(attr) < size)
		return false;
	memcpy(out, mnl_attr_get_payload(attr), size);
	return true;
}

#endif
