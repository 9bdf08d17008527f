// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that the Binding Cache has room for what its limits say, and costs what it may. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <event2/event.h>

#include "base/log.h"
#include "dar/bcache.h"

#define NTP(s) ((uint64_t)(s) << 32)

struct world {
	struct event_base *base;
	struct bcache *bcache;
	unsigned int removed_count;
	struct in6_addr removed;
};

static void due_around(void *arg)
{
	(void)arg;
}

static void none_due(struct bcache_entry *entry, void *arg)
{
	(void)entry;
	(void)arg;
}

static void note_removed(const struct bcache_entry *entry, void *arg)
{
	struct world *world = arg;

	world->removed = entry->hoa;
	world->removed_count++;
}

static int set_up(void **state)
{
	static const uint8_t key[16] = {1, 2, 3};
	static struct world world;
	const struct bcache_hooks hooks = {none_due, due_around, due_around, note_removed, &world};
	const struct bcache_limits limits = {
		.binding_max = 100000,
		.context_max = 100000,
		.per_key = 2,
		.per_link_address = 2,
		.per_coa_prefix = 2,
		.domain_max = {0, 2},
	};

	memset(&world, 0, sizeof(world));
	keyed_hash_start(key);
	log_configure(LOG_LEVEL_ERROR, LOG_FORMAT_LOGFMT);
	world.base = event_base_new();
	world.bcache = bcache_new(world.base, &limits, &hooks);
	*state = &world;
	return world.base && world.bcache ? 0 : -1;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	bcache_free(world->bcache);
	event_base_free(world->base);
	return 0;
}

static struct in6_addr hoa(uint8_t last)
{
	return (struct in6_addr){{{0x20, 0x01, 0x0d, 0xb8, [15] = last}}};
}

static struct bcache_entry *get(struct world *world, uint8_t last)
{
	struct in6_addr address = hoa(last);
	struct bcache_entry *entry = bcache_get(world->bcache, &address);

	assert_non_null(entry);
	return entry;
}

struct taker {
	uint8_t hoa, key, link, prefix;
	uint16_t domain;
};

static struct bcache_claim claim_of(const struct taker *taker, struct in6_addr *coa)
{
	static uint8_t key_id[BCACHE_KEY_ID_LEN], link[6];

	key_id[0] = taker->key;
	link[5] = taker->link;
	*coa = (struct in6_addr){{{0x20, 0x02, [7] = taker->prefix, [15] = taker->hoa}}};
	return (struct bcache_claim){key_id, link, coa, taker->domain};
}

static struct bcache_entry *take(struct world *world, struct taker taker, enum bcache_state next)
{
	struct bcache_entry *entry = get(world, taker.hoa);
	struct bcache_context context = entry->context;
	struct bcache_binding binding = entry->binding;
	struct bcache_claim claim = claim_of(&taker, &binding.coa);

	context.has_key = true;
	memcpy(context.key_id, claim.key_id, sizeof(context.key_id));
	binding.domain = taker.domain;
	bcache_set_link_address(world->bcache, entry, claim.link_address);
	bcache_update(world->bcache, entry, next, &context, &binding, "test");
	return entry;
}

static enum bu_room room(const struct world *world, const struct bcache_entry *entry,
			 struct taker taker)
{
	struct in6_addr coa;
	struct bcache_claim claim = claim_of(&taker, &coa);

	return bcache_room(world->bcache, entry, &claim, true, NTP(200));
}

/* T9, A.5: two of each, a third is refused with the reason of its own, and room comes back */
static void quotas(void **state)
{
	struct world *world = *state;
	struct bcache_entry *one, *two;

	one = take(world, (struct taker){1, 1, 1, 1, 2}, BCACHE_BOUND);
	two = take(world, (struct taker){2, 1, 1, 1, 2}, BCACHE_BOUND);
	assert_int_equal(room(world, NULL, (struct taker){3, 2, 2, 2, 1}), BU_ROOM);
	assert_int_equal(room(world, NULL, (struct taker){3, 1, 2, 2, 1}), BU_FULL_KEY);
	assert_int_equal(room(world, NULL, (struct taker){3, 2, 1, 2, 1}), BU_FULL_LINK_ADDRESS);
	assert_int_equal(room(world, NULL, (struct taker){3, 2, 2, 1, 1}), BU_FULL_COA_PREFIX);
	assert_int_equal(room(world, NULL, (struct taker){3, 2, 2, 2, 2}), BU_FULL_DOMAIN);
	assert_int_equal(room(world, one, (struct taker){1, 1, 1, 1, 2}), BU_ROOM);
	/* one moves to another prefix, out of the domain */
	take(world, (struct taker){1, 1, 1, 5, 1}, BCACHE_BOUND);
	assert_int_equal(room(world, NULL, (struct taker){3, 2, 2, 1, 2}), BU_ROOM);
	/* unbound it keeps its key alone */
	bcache_set_state(world->bcache, two, BCACHE_CONTEXT, "test");
	assert_int_equal(room(world, NULL, (struct taker){3, 2, 1, 2, 2}), BU_ROOM);
	two->context.timestamp = NTP(190); /* too young to give way */
	assert_int_equal(room(world, NULL, (struct taker){3, 1, 2, 2, 1}), BU_FULL_KEY);
	assert_int_equal(room(world, two, (struct taker){2, 1, 1, 1, 2}), BU_ROOM);
	bcache_remove(world->bcache, two);
	assert_int_equal(room(world, NULL, (struct taker){3, 1, 2, 2, 1}), BU_ROOM);
}

/* A link address learnt later counts from then on */
static void link_address_learnt(void **state)
{
	static const uint8_t link[6] = {[5] = 9};
	struct world *world = *state;
	struct bcache_entry *one = take(world, (struct taker){1, 1, 1, 1, 0}, BCACHE_BOUND);

	take(world, (struct taker){2, 2, 9, 2, 0}, BCACHE_BOUND);
	assert_int_equal(room(world, NULL, (struct taker){3, 3, 9, 3, 0}), BU_ROOM);
	bcache_set_link_address(world->bcache, one, link);
	assert_int_equal(room(world, NULL, (struct taker){3, 3, 9, 3, 0}), BU_FULL_LINK_ADDRESS);
	bcache_set_link_address(world->bcache, one, NULL);
	assert_int_equal(room(world, NULL, (struct taker){3, 3, 9, 3, 0}), BU_ROOM);
}

/* 8.8: the oldest of the same key gives way, whoever is older elsewhere; its binding does not */
static void evicts_of_the_same_key(void **state)
{
	struct world *world = *state;
	struct in6_addr coa;
	struct bcache_claim claim;

	take(world, (struct taker){1, 1, 1, 1, 0}, BCACHE_CONTEXT);
	take(world, (struct taker){2, 2, 2, 2, 0}, BCACHE_BOUND);
	take(world, (struct taker){3, 2, 3, 3, 0}, BCACHE_BOUND);
	assert_int_equal(room(world, NULL, (struct taker){4, 2, 4, 4, 0}), BU_FULL_KEY);
	bcache_set_state(world->bcache, get(world, 3), BCACHE_CONTEXT, "test");
	bcache_set_state(world->bcache, get(world, 2), BCACHE_CONTEXT, "test");
	/* no more entries come of it where there is one already: nothing is evicted for that */
	assert_int_equal(room(world, get(world, 60), (struct taker){60, 2, 4, 4, 0}), BU_FULL_KEY);
	for (uint8_t expected = 3; expected >= 2; expected--) {
		assert_int_equal(room(world, NULL, (struct taker){4, 2, 4, 4, 0}), BU_ROOM);
		claim = claim_of(&(struct taker){4, 2, 4, 4, 0}, &coa);
		bcache_make_room(world->bcache, &claim, NTP(200));
		assert_int_equal(world->removed.s6_addr[15], expected);
		take(world, (struct taker){(uint8_t)(10 + expected), 2, 4, 4, 0}, BCACHE_BOUND);
	}
	assert_int_equal(world->removed_count, 2);
	assert_int_equal(room(world, NULL, (struct taker){4, 2, 5, 5, 0}), BU_FULL_KEY);
	assert_int_equal(room(world, NULL, (struct taker){4, 1, 5, 5, 0}), BU_ROOM);
}

/* 8.8: who de-registers again and again, to be too young for ever, does not hold up those behind */
static void tombstones_do_not_hold_the_rest(void **state)
{
	struct world *world = *state;

	for (uint8_t last = 1; last <= 20; last++)
		take(world, (struct taker){last, 1, 1, 1, 0}, BCACHE_DELETED);
	take(world, (struct taker){21, 1, 1, 1, 0}, BCACHE_CONTEXT);
	assert_int_equal(room(world, NULL, (struct taker){99, 1, 9, 9, 0}), BU_FULL_KEY);
	for (uint8_t last = 1; last <= 20; last++)
		take(world, (struct taker){last, 1, 1, 1, 0}, BCACHE_DELETED);
	assert_int_equal(room(world, NULL, (struct taker){99, 1, 9, 9, 0}), BU_ROOM);
}

/* Many entries of few keys come, go and are bound in any order: the rings and counts hold */
static void rings_hold(void **state)
{
	struct world *world = *state;
	uint32_t seed = 3;

	for (unsigned int i = 0; i < 20000; i++) {
		uint8_t last;

		seed = seed * 1664525 + 1013904223;
		last = (uint8_t)(seed >> 16) % 64;
		if (seed >> 24 < 64)
			bcache_remove(world->bcache, get(world, last));
		else
			take(world, (struct taker){last, last % 5, last % 3, last % 7, last % 3},
			     (enum bcache_state)((seed >> 8) % 3));
	}
	for (uint8_t last = 0; last < 64; last++)
		bcache_remove(world->bcache, get(world, last));
	assert_int_equal(bcache_bound_count(world->bcache), 0);
	assert_int_equal(bcache_context_count(world->bcache), 0);
	assert_int_equal(room(world, NULL, (struct taker){1, 1, 1, 1, 2}), BU_ROOM);
}

#ifdef __SANITIZE_ADDRESS__
static void at_most_400_octets(void **state)
{
	(void)state;
	skip();
}
#else
static size_t allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* The worst case: a key, a link address and a /64 for each binding, at any number of them */
static void at_most_400_octets(void **state)
{
	struct world *world = *state;
	size_t before = allocated();

	assert_true(sizeof(struct bcache_entry) <= 280);
	for (uint32_t i = 1; i <= 60000; i++) {
		struct in6_addr address = hoa(0);
		struct bcache_entry *entry;
		struct bcache_context context = {.has_key = true};
		struct bcache_binding binding = {.coa = {{{0x20, 0x02}}}};

		memcpy(&address.s6_addr[8], &i, sizeof(i));
		memcpy(&binding.coa.s6_addr[4], &i, sizeof(i));
		memcpy(context.key_id, &i, sizeof(i));
		entry = bcache_get(world->bcache, &address);
		bcache_set_link_address(world->bcache, entry, (const uint8_t *)&address + 6);
		bcache_update(world->bcache, entry, BCACHE_BOUND, &context, &binding, "test");
		if (i >= 5000 && i % 97 == 0 && allocated() - before > (size_t)i * 400)
			fail_msg("%zu octets for each of %u", (allocated() - before) / i, i);
	}
}
#endif

/* What stands outlives the agent: its end takes no credit away */
static void free_removes_nothing(void **state)
{
	struct world *world = *state;
	const struct bcache_hooks hooks = {none_due, due_around, due_around, note_removed, world};
	const struct bcache_limits limits = {.binding_max = 2, .context_max = 2};
	struct bcache *bcache = bcache_new(world->base, &limits, &hooks);
	struct in6_addr address = hoa(1);

	assert_non_null(bcache_get(bcache, &address));
	bcache_free(bcache);
	assert_int_equal(world->removed_count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(quotas),
		TEST(link_address_learnt),
		TEST(evicts_of_the_same_key),
		TEST(rings_hold),
		TEST(at_most_400_octets),
		TEST(free_removes_nothing),
		TEST(tombstones_do_not_hold_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
