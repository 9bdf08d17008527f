// SPDX-License-Identifier: BSD-2-Clause
/* Owns the famad that is measured: started, killed, asked, and what the kernel tells of it. */
#include "agent.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 20 };

static int control_open(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -ECONNREFUSED;
}

static void run_famad(const struct agent *agent, const char *config)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(agent->cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) || setns(agent->netns, CLONE_NEWNET))
		_exit(126);
	execl(agent->famad, "famad", "-c", config, NULL);
	_exit(127);
}

int agent_start(struct agent *agent, const char *config, unsigned int seconds)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000};

	unlink(agent->control);
	agent->pid = fork();
	if (agent->pid < 0)
		return -errno;
	if (agent->pid == 0)
		run_famad(agent, config);
	for (unsigned int i = 0; i < seconds * 1000 / POLL_MS; i++) {
		int fd = control_open(agent->control);

		if (fd >= 0) {
			close(fd);
			return 0;
		}
		if (waitpid(agent->pid, NULL, WNOHANG) == agent->pid)
			return -ECHILD;
		nanosleep(&pause, NULL);
	}
	return -ETIMEDOUT;
}

void agent_kill(struct agent *agent, int signal)
{
	if (agent->pid <= 0)
		return;
	kill(agent->pid, signal);
	waitpid(agent->pid, NULL, 0);
	agent->pid = 0;
}

static uint64_t proc_number(pid_t pid, const char *file_name, unsigned int column)
{
	char path[64];
	uint64_t value = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file_name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	for (unsigned int i = 0; i <= column; i++) {
		if (fscanf(file, "%" SCNu64, &value) != 1)
			value = 0;
	}
	fclose(file);
	return value;
}

uint64_t agent_cpu_ns(const struct agent *agent)
{
	return proc_number(agent->pid, "schedstat", 0);
}

uint64_t agent_rss_octets(const struct agent *agent)
{
	return proc_number(agent->pid, "statm", 1) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static json_t *ask(const struct agent *agent, const char *object)
{
	int fd = control_open(agent->control);
	json_t *request, *reply = NULL;
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "r+");

	if (!stream)
		return NULL;
	request = json_pack("{s:i, s:s, s:s}", "version", 1, "verb", "show", "object", object);
	json_dumpf(request, stream, 0);
	fputc('\n', stream);
	fflush(stream);
	json_decref(request);
	reply = json_loadf(stream, JSON_DISABLE_EOF_CHECK, NULL);
	fclose(stream);
	return reply;
}

uint64_t agent_number(const struct agent *agent, const char *object, const char *path)
{
	json_t *reply = ask(agent, object), *at = json_object_get(reply, "result");
	char copy[128], *rest = NULL;
	uint64_t value;

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *key = strtok_r(copy, ".", &rest); key; key = strtok_r(NULL, ".", &rest))
		at = json_object_get(at, key);
	value = json_is_true(at) ? 1 : (uint64_t)json_integer_value(at);
	json_decref(reply);
	return value;
}
