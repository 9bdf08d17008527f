// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/replay_floor: what a start knows of the agent before it (8.8). The clock
 * is played here. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "dar/dar_private.h"
#include "kernel/dataplane_private.h"

#define SECOND_NTP (1ULL << 32)
#define START_NTP  (1000000 * SECOND_NTP)

static struct config config;
static char directory[] = "/tmp/fama_floor.XXXXXX", state_dir[64];
static struct dar dar;
static struct dataplane dataplane; /* its map is none: what would be pinned is read here */
static uint64_t now_ntp;

uint64_t clock_ntp(void)
{
	return now_ntp;
}

uint64_t clock_boot_ns(void)
{
	return now_ntp / SECOND_NTP * CLOCK_SECOND_NS;
}

static void start(uint64_t pinned)
{
	char why[256];

	dar = (struct dar){.config = &config, .dataplane = &dataplane, .state_fd = -1};
	assert_int_equal(replay_floor_open(&dar, why, sizeof(why)), 0);
	replay_floor_set(&dar, pinned);
}

/* The kernel lets go of the lock; nothing is written. */
static void crash(void)
{
	close(dar.state_fd);
}

static bool has_file(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", state_dir, name);
	return access(path, F_OK) == 0;
}

static int setup(void **state)
{
	(void)state;
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	if (!mkdtemp(directory))
		return -1;
	snprintf(state_dir, sizeof(state_dir), "%s/state", directory);
	snprintf(config.state_dir, sizeof(config.state_dir), "%s", state_dir);
	now_ntp = START_NTP;
	dataplane = (struct dataplane){.maps.layout = -1};
	return 0;
}

static int teardown(void **state)
{
	char path[128];

	(void)state;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", state_dir, i ? "heartbeat" : "used");
		unlink(path);
	}
	rmdir(state_dir);
	return rmdir(directory);
}

static void the_first_agent_of_a_state_dir_has_no_limit(void **state)
{
	(void)state;
	start(0);
	assert_int_equal(dar.not_before_ntp, 0);
	assert_int_equal(dar.clock_floor_ntp, 0);
	assert_true(dar.replay_floor_known);
	crash();
}

static void the_pinned_heartbeat_and_the_window_are_the_floor(void **state)
{
	(void)state;
	start(START_NTP - 3 * SECOND_NTP); /* even if the state_dir is new: the pins are proof */
	assert_int_equal(dar.not_before_ntp, START_NTP + 4 * SECOND_NTP);
	assert_int_equal(dar.clock_floor_ntp, START_NTP - 3 * SECOND_NTP);
	crash();
}

/* A crash and the loss of the pins: somebody ran here, nobody knows until when. */
static void without_any_heartbeat_it_is_now(void **state)
{
	(void)state;
	start(0);
	crash();
	now_ntp += 60 * SECOND_NTP;
	start(0);
	assert_int_equal(dar.not_before_ntp, now_ntp + 7 * SECOND_NTP);
	assert_int_equal(dar.clock_floor_ntp, now_ntp);
	crash();
}

static void a_clean_stop_is_taken_up_once(void **state)
{
	uint64_t last;

	(void)state;
	start(0);
	replay_floor_raise(&dar);
	last = dar.heartbeat_ntp;
	replay_floor_close(&dar);
	assert_int_equal(dar.state_fd, -1);
	now_ntp += 60 * SECOND_NTP;
	start(0);
	assert_int_equal(dar.not_before_ntp, last + 7 * SECOND_NTP);
	assert_int_equal(dar.clock_floor_ntp, last);
	assert_false(has_file("heartbeat")); /* this agent may crash later than that */
	crash();
	start(0);
	assert_int_equal(dar.clock_floor_ntp, now_ntp);
	crash();
}

/* Pins of a crash later than the file, or a file of a stop later than what is pinned. */
static void the_later_heartbeat_counts(void **state)
{
	uint64_t last;

	(void)state;
	start(0);
	replay_floor_raise(&dar);
	last = dar.heartbeat_ntp;
	replay_floor_close(&dar);
	start(last - 1);
	assert_int_equal(dar.clock_floor_ntp, last);
	replay_floor_close(&dar);
	start(last + 1);
	assert_int_equal(dar.clock_floor_ntp, last + 1);
	crash();
}

/* Ahead of all that may be accepted until the next, and seldom written. */
static void the_heartbeat_covers_now_and_runs_a_little_ahead(void **state)
{
	unsigned int writes = 0;

	(void)state;
	start(0);
	for (unsigned int i = 0; i < 1000; i++, now_ntp += SECOND_NTP / 1000) {
		uint64_t before = dataplane.layout.heartbeat;

		replay_floor_raise(&dar);
		assert_true(dataplane.layout.heartbeat >= before);
		writes += dataplane.layout.heartbeat != before;
		assert_true(dataplane.layout.heartbeat >= now_ntp);
		assert_true(dataplane.layout.heartbeat <= now_ntp + SECOND_NTP / 10);
	}
	assert_in_range(writes, 2, 20);
	crash();
}

static void a_clock_set_back_does_not_take_it_along(void **state)
{
	uint64_t last;

	(void)state;
	start(0);
	replay_floor_raise(&dar);
	last = dataplane.layout.heartbeat;
	now_ntp -= 3600 * SECOND_NTP;
	replay_floor_raise(&dar);
	assert_int_equal(dataplane.layout.heartbeat, last);
	replay_floor_close(&dar);
	start(dataplane.layout.heartbeat); /* behind the agent before: no signed BU until it has
					      caught up */
	assert_int_equal(dar.clock_floor_ntp, last);
	assert_int_equal(dar.not_before_ntp, last + 7 * SECOND_NTP);
	replay_floor_raise(&dar);
	assert_int_equal(dataplane.layout.heartbeat, last);
	now_ntp = last + 1;
	replay_floor_raise(&dar);
	assert_true(dataplane.layout.heartbeat >= now_ntp);
	crash();
}

static void a_start_that_came_to_nothing_leaves_nothing(void **state)
{
	(void)state;
	start(0);
	replay_floor_forget(&dar);
	replay_floor_close(&dar);
	assert_int_not_equal(access(state_dir, F_OK), 0);
	start(0);
	assert_int_equal(dar.not_before_ntp, 0);
	replay_floor_close(&dar); /* an agent that ran */
	start(0);
	replay_floor_forget(&dar);
	replay_floor_close(&dar);
	assert_true(has_file("used"));
}

static void a_broken_file_is_no_proof_of_nobody(void **state)
{
	char path[128];
	int fd;

	(void)state;
	start(0);
	replay_floor_close(&dar);
	snprintf(path, sizeof(path), "%s/heartbeat", state_dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0 && write(fd, "none\n", 5) == 5);
	close(fd);
	start(0);
	assert_int_equal(dar.clock_floor_ntp, now_ntp);
	crash();
}

static void two_agents_do_not_share_a_state_dir(void **state)
{
	struct dar other = {.config = &config, .state_fd = -1};
	char why[256];

	(void)state;
	start(0);
	assert_int_equal(replay_floor_open(&other, why, sizeof(why)), EX_UNAVAILABLE);
	assert_non_null(strstr(why, "in use by another famad"));
	replay_floor_close(&other); /* of one that never opened it */
	assert_false(has_file("heartbeat"));
	crash();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_agent_of_a_state_dir_has_no_limit, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_pinned_heartbeat_and_the_window_are_the_floor,
						setup, teardown),
		cmocka_unit_test_setup_teardown(without_any_heartbeat_it_is_now, setup, teardown),
		cmocka_unit_test_setup_teardown(a_clean_stop_is_taken_up_once, setup, teardown),
		cmocka_unit_test_setup_teardown(the_later_heartbeat_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(the_heartbeat_covers_now_and_runs_a_little_ahead,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_clock_set_back_does_not_take_it_along, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_start_that_came_to_nothing_leaves_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_broken_file_is_no_proof_of_nobody, setup,
						teardown),
		cmocka_unit_test_setup_teardown(two_agents_do_not_share_a_state_dir, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("replay_floor", tests, NULL, NULL);
}
