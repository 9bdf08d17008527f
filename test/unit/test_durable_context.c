// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/durable_context: with `replay: seq` the number and key of the last signed
 * BU outlive the agent (A-08, 8.8). A real store in a directory of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

#include "dar/dar_private.h"
#include "harness/bu_situation.h"

static const char *const hoas[] = {"2001:db8:1::5", "2001:db8:1::6", "2001:db8:9::5"};
static const struct bcache_limits limits = {.binding_max = 4, .context_max = 4};
static const struct bcache_hooks hooks;
static struct config config;
static struct dar dar;
static struct event_base *base;
static char directory[] = "/tmp/fama_contexts.XXXXXX";

static int start(void)
{
	char why[256];

	dar = (struct dar){.config = &config, .prefixes.count = 1};
	dar.prefixes.at[0].prefix = situation_address("2001:db8:1::");
	dar.bcache = bcache_new(base, &limits, &hooks);
	assert_non_null(dar.bcache);
	return durable_contexts_open(&dar, why, sizeof(why));
}

static void stop(void)
{
	durable_contexts_close(&dar);
	assert_null(dar.contexts);
	bcache_free(dar.bcache);
}

static struct bcache_entry *entry_of(const char *hoa)
{
	struct in6_addr address = situation_address(hoa);

	return bcache_find(dar.bcache, &address);
}

static void keep(const char *hoa, uint16_t sequence)
{
	struct in6_addr address = situation_address(hoa);
	const struct bcache_context context = {.sequence = sequence, .key_id = {7, 8}};

	assert_int_equal(durable_context_keep(&dar, &address, &context), 0);
}

static void a08_the_last_number_and_the_key_outlive_the_agent(void **state)
{
	struct bcache_entry *entry;

	(void)state;
	config.security.replay = REPLAY_SEQ;
	assert_int_equal(start(), 0);
	for (uint16_t i = 0; i < 3; i++)
		keep(hoas[i], 40 + i);
	keep(hoas[0], 50);
	stop();
	assert_int_equal(start(), 0);
	entry = entry_of(hoas[0]);
	assert_non_null(entry);
	assert_int_equal(entry->state, BCACHE_CONTEXT);
	assert_true(entry->context.has_sequence && entry->context.has_key);
	assert_int_equal(entry->context.sequence, 50);
	assert_int_equal(entry->context.key_id[1], 8);
	assert_int_equal(entry_of(hoas[1])->context.sequence, 41);
	assert_null(entry_of(hoas[2])); /* of a prefix that is not ours any more */
	stop();
}

/* What the pinned RIB tells is newer: BUs by PHKT went on from there. */
static void an_adopted_context_is_left_alone(void **state)
{
	struct in6_addr hoa = situation_address(hoas[0]);
	char why[256];

	(void)state;
	config.security.replay = REPLAY_TIMESTAMP;
	assert_int_equal(start(), 0);
	assert_null(dar.contexts); /* none are kept */
	keep(hoas[0], 1);
	bcache_get(dar.bcache, &hoa)->context.sequence = 99;
	config.security.replay = REPLAY_SEQ;
	assert_int_equal(durable_contexts_open(&dar, why, sizeof(why)), 0);
	assert_int_equal(entry_of(hoas[0])->context.sequence, 99);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a08_the_last_number_and_the_key_outlive_the_agent),
		cmocka_unit_test(an_adopted_context_is_left_alone),
	};
	static const char *const files[] = {"contexts.db", "contexts.db-wal", "contexts.db-shm"};
	int failed;

	if (!mkdtemp(directory))
		return 1;
	snprintf(config.state_dir, sizeof(config.state_dir), "%s", directory);
	base = event_base_new();
	failed = cmocka_run_group_tests_name("durable_context", tests, NULL, NULL);
	event_base_free(base);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%s", directory, files[i]);
		unlink(path);
	}
	rmdir(directory);
	return failed;
}
