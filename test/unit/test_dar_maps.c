// SPDX-License-Identifier: BSD-2-Clause
/* Proves the maps of a DAR beside the RIB: credit, seen, defended, and what a restart makes of
 * them. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "harness/dataplane_world.h"
#include "kernel/dataplane_private.h"

#define ONE WORLD_PARENT "/one"

static struct in6_addr address(uint8_t last)
{
	return (struct in6_addr){.s6_addr = {0x20, 0x01, 0x0d, 0xb8, [15] = last}};
}

static uint32_t map_max(const char *path)
{
	struct bpf_map_info found = {0};
	__u32 len = sizeof(found);
	int map = bpf_obj_get(path);

	assert_true(map >= 0);
	assert_int_equal(bpf_obj_get_info_by_fd(map, &found, &len), 0);
	close(map);
	return found.max_entries;
}

/* D-36, A-24: once for each context, whatever has been spent since. */
static void credit_is_granted_once(void **state)
{
	struct world *world = *state;
	const uint64_t interval_ns = FAMA_CREDIT_AGING_S * CLOCK_SECOND_NS;
	struct in6_addr hoa = address(1);
	struct credit row, spent = {.octets = 5, .aged = 1};
	uint64_t before, after;
	int map;

	world_open_ok(world);
	assert_int_equal(dataplane_credit_get(world->dp, &hoa, &row), -ENOENT);
	before = clock_boot_ns() / interval_ns;
	assert_int_equal(dataplane_credit_grant(world->dp, &hoa, FAMA_CREDIT_START), 0);
	after = clock_boot_ns() / interval_ns;
	assert_int_equal(dataplane_credit_get(world->dp, &hoa, &row), 0);
	assert_int_equal(row.octets, FAMA_CREDIT_START);
	assert_in_range(row.aged, before, after);

	map = bpf_obj_get(ONE "/maps/credit");
	assert_int_equal(bpf_map_update_elem(map, &hoa, &spent, BPF_EXIST), 0);
	close(map);
	assert_int_equal(dataplane_credit_grant(world->dp, &hoa, FAMA_CREDIT_START), 0);
	assert_int_equal(dataplane_credit_get(world->dp, &hoa, &row), 0);
	assert_memory_equal(&row, &spent, sizeof(row));

	dataplane_credit_delete(world->dp, &hoa);
	dataplane_credit_delete(world->dp, &hoa);
	assert_int_equal(dataplane_credit_get(world->dp, &hoa, &row), -ENOENT);
}

static void credit_has_room_for_contexts(void **state)
{
	struct world *world = *state;
	struct in6_addr hoa;

	world->request.binding_max = 2;
	world->request.credit_max = 5;
	world_open_ok(world);
	assert_int_equal(map_max(ONE "/maps/credit"), 5);
	for (uint8_t i = 0; i < 5; i++) {
		hoa = address(i);
		assert_int_equal(dataplane_credit_grant(world->dp, &hoa, 1), 0);
	}
	hoa = address(5);
	assert_int_equal(dataplane_credit_grant(world->dp, &hoa, 1), -E2BIG);
	world_close(world, true);

	world->request.credit_max = 0;
	world_open_ok(world);
	assert_int_equal(map_max(ONE "/maps/credit"), 2);
}

static void see(const char *path, const struct in6_addr *who, uint64_t seen_boot_ns)
{
	const struct seen row = {.seen_boot_ns = seen_boot_ns, .ifindex = 3, .mac = {2, 3, 4}};
	int map = bpf_obj_get(path);

	assert_true(map >= 0);
	assert_int_equal(bpf_map_update_elem(map, who, &row, BPF_ANY), 0);
	close(map);
}

/* T9 */
static void seen_counts_for_a_day(void **state)
{
	struct world *world = *state;
	struct in6_addr here = address(1), gone = address(2), never = address(3);
	uint64_t now = clock_boot_ns();
	struct seen row;

	world_open_ok(world);
	see(ONE "/maps/seen", &here, now - (FAMA_SEEN_S - 60) * CLOCK_SECOND_NS);
	see(ONE "/maps/seen", &gone, now - FAMA_SEEN_S * CLOCK_SECOND_NS);
	assert_int_equal(dataplane_seen_get(world->dp, &here, &row), 0);
	assert_int_equal(row.ifindex, 3);
	assert_int_equal(row.mac[2], 4);
	assert_int_equal(dataplane_seen_get(world->dp, &gone, &row), -ENOENT);
	assert_int_equal(dataplane_seen_get(world->dp, &never, &row), -ENOENT);
}

/* Credit and seen are adopted as bindings are, also by maps of another size; defended is not. */
static void what_a_restart_keeps(void **state)
{
	struct world *world = *state;
	struct in6_addr who = address(1);
	struct defended watched = {.ifindex = 1, .kind = DEFENCE_TENTATIVE};
	struct credit credit;
	struct seen seen;

	world_open_ok(world);
	assert_int_equal(map_max(ONE "/maps/seen"), 65536);
	assert_int_equal(dataplane_credit_grant(world->dp, &who, 1234), 0);
	see(ONE "/maps/seen", &who, clock_boot_ns());
	assert_int_equal(dataplane_defend(world->dp, &who, &watched), 0);
	world_close(world, false);

	world_open_ok(world);
	assert_int_equal(dataplane_credit_get(world->dp, &who, &credit), 0);
	assert_int_equal(credit.octets, 1234);
	assert_int_equal(dataplane_seen_get(world->dp, &who, &seen), 0);
	world_close(world, false);

	world->request.binding_max = 100000;
	world_open_ok(world);
	assert_true(world->adopted);
	assert_int_equal(map_max(ONE "/maps/seen"), 100000);
	assert_int_equal(map_max(ONE "/maps/credit"), 100000);
	assert_int_equal(dataplane_credit_get(world->dp, &who, &credit), 0);
	assert_int_equal(credit.octets, 1234);
	assert_int_equal(dataplane_seen_get(world->dp, &who, &seen), 0);
}

static void defended_is_empty_at_start(void **state)
{
	struct world *world = *state;
	struct defended row, watched = {.hoa = {1}, .ifindex = 7, .kind = DEFENCE_LINK_LOCAL};
	struct in6_addr who = address(9);

	world_open_ok(world);
	assert_int_equal(dataplane_defend(world->dp, &who, &watched), 0);
	assert_int_equal(bpf_map_lookup_elem(world->dp->maps.defended, &who, &row), 0);
	assert_memory_equal(&row, &watched, sizeof(row));
	dataplane_defend_end(world->dp, &who);
	assert_int_equal(bpf_map_lookup_elem(world->dp->maps.defended, &who, &row), -ENOENT);
	assert_int_equal(dataplane_defend(world->dp, &who, &watched), 0);
	world_close(world, false);
	world_open_ok(world);
	assert_int_equal(bpf_map_lookup_elem(world->dp->maps.defended, &who, &row), -ENOENT);
}

/* Nobody who knows one key knows the next. */
static void budget_key_is_new_at_each_start(void **state)
{
	struct world *world = *state;
	uint64_t first;

	world_open_ok(world);
	first = world->dp->settings.budget_key;
	assert_true(first != 0);
	world_close(world, false);
	world_open_ok(world);
	assert_true(world->dp->settings.budget_key != first);
}

static void defended_is_bounded(void **state)
{
	struct world *world = *state;
	struct defended watched = {.ifindex = 7, .kind = DEFENCE_TENTATIVE};
	struct in6_addr who = address(0);

	world_open_ok(world);
	for (uint32_t i = 0; i <= 1024; i++) {
		who.s6_addr[13] = (uint8_t)(i >> 8);
		who.s6_addr[14] = (uint8_t)i;
		assert_int_equal(dataplane_defend(world->dp, &who, &watched),
				 i < 1024 ? 0 : -E2BIG);
	}
}

/* A MN has no use for any of them. */
static void a_mn_has_none(void **state)
{
	struct world *world = *state;
	char *tree;

	world->request.role = DATAPLANE_MN;
	world->request.attach[0] = ATTACH_MODE_TC;
	world_open_ok(world);
	tree = world_tree();
	assert_null(strstr(tree, "maps/credit"));
	assert_null(strstr(tree, "maps/seen"));
	free(tree);
	world_close(world, false);
	world_open_ok(world);
	assert_true(world->adopted);
}

int main(void)
{
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		WORLD_TEST(credit_is_granted_once),
		WORLD_TEST(credit_has_room_for_contexts),
		WORLD_TEST(seen_counts_for_a_day),
		WORLD_TEST(what_a_restart_keeps),
		WORLD_TEST(defended_is_empty_at_start),
		WORLD_TEST(defended_is_bounded),
		WORLD_TEST(budget_key_is_new_at_each_start),
		WORLD_TEST(a_mn_has_none),
	};

	if (!world_enter())
		return 77;
	return cmocka_run_group_tests_name("dar_maps", tests, NULL, NULL);
}
