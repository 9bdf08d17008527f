// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of control/: lines, limits, slow clients. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/control_child.h"

#define ECHO       "{\"version\":1,\"verb\":\"echo\",\"object\":\"o\",\"argument\":\"a\"}\n"
#define ECHO_REPLY "{\"version\":1,\"code\":0,\"result\":{\"object\":\"o\",\"argument\":\"a\"}}\n"
#define BIG        "{\"version\":1,\"verb\":\"big\"}\n"

enum { REPLY_MAX = 1 << 13, BIG_COUNT = 400000, ANSWER_MS = 2000 };

static char directory[32];
static char path[sizeof(((struct sockaddr_un *)0)->sun_path)];

static enum control_code answer(const struct control_request *request, json_t **result, char *error,
				size_t error_size, void *arg)
{
	(void)arg;
	if (strcmp(request->verb, "echo") == 0) {
		*result = json_pack("{s:s?, s:s?}", "object", request->object, "argument",
				    request->argument);
		return CONTROL_OK;
	}
	if (strcmp(request->verb, "big") == 0) {
		*result = json_array();
		for (int i = 0; i < BIG_COUNT; i++)
			json_array_append_new(*result, json_integer(1234567));
		return CONTROL_OK;
	}
	if (strcmp(request->verb, "nothing") == 0)
		return CONTROL_OK;
	snprintf(error, error_size, "no %s", request->verb);
	return CONTROL_NO_OBJECT;
}

/* ---- a client ---- */

static int connect_client(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void ask(int fd, const char *text, size_t len)
{
	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
}

static bool is_readable(int fd, int within_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, within_ms) == 1;
}

/* One line, newline included; "" at the end of the connection. */
static const char *reply(int fd)
{
	static char line[REPLY_MAX];
	size_t len = 0;

	while (len < sizeof(line) - 1) {
		if (!is_readable(fd, ANSWER_MS))
			fail_msg("no reply in time, so far %zu octets", len);
		if (recv(fd, line + len, 1, 0) <= 0 || line[len++] == '\n')
			break;
	}
	line[len] = '\0';
	return line;
}

static int start(void **state)
{
	static pid_t pid;

	snprintf(directory, sizeof(directory), "/tmp/fama-control-%d", getpid());
	assert_int_equal(mkdir(directory, 0700), 0);
	snprintf(path, sizeof(path), "%s/d.sock", directory);
	pid = control_child_start(path, answer, NULL);
	*state = &pid;
	return 0;
}

static int stop(void **state)
{
	const pid_t *pid = *state;
	int status = control_child_stop(*pid);

	assert_int_equal(rmdir(directory), 0);
	return status;
}

/* ---- lines ---- */

static const struct {
	const char *name, *line, *reply;
} lines[] = {
	{"a request", ECHO, ECHO_REPLY},
	{"object and argument absent", "{\"version\":1,\"verb\":\"echo\"}\n",
	 "{\"version\":1,\"code\":0,\"result\":{\"object\":null,\"argument\":null}}\n"},
	{"carriage return, unknown key", "{\"version\":1,\"verb\":\"echo\",\"x\":[]}\r\n",
	 "{\"version\":1,\"code\":0,\"result\":{\"object\":null,\"argument\":null}}\n"},
	{"no result", "{\"version\":1,\"verb\":\"nothing\"}\n",
	 "{\"version\":1,\"code\":0,\"result\":null}\n"},
	{"the handler refuses", "{\"version\":1,\"verb\":\"dance\"}\n",
	 "{\"version\":1,\"code\":4,\"error\":\"no dance\"}\n"},
	{"an error with strange letters", "{\"version\":1,\"verb\":\"\\u001b\\u00e9\"}\n",
	 "{\"version\":1,\"code\":4,\"error\":\"no ???\"}\n"},
	{"empty line", "\n",
	 "{\"version\":1,\"code\":2,\"error\":\"a request is a JSON object on one line\"}\n"},
	{"not JSON", "show bindings\n",
	 "{\"version\":1,\"code\":2,\"error\":\"a request is a JSON object on one line\"}\n"},
	{"JSON cut short", "{\"version\":1,\"verb\":\n",
	 "{\"version\":1,\"code\":2,\"error\":\"a request is a JSON object on one line\"}\n"},
	{"two objects", "{\"version\":1,\"verb\":\"echo\"} {}\n",
	 "{\"version\":1,\"code\":2,\"error\":\"a request is a JSON object on one line\"}\n"},
	{"not UTF-8", "{\"version\":1,\"verb\":\"\xff\"}\n",
	 "{\"version\":1,\"code\":2,\"error\":\"a request is a JSON object on one line\"}\n"},
	{"duplicate key", "{\"version\":1,\"verb\":\"echo\",\"verb\":\"big\"}\n",
	 "{\"version\":1,\"code\":2,\"error\":\"a request is a JSON object on one line\"}\n"},
	{"an array", "[1]\n",
	 "{\"version\":1,\"code\":2,\"error\":\"a request is a JSON object on one line\"}\n"},
	{"no version", "{\"verb\":\"echo\"}\n",
	 "{\"version\":1,\"code\":2,\"error\":\"\\\"version\\\" must be an integer\"}\n"},
	{"version is text", "{\"version\":\"1\",\"verb\":\"echo\"}\n",
	 "{\"version\":1,\"code\":2,\"error\":\"\\\"version\\\" must be an integer\"}\n"},
	{"another version", "{\"version\":2,\"verb\":\"echo\"}\n",
	 "{\"version\":1,\"code\":2,"
	 "\"error\":\"this famad speaks another version of the protocol\"}\n"},
	{"no verb", "{\"version\":1}\n",
	 "{\"version\":1,\"code\":2,\"error\":\"\\\"verb\\\" must be a string\"}\n"},
	{"verb is a number", "{\"version\":1,\"verb\":1}\n",
	 "{\"version\":1,\"code\":2,\"error\":\"\\\"verb\\\" must be a string\"}\n"},
	{"object is null", "{\"version\":1,\"verb\":\"echo\",\"object\":null}\n",
	 "{\"version\":1,\"code\":2,\"error\":\"\\\"object\\\" must be a string\"}\n"},
	{"argument is a list", "{\"version\":1,\"verb\":\"echo\",\"argument\":[]}\n",
	 "{\"version\":1,\"code\":2,\"error\":\"\\\"argument\\\" must be a string\"}\n"},
};

/* On one connection: none of them ends it. */
static void test_lines(void **state)
{
	int fd = connect_client();

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *got;

		ask(fd, lines[i].line, strlen(lines[i].line));
		got = reply(fd);
		if (strcmp(got, lines[i].reply) != 0)
			fail_msg("%s: expected %s, got %s", lines[i].name, lines[i].reply, got);
	}
	close(fd);
}

static void test_line_in_parts(void **state)
{
	int fd = connect_client();

	(void)state;
	for (size_t i = 0; i < strlen(ECHO); i++)
		ask(fd, ECHO + i, 1);
	assert_string_equal(reply(fd), ECHO_REPLY);
	close(fd);
}

static void test_lines_at_once(void **state)
{
	int fd = connect_client();

	(void)state;
	ask(fd, ECHO "x\n" ECHO, 2 * strlen(ECHO) + 2);
	assert_string_equal(reply(fd), ECHO_REPLY);
	assert_non_null(strstr(reply(fd), "\"code\":2"));
	assert_string_equal(reply(fd), ECHO_REPLY);
	close(fd);
}

static void test_longest_line(void **state)
{
	int fd = connect_client();
	char *line = malloc(CONTROL_REQUEST_MAX);

	(void)state;
	memset(line, ' ', CONTROL_REQUEST_MAX);
	memcpy(line, ECHO, strlen(ECHO) - 1);
	line[CONTROL_REQUEST_MAX - 1] = '\n';
	ask(fd, line, CONTROL_REQUEST_MAX);
	assert_string_equal(reply(fd), ECHO_REPLY);

	line[CONTROL_REQUEST_MAX - 1] = ' '; /* the newline would be one too late */
	ask(fd, line, CONTROL_REQUEST_MAX);
	assert_string_equal(reply(fd),
			    "{\"version\":1,\"code\":2,\"error\":\"the request is too long\"}\n");
	assert_string_equal(reply(fd), "");
	close(fd);
	free(line);
}

/* As `echo ... | nc -U -N` does. */
static void test_half_closed(void **state)
{
	int fd = connect_client();

	(void)state;
	ask(fd, ECHO ECHO "{\"version\":1", 2 * strlen(ECHO) + 12);
	shutdown(fd, SHUT_WR);
	assert_string_equal(reply(fd), ECHO_REPLY);
	assert_string_equal(reply(fd), ECHO_REPLY);
	assert_string_equal(reply(fd), "");
	close(fd);
}

/* ---- limits ---- */

static void test_too_many_clients(void **state)
{
	int fds[CONTROL_CLIENTS_MAX], one_more;

	(void)state;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		fds[i] = connect_client();
		ask(fds[i], ECHO, strlen(ECHO));
		assert_string_equal(reply(fds[i]), ECHO_REPLY);
	}
	one_more = connect_client();
	assert_string_equal(reply(one_more),
			    "{\"version\":1,\"code\":1,\"error\":\"too many clients\"}\n");
	assert_string_equal(reply(one_more), "");
	close(one_more);

	ask(fds[0], ECHO, strlen(ECHO)); /* those inside are served on */
	assert_string_equal(reply(fds[0]), ECHO_REPLY);
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		close(fds[i]);
}

/* Reads to the end of the line; its length. */
static size_t read_big(int fd)
{
	static char part[1 << 16];
	size_t len = 0;
	ssize_t got;

	do {
		if (!is_readable(fd, ANSWER_MS))
			fail_msg("stuck after %zu octets", len);
		got = recv(fd, part, sizeof(part), 0);
		len += got > 0 ? (size_t)got : 0;
	} while (got > 0 && part[got - 1] != '\n');
	return len;
}

static void test_slow_reader(void **state)
{
	int slow = connect_client(), other = connect_client();

	(void)state;
	ask(slow, BIG BIG, 2 * strlen(BIG));
	assert_true(is_readable(slow, ANSWER_MS)); /* as much as the kernel holds is there */
	ask(other, ECHO, strlen(ECHO));
	assert_string_equal(reply(other), ECHO_REPLY);
	assert_int_equal(read_big(slow),
			 strlen("{\"version\":1,\"code\":0,\"result\":[]}\n") + 8 * BIG_COUNT - 1);
	assert_int_equal(read_big(slow),
			 strlen("{\"version\":1,\"code\":0,\"result\":[]}\n") + 8 * BIG_COUNT - 1);
	close(slow);
	close(other);
}

static void test_client_gone_in_reply(void **state)
{
	int gone = connect_client(), other;

	(void)state;
	ask(gone, BIG, strlen(BIG));
	assert_true(is_readable(gone, ANSWER_MS));
	close(gone);
	other = connect_client();
	ask(other, ECHO, strlen(ECHO));
	assert_string_equal(reply(other), ECHO_REPLY);
	close(other);
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* One silent, one that drips octets, one that never reads, one that asks each second. */
static void test_idle_let_go(void **state)
{
	int silent = connect_client(), drip = connect_client(), deaf = connect_client();
	int busy = connect_client();
	double start_s = seconds();

	(void)state;
	ask(deaf, BIG, strlen(BIG));
	while (!is_readable(silent, 1000)) {
		assert_true(seconds() - start_s < CONTROL_IDLE_S + 3);
		ask(drip, " ", 1);
		ask(busy, ECHO, strlen(ECHO));
		assert_string_equal(reply(busy), ECHO_REPLY);
	}
	assert_true(seconds() - start_s > CONTROL_IDLE_S - 1);
	assert_string_equal(reply(silent), "");
	assert_string_equal(reply(drip), "");
	/* the deaf one is hung up on and finds its reply cut off */
	assert_int_equal(poll(&(struct pollfd){.fd = deaf}, 1, ANSWER_MS), 1);
	assert_true(read_big(deaf) < 8 * BIG_COUNT);
	assert_false(is_readable(busy, 0));
	close(silent);
	close(drip);
	close(deaf);
	close(busy);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),         cmocka_unit_test(test_line_in_parts),
		cmocka_unit_test(test_lines_at_once), cmocka_unit_test(test_longest_line),
		cmocka_unit_test(test_half_closed),   cmocka_unit_test(test_too_many_clients),
		cmocka_unit_test(test_slow_reader),   cmocka_unit_test(test_client_gone_in_reply),
		cmocka_unit_test(test_idle_let_go),
	};

	return cmocka_run_group_tests_name("control", tests, start, stop);
}
