// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows that pin who may ask for what: protocol 8.6, steps 3 to 12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/bu_situation.h"

static const uint8_t bad_octets[MH_BAD_LEN];

static void to_elsewhere(struct situation *s)
{
	s->packet.destination = situation_address("2001:db8:1::99");
}

static void hoa_multicast(struct situation *s)
{
	s->packet.hao = situation_address("ff02::1");
}

static void hoa_loopback(struct situation *s)
{
	s->packet.hao = situation_address("::1");
}

static void hoa_link_local(struct situation *s)
{
	s->packet.hao = situation_address("fe80::1");
}

static void hoa_ula_off_prefix(struct situation *s)
{
	s->packet.hao = situation_address("fd00::1");
}

static void hoa_is_dar(struct situation *s)
{
	s->packet.hao = situation_address("2001:db8:1::1");
}

static void no_hao(struct situation *s)
{
	s->packet.has_hao = false;
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

static void home_nonce(struct situation *s)
{
	situation_careof_index(s);
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

static void phkt_nearly_used_up(struct situation *s)
{
	s->entry.context.sequence_spent = 32767;
}

static void phkt_used_up(struct situation *s)
{
	s->entry.context.sequence_spent = 32768;
}

static void deregister_unbound_without_phkt(struct situation *s)
{
	situation_deregister(s);
	no_phkt(s);
	s->entry.state = BCACHE_CONTEXT;
}

static void deregister_unbound(struct situation *s)
{
	situation_deregister(s);
	s->entry.state = BCACHE_CONTEXT;
}

static void deregister_twice(struct situation *s)
{
	situation_deregister(s);
	s->entry.state = BCACHE_DELETED;
}

static void deregister_home(struct situation *s)
{
	situation_deregister(s);
	s->packet.has_hao = false;
	s->packet.source = s->packet.hao;
}

static void deregister_with_nonce(struct situation *s)
{
	situation_deregister(s);
	situation_careof_index(s);
}

static void not_anchor(struct situation *s)
{
	s->world.accepts = false;
}

static void not_anchor_off_prefix(struct situation *s)
{
	s->world.accepts = false;
	hoa_ula_off_prefix(s);
}

static void not_anchor_home_flag(struct situation *s)
{
	s->world.accepts = false;
	no_home_flag(s);
}

static void not_anchor_deregister(struct situation *s)
{
	s->world.accepts = false;
	situation_deregister(s);
}

static void not_seen(struct situation *s)
{
	s->world.seen = false;
	s->world.entry = NULL;
}

static void not_seen_off_prefix(struct situation *s)
{
	not_seen(s);
	hoa_ula_off_prefix(s);
}

static void not_seen_bound(struct situation *s)
{
	s->world.seen = false;
}

static void not_seen_context(struct situation *s)
{
	s->world.seen = false;
	s->entry.state = BCACHE_CONTEXT;
}

static void not_seen_tombstone(struct situation *s)
{
	s->world.seen = false;
	s->entry.state = BCACHE_DELETED;
}

static void not_seen_deregister(struct situation *s)
{
	not_seen(s);
	situation_deregister(s);
}

static void nonce_without_bad(struct situation *s)
{
	s->packet.message.options.has_nonce_indices = true;
	s->packet.message.options.careof_nonce = 7;
	s->world.careof = BU_CAREOF_VALID;
}

static void deregister_with_nonce_forged(struct situation *s)
{
	deregister_with_nonce(s);
	s->proof = BU_PROOF_SIGNATURE;
}

static void deregister_with_nonce_unbound(struct situation *s)
{
	deregister_with_nonce(s);
	s->entry.state = BCACHE_CONTEXT;
}

static void deregister_with_home_nonce(struct situation *s)
{
	situation_deregister(s);
	s->packet.message.options.has_nonce_indices = true;
	s->packet.message.options.home_nonce = 1;
}

static void hoa_unspecified(struct situation *s)
{
	s->packet.hao = in6addr_any;
}

static void hoa_mapped(struct situation *s)
{
	s->packet.hao = situation_address("::ffff:192.0.2.1");
}

static const struct situation_row rows[] = {
	{"C-14 HoA unspecified", BU_METHOD_CGA, hoa_unspecified, BU_DROP_HOA_SCOPE, 0, false, 0},
	{"C-14 HoA v4-mapped", BU_METHOD_PHKT, hoa_mapped, BU_DROP_HOA_SCOPE, 0, false, 0},
	{"C-35 another H changes nothing", BU_METHOD_PHKT, no_home_flag, BU_REFUSE_NOT_HOME, 129,
	 false, 0},
	{"signed refresh", BU_METHOD_CGA, situation_as_is, BU_REFRESHED, 0, true, 86400},
	{"C-22 signed, first", BU_METHOD_CGA, situation_no_entry, BU_REGISTERED, 0, true, 86400},
	{"PHKT refresh", BU_METHOD_PHKT, situation_as_is, BU_REFRESHED, 0, true, 86400},
	{"C-24 A bit not set", BU_METHOD_PHKT, no_ack_flag, BU_REFRESHED, 0, true, 86400},
	{"C-12 reserved flags", BU_METHOD_PHKT, reserved_flags, BU_REFRESHED, 0, true, 86400},
	{"step 3 not our address", BU_METHOD_CGA, to_elsewhere, BU_DROP_DESTINATION, 0, false, 0},
	{"C-14 HoA multicast", BU_METHOD_CGA, hoa_multicast, BU_DROP_HOA_SCOPE, 0, false, 0},
	{"C-14 HoA loopback", BU_METHOD_CGA, hoa_loopback, BU_DROP_HOA_SCOPE, 0, false, 0},
	{"C-14 HoA link-local", BU_METHOD_CGA, hoa_link_local, BU_DROP_HOA_SCOPE, 0, false, 0},
	{"C-26 ULA HoA off prefix", BU_METHOD_CGA, hoa_ula_off_prefix, BU_REFUSE_PREFIX, 132, false,
	 0},
	{"C-26 HoA is the DAR's", BU_METHOD_CGA, hoa_is_dar, BU_REFUSE_PREFIX, 132, false, 0},
	{"C-27 no HAO", BU_METHOD_CGA, no_hao, BU_DROP_NO_HAO, 0, false, 0},
	{"C-78 H=0", BU_METHOD_CGA, no_home_flag, BU_REFUSE_NOT_HOME, 129, false, 0},
	{"C-57 layout", BU_METHOD_CGA, layout_broken, BU_REFUSE_CGA_LAYOUT, 148, false, 0},
	{"step 8 BAD without 4", BU_METHOD_CGA, bad_without_nonce, BU_DROP_NONCE_AND_BAD, 0, false,
	 0},
	{"C-78 home index", BU_METHOD_CGA, home_nonce, BU_DROP_HOME_NONCE, 0, false, 0},
	{"step 8 no proof", BU_METHOD_PHKT, no_proof, BU_DROP_NO_PROOF, 0, false, 0},
	{"C-72 no PHKT", BU_METHOD_PHKT, no_phkt, BU_REFUSE_NO_PHKT, 147, false, 0},
	{"T5 PHKT at its last number", BU_METHOD_PHKT, phkt_nearly_used_up, BU_REFRESHED, 0, true,
	 86400},
	{"T5 PHKT used up", BU_METHOD_PHKT, phkt_used_up, BU_REFUSE_NO_PHKT, 147, false, 0},
	{"C-72 no entry", BU_METHOD_PHKT, situation_no_entry, BU_REFUSE_NO_PHKT, 147, false, 0},
	{"C-36 nothing to end", BU_METHOD_PHKT, deregister_unbound_without_phkt,
	 BU_REFUSE_NOT_BOUND, 133, false, 0},
	{"C-36 nothing to end, PHKT", BU_METHOD_PHKT, deregister_unbound, BU_REFUSE_NOT_BOUND, 133,
	 true, 0},
	{"C-36 nothing to end, signed", BU_METHOD_CGA, deregister_unbound, BU_REFUSE_NOT_BOUND, 133,
	 false, 0},
	{"C-37 de-register", BU_METHOD_PHKT, situation_deregister, BU_DEREGISTERED, 0, true, 0},
	{"A-34 de-register signed", BU_METHOD_CGA, situation_deregister, BU_DEREGISTERED, 0, false,
	 0},
	{"step 16 signed, options 4 and 5", BU_METHOD_CGA, deregister_with_nonce,
	 BU_DROP_AUTHENTICATOR, 0, false, 0},
	{"C-37 from home", BU_METHOD_PHKT, deregister_home, BU_DEREGISTERED, 0, true, 0},
	{"de-register again", BU_METHOD_PHKT, deregister_twice, BU_DEREGISTERED, 0, true, 0},
	{"C-25 not an anchor", BU_METHOD_PHKT, not_anchor, BU_REFUSE_NOT_ANCHOR, 131, false, 0},
	{"C-25 before C-26", BU_METHOD_CGA, not_anchor_off_prefix, BU_REFUSE_NOT_ANCHOR, 131, false,
	 0},
	{"C-78 before C-25", BU_METHOD_CGA, not_anchor_home_flag, BU_REFUSE_NOT_HOME, 129, false,
	 0},
	{"C-25 de-register", BU_METHOD_PHKT, not_anchor_deregister, BU_REFUSE_NOT_ANCHOR, 131,
	 false, 0},
	{"A-30 never seen", BU_METHOD_CGA, not_seen, BU_REFUSE_NOT_SEEN, 129, false, 0},
	{"C-26 before A-30", BU_METHOD_CGA, not_seen_off_prefix, BU_REFUSE_PREFIX, 132, false, 0},
	{"A-30 never seen, PHKT", BU_METHOD_PHKT, not_seen, BU_REFUSE_NOT_SEEN, 129, false, 0},
	{"A-30 a binding is enough", BU_METHOD_CGA, not_seen_bound, BU_REFRESHED, 0, true, 86400},
	{"A-30 a context is enough", BU_METHOD_CGA, not_seen_context, BU_REGISTERED, 0, true,
	 86400},
	{"A-30 a tombstone is enough", BU_METHOD_CGA, not_seen_tombstone, BU_REGISTERED, 0, true,
	 86400},
	{"A-30 not for lifetime 0", BU_METHOD_CGA, not_seen_deregister, BU_REFUSE_NOT_BOUND, 133,
	 false, 0},
	{"step 8 option 4 without 5", BU_METHOD_CGA, nonce_without_bad, BU_DROP_NONCE_AND_BAD, 0,
	 false, 0},
	{"C-62 options 4 and 5, forged", BU_METHOD_CGA, deregister_with_nonce_forged,
	 BU_REFUSE_SIGNATURE, 148, false, 0},
	{"C-36 options 4 and 5", BU_METHOD_CGA, deregister_with_nonce_unbound, BU_REFUSE_NOT_BOUND,
	 133, false, 0},
	{"step 9 option 4 at lifetime 0", BU_METHOD_PHKT, deregister_with_home_nonce,
	 BU_DEREGISTERED, 0, true, 0},
};

/* C-81: each end has its own word and a status that is on the wire only where it is answered */
static void names_and_statuses(void **state)
{
	(void)state;
	for (enum bu_verdict a = 0; a < BU_VERDICT_MAX; a++) {
		uint8_t status = bu_verdict_status(a);

		assert_non_null(bu_verdict_name(a));
		assert_true(a >= BU_REFUSE_FIRST ? status >= 128 : status == 0);
		for (enum bu_verdict b = 0; b < a; b++)
			assert_string_not_equal(bu_verdict_name(a), bu_verdict_name(b));
	}
	assert_string_equal(bu_method_name(BU_METHOD_NONE), "legacy");
	assert_string_equal(bu_method_name(BU_METHOD_CGA), "cga");
	assert_string_equal(bu_method_name(BU_METHOD_PHKT), "phkt");
}

/* C-02: the HoA is that of the option; C-16: the CoA is that of option 3; C-45: at lifetime 0 the
 * CoA is the HoA, whatever option 3 says */
static void reads_addresses(void **state)
{
	struct situation s;
	struct bu bu;

	(void)state;
	situation_good(&s, BU_METHOD_PHKT);
	s.packet.message.options.alt_coa = situation_address("2001:db8:2::7");
	bu_read(&s.packet, &bu);
	assert_memory_equal(&bu.hoa, &s.packet.hao, 16);
	assert_memory_equal(&bu.coa, &s.packet.message.options.alt_coa, 16);
	s.packet.message.bu.lifetime = 0;
	bu_read(&s.packet, &bu);
	assert_memory_equal(&bu.coa, &s.packet.hao, 16);
	s.packet.has_hao = false;
	bu_read(&s.packet, &bu);
	assert_memory_equal(&bu.hoa, &s.packet.source, 16);
	assert_memory_equal(&bu.coa, &s.packet.source, 16);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(reads_addresses),
		cmocka_unit_test(names_and_statuses),
	};

	return situation_run("bu_decide", rows, sizeof(rows) / sizeof(rows[0]), others,
			     sizeof(others) / sizeof(others[0]));
}
