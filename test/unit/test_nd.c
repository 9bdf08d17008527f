// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of Neighbour Discovery messages: octets both ways, and what RFC 4861 refuses. */
#include "wire/nd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/hex.h"

#define TARGET   "20010db8000100000000000000000001"
#define SLLA     "0101020000000002"
#define TLLA     "0201020000000001"
#define RA_FIXED "8600 0000 40 28 001e 00007530 000003e8"
#define PIO      "0304 40 e0 00278d00 00093a80 00000000 20010db8000100000c65dc6b9eade10b"

static struct in6_addr address(const char *text)
{
	struct in6_addr out;

	assert_int_equal(inet_pton(AF_INET6, text, &out), 1);
	return out;
}

struct nd_row {
	const char *name;
	const char *octets;
	const char *source, *destination;
	int hop_limit;
	enum nd_fault fault;
};

/* clang-format off */
static const struct nd_row ROWS[] = {
	/* RFC 4861 section 6.1.1 */
	{"RS", "85000000 00000000" SLLA, "fe80::2", "ff02::2", 255, ND_OK},
	{"RS from ::", "85000000 00000000", "::", "ff02::2", 255, ND_OK},
	{"RS reserved set", "85000000 deadbeef", "fe80::2", "ff02::2", 255, ND_OK},
	{"RS from :: with SLLA", "85000000 00000000" SLLA, "::", "ff02::2", 255, ND_SOURCE},
	{"RS of another hop", "85000000 00000000", "fe80::2", "ff02::2", 254, ND_HOP_LIMIT},
	{"RS code 1", "85010000 00000000", "fe80::2", "ff02::2", 255, ND_CODE},
	{"RS of 7 octets", "85000000 000000", "fe80::2", "ff02::2", 255, ND_TRUNCATED},
	{"RS with TLLA from ::", "85000000 00000000" TLLA, "::", "ff02::2", 255, ND_OK},
	/* section 6.1.2 */
	{"RA", RA_FIXED, "fe80::1", "ff02::1", 255, ND_OK},
	{"RA global source", RA_FIXED, "2001:db8:1::1", "ff02::1", 255, ND_SOURCE},
	{"RA from ::", RA_FIXED, "::", "ff02::1", 255, ND_SOURCE},
	{"RA of another hop", RA_FIXED, "fe80::1", "ff02::1", 64, ND_HOP_LIMIT},
	{"RA code 1", "8601 0000 40 28 001e 00007530 000003e8", "fe80::1", "ff02::1", 255, ND_CODE},
	{"RA of 15 octets", "8600 0000 40 28 001e 00007530 000003", "fe80::1", "ff02::1", 255, ND_TRUNCATED},
	{"RA unknown option", RA_FIXED "c802 0000 000000000000000000000000", "fe80::1", "ff02::1", 255, ND_OK},
	{"RA nonce of SEND", RA_FIXED "0e01 000000000000", "fe80::1", "ff02::1", 255, ND_OK},
	{"RA option of length 0", RA_FIXED "c800 000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA option past the end", RA_FIXED "c802 000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA one octet of an option", RA_FIXED "01", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA SLLA of 2 units", RA_FIXED "0102 0000 000000000000000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA PIO of 3 units", RA_FIXED "0303 40 e0 00278d00 00093a80 00000000 0000000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA PIO of 5 units", RA_FIXED "0305 40 e0 00278d00 00093a80 00000000" TARGET "0000000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA MTU of 2 units", RA_FIXED "0502 0000 000000000000000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA interval of 2 units", RA_FIXED "0702 0000 000000000000000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA home agent of 2 units", RA_FIXED "0802 0000 000000000000000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA RDNSS of 1 unit", RA_FIXED "1901 0000 00000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA RDNSS of 2 units", RA_FIXED "1902 0000 00000000 0000000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA RDNSS of 4 units", RA_FIXED "1904 0000 00000000" TARGET "0000000000000000", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	{"RA RDNSS of 3 units", RA_FIXED "1903 0000 00000000" TARGET, "fe80::1", "ff02::1", 255, ND_OK},
	{"RA TLLA of 2 units is not ours", RA_FIXED "0202 0000 000000000000000000000000", "fe80::1", "ff02::1", 255, ND_OK},
	/* section 7.1.1 */
	{"NS", "87000000 00000000" TARGET SLLA, "fe80::2", "ff02::1:ff00:1", 255, ND_OK},
	{"NS unicast", "87000000 00000000" TARGET, "fe80::2", "2001:db8:1::1", 255, ND_OK},
	{"NS for DAD", "87000000 00000000" TARGET, "::", "ff02::1:ff00:1", 255, ND_OK},
	{"NS from :: with SLLA", "87000000 00000000" TARGET SLLA, "::", "ff02::1:ff00:1", 255, ND_SOURCE},
	{"NS from :: to unicast", "87000000 00000000" TARGET, "::", "2001:db8:1::1", 255, ND_DESTINATION},
	{"NS from :: to all nodes", "87000000 00000000" TARGET, "::", "ff02::1", 255, ND_DESTINATION},
	{"NS multicast target", "87000000 00000000 ff0200000000000000000001ff000001", "fe80::2", "ff02::1:ff00:1", 255, ND_TARGET},
	{"NS of another hop", "87000000 00000000" TARGET, "fe80::2", "ff02::1:ff00:1", 0, ND_HOP_LIMIT},
	{"NS code 255", "87ff0000 00000000" TARGET, "fe80::2", "ff02::1:ff00:1", 255, ND_CODE},
	{"NS of 23 octets", "87000000 00000000 20010db80001000000000000000000", "fe80::2", "ff02::1:ff00:1", 255, ND_TRUNCATED},
	{"NS option of length 0", "87000000 00000000" TARGET "0100020000000002", "fe80::2", "ff02::1:ff00:1", 255, ND_OPTION_LENGTH},
	/* section 7.1.2 */
	{"NA solicited", "88000000 60000000" TARGET TLLA, "fe80::1", "fe80::2", 255, ND_OK},
	{"NA unsolicited", "88000000 20000000" TARGET TLLA, "fe80::1", "ff02::1", 255, ND_OK},
	{"NA without TLLA", "88000000 60000000" TARGET, "fe80::1", "fe80::2", 255, ND_OK},
	{"NA solicited to multicast", "88000000 40000000" TARGET TLLA, "fe80::1", "ff02::1", 255, ND_DESTINATION},
	{"NA multicast target", "88000000 20000000 ff020000000000000000000000000001", "fe80::1", "ff02::1", 255, ND_TARGET},
	{"NA of another hop", "88000000 20000000" TARGET, "fe80::1", "ff02::1", 254, ND_HOP_LIMIT},
	{"NA code 1", "88010000 20000000" TARGET, "fe80::1", "ff02::1", 255, ND_CODE},
	{"NA of 23 octets", "88000000 20000000 20010db80001000000000000000000", "fe80::1", "ff02::1", 255, ND_TRUNCATED},
	{"NA option of length 0", "88000000 20000000" TARGET "0200020000000002", "fe80::1", "ff02::1", 255, ND_OPTION_LENGTH},
	/* others */
	{"redirect", "89000000 00000000" TARGET TARGET, "fe80::1", "fe80::2", 255, ND_NOT_ND},
	{"echo request", "80000000 00000000", "fe80::1", "fe80::2", 255, ND_NOT_ND},
	{"type 132", "84000000 00000000", "fe80::1", "fe80::2", 255, ND_NOT_ND},
	{"no octets", "", "fe80::1", "fe80::2", 255, ND_TRUNCATED},
	{"three octets", "850000", "fe80::1", "fe80::2", 255, ND_TRUNCATED},
};
/* clang-format on */

static void validation_of_each_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		const struct nd_row *row = &ROWS[i];
		struct in6_addr source = address(row->source);
		struct in6_addr destination = address(row->destination);
		struct hex hex = hex_octets(row->octets);
		uint8_t *octets = hex_exact(hex.at, hex.len);
		struct nd_message out;
		enum nd_fault fault;

		fault = nd_parse(octets, hex.len, &source, &destination, row->hop_limit, &out);
		if (fault != row->fault)
			fail_msg("%s: %s instead of %s", row->name, nd_fault_name(fault),
				 nd_fault_name(row->fault));
		free(octets);
	}
}

/* The messages as scapy writes them, checksums included. */
#define RA_SCAPY                                                                                   \
	"8600f867 40 28 001e 00007530 000003e8"                                                    \
	"0101020000000001"                                                                         \
	"050100000000058c" PIO                                                                     \
	"0304 38 40 ffffffff 00000000 00000000 20010db8ff0000000000000000000000"                   \
	"0701000000002710"                                                                         \
	"0801000000050708"                                                                         \
	"1905 0000 0000003c 20010db8000000000000000000000053 20010db8000000000000000000000054"

static struct nd_message full_ra(void)
{
	return (struct nd_message){
		.type = ND_TYPE_RA,
		.has_slla = true,
		.slla = {2, 0, 0, 0, 0, 1},
		.hop_limit = 64,
		.ra_flags = ND_RA_FLAG_HOME_AGENT | 0x08, /* preference high, RFC 4191 */
		.router_lifetime_s = 30,
		.reachable_ms = 30000,
		.retrans_ms = 1000,
		.has_mtu = true,
		.mtu = 1420,
		.has_adv_interval = true,
		.adv_interval_ms = 10000,
		.has_home_agent = true,
		.home_agent_preference = 5,
		.home_agent_lifetime_s = 1800,
		.prefixes = {{address("2001:db8:1:0:c65:dc6b:9ead:e10b"), 64,
			      ND_PIO_FLAG_ON_LINK | ND_PIO_FLAG_AUTO | ND_PIO_FLAG_ROUTER, 2592000,
			      604800},
			     {address("2001:db8:ff00::"), 56, ND_PIO_FLAG_AUTO, 0xffffffff, 0}},
		.prefix_count = 2,
		.rdnss = {address("2001:db8::53"), address("2001:db8::54")},
		.rdnss_count = 2,
		.rdnss_lifetime_s = 60,
	};
}

static void assert_both_ways(const struct nd_message *message, const char *octets,
			     const char *source_text, const char *destination_text)
{
	struct in6_addr source = address(source_text), destination = address(destination_text);
	struct hex want = hex_octets(octets);
	uint8_t out[ND_MESSAGE_MAX];
	struct nd_message parsed;
	struct writer w = writer_of(out + 2, 2);

	assert_int_equal(nd_build(message, out, sizeof(out)), want.len);
	assert_memory_equal(out + 2, "\0\0", 2);
	write_be16(&w, nd_checksum(&source, &destination, out, want.len));
	assert_memory_equal(out, want.at, want.len);
	assert_int_equal(nd_checksum(&source, &destination, out, want.len), 0);
	assert_int_equal(nd_parse(out, want.len, &source, &destination, 255, &parsed), ND_OK);
	assert_int_equal(nd_build(&parsed, out, sizeof(out)), want.len);
	assert_memory_equal(out + 4, want.at + 4, want.len - 4);
	for (size_t size = 0; size < want.len; size++)
		assert_int_equal(nd_build(message, out, size), -EMSGSIZE);
}

static void each_message_octet_for_octet(void **state)
{
	struct nd_message ra = full_ra();
	struct nd_message rs = {.type = ND_TYPE_RS, .has_slla = true, .slla = {2, 0, 0, 0, 0, 2}};
	struct nd_message bare_rs = {.type = ND_TYPE_RS};
	struct nd_message ns = {.type = ND_TYPE_NS, .has_slla = true, .slla = {2, 0, 0, 0, 0, 2}};
	struct nd_message dad = {.type = ND_TYPE_NS};
	struct nd_message na = {.type = ND_TYPE_NA, .has_tlla = true, .tlla = {2, 0, 0, 0, 0, 1}};

	(void)state;
	ns.target = dad.target = na.target = address("2001:db8:1::1");
	na.na_flags = ND_NA_FLAG_OVERRIDE;
	assert_both_ways(&ra, RA_SCAPY, "fe80::1", "ff02::1");
	assert_both_ways(&rs, "85007a2a 00000000" SLLA, "fe80::2", "ff02::2");
	assert_both_ways(&bare_rs, "85007bb8 00000000", "::", "ff02::2");
	assert_both_ways(&ns, "87004b5e 00000000" TARGET SLLA, "fe80::2", "ff02::1:ff00:1");
	assert_both_ways(&dad, "87004cec 00000000" TARGET, "::", "ff02::1:ff00:1");
	assert_both_ways(&na, "8800f928 20000000" TARGET TLLA, "2001:db8:1::1", "ff02::1");
}

static void another_type_is_not_built(void **state)
{
	struct nd_message redirect = {.type = ND_TYPE_REDIRECT};
	uint8_t out[64];

	(void)state;
	assert_int_equal(nd_build(&redirect, out, sizeof(out)), -EINVAL);
}

/* RFC 4861 sections 6.1.2, 7.1.1, 7.1.2: what is defined for another message is ignored. */
static void options_of_other_messages_are_ignored(void **state)
{
	struct in6_addr source = address("fe80::1"), destination = address("fe80::2");
	struct hex hex = hex_octets("88000000 60000000" TARGET SLLA TLLA PIO);
	struct nd_message out;

	(void)state;
	assert_int_equal(nd_parse(hex.at, hex.len, &source, &destination, 255, &out), ND_OK);
	assert_true(out.has_tlla && !out.has_slla);
	assert_int_equal(out.prefix_count, 0);
	hex.at[0] = ND_TYPE_NS;
	assert_int_equal(nd_parse(hex.at, hex.len, &source, &destination, 255, &out), ND_OK);
	assert_true(!out.has_tlla && out.has_slla);
}

static void what_passes_the_arrays_is_ignored(void **state)
{
	struct in6_addr source = address("fe80::1"), destination = address("ff02::1");
	struct hex hex = hex_octets(RA_FIXED), pio = hex_octets(PIO);
	struct hex rdnss = hex_octets("1903 0000 00000009" TARGET);
	struct nd_message out;

	(void)state;
	pio.at[2] = 129; /* no prefix has so many bits */
	for (int i = 0; i < ND_PREFIXES_MAX + 3; i++) {
		memcpy(hex.at + hex.len, pio.at, pio.len);
		hex.len += pio.len;
		pio.at[2] = (uint8_t)(128 - i);
	}
	for (int i = 0; i < ND_RDNSS_MAX + 1; i++) {
		memcpy(hex.at + hex.len, rdnss.at, rdnss.len);
		hex.len += rdnss.len;
	}
	assert_int_equal(nd_parse(hex.at, hex.len, &source, &destination, 255, &out), ND_OK);
	assert_int_equal(out.prefix_count, ND_PREFIXES_MAX);
	assert_int_equal(out.prefixes[0].len, 128);
	assert_int_equal(out.prefixes[ND_PREFIXES_MAX - 1].len, 129 - ND_PREFIXES_MAX);
	assert_int_equal(out.rdnss_count, ND_RDNSS_MAX);
	assert_int_equal(out.rdnss_lifetime_s, 9);
}

static void C_13_cut_and_changed_anywhere(void **state)
{
	struct in6_addr source = address("fe80::1"), destination = address("ff02::1");
	struct hex hex = hex_octets(RA_SCAPY);
	struct nd_message out;

	(void)state;
	for (size_t len = 0; len <= hex.len; len++) {
		uint8_t *octets = hex_exact(hex.at, len);

		nd_parse(octets, len, &source, &destination, 255, &out);
		free(octets);
	}
	for (size_t at = 0; at < hex.len; at++) {
		for (unsigned int value = 0; value < 256; value++) {
			uint8_t *octets = hex_exact(hex.at, hex.len);
			enum nd_fault fault;

			octets[at] = (uint8_t)value;
			fault = nd_parse(octets, hex.len, &source, &destination, 255, &out);
			assert_string_not_equal(nd_fault_name(fault), "unknown");
			assert_in_range(out.prefix_count, 0, ND_PREFIXES_MAX);
			assert_in_range(out.rdnss_count, 0, ND_RDNSS_MAX);
			free(octets);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(validation_of_each_message),
		cmocka_unit_test(each_message_octet_for_octet),
		cmocka_unit_test(another_type_is_not_built),
		cmocka_unit_test(options_of_other_messages_are_ignored),
		cmocka_unit_test(what_passes_the_arrays_is_ignored),
		cmocka_unit_test(C_13_cut_and_changed_anywhere),
	};

	return cmocka_run_group_tests_name("nd", tests, NULL, NULL);
}
