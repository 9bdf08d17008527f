// SPDX-License-Identifier: BSD-2-Clause
// Proves addresses added, replaced, listed and announced, against what `ip` says of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/in6.h"
#include "harness/namespace.h"
#include "kernel/netlink.h"
#include "kernel/rtnl.h"

enum { PATIENCE_MS = 5000 };

static struct namespaces ns;
static struct netlink *nl;
static uint32_t w0_index;

static struct rtnl_address hoa(const char *text)
{
	return (struct rtnl_address){
		.ifindex = w0_index,
		.address = in6_of(text),
		.prefix_len = 128,
		.flags = IFA_F_NOPREFIXROUTE | IFA_F_NODAD,
		.valid_s = RTNL_FOREVER,
		.preferred_s = RTNL_FOREVER,
	};
}

static const char *shown(const char *address, const char *member)
{
	return line_of("ip -6 -j addr show dev w0 | jq -c '.[0].addr_info[] | "
		       "select(.local == \"%s\") | %s'",
		       address, member);
}

static void address_is_added_as_asked(void **state)
{
	(void)state;
	const struct rtnl_address address = hoa("2001:db8:1::1");

	assert_int_equal(rtnl_address_add(nl, &address, false), 0);
	assert_string_equal(shown("2001:db8:1::1",
				  "[.prefixlen, .noprefixroute, .nodad, .tentative, "
				  ".valid_life_time, .preferred_life_time, .deprecated]"),
			    "[128,true,true,null,4294967295,4294967295,null]");
	assert_string_equal(line_of("ip -6 route show 2001:db8:1::1"), "");
	assert_int_equal(rtnl_address_add(nl, &address, false), -EEXIST);
	assert_int_equal(rtnl_address_delete(nl, w0_index, &address.address, 128), 0);
	assert_string_equal(shown("2001:db8:1::1", "."), "");
	assert_int_equal(rtnl_address_delete(nl, w0_index, &address.address, 128), -EADDRNOTAVAIL);
}

static void address_is_deprecated_by_replace(void **state)
{
	(void)state;
	struct rtnl_address address = hoa("2001:db8:1::2");

	assert_int_equal(rtnl_address_add(nl, &address, true), 0);
	address.preferred_s = 0;
	assert_int_equal(rtnl_address_add(nl, &address, true), 0);
	assert_string_equal(shown("2001:db8:1::2", "[.deprecated, .noprefixroute, "
						   ".valid_life_time, .preferred_life_time]"),
			    "[true,true,4294967295,0]");
	assert_string_equal(line_of("ip -6 route show 2001:db8:1::2"), "");
	assert_int_equal(rtnl_address_delete(nl, w0_index, &address.address, 128), 0);
}

static void address_may_be_optimistic(void **state)
{
	(void)state;
	struct rtnl_address address = hoa("2001:db8:1::3");

	address.flags = IFA_F_NOPREFIXROUTE | IFA_F_OPTIMISTIC;
	run("echo 1 > /proc/sys/net/ipv6/conf/w0/optimistic_dad");
	run("echo 1 > /proc/sys/net/ipv6/conf/w0/accept_dad");
	assert_int_equal(rtnl_address_add(nl, &address, false), 0);
	assert_string_equal(shown("2001:db8:1::3", "[.optimistic, .noprefixroute]"), "[true,true]");
	run("echo 0 > /proc/sys/net/ipv6/conf/w0/accept_dad");
	assert_int_equal(rtnl_address_delete(nl, w0_index, &address.address, 128), 0);
}

static void address_faults_have_names(void **state)
{
	(void)state;
	struct rtnl_address address = hoa("2001:db8:1::4");

	address.ifindex = 99999;
	assert_int_equal(rtnl_address_add(nl, &address, false), -ENODEV);
	assert_int_equal(rtnl_address_delete(nl, 99999, &address.address, 128), -ENODEV);
	address.ifindex = w0_index;
	address.valid_s = 0;
	assert_int_equal(rtnl_address_add(nl, &address, false), -EINVAL);
	address.valid_s = 10, address.preferred_s = 20;
	assert_int_equal(rtnl_address_add(nl, &address, false), -EINVAL);
	address = hoa("ff02::1");
	assert_true(rtnl_address_add(nl, &address, false) < 0);
}

struct listed {
	struct rtnl_address at[64];
	unsigned int count;
};

static void take_address(const struct rtnl_address *address, void *arg)
{
	struct listed *listed = arg;

	assert_true(listed->count < 64);
	listed->at[listed->count++] = *address;
}

static void addresses_are_listed(void **state)
{
	(void)state;
	struct listed here = {0}, all = {0}, none = {0};
	const struct rtnl_address first = hoa("2001:db8:1::5");
	unsigned int found = 0;

	run("ip addr add 192.0.2.1/24 dev w0");
	run("ip addr add 2001:db8:1::6 peer 2001:db8:1::7/128 dev w0");
	run("ip addr add 2001:db8:1::8/64 dev w0 valid_lft 1000 preferred_lft 500");
	assert_int_equal(rtnl_address_add(nl, &first, false), 0);
	assert_int_equal(rtnl_address_list(nl, w0_index, take_address, &here), 0);
	assert_int_equal(here.count, atoi(line_of("ip -6 -o addr show dev w0 | wc -l")));
	for (unsigned int i = 0; i < here.count; i++) {
		const struct rtnl_address *one = &here.at[i];
		const char *text = in6_text(&one->address).s;

		assert_int_equal(one->ifindex, w0_index);
		if (in6_equal(&one->address, &first.address)) {
			assert_int_equal(one->prefix_len, 128);
			assert_int_equal(one->flags, first.flags | IFA_F_PERMANENT);
			assert_true(one->valid_s == RTNL_FOREVER &&
				    one->preferred_s == RTNL_FOREVER);
			found |= 1;
		} else if (strcmp(text, "2001:db8:1::8") == 0) {
			assert_int_equal(one->prefix_len, 64);
			assert_in_range(one->valid_s, 990, 1000);
			assert_in_range(one->preferred_s, 490, 500);
			found |= 2;
		} else if (strcmp(text, "2001:db8:1::6") == 0) {
			found |= 4; /* ours, not the peer's */
		}
	}
	assert_int_equal(found, 7);
	assert_int_equal(rtnl_address_list(nl, 0, take_address, &all), 0);
	assert_int_equal(all.count, here.count + 1); /* ::1 on lo */
	assert_int_equal(rtnl_address_list(nl, 99999, take_address, &none), -ENODEV);
	assert_int_equal(none.count, 0);
	run("ip -6 addr flush dev w0 scope global && ip -4 addr flush dev w0");
}

static void delete_one(const struct rtnl_address *address, void *arg)
{
	(void)arg;
	if (address->prefix_len == 128)
		assert_int_equal(rtnl_address_delete(nl, address->ifindex, &address->address, 128),
				 0);
}

static void addresses_may_be_deleted_while_listed(void **state)
{
	(void)state;
	enum { MANY = 600 };

	for (unsigned int i = 0; i < MANY; i++) {
		struct rtnl_address address = hoa("2001:db8:2::");

		address.address.s6_addr16[7] = htons((uint16_t)(i + 1));
		assert_int_equal(rtnl_address_add(nl, &address, false), 0);
	}
	assert_int_equal(atoi(line_of("ip -6 -o addr show dev w0 scope global | wc -l")), MANY);
	assert_int_equal(rtnl_address_list(nl, w0_index, delete_one, NULL), 0);
	assert_string_equal(line_of("ip -6 -o addr show dev w0 scope global | wc -l"), "0");
}

struct wanted {
	struct in6_addr address;
	bool deleted, seen;
	uint32_t flags;
	unsigned int foreign;
};

static int match_address(const struct nlmsghdr *nlh, void *arg)
{
	struct wanted *wanted = arg;
	struct rtnl_address address;
	bool deleted;

	if (rtnl_address_read(nlh, &address, &deleted) == -ENOMSG) {
		wanted->foreign++;
		return 0;
	}
	if (in6_equal(&address.address, &wanted->address) && deleted == wanted->deleted) {
		wanted->seen = true;
		wanted->flags = address.flags;
	}
	return 0;
}

static void await(struct netlink *events, struct wanted *wanted)
{
	struct pollfd pollfd = {.fd = netlink_fd(events), .events = POLLIN};

	while (!wanted->seen) {
		assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1);
		assert_int_equal(netlink_receive(events, match_address, wanted), 0);
	}
}

static void address_changes_are_announced(void **state)
{
	(void)state;
	struct netlink *events = netlink_open(RTMGRP_LINK | RTMGRP_IPV6_IFADDR);
	const struct rtnl_address address = hoa("2001:db8:1::9");
	struct wanted added = {.address = address.address};
	struct wanted deleted = {.address = address.address, .deleted = true};

	assert_non_null(events);
	run("ip link set w0 alias y");
	assert_int_equal(rtnl_address_add(nl, &address, false), 0);
	await(events, &added);
	assert_int_equal(added.flags, address.flags | IFA_F_PERMANENT);
	assert_true(added.foreign > 0);
	assert_int_equal(rtnl_address_delete(nl, w0_index, &address.address, 128), 0);
	await(events, &deleted);
	netlink_close(events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_is_added_as_asked),
		cmocka_unit_test(address_is_deprecated_by_replace),
		cmocka_unit_test(address_may_be_optimistic),
		cmocka_unit_test(address_faults_have_names),
		cmocka_unit_test(addresses_are_listed),
		cmocka_unit_test(addresses_may_be_deleted_while_listed),
		cmocka_unit_test(address_changes_are_announced),
	};

	if (!namespaces_open(&ns))
		return 77;
	namespace_veth(&ns, "w0", "w1");
	w0_index = (uint32_t)atoi(line_of("ip -j link show dev w0 | jq '.[0].ifindex'"));
	nl = netlink_open(0);
	if (!nl)
		return 1;
	int failed = cmocka_run_group_tests_name("rtnl_address", tests, NULL, NULL);

	netlink_close(nl);
	namespaces_close(&ns);
	return failed;
}
