// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that the Binding Cache counts, expires, evicts and survives as it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "dar/bcache.h"

#define NTP(s) ((uint64_t)(s) << 32)

struct world {
	struct event_base *base;
	struct bcache *bcache;
	struct bcache_entry *due;
	unsigned int due_count, removed_count;
	struct in6_addr removed;
	bool forgets; /* what came due */
};

static void due_around(void *arg)
{
	(void)arg;
}

static void note_due(struct bcache_entry *entry, void *arg)
{
	struct world *world = arg;

	world->due = entry;
	world->due_count++;
	if (world->forgets)
		bcache_remove(world->bcache, entry);
	if (!world->forgets || bcache_context_count(world->bcache) == 0)
		event_base_loopbreak(world->base);
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
	const struct bcache_limits limits = {.binding_max = 2, .context_max = 2};
	const struct bcache_hooks hooks = {note_due, due_around, due_around, note_removed, &world};

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

static void finds_what_it_got(void **state)
{
	struct world *world = *state;
	struct in6_addr one = hoa(1), two = hoa(2);
	struct bcache_entry *entry = get(world, 1);

	assert_ptr_equal(bcache_find(world->bcache, &one), entry);
	assert_ptr_equal(get(world, 1), entry);
	assert_null(bcache_find(world->bcache, &two));
	bcache_remove(world->bcache, entry);
	assert_null(bcache_find(world->bcache, &one));
}

/* C-33, C-34: the limit is on bindings, and no binding gives way */
static void counts_bindings(void **state)
{
	struct world *world = *state;
	struct in6_addr coa = hoa(99);
	const struct bcache_claim claim = {.coa = &coa};
	struct bcache_entry *bound;

	assert_int_equal(bcache_room(world->bcache, NULL, &claim, true, 0), BU_ROOM);
	bcache_set_state(world->bcache, get(world, 1), BCACHE_BOUND, "test");
	bound = get(world, 2);
	bcache_set_state(world->bcache, bound, BCACHE_BOUND, "test");
	assert_int_equal(bcache_bound_count(world->bcache), 2);
	assert_int_equal(bcache_context_count(world->bcache), 0);
	assert_int_equal(bcache_room(world->bcache, NULL, &claim, true, 0), BU_FULL_TABLE);
	assert_int_equal(bcache_room(world->bcache, get(world, 3), &claim, true, 0), BU_FULL_TABLE);
	assert_int_equal(bcache_room(world->bcache, bound, &claim, true, 0), BU_ROOM);
	bcache_set_state(world->bcache, get(world, 1), BCACHE_DELETED, "test");
	assert_int_equal(bcache_bound_count(world->bcache), 1);
	assert_int_equal(bcache_context_count(world->bcache), 2);
	bcache_remove(world->bcache, bound);
	assert_int_equal(bcache_bound_count(world->bcache), 0);
}

/* 8.8: of the contexts without a binding only those give way whose replays the time refuses */
static void evicts_old_contexts_only(void **state)
{
	struct world *world = *state;
	struct in6_addr first = hoa(1), coa = hoa(99);
	const struct bcache_claim claim = {.coa = &coa};

	get(world, 1)->context.timestamp = NTP(100);
	get(world, 2)->context.timestamp = NTP(108);
	assert_int_equal(bcache_room(world->bcache, NULL, &claim, true, NTP(114)),
			 BU_FULL_CONTEXTS);
	assert_int_equal(bcache_room(world->bcache, NULL, &claim, false, NTP(114) + 1),
			 BU_FULL_CONTEXTS); /* replay: seq */
	assert_int_equal(bcache_room(world->bcache, NULL, &claim, true, NTP(114) + 1), BU_ROOM);
	assert_int_equal(bcache_context_count(world->bcache), 2);
	bcache_make_room(world->bcache, &claim, NTP(114) + 1);
	assert_null(bcache_find(world->bcache, &first));
	assert_int_equal(world->removed_count, 1);
	assert_memory_equal(&world->removed, &first, sizeof(first));
	bcache_set_state(world->bcache, get(world, 3), BCACHE_DELETED, "test");
	bcache_set_state(world->bcache, get(world, 2), BCACHE_BOUND, "test");
	assert_int_equal(bcache_room(world->bcache, NULL, &claim, true, NTP(114)), BU_ROOM);
	bcache_set_state(world->bcache, get(world, 2), BCACHE_CONTEXT, "test");
	/* C-38: not a tombstone, so the younger one goes */
	bcache_make_room(world->bcache, &claim, NTP(200));
	assert_int_equal(world->removed.s6_addr[15], 2);
}

/* C-60: what no context refuses any more is known to be old, though the clock be set back */
static void remembers_the_time_of_those_gone(void **state)
{
	struct world *world = *state;

	assert_true(bcache_gone_ntp(world->bcache) == 0);
	get(world, 1)->context.timestamp = NTP(108);
	bcache_remove(world->bcache, get(world, 1));
	assert_true(bcache_gone_ntp(world->bcache) == NTP(108));
	get(world, 2)->context.timestamp = NTP(100);
	bcache_remove(world->bcache, get(world, 2));
	bcache_remove(world->bcache, get(world, 3));
	assert_true(bcache_gone_ntp(world->bcache) == NTP(108));
}

/* 8.8: a context is needed as long as the time window would take its BUs again */
static void replays_are_over_after_14_s(void **state)
{
	struct bcache_context context = {.timestamp = NTP(100)};

	(void)state;
	assert_false(bcache_replays_are_over(&context, NTP(90))); /* the clock went back */
	assert_false(bcache_replays_are_over(&context, NTP(114)));
	assert_true(bcache_replays_are_over(&context, NTP(114) + 1));
}

static void deadline_is_the_earliest(void **state)
{
	struct world *world = *state;
	struct bcache_entry *entry = get(world, 1);

	assert_true(bcache_deadline(entry) == UINT64_MAX);
	entry->binding.expires_boot_ns = 50;
	assert_true(bcache_deadline(entry) == UINT64_MAX);
	entry->context.expires_boot_ns = 90;
	assert_int_equal(bcache_deadline(entry), 90);
	bcache_set_state(world->bcache, entry, BCACHE_BOUND, "test");
	assert_int_equal(bcache_deadline(entry), 50);
	entry->binding.prev_coa_boot_ns = 40;
	assert_int_equal(bcache_deadline(entry), 40);
	entry->binding.path_mtu_boot_ns = 30;
	assert_int_equal(bcache_deadline(entry), 30);
}

/* C-32: never before its time, and soon after it */
static void timer_fires_in_time(void **state)
{
	struct world *world = *state;
	struct bcache_entry *entry = get(world, 1);
	uint64_t deadline = clock_boot_ns() + 20000000;

	entry->context.expires_boot_ns = deadline;
	bcache_arm(world->bcache, entry);
	event_base_dispatch(world->base);
	assert_ptr_equal(world->due, entry);
	assert_int_equal(world->due_count, 1);
	assert_true(clock_boot_ns() >= deadline);
}

/* A deadline that moved away costs a look, no more; one that came nearer is kept */
static void deadlines_move(void **state)
{
	struct world *world = *state;
	struct bcache_entry *entry = get(world, 1), *other = get(world, 2);
	uint64_t now = clock_boot_ns();

	entry->context.expires_boot_ns = now + 5000000;
	bcache_arm(world->bcache, entry);
	entry->context.expires_boot_ns = now + 40000000;
	bcache_arm(world->bcache, entry);
	other->context.expires_boot_ns = now + 90000000;
	bcache_arm(world->bcache, other);
	other->context.expires_boot_ns = now + 20000000;
	bcache_arm(world->bcache, other);
	event_base_dispatch(world->base);
	assert_ptr_equal(world->due, other);
	assert_true(clock_boot_ns() >= now + 20000000);
	event_base_dispatch(world->base);
	assert_ptr_equal(world->due, entry);
	assert_int_equal(world->due_count, 2);
	assert_true(clock_boot_ns() >= now + 40000000);
}

/* More than a turn takes, all removed by the hook, in the order of their times */
static void many_come_due(void **state)
{
	struct world *world = *state;
	uint64_t now = clock_boot_ns();

	world->forgets = true;
	for (unsigned int i = 0; i < 200; i++) {
		struct bcache_entry *entry = get(world, (uint8_t)i);

		entry->context.expires_boot_ns = now + 1000 * (1 + (i * 37) % 200);
		bcache_arm(world->bcache, entry);
	}
	event_base_dispatch(world->base);
	assert_int_equal(world->due_count, 200);
	assert_int_equal(world->removed.s6_addr[15], 27); /* 27 * 37 % 200 is 199 */
}

static void row_and_back(void **state)
{
	struct world *world = *state;
	struct bcache_entry *entry = get(world, 1), *adopted = get(world, 2);
	struct binding row;

	entry->binding = (struct bcache_binding){
		.coa = hoa(7),
		.dar = hoa(8),
		.prev_coa = hoa(9),
		.expires_boot_ns = 1234,
		.lifetime_s = 400,
		.path_mtu = 1400,
		.state = BINDING_UNVERIFIED,
		.auth = BINDING_AUTH_PHKT,
	};
	entry->context.sequence = 77;
	entry->context.timestamp = NTP(5);
	memset(entry->context.key_id, 0xaa, sizeof(entry->context.key_id));
	bcache_to_row(&entry->context, &entry->binding, &row);
	assert_int_equal(row.state, BINDING_UNVERIFIED);
	assert_int_equal(row.expires_boot_ns, 1234);
	bcache_from_row(adopted, &row);
	/* C-82: what refuses replays is there again, the secret is not */
	assert_false(adopted->context.has_phkt);
	assert_true(adopted->context.has_sequence && adopted->context.has_key);
	assert_int_equal(adopted->context.sequence, 77);
	assert_int_equal(adopted->context.timestamp, NTP(5));
	assert_memory_equal(adopted->context.key_id, entry->context.key_id, 8);
	assert_memory_equal(&adopted->binding.coa, &entry->binding.coa, 16);
	assert_memory_equal(&adopted->binding.dar, &entry->binding.dar, 16);
	assert_int_equal(adopted->binding.lifetime_s, 400);
	assert_int_equal(adopted->binding.path_mtu, 1400);
	assert_int_equal(adopted->binding.auth, BINDING_AUTH_PHKT);
	assert_int_equal(adopted->binding.state, BINDING_UNVERIFIED);
	/* A.5: who was taken without a key may come without one again */
	row.auth = BINDING_AUTH_LEGACY;
	adopted = get(world, 3);
	bcache_from_row(adopted, &row);
	assert_false(adopted->context.has_key);
}

/* C-80 */
static void phkt_is_wiped(void **state)
{
	static const uint8_t zero[MH_TOKEN_LEN];
	struct bcache_entry *entry = get(*state, 1);

	memset(entry->context.phkt, 0x5a, sizeof(entry->context.phkt));
	entry->context.has_phkt = true;
	entry->context.expires_boot_ns = 1;
	bcache_forget_phkt(entry);
	assert_false(entry->context.has_phkt);
	assert_memory_equal(entry->context.phkt, zero, sizeof(zero));
	assert_true(bcache_deadline(entry) == UINT64_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(finds_what_it_got),
		TEST(counts_bindings),
		TEST(evicts_old_contexts_only),
		TEST(remembers_the_time_of_those_gone),
		TEST(replays_are_over_after_14_s),
		TEST(deadline_is_the_earliest),
		TEST(timer_fires_in_time),
		TEST(deadlines_move),
		TEST(many_come_due),
		TEST(row_and_back),
		TEST(phkt_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
