// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows that pin the judgement of a Binding Update (protocol 8.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "dar/bu_decide.h"

#define NTP(s) ((uint64_t)(s) << 32)

enum { NOW = 1000000 };

static struct in6_addr address(const char *text)
{
	struct in6_addr out;

	assert_int_equal(inet_pton(AF_INET6, text, &out), 1);
	return out;
}

/* One situation: the good CGA or PHKT registration with what a row changes. */
struct situation {
	struct mh_packet packet;
	struct prefix_list prefixes;
	struct bcache_entry entry;
	struct in6_addr allow;
	unsigned int allow_len;
	struct bu_world world;
	enum bu_proof proof;
};

static const uint8_t bad_octets[12];

static void good(struct situation *s, bool cga)
{
	struct mh_options *options = &s->packet.message.options;

	memset(s, 0, sizeof(*s));
	s->prefixes.count = 1;
	s->prefixes.at[0] = (struct prefix){.prefix = address("2001:db8:1::"),
					    .address = address("2001:db8:1::1"),
					    .valid_s = 2592000,
					    .preferred_s = 604800};
	s->packet.source = address("2001:db8:2::2");
	s->packet.destination = address("2001:db8:1::1");
	s->packet.has_hao = true;
	s->packet.hao = address("2001:db8:1::5");
	s->packet.message.type = IP6_MH_TYPE_BU;
	s->packet.message.bu.sequence = 100;
	s->packet.message.bu.flags = IP6_MH_BU_ACK | IP6_MH_BU_HOME;
	s->packet.message.bu.lifetime = 21600;
	options->has_alt_coa = true;
	options->alt_coa = s->packet.source;
	if (cga) {
		options->cga_layout = MH_CGA_SIGNED;
		options->has_timestamp = true;
		options->timestamp = NTP(NOW);
	} else {
		options->bad = (struct span){bad_octets, sizeof(bad_octets)};
	}
	s->entry.hoa = s->packet.hao;
	s->entry.state = BCACHE_BOUND;
	s->entry.context.has_phkt = true;
	s->entry.context.has_sequence = true;
	s->entry.context.sequence = 99;
	s->entry.context.timestamp = NTP(NOW - 60);
	s->allow_len = 0;
	s->world = (struct bu_world){
		.prefixes = &s->prefixes,
		.entry = &s->entry,
		.coa_allow = &s->allow,
		.coa_allow_len = &s->allow_len,
		.coa_allow_count = 1,
		.has_room = true,
		.max_lifetime_s = 86400,
		.now_ntp = NTP(NOW),
	};
	s->proof = BU_PROOF_VALID;
}

static void no_entry(struct situation *s)
{
	s->world.entry = NULL;
}

static void to_elsewhere(struct situation *s)
{
	s->packet.destination = address("2001:db8:1::99");
}

static void hoa_multicast(struct situation *s)
{
	s->packet.hao = address("ff02::1");
}

static void hoa_loopback(struct situation *s)
{
	s->packet.hao = address("::1");
}

static void hoa_link_local(struct situation *s)
{
	s->packet.hao = address("fe80::1");
}

static void hoa_ula_off_prefix(struct situation *s)
{
	s->packet.hao = address("fd00::1");
}

static void hoa_is_dar(struct situation *s)
{
	s->packet.hao = address("2001:db8:1::1");
}

static void source_multicast(struct situation *s)
{
	s->packet.source = address("ff02::1");
}

static void coa_multicast(struct situation *s)
{
	s->packet.message.options.alt_coa = address("ff02::1");
}

static void coa_unspecified(struct situation *s)
{
	s->packet.message.options.alt_coa = in6addr_any;
}

static void no_hao(struct situation *s)
{
	s->packet.has_hao = false;
}

static void no_alt_coa(struct situation *s)
{
	s->packet.message.options.has_alt_coa = false;
}

static void no_home_flag(struct situation *s)
{
	s->packet.message.bu.flags = IP6_MH_BU_ACK;
}

static void reserved_flags(struct situation *s)
{
	s->packet.message.bu.flags |= 0x0fff;
}

static void no_ack_flag(struct situation *s)
{
	s->packet.message.bu.flags = IP6_MH_BU_HOME;
}

static void layout_broken(struct situation *s)
{
	s->packet.message.options.cga_layout = MH_CGA_BROKEN;
}

static void bad_without_nonce(struct situation *s)
{
	s->packet.message.options.bad = (struct span){bad_octets, sizeof(bad_octets)};
}

static void careof_nonce(struct situation *s)
{
	s->packet.message.options.has_nonce_indices = true;
	s->packet.message.options.careof_nonce = 7;
	s->packet.message.options.bad = (struct span){bad_octets, sizeof(bad_octets)};
}

static void home_nonce(struct situation *s)
{
	careof_nonce(s);
	s->packet.message.options.home_nonce = 1;
}

static void no_proof(struct situation *s)
{
	s->packet.message.options.bad = (struct span){NULL, 0};
}

static void no_phkt(struct situation *s)
{
	s->entry.context.has_phkt = false;
}

static void deregister(struct situation *s)
{
	s->packet.message.bu.lifetime = 0;
	s->packet.message.options.has_alt_coa = false;
}

static void deregister_unbound_without_phkt(struct situation *s)
{
	deregister(s);
	no_phkt(s);
	s->entry.state = BCACHE_CONTEXT;
}

static void deregister_unbound(struct situation *s)
{
	deregister(s);
	s->entry.state = BCACHE_CONTEXT;
}

static void deregister_twice(struct situation *s)
{
	deregister(s);
	s->entry.state = BCACHE_DELETED;
}

static void deregister_home(struct situation *s)
{
	deregister(s);
	s->packet.has_hao = false;
	s->packet.source = s->packet.hao;
}

static void late_after_deregistration(struct situation *s)
{
	s->entry.state = BCACHE_DELETED;
	s->entry.context.sequence = 100;
}

static void alt_coa_not_source(struct situation *s)
{
	s->packet.message.options.alt_coa = address("2001:db8:2::3");
}

static void coa_is_hoa(struct situation *s)
{
	s->packet.message.options.alt_coa = s->packet.hao;
	s->packet.source = s->packet.hao;
}

static void coa_is_bound(struct situation *s)
{
	s->world.coa_is_bound = true;
}

static void coa_is_own(struct situation *s)
{
	s->packet.source = address("2001:db8:1::1");
	s->packet.message.options.alt_coa = s->packet.source;
}

static void coa_not_allowed(struct situation *s)
{
	s->allow = address("2001:db8:3::");
	s->allow_len = 64;
}

static void coa_allowed(struct situation *s)
{
	s->allow = address("2001:db8:2::");
	s->allow_len = 64;
}

static void sequence_repeated(struct situation *s)
{
	s->entry.context.sequence = 100;
}

static void sequence_edge(struct situation *s)
{
	s->entry.context.sequence = (uint16_t)(100 - 32767);
}

static void sequence_over_edge(struct situation *s)
{
	s->entry.context.sequence = (uint16_t)(100 - 32768);
}

static void no_timestamp(struct situation *s)
{
	s->packet.message.options.has_timestamp = false;
}

static void timestamp_repeated(struct situation *s)
{
	s->entry.context.timestamp = NTP(NOW);
}

static void timestamp_early(struct situation *s)
{
	s->packet.message.options.timestamp = NTP(NOW - 7) - 1;
}

static void timestamp_edge(struct situation *s)
{
	s->packet.message.options.timestamp = NTP(NOW + 7);
}

static void timestamp_ahead(struct situation *s)
{
	s->packet.message.options.timestamp = NTP(NOW + 7) + 1;
}

static void after_restart(struct situation *s)
{
	no_entry(s);
	s->world.not_before_ntp = NTP(NOW + 3);
}

static void after_restart_bound(struct situation *s)
{
	s->world.not_before_ntp = NTP(NOW + 3);
}

static void clock_behind(struct situation *s)
{
	s->world.clock_floor_ntp = NTP(NOW + 1);
}

static void rebooted_mn(struct situation *s)
{
	s->packet.message.bu.sequence = 7; /* old by number, new by time */
	s->entry.context.sequence = 30000;
}

static void table_full(struct situation *s)
{
	no_entry(s);
	s->world.has_room = false;
}

static void table_full_refresh(struct situation *s)
{
	s->world.has_room = false;
}

static void proof_unknown(struct situation *s)
{
	s->proof = BU_PROOF_UNKNOWN;
}

static void proof_authenticator(struct situation *s)
{
	s->proof = BU_PROOF_AUTHENTICATOR;
	s->entry.context.sequence = 100; /* an old number must not be told to a forger */
}

static void proof_signature(struct situation *s)
{
	s->proof = BU_PROOF_SIGNATURE;
	s->packet.message.options.timestamp = NTP(NOW - 100); /* 148, not 144 */
}

static void proof_key_shape(struct situation *s)
{
	s->proof = BU_PROOF_KEY_SHAPE;
}

static void proof_cga(struct situation *s)
{
	s->proof = BU_PROOF_CGA;
}

static void proof_key_changed(struct situation *s)
{
	s->proof = BU_PROOF_KEY_CHANGED;
}

static void proof_budget(struct situation *s)
{
	s->proof = BU_PROOF_BUDGET;
}

static void prefix_deprecates(struct situation *s)
{
	s->prefixes.at[0].preferred_s = 3600;
}

static void prefix_ends(struct situation *s)
{
	s->prefixes.at[0].valid_s = 7200;
	s->prefixes.at[0].preferred_s = 3600;
}

static void as_is(struct situation *s)
{
	(void)s;
}

static void phkt_nearly_used_up(struct situation *s)
{
	s->entry.context.sequence_spent = 32767;
}

static void phkt_used_up(struct situation *s)
{
	s->entry.context.sequence_spent = 32768;
}

static void deregister_with_nonce(struct situation *s)
{
	deregister(s);
	careof_nonce(s);
}

struct row {
	const char *name;
	bool cga;
	void (*change)(struct situation *s);
	enum bu_verdict verdict;
	uint8_t status;
	bool authenticated;
	uint32_t lifetime_s;
};

static const struct row rows[] = {
	{"signed refresh", true, as_is, BU_REFRESHED, 0, true, 86400},
	{"C-22 signed, first", true, no_entry, BU_REGISTERED, 0, true, 86400},
	{"PHKT refresh", false, as_is, BU_REFRESHED, 0, true, 86400},
	{"C-24 A bit not set", false, no_ack_flag, BU_REFRESHED, 0, true, 86400},
	{"C-12 reserved flags", false, reserved_flags, BU_REFRESHED, 0, true, 86400},
	{"step 3 not our address", true, to_elsewhere, BU_DROP_DESTINATION, 0, false, 0},
	{"C-14 HoA multicast", true, hoa_multicast, BU_DROP_HOA_SCOPE, 0, false, 0},
	{"C-14 HoA loopback", true, hoa_loopback, BU_DROP_HOA_SCOPE, 0, false, 0},
	{"C-14 HoA link-local", true, hoa_link_local, BU_DROP_HOA_SCOPE, 0, false, 0},
	{"C-26 ULA HoA off prefix", true, hoa_ula_off_prefix, BU_REFUSE_PREFIX, 132, false, 0},
	{"C-26 HoA is the DAR's", true, hoa_is_dar, BU_REFUSE_PREFIX, 132, false, 0},
	{"C-19 source multicast", true, source_multicast, BU_DROP_SOURCE_SCOPE, 0, false, 0},
	{"C-15 CoA multicast", true, coa_multicast, BU_DROP_COA_SCOPE, 0, false, 0},
	{"C-15 CoA unspecified", false, coa_unspecified, BU_DROP_COA_SCOPE, 0, false, 0},
	{"C-27 no HAO", true, no_hao, BU_DROP_NO_HAO, 0, false, 0},
	{"C-17 no option 3", false, no_alt_coa, BU_DROP_NO_ALT_COA, 0, false, 0},
	{"C-78 H=0", true, no_home_flag, BU_REFUSE_NOT_HOME, 129, false, 0},
	{"C-57 layout", true, layout_broken, BU_REFUSE_CGA_LAYOUT, 148, false, 0},
	{"step 8 BAD without 4", true, bad_without_nonce, BU_DROP_NONCE_AND_BAD, 0, false, 0},
	{"C-55 care-of index", true, careof_nonce, BU_REFUSE_CAREOF_NONCE, 137, false, 0},
	{"C-55 care-of index, PHKT", false, careof_nonce, BU_REFUSE_CAREOF_NONCE, 137, false, 0},
	{"C-78 home index", true, home_nonce, BU_DROP_HOME_NONCE, 0, false, 0},
	{"step 8 no proof", false, no_proof, BU_DROP_NO_PROOF, 0, false, 0},
	{"C-72 no PHKT", false, no_phkt, BU_REFUSE_NO_PHKT, 147, false, 0},
	{"T5 PHKT at its last number", false, phkt_nearly_used_up, BU_REFRESHED, 0, true, 86400},
	{"T5 PHKT used up", false, phkt_used_up, BU_REFUSE_NO_PHKT, 147, false, 0},
	{"C-72 no entry", false, no_entry, BU_REFUSE_NO_PHKT, 147, false, 0},
	{"C-36 nothing to end", false, deregister_unbound_without_phkt, BU_REFUSE_NOT_BOUND, 133,
	 false, 0},
	{"C-36 nothing to end, PHKT", false, deregister_unbound, BU_REFUSE_NOT_BOUND, 133, true, 0},
	{"C-36 nothing to end, signed", true, deregister_unbound, BU_REFUSE_NOT_BOUND, 133, false,
	 0},
	{"C-37 de-register", false, deregister, BU_DEREGISTERED, 0, true, 0},
	{"A-34 de-register signed", true, deregister, BU_DEREGISTERED, 0, false, 0},
	{"step 16 signed, options 4 and 5", true, deregister_with_nonce, BU_DROP_AUTHENTICATOR, 0,
	 false, 0},
	{"C-37 from home", false, deregister_home, BU_DEREGISTERED, 0, true, 0},
	{"de-register again", false, deregister_twice, BU_DEREGISTERED, 0, true, 0},
	{"C-38 late BU", false, late_after_deregistration, BU_REFUSE_SEQUENCE, 135, true, 0},
	{"C-17 option 3 not source", true, alt_coa_not_source, BU_REFUSE_COA_SOURCE, 174, false, 0},
	{"C-17 option 3, PHKT", false, alt_coa_not_source, BU_REFUSE_COA_SOURCE, 174, true, 0},
	{"A-38 CoA is the HoA", false, coa_is_hoa, BU_REFUSE_COA_HOA, 174, true, 0},
	{"C-79 CoA bound here", false, coa_is_bound, BU_REFUSE_COA_HOA, 174, true, 0},
	{"C-79 CoA own address", false, coa_is_own, BU_REFUSE_COA_OWN, 174, true, 0},
	{"C-79 CoA policy", false, coa_not_allowed, BU_REFUSE_COA_POLICY, 174, true, 0},
	{"C-79 CoA allowed", false, coa_allowed, BU_REFRESHED, 0, true, 86400},
	{"C-21 sequence repeated", false, sequence_repeated, BU_REFUSE_SEQUENCE, 135, true, 0},
	{"C-20 step 32767", false, sequence_edge, BU_REFRESHED, 0, true, 86400},
	{"C-20 step 32768", false, sequence_over_edge, BU_REFUSE_SEQUENCE, 135, true, 0},
	{"C-60 no timestamp", true, no_timestamp, BU_REFUSE_NO_TIMESTAMP, 145, false, 0},
	{"C-60 timestamp repeated", true, timestamp_repeated, BU_REFUSE_TIMESTAMP, 144, false, 0},
	{"C-60 7 s and a bit old", true, timestamp_early, BU_REFUSE_TIMESTAMP, 144, false, 0},
	{"C-60 7 s ahead", true, timestamp_edge, BU_REFRESHED, 0, true, 86400},
	{"C-60 over 7 s ahead", true, timestamp_ahead, BU_REFUSE_TIMESTAMP, 144, false, 0},
	{"8.8 before the restart?", true, after_restart, BU_REFUSE_CLOCK, 130, false, 0},
	{"8.8 a context decides", true, after_restart_bound, BU_REFRESHED, 0, true, 86400},
	{"8.8 clock went back", true, clock_behind, BU_REFUSE_CLOCK, 130, false, 0},
	{"A-25 rebooted MN", true, rebooted_mn, BU_REFRESHED, 0, true, 86400},
	{"C-34 table full", true, table_full, BU_REFUSE_TABLE_FULL, 130, false, 0},
	{"C-33 full, refresh", false, table_full_refresh, BU_REFRESHED, 0, true, 86400},
	{"ask for the proof", true, proof_unknown, BU_PROVE, 0, false, 0},
	{"ask for the proof, PHKT", false, proof_unknown, BU_PROVE, 0, false, 0},
	{"C-46 authenticator", false, proof_authenticator, BU_DROP_AUTHENTICATOR, 0, false, 0},
	{"C-62 signature", true, proof_signature, BU_REFUSE_SIGNATURE, 148, false, 0},
	{"C-65 key shape", true, proof_key_shape, BU_REFUSE_KEY_SHAPE, 129, false, 0},
	{"C-62 CGA", true, proof_cga, BU_REFUSE_CGA, 148, false, 0},
	{"A-30 key changed", true, proof_key_changed, BU_REFUSE_KEY_CHANGED, 148, false, 0},
	{"C-66 budget", true, proof_budget, BU_REFUSE_BUDGET, 130, false, 0},
	{"C-31 prefix deprecates", false, prefix_deprecates, BU_REFRESHED, 1, true, 86400},
	{"C-29 prefix ends first", false, prefix_ends, BU_REFRESHED, 1, true, 7200},
};

static void decides_row(void **state)
{
	const struct row *row = *state;
	struct situation s;
	struct bu bu;
	struct bu_decision decision;

	good(&s, row->cga);
	row->change(&s);
	bu_read(&s.packet, &bu);
	decision = bu_decide(&bu, &s.world, s.proof);
	if (decision.verdict != row->verdict)
		fail_msg("verdict %d, expected %d", decision.verdict, row->verdict);
	assert_int_equal(decision.status, row->status);
	assert_int_equal(decision.authenticated, row->authenticated);
	assert_int_equal(decision.lifetime_s, row->lifetime_s);
}

/* C-21: the last accepted number; C-23: otherwise the BU's own */
static void sequence_of_answer(void **state)
{
	struct situation s;
	struct bu bu;

	(void)state;
	good(&s, false);
	s.entry.context.sequence = 4711;
	bu_read(&s.packet, &bu);
	assert_int_equal(bu_decide(&bu, &s.world, BU_PROOF_VALID).sequence, 4711);
	s.entry.context.sequence = 99;
	assert_int_equal(bu_decide(&bu, &s.world, BU_PROOF_VALID).sequence, 100);
}

/* C-61: low word as sent, high word max(own seconds, last accepted + 1) */
static void timestamp_of_answer(void **state)
{
	struct situation s;
	struct bu bu;

	(void)state;
	good(&s, true);
	s.packet.message.options.timestamp = NTP(NOW - 100) | 0x1234;
	bu_read(&s.packet, &bu);
	assert_int_equal(bu_decide(&bu, &s.world, BU_PROOF_VALID).timestamp, NTP(NOW) | 0x1234);
	s.packet.message.options.timestamp = NTP(NOW + 5) | 0x1234;
	s.entry.context.timestamp = NTP(NOW + 6);
	assert_int_equal(bu_decide(&bu, &s.world, BU_PROOF_VALID).timestamp, NTP(NOW + 7) | 0x1234);
}

/* T5: every last number against every edge of the window */
static void sequence_model(void **state)
{
	static const uint16_t steps[] = {0, 1, 2, 32766, 32767, 32768, 32769, 65535};
	static const bool newer[] = {false, true, true, true, true, false, false, false};

	(void)state;
	for (uint32_t last = 0; last <= UINT16_MAX; last++) {
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			assert_int_equal(
				sequence_is_newer((uint16_t)(last + steps[i]), (uint16_t)last),
				newer[i]);
	}
}

/* C-28, C-30: granted is the least of what is asked, allowed and left */
static void lifetime_granted(void **state)
{
	struct situation s;
	struct bu bu;

	(void)state;
	good(&s, false);
	s.packet.message.bu.lifetime = 5;
	bu_read(&s.packet, &bu);
	assert_int_equal(bu_decide(&bu, &s.world, BU_PROOF_VALID).lifetime_s, 20);
	s.packet.message.bu.lifetime = 0xffff;
	bu_read(&s.packet, &bu);
	assert_int_equal(bu_decide(&bu, &s.world, BU_PROOF_VALID).lifetime_s, 86400);
	s.world.max_lifetime_s = 602;
	assert_int_equal(bu_decide(&bu, &s.world, BU_PROOF_VALID).lifetime_s, 600);
}

int main(void)
{
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	static struct CMUnitTest tests[ROWS + 4];
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(sequence_of_answer),
		cmocka_unit_test(timestamp_of_answer),
		cmocka_unit_test(sequence_model),
		cmocka_unit_test(lifetime_granted),
	};

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){rows[i].name, decides_row, NULL, NULL,
					       (void *)(uintptr_t)&rows[i]};
	memcpy(&tests[ROWS], others, sizeof(others));
	return cmocka_run_group_tests_name("bu_decide", tests, NULL, NULL);
}
