// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/bu_sight: which facts a Binding Update is judged by, each where it matters
 * (protocol 8.5, 8.6 steps 4 to 9, 8.8). The map of who was seen, DAD and queue are played here. */
#include <errno.h>
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/in6.h"
#include "dar/bu_queue.h"
#include "dar/bu_sight.h"
#include "dar/dar_private.h"
#include "harness/bu_situation.h"
#include "harness/crypto_group.h"
#include "kernel/dataplane.h"

enum { ACCESS_IFINDEX = 7, CORE_IFINDEX = 8 };

static const uint8_t neighbour_mac[ND_MAC_LEN] = {2, 0, 0, 0, 0, 5};
static const uint8_t bound_mac[ND_MAC_LEN] = {2, 0, 0, 0, 0, 6};
static const uint8_t option_token[MH_TOKEN_LEN] = {1, 2, 3, 4, 5, 6, 7, 8};
static const uint8_t no_token[MH_TOKEN_LEN];

static struct config config;
static struct situation good;
static struct dar dar;
static struct bcache *bcache;
static struct event_base *base;
static uint64_t boot_ns;
static bool is_seen, loaded, dad_runs;
static unsigned int look_ups; /* in `seen` */

uint64_t clock_boot_ns(void)
{
	return boot_ns;
}

uint64_t clock_ntp(void)
{
	return NTP(NOW);
}

int dataplane_seen_get(struct dataplane *dp, const struct in6_addr *address, struct seen *out)
{
	struct in6_addr hoa = situation_address("2001:db8:1::5");

	(void)dp;
	assert_true(in6_equal(address, &hoa));
	look_ups++;
	if (!is_seen)
		return -ENOENT;
	*out = (struct seen){0};
	memcpy(out->mac, neighbour_mac, sizeof(out->mac));
	return 0;
}

bool bu_queue_loaded(const struct bu_queue *queue)
{
	(void)queue;
	return loaded;
}

bool dad_is_running(const struct dad *dad, const struct in6_addr *hoa)
{
	(void)dad;
	(void)hoa;
	return dad_runs;
}

/* What the MAC would be: of the kbm it is asked with. */
bool bu_authenticator_valid(const struct bu *bu, const uint8_t kbm[static KBM_LEN])
{
	return memcmp(bu->options->bad.at, kbm, MH_BAD_LEN) == 0;
}

static void set_up(enum bu_method method)
{
	static const struct bcache_limits limits = {.binding_max = 4, .context_max = 4};
	static const struct bcache_hooks hooks;

	config = (struct config){0};
	config.security.require_seen = true;
	config.security.dad = DAD_STRICT;
	config.binding.accept = true;
	config.security.coa_prefix_allow_count = 1; /* ::/0 */
	situation_good(&good, method);
	dar = (struct dar){.config = &config, .prefixes = good.prefixes};
	dar.prefixes.at[0].ifindex = ACCESS_IFINDEX;
	bcache = dar.bcache = bcache_new(base, &limits, &hooks);
	assert_non_null(bcache);
	boot_ns = 1000 * CLOCK_SECOND_NS;
	is_seen = true;
	loaded = dad_runs = false;
	look_ups = 0;
}

static int tear_down(void **state)
{
	(void)state;
	bcache_free(bcache);
	return 0;
}

static struct bu_sight look_from(uint32_t ifindex)
{
	const struct ingress from = {.ifindex = ifindex};
	struct bu_sight sight;
	struct bu bu;

	bu_read(&good.packet, &bu);
	bu_sight_read(&dar, &bu, &from, &sight);
	return sight;
}

static struct bu_sight look(void)
{
	return look_from(CORE_IFINDEX);
}

/* Bound at the CoA of the good BU, with an option 16 token that lives for ten seconds. */
static struct bcache_entry *bind_hoa(void)
{
	struct bcache_entry *entry = bcache_get(bcache, &good.entry.hoa);

	assert_non_null(entry);
	entry->state = BCACHE_BOUND;
	entry->context = good.entry.context;
	entry->binding = good.entry.binding;
	memcpy(entry->binding.careof_token, option_token, sizeof(option_token));
	entry->binding.careof_token_boot_ns = boot_ns + 10 * CLOCK_SECOND_NS;
	entry->has_link_address = true;
	memcpy(entry->link_address, bound_mac, sizeof(bound_mac));
	return entry;
}

/* ---- who was seen ---- */

static void t5_a_new_hoa_must_have_been_seen(void **state)
{
	struct bu_sight sight;

	(void)state;
	set_up(BU_METHOD_CGA);
	sight = look();
	assert_true(sight.world.seen && sight.has_link_address);
	assert_memory_equal(sight.link_address, neighbour_mac, ND_MAC_LEN);
	is_seen = false;
	sight = look();
	assert_false(sight.world.seen || sight.has_link_address);
	config.security.require_seen = false;
	config.security.limits.per_link_address = 16;
	assert_true(look().world.seen);
	assert_false(look().has_link_address);
	is_seen = true;
	assert_true(look().has_link_address);
	bind_hoa(); /* known: need not be seen */
	look_ups = is_seen = 0;
	sight = look();
	assert_true(sight.world.seen && sight.has_link_address);
	assert_memory_equal(sight.link_address, bound_mac, ND_MAC_LEN);
	assert_int_equal(look_ups, 0);
}

static void nobody_is_looked_up_in_vain(void **state)
{
	(void)state;
	set_up(BU_METHOD_CGA);
	is_seen = false;
	good.packet.hao = situation_address("2001:db8:9::5"); /* 132 */
	assert_true(look().world.seen);
	good.packet.hao = good.entry.hoa;
	situation_deregister(&good); /* without entry: 133, seen or not */
	assert_true(look().world.seen);
	assert_int_equal(look_ups, 0);
}

/* ---- the care-of token ---- */

static void a09_index_ffff_is_the_token_of_this_coa_and_time(void **state)
{
	static const struct {
		const char *name, *coa;
		enum bcache_state bound;
		uint64_t later_ns;
		enum bu_careof careof;
	} rows[] = {
		{"as given", "2001:db8:2::2", BCACHE_BOUND, 0, BU_CAREOF_VALID},
		{"to the last ns", "2001:db8:2::2", BCACHE_BOUND, 10 * CLOCK_SECOND_NS - 1,
		 BU_CAREOF_VALID},
		{"over", "2001:db8:2::2", BCACHE_BOUND, 10 * CLOCK_SECOND_NS, BU_CAREOF_EXPIRED},
		{"other CoA", "2001:db8:2::3", BCACHE_BOUND, 0, BU_CAREOF_EXPIRED},
		{"tombstone", "2001:db8:2::2", BCACHE_DELETED, 0, BU_CAREOF_EXPIRED},
		{"no binding", "2001:db8:2::2", BCACHE_CONTEXT, 0, BU_CAREOF_EXPIRED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bcache_entry *entry;
		struct bu_sight sight;

		set_up(BU_METHOD_PHKT);
		entry = bind_hoa();
		entry->state = rows[i].bound;
		entry->binding.coa = situation_address(rows[i].coa);
		situation_careof_index(&good);
		good.packet.message.options.careof_nonce = CAREOF_INDEX_OPTION;
		boot_ns += rows[i].later_ns;
		sight = look();
		if (sight.world.careof != rows[i].careof)
			fail_msg("%s: %d", rows[i].name, sight.world.careof);
		assert_memory_equal(sight.careof_token,
				    rows[i].careof == BU_CAREOF_VALID ? option_token : no_token,
				    MH_TOKEN_LEN);
		bcache_free(bcache);
	}
	bcache = NULL;
}

static void c49_another_index_is_that_of_a_cot(void **state)
{
	uint8_t token[MH_TOKEN_LEN];
	struct bu_sight sight;

	(void)state;
	set_up(BU_METHOD_PHKT);
	bind_hoa();
	careof_nonces_init(&dar.nonces);
	situation_careof_index(&good);
	good.packet.message.options.careof_nonce =
		careof_token_issue(&dar.nonces, &good.packet.source, boot_ns, token);
	sight = look();
	assert_int_equal(sight.world.careof, BU_CAREOF_VALID);
	assert_memory_equal(sight.careof_token, token, sizeof(token));
	boot_ns += CAREOF_NONCE_LIFE_S * CLOCK_SECOND_NS + 1;
	assert_int_equal(look().world.careof, BU_CAREOF_EXPIRED);
	good.packet.message.bu.lifetime = 0; /* a de-registration has no CoA to prove */
	assert_int_equal(look().world.careof, BU_CAREOF_ABSENT);
}

/* The cookie of a loaded DAR: the MAC must be that of the token, and the BU signed. */
static void c66_careof_is_proven_by_the_mac_of_the_token(void **state)
{
	uint8_t token[MH_TOKEN_LEN], mac[KBM_LEN];

	(void)state;
	set_up(BU_METHOD_CGA);
	careof_nonces_init(&dar.nonces);
	situation_careof_index(&good);
	good.packet.message.options.careof_nonce =
		careof_token_issue(&dar.nonces, &good.packet.source, boot_ns, token);
	kbm_derive(no_token, token, mac);
	good.packet.message.options.bad.at = mac;
	assert_false(look().world.careof_proven); /* nobody asks */
	loaded = true;
	assert_true(look().world.loaded && look().world.careof_proven);
	good.packet.message.options.bad.at = NULL;
	assert_false(look().world.careof_proven);
	good.packet.message.options.bad.at = mac;
	mac[0] ^= 1;
	assert_false(look().world.careof_proven);
	mac[0] ^= 1;
	good.packet.message.options.careof_nonce ^= 1; /* never given out: all know the zeros */
	kbm_derive(no_token, no_token, mac);
	assert_false(look().world.careof_proven);
}

static bool kbm_is_of(const struct bu_sight *sight, const struct bu *bu, const uint8_t *home,
		      const uint8_t *careof)
{
	uint8_t kbm[KBM_LEN], expected[KBM_LEN];

	bu_sight_kbm(sight, bu, kbm);
	kbm_derive(home, careof, expected);
	return memcmp(kbm, expected, KBM_LEN) == 0;
}

/* 8.5: PHKT | token; zeros where there is no token, nothing for a de-registration. */
static void kbm_is_of_phkt_and_token(void **state)
{
	struct bcache_entry *entry;
	struct bu_sight sight;
	struct bu bu;

	(void)state;
	set_up(BU_METHOD_PHKT);
	entry = bind_hoa();
	memset(entry->context.phkt, 0x77, MH_TOKEN_LEN);
	sight = look();
	bu_read(&good.packet, &bu);
	assert_true(kbm_is_of(&sight, &bu, entry->context.phkt, no_token));
	memcpy(sight.careof_token, option_token, MH_TOKEN_LEN);
	assert_true(kbm_is_of(&sight, &bu, entry->context.phkt, option_token));
	bu.registers = false;
	assert_true(kbm_is_of(&sight, &bu, entry->context.phkt, NULL));
	bu.registers = true;
	bu.method = BU_METHOD_CGA;
	assert_true(kbm_is_of(&sight, &bu, no_token, option_token));
}

static void c42_a_bound_coa_and_a_running_dad_are_told(void **state)
{
	struct bcache_entry *entry;

	(void)state;
	set_up(BU_METHOD_CGA);
	entry = bind_hoa();
	good.packet.hao = situation_address("2001:db8:1::6");
	good.packet.message.options.alt_coa = entry->hoa;
	config.security.require_seen = false;
	assert_true(look().world.coa_is_bound);
	entry->state = BCACHE_DELETED;
	assert_false(look().world.coa_is_bound);
	entry->state = BCACHE_BOUND;
	good.packet.message.options.alt_coa = good.packet.source;
	assert_false(look().world.coa_is_bound);
	assert_int_equal(look().world.dad_state, BU_DAD_NOT_TESTED);
	dad_runs = true;
	assert_int_equal(look().world.dad_state, BU_DAD_RUNNING);
	config.security.dad = DAD_OPTIMISTIC;
	assert_int_equal(look().world.dad_state, BU_DAD_NOT_TESTED);
	dar.not_before_ntp = 1, dar.clock_floor_ntp = 2, config.binding.accept = false;
	assert_int_equal(look().world.not_before_ntp, 1);
	assert_int_equal(look().world.clock_floor_ntp, 2);
	assert_false(look().world.accepts);
}

/* A.5: from the HoA itself only on its own link, where it could send anything anyway. */
static void legacy_from_the_hoa_comes_by_its_link(void **state)
{
	(void)state;
	set_up(BU_METHOD_NONE);
	config.security.legacy_count = 1;
	config.security.legacy[0].hoa = good.entry.hoa;
	assert_false(look().world.legacy_allowed); /* the CoA is not listed */
	config.security.legacy[0].coa_count = 1;   /* ::/0 */
	assert_true(look().world.legacy_allowed);
	good.packet.source = good.entry.hoa;
	assert_false(look().world.legacy_allowed);
	assert_true(look_from(ACCESS_IFINDEX).world.legacy_allowed);
	good.packet.message.options.cga_layout = MH_CGA_SIGNED;
	assert_false(look_from(ACCESS_IFINDEX).world.legacy_allowed);
}

/* T9: by the key of the BU, else by that of the context; the link-layer address if it is known. */
static void a_claim_names_whom_it_counts_for(void **state)
{
	static const uint8_t key_id[BCACHE_KEY_ID_LEN] = {9};
	struct bcache_entry *entry;
	struct bcache_claim claim;
	struct bu_sight sight;
	struct bu bu;

	(void)state;
	set_up(BU_METHOD_PHKT);
	bu_read(&good.packet, &bu);
	is_seen = false;
	sight = look();
	claim = bu_sight_claim(&sight, &bu, NULL);
	assert_null(claim.key_id);
	assert_null(claim.link_address);
	assert_int_equal(claim.domain, 0);
	entry = bind_hoa();
	sight = look();
	claim = bu_sight_claim(&sight, &bu, NULL);
	assert_ptr_equal(claim.key_id, entry->context.key_id);
	assert_memory_equal(claim.link_address, bound_mac, ND_MAC_LEN);
	assert_ptr_equal(claim.coa, &bu.coa);
	assert_ptr_equal(bu_sight_claim(&sight, &bu, key_id).key_id, key_id);
}

#define ROW(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(t5_a_new_hoa_must_have_been_seen),
		ROW(nobody_is_looked_up_in_vain),
		ROW(a09_index_ffff_is_the_token_of_this_coa_and_time),
		ROW(c49_another_index_is_that_of_a_cot),
		ROW(c66_careof_is_proven_by_the_mac_of_the_token),
		ROW(kbm_is_of_phkt_and_token),
		ROW(c42_a_bound_coa_and_a_running_dad_are_told),
		ROW(legacy_from_the_hoa_comes_by_its_link),
		ROW(a_claim_names_whom_it_counts_for),
	};
	int failed;

	base = event_base_new();
	failed = cmocka_run_group_tests_name("bu_sight", tests, crypto_group_start,
					     crypto_group_stop);
	event_base_free(base);
	return failed;
}
