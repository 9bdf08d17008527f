// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/turn: all rows, then all answers, none of what is not there (C-83).
 * Data plane and packet socket are played here. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dar/dar_private.h"
#include "dar/next_hop.h"
#include "dar/turn.h"
#include "kernel/packet_socket.h"

enum { ROWS_MAX = 2 * PUNT_TURN_EVENTS };

struct world {
	struct dar dar;
	uint16_t written[ROWS_MAX]; /* numbers of the rows, in order */
	unsigned int rows, writes;
	int fails_at;         /* number of the row that cannot be written; -1: none */
	unsigned int answers; /* kept by the packet socket */
	unsigned int sent, dropped, sends;
	unsigned int rows_when_sent; /* written before the last answers left */
	unsigned int answers_max;    /* -ENOBUFS then */
	unsigned int routed;
	bool has_hop;
	unsigned int unsendable; /* answers of the next sending that cannot leave */
};

static struct world world;

int dataplane_binding_replace_many(struct dataplane *dp, const struct in6_addr *hoas,
				   const struct binding *bindings, uint32_t count, uint32_t *done)
{
	(void)dp;
	world.writes++;
	for (*done = 0; *done < count; (*done)++) {
		assert_int_equal(hoas[*done].s6_addr[15], bindings[*done].sequence);
		if (bindings[*done].sequence == world.fails_at)
			return -ENOENT;
		world.written[world.rows++] = bindings[*done].sequence;
	}
	return 0;
}

int packet_batch_send(struct packet_socket *ps, unsigned int *failed)
{
	(void)ps;
	*failed = world.unsendable;
	world.sends++;
	world.sent += world.answers - *failed;
	if (world.answers)
		world.rows_when_sent = world.rows;
	world.answers = world.unsendable = 0;
	return *failed ? -ENETDOWN : 0;
}

unsigned int packet_batch_drop(struct packet_socket *ps)
{
	unsigned int dropped = world.answers;

	(void)ps;
	world.dropped += dropped;
	world.answers = 0;
	return dropped;
}

int packet_batch_frame(struct packet_socket *ps, uint32_t ifindex, const uint8_t source_mac[6],
		       const uint8_t destination_mac[6], const uint8_t *packet, size_t len)
{
	(void)ps;
	(void)ifindex;
	(void)source_mac;
	(void)destination_mac;
	(void)packet;
	(void)len;
	if (world.answers == world.answers_max)
		return -ENOBUFS;
	world.answers++;
	return 0;
}

int packet_send_frame(struct packet_socket *ps, uint32_t ifindex, const uint8_t source_mac[6],
		      const uint8_t destination_mac[6], const uint8_t *packet, size_t len)
{
	return packet_batch_frame(ps, ifindex, source_mac, destination_mac, packet, len);
}

int packet_send_routed(struct packet_socket *ps, uint32_t ifindex, const uint8_t *packet,
		       size_t len)
{
	(void)ps;
	(void)ifindex;
	(void)packet;
	(void)len;
	world.routed++;
	return 0;
}

const struct next_hop *next_hop_find(struct next_hops *hops, const struct in6_addr *destination,
				     uint32_t from_ifindex,
				     const uint8_t from_mac[static NEXT_HOP_MAC_LEN],
				     uint64_t now_ns)
{
	static const struct next_hop hop = {.ifindex = 1, .has_mac = true};

	(void)hops;
	(void)destination;
	(void)from_ifindex;
	(void)from_mac;
	(void)now_ns;
	return world.has_hop ? &hop : NULL;
}

struct dar_interface *dar_interface_by_index(struct dar *dar, uint32_t ifindex)
{
	(void)ifindex;
	return &dar->interfaces[0];
}

static int setup(void **state)
{
	(void)state;
	world = (struct world){.fails_at = -1};
	world.dar.turn = turn_new();
	return world.dar.turn ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	turn_free(world.dar.turn);
	return 0;
}

static int put_row(uint16_t number)
{
	struct in6_addr hoa = {.s6_addr = {[15] = (uint8_t)number}};
	struct binding row = {.sequence = number};

	return turn_put_row(&world.dar, &hoa, &row);
}

/* A row and the BA that tells of it. */
static void register_row(uint16_t number)
{
	assert_int_equal(put_row(number), 0);
	world.answers++;
}

static void outside_of_a_turn_each_goes_at_once(void **state)
{
	(void)state;
	assert_false(turn_is_on(&world.dar));
	assert_int_equal(put_row(1), 0);
	assert_int_equal(world.rows, 1);
	world.fails_at = 2;
	assert_int_equal(put_row(2), -ENOENT);
	turn_flush(&world.dar);
	assert_int_equal(world.sends, 0);
}

static void c83_rows_are_written_before_answers_leave(void **state)
{
	(void)state;
	turn_begin(&world.dar);
	assert_true(turn_is_on(&world.dar));
	for (uint16_t i = 1; i <= 3; i++)
		register_row(i);
	assert_int_equal(world.rows + world.sends, 0);
	turn_end(&world.dar);
	assert_false(turn_is_on(&world.dar));
	assert_int_equal(world.writes, 1);
	assert_int_equal(world.rows, 3);
	assert_int_equal(world.sent, 3);
	assert_int_equal(world.rows_when_sent, 3);
	for (uint16_t i = 0; i < 3; i++)
		assert_int_equal(world.written[i], i + 1); /* the later row of a HoA is the last */
	turn_begin(&world.dar);
	turn_end(&world.dar);
	assert_int_equal(world.rows, 3); /* none comes back with the next turn */
	assert_int_equal(world.writes, 1);
}

static void c83_what_is_flushed_is_written_and_the_turn_goes_on(void **state)
{
	(void)state;
	turn_begin(&world.dar);
	register_row(1);
	turn_flush(&world.dar);
	assert_int_equal(world.rows, 1);
	assert_int_equal(world.sent, 1);
	assert_true(turn_is_on(&world.dar));
	register_row(2);
	assert_int_equal(world.rows, 1);
	turn_end(&world.dar);
	assert_int_equal(world.rows, 2);
	assert_int_equal(world.sent, 2);
}

/* The answer that finds no room, or takes the kernel's routing, does not overtake its row either.
 */
static void c83_an_answer_that_flushes_waits_for_its_row(void **state)
{
	struct in6_addr destination = {.s6_addr = {0x20, 0x01}};
	struct ingress from = {.ifindex = 1};

	(void)state;
	for (int framed = 0; framed <= 1; framed++) {
		world.has_hop = framed;
		world.answers_max = 0;
		turn_begin(&world.dar);
		world.fails_at = -1;
		assert_int_equal(put_row(1), 0);
		assert_int_equal(reply_send(&world.dar, &from, &destination, NULL, 0),
				 framed ? -ENOBUFS : 0);
		world.routed = 0;
		world.fails_at = 2;
		assert_int_equal(put_row(2), 0);
		assert_int_equal(reply_send(&world.dar, &from, &destination, NULL, 0), -ENOENT);
		assert_int_equal(world.routed, 0);
		turn_end(&world.dar);
	}
}

/* The first, a middle and the last row: the others are there, nobody is told anything. */
static void c83_a_row_that_fails_takes_the_answers_of_its_turn(void **state)
{
	(void)state;
	for (int fails = 1; fails <= 3; fails++) {
		unsigned int rows = world.rows, counted = 3 * (unsigned int)fails;

		world.fails_at = fails;
		turn_begin(&world.dar);
		for (uint16_t i = 1; i <= 3; i++)
			register_row(i);
		turn_end(&world.dar);
		assert_int_equal(world.rows - rows, 2);
		assert_int_equal(world.sent, 0);
		assert_int_equal(world.dropped, counted);
		assert_int_equal(world.dar.stats.counters[DAR_BA_FAILED], counted);
	}
	world.fails_at = -1;
	turn_begin(&world.dar);
	register_row(4);
	turn_end(&world.dar);
	assert_int_equal(world.sent, 1);
}

static void a_full_turn_makes_room(void **state)
{
	(void)state;
	turn_begin(&world.dar);
	for (uint16_t i = 0; i < PUNT_TURN_EVENTS; i++)
		register_row(i);
	assert_int_equal(world.rows, 0);
	register_row(PUNT_TURN_EVENTS);
	assert_int_equal(world.rows, PUNT_TURN_EVENTS);
	assert_int_equal(world.sent, PUNT_TURN_EVENTS);
	turn_end(&world.dar);
	assert_int_equal(world.rows, PUNT_TURN_EVENTS + 1);
	assert_int_equal(world.written[PUNT_TURN_EVENTS], PUNT_TURN_EVENTS);
}

static void answers_that_cannot_leave_are_counted(void **state)
{
	(void)state;
	turn_begin(&world.dar);
	register_row(1);
	register_row(2);
	world.unsendable = 1;
	turn_end(&world.dar);
	assert_int_equal(world.sent, 1);
	assert_int_equal(world.dar.stats.counters[DAR_BA_FAILED], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(outside_of_a_turn_each_goes_at_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(c83_rows_are_written_before_answers_leave, setup,
						teardown),
		cmocka_unit_test_setup_teardown(c83_what_is_flushed_is_written_and_the_turn_goes_on,
						setup, teardown),
		cmocka_unit_test_setup_teardown(c83_an_answer_that_flushes_waits_for_its_row, setup,
						teardown),
		cmocka_unit_test_setup_teardown(c83_a_row_that_fails_takes_the_answers_of_its_turn,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_full_turn_makes_room, setup, teardown),
		cmocka_unit_test_setup_teardown(answers_that_cannot_leave_are_counted, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
