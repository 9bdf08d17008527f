// SPDX-License-Identifier: BSD-2-Clause
/* Proves the rows that agent and programs share: bindings, traffic, prefixes, outcomes, punts. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/dataplane_world.h"

#define ONE WORLD_PARENT "/one"

static struct in6_addr hoa(uint32_t number)
{
	struct in6_addr address = {.s6_addr = {0x20, 0x01, 0x0d, 0xb8}};

	memcpy(&address.s6_addr[12], &number, sizeof(number));
	return address;
}

static struct binding binding(uint32_t number)
{
	struct binding value = {
		.expires_boot_ns = number * 1000003ULL,
		.lifetime_s = number,
		.state = BINDING_UNVERIFIED,
		.auth = BINDING_AUTH_CGA,
	};

	memcpy(value.coa, &number, sizeof(number));
	memcpy(value.dar + 8, &number, sizeof(number));
	return value;
}

static int put(struct dataplane *dp, uint32_t number)
{
	struct in6_addr key = hoa(number);
	struct binding value = binding(number);

	return dataplane_binding_put(dp, &key, &value);
}

static bool has_traffic(struct dataplane *dp, uint32_t number)
{
	struct in6_addr key = hoa(number);
	struct traffic row;
	int err = dataplane_traffic_get(dp, &key, &row);

	assert_true(err == 0 || err == -ENOENT);
	return !err;
}

/* F15: the row that does not fit leaves nothing, the rows that are there stay. */
static void full_table(void **state)
{
	struct world *world = *state;
	struct in6_addr key = hoa(2);

	world->request.binding_max = 4;
	world_open_ok(world);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(put(world->dp, i), 0);
	assert_int_equal(put(world->dp, 4), -E2BIG);
	assert_false(has_traffic(world->dp, 4));
	assert_int_equal(put(world->dp, 3), 0);
	assert_int_equal(dataplane_binding_delete(world->dp, &key), 0);
	assert_false(has_traffic(world->dp, 2));
	assert_int_equal(put(world->dp, 4), 0);
	assert_true(has_traffic(world->dp, 4));
	assert_int_equal(dataplane_binding_delete(world->dp, &key), -ENOENT);
}

/* `bindings` is full although `traffic` has room: the traffic row made for it goes again. */
static void no_traffic_row_without_binding(void **state)
{
	struct world *world = *state;
	int traffic;
	struct in6_addr key = hoa(1);

	world->request.binding_max = 2;
	world_open_ok(world);
	assert_int_equal(put(world->dp, 0), 0);
	assert_int_equal(put(world->dp, 1), 0);
	traffic = bpf_obj_get(ONE "/maps/traffic");
	assert_int_equal(bpf_map_delete_elem(traffic, &key), 0);
	close(traffic);
	assert_int_equal(put(world->dp, 2), -E2BIG);
	assert_false(has_traffic(world->dp, 2));
}

/* One call for BUs that came together; of what does not fit, what was written before is told. */
static void many_at_once(void **state)
{
	enum { ROWS = 150, ROOM = 140 };
	struct world *world = *state;
	struct in6_addr hoas[ROWS];
	struct binding bindings[ROWS], row;
	uint32_t done = 77;
	int map;

	for (uint32_t i = 0; i < ROWS; i++) {
		hoas[i] = hoa(i);
		bindings[i] = binding(i);
		bindings[i].sequence = (uint16_t)(i + 4711);
	}
	world->request.binding_max = ROOM;
	world_open_ok(world);
	for (uint32_t i = 0; i < ROOM; i++)
		assert_int_equal(put(world->dp, i), 0);
	assert_int_equal(dataplane_binding_replace_many(world->dp, hoas, bindings, 0, &done), 0);
	assert_int_equal(done, 0);
	assert_int_equal(dataplane_binding_replace_many(world->dp, hoas, bindings, ROOM, &done), 0);
	assert_int_equal(done, ROOM);
	bindings[3].lifetime_s = 77;
	assert_int_equal(dataplane_binding_replace_many(world->dp, hoas, bindings, ROWS, &done),
			 -E2BIG);
	assert_int_equal(done, ROOM);
	map = bpf_obj_get(ONE "/maps/bindings");
	for (uint32_t i = 0; i < ROWS; i++) {
		int err = bpf_map_lookup_elem(map, &hoas[i], &row);

		assert_int_equal(err, i < ROOM ? 0 : -ENOENT);
		assert_int_equal(has_traffic(world->dp, i), i < ROOM);
		if (!err)
			assert_memory_equal(&row, &bindings[i], sizeof(row));
	}
	close(map);
}

static void counters_outlive_a_refresh(void **state)
{
	struct world *world = *state;
	struct in6_addr key = hoa(7);
	const struct traffic counted = {1, 1000, 3, 3000};
	struct traffic row;
	int traffic;

	world_open_ok(world);
	assert_int_equal(put(world->dp, 7), 0);
	traffic = bpf_obj_get(ONE "/maps/traffic");
	assert_int_equal(bpf_map_update_elem(traffic, &key, &counted, BPF_EXIST), 0);
	close(traffic);
	assert_int_equal(put(world->dp, 7), 0);
	assert_int_equal(dataplane_traffic_get(world->dp, &key, &row), 0);
	assert_memory_equal(&row, &counted, sizeof(row));
	assert_int_equal(dataplane_binding_delete(world->dp, &key), 0);
	assert_int_equal(put(world->dp, 7), 0);
	assert_int_equal(dataplane_traffic_get(world->dp, &key, &row), 0);
	assert_int_equal(row.uplink_bytes, 0);
}

enum { MANY = 10000 };

static int mark(const struct in6_addr *key, const struct binding *value, void *arg)
{
	unsigned char *seen = arg;
	uint32_t number;
	struct binding expected;

	memcpy(&number, &key->s6_addr[12], sizeof(number));
	assert_in_range(number, 0, MANY - 1);
	expected = binding(number);
	assert_memory_equal(value, &expected, sizeof(expected));
	seen[number]++;
	return 0;
}

static int stop_at_three(const struct in6_addr *key, const struct binding *value, void *arg)
{
	(void)key;
	(void)value;
	return ++*(int *)arg == 3 ? 42 : 0;
}

static void batched_dump(void **state)
{
	struct world *world = *state;
	static unsigned char seen[MANY];
	int calls = 0;

	world->request.binding_max = MANY;
	world_open_ok(world);
	assert_int_equal(dataplane_binding_each(world->dp, mark, seen), 0);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(put(world->dp, i), 0);
	memset(seen, 0, sizeof(seen));
	assert_int_equal(dataplane_binding_each(world->dp, mark, seen), 0);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(seen[i], 1);
	assert_int_equal(dataplane_binding_each(world->dp, stop_at_three, &calls), 42);
	assert_int_equal(calls, 3);
}

static void prefixes_are_those_of_this_start(void **state)
{
	struct world *world = *state;
	struct in6_addr old = hoa(1), kept = hoa(2);
	struct anchored_prefix row, value = {.ifindex = 5, .prefix_len = 64, .address = {1, 2}};
	int prefixes;

	world_open_ok(world);
	assert_int_equal(dataplane_prefix_put(world->dp, &old, &value), 0);
	world_close(world, false);
	world_open_ok(world);
	assert_int_equal(dataplane_prefix_put(world->dp, &kept, &value), 0);
	prefixes = bpf_obj_get(ONE "/maps/prefixes");
	assert_int_equal(bpf_map_lookup_elem(prefixes, &old, &row), -ENOENT);
	assert_int_equal(bpf_map_lookup_elem(prefixes, &kept, &row), 0);
	assert_memory_equal(&row, &value, sizeof(row));
	close(prefixes);
}

static void outcomes_over_all_cpus(void **state)
{
	struct world *world = *state;
	struct outcome_count sums[OUTCOME_MAX];
	size_t cpus = (size_t)libbpf_num_possible_cpus();
	struct outcome_count *rows = calloc(cpus, sizeof(*rows));
	__u64 expected = 0;
	int map;

	assert_non_null(rows);
	world_open_ok(world);
	map = bpf_obj_get(ONE "/maps/outcomes");
	for (size_t cpu = 0; cpu < cpus; cpu++) {
		rows[cpu].packets[0] = 1;
		rows[cpu].packets[FAMA_INTERFACE_MAX - 1] = 10 + cpu;
		expected += 10 + cpu;
	}
	for (__u32 outcome = 0; outcome < OUTCOME_MAX; outcome += OUTCOME_MAX - 1)
		assert_int_equal(bpf_map_update_elem(map, &outcome, rows, BPF_ANY), 0);
	close(map);
	memset(sums, 0xff, sizeof(sums));
	assert_int_equal(dataplane_outcomes(world->dp, sums), 0);
	for (int outcome = 0; outcome < OUTCOME_MAX; outcome++) {
		bool written = outcome == 0 || outcome == OUTCOME_MAX - 1;

		/* The interface is up: packets of its own (MLD, DAD) may pass meanwhile. */
		assert_true(sums[outcome].packets[0] >= (written ? cpus : 0));
		assert_int_equal(sums[outcome].packets[FAMA_INTERFACE_MAX - 1],
				 written ? expected : 0);
		assert_int_equal(sums[outcome].packets[1], 0);
	}
	free(rows);
}

static void outcome_names_differ(void **state)
{
	(void)state;
	for (int i = 0; i < OUTCOME_MAX; i++) {
		assert_string_not_equal(outcome_name((enum outcome)i), "?");
		for (int j = 0; j < i; j++)
			assert_string_not_equal(outcome_name((enum outcome)i),
						outcome_name((enum outcome)j));
	}
	assert_string_equal(outcome_name(OUTCOME_NOT_BOUND), "not_bound");
	assert_string_equal(outcome_name(OUTCOME_NO_ROOM), "no_room");
	assert_string_equal(outcome_name(OUTCOME_SOURCE), "source");
	assert_string_equal(outcome_name(OUTCOME_UNSEEN), "unseen");
}

struct taken {
	unsigned int count;
	struct punt_header header;
	uint8_t frame[FAMA_PUNT_FRAME_MAX];
};

static void take(const struct punt_header *header, const uint8_t *frame, void *arg)
{
	struct taken *taken = arg;

	taken->count++;
	taken->header = *header;
	memcpy(taken->frame, frame, header->len);
}

/* Frame of a bare Mobility Header (BRR) to an own address; to d0, once its MAC is in front. */
static uint8_t signalling[] =
	{
		0,    0,    0,    0,    0,    0,    0x02, 0,   0,  0,    0,    0x01, 0x86,
		0xdd, 0x60, 0,    0,    0,    0,    8,    135, 64, 0x20, 0x01, 0x0d, 0xb8,
		0,    1,    0,    0,    0,    0,    0,    0,   0,  0,    0,    0x01, /* source */
		0x20, 0x01, 0x0d, 0xb8, 0,    2,    0,    0,   0,  0,    0,    0,    0,
		0,    0,    0x02, /* destination */
		59,   0,    0,    0,    0x12, 0x34, 0,    0,
};
enum { OWN_ADDRESS = 38, MAC_OCTETS = 6 };

static void address_to_d0(void)
{
	char *mac = world_said("ip link show d0 | sed -n 's/.*ether \\([^ ]*\\).*/\\1/p'");
	unsigned int octets[MAC_OCTETS];

	assert_int_equal(sscanf(mac, "%x:%x:%x:%x:%x:%x", &octets[0], &octets[1], &octets[2],
				&octets[3], &octets[4], &octets[5]),
			 MAC_OCTETS);
	for (int i = 0; i < MAC_OCTETS; i++)
		signalling[i] = (uint8_t)octets[i];
	free(mac);
}

static bool readable(const struct dataplane *dp)
{
	struct pollfd fd = {.fd = dataplane_punt_fd(dp), .events = POLLIN};

	return poll(&fd, 1, 0) == 1;
}

static void run_program(const char *path, const void *context, __u32 context_size,
			unsigned int times)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = signalling,
		    .data_size_in = sizeof(signalling), .ctx_in = context,
		    .ctx_size_in = context_size);
	int program = bpf_obj_get(path);

	assert_true(program >= 0);
	for (unsigned int i = 0; i < times; i++)
		assert_int_equal(bpf_prog_test_run_opts(program, &opts), 0);
	close(program);
}

static void expect_punts(struct world *world, unsigned int count)
{
	struct taken taken = {0};

	for (unsigned int turns = 0; readable(world->dp) && turns < count; turns++) {
		unsigned int before = taken.count;

		int events = dataplane_punt_consume(world->dp, take, &taken);

		assert_in_range(events, 1, PUNT_TURN_EVENTS);
		assert_int_equal(taken.count - before, events);
	}
	assert_int_equal(dataplane_punt_consume(world->dp, take, &taken), 0);
	assert_false(readable(world->dp));
	assert_int_equal(taken.count, count);
	assert_int_equal(taken.header.kind, PUNT_SIGNALLING);
	assert_int_equal(taken.header.ifindex, world->request.settings.interfaces[0].ifindex);
	assert_int_equal(taken.header.len, sizeof(signalling));
	assert_memory_equal(taken.frame, signalling, sizeof(signalling));
}

/* More than one turn's worth, so that the descriptor has to stay readable. */
static void punts_of_the_mn(void **state)
{
	struct world *world = *state;
	struct __sk_buff context = {0};

	world->request.role = DATAPLANE_MN;
	world->request.attach[0] = ATTACH_MODE_TC;
	world_open_ok(world);
	assert_false(readable(world->dp));
	context.ifindex = context.ingress_ifindex = world->request.settings.interfaces[0].ifindex;
	address_to_d0();
	run_program(ONE "/progs/fama_mn_ingress", &context, sizeof(context), 100);
	expect_punts(world, 100);
}

/* What waits in the ring when an agent dies is the next one's. */
static void punts_of_the_dar_survive_the_agent(void **state)
{
	struct world *world = *state;
	struct dataplane_settings *settings = &world->request.settings;
	struct xdp_md context = {
		.data_end = sizeof(signalling),
		.ingress_ifindex = settings->interfaces[0].ifindex,
	};

	address_to_d0();
	settings->prefix_count = 1;
	memcpy(settings->prefixes[0].prefix, signalling + OWN_ADDRESS, 8);
	memcpy(settings->prefixes[0].address, signalling + OWN_ADDRESS, 16);
	memcpy(settings->interfaces[0].mac, signalling, MAC_OCTETS);
	world_open_ok(world);
	run_program(ONE "/progs/fama_dar", &context, sizeof(context), 3);
	world_close(world, false);
	world_open_ok(world);
	expect_punts(world, 3);
}

int main(void)
{
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		WORLD_TEST(full_table),
		WORLD_TEST(no_traffic_row_without_binding),
		WORLD_TEST(many_at_once),
		WORLD_TEST(counters_outlive_a_refresh),
		WORLD_TEST(batched_dump),
		WORLD_TEST(prefixes_are_those_of_this_start),
		WORLD_TEST(outcomes_over_all_cpus),
		cmocka_unit_test(outcome_names_differ),
		WORLD_TEST(punts_of_the_mn),
		WORLD_TEST(punts_of_the_dar_survive_the_agent),
	};

	if (!world_enter())
		return 77;
	return cmocka_run_group_tests_name("binding_map", tests, NULL, NULL);
}
