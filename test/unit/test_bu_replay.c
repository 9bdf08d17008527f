// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows that pin what is new, what is proven and what load asks for: 8.6, steps 13 to 16.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/bu_situation.h"

static void late_after_deregistration(struct situation *s)
{
	s->entry.state = BCACHE_DELETED;
	s->entry.context.sequence = 100;
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

static void overtaken(struct situation *s)
{
	s->world.overtaken = true;
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
	situation_no_entry(s);
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

static void by_sequence(struct situation *s)
{
	s->world.replay = REPLAY_SEQ;
}

static void by_sequence_without_timestamp(struct situation *s)
{
	by_sequence(s);
	no_timestamp(s);
}

static void by_sequence_repeated(struct situation *s)
{
	by_sequence(s);
	sequence_repeated(s);
}

static void by_sequence_repeated_unproven(struct situation *s)
{
	by_sequence_repeated(s);
	s->proof = BU_PROOF_UNKNOWN;
}

static void by_sequence_edge(struct situation *s)
{
	by_sequence(s);
	sequence_edge(s);
}

static void by_sequence_over_edge(struct situation *s)
{
	by_sequence(s);
	sequence_over_edge(s);
}

static void by_sequence_old_timestamp(struct situation *s)
{
	by_sequence(s);
	s->packet.message.options.timestamp = NTP(NOW - 1000);
}

static void by_sequence_clock_behind(struct situation *s)
{
	by_sequence(s);
	clock_behind(s);
}

static void by_sequence_first(struct situation *s)
{
	by_sequence(s);
	situation_no_entry(s);
	s->world.not_before_ntp = NTP(NOW + 3);
}

static void proof_careof(struct situation *s)
{
	situation_careof_index(s);
	s->proof = BU_PROOF_CAREOF;
	s->packet.message.options.timestamp = NTP(NOW - 100); /* dropped before 144 is told */
}

static void loaded(struct situation *s)
{
	s->world.loaded = true;
	s->proof = BU_PROOF_UNKNOWN;
}

static void loaded_proven(struct situation *s)
{
	loaded(s);
	situation_careof_index(s);
	s->world.careof_proven = true;
}

static void loaded_forged_token(struct situation *s)
{
	loaded(s);
	situation_careof_index(s);
}

static void loaded_checked_already(struct situation *s)
{
	loaded(s);
	s->proof = BU_PROOF_VALID;
}

static void loaded_deregister(struct situation *s)
{
	loaded(s);
	situation_deregister(s);
}

static void loaded_no_timestamp(struct situation *s)
{
	loaded(s);
	no_timestamp(s);
}

static void loaded_by_sequence(struct situation *s)
{
	loaded(s);
	by_sequence_repeated_unproven(s);
}

static void loaded_coa_source(struct situation *s)
{
	loaded(s);
	s->packet.message.options.alt_coa = situation_address("2001:db8:2::3");
}

static const struct situation_row rows[] = {
	{"C-21 signed, overtaken by a later BU", BU_METHOD_CGA, overtaken, BU_REFUSE_SEQUENCE, 135,
	 false, 0},
	{"C-38 late BU", BU_METHOD_PHKT, late_after_deregistration, BU_REFUSE_SEQUENCE, 135, true,
	 0},
	{"C-21 sequence repeated", BU_METHOD_PHKT, sequence_repeated, BU_REFUSE_SEQUENCE, 135, true,
	 0},
	{"C-20 step 32767", BU_METHOD_PHKT, sequence_edge, BU_REFRESHED, 0, true, 86400},
	{"C-20 step 32768", BU_METHOD_PHKT, sequence_over_edge, BU_REFUSE_SEQUENCE, 135, true, 0},
	{"C-60 no timestamp", BU_METHOD_CGA, no_timestamp, BU_REFUSE_NO_TIMESTAMP, 145, false, 0},
	{"C-60 timestamp repeated", BU_METHOD_CGA, timestamp_repeated, BU_REFUSE_TIMESTAMP, 144,
	 false, 0},
	{"C-60 7 s and a bit old", BU_METHOD_CGA, timestamp_early, BU_REFUSE_TIMESTAMP, 144, false,
	 0},
	{"C-60 7 s ahead", BU_METHOD_CGA, timestamp_edge, BU_REFRESHED, 0, true, 86400},
	{"C-60 over 7 s ahead", BU_METHOD_CGA, timestamp_ahead, BU_REFUSE_TIMESTAMP, 144, false, 0},
	{"8.8 before the restart?", BU_METHOD_CGA, after_restart, BU_REFUSE_CLOCK, 130, false, 0},
	{"8.8 a context decides", BU_METHOD_CGA, after_restart_bound, BU_REFRESHED, 0, true, 86400},
	{"8.8 clock went back", BU_METHOD_CGA, clock_behind, BU_REFUSE_CLOCK, 130, false, 0},
	{"A-25 rebooted MN", BU_METHOD_CGA, rebooted_mn, BU_REFRESHED, 0, true, 86400},
	{"ask for the proof", BU_METHOD_CGA, proof_unknown, BU_PROVE, 0, false, 0},
	{"ask for the proof, PHKT", BU_METHOD_PHKT, proof_unknown, BU_PROVE, 0, false, 0},
	{"C-46 authenticator", BU_METHOD_PHKT, proof_authenticator, BU_DROP_AUTHENTICATOR, 0, false,
	 0},
	{"C-62 signature", BU_METHOD_CGA, proof_signature, BU_REFUSE_SIGNATURE, 148, false, 0},
	{"C-65 key shape", BU_METHOD_CGA, proof_key_shape, BU_REFUSE_KEY_SHAPE, 129, false, 0},
	{"C-62 CGA", BU_METHOD_CGA, proof_cga, BU_REFUSE_CGA, 148, false, 0},
	{"A-30 key changed", BU_METHOD_CGA, proof_key_changed, BU_REFUSE_KEY_CHANGED, 148, false,
	 0},
	{"C-66 budget", BU_METHOD_CGA, proof_budget, BU_REFUSE_BUDGET, 130, false, 0},
	{"C-60 seq: the number decides", BU_METHOD_CGA, by_sequence, BU_REFRESHED, 0, true, 86400},
	{"C-60 seq: option 10 absent", BU_METHOD_CGA, by_sequence_without_timestamp, BU_REFRESHED,
	 0, true, 86400},
	{"C-60 seq: repeated", BU_METHOD_CGA, by_sequence_repeated, BU_REFUSE_SEQUENCE, 135, false,
	 0},
	{"C-60 seq: before the proof", BU_METHOD_CGA, by_sequence_repeated_unproven,
	 BU_REFUSE_SEQUENCE, 135, false, 0},
	{"C-20 seq: step 32767", BU_METHOD_CGA, by_sequence_edge, BU_REFRESHED, 0, true, 86400},
	{"C-20 seq: step 32768", BU_METHOD_CGA, by_sequence_over_edge, BU_REFUSE_SEQUENCE, 135,
	 false, 0},
	{"C-60 seq: a timestamp is ignored", BU_METHOD_CGA, by_sequence_old_timestamp, BU_REFRESHED,
	 0, true, 86400},
	{"C-60 seq: the clock is ignored", BU_METHOD_CGA, by_sequence_clock_behind, BU_REFRESHED, 0,
	 true, 86400},
	{"C-22 seq: no state", BU_METHOD_CGA, by_sequence_first, BU_REGISTERED, 0, true, 86400},
	{"C-46 MAC over the token", BU_METHOD_CGA, proof_careof, BU_DROP_AUTHENTICATOR, 0, false,
	 0},
	{"G4 loaded", BU_METHOD_CGA, loaded, BU_REFUSE_LOADED, 137, false, 0},
	{"G4 loaded, token shown", BU_METHOD_CGA, loaded_proven, BU_PROVE, 0, false, 0},
	{"G4 loaded, token not keyed", BU_METHOD_CGA, loaded_forged_token, BU_REFUSE_LOADED, 137,
	 false, 0},
	{"G4 loaded, but checked already", BU_METHOD_CGA, loaded_checked_already, BU_REFRESHED, 0,
	 true, 86400},
	{"G4 loaded, de-register", BU_METHOD_CGA, loaded_deregister, BU_REFUSE_BUDGET, 130, false,
	 0},
	{"G4 loaded, PHKT", BU_METHOD_PHKT, loaded, BU_PROVE, 0, false, 0},
	{"C-60 before G4", BU_METHOD_CGA, loaded_no_timestamp, BU_REFUSE_NO_TIMESTAMP, 145, false,
	 0},
	{"C-21 before G4", BU_METHOD_CGA, loaded_by_sequence, BU_REFUSE_SEQUENCE, 135, false, 0},
	{"C-17 before G4", BU_METHOD_CGA, loaded_coa_source, BU_REFUSE_COA_SOURCE, 174, false, 0},
};

/* C-21: the last accepted number; C-23: otherwise the BU's own */
static void sequence_of_answer(void **state)
{
	struct situation s;

	(void)state;
	situation_good(&s, BU_METHOD_PHKT);
	s.entry.context.sequence = 4711;
	assert_int_equal(situation_decide(&s).sequence, 4711);
	s.entry.context.sequence = 99;
	assert_int_equal(situation_decide(&s).sequence, 100);
}

/* C-61: low word as sent, high word max(own seconds, last accepted + 1) */
static void timestamp_of_answer(void **state)
{
	struct situation s;

	(void)state;
	situation_good(&s, BU_METHOD_CGA);
	s.packet.message.options.timestamp = NTP(NOW - 100) | 0x1234;
	assert_true(situation_decide(&s).timestamp == (NTP(NOW) | 0x1234));
	s.packet.message.options.timestamp = NTP(NOW + 5) | 0x1234;
	s.entry.context.timestamp = NTP(NOW + 6);
	assert_true(situation_decide(&s).timestamp == (NTP(NOW + 7) | 0x1234));
}

/* C-60: what was accepted is remembered, what was not looked at is not */
static void timestamp_to_remember(void **state)
{
	struct situation s;

	(void)state;
	situation_good(&s, BU_METHOD_CGA);
	assert_true(situation_decide(&s).timestamp == NTP(NOW));
	situation_deregister(&s);
	assert_true(situation_decide(&s).timestamp == NTP(NOW));
	by_sequence(&s);
	assert_true(situation_decide(&s).timestamp == 0);
	situation_good(&s, BU_METHOD_PHKT);
	s.packet.message.options.has_timestamp = true;
	s.packet.message.options.timestamp = NTP(NOW); /* */
	assert_true(situation_decide(&s).timestamp == 0);
}

/* RFC 6275 section 9.5.1 in its own words: last, and the 32768 values before it, are old */
static bool is_old_by_rfc(uint16_t received, uint16_t last)
{
	for (uint32_t before = 0; before <= 32768; before++) {
		if (received == (uint16_t)(last - before))
			return true;
	}
	return false;
}

/* T5, C-20: every last number against every edge of the window */
static void sequence_model(void **state)
{
	static const uint16_t steps[] = {0,     1,     2,     3,     32765, 32766,
					 32767, 32768, 32769, 65534, 65535};
	static const bool newer[] = {false, true,  true,  true,  true, true,
				     true,  false, false, false, false};

	(void)state;
	for (uint32_t last = 0; last <= UINT16_MAX; last++) {
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			assert_true(sequence_is_newer((uint16_t)(last + steps[i]),
						      (uint16_t)last) == newer[i]);
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		assert_true(is_old_by_rfc((uint16_t)(15 + steps[i]), 15) != newer[i]);
}

/* C-20: every number there is against some that were last */
static void sequence_window(void **state)
{
	static const uint16_t lasts[] = {0, 15, 0x7fff, 0x8000, 0xffff};

	(void)state;
	for (size_t i = 0; i < sizeof(lasts) / sizeof(lasts[0]); i++) {
		for (uint32_t n = 0; n <= UINT16_MAX; n++) {
			uint32_t step = (n + 65536 - lasts[i]) % 65536;

			assert_true(sequence_is_newer((uint16_t)n, lasts[i]) ==
				    (step != 0 && step < 32768));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(sequence_of_answer),    cmocka_unit_test(timestamp_of_answer),
		cmocka_unit_test(timestamp_to_remember), cmocka_unit_test(sequence_model),
		cmocka_unit_test(sequence_window),
	};

	return situation_run("bu_replay", rows, sizeof(rows) / sizeof(rows[0]), others,
			     sizeof(others) / sizeof(others[0]));
}
