// SPDX-License-Identifier: BSD-2-Clause
// Proves whole packets sent, octet by octet as an AF_PACKET peer sees the frame.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip6.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "harness/namespace.h"
#include "kernel/packet_socket.h"

enum { PATIENCE_MS = 5000, FRAME_MAX = 2048, MOBILITY_HEADER = 135, NEXT_HEADER_AT = 6 };

static struct namespaces ns;
static struct packet_socket *ps;
static int w1_fd, x1_fd; /* see every frame that comes out of w0, x0 */
static uint8_t w0_mac[6], x0_mac[6];
static const uint8_t gateway_mac[6] = {2, 0, 0, 0, 0, 0xaa};

struct packet {
	uint8_t octets[FRAME_MAX];
	size_t len;
};

/* A Mobility Header packet whose payload is a pattern: nothing in it is right but the lengths. */
static struct packet packet_of(const char *source, const char *destination, size_t len)
{
	const struct in6_addr from = in6_of(source), to = in6_of(destination);
	struct packet packet = {.len = len};
	const uint8_t start[] = {0x6a,
				 0xbc,
				 0xde,
				 0xf1,
				 (uint8_t)((len - 40) >> 8),
				 (uint8_t)(len - 40),
				 MOBILITY_HEADER,
				 17};

	memcpy(packet.octets, start, sizeof(start));
	memcpy(packet.octets + 8, &from, 16);
	memcpy(packet.octets + 24, &to, 16);
	for (size_t i = 40; i < len; i++)
		packet.octets[i] = (uint8_t)(i * 7);
	return packet;
}

static int listen_on(const char *interface)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IPV6)};

	namespace_enter(ns.peer);
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IPV6));

	at.sll_ifindex = (int)if_nametoindex(interface);
	assert_return_code(bind(fd, (struct sockaddr *)&at, sizeof(at)), errno);
	namespace_enter(ns.home);
	return fd;
}

/* The next frame that is no Neighbour Discovery or MLD of the kernel's. */
static void receive_frame(int fd, struct packet *frame)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	const time_t end = time(NULL) + PATIENCE_MS / 1000;

	do {
		assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1);
		assert_true(time(NULL) <= end); /* the kernel's own frames come each second */
		ssize_t len = recv(fd, frame->octets, sizeof(frame->octets), 0);

		assert_true(len > 0);
		frame->len = (size_t)len;
	} while (frame->len < 54 || frame->octets[14 + NEXT_HEADER_AT] != MOBILITY_HEADER);
}

static void expect_frame(int fd, const uint8_t destination_mac[6], const uint8_t source_mac[6],
			 const struct packet *packet)
{
	struct packet frame;

	receive_frame(fd, &frame);
	assert_int_equal(frame.len, packet->len + 14);
	assert_memory_equal(frame.octets, destination_mac, 6);
	assert_memory_equal(frame.octets + 6, source_mac, 6);
	assert_int_equal(frame.octets[12], 0x86);
	assert_int_equal(frame.octets[13], 0xdd);
	assert_memory_equal(frame.octets + 14, packet->octets, packet->len);
}

static void frame_leaves_octet_for_octet(void **state)
{
	(void)state;
	static const size_t lens[] = {40, 56, 64, 1280, 1500};
	static const uint8_t from[6] = {2, 1, 2, 3, 4, 5}, to[6] = {2, 9, 8, 7, 6, 5};

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct packet packet = packet_of("2001:db8:9::9", "2001:db8:9::1", lens[i]);

		assert_int_equal(packet_send_frame(ps, if_nametoindex("w0"), from, to,
						   packet.octets, packet.len),
				 0);
		expect_frame(w1_fd, to, from, &packet);
		assert_int_equal(packet_send_frame(ps, if_nametoindex("x0"), from, to,
						   packet.octets, packet.len),
				 0);
		expect_frame(x1_fd, to, from, &packet);
	}
}

static void frame_faults_have_names(void **state)
{
	(void)state;
	const struct packet packet = packet_of("2001:db8:9::9", "2001:db8:9::1", 1501);
	const uint32_t x0 = if_nametoindex("x0");

	assert_int_equal(packet_send_frame(ps, x0, x0_mac, x0_mac, packet.octets, 1501), -EMSGSIZE);
	assert_int_equal(packet_send_frame(ps, 0, x0_mac, x0_mac, packet.octets, 60), -ENODEV);
	assert_int_equal(packet_send_frame(ps, 99999, x0_mac, x0_mac, packet.octets, 60), -ENODEV);
	run("ip link add name down0 type veth peer name down1");
	assert_int_equal(
		packet_send_frame(ps, if_nametoindex("down0"), x0_mac, x0_mac, packet.octets, 60),
		-ENETDOWN);
	run("ip link del down0");
}

/* In order, over both interfaces, and not one before it is said. */
static void batch_leaves_together(void **state)
{
	(void)state;
	static const uint8_t from[6] = {2, 1, 2, 3, 4, 5}, to[6] = {2, 9, 8, 7, 6, 5};
	const uint32_t w0 = if_nametoindex("w0"), x0 = if_nametoindex("x0");
	struct packet packets[PACKET_BATCH];
	unsigned int failed;

	for (unsigned int i = 0; i < PACKET_BATCH; i++) {
		packets[i] = packet_of("2001:db8:9::9", "2001:db8:9::1", 56 + 8 * (i % 3));
		packets[i].octets[55] = (uint8_t)i;
		assert_int_equal(packet_batch_frame(ps, i % 2 ? x0 : w0, from, to,
						    packets[i].octets, packets[i].len),
				 0);
	}
	assert_int_equal(packet_batch_frame(ps, w0, from, to, packets[0].octets, 56), -ENOBUFS);
	assert_int_equal(packet_batch_send(ps, &failed), 0);
	assert_int_equal(failed, 0);
	for (unsigned int i = 0; i < PACKET_BATCH; i++)
		expect_frame(i % 2 ? x1_fd : w1_fd, to, from, &packets[i]);
	assert_int_equal(packet_batch_send(ps, &failed), 0); /* nothing is left */
}

/* One that cannot leave does not hold up those behind it; what is dropped is gone. */
static void batch_with_faults(void **state)
{
	(void)state;
	static const uint8_t from[6] = {2, 1, 2, 3, 4, 5}, to[6] = {2, 9, 8, 7, 6, 5};
	const uint32_t w0 = if_nametoindex("w0");
	const struct packet packet = packet_of("2001:db8:9::9", "2001:db8:9::1", 64);
	const struct packet other = packet_of("2001:db8:9::8", "2001:db8:9::2", 56);
	const struct packet longest = packet_of("2001:db8:9::9", "2001:db8:9::1", 1281);
	unsigned int failed;

	assert_int_equal(packet_batch_frame(ps, w0, from, to, longest.octets, 1281), -EMSGSIZE);
	assert_int_equal(packet_batch_frame(ps, w0, from, to, packet.octets, packet.len), 0);
	assert_int_equal(packet_batch_drop(ps), 1);
	assert_int_equal(packet_batch_frame(ps, 99999, from, to, packet.octets, packet.len), 0);
	assert_int_equal(packet_batch_frame(ps, w0, from, to, other.octets, other.len), 0);
	assert_int_equal(packet_batch_send(ps, &failed), -ENODEV);
	assert_int_equal(failed, 1);
	expect_frame(w1_fd, to, from, &other);
}

/* default: x0; `from` a rule's address: w0 */
static void routed_packet_follows_its_own_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *what, *source, *destination;
		bool by_rule;
	} rows[] = {
		{"an address of ours", "2001:db8:1::1", "2001:db8:c::1", false},
		{"a deprecated HoA with a rule", "2001:db8:1::d", "2001:db8:c::1", true},
		{"an optimistic CoA", "2001:db8:1::f", "2001:db8:c::1", false},
		{"an optimistic CoA with a rule", "2001:db8:1::e", "2001:db8:c::1", true},
		{"a tentative address with a rule", "2001:db8:1::7", "2001:db8:c::1", true},
		{"on no interface", "2001:db8:aaaa::1", "2001:db8:c::1", false},
		{"on no interface, with a rule", "2001:db8:aaaa::2", "2001:db8:c::1", true},
		{"unspecified", "::", "2001:db8:c::1", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct packet packet = packet_of(rows[i].source, rows[i].destination, 200 + i);

		print_message("# %s\n", rows[i].what);
		if (rows[i].by_rule)
			run("ip -6 rule add from %s table 77 priority 100", rows[i].source);
		assert_int_equal(packet_send_routed(ps, 0, packet.octets, packet.len), 0);
		if (rows[i].by_rule)
			run("ip -6 rule del from %s table 77", rows[i].source);
		expect_frame(rows[i].by_rule ? w1_fd : x1_fd, gateway_mac,
			     rows[i].by_rule ? w0_mac : x0_mac, &packet);
	}
}

static void routed_packet_leaves_the_interface_given(void **state)
{
	(void)state;
	const uint32_t w0 = if_nametoindex("w0"), x0 = if_nametoindex("x0");
	const uint32_t steps[] = {0, w0, x0, w0, 0};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct packet packet = packet_of("2001:db8:1::1", "2001:db8:c::1", 100 + i);

		assert_int_equal(packet_send_routed(ps, steps[i], packet.octets, packet.len), 0);
		expect_frame(steps[i] == w0 ? w1_fd : x1_fd, gateway_mac,
			     steps[i] == w0 ? w0_mac : x0_mac, &packet);
	}
	struct packet packet = packet_of("fe80::aa", "fe80::1", 120);

	assert_int_equal(packet_send_routed(ps, w0, packet.octets, packet.len), 0);
	expect_frame(w1_fd, gateway_mac, w0_mac, &packet);
}

static void routed_faults_have_names(void **state)
{
	(void)state;
	struct packet packet = packet_of("2001:db8:1::1", "2001:db8:c::1", 1501);

	assert_int_equal(packet_send_routed(ps, 0, packet.octets, 1501), -EMSGSIZE);
	assert_int_equal(packet_send_routed(ps, 0, packet.octets, 39), -EINVAL);
	assert_int_equal(packet_send_routed(ps, 99999, packet.octets, 60), -ENODEV);
	packet.octets[0] = 0x45;
	assert_int_equal(packet_send_routed(ps, 0, packet.octets, 60), -EINVAL);
	packet = packet_of("2001:db8:1::1", "2001:db8:dead::1", 60);
	run("ip -6 route add unreachable 2001:db8:dead::/64");
	assert_int_equal(packet_send_routed(ps, 0, packet.octets, 60), -EHOSTUNREACH);
	packet = packet_of("fe80::aa", "fe80::1", 60);
	assert_int_equal(packet_send_routed(ps, 0, packet.octets, 60), -EINVAL);
	packet = packet_of("2001:db8:1::1", "2001:db8:c::1", 60);
	assert_int_equal(packet_send_routed(ps, 0, packet.octets, 60), 0);
	expect_frame(x1_fd, gateway_mac, x0_mac, &packet);
}

static void read_mac(const char *interface, uint8_t mac[6])
{
	const char *line = line_of("ip -j link show dev %s | jq -r '.[0].address'", interface);

	assert_int_equal(sscanf(line, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2],
				&mac[3], &mac[4], &mac[5]),
			 6);
}

static int set_up(void **state)
{
	(void)state;
	namespace_veth(&ns, "w0", "w1");
	namespace_veth(&ns, "x0", "x1");
	read_mac("w0", w0_mac);
	read_mac("x0", x0_mac);
	for (int i = 0; i < 2; i++) {
		run("ip -6 neigh add fe80::1 lladdr 02:00:00:00:00:aa nud permanent dev %s",
		    i ? "x0" : "w0");
	}
	run("ip addr add 2001:db8:1::1/128 dev w0 nodad");
	run("ip addr add fe80::aa/64 dev w0 nodad");
	run("ip addr add 2001:db8:1::d/128 dev w0 nodad preferred_lft 0");
	run("ip -6 route add default via fe80::1 dev x0 metric 100");
	run("ip -6 route add default via fe80::1 dev w0 metric 200");
	run("ip -6 route add default via fe80::1 dev w0 table 77");
	/* DAD that does not end during this test */
	run("cd /proc/sys/net/ipv6/conf/w0 && echo 1 > accept_dad && echo 1 > optimistic_dad && "
	    "echo 1 > use_optimistic && echo 100 > dad_transmits");
	run("ip addr add 2001:db8:1::e/128 dev w0 optimistic noprefixroute");
	run("ip addr add 2001:db8:1::f/128 dev w0 optimistic noprefixroute");
	run("echo 0 > /proc/sys/net/ipv6/conf/w0/optimistic_dad");
	run("ip addr add 2001:db8:1::7/128 dev w0 noprefixroute");
	assert_string_equal(line_of("ip -6 -o addr show dev w0 tentative | grep -c :7/128"), "1");
	w1_fd = listen_on("w1");
	x1_fd = listen_on("x1");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_leaves_octet_for_octet),
		cmocka_unit_test(frame_faults_have_names),
		cmocka_unit_test(batch_leaves_together),
		cmocka_unit_test(batch_with_faults),
		cmocka_unit_test(routed_packet_follows_its_own_addresses),
		cmocka_unit_test(routed_packet_leaves_the_interface_given),
		cmocka_unit_test(routed_faults_have_names),
	};

	if (!namespaces_open(&ns))
		return 77;
	ps = packet_socket_open();
	if (!ps)
		return 1;
	int failed = cmocka_run_group_tests_name("packet_socket", tests, set_up, NULL);

	packet_socket_close(ps);
	namespaces_close(&ns);
	return failed;
}
