// SPDX-License-Identifier: BSD-2-Clause
// Proves Neighbour Discovery sockets between two namespaces: what arrives, what is kept out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/in6.h"
#include "harness/namespace.h"
#include "kernel/nd_socket.h"

enum { PATIENCE_MS = 5000, MESSAGE_LEN = 24 };

static struct namespaces ns;
static uint32_t w0, x0, w1;
static const char link_local[] = "fe80::aa"; /* of w0, beside the kernel's own */
static const char global[] = "2001:db8:1::1";

static int open_peer(const char *interface, uint8_t type, const char *group)
{
	const uint8_t types[] = {type, 0};
	const struct in6_addr to = in6_of(group ? group : "::");

	namespace_enter(ns.peer);
	int fd = nd_socket_open(interface ? if_nametoindex(interface) : 0, types,
				group ? &to : NULL);

	namespace_enter(ns.home);
	assert_true(fd >= 0);
	return fd;
}

static int open_home(uint32_t ifindex, uint8_t type, const char *group)
{
	const uint8_t types[] = {type, 0};
	const struct in6_addr to = in6_of(group ? group : "::");
	int fd = nd_socket_open(ifindex, types, group ? &to : NULL);

	assert_true(fd >= 0);
	return fd;
}

/* `mark` tells one message from another; the checksum field is left to the kernel. */
static void send_marked(int fd, uint32_t ifindex, uint8_t type, const char *source,
			const char *destination, uint8_t mark)
{
	const struct in6_addr from = in6_of(source ? source : "::"), to = in6_of(destination);
	uint8_t message[MESSAGE_LEN] = {type, 0, 0, 0, 0x5a, 0x5a, 0x5a, 0x5a};

	message[MESSAGE_LEN - 1] = mark;
	assert_int_equal(
		nd_socket_send(fd, ifindex, source ? &from : NULL, &to, message, sizeof(message)),
		0);
}

static void receive(int fd, struct nd_received *out)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};

	memset(out, 0x77, sizeof(*out));
	assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1);
	assert_int_equal(nd_socket_receive(fd, out), 0);
}

/* RFC 1071 over pseudo-header and message, with the checksum in place: 0 when right. */
static uint16_t checksum_rest(const struct nd_received *got)
{
	uint8_t octets[40 + sizeof(got->octets)] = {0};
	uint32_t sum = 0;

	memcpy(octets, &got->source, 16);
	memcpy(octets + 16, &got->destination, 16);
	octets[35] = (uint8_t)got->len;
	octets[39] = IPPROTO_ICMPV6;
	memcpy(octets + 40, got->octets, got->len);
	for (size_t i = 0; i < 40 + got->len; i += 2)
		sum += (uint32_t)(octets[i] << 8 | octets[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void message_arrives_with_all_that_is_known_of_it(void **state)
{
	(void)state;
	static const struct {
		const char *source, *destination;
	} rows[] = {
		{link_local, "ff02::2"}, {global, "ff02::2"},       {link_local, "fe80::bb"},
		{global, "fe80::bb"},    {global, "2001:db8:1::2"}, {link_local, "2001:db8:1::2"},
	};
	int here = open_home(w0, ND_ROUTER_ADVERT, NULL);
	int there = open_peer("w1", ND_ROUTER_SOLICIT, "ff02::2");

	for (uint8_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint8_t expected[MESSAGE_LEN] = {
			[0] = ND_ROUTER_SOLICIT, [4] = 0x5a, 0x5a, 0x5a, 0x5a,
			[MESSAGE_LEN - 1] = i};
		struct nd_received got;

		send_marked(here, w0, ND_ROUTER_SOLICIT, rows[i].source, rows[i].destination, i);
		receive(there, &got);
		assert_string_equal(in6_text(&got.source).s, rows[i].source);
		assert_string_equal(in6_text(&got.destination).s, rows[i].destination);
		assert_int_equal(got.ifindex, w1);
		assert_int_equal(got.hop_limit, 255);
		assert_int_equal(got.len, MESSAGE_LEN);
		assert_int_equal(checksum_rest(&got), 0);
		assert_memory_equal(got.octets, expected, 2);
		assert_memory_equal(got.octets + 4, expected + 4, MESSAGE_LEN - 4);
	}
	close(here);
	close(there);
}

static void source_is_the_kernels_choice_if_none_is_given(void **state)
{
	(void)state;
	int here = open_home(0, ND_ROUTER_ADVERT, NULL);
	int there = open_peer("w1", ND_ROUTER_SOLICIT, "ff02::2");
	struct nd_received got;

	send_marked(here, w0, ND_ROUTER_SOLICIT, NULL, "ff02::2", 1);
	receive(there, &got);
	assert_true(IN6_IS_ADDR_LINKLOCAL(&got.source));
	send_marked(here, w0, ND_ROUTER_SOLICIT, NULL, "2001:db8:1::2", 2);
	receive(there, &got);
	assert_string_equal(in6_text(&got.source).s, global);
	close(here);
	close(there);
}

static void hop_limit_of_a_stranger_is_seen(void **state)
{
	(void)state;
	int here = open_home(w0, ND_ROUTER_ADVERT, NULL);
	int there = open_peer("w1", ND_ROUTER_SOLICIT, NULL);
	const int hop_limit = 64;
	struct nd_received got;

	assert_int_equal(
		setsockopt(here, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hop_limit, sizeof(hop_limit)),
		0);
	send_marked(here, w0, ND_ROUTER_SOLICIT, global, "2001:db8:1::2", 1);
	receive(there, &got);
	assert_int_equal(got.hop_limit, 64);
	close(here);
	close(there);
}

struct kept_out_row {
	const char *what;
	const char *interface; /* of the peer's socket; NULL: all */
	const char *group;     /* it joins */
	uint32_t *through;
	uint8_t type;
	const char *destination;
};

static void others_are_kept_out(void **state)
{
	(void)state;
	const struct kept_out_row rows[] = {
		{"another type", "w1", "ff02::2", &w0, ND_ROUTER_ADVERT, "ff02::2"},
		{"a type of ICMPv6 proper", "w1", NULL, &w0, ICMP6_ECHO_REPLY, "2001:db8:1::2"},
		{"a group not joined", NULL, NULL, &w0, ND_ROUTER_SOLICIT, "ff02::2"},
		{"another interface", "w1", NULL, &x0, ND_ROUTER_SOLICIT, "ff02::1"},
	};
	int here = open_home(0, ND_NEIGHBOR_ADVERT, NULL);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kept_out_row *row = &rows[i];
		int there = open_peer(row->interface, ND_ROUTER_SOLICIT, row->group);
		struct nd_received got;

		send_marked(here, *row->through, row->type, NULL, row->destination, 13);
		send_marked(here, w0, ND_ROUTER_SOLICIT, NULL, "ff02::1", 42);
		receive(there, &got);
		if (got.octets[MESSAGE_LEN - 1] != 42)
			fail_msg("%s came through", row->what);
		assert_int_equal(nd_socket_receive(there, &got), -EAGAIN);
		close(there);
	}
	close(here);
}

static atomic_bool flooding;

static void *flood(void *fd)
{
	while (atomic_load(&flooding))
		send_marked(*(int *)fd, x0, ND_ROUTER_ADVERT, NULL, "ff02::1", 13);
	return NULL;
}

/* A raw socket takes in everything from socket() on until its filter and device are set. */
static void what_came_before_the_filter_is_gone(void **state)
{
	(void)state;
	int here = open_home(0, ND_NEIGHBOR_ADVERT, NULL);
	pthread_t thread;

	atomic_store(&flooding, true);
	assert_int_equal(pthread_create(&thread, NULL, flood, &here), 0);
	for (unsigned int i = 0; i < 1000; i++) {
		int there = open_peer("w1", ND_ROUTER_SOLICIT, NULL);
		struct nd_received got;

		assert_int_equal(nd_socket_receive(there, &got), -EAGAIN);
		close(there);
	}
	atomic_store(&flooding, false);
	assert_int_equal(pthread_join(thread, NULL), 0);
	close(here);
}

static void own_multicast_does_not_come_back(void **state)
{
	(void)state;
	int here = open_home(w0, ND_ROUTER_SOLICIT, "ff02::2");
	int there = open_peer("w1", ND_ROUTER_SOLICIT, "ff02::2");
	struct nd_received got;

	send_marked(here, w0, ND_ROUTER_SOLICIT, NULL, "ff02::2", 1);
	receive(there, &got);
	assert_int_equal(nd_socket_receive(here, &got), -EAGAIN);
	send_marked(there, w1, ND_ROUTER_SOLICIT, NULL, "ff02::2", 2);
	receive(here, &got);
	assert_int_equal(got.octets[MESSAGE_LEN - 1], 2);
	close(here);
	close(there);
}

static void solicitations_are_heard_while_joined(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		int (*set)(int fd, uint32_t ifindex, const struct in6_addr *address);
		int err;
		bool is_heard;
	} rows[] = {
		{"before", NULL, 0, false},
		{"joined", nd_socket_join_solicited, 0, true},
		{"joined again", nd_socket_join_solicited, 0, true},
		{"left", nd_socket_leave_solicited, 0, false},
		{"left again", nd_socket_leave_solicited, -EADDRNOTAVAIL, false},
	};
	const struct in6_addr address = in6_of("2001:db8:1::12:3456");
	int here = open_home(w0, ND_ROUTER_ADVERT, NULL);
	int there = open_peer("w1", ND_NEIGHBOR_SOLICIT, NULL);

	for (uint8_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nd_received got;

		if (rows[i].set)
			assert_int_equal(rows[i].set(there, w1, &address), rows[i].err);
		send_marked(here, w0, ND_NEIGHBOR_SOLICIT, NULL, "ff02::1:ff12:3456", i);
		send_marked(here, w0, ND_NEIGHBOR_SOLICIT, NULL, "ff02::1", 42);
		receive(there, &got);
		if ((got.octets[MESSAGE_LEN - 1] == i) != rows[i].is_heard)
			fail_msg("%s: heard %d", rows[i].what, got.octets[MESSAGE_LEN - 1]);
		if (rows[i].is_heard)
			receive(there, &got);
		assert_int_equal(got.octets[MESSAGE_LEN - 1], 42);
	}
	close(here);
	close(there);
}

static void overlong_message_is_passed_over(void **state)
{
	(void)state;
	static const uint8_t message[3000] = {ND_ROUTER_SOLICIT};
	const struct in6_addr to = in6_of("2001:db8:1::2");
	int here = open_home(w0, ND_ROUTER_ADVERT, NULL);
	int there = open_peer("w1", ND_ROUTER_SOLICIT, NULL);
	struct nd_received got;

	assert_int_equal(nd_socket_send(here, w0, NULL, &to, message, sizeof(message)), 0);
	send_marked(here, w0, ND_ROUTER_SOLICIT, NULL, "2001:db8:1::2", 42);
	receive(there, &got);
	assert_int_equal(got.len, MESSAGE_LEN);
	assert_int_equal(got.octets[MESSAGE_LEN - 1], 42);
	close(here);
	close(there);
}

static void faults_have_names(void **state)
{
	(void)state;
	static const uint8_t types[] = {ND_ROUTER_SOLICIT, 0};
	const uint8_t message[MESSAGE_LEN] = {ND_ROUTER_SOLICIT};
	const struct in6_addr stranger = in6_of("2001:db8:1::77"), to = in6_of("ff02::1");
	const struct in6_addr unicast = in6_of("2001:db8:1::2");
	int fd = open_home(w0, ND_ROUTER_ADVERT, NULL);
	struct nd_received got;

	assert_int_equal(nd_socket_open(99999, types, NULL), -ENODEV);
	assert_int_equal(nd_socket_open(99999, types, &to), -ENODEV);
	assert_int_equal(nd_socket_open(w0, types, &unicast), -EINVAL); /* no group */
	assert_int_equal(nd_socket_receive(fd, &got), -EAGAIN);
	assert_int_equal(nd_socket_send(fd, w0, &stranger, &to, message, sizeof(message)), -EINVAL);
	assert_int_equal(nd_socket_receive(-1, &got), -EBADF);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_arrives_with_all_that_is_known_of_it),
		cmocka_unit_test(source_is_the_kernels_choice_if_none_is_given),
		cmocka_unit_test(hop_limit_of_a_stranger_is_seen),
		cmocka_unit_test(others_are_kept_out),
		cmocka_unit_test(what_came_before_the_filter_is_gone),
		cmocka_unit_test(own_multicast_does_not_come_back),
		cmocka_unit_test(solicitations_are_heard_while_joined),
		cmocka_unit_test(overlong_message_is_passed_over),
		cmocka_unit_test(faults_have_names),
	};

	if (!namespaces_open(&ns))
		return 77;
	/* the kernel's own solicitations would be counted with ours */
	for (int i = 0; i < 2; i++) {
		namespace_enter(i ? ns.peer : ns.home);
		run("echo 0 > /proc/sys/net/ipv6/conf/default/router_solicitations");
	}
	namespace_veth(&ns, "w0", "w1");
	namespace_veth(&ns, "x0", "x1");
	run("ip addr add %s/64 dev w0 nodad && ip addr add %s/64 dev w0 nodad", global, link_local);
	w0 = if_nametoindex("w0");
	x0 = if_nametoindex("x0");
	namespace_enter(ns.peer);
	run("ip addr add 2001:db8:1::2/64 dev w1 nodad && ip addr add fe80::bb/64 dev w1 nodad");
	w1 = if_nametoindex("w1");
	namespace_enter(ns.home);
	int failed = cmocka_run_group_tests_name("nd_socket", tests, NULL, NULL);

	namespaces_close(&ns);
	return failed;
}
