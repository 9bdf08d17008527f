// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of what an accepted Binding Update leaves behind (protocol 8.6, steps 20 to 22).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "dar/bu_apply.h"
#include "harness/bu_situation.h"

#define AT(s) ((uint64_t)(s)*CLOCK_SECOND_NS)

static const struct bu_material material = {
	.key_id = {1, 2, 3, 4, 5, 6, 7, 8},
	.phkt = {11, 12, 13, 14, 15, 16, 17, 18},
	.careof_token = {21, 22, 23, 24, 25, 26, 27, 28},
	.path_mtu = 1400,
	.ctx_lifetime_s = 3600,
	.prev_coa_grace_ms = 500,
	.now_boot_ns = AT(50),
};

/* The situation with an entry that has everything there is to be kept or not. */
static void full(struct situation *s, enum bu_method method)
{
	situation_good(s, method);
	s->entry.context.sequence_spent = 5;
	s->entry.context.expires_boot_ns = AT(777);
	memset(s->entry.context.phkt, 0xaa, MH_TOKEN_LEN);
	if (method != BU_METHOD_NONE)
		memcpy(s->entry.context.key_id, material.key_id, BCACHE_KEY_ID_LEN);
	s->entry.binding.prev_coa = situation_address("2001:db8:4::4");
	s->entry.binding.prev_coa_boot_ns = AT(51);
	s->entry.binding.path_mtu = 1290;
	s->entry.binding.path_mtu_boot_ns = AT(600);
	s->entry.binding.careof_token_boot_ns = AT(99);
	memset(s->entry.binding.careof_token, 0xbb, MH_TOKEN_LEN);
	s->entry.binding.auth = BINDING_AUTH_PHKT;
}

static void elsewhere(struct situation *s)
{
	s->entry.binding.coa = situation_address("2001:db8:3::3");
}

static struct bu_effect apply(const struct situation *s)
{
	struct bu_decision decision = situation_decide(s);
	struct bu_effect effect;
	struct bu bu;

	assert_true(decision.verdict < BU_DROP_FIRST);
	bu_read(&s->packet, &bu);
	bu_apply(&bu, &decision, s->world.entry, &material, &effect);
	return effect;
}

static void assert_all(const uint8_t *octets, size_t len, uint8_t value)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(octets[i], value);
}

/* C-67: a signed registration brings a new PHKT and starts the context's life anew */
static void signed_registration(void **state)
{
	struct situation s;
	struct bu_effect effect;

	(void)state;
	full(&s, BU_METHOD_CGA);
	effect = apply(&s);
	assert_int_equal(effect.state, BCACHE_BOUND);
	assert_true(effect.context.has_phkt && effect.context.has_key);
	assert_memory_equal(effect.context.phkt, material.phkt, MH_TOKEN_LEN);
	assert_memory_equal(effect.context.key_id, material.key_id, BCACHE_KEY_ID_LEN);
	assert_true(effect.context.has_sequence);
	assert_int_equal(effect.context.sequence, 100);
	assert_int_equal(effect.context.sequence_spent, 0);
	assert_true(effect.context.timestamp == NTP(NOW));
	assert_true(effect.context.expires_boot_ns == AT(50 + 3600));
	assert_int_equal(effect.binding.auth, BINDING_AUTH_CGA);
	situation_no_entry(&s);
	effect = apply(&s);
	assert_true(effect.context.has_phkt && effect.context.has_key);
	assert_memory_equal(effect.context.phkt, material.phkt, MH_TOKEN_LEN);
	assert_true(effect.context.expires_boot_ns == AT(50 + 3600));
}

/* T5: a PHKT BU keeps the context and spends its numbers */
static void phkt_registration(void **state)
{
	struct situation s;
	struct bu_effect effect;

	(void)state;
	full(&s, BU_METHOD_PHKT);
	s.entry.context.sequence = 65000;
	effect = apply(&s);
	assert_int_equal(effect.context.sequence, 100);
	assert_int_equal(effect.context.sequence_spent, 5 + 636);
	assert_true(effect.context.has_phkt);
	assert_all(effect.context.phkt, MH_TOKEN_LEN, 0xaa);
	assert_true(effect.context.timestamp == NTP(NOW - 60));
	assert_true(effect.context.expires_boot_ns == AT(777));
	assert_int_equal(effect.binding.auth, BINDING_AUTH_PHKT);
}

/* Step 22: a signed de-registration keeps a PHKT, and makes a context without one */
static void signed_deregistration(void **state)
{
	struct situation s;
	struct bu_effect effect;

	(void)state;
	full(&s, BU_METHOD_CGA);
	situation_deregister(&s);
	effect = apply(&s);
	assert_all(effect.context.phkt, MH_TOKEN_LEN, 0xaa);
	assert_int_equal(effect.context.sequence_spent, 5 + 1);
	assert_true(effect.context.expires_boot_ns == AT(777));
	assert_true(effect.context.timestamp == NTP(NOW));
	s.entry.context = (struct bcache_context){.has_sequence = true};
	effect = apply(&s);
	assert_false(effect.context.has_phkt);
	assert_all(effect.context.phkt, MH_TOKEN_LEN, 0);
	assert_true(effect.context.has_key && effect.context.has_sequence);
	assert_memory_equal(effect.context.key_id, material.key_id, BCACHE_KEY_ID_LEN);
	assert_true(effect.context.expires_boot_ns == AT(50 + 3600));
}

/* T5, A-25: a rebooted MN signs with any number; with the old PHKT, recorded BUs were new again */
static void signed_deregistration_with_an_older_number(void **state)
{
	struct situation s;
	struct bu_effect effect;

	(void)state;
	full(&s, BU_METHOD_CGA);
	situation_deregister(&s);
	s.entry.context.sequence = 101;
	effect = apply(&s);
	assert_int_equal(effect.context.sequence, 100);
	assert_in_range(effect.context.sequence_spent, MH_SEQUENCE_WINDOW + 1, UINT16_MAX);
	s.entry.context.sequence_spent = MH_SEQUENCE_WINDOW; /* nothing runs over */
	effect = apply(&s);
	assert_in_range(effect.context.sequence_spent, MH_SEQUENCE_WINDOW + 1, UINT16_MAX);
	s.entry.context.sequence = 100;
	effect = apply(&s);
	assert_int_equal(effect.context.sequence_spent, MH_SEQUENCE_WINDOW);
}

/* A.5: neither key nor time comes with it */
static void legacy_registration(void **state)
{
	struct situation s;
	struct bu_effect effect;

	(void)state;
	situation_good(&s, BU_METHOD_NONE);
	situation_no_entry(&s);
	effect = apply(&s);
	assert_int_equal(effect.binding.auth, BINDING_AUTH_LEGACY);
	assert_false(effect.context.has_key || effect.context.has_phkt);
	assert_true(effect.context.has_sequence);
	assert_int_equal(effect.context.sequence, 100);
	assert_true(effect.context.timestamp == 0 && effect.context.expires_boot_ns == 0);
}

/* C-60: under `replay: seq` nobody is held to a time that was not looked at */
static void seq_keeps_no_timestamp(void **state)
{
	struct situation s;

	(void)state;
	full(&s, BU_METHOD_CGA);
	s.world.replay = REPLAY_SEQ;
	s.packet.message.options.timestamp = NTP(NOW + 1000000);
	assert_true(apply(&s).context.timestamp == NTP(NOW - 60));
}

/* C-38: the old values stay as a tombstone of 10 s, nothing of them runs on */
static void deregistration(void **state)
{
	struct situation s;
	struct bu_effect effect;

	(void)state;
	full(&s, BU_METHOD_PHKT);
	situation_deregister(&s);
	effect = apply(&s);
	assert_int_equal(effect.state, BCACHE_DELETED);
	assert_memory_equal(&effect.binding.coa, &s.entry.binding.coa, 16);
	assert_true(effect.binding.expires_boot_ns == AT(60));
	assert_true(effect.binding.prev_coa_boot_ns == 0 && effect.binding.path_mtu_boot_ns == 0);
	assert_true(effect.binding.careof_token_boot_ns == 0);
	assert_all(effect.binding.careof_token, MH_TOKEN_LEN, 0);
	assert_int_equal(effect.context.sequence, 100);
}

/* the tunnel ends where the BU was sent to */
static void binding_as_asked(void **state)
{
	struct situation s;
	struct bcache_binding binding;

	(void)state;
	situation_good(&s, BU_METHOD_CGA);
	situation_no_entry(&s);
	s.packet.message.bu.lifetime = 100;
	s.world.policy.domain = 2;
	s.world.policy.coa_test = COA_TEST_CONCURRENT;
	binding = apply(&s).binding;
	assert_memory_equal(&binding.coa, &s.packet.source, 16);
	assert_memory_equal(&binding.dar, &s.packet.destination, 16);
	assert_true(binding.expires_boot_ns == AT(450));
	assert_int_equal(binding.lifetime_s, 400);
	assert_int_equal(binding.domain, 3);
	assert_int_equal(binding.state, BINDING_UNVERIFIED);
	assert_int_equal(binding.path_mtu, 1400);
	assert_true(binding.path_mtu_boot_ns == 0 && binding.prev_coa_boot_ns == 0);
}

/* What was learnt about a CoA is kept with it: grace, path MTU, token */
static void same_coa_keeps(void **state)
{
	struct situation s;
	struct bcache_binding binding;

	(void)state;
	full(&s, BU_METHOD_PHKT);
	binding = apply(&s).binding;
	assert_memory_equal(&binding.prev_coa, &s.entry.binding.prev_coa, 16);
	assert_true(binding.prev_coa_boot_ns == AT(51));
	assert_int_equal(binding.path_mtu, 1290);
	assert_true(binding.path_mtu_boot_ns == AT(600));
	assert_all(binding.careof_token, MH_TOKEN_LEN, 0xbb);
	assert_true(binding.careof_token_boot_ns == AT(99));
	/* nothing learnt: the route's */
	s.entry.binding.path_mtu_boot_ns = 0;
	assert_int_equal(apply(&s).binding.path_mtu, 1400);
}

/* another CoA has no token yet; the old one is good for a moment if it was verified */
static void other_coa(void **state)
{
	struct situation s;
	struct bcache_binding binding;

	(void)state;
	full(&s, BU_METHOD_PHKT);
	elsewhere(&s);
	binding = apply(&s).binding;
	assert_memory_equal(&binding.prev_coa, &s.entry.binding.coa, 16);
	assert_true(binding.prev_coa_boot_ns == AT(50) + 500000000);
	assert_int_equal(binding.path_mtu, 1400);
	assert_true(binding.path_mtu_boot_ns == 0 && binding.careof_token_boot_ns == 0);
	assert_all(binding.careof_token, MH_TOKEN_LEN, 0);
	s.entry.binding.state = BINDING_UNVERIFIED;
	binding = apply(&s).binding;
	assert_memory_equal(&binding.prev_coa, &in6addr_any, 16);
	assert_true(binding.prev_coa_boot_ns == 0);
}

/* A tombstone is no binding: nothing of it comes back */
static void tombstone_keeps_nothing(void **state)
{
	struct situation s;
	struct bcache_binding binding;

	(void)state;
	for (int moved = 0; moved < 2; moved++) {
		full(&s, BU_METHOD_PHKT);
		s.entry.state = BCACHE_DELETED;
		if (moved)
			elsewhere(&s);
		binding = apply(&s).binding;
		assert_memory_equal(&binding.prev_coa, &in6addr_any, 16);
		assert_true(binding.prev_coa_boot_ns == 0 && binding.path_mtu_boot_ns == 0);
		assert_true(binding.careof_token_boot_ns == 0);
		assert_int_equal(binding.path_mtu, 1400);
		assert_all(binding.careof_token, MH_TOKEN_LEN, 0);
	}
}

/* C-77: each early BU with option 15 replaces the token, for its 210 s */
static void new_token(void **state)
{
	struct situation s;
	struct bcache_binding binding;

	(void)state;
	for (int moved = 0; moved < 2; moved++) {
		full(&s, BU_METHOD_PHKT);
		s.packet.message.options.careof_test_init = true;
		if (moved)
			elsewhere(&s);
		binding = apply(&s).binding;
		assert_memory_equal(binding.careof_token, material.careof_token, MH_TOKEN_LEN);
		assert_true(binding.careof_token_boot_ns == AT(50 + 210));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_registration),
		cmocka_unit_test(phkt_registration),
		cmocka_unit_test(signed_deregistration),
		cmocka_unit_test(signed_deregistration_with_an_older_number),
		cmocka_unit_test(legacy_registration),
		cmocka_unit_test(seq_keeps_no_timestamp),
		cmocka_unit_test(deregistration),
		cmocka_unit_test(binding_as_asked),
		cmocka_unit_test(same_coa_keeps),
		cmocka_unit_test(other_coa),
		cmocka_unit_test(tombstone_keeps_nothing),
		cmocka_unit_test(new_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
