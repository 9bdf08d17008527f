// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/bu_queue: order, bounds, budget, one job a turn, and the load. */
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
#include "dar/bu_queue.h"
#include "dar/dar_private.h"
#include "dar/turn.h"

static struct dar *dar;
static struct bu_queue *queue;
static uint16_t checked[2 * BU_QUEUE_JOBS]; /* sequence numbers, in order */
static unsigned int checked_count;
static struct ingress checked_from;
static uint64_t check_takes_ns;

/* The queue's turns, without what they would write and send. */
static bool in_turn;

void turn_begin(struct dar *of)
{
	assert_ptr_equal(of, dar);
	assert_false(in_turn);
	in_turn = true;
}

void turn_end(struct dar *of)
{
	assert_ptr_equal(of, dar);
	assert_true(in_turn);
	in_turn = false;
}

static void check(struct dar *of, const struct mh_packet *packet, const struct ingress *from,
		  const struct bu_before *before)
{
	assert_ptr_equal(of, dar);
	assert_true(in_turn);
	assert_int_equal(packet->message.type, IP6_MH_TYPE_BU);
	assert_true(packet->message.options.has_alt_coa); /* spans and all were copied */
	assert_memory_equal(&packet->message.options.alt_coa, &packet->source, 16);
	checked[checked_count++] = packet->message.bu.sequence;
	checked_from = *from;
	for (uint64_t end_ns = clock_boot_ns() + check_takes_ns; clock_boot_ns() < end_ns;)
		;
	assert_true(before->has_sequence);
	assert_int_equal((uint16_t)(before->sequence + 1), packet->message.bu.sequence);
}

static void set_up(uint32_t budget)
{
	dar = calloc(1, sizeof(*dar));
	assert_non_null(dar);
	dar->base = event_base_new();
	ratelimit_init(&dar->crypto_budget, budget, budget, clock_boot_ns());
	queue = bu_queue_new(dar, check);
	assert_non_null(queue);
	checked_count = 0;
}

static void tear_down(void)
{
	bu_queue_free(queue);
	event_base_free(dar->base);
	free(dar);
}

/* Of HoA number `hoa`, from CoA number `coa`; what it was read from is overwritten at once. */
static int add_by(enum bu_method method, uint16_t hoa, uint8_t coa, uint16_t sequence)
{
	struct in6_addr source = {.s6_addr = {0x20, 0x01, 0x0d, 0xb8, 0, 2}};
	struct mh_build build = {.type = IP6_MH_TYPE_BU, .sequence = sequence, .lifetime = 1};
	const struct ingress from = {.ifindex = 7, .source_mac = {2, 0, 0, 0, 0, 1}};
	struct mh_packet packet = {.has_hao = true};
	struct mh_built mh;
	struct bu bu;
	int err;

	source.s6_addr[15] = coa;
	build.alt_coa = &source;
	assert_int_equal(mh_build(&build, &mh), 0);
	packet.source = source;
	packet.hao.s6_addr[14] = (uint8_t)(hoa >> 8);
	packet.hao.s6_addr[15] = (uint8_t)hoa;
	assert_int_equal(mh_parse(mh.octets, mh.len, &packet.message), MH_OK);
	bu_read(&packet, &bu);
	bu.method = method;
	err = bu_queue_add(queue, &bu, &from, &(struct bu_before){true, (uint16_t)(sequence - 1)});
	memset(&mh, 0xff, sizeof(mh));
	return err;
}

static int add(uint16_t hoa, uint8_t coa, uint16_t sequence)
{
	return add_by(BU_METHOD_CGA, hoa, coa, sequence);
}

/* Of the loop: what is due and ready is looked at once. */
static void turn(void)
{
	event_base_loop(dar->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

/* Runs the loop until `done` or for two seconds. */
static bool run_until(bool (*done)(void))
{
	uint64_t end_ns = clock_boot_ns() + 2 * CLOCK_SECOND_NS;

	while (!done() && clock_boot_ns() < end_ns)
		turn();
	return done();
}

static bool is_empty(void)
{
	return bu_queue_count(queue) == 0;
}

static bool is_not_loaded(void)
{
	return !bu_queue_loaded(queue);
}

/* First come, first checked; a fifth of a millisecond in one turn of the loop and the check that is
 * under way then, so that nothing else waits long. */
static void test_order(void **state)
{
	(void)state;
	set_up(1000000);
	for (uint16_t i = 0; i < 20; i++)
		assert_int_equal(add(i, 1, i), 0);
	check_takes_ns = 150000;
	while (checked_count < 20) {
		unsigned int before = checked_count;

		while (checked_count == before)
			turn();
		assert_in_range(checked_count, before + 1, before + 2);
	}
	check_takes_ns = 0;
	for (uint16_t i = 0; i < 20; i++)
		assert_int_equal(checked[i], i);
	assert_true(is_empty());
	assert_int_equal(checked_from.ifindex, 7);
	assert_int_equal(checked_from.source_mac[5], 1);
	turn();
	assert_int_equal(checked_count, 20);
	tear_down();
}

/* A retransmission does not queue twice; neither does a stranger block the HoA's owner. */
static void test_repeated(void **state)
{
	(void)state;
	set_up(1000000);
	assert_int_equal(add(1, 1, 10), 0);
	assert_int_equal(add(1, 1, 11), -EALREADY);
	assert_int_equal(add(1, 2, 12), 0);
	assert_int_equal(add(2, 1, 13), 0);
	assert_int_equal(bu_queue_count(queue), 3);
	assert_true(run_until(is_empty));
	assert_int_equal(add(1, 1, 14), 0); /* the first has had its turn */
	assert_true(run_until(is_empty));
	assert_int_equal(checked_count, 4);
	assert_int_equal(checked[3], 14);
	tear_down();
}

/* Who is proven by PHKT takes one place, from however many addresses he writes; a stranger's BU
 * with his HoA does not take it from him. */
static void test_one_place_for_a_phkt(void **state)
{
	(void)state;
	set_up(1000000);
	assert_int_equal(add_by(BU_METHOD_CGA, 1, 1, 10), 0);
	assert_int_equal(add_by(BU_METHOD_PHKT, 1, 2, 11), 0);
	assert_int_equal(add_by(BU_METHOD_PHKT, 1, 3, 12), -EALREADY);
	assert_int_equal(add_by(BU_METHOD_PHKT, 2, 3, 13), 0);
	assert_int_equal(add_by(BU_METHOD_CGA, 1, 4, 14), 0);
	assert_int_equal(bu_queue_count(queue), 4);
	tear_down();
}

/* C-66: bounded; the ring goes round. */
static void test_full(void **state)
{
	(void)state;
	set_up(1000000);
	for (uint16_t i = 0; i < BU_QUEUE_JOBS; i++)
		assert_int_equal(add(i, 1, i), 0);
	assert_int_equal(add(BU_QUEUE_JOBS, 1, 0), -EBUSY);
	assert_int_equal(add(3, 1, 0), -EALREADY);
	while (!checked_count)
		turn();
	assert_int_equal(add(BU_QUEUE_JOBS, 1, BU_QUEUE_JOBS), 0);
	assert_true(run_until(is_empty));
	assert_int_equal(checked_count, BU_QUEUE_JOBS + 1);
	for (uint16_t i = 0; i <= BU_QUEUE_JOBS; i++)
		assert_int_equal(checked[i], i);
	tear_down();
}

/* C-66: over the budget they wait, they are not refused. */
static void test_budget(void **state)
{
	uint64_t start_ns;

	(void)state;
	set_up(50);
	while (ratelimit_take(&dar->crypto_budget, clock_boot_ns()))
		;
	start_ns = clock_boot_ns();
	for (uint16_t i = 0; i < 5; i++)
		assert_int_equal(add(i, 1, i), 0);
	assert_true(run_until(is_empty));
	assert_int_equal(checked_count, 5);
	assert_true(clock_boot_ns() - start_ns >= CLOCK_SECOND_NS * 4 / 50);
	tear_down();
}

/* The cookie comes with the queue an eighth full and goes when it is calm, not before. */
static void test_loaded_by_queue(void **state)
{
	uint64_t start_ns;

	(void)state;
	set_up(1000000);
	for (uint16_t i = 0; i < BU_QUEUE_LOADED; i++)
		assert_int_equal(add(i, 1, i), 0);
	assert_false(bu_queue_loaded(queue));
	assert_int_equal(add(BU_QUEUE_LOADED, 1, 0), 0);
	assert_true(bu_queue_loaded(queue));
	assert_int_equal(dar->stats.counters[DAR_LOADED], 1);
	assert_true(run_until(is_empty));
	assert_true(bu_queue_loaded(queue));
	start_ns = clock_boot_ns();
	assert_true(run_until(is_not_loaded));
	assert_true(clock_boot_ns() - start_ns >= CLOCK_SECOND_NS / 4);
	assert_int_equal(dar->stats.counters[DAR_LOADED], 1);
	tear_down();
}

/* It comes with half of the budget spent, too. */
static void test_loaded_by_budget(void **state)
{
	(void)state;
	set_up(40);
	for (uint16_t i = 0; i < 19; i++)
		ratelimit_take(&dar->crypto_budget, clock_boot_ns());
	assert_int_equal(add(1, 1, 1), 0);
	assert_true(run_until(is_empty));
	assert_false(bu_queue_loaded(queue));
	for (uint16_t i = 0; i < 3; i++)
		assert_int_equal(add(i, 1, 1), 0);
	assert_true(run_until(is_empty));
	assert_true(bu_queue_loaded(queue));
	assert_true(run_until(is_not_loaded));
	tear_down();
}

/* As long as strangers press it stays. */
static void test_loaded_while_pressed(void **state)
{
	uint64_t end_ns;

	(void)state;
	set_up(1000);
	for (uint16_t i = 0; i <= BU_QUEUE_LOADED; i++)
		assert_int_equal(add(i, 1, i), 0);
	end_ns = clock_boot_ns() + CLOCK_SECOND_NS * 3 / 2;
	while (clock_boot_ns() < end_ns) {
		bu_queue_turned_away(queue);
		turn();
		assert_true(bu_queue_loaded(queue));
	}
	assert_true(is_empty());
	assert_true(run_until(is_not_loaded));
	assert_int_equal(dar->stats.counters[DAR_LOADED], 1);
	tear_down();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_one_place_for_a_phkt),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_loaded_by_queue),
		cmocka_unit_test(test_loaded_by_budget),
		cmocka_unit_test(test_loaded_while_pressed),
	};

	return cmocka_run_group_tests_name("bu_queue", tests, NULL, NULL);
}
