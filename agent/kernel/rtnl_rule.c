// SPDX-License-Identifier: BSD-2-Clause
// Owns policy rules of ours: packets from one address look in one table.
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "kernel/netlink.h"
#include "kernel/rtnl.h"
#include "kernel/rtnl_message.h"

static int request_rule(struct netlink *nl, uint16_t type, uint16_t flags,
			const struct rtnl_rule *rule)
{
	union rtnl_message message;
	struct fib_rule_hdr *frh = rtnl_begin(&message, type, flags, sizeof(*frh));

	frh->family = AF_INET6;
	frh->src_len = 128;
	frh->action = FR_ACT_TO_TBL;
	frh->table = rule->table < 256 ? (unsigned char)rule->table : RT_TABLE_UNSPEC;
	rtnl_put_in6(&message, FRA_SRC, &rule->from);
	mnl_attr_put_u32(&message.header, FRA_TABLE, rule->table);
	mnl_attr_put_u32(&message.header, FRA_PRIORITY, rule->priority);
	mnl_attr_put_u8(&message.header, FRA_PROTOCOL, RTNL_PROTOCOL_FAMA);
	return netlink_request(nl, &message.header);
}

int rtnl_rule_add(struct netlink *nl, const struct rtnl_rule *rule)
{
	return request_rule(nl, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, rule);
}

int rtnl_rule_delete(struct netlink *nl, const struct rtnl_rule *rule)
{
	return request_rule(nl, RTM_DELRULE, 0, rule);
}

struct rule_listing {
	void (*each)(const struct rtnl_rule *rule, void *arg);
	void *arg;
};

static int list_rule(const struct nlmsghdr *nlh, void *arg)
{
	const struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);
	const struct rule_listing *listing = arg;
	const struct nlattr *attr;
	struct rtnl_rule rule = {0};
	uint8_t protocol = 0;

	if (nlh->nlmsg_type != RTM_NEWRULE || !rtnl_has_body(nlh, sizeof(*frh)) ||
	    frh->family != AF_INET6 || frh->src_len != 128)
		return 0;
	rule.table = frh->table;
	mnl_attr_for_each(attr, nlh, sizeof(*frh))
	{
		switch (mnl_attr_get_type(attr)) {
		case FRA_SRC:
			rtnl_get(attr, &rule.from, sizeof(rule.from));
			break;
		case FRA_TABLE:
			rtnl_get(attr, &rule.table, sizeof(rule.table));
			break;
		case FRA_PRIORITY:
			rtnl_get(attr, &rule.priority, sizeof(rule.priority));
			break;
		case FRA_PROTOCOL:
			rtnl_get(attr, &protocol, sizeof(protocol));
			break;
		}
	}
	if (protocol == RTNL_PROTOCOL_FAMA)
		listing->each(&rule, listing->arg);
	return 0;
}

int rtnl_rule_list_ours(struct netlink *nl, void (*each)(const struct rtnl_rule *rule, void *arg),
			void *arg)
{
	union rtnl_message message;
	struct fib_rule_hdr *frh = rtnl_begin(&message, RTM_GETRULE, NLM_F_DUMP, sizeof(*frh));
	struct rule_listing listing = {.each = each, .arg = arg};

	frh->family = AF_INET6;
	return netlink_dump(nl, &message.header, list_rule, &listing);
}
