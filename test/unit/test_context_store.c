// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that a context once put is there after a reopening, a kill -9, an overwriting. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/context_store.h"

static char directory[] = "/tmp/fama-contexts-XXXXXX";
static char file[64];
static char why[256];

static struct context_row row_of(uint8_t number, uint16_t sequence)
{
	struct context_row row = {.sequence = sequence};

	memset(&row.hoa, number, sizeof(row.hoa));
	memset(row.key_id, number + 1, sizeof(row.key_id));
	return row;
}

static struct context_store *opened(void)
{
	struct context_store *store = context_store_open(directory, why, sizeof(why));

	assert_non_null(store);
	return store;
}

struct found {
	struct context_row rows[8];
	unsigned int count;
};

static int note(const struct context_row *row, void *arg)
{
	struct found *found = arg;

	found->rows[found->count++] = *row;
	return 0;
}

static void holds(struct context_store *store, const struct context_row *expected,
		  unsigned int count)
{
	struct found found = {.count = 0};

	assert_int_equal(context_store_each(store, note, &found), 0);
	assert_int_equal(found.count, count);
	for (unsigned int i = 0; i < count; i++) {
		assert_memory_equal(&found.rows[i].hoa, &expected[i].hoa, sizeof(expected->hoa));
		assert_memory_equal(found.rows[i].key_id, expected[i].key_id,
				    sizeof(expected->key_id));
		assert_int_equal(found.rows[i].sequence, expected[i].sequence);
	}
}

/* C-60, replay: seq: the number of the last signed BU outlives the agent. */
static void C60_kept_over_reopening(void **state)
{
	const struct context_row rows[] = {row_of(1, 7), row_of(2, 65535)};
	struct context_store *store = opened();
	struct stat st;

	(void)state;
	assert_int_equal(context_store_put(store, &rows[0]), 0);
	assert_int_equal(context_store_put(store, &rows[1]), 0);
	context_store_close(store);
	store = opened();
	holds(store, rows, 2);
	context_store_close(store);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void one_row_for_each_hoa(void **state)
{
	const struct context_row rows[] = {row_of(1, 8), row_of(2, 65535)};
	struct context_store *store = opened();

	(void)state;
	assert_int_equal(context_store_put(store, &rows[0]), 0);
	holds(store, rows, 2);
	context_store_close(store);
}

static void put_survives_kill(void **state)
{
	const struct context_row rows[] = {row_of(1, 8), row_of(2, 65535), row_of(3, 9)};
	struct context_store *store;
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		store = context_store_open(directory, why, sizeof(why));
		if (!store || context_store_put(store, &rows[2]))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	store = opened();
	holds(store, rows, 3);
	context_store_close(store);
}

static int stop_at_once(const struct context_row *row, void *arg)
{
	(void)row;
	++*(int *)arg;
	return -ECANCELED;
}

static void each_stops_when_told(void **state)
{
	struct context_store *store = opened();
	int calls = 0;

	(void)state;
	assert_int_equal(context_store_each(store, stop_at_once, &calls), -ECANCELED);
	assert_int_equal(calls, 1);
	context_store_close(store);
}

static void no_database_is_told(void **state)
{
	static const char text[] = "this is a letter, not a database; it has to be long enough\n";
	int fd = open(file, O_WRONLY | O_TRUNC);

	(void)state;
	assert_true(fd >= 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	close(fd);
	assert_null(context_store_open(directory, why, sizeof(why)));
	assert_non_null(strstr(why, file));
	assert_null(context_store_open("/tmp/there/is/none", why, sizeof(why)));
}

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(file, sizeof(file), "%s/contexts.db", directory);
	return 0;
}

static int remove_directory(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C60_kept_over_reopening), cmocka_unit_test(one_row_for_each_hoa),
		cmocka_unit_test(put_survives_kill),       cmocka_unit_test(each_stops_when_told),
		cmocka_unit_test(no_database_is_told),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
