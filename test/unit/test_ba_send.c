// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/ba_send: who is answered how often, and what is signed (8.4, 8.6, C-74).
 * The way out and the DAR's own proof are played here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "crypto/keypair.h"
#include "dar/dar_private.h"
#include "harness/bu_situation.h"
#include "harness/crypto_group.h"

enum {
	MODULUS_LEN = 128,
	PARAMS_LEN = 187,
	GLOBAL = 4,
	OF_A_SOURCE = 2,
	SIGNATURES = 3,
	SIGNATURES_FOR_STRANGERS = 1
};

static const uint8_t kbm[KBM_LEN] = {1};
static struct dar *dar;
static struct situation good;
static unsigned int replies, proofs;
static struct mh_packet last;
static uint8_t octets[IP6_MIN_MTU];

uint64_t clock_boot_ns(void)
{
	return CLOCK_SECOND_NS; /* it stands still: no bucket fills up */
}

int reply_send(struct dar *of, const struct ingress *from, const struct in6_addr *destination,
	       const uint8_t *packet, size_t len)
{
	(void)of, (void)from, (void)destination;
	memcpy(octets, packet, len);
	assert_int_equal(mh_packet_parse(octets, len, &last), MH_OK);
	replies++;
	return 0;
}

/* Of no key: what they say is not looked at. */
struct span dar_proof_params(const struct dar *of, const struct in6_addr *own, uint8_t *out,
			     size_t size)
{
	(void)of, (void)own;
	memset(out, 0, size);
	return (struct span){out, PARAMS_LEN};
}

size_t keypair_modulus_len(const struct keypair *key)
{
	(void)key;
	return MODULUS_LEN;
}

int dar_proof_sign(struct dar *of, const struct in6_addr *coa, const struct in6_addr *own,
		   struct mh_built *mh)
{
	(void)of, (void)coa, (void)own, (void)mh;
	proofs++;
	return 0;
}

static void set_up(enum bu_method method)
{
	free(dar);
	dar = calloc(1, sizeof(*dar));
	assert_non_null(dar);
	ratelimit_init(&dar->reply_global, 1, GLOBAL, CLOCK_SECOND_NS);
	for (int i = 0; i < DAR_REPLY_BUCKETS; i++)
		ratelimit_init(&dar->reply_source[i], 1, OF_A_SOURCE, CLOCK_SECOND_NS);
	ratelimit_init(&dar->own_signatures, 1, SIGNATURES, CLOCK_SECOND_NS);
	ratelimit_init(&dar->own_signatures_strangers, 1, SIGNATURES_FOR_STRANGERS,
		       CLOCK_SECOND_NS);
	situation_good(&good, method);
	replies = proofs = 0;
}

static void answer_as(const struct bu_decision *decision, const uint8_t *key, bool may_sign)
{
	const struct ingress from = {.ifindex = 7};
	struct bu bu;
	struct ba ba = {.bu = &bu, .decision = decision, .kbm = key, .may_sign = may_sign};

	bu_read(&good.packet, &bu);
	ba_send(dar, &ba, &from);
}

static const struct bu_decision refused = {
	.verdict = BU_REFUSE_NO_PHKT,
	.status = IP6_MH_BAS_PHKT_UNAVAILABLE,
	.timestamp = NTP(5),
};
static const struct bu_decision accepted = {.verdict = BU_REFRESHED, .lifetime_s = 40};

/* 8.6: one who asks on and on silences himself alone. */
static void strangers_have_a_rate_of_their_own_and_one_in_all(void **state)
{
	(void)state;
	set_up(BU_METHOD_PHKT);
	for (int i = 0; i < 10; i++)
		answer_as(&refused, NULL, true);
	assert_int_equal(replies, OF_A_SOURCE);
	assert_int_equal(dar->stats.counters[DAR_BA_SUPPRESSED], 10 - OF_A_SOURCE);
	assert_int_equal(ratelimit_tokens(&dar->reply_global, CLOCK_SECOND_NS),
			 GLOBAL - OF_A_SOURCE);
	for (unsigned int i = 0; i < 20; i++) {
		good.packet.source.s6_addr[14] = (uint8_t)(i + 1);
		answer_as(&refused, NULL, true);
	}
	assert_int_equal(replies, GLOBAL);
}

static void who_has_proven_himself_is_always_answered(void **state)
{
	(void)state;
	set_up(BU_METHOD_PHKT);
	for (int i = 0; i < 10; i++) {
		answer_as(&refused, kbm, true);   /* by PHKT */
		answer_as(&accepted, NULL, true); /* a signed de-registration */
	}
	assert_int_equal(replies, 20);
}

static void the_timestamp_is_for_signed_bus(void **state)
{
	(void)state;
	set_up(BU_METHOD_CGA);
	answer_as(&accepted, kbm, true); /* that of the BU; with 144 our own */
	assert_true(last.message.options.timestamp == NTP(NOW));
	answer_as(&refused, NULL, true);
	assert_true(last.message.options.timestamp == NTP(5));
	set_up(BU_METHOD_PHKT);
	good.packet.message.options.timestamp = NTP(NOW);
	answer_as(&accepted, kbm, true);
	answer_as(&refused, kbm, true);
	assert_false(last.message.options.has_timestamp);
	assert_int_equal(replies, 2);
}

/* C-74: strangers cannot use up the signatures of those who have proven themselves. */
static void c74_signatures_are_bounded(void **state)
{
	(void)state;
	set_up(BU_METHOD_CGA);
	answer_as(&accepted, kbm, true);
	assert_int_equal(dar->stats.counters[DAR_BA_SIGNED], 0); /* nobody asked */
	good.packet.message.options.cga_request = true;
	answer_as(&accepted, kbm, false);
	assert_int_equal(dar->stats.counters[DAR_BA_SIGNED], 0); /* not now */
	assert_int_equal(dar->stats.counters[DAR_BA_SIGNED_SUPPRESSED], 1);
	answer_as(&refused, NULL, true);
	answer_as(&refused, NULL, true);
	assert_int_equal(dar->stats.counters[DAR_BA_SIGNED], SIGNATURES_FOR_STRANGERS);
	for (int i = 0; i < 10; i++)
		answer_as(&accepted, kbm, true);
	assert_int_equal(dar->stats.counters[DAR_BA_SIGNED], SIGNATURES_FOR_STRANGERS + SIGNATURES);
	assert_int_equal(proofs, SIGNATURES_FOR_STRANGERS + SIGNATURES);
	assert_int_equal(replies, 14); /* over the rate they go without */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_have_a_rate_of_their_own_and_one_in_all),
		cmocka_unit_test(who_has_proven_himself_is_always_answered),
		cmocka_unit_test(the_timestamp_is_for_signed_bus),
		cmocka_unit_test(c74_signatures_are_bounded),
	};
	int failed = cmocka_run_group_tests_name("ba_send", tests, crypto_group_start,
						 crypto_group_stop);

	free(dar);
	return failed;
}
