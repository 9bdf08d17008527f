// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of ICMPv6 errors about tunnels: made octet for octet, read only if whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>

#include "base/in6.h"
#include "wire/icmp6_error.h"
#include "wire/nd.h"

enum { INNER_LEN = 48, OUTER_LEN = 40 + INNER_LEN, LIMIT_LEN = 8 };

static struct in6_addr address(const char *text)
{
	struct in6_addr out;

	assert_int_equal(inet_pton(AF_INET6, text, &out), 1);
	return out;
}

static void put_header(struct writer *w, uint16_t payload_len, uint8_t next_header,
		       const char *source, const char *destination)
{
	struct in6_addr from = address(source), to = address(destination);

	write_be32(w, 6u << 28);
	write_be16(w, payload_len);
	write_u8(w, next_header);
	write_u8(w, 64);
	write_octets(w, &from, sizeof(from));
	write_octets(w, &to, sizeof(to));
}

/* A tunnel packet of DAR1's for HoA1 at its CoA. */
static struct span tunnel_packet(uint8_t *out, size_t size, uint8_t next_header)
{
	static const uint8_t limit[LIMIT_LEN] = {41, 0, 4, 1, 4, 1, 1, 0};
	bool has_limit = next_header == IP6_NH_DESTOPTS;
	struct writer w = writer_of(out, size);

	put_header(&w, INNER_LEN + (has_limit ? LIMIT_LEN : 0), next_header, "2001:db8:1::1",
		   "2001:db8:2::5");
	if (has_limit)
		write_octets(&w, limit, sizeof(limit));
	put_header(&w, INNER_LEN - 40, 17, "2001:db8:ffff::80", "2001:db8:1::5");
	write_zeros(&w, INNER_LEN - 40);
	return (struct span){out, w.len};
}

static size_t build(uint8_t *out, size_t size, uint8_t next_header, uint32_t value)
{
	struct in6_addr from = address("2001:db8:9::9"), to = address("2001:db8:1::1");
	uint8_t tunnel[OUTER_LEN + LIMIT_LEN];
	ssize_t len =
		icmp6_error_build(&from, &to, ICMP6_PACKET_TOO_BIG, 0, value,
				  tunnel_packet(tunnel, sizeof(tunnel), next_header), out, size);

	assert_true(len > 0);
	return (size_t)len;
}

static void made_octet_for_octet(void **state)
{
	static const uint8_t head[] = {0x60, 0, 0, 0, 0, 8 + OUTER_LEN, 58, 64};
	uint8_t packet[IP6_MIN_MTU], tunnel[OUTER_LEN], again[IP6_MIN_MTU];
	struct in6_addr from = address("2001:db8:9::9"), to = address("2001:db8:1::1");
	size_t len = build(packet, sizeof(packet), IP6_NH_IPV6, 1400);

	(void)state;
	assert_int_equal(len, 48 + OUTER_LEN);
	assert_memory_equal(packet, head, sizeof(head));
	assert_memory_equal(packet + 8, &from, 16);
	assert_memory_equal(packet + 24, &to, 16);
	assert_int_equal(packet[40], ICMP6_PACKET_TOO_BIG);
	assert_int_equal(packet[41], 0);
	assert_int_equal(packet[46] << 8 | packet[47], 1400);
	tunnel_packet(tunnel, sizeof(tunnel), IP6_NH_IPV6);
	assert_memory_equal(packet + 48, tunnel, OUTER_LEN);
	assert_int_equal(nd_checksum(&from, &to, packet + 40, len - 40), 0);
	assert_int_equal(icmp6_error_build(&from, &to, 2, 0, 0, (struct span){tunnel, OUTER_LEN},
					   again, len - 1),
			 -EMSGSIZE);
}

/* RFC 4443 section 2.4(c): as much as fits the minimum MTU */
static void quotes_no_more_than_fits(void **state)
{
	static uint8_t long_packet[1500];
	struct in6_addr from = address("2001:db8:9::9"), to = address("2001:db8:1::1");
	uint8_t packet[IP6_MIN_MTU];

	(void)state;
	assert_int_equal(icmp6_error_build(&from, &to, 2, 0, 1280,
					   (struct span){long_packet, sizeof(long_packet)}, packet,
					   sizeof(packet)),
			 IP6_MIN_MTU);
}

static void read_back(void **state)
{
	static const uint8_t kinds[] = {IP6_NH_IPV6, IP6_NH_DESTOPTS};
	struct in6_addr dar = address("2001:db8:1::1"), coa = address("2001:db8:2::5");
	struct in6_addr cn = address("2001:db8:ffff::80"), hoa = address("2001:db8:1::5");
	uint8_t packet[IP6_MIN_MTU];
	struct icmp6_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds); i++) {
		size_t len = build(packet, sizeof(packet), kinds[i], 1400);

		memset(packet + len, 0xff, 6); /* padding of the link */
		assert_true(icmp6_error_read(packet, len + 6, &error));
		assert_int_equal(error.type, ICMP6_PACKET_TOO_BIG);
		assert_int_equal(error.value, 1400);
		assert_int_equal(error.outer.next_header, kinds[i]);
		assert_true(in6_equal(&error.outer.source, &dar));
		assert_true(in6_equal(&error.outer.destination, &coa));
		assert_true(in6_equal(&error.inner.source, &cn));
		assert_true(in6_equal(&error.inner.destination, &hoa));
		assert_int_equal(error.inner.payload_len, INNER_LEN - 40);
		assert_int_equal(error.inner_packet.len, INNER_LEN);
	}
}

/* D-20: cut anywhere, one bit anywhere, no tunnel: nothing is read */
static void refused(void **state)
{
	uint8_t packet[IP6_MIN_MTU];
	struct icmp6_error error;
	size_t len = build(packet, sizeof(packet), IP6_NH_IPV6, 1400);

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		assert_false(icmp6_error_read(packet, cut, &error));
	for (size_t at = 8; at < len; at++) { /* addresses and message: the checksum covers them */
		packet[at] ^= 0x10;
		assert_false(icmp6_error_read(packet, len, &error));
		packet[at] ^= 0x10;
	}
	assert_true(icmp6_error_read(packet, len, &error));
	len = build(packet, sizeof(packet), 17, 1400);
	assert_false(icmp6_error_read(packet, len, &error));
}

/* D-16 */
static void due_only_where_one_may_be_told(void **state)
{
	static const struct {
		const char *source;
		uint8_t next_header, type;
		bool due;
	} rows[] = {
		{"2001:db8::1", 17, 0, true},
		{"2001:db8::1", IP6_NH_ICMPV6, 128, true},
		{"2001:db8::1", IP6_NH_ICMPV6, 127, false},
		{"2001:db8::1", IP6_NH_ICMPV6, 2, false},
		{"::", 17, 0, false},
		{"ff02::1", 17, 0, false},
		{"fe80::1", 17, 0, false},
	};
	uint8_t packet[41] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ip6_header header = {.next_header = rows[i].next_header,
					    .source = address(rows[i].source)};

		packet[40] = rows[i].type;
		assert_int_equal(icmp6_error_is_due(&header, (struct span){packet, 41}),
				 rows[i].due);
		if (rows[i].next_header == IP6_NH_ICMPV6) /* type not quoted: cannot be told */
			assert_false(icmp6_error_is_due(&header, (struct span){packet, 40}));
	}
}

static void tunnel_mtu_has_a_floor(void **state)
{
	(void)state;
	assert_int_equal(tunnel_mtu(1500), 1460);
	assert_int_equal(tunnel_mtu(1320), 1280);
	assert_int_equal(tunnel_mtu(1319), 1280);
	assert_int_equal(tunnel_mtu(1280), 1280);
	assert_int_equal(tunnel_mtu(0), 1280);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_octet_for_octet),
		cmocka_unit_test(quotes_no_more_than_fits),
		cmocka_unit_test(read_back),
		cmocka_unit_test(refused),
		cmocka_unit_test(due_only_where_one_may_be_told),
		cmocka_unit_test(tunnel_mtu_has_a_floor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
