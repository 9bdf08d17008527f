// SPDX-License-Identifier: BSD-2-Clause
/* Owns one request and its reply (include/fama/control.h). */
#include "cli/client.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum { CLIENT_NAME_MAX = CLIENT_PATH_MAX - sizeof(CONTROL_DIRECTORY "/") };

/* ---- which socket ---- */

static int is_socket_file(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > strlen(".sock") && strcmp(entry->d_name + len - strlen(".sock"), ".sock") == 0;
}

/* Not every file of that name is a socket; those that are move to the front. */
static int keep_sockets(struct dirent **entries, int count)
{
	int kept = 0;

	for (int i = 0; i < count; i++) {
		char path[CLIENT_PATH_MAX + NAME_MAX];
		struct stat st;

		snprintf(path, sizeof(path), CONTROL_DIRECTORY "/%s", entries[i]->d_name);
		if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode))
			entries[kept++] = entries[i];
		else
			free(entries[i]);
	}
	return kept;
}

static enum control_code choose_socket(struct dirent **entries, int count,
				       char path[static CLIENT_PATH_MAX])
{
	if (count == 0) {
		fprintf(stderr, "famactl: no famad runs here: " CONTROL_DIRECTORY
				" has no socket; -s names another\n");
		return CONTROL_UNREACHABLE;
	}
	if (count > 1) {
		fprintf(stderr, "famactl: which famad? give one with -s:\n");
		for (int i = 0; i < count; i++)
			fprintf(stderr, "  -s " CONTROL_DIRECTORY "/%s\n", entries[i]->d_name);
		return CONTROL_USAGE;
	}
	snprintf(path, CLIENT_PATH_MAX, CONTROL_DIRECTORY "/%.*s", CLIENT_NAME_MAX,
		 entries[0]->d_name);
	return CONTROL_OK;
}

enum control_code client_find_socket(char path[static CLIENT_PATH_MAX])
{
	struct dirent **entries = NULL;
	int count = scandir(CONTROL_DIRECTORY, &entries, is_socket_file, alphasort);
	enum control_code code;

	if (count < 0 && errno == EACCES) {
		fprintf(stderr, "famactl: " CONTROL_DIRECTORY ": %s\n", strerror(errno));
		return CONTROL_PERMISSION;
	}
	count = keep_sockets(entries, count);
	code = choose_socket(entries, count, path);
	while (count > 0)
		free(entries[--count]);
	free(entries);
	return code;
}

/* ---- connection ---- */

static int connect_within(const struct sockaddr_un *address)
{
	const struct timeval patience = {.tv_sec = CONTROL_IDLE_S};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), err = errno;

	if (fd < 0)
		return -err;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
		return fd;
	err = errno;
	close(fd);
	return -err;
}

enum control_code client_connect(const char *path, int *fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path)) {
		fprintf(stderr, "famactl: the path of a socket has at most %zu octets\n",
			sizeof(address.sun_path) - 1);
		return CONTROL_USAGE;
	}
	strcpy(address.sun_path, path);
	*fd = connect_within(&address);
	if (*fd >= 0)
		return CONTROL_OK;
	fprintf(stderr, "famactl: %s: %s\n", path, strerror(-*fd));
	return *fd == -EACCES || *fd == -EPERM ? CONTROL_PERMISSION : CONTROL_UNREACHABLE;
}

/* ---- request and reply ---- */

static bool send_line(int fd, const char *line)
{
	size_t len = strlen(line);

	while (len) {
		ssize_t sent = send(fd, line, len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		line += sent;
		len -= (size_t)sent;
	}
	return true;
}

/* Failure shows in the reply: a famad that is full has said so before it hung up. */
static void send_request(int fd, const char *verb, const char *object, const char *argument)
{
	json_t *request = json_pack("{s:i, s:s, s:s*, s:s*}", "version", CONTROL_VERSION, "verb",
				    verb, "object", object, "argument", argument);
	char *line = json_dumps(request, JSON_COMPACT);

	if (line && send_line(fd, line))
		send_line(fd, "\n");
	free(line);
	json_decref(request);
}

/* One line as JSON; NULL, and the reason is printed, if none comes. */
static json_t *read_reply(int fd)
{
	FILE *stream = fdopen(dup(fd), "r");
	json_t *reply = NULL;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!stream) {
		fprintf(stderr, "famactl: %s\n", strerror(errno));
		return NULL;
	}
	errno = 0;
	len = getline(&line, &size, stream);
	if (len > 0 && line[len - 1] == '\n') {
		reply = json_loadb(line, (size_t)len, 0, NULL);
		if (!reply)
			fprintf(stderr, "famactl: the reply is not JSON\n");
	} else if (errno == EAGAIN) {
		fprintf(stderr, "famactl: no answer within %d s\n", CONTROL_IDLE_S);
	} else {
		fprintf(stderr, "famactl: famad ended the connection\n");
	}
	free(line);
	fclose(stream);
	return reply;
}

/* Takes apart a reply of our version. */
static enum control_code judge_reply(const json_t *reply, json_t **result)
{
	const json_t *code = json_object_get(reply, "code");
	const char *error = json_string_value(json_object_get(reply, "error"));

	if (json_integer_value(json_object_get(reply, "version")) != CONTROL_VERSION ||
	    !json_is_integer(code)) {
		fprintf(stderr, "famactl: famad speaks another version of the protocol\n");
		return CONTROL_UNREACHABLE;
	}
	if (json_integer_value(code) == CONTROL_OK) {
		json_t *value = json_object_get(reply, "result");

		*result = value ? json_incref(value) : json_null();
		return CONTROL_OK;
	}
	fprintf(stderr, "famactl: %s\n", error ? error : "refused");
	if (json_integer_value(code) < CONTROL_OK || json_integer_value(code) > CONTROL_PERMISSION)
		return CONTROL_REFUSED;
	return (enum control_code)json_integer_value(code);
}

enum control_code client_ask(int fd, const char *verb, const char *object, const char *argument,
			     json_t **result)
{
	enum control_code code = CONTROL_UNREACHABLE;
	json_t *reply;

	send_request(fd, verb, object, argument);
	reply = read_reply(fd);
	if (reply)
		code = judge_reply(reply, result);
	json_decref(reply);
	return code;
}
