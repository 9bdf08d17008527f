// SPDX-License-Identifier: BSD-2-Clause
// Owns network namespaces of a test program's own: made, entered, looked into with commands.
#include "harness/namespace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { COMMAND_MAX = 1024, LINE_MAX_LEN = 512, BECOMES_SECONDS = 5 };

static int make_namespace(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		return -1;
	return open("/proc/self/ns/net", O_RDONLY); /* for children too */
}

bool namespaces_open(struct namespaces *ns)
{
	ns->home = ns->peer = -1;
	if (geteuid() == 0) {
		ns->peer = make_namespace();
		ns->home = make_namespace();
	}
	if (ns->home < 0 || ns->peer < 0) {
		printf("1..0 # SKIP no network namespace for uid %d: run as root\n",
		       (int)geteuid());
		fprintf(stderr, "SKIP: NOTHING WAS TESTED, no network namespace without root\n");
		return false;
	}
	namespace_enter(ns->peer);
	run("ip link set lo up");
	namespace_enter(ns->home);
	run("ip link set lo up");
	return true;
}

void namespaces_close(struct namespaces *ns)
{
	close(ns->home);
	close(ns->peer);
}

void namespace_enter(int fd)
{
	assert_return_code(setns(fd, CLONE_NEWNET), errno);
}

void namespace_veth(const struct namespaces *ns, const char *name, const char *peer)
{
	const int pid = (int)getpid();

	namespace_enter(ns->home);
	run("ip link add name %s type veth peer name %s netns /proc/%d/fd/%d", name, peer, pid,
	    ns->peer);
	run("echo 0 > /proc/sys/net/ipv6/conf/%s/accept_dad", name);
	run("ip link set %s up", name);
	namespace_enter(ns->peer);
	run("echo 0 > /proc/sys/net/ipv6/conf/%s/accept_dad", peer);
	run("ip link set %s up", peer);
	assert_true(becomes("1", "ip -j link show dev %s | grep -c LOWER_UP", peer));
	namespace_enter(ns->home);
	assert_true(becomes("1", "ip -j link show dev %s | grep -c LOWER_UP", name));
}

static const char *read_line(const char *format, va_list arguments)
{
	static char line[LINE_MAX_LEN];
	char command[COMMAND_MAX];

	vsnprintf(command, sizeof(command), format, arguments);
	FILE *pipe = popen(command, "r");

	assert_non_null(pipe);
	if (!fgets(line, sizeof(line), pipe))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	while (fgetc(pipe) != EOF)
		;
	pclose(pipe);
	return line;
}

void run(const char *format, ...)
{
	char command[COMMAND_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	if (system(command) != 0)
		fail_msg("%s", command);
}

const char *line_of(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *line = read_line(format, arguments);

	va_end(arguments);
	return line;
}

bool becomes(const char *expected, const char *format, ...)
{
	const time_t end = time(NULL) + BECOMES_SECONDS;
	const char *line;

	do {
		va_list arguments;

		va_start(arguments, format);
		line = read_line(format, arguments);
		va_end(arguments);
		if (strcmp(line, expected) == 0)
			return true;
	} while (time(NULL) <= end);
	printf("# expected \"%s\", last seen \"%s\"\n", expected, line);
	return false;
}

struct in6_addr in6_of(const char *text)
{
	struct in6_addr address;

	assert_int_equal(inet_pton(AF_INET6, text, &address), 1);
	return address;
}
