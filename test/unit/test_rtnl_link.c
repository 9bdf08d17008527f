// SPDX-License-Identifier: BSD-2-Clause
// Proves links read, changed and announced, against what `ip` says of the same kernel.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/namespace.h"
#include "kernel/netlink.h"
#include "kernel/rtnl.h"

enum { PATIENCE_MS = 5000 };

static struct namespaces ns;
static struct netlink *nl;

static uint32_t index_of(const char *name)
{
	return (uint32_t)atoi(line_of("ip -j link show dev %s | jq '.[0].ifindex'", name));
}

static void mac_text(const uint8_t mac[6], char out[18])
{
	snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
}

static void link_is_found_by_name(void **state)
{
	(void)state;
	struct rtnl_link link;
	char mac[18];

	run("ip link set w0 mtu 1480");
	assert_int_equal(rtnl_link_by_name(nl, "w0", &link), 0);
	mac_text(link.mac, mac);
	assert_int_equal(link.ifindex, index_of("w0"));
	assert_string_equal(link.name, "w0");
	assert_string_equal(mac, line_of("ip -j link show dev w0 | jq -r '.[0].address'"));
	assert_int_equal(link.mtu, 1480);
	assert_int_equal(link.ipv6_mtu, 1480);
	assert_true(link.up);
	assert_false(link.gone);
	run("ip link set w0 mtu 1500");
}

static void link_name_of_full_length_is_found(void **state)
{
	(void)state;
	struct rtnl_link link;

	run("ip link add name fifteen-octets1 type veth");
	assert_int_equal(rtnl_link_by_name(nl, "fifteen-octets1", &link), 0);
	assert_string_equal(link.name, "fifteen-octets1");
	assert_false(link.up);
	run("ip link del fifteen-octets1");
}

static void link_unknown_is_enodev(void **state)
{
	(void)state;
	static const char *const names[] = {"nosuch", "", "sixteen-octets-1",
					    "a-name-far-longer-than-the-kernel-takes"};
	struct rtnl_link link;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(rtnl_link_by_name(nl, names[i], &link), -ENODEV);
	assert_int_equal(rtnl_link_by_index(nl, 0, &link), -ENODEV);
	assert_int_equal(rtnl_link_by_index(nl, 99999, &link), -ENODEV);
}

static void link_ipv6_mtu_is_that_of_an_ra(void **state)
{
	(void)state;
	struct rtnl_link link;

	run("echo 1460 > /proc/sys/net/ipv6/conf/w0/mtu");
	assert_int_equal(rtnl_link_by_index(nl, index_of("w0"), &link), 0);
	assert_int_equal(link.mtu, 1500);
	assert_int_equal(link.ipv6_mtu, 1460);
	run("echo 1500 > /proc/sys/net/ipv6/conf/w0/mtu");
}

static void link_without_carrier_is_not_up(void **state)
{
	(void)state;
	struct rtnl_link link;

	namespace_enter(ns.peer);
	run("ip link set w1 down");
	namespace_enter(ns.home);
	assert_true(becomes("0", "ip -j link show dev w0 | grep -c LOWER_UP"));
	assert_int_equal(rtnl_link_by_name(nl, "w0", &link), 0);
	assert_false(link.up);
	namespace_enter(ns.peer);
	run("ip link set w1 up");
	namespace_enter(ns.home);
	assert_true(becomes("1", "ip -j link show dev w0 | grep -c LOWER_UP"));
	assert_int_equal(rtnl_link_by_name(nl, "w0", &link), 0);
	assert_true(link.up);
	run("ip link set w0 down");
	assert_int_equal(rtnl_link_by_name(nl, "w0", &link), 0);
	assert_false(link.up);
	run("ip link set w0 up");
}

static void allmulti_is_set_and_taken_back(void **state)
{
	(void)state;
	static const bool steps[] = {true, true, false, false, true, false};
	const uint32_t w0 = index_of("w0");

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_int_equal(rtnl_link_set_allmulti(nl, w0, steps[i]), 0);
		assert_string_equal(line_of("ip -j link show dev w0 | grep -c ALLMULTI"),
				    steps[i] ? "1" : "0");
		assert_string_equal(line_of("ip -j link show dev w0 | grep -c '\"UP\"'"), "1");
	}
	assert_int_equal(rtnl_link_set_allmulti(nl, 99999, true), -ENODEV);
	assert_int_equal(rtnl_link_set_allmulti(nl, 0, true), -ENODEV);
}

struct wanted {
	const char *name;
	bool up, gone, seen;
	unsigned int foreign; /* messages about something else */
};

static int match_link(const struct nlmsghdr *nlh, void *arg)
{
	struct wanted *wanted = arg;
	struct rtnl_link link;
	int err = rtnl_link_read(nlh, &link);

	if (err == -ENOMSG)
		wanted->foreign++;
	else if (strcmp(link.name, wanted->name) == 0 && link.up == wanted->up &&
		 link.gone == wanted->gone)
		wanted->seen = true;
	return 0;
}

static void await(struct netlink *events, struct wanted *wanted)
{
	struct pollfd pollfd = {.fd = netlink_fd(events), .events = POLLIN};

	while (!wanted->seen) {
		assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1);
		assert_int_equal(netlink_receive(events, match_link, wanted), 0);
	}
}

static void link_changes_are_announced(void **state)
{
	(void)state;
	struct netlink *events = netlink_open(RTMGRP_LINK | RTMGRP_IPV6_IFADDR);
	struct wanted down = {.name = "w0"}, up = {.name = "w0", .up = true};
	struct wanted gone = {.name = "doomed", .gone = true};

	assert_non_null(events);
	assert_int_equal(netlink_receive(events, match_link, &down), 0);
	assert_false(down.seen);
	namespace_enter(ns.peer);
	run("ip link set w1 down");
	await(events, &down);
	run("ip link set w1 up");
	await(events, &up);
	namespace_enter(ns.home);
	run("ip link add name doomed type veth");
	run("ip link del doomed");
	await(events, &gone);
	run("ip addr add 2001:db8::77/128 dev w0");
	run("ip link set w0 alias x");
	up.seen = false;
	await(events, &up);
	assert_true(up.foreign > 0);
	netlink_close(events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(link_is_found_by_name),
		cmocka_unit_test(link_name_of_full_length_is_found),
		cmocka_unit_test(link_unknown_is_enodev),
		cmocka_unit_test(link_ipv6_mtu_is_that_of_an_ra),
		cmocka_unit_test(link_without_carrier_is_not_up),
		cmocka_unit_test(allmulti_is_set_and_taken_back),
		cmocka_unit_test(link_changes_are_announced),
	};

	if (!namespaces_open(&ns))
		return 77;
	namespace_veth(&ns, "w0", "w1");
	nl = netlink_open(0);
	if (!nl)
		return 1;
	int failed = cmocka_run_group_tests_name("rtnl_link", tests, NULL, NULL);

	netlink_close(nl);
	namespaces_close(&ns);
	return failed;
}
