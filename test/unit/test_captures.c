// SPDX-License-Identifier: BSD-2-Clause
/* Owns reading what other implementations sent: captures of tcpdump's tests, UMIP 1.0, thc-ipv6. */
#include "wire/mh.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/in6.h"
#include "harness/hex.h"
#include "harness/pcap.h"
#include "harness/vectors.h"

#define PEERS VECTORS_DIR "peers/"

enum { IPV6_HEADER_LEN = 40, NEXT_HEADER_AT = 6 };

/* The Mobility Header's packet in `ip`, found without mh_packet_parse(); {NULL, 0}: none. */
static struct span mobility_packet(struct span ip)
{
	uint8_t next_header;

	if (ip.len > 2 * IPV6_HEADER_LEN && ip.at[NEXT_HEADER_AT] == IP6_NH_IPV6)
		ip = (struct span){ip.at + IPV6_HEADER_LEN, ip.len - IPV6_HEADER_LEN};
	if (ip.len <= IPV6_HEADER_LEN)
		return (struct span){NULL, 0};
	next_header = ip.at[NEXT_HEADER_AT];
	if (next_header == IP6_NH_DESTOPTS || next_header == IP6_NH_ROUTING)
		next_header = ip.at[IPV6_HEADER_LEN];
	return next_header == IP6_NH_MOBILITY ? ip : (struct span){NULL, 0};
}

/* The probes that UMIP was sent with something broken in the header; all else is well formed. */
static const struct {
	unsigned int frame;
	enum mh_fault fault;
} BROKEN_PROBES[] = {
	{31, MH_CHECKSUM},      /* UMIP: silence */
	{32, MH_PAYLOAD_PROTO}, /* UMIP: Parameter Problem at payload proto */
	{34, MH_UNKNOWN_TYPE},  /* UMIP: Binding Error status 2 */
	{37, MH_SHORT_HEADER},  /* UMIP: Parameter Problem at Header Len */
};

static enum mh_fault expected_probe(unsigned int frame)
{
	for (size_t i = 0; i < sizeof(BROKEN_PROBES) / sizeof(BROKEN_PROBES[0]); i++)
		if (BROKEN_PROBES[i].frame == frame)
			return BROKEN_PROBES[i].fault;
	return MH_OK;
}

struct capture_row {
	const char *path;
	unsigned int messages; /* as tshark counts them */
	bool probes;
};

static void C_01_C_04_C_06_C_07_live_messages_are_judged_as_umip_did(void **state)
{
	static const struct capture_row rows[] = {
		{PEERS "umip/umip10-probe-brf.pcap", 51, true},
		{PEERS "umip/umip10-ro-brc.pcap", 14, false},
		{PEERS "umip/umip10-ro-brf.pcap", 10, false},
		{PEERS "umip/umip10-ro-brh.pcap", 4, false},
		{PEERS "umip/umip10-tunnel-brc.pcap", 4, false},
		{PEERS "umip/umip10-tunnel-brf.pcap", 4, false},
		{PEERS "fake_mipv6.pcap", 4, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pcap pcap = pcap_open(rows[i].path);
		unsigned int messages = 0;
		struct span frame;

		while (pcap_next(&pcap, &frame)) {
			struct span ip = mobility_packet(pcap_ipv6(&pcap, frame));
			enum mh_fault want = rows[i].probes ? expected_probe(pcap.frame) : MH_OK;
			struct mh_packet out;
			enum mh_fault fault;

			if (!ip.at)
				continue;
			messages++;
			fault = mh_packet_parse(ip.at, ip.len, &out);
			if (fault != want)
				fail_msg("%s frame %u: %s", rows[i].path, pcap.frame,
					 mh_fault_name(fault));
			assert_int_equal(out.has_hao, ip.at[NEXT_HEADER_AT] == IP6_NH_DESTOPTS);
			assert_int_equal(out.has_rh2, ip.at[NEXT_HEADER_AT] == IP6_NH_ROUTING);
		}
		assert_int_equal(messages, rows[i].messages);
		pcap_close(&pcap);
	}
}

/* One changed octet of every live message is noticed. */
static void C_01_a_changed_live_message_is_refused(void **state)
{
	struct pcap pcap = pcap_open(PEERS "umip/umip10-ro-brc.pcap");
	struct span frame;

	(void)state;
	while (pcap_next(&pcap, &frame)) {
		struct span ip = mobility_packet(pcap_ipv6(&pcap, frame));
		struct mh_packet out;
		uint8_t *copy;

		if (!ip.at)
			continue;
		copy = hex_exact(ip.at, ip.len);
		copy[ip.len - 1] ^= 1;
		assert_int_equal(mh_packet_parse(copy, ip.len, &out), MH_CHECKSUM);
		free(copy);
	}
	pcap_close(&pcap);
}

/* What ipv6_mobility_1-v.out tells of each frame. The frames carry no checksum, and a BAD that
 * padding follows: tcpdump prints what it is given, RFC 6275 section 6.2 refuses it. */
struct tcpdump_row {
	uint8_t type;
	enum mh_fault fault;
	bool alt_coa, nonces, refresh;
};

static const struct tcpdump_row TCPDUMP[] = {
	{IP6_MH_TYPE_BRR},
	{IP6_MH_TYPE_HOTI},
	{IP6_MH_TYPE_COTI},
	{IP6_MH_TYPE_HOT},
	{IP6_MH_TYPE_COT},
	{IP6_MH_TYPE_BU},
	{IP6_MH_TYPE_BU, .alt_coa = true},
	{IP6_MH_TYPE_BU, .nonces = true},
	{IP6_MH_TYPE_BU, MH_OPTION_AFTER_BAD},
	{IP6_MH_TYPE_BU, MH_OPTION_AFTER_BAD, .alt_coa = true, .nonces = true},
	{IP6_MH_TYPE_BA},
	{IP6_MH_TYPE_BA, .refresh = true},
	{IP6_MH_TYPE_BA, MH_OPTION_AFTER_BAD},
	{IP6_MH_TYPE_BA, MH_OPTION_AFTER_BAD, .refresh = true},
	{IP6_MH_TYPE_BE},
	{IP6_MH_TYPE_BU},
};

static void assert_tcpdump_fixed(const struct mh_message *m)
{
	struct in6_addr hoa;

	switch (m->type) {
	case IP6_MH_TYPE_HOTI:
		assert_memory_equal(m->test.cookie, hex_octets("0102030405060708").at, 8);
		break;
	case IP6_MH_TYPE_COTI:
		assert_memory_equal(m->test.cookie, hex_octets("090a0b0c0d0e0f10").at, 8);
		break;
	case IP6_MH_TYPE_HOT:
		assert_int_equal(m->test.nonce, 0x90a);
		assert_memory_equal(m->test.cookie, hex_octets("0b0c0d0e0f1004d2").at, 8);
		assert_memory_equal(m->test.token, hex_octets("1112131415161718").at, 8);
		break;
	case IP6_MH_TYPE_COT:
		assert_int_equal(m->test.nonce, 0x90a);
		assert_memory_equal(m->test.cookie, hex_octets("0b0c0d0e0f10162e").at, 8);
		assert_memory_equal(m->test.token, hex_octets("191a1b1c1d1e1f20").at, 8);
		break;
	case IP6_MH_TYPE_BU:
		assert_int_equal(m->bu.sequence, 1000);
		assert_int_equal(m->bu.flags, IP6_MH_BU_ACK);
		assert_int_equal(m->bu.lifetime * MH_LIFETIME_UNIT_S, 14400);
		break;
	case IP6_MH_TYPE_BA:
		assert_int_equal(m->ba.status, IP6_MH_BAS_ACCEPTED);
		assert_int_equal(m->ba.sequence, 1000);
		assert_int_equal(m->ba.lifetime * MH_LIFETIME_UNIT_S, 14400);
		break;
	case IP6_MH_TYPE_BE:
		assert_int_equal(m->be.status, IP6_MH_BES_UNKNOWN_HAO);
		assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &hoa), 1);
		assert_true(in6_equal(&m->be.hoa, &hoa));
		break;
	}
}

static void every_type_reads_as_tcpdump_reads_it(void **state)
{
	struct pcap pcap = pcap_open(PEERS "tcpdump/ipv6_mobility_1.pcap");
	struct in6_addr alt_coa;
	struct mh_packet packet;
	struct span frame;

	(void)state;
	assert_int_equal(inet_pton(AF_INET6, "2001:660:4701:f004:20d:54ff:fe98:bc93", &alt_coa), 1);
	for (size_t i = 0; i < sizeof(TCPDUMP) / sizeof(TCPDUMP[0]); i++) {
		struct mh_message m;
		enum mh_fault fault;

		assert_true(pcap_next(&pcap, &frame));
		fault = mh_parse(frame.at + IPV6_HEADER_LEN, frame.len - IPV6_HEADER_LEN, &m);
		assert_int_equal(fault, TCPDUMP[i].fault);
		assert_int_equal(m.type, TCPDUMP[i].type);
		assert_tcpdump_fixed(&m);
		assert_int_equal(m.options.has_alt_coa, TCPDUMP[i].alt_coa);
		if (TCPDUMP[i].alt_coa)
			assert_true(in6_equal(&m.options.alt_coa, &alt_coa));
		assert_int_equal(m.options.has_nonce_indices, TCPDUMP[i].nonces);
		assert_int_equal(m.options.home_nonce, TCPDUMP[i].nonces ? 0x04d2 : 0);
		assert_int_equal(m.options.careof_nonce, TCPDUMP[i].nonces ? 0x162e : 0);
		assert_int_equal(m.options.refresh_advice * MH_LIFETIME_UNIT_S,
				 TCPDUMP[i].refresh ? 7200 : 0);
		assert_int_equal(mh_packet_parse(frame.at, frame.len, &packet), MH_CHECKSUM);
		assert_int_equal(packet.message.type, TCPDUMP[i].type);
	}
	assert_false(pcap_next(&pcap, &frame));
	pcap_close(&pcap);
}

/* Frames that once led tcpdump past the end. As packets they name no Mobility Header; read as
 * messages from any offset on they are refused or whole, and ASan watches the end. */
static void C_13_frames_that_crashed_another_parser(void **state)
{
	static const char *const paths[] = {
		PEERS "tcpdump/icmp6_mobileprefix_asan.pcap",
		PEERS "tcpdump/ipv6-mobility-header-oobr.pcap",
		PEERS "tcpdump/mobility_opt_asan.pcap",
		PEERS "tcpdump/mobility_opt_asan_2.pcap",
		PEERS "tcpdump/mobility_opt_asan_3.pcap",
		PEERS "tcpdump/mobility_opt_asan_4.pcap",
		PEERS "tcpdump/mobility_opt_asan_5.pcap",
		PEERS "tcpdump/mobility_opt_asan_6.pcap",
		PEERS "tcpdump/mobility_opt_asan_7.pcap",
		PEERS "tcpdump/mobility_opt_asan_8.pcap",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct pcap pcap = pcap_open(paths[i]);
		struct span frame;

		while (pcap_next(&pcap, &frame)) {
			struct span ip = pcap_ipv6(&pcap, frame);
			struct mh_packet packet;
			struct mh_message m;

			assert_int_equal(mh_packet_parse(ip.at, ip.len, &packet), MH_PACKET);
			for (size_t at = 0; at < ip.len; at++) {
				uint8_t *copy = hex_exact(ip.at + at, ip.len - at);

				assert_string_not_equal(
					mh_fault_name(mh_parse(copy, ip.len - at, &m)), "unknown");
				free(copy);
			}
		}
		assert_true(pcap.frame > 0);
		pcap_close(&pcap);
	}
}

/* The captures beside vectors.json hold its 15 messages, and two packets with user data. */
static void our_captures_hold_our_messages(void **state)
{
	static const char *const paths[] = {VECTORS_DIR "vectors_S1024.pcap",
					    VECTORS_DIR "vectors_S2040.pcap"};

	(void)state;
	for (size_t set = 0; set < 2; set++) {
		struct pcap pcap = pcap_open(paths[set]);
		struct mh_packet out;
		struct span frame;
		const char *name;

		for (unsigned int i = 0; (name = vectors_message(VECTORS_SETS[set], i)); i++) {
			char path[64];
			struct hex want;

			snprintf(path, sizeof(path), "%s/packet", name);
			want = vectors_octets(VECTORS_SETS[set], path);
			assert_true(pcap_next(&pcap, &frame));
			assert_int_equal(frame.len, want.len);
			assert_memory_equal(frame.at, want.at, want.len);
		}
		assert_int_equal(pcap.frame, 15);
		while (pcap_next(&pcap, &frame))
			assert_int_equal(mh_packet_parse(frame.at, frame.len, &out), MH_PACKET);
		assert_int_equal(pcap.frame, 17);
		pcap_close(&pcap);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C_01_C_04_C_06_C_07_live_messages_are_judged_as_umip_did),
		cmocka_unit_test(C_01_a_changed_live_message_is_refused),
		cmocka_unit_test(every_type_reads_as_tcpdump_reads_it),
		cmocka_unit_test(C_13_frames_that_crashed_another_parser),
		cmocka_unit_test(our_captures_hold_our_messages),
	};

	return cmocka_run_group_tests_name("captures", tests, NULL, NULL);
}
