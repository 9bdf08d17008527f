// SPDX-License-Identifier: BSD-2-Clause
// Proves the netlink conversation: only the kernel is heard, an overrun is told, nobody waits long.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/namespace.h"
#include "kernel/netlink.h"
#include "kernel/rtnl.h"

enum { PATIENCE_MS = 5000 };

static struct namespaces ns;
static struct netlink *nl;
static uint32_t w0;

static struct rtnl_address numbered(uint8_t number)
{
	struct rtnl_address address = {
		.ifindex = w0,
		.address = in6_of("2001:db8:1::"),
		.prefix_len = 128,
		.flags = IFA_F_NOPREFIXROUTE | IFA_F_NODAD,
		.valid_s = RTNL_FOREVER,
		.preferred_s = RTNL_FOREVER,
	};

	address.address.s6_addr[15] = number;
	return address;
}

static struct sockaddr_nl port_of(const struct netlink *of)
{
	struct sockaddr_nl port;
	socklen_t len = sizeof(port);

	assert_int_equal(getsockname(netlink_fd(of), (struct sockaddr *)&port, &len), 0);
	return port;
}

/* A process with CAP_NET_ADMIN, or any in our user namespace, can send to our port. */
static void forge(const struct netlink *to, const void *octets, size_t len)
{
	const struct sockaddr_nl port = port_of(to);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	assert_true(fd >= 0);
	assert_int_equal(sendto(fd, octets, len, 0, (const struct sockaddr *)&port, sizeof(port)),
			 len);
	close(fd);
}

static int count_messages(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	(*(unsigned int *)arg)++;
	return 0;
}

static void forged_notification_is_not_heard(void **state)
{
	(void)state;
	const struct {
		struct nlmsghdr nlh;
		struct ifinfomsg ifi;
	} forged = {
		.nlh = {.nlmsg_len = sizeof(forged), .nlmsg_type = RTM_DELLINK},
		.ifi = {.ifi_index = (int)w0},
	};
	struct netlink *events = netlink_open(RTMGRP_LINK);
	struct pollfd pollfd = {.fd = netlink_fd(events), .events = POLLIN};
	unsigned int heard = 0;

	forge(events, &forged, sizeof(forged));
	assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1); /* it did arrive */
	assert_int_equal(netlink_receive(events, count_messages, &heard), 0);
	assert_int_equal(heard, 0);
	run("ip link set w0 alias x");
	assert_int_equal(netlink_receive(events, count_messages, &heard), 0);
	assert_true(heard > 0);
	netlink_close(events);
}

static void forged_acknowledgement_is_not_believed(void **state)
{
	(void)state;
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr error;
	} forged = {
		.nlh = {.nlmsg_len = sizeof(forged), .nlmsg_type = NLMSG_ERROR},
		.error = {.error = -EPERM},
	};
	struct netlink *own = netlink_open(0);
	const struct rtnl_address address = numbered(200);

	for (forged.nlh.nlmsg_seq = 0; forged.nlh.nlmsg_seq < 4; forged.nlh.nlmsg_seq++)
		forge(own, &forged, sizeof(forged));
	assert_int_equal(rtnl_address_add(own, &address, false), 0);
	assert_int_equal(rtnl_address_add(own, &address, false), -EEXIST);
	assert_int_equal(rtnl_address_delete(own, w0, &address.address, 128), 0);
	netlink_close(own);
}

/* Each toggle is announced before the kernel acknowledges it. */
static void toggle(unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		assert_int_equal(rtnl_link_set_allmulti(nl, w0, true), 0);
		assert_int_equal(rtnl_link_set_allmulti(nl, w0, false), 0);
	}
}

static void overrun_is_told_and_older_news_are_gone(void **state)
{
	(void)state;
	struct netlink *events = netlink_open(RTMGRP_LINK);
	const int room = 4096;
	unsigned int heard = 0;

	assert_int_equal(setsockopt(netlink_fd(events), SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)),
			 0);
	toggle(100);
	assert_int_equal(netlink_receive(events, count_messages, &heard), -ENOBUFS);
	assert_int_equal(heard, 0);
	assert_int_equal(netlink_receive(events, count_messages, &heard), 0);
	assert_int_equal(heard, 0);
	assert_int_equal(rtnl_link_set_allmulti(nl, w0, true), 0);
	assert_int_equal(netlink_receive(events, count_messages, &heard), 0);
	assert_int_equal(heard, 1);
	assert_int_equal(rtnl_link_set_allmulti(nl, w0, false), 0);
	netlink_close(events);
}

static void large_burst_is_held_without_overrun(void **state)
{
	(void)state;
	struct netlink *events = netlink_open(RTMGRP_LINK);
	unsigned int heard = 0, before;

	toggle(150);
	do {
		before = heard;
		assert_int_equal(netlink_receive(events, count_messages, &heard), 0);
	} while (heard > before);
	assert_int_equal(heard, 300);
	netlink_close(events);
}

static int refuse(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	(*(unsigned int *)arg)++;
	return -ECANCELED;
}

static void reader_stops_what_it_reads(void **state)
{
	(void)state;
	struct {
		struct nlmsghdr nlh;
		struct ifinfomsg ifi;
	} dump = {.nlh = {.nlmsg_len = sizeof(dump),
			  .nlmsg_type = RTM_GETLINK,
			  .nlmsg_flags = NLM_F_DUMP}};
	unsigned int heard = 0;

	assert_int_equal(netlink_dump(nl, &dump.nlh, refuse, &heard), -ECANCELED);
	assert_int_equal(heard, 1);
	heard = 0;
	assert_int_equal(netlink_dump(nl, &dump.nlh, count_messages, &heard), 0);
	assert_int_equal(heard, 2); /* lo, w0 */
}

static void dump_refused_is_an_error(void **state)
{
	(void)state;
	struct {
		struct nlmsghdr nlh;
		struct rtmsg rtm;
	} dump = {.nlh = {.nlmsg_len = sizeof(dump),
			  .nlmsg_type = RTM_GETROUTE,
			  .nlmsg_flags = NLM_F_DUMP},
		  .rtm = {.rtm_family = AF_INET6, .rtm_dst_len = 64}};
	unsigned int heard = 0;

	assert_int_equal(netlink_dump(nl, &dump.nlh, count_messages, &heard), -EINVAL);
	assert_int_equal(heard, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forged_notification_is_not_heard),
		cmocka_unit_test(forged_acknowledgement_is_not_believed),
		cmocka_unit_test(overrun_is_told_and_older_news_are_gone),
		cmocka_unit_test(large_burst_is_held_without_overrun),
		cmocka_unit_test(reader_stops_what_it_reads),
		cmocka_unit_test(dump_refused_is_an_error),
	};

	if (!namespaces_open(&ns))
		return 77;
	namespace_veth(&ns, "w0", "w1");
	w0 = (uint32_t)atoi(line_of("ip -j link show dev w0 | jq '.[0].ifindex'"));
	nl = netlink_open(0);
	if (!nl)
		return 1;
	int failed = cmocka_run_group_tests_name("netlink", tests, NULL, NULL);

	netlink_close(nl);
	namespaces_close(&ns);
	return failed;
}
