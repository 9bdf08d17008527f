// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of famactl, the program itself: exit codes one by one, text, JSON. */
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fama/control.h"
#include "harness/cli_run.h"
#include "harness/control_child.h"

enum { NOBODY = 65534 };

static char directory[32];
static char path[sizeof(((struct sockaddr_un *)0)->sun_path)];

/* ---- a famad that knows one binding ---- */

#define BINDING                                                                                    \
	"{\"hoa\":\"2001:db8:1::a\",\"coa\":\"2001:db8:2::b\",\"dar\":\"2001:db8:1::1\","          \
	"\"state\":\"verified\",\"auth\":\"phkt\",\"sequence\":65535,\"lifetime_s\":86400,"        \
	"\"remaining_s\":86399,\"downlink_packets\":12,\"downlink_bytes\":18446744073,"            \
	"\"uplink_packets\":0,\"uplink_bytes\":0}"

static const struct {
	const char *object, *argument, *result;
} results[] = {
	{"bindings", NULL, "[" BINDING "]"},
	{"binding", "2001:db8:1::a", BINDING},
	{"status", NULL,
	 "{\"name\":\"d\",\"uptime_s\":93784,\"adopted\":false,\"pid\":7,\"legacy\":2}"},
	{"stats", NULL,
	 "{\"ba_sent\":3,\"bu_refused\":{\"cga_failed\":1,\"replayed\":22},\"ba_refused\":{}}"},
	{"drops", NULL,
	 "[{\"interface\":\"a\",\"reason\":\"nested\",\"packets\":0},"
	 "{\"interface\":\"a\",\"reason\":\"not_bound\",\"packets\":17}]"},
	{"interfaces", NULL,
	 "[{\"name\":\"core0\",\"kind\":\"core\",\"attach\":\"link\",\"ifindex\":2,\"up\":true}]"},
	{"prefixes", NULL, "[]"},
	{"config", NULL,
	 "{\"name\":\"d\",\"binding\":{\"max\":9,\"accept\":true,\"max_lifetime\":\"60s\"},"
	 "\"interfaces\":[{\"name\":\"a\",\"prefixes\":[{\"prefix\":\"2001:db8::/64\","
	 "\"address\":\"cga\"}],\"ra\":{\"rdnss\":[]}},{\"name\":\"c\"}],"
	 "\"security\":{\"coa_prefix_allow\":[\"::/0\",\"fd00::/8\"],\"domains\":[]}}"},
	{"bul", NULL, "[]"},
	{"addresses", NULL,
	 "[{\"address\":\"2001:db8:1::a\",\"prefix\":\"2001:db8:1::/64\","
	 "\"hdar\":\"2001:db8:1::1\",\"current\":true,\"in_use\":false}]"},
	{"delete", "2001:db8:1::a", "{}"},
	{"keep", "2001:db8:1::a", "{}"},
};

static enum control_code answer(const struct control_request *request, json_t **result, char *error,
				size_t error_size, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (!request->object || strcmp(results[i].object, request->object) != 0)
			continue;
		if (results[i].argument &&
		    (!request->argument || strcmp(results[i].argument, request->argument) != 0)) {
			snprintf(error, error_size, "no binding for %s", request->argument);
			return CONTROL_NO_OBJECT;
		}
		*result = json_loads(results[i].result, 0, NULL);
		return CONTROL_OK;
	}
	snprintf(error, error_size, "not here");
	return CONTROL_REFUSED;
}

/* With -s and our fake famad. */
static int ask(const char *words)
{
	char all[512];

	snprintf(all, sizeof(all), "-s %s %s", path, words);
	return cli_run(all);
}

/* ---- what is printed ---- */

static const struct {
	const char *words, *out;
} texts[] = {
	{"show bindings",
	 "HOME ADDRESS   CARE-OF ADDRESS  STATE     AUTH    SEQ  REMAINING  DOWN PKTS   DOWN BYTES"
	 "  UP PKTS  UP BYTES\n"
	 "2001:db8:1::a  2001:db8:2::b    verified  phkt  65535     23h59m         12  18446744073"
	 "        0         0\n"},
	{"show binding 2001:db8:1:0::a", "hoa               2001:db8:1::a\n"
					 "coa               2001:db8:2::b\n"
					 "dar               2001:db8:1::1\n"
					 "state             verified\n"
					 "auth              phkt\n"
					 "sequence          65535\n"
					 "lifetime          1d0h\n"
					 "remaining         23h59m\n"
					 "downlink_packets  12\n"
					 "downlink_bytes    18446744073\n"
					 "uplink_packets    0\n"
					 "uplink_bytes      0\n"},
	{"show status", "name     d\n"
			"uptime   1d2h\n"
			"adopted  no\n"
			"pid      7\n"
			"legacy   2\n"
			"legacy: 2 HoAs may be registered WITHOUT PROOF\n"},
	{"show stats", "ba_sent     3\n"
		       "bu_refused\n"
		       "  cga_failed  1\n"
		       "  replayed    22\n"
		       "ba_refused  -\n"},
	{"show drops", "INTERFACE  REASON     PACKETS\n"
		       "a          not_bound       17\n"},
	{"show interfaces", "NAME   KIND  ATTACH  IFINDEX  UP\n"
			    "core0  core  link          2  yes\n"},
	{"show prefixes", "no prefixes\n"},
	{"show config", "name  d\n"
			"binding\n"
			"  max           9\n"
			"  accept        yes\n"
			"  max_lifetime  60s\n"
			"interfaces[0]\n"
			"  name  a\n"
			"  prefixes[0]\n"
			"    prefix   2001:db8::/64\n"
			"    address  cga\n"
			"  ra\n"
			"    rdnss  none\n"
			"interfaces[1]\n"
			"  name  c\n"
			"security\n"
			"  coa_prefix_allow  ::/0, fd00::/8\n"
			"  domains           none\n"},
	{"show bul", "no bindings\n"},
	{"show addresses", "ADDRESS        PREFIX           HDAR           CURRENT  IN USE\n"
			   "2001:db8:1::a  2001:db8:1::/64  2001:db8:1::1  yes      no\n"},
	{"binding delete 2001:db8:1::a", ""},
	{"address keep 2001:db8:1::a", ""},
	{"show status --json", "{\n  \"name\": \"d\",\n  \"uptime_s\": 93784,\n"
			       "  \"adopted\": false,\n  \"pid\": 7,\n  \"legacy\": 2\n}\n"},
	{"--json show drops", "[\n  {\n    \"interface\": \"a\",\n    \"reason\": \"nested\",\n    "
			      "\"packets\": 0\n  },\n"
			      "  {\n    \"interface\": \"a\",\n    \"reason\": \"not_bound\",\n"
			      "    \"packets\": 17\n  }\n]\n"},
	{"show --json prefixes", "[]\n"},
	{"-j binding delete 2001:db8:1::a", "{}\n"},
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int status = ask(texts[i].words);

		if (status != 0 || strcmp(cli_out, texts[i].out) != 0)
			fail_msg("%s: exit %d\n%s%s", texts[i].words, status, cli_out, cli_err);
		assert_string_equal(cli_err, "");
	}
}

/* ---- exit codes ---- */

static void test_help_and_version(void **state)
{
	(void)state;
	assert_int_equal(cli_run("--help"), 0);
	assert_non_null(strstr(cli_out, "show bindings "));
	assert_non_null(strstr(cli_out, "address drop HOA "));
	assert_null(strstr(cli_out, "monitor"));
	assert_int_equal(cli_run("--version"), 0);
	assert_string_equal(cli_out, "famactl " FAMA_VERSION "\n");
}

static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(ask("address drop 2001:db8:1::a"), CONTROL_REFUSED);
	assert_string_equal(cli_out, "");
	assert_string_equal(cli_err, "famactl: not here\n");
}

static const struct {
	const char *words, *word; /* on stderr */
} misuses[] = {
	{"", "usage: famactl"},
	{"--colour", "colour"},
	{"-s", "argument"},
	{"show", "unknown command 'show'"},
	{"show tunnels", "unknown command 'show tunnels'"},
	{"show config 2001:db8::1", "usage: famactl show config"},
	{"monitor", "unknown command 'monitor'"},
	{"delete binding", "unknown command"},
	{"show binding", "show binding HOA"},
	{"show bindings 2001:db8::1", "usage: famactl show bindings"},
	{"binding delete 2001:db8::1 2001:db8::2", "binding delete HOA"},
	{"binding delete 192.0.2.1", "not an IPv6 address"},
	{"address keep 2001:db8::1/64", "not an IPv6 address"},
};

static void test_usage(void **state)
{
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++) {
		int status = cli_run(misuses[i].words);

		if (status != CONTROL_USAGE || !strstr(cli_err, misuses[i].word) || *cli_out)
			fail_msg("%s: exit %d\n%s%s", misuses[i].words, status, cli_out, cli_err);
	}
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "show status -s /", 16);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(cli_run(longest), CONTROL_USAGE);
}

static void test_no_object(void **state)
{
	(void)state;
	assert_int_equal(ask("show binding 2001:db8::9"), CONTROL_NO_OBJECT);
	assert_string_equal(cli_out, "");
	assert_string_equal(cli_err, "famactl: no binding for 2001:db8::9\n");
}

/* A listening socket that nobody serves but this test; its descriptor. */
static int listen_at(const char *name, struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s", directory, name);
	assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof(*address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void test_not_reachable(void **state)
{
	struct sockaddr_un address;
	char words[256];

	(void)state;
	assert_int_equal(cli_run("show status -s /nonexistent/d.sock"), CONTROL_UNREACHABLE);
	assert_string_equal(cli_err, "famactl: /nonexistent/d.sock: No such file or directory\n");

	close(listen_at("stale.sock", &address));
	snprintf(words, sizeof(words), "show status -s %s", address.sun_path);
	assert_int_equal(cli_run(words), CONTROL_UNREACHABLE);
	assert_non_null(strstr(cli_err, "Connection refused"));
	unlink(address.sun_path);
}

static void test_no_answer(void **state)
{
	struct sockaddr_un address;
	char words[256];
	int fd = listen_at("deaf.sock", &address);

	(void)state;
	snprintf(words, sizeof(words), "show status -s %s", address.sun_path);
	assert_int_equal(cli_run(words), CONTROL_UNREACHABLE);
	assert_string_equal(cli_err, "famactl: no answer within 5 s\n");
	close(fd);
	unlink(address.sun_path);
}

static const struct {
	const char *reply, *err;
} strange[] = {
	{"", "famactl: famad ended the connection\n"},
	{"{\"version\":1,\"code\":0", "famactl: famad ended the connection\n"},
	{"220 ESMTP\n", "famactl: the reply is not JSON\n"},
	{"[]\n", "famactl: famad speaks another version of the protocol\n"},
	{"{\"version\":2,\"code\":0}\n", "famactl: famad speaks another version of the protocol\n"},
};

static void test_strange_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		struct sockaddr_un address;
		char words[256], request[256];
		int fd = listen_at("strange.sock", &address), status;
		pid_t pid = fork();

		if (pid == 0) {
			int client = accept(fd, NULL, NULL);

			/* the request is read, or the end of it all would be a reset */
			status = recv(client, request, sizeof(request), 0) > 0 &&
				 send(client, strange[i].reply, strlen(strange[i].reply), 0) >= 0;
			shutdown(client, SHUT_WR);
			while (recv(client, request, sizeof(request), 0) > 0)
				;
			_exit(!status);
		}
		snprintf(words, sizeof(words), "show status -s %s", address.sun_path);
		assert_int_equal(cli_run(words), CONTROL_UNREACHABLE);
		assert_string_equal(cli_err, strange[i].err);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		close(fd);
		unlink(address.sun_path);
	}
}

/* Root, too, is told to keep out. */
static void without_override(void)
{
	prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0);
}

static void test_no_permission(void **state)
{
	char words[256];

	(void)state;
	snprintf(words, sizeof(words), "show status -s %s", path);
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, NOBODY, NOBODY), 0);
	assert_int_equal(cli_run_with(without_override, words), CONTROL_PERMISSION);
	assert_non_null(strstr(cli_err, "Permission denied"));
	assert_int_equal(chown(path, 0, 0), 0);
}

static void to_full_disk(void)
{
	if (!freopen("/dev/full", "w", stdout))
		_exit(127);
}

static void test_output_lost(void **state)
{
	char words[256];

	(void)state;
	snprintf(words, sizeof(words), "show bindings -s %s", path);
	assert_int_equal(cli_run_with(to_full_disk, words), CONTROL_REFUSED);
	assert_string_equal(cli_err, "famactl: the output cannot be written\n");
}

/* ---- without -s: a /run of our own, seen by this process and its children only ---- */

static bool own_run_directory(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", "/run", "tmpfs", 0, NULL) == 0;
}

static void test_default_socket(void **state)
{
	pid_t first, second;

	(void)state;
	if (!own_run_directory())
		skip();
	assert_int_equal(cli_run("show status"), CONTROL_UNREACHABLE);
	assert_non_null(strstr(cli_err, "no famad runs here"));

	first = control_child_start(CONTROL_DIRECTORY "/d1.sock", answer, NULL);
	close(open(CONTROL_DIRECTORY "/file.sock", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(cli_run("show prefixes"), 0);
	assert_string_equal(cli_out, "no prefixes\n");

	second = control_child_start(CONTROL_DIRECTORY "/d2.sock", answer, NULL);
	assert_int_equal(cli_run("show prefixes"), CONTROL_USAGE);
	assert_string_equal(cli_out, "");
	assert_string_equal(cli_err, "famactl: which famad? give one with -s:\n"
				     "  -s /run/fama/d1.sock\n"
				     "  -s /run/fama/d2.sock\n");
	assert_int_equal(cli_run("show prefixes --socket /run/fama/d2.sock"), 0);
	assert_int_equal(control_child_stop(first), 0);
	assert_int_equal(cli_run("show prefixes"), 0);
	assert_int_equal(control_child_stop(second), 0);
}

static int start(void **state)
{
	static pid_t pid;

	if (!cli_find())
		return -1;
	snprintf(directory, sizeof(directory), "/tmp/fama-cli-%d", getpid());
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),           cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_refused),         cmocka_unit_test(test_usage),
		cmocka_unit_test(test_not_reachable),   cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_strange_replies), cmocka_unit_test(test_no_object),
		cmocka_unit_test(test_no_permission),   cmocka_unit_test(test_output_lost),
		cmocka_unit_test(test_default_socket),
	};

	return cmocka_run_group_tests_name("famactl", tests, start, stop);
}
