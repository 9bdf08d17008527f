// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/dar_bu: in which order an accepted BU takes effect, what its failure
 * leaves, what waits for RSA (C-66, C-83, 8.8). All but the decision is played here. */
#include <errno.h>
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/phkt.h"
#include "dar/bu_apply.h"
#include "dar/bu_queue.h"
#include "dar/bu_sight.h"
#include "dar/dar_private.h"
#include "harness/bu_situation.h"
#include "harness/crypto_group.h"

static struct config config;
static struct dar dar;
static struct situation good;
static const struct ingress from = {.ifindex = 7};
static char trace[256]; /* what was done, in order */
static int queue_result, dad_result, commit_result, keep_result;
static enum bu_proof key_proof, signature_proof;
static uint8_t phkt[2][MH_TOKEN_LEN]; /* the last that was sent, and the one before */
static uint8_t token[2][MH_TOKEN_LEN];
static struct bu_effect effect;
static struct bu_before before;
static bool authentic;
static struct ba sent;
static enum bu_verdict verdict; /* of the BA */

static void did(const char *what)
{
	snprintf(trace + strlen(trace), sizeof(trace) - strlen(trace), "%s ", what);
}

static void asked(const char *what)
{
	assert_string_equal(trace, what);
	trace[0] = '\0';
}

void bu_sight_read(struct dar *of, const struct bu *bu, const struct ingress *in,
		   struct bu_sight *out)
{
	(void)of, (void)bu, (void)in;
	*out = (struct bu_sight){.world = good.world,
				 .entry = good.world.entry ? &good.entry : NULL};
}

struct bcache_claim bu_sight_claim(const struct bu_sight *sight, const struct bu *bu,
				   const uint8_t *key_id)
{
	(void)sight;
	return (struct bcache_claim){.key_id = key_id, .coa = &bu->coa};
}

void bu_sight_room(const struct dar *of, const struct bu *bu, const uint8_t *key_id,
		   struct bu_sight *sight)
{
	(void)of, (void)bu, (void)sight;
	did(!key_id ? "room" : key_id[0] == 7 ? "room-of-key" : "room-of-no-key");
}

void bu_sight_kbm(const struct bu_sight *sight, const struct bu *bu, uint8_t kbm[static KBM_LEN])
{
	(void)sight, (void)bu;
	memset(kbm, 1, KBM_LEN);
}

bool bu_authenticator_valid(const struct bu *bu, const uint8_t kbm[static KBM_LEN])
{
	(void)bu;
	return authentic && kbm[0] == 1;
}

enum bu_proof bu_prove_key(const struct bu *bu, const struct bcache_entry *entry, uint32_t rsa_min,
			   struct bu_key *out)
{
	(void)bu, (void)entry, (void)rsa_min;
	memset(out->key_id, 7, sizeof(out->key_id));
	return key_proof;
}

enum bu_proof bu_prove_signature(const struct bu *bu, const struct bu_key *key,
				 struct rsa_key **out)
{
	(void)bu, (void)key;
	*out = NULL;
	did("rsa");
	return signature_proof;
}

int bu_queue_add(struct bu_queue *queue, const struct bu *bu, const struct ingress *in,
		 const struct bu_before *was)
{
	(void)queue, (void)bu;
	assert_ptr_equal(in, &from);
	before = *was;
	did("queue");
	return queue_result;
}

void bu_queue_turned_away(struct bu_queue *queue)
{
	(void)queue;
	did("turned-away");
}

int dad_test(struct dad *dad, const struct bu *bu, const struct ingress *in,
	     const struct bu_before *was)
{
	(void)dad, (void)bu, (void)in;
	before = *was;
	did("dad");
	return dad_result;
}

ssize_t phkt_encrypt(const struct rsa_key *key, const uint8_t fresh[static MH_TOKEN_LEN],
		     uint8_t *out, size_t size)
{
	(void)key, (void)size;
	memcpy(phkt[1], phkt[0], MH_TOKEN_LEN);
	memcpy(phkt[0], fresh, MH_TOKEN_LEN);
	memcpy(out, fresh, MH_TOKEN_LEN);
	return MH_TOKEN_LEN;
}

uint16_t binding_route_mtu(const struct dar *of, const struct in6_addr *coa, uint64_t now)
{
	(void)of, (void)coa, (void)now;
	return 1400;
}

void replay_floor_raise(struct dar *of)
{
	(void)of;
	did("floor");
}

int durable_context_keep(struct dar *of, const struct in6_addr *hoa,
			 const struct bcache_context *context)
{
	(void)of, (void)hoa;
	assert_int_equal(context->sequence, good.packet.message.bu.sequence);
	did("keep");
	return keep_result;
}

int binding_commit(struct dar *of, const struct in6_addr *hoa, struct bcache_entry *entry,
		   const struct bu_effect *what)
{
	(void)of, (void)hoa;
	assert_non_null(entry);
	effect = *what;
	did("commit");
	return commit_result;
}

void interception_begin(struct dar *of, const struct bu *bu)
{
	(void)of, (void)bu;
	did("intercept");
}

void interception_welcome_home(struct dar *of, const struct bu *bu, const struct ingress *in)
{
	(void)of, (void)bu, (void)in;
	did("welcome");
}

void ba_send(struct dar *of, const struct ba *ba, const struct ingress *in)
{
	(void)of, (void)in;
	sent = *ba;
	verdict = ba->decision->verdict;
	if (ba->careof_token) {
		memcpy(token[1], token[0], MH_TOKEN_LEN);
		memcpy(token[0], ba->careof_token, MH_TOKEN_LEN);
	}
	did("ba");
}

static void set_up(enum bu_method method)
{
	static const uint8_t mac[MH_BAD_LEN];

	situation_good(&good, method);
	if (method == BU_METHOD_PHKT)
		good.packet.message.options.bad = (struct span){mac, sizeof(mac)};
	dar = (struct dar){.config = &config, .bcache = dar.bcache, .prefixes = good.prefixes};
	queue_result = dad_result = commit_result = keep_result = 0;
	key_proof = signature_proof = BU_PROOF_VALID;
	authentic = true;
	trace[0] = '\0';
}

static void receive(void)
{
	dar_bu_receive(&dar, &good.packet, &from);
}

static void check(uint16_t was)
{
	const struct bu_before then = {.has_sequence = true, .sequence = was};

	dar_bu_check(&dar, &good.packet, &from, &then);
}

/* 8.8: a later agent must know, C-83: and the data plane, before the MN does. */
static void c83_what_is_told_has_happened(void **state)
{
	(void)state;
	set_up(BU_METHOD_CGA);
	good.entry.state = BCACHE_CONTEXT;
	check(99);
	asked("rsa room-of-key floor keep commit intercept ba ");
	assert_int_equal(verdict, BU_REGISTERED);
	assert_int_equal(effect.binding.path_mtu, 1400);
	assert_int_equal(effect.context.key_id[0], 7);
	set_up(BU_METHOD_PHKT);
	receive();
	asked("room commit ba "); /* no disk, no new interception */
	assert_int_equal(verdict, BU_REFRESHED);
	assert_null(sent.phkt.at);
	situation_deregister(&good);
	receive();
	asked("room commit welcome ba ");
	assert_int_equal(verdict, BU_DEREGISTERED);
	authentic = false;
	receive();
	asked(""); /* silence */
	assert_int_equal(dar.stats.verdicts[BU_DROP_AUTHENTICATOR], 1);
}

static void c83_what_failed_is_not_told(void **state)
{
	static const struct {
		int keep, commit;
		enum bu_verdict verdict;
		const char *done;
	} rows[] = {
		{-EIO, 0, BU_REFUSE_INTERNAL, "rsa room-of-key floor keep ba "},
		{0, -EIO, BU_REFUSE_INTERNAL, "rsa room-of-key floor keep commit ba "},
		{0, -E2BIG, BU_REFUSE_TABLE_FULL, "rsa room-of-key floor keep commit ba "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up(BU_METHOD_CGA);
		situation_no_entry(&good);
		good.world.policy.coa_test = COA_TEST_CONCURRENT;
		good.packet.message.options.careof_test_init = true;
		keep_result = rows[i].keep;
		commit_result = rows[i].commit;
		check(99);
		asked(rows[i].done);
		assert_int_equal(verdict, rows[i].verdict);
		assert_null(sent.phkt.at);
		assert_null(sent.careof_token);
		assert_int_equal(dar.stats.verdicts[rows[i].verdict], 1);
		assert_null(bcache_find(dar.bcache, &good.entry.hoa)); /* nothing for it */
	}
}

/* C-67, C-77: fresh each time, and what the BA carries is what the context has. */
static void c67_tokens_are_random(void **state)
{
	static const uint8_t zeros[MH_TOKEN_LEN];

	(void)state;
	for (int i = 0; i < 2; i++) {
		set_up(BU_METHOD_CGA);
		good.world.policy.coa_test = COA_TEST_CONCURRENT;
		good.packet.message.options.careof_test_init = true;
		check(99);
		assert_int_equal(verdict, BU_REFRESHED);
		assert_memory_equal(effect.context.phkt, phkt[0], MH_TOKEN_LEN);
		assert_memory_equal(effect.binding.careof_token, token[0], MH_TOKEN_LEN);
		assert_memory_not_equal(phkt[0], token[0], MH_TOKEN_LEN);
		assert_memory_not_equal(phkt[0], zeros, MH_TOKEN_LEN);
		assert_memory_not_equal(token[0], zeros, MH_TOKEN_LEN);
	}
	assert_memory_not_equal(phkt[0], phkt[1], MH_TOKEN_LEN);
	assert_memory_not_equal(token[0], token[1], MH_TOKEN_LEN);
}

static void c66_what_is_signed_waits_for_its_turn(void **state)
{
	static const struct {
		int result;
		const char *done;
		enum dar_counter counter;
	} rows[] = {
		{0, "queue ", DAR_SIGNATURES_QUEUED},
		{-EALREADY, "queue ", DAR_SIGNATURES_REPEATED},
		{-EBUSY, "queue ba ", DAR_SIGNATURES_SHED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up(BU_METHOD_CGA);
		queue_result = rows[i].result;
		receive();
		asked(rows[i].done);
		assert_int_equal(dar.stats.counters[rows[i].counter], 1);
		assert_true(before.has_sequence);
		assert_int_equal(before.sequence, 99);
	}
	assert_int_equal(verdict, BU_REFUSE_BUDGET);
	key_proof = BU_PROOF_CGA; /* cheap to see: no place in the queue */
	receive();
	asked("ba ");
	assert_int_equal(verdict, BU_REFUSE_CGA);
}

static void c66_loaded_asks_for_a_token_once(void **state)
{
	(void)state;
	set_up(BU_METHOD_CGA);
	good.world.loaded = true;
	receive();
	asked("turned-away ba ");
	assert_int_equal(verdict, BU_REFUSE_LOADED);
	check(99); /* came when none was asked for */
	assert_int_equal(verdict, BU_REFRESHED);
}

/* C-21: a BU by PHKT with a later number was accepted while this one waited. */
static void c21_overtaken(void **state)
{
	(void)state;
	set_up(BU_METHOD_CGA);
	good.entry.context.sequence = 100; /* as that of the BU */
	check(99);
	asked("ba ");
	assert_int_equal(verdict, BU_REFUSE_SEQUENCE);
	good.entry.context.sequence = 99;
	check(98);
	assert_int_equal(verdict, BU_REFRESHED);
	good.entry.context.sequence = 200; /* a rebooted MN's: nothing came in between */
	check(200);
	assert_int_equal(verdict, BU_REFRESHED);
}

static void c40_strict_dad_waits_or_is_busy(void **state)
{
	(void)state;
	set_up(BU_METHOD_CGA);
	good.entry.state = BCACHE_CONTEXT;
	good.world.dad = DAD_STRICT;
	check(99);
	asked("rsa room-of-key dad ");
	assert_int_equal(before.sequence, 99);
	dad_result = -EBUSY;
	check(99);
	asked("rsa room-of-key dad ba ");
	assert_int_equal(verdict, BU_REFUSE_BUDGET);
	dar_bu_tested(&dar, &good.packet, &from, &before, BU_DAD_TAKEN);
	assert_int_equal(verdict, BU_REFUSE_DAD);
	dar_bu_tested(&dar, &good.packet, &from, &before, BU_DAD_FREE);
	assert_int_equal(verdict, BU_REGISTERED);
	good.entry.context.sequence = 100; /* while it waited */
	dar_bu_tested(&dar, &good.packet, &from, &before, BU_DAD_FREE);
	assert_int_equal(verdict, BU_REFUSE_SEQUENCE);
}

int main(void)
{
	static const struct bcache_limits limits = {.binding_max = 4, .context_max = 4};
	static const struct bcache_hooks hooks;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(c83_what_is_told_has_happened),
		cmocka_unit_test(c83_what_failed_is_not_told),
		cmocka_unit_test(c67_tokens_are_random),
		cmocka_unit_test(c66_what_is_signed_waits_for_its_turn),
		cmocka_unit_test(c66_loaded_asks_for_a_token_once),
		cmocka_unit_test(c21_overtaken),
		cmocka_unit_test(c40_strict_dad_waits_or_is_busy),
	};
	struct event_base *base = event_base_new();
	int failed;

	dar.bcache = bcache_new(base, &limits, &hooks);
	failed =
		cmocka_run_group_tests_name("dar_bu", tests, crypto_group_start, crypto_group_stop);
	bcache_free(dar.bcache);
	event_base_free(base);
	return failed;
}
