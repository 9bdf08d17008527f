// SPDX-License-Identifier: BSD-2-Clause
/* Owns the good situation: everything a Binding Update needs to be accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "harness/bu_situation.h"

static const uint8_t bad_octets[MH_BAD_LEN];

struct in6_addr situation_address(const char *text)
{
	struct in6_addr out;

	assert_int_equal(inet_pton(AF_INET6, text, &out), 1);
	return out;
}

static void good_packet(struct mh_packet *packet, enum bu_method method)
{
	struct mh_options *options = &packet->message.options;

	packet->source = situation_address("2001:db8:2::2");
	packet->destination = situation_address("2001:db8:1::1");
	packet->has_hao = true;
	packet->hao = situation_address("2001:db8:1::5");
	packet->message.type = IP6_MH_TYPE_BU;
	packet->message.bu.sequence = 100;
	packet->message.bu.flags = IP6_MH_BU_ACK | IP6_MH_BU_HOME;
	packet->message.bu.lifetime = 21600;
	options->has_alt_coa = true;
	options->alt_coa = packet->source;
	if (method == BU_METHOD_CGA) {
		options->cga_layout = MH_CGA_SIGNED;
		options->has_timestamp = true;
		options->timestamp = NTP(NOW);
	} else if (method == BU_METHOD_PHKT) {
		options->bad = (struct span){bad_octets, sizeof(bad_octets)};
	}
}

static void good_entry(struct bcache_entry *entry, enum bu_method method)
{
	bool proven = method != BU_METHOD_NONE;

	entry->hoa = situation_address("2001:db8:1::5");
	entry->state = BCACHE_BOUND;
	entry->context = (struct bcache_context){
		.has_phkt = proven,
		.has_key = proven,
		.has_sequence = true,
		.sequence = 99,
		.timestamp = proven ? NTP(NOW - 60) : 0,
	};
	entry->binding.coa = situation_address("2001:db8:2::2");
	entry->binding.state = BINDING_VERIFIED;
}

void situation_good(struct situation *s, enum bu_method method)
{
	memset(s, 0, sizeof(*s));
	s->prefixes.count = 1;
	s->prefixes.at[0] = (struct prefix){.prefix = situation_address("2001:db8:1::"),
					    .address = situation_address("2001:db8:1::1"),
					    .valid_s = 2592000,
					    .preferred_s = 604800};
	good_packet(&s->packet, method);
	good_entry(&s->entry, method);
	s->world = (struct bu_world){
		.prefixes = &s->prefixes,
		.entry = &s->entry,
		.policy = {true, COA_TEST_NONE, 86400, POLICY_NO_DOMAIN},
		.accepts = true,
		.seen = true,
		.legacy_allowed = method == BU_METHOD_NONE,
		.dad = DAD_OPTIMISTIC,
		.replay = REPLAY_TIMESTAMP,
		.max_lifetime_s = 86400,
		.now_ntp = NTP(NOW),
	};
	s->proof = BU_PROOF_VALID;
}

struct bu_decision situation_decide(const struct situation *s)
{
	struct bu bu;

	bu_read(&s->packet, &bu);
	return bu_decide(&bu, &s->world, s->proof);
}

void situation_as_is(struct situation *s)
{
	(void)s;
}

void situation_no_entry(struct situation *s)
{
	s->world.entry = NULL;
}

void situation_deregister(struct situation *s)
{
	s->packet.message.bu.lifetime = 0;
	s->packet.message.options.has_alt_coa = false;
}

void situation_careof_index(struct situation *s)
{
	s->packet.message.options.has_nonce_indices = true;
	s->packet.message.options.careof_nonce = 7;
	s->packet.message.options.bad = (struct span){bad_octets, sizeof(bad_octets)};
	s->world.careof = BU_CAREOF_VALID;
}

static void decides_row(void **state)
{
	const struct situation_row *row = *state;
	struct situation s;
	struct bu_decision decision;

	situation_good(&s, row->method);
	row->change(&s);
	decision = situation_decide(&s);
	if (decision.verdict != row->verdict)
		fail_msg("verdict %d, expected %d", decision.verdict, row->verdict);
	assert_int_equal(decision.status, row->status);
	assert_int_equal(decision.authenticated, row->authenticated);
	assert_int_equal(decision.lifetime_s, row->lifetime_s);
}

int situation_run(const char *group, const struct situation_row *rows, size_t count,
		  const struct CMUnitTest *others, size_t other_count)
{
	struct CMUnitTest *tests = calloc(count + other_count, sizeof(*tests));
	int failed;

	if (!tests)
		return 1;
	for (size_t i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){rows[i].name, decides_row, NULL, NULL,
					       (void *)(uintptr_t)&rows[i]};
	if (other_count)
		memcpy(tests + count, others, other_count * sizeof(*tests));
	failed = _cmocka_run_group_tests(group, tests, count + other_count, NULL, NULL);
	free(tests);
	return failed;
}
