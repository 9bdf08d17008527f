// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of the control socket in the file system: modes, stale and live ones, parents. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "control/control.h"

enum { PATH_OCTETS = sizeof(((struct sockaddr_un *)0)->sun_path) };

static char directory[32];

struct server {
	struct event_base *base;
	struct control *control;
	char path[PATH_OCTETS];
};

static enum control_code answer(const struct control_request *request, json_t **result, char *error,
				size_t error_size, void *arg)
{
	(void)request;
	(void)result;
	(void)error;
	(void)error_size;
	(void)arg;
	return CONTROL_OK;
}

static int server_open(struct server *s, const char *name)
{
	int err;

	snprintf(s->path, sizeof(s->path), "%s/%s", directory, name);
	s->base = event_base_new();
	err = control_open(s->base, s->path, answer, NULL, &s->control);
	if (err)
		event_base_free(s->base);
	return err;
}

static void server_close(struct server *s)
{
	control_close(s->control);
	event_base_free(s->base);
}

static void assert_mode(const char *name, mode_t mode)
{
	char path[PATH_OCTETS];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, mode);
}

static void assert_absent(const char *name)
{
	char path[PATH_OCTETS];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(errno, ENOENT);
}

static void test_modes_and_parents(void **state)
{
	mode_t mask = umask(0077);
	struct server s;

	(void)state;
	assert_int_equal(server_open(&s, "made//too/d.sock"), 0);
	assert_int_equal(umask(mask), 0077); /* left as it was */
	assert_mode("made/too/d.sock", S_IFSOCK | 0600);
	assert_mode("made/too", S_IFDIR | 0755);
	assert_mode("made", S_IFDIR | 0755);
	server_close(&s);
	assert_absent("made");
}

/* Directories it found, or that others use by now, stay. */
static void test_parents_stay(void **state)
{
	struct server first, second;

	(void)state;
	assert_int_equal(server_open(&first, "made/1.sock"), 0);
	assert_int_equal(server_open(&second, "made/2.sock"), 0);
	server_close(&first);
	assert_absent("made/1.sock");
	assert_mode("made/2.sock", S_IFSOCK | 0600);
	server_close(&second);
	assert_mode("made", S_IFDIR | 0755);
	assert_int_equal(rmdir(strcat(strcpy(first.path, directory), "/made")), 0);
}

static void test_live_socket(void **state)
{
	struct server first, second;

	(void)state;
	assert_int_equal(server_open(&first, "d.sock"), 0);
	assert_int_equal(server_open(&second, "d.sock"), -EADDRINUSE);
	assert_mode("d.sock", S_IFSOCK | 0600);
	server_close(&first);
	assert_absent("d.sock");
}

static void test_stale_socket(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct server s;

	(void)state;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/stale.sock", directory);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	close(fd);
	assert_int_equal(server_open(&s, "stale.sock"), 0);
	server_close(&s);
	assert_absent("stale.sock");
}

/* Whoever took its place by hand keeps it. */
static void test_replaced_socket(void **state)
{
	struct server first, second;

	(void)state;
	assert_int_equal(server_open(&first, "d.sock"), 0);
	assert_int_equal(unlink(first.path), 0);
	assert_int_equal(server_open(&second, "d.sock"), 0);
	server_close(&first);
	assert_mode("d.sock", S_IFSOCK | 0600);
	server_close(&second);
	assert_absent("d.sock");
}

static void test_not_a_socket(void **state)
{
	struct server s;
	FILE *f;

	(void)state;
	snprintf(s.path, sizeof(s.path), "%s/file", directory);
	f = fopen(s.path, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(server_open(&s, "file"), -EEXIST);
	assert_int_equal(server_open(&s, "file/d.sock"), -ENOTDIR);
	assert_int_equal(unlink(s.path), -1); /* file/d.sock is no path */
	snprintf(s.path, sizeof(s.path), "%s/file", directory);
	assert_int_equal(unlink(s.path), 0);
}

static void test_bad_paths(void **state)
{
	char longest[PATH_OCTETS + 1];
	struct control *control;
	struct server s;

	(void)state;
	assert_int_equal(control_open(NULL, "d.sock", answer, NULL, &control), -EINVAL);
	memset(longest, 'x', PATH_OCTETS);
	longest[0] = '/';
	longest[PATH_OCTETS] = '\0';
	assert_int_equal(control_open(NULL, longest, answer, NULL, &control), -EINVAL);
	/* a failure takes the directories it made with it */
	assert_int_equal(server_open(&s, "new/er/"), -EEXIST);
	assert_absent("new");
}

static int start(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/fama-socket-%d", getpid());
	return mkdir(directory, 0700);
}

static int stop(void **state)
{
	(void)state;
	return rmdir(directory);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes_and_parents), cmocka_unit_test(test_parents_stay),
		cmocka_unit_test(test_live_socket),       cmocka_unit_test(test_stale_socket),
		cmocka_unit_test(test_replaced_socket),   cmocka_unit_test(test_not_a_socket),
		cmocka_unit_test(test_bad_paths),
	};

	return cmocka_run_group_tests_name("control socket", tests, start, stop);
}
