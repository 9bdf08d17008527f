// SPDX-License-Identifier: BSD-2-Clause
/* Owns the clients of the control socket: lines in, replies out, limits on both. */
#include "control/control.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/log.h"
#include "control/control_socket.h"

enum { ERROR_MAX = 256, ACCEPT_PAUSE_S = 1 };

struct client {
	LIST_ENTRY(client) entry;
	struct control *control;
	struct bufferevent *stream;
	struct event *idle;
	bool is_leaving; /* nothing more is read; freed once its replies are out */
};

struct control {
	struct event_base *base;
	struct control_socket socket;
	struct evconnlistener *listener;
	struct event *pause; /* accepting goes on when it fires */
	LIST_HEAD(, client) clients;
	unsigned int client_count;
	control_handler handler;
	void *arg;
};

static void client_free(struct client *client)
{
	LIST_REMOVE(client, entry);
	client->control->client_count--;
	bufferevent_free(client->stream);
	event_free(client->idle);
	free(client);
}

static size_t unsent(const struct client *client)
{
	return evbuffer_get_length(bufferevent_get_output(client->stream));
}

static void rearm_idle(struct client *client)
{
	static const struct timeval idle = {.tv_sec = CONTROL_IDLE_S};

	event_add(client->idle, &idle);
}

/* ---- replies ---- */

static int add_to_buffer(const char *text, size_t len, void *arg)
{
	return evbuffer_add(arg, text, len);
}

/* Takes the reference to `reply`; NULL is a reply that could not be made. */
static void send_reply(struct evbuffer *out, json_t *reply)
{
	static const char failed[] =
		"{\"version\":1,\"code\":1,\"error\":\"no reply can be made\"}\n";

	if (reply && json_dump_callback(reply, add_to_buffer, out, JSON_COMPACT) == 0)
		evbuffer_add(out, "\n", 1);
	else
		evbuffer_add(out, failed, sizeof(failed) - 1);
	json_decref(reply);
}

static json_t *error_reply(enum control_code code, const char *error)
{
	return json_pack("{s:i, s:i, s:s}", "version", CONTROL_VERSION, "code", (int)code, "error",
			 error);
}

/* It may quote the request, cut within a character. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* ---- requests ---- */

/* A string or absent; anything else is an error. */
static bool take_string(const json_t *object, const char *key, const char **text)
{
	const json_t *value = json_object_get(object, key);

	*text = json_string_value(value);
	return !value || *text;
}

/* NULL, or what is wrong with the request. */
static const char *read_request(const json_t *object, struct control_request *request)
{
	const json_t *version = json_object_get(object, "version");

	if (!json_is_object(object))
		return "a request is a JSON object on one line";
	if (!json_is_integer(version))
		return "\"version\" must be an integer";
	if (json_integer_value(version) != CONTROL_VERSION)
		return "this famad speaks another version of the protocol";
	if (!take_string(object, "verb", &request->verb) || !request->verb)
		return "\"verb\" must be a string";
	if (!take_string(object, "object", &request->object))
		return "\"object\" must be a string";
	if (!take_string(object, "argument", &request->argument))
		return "\"argument\" must be a string";
	return NULL;
}

static void answer(struct control *control, const char *line, size_t len, struct evbuffer *out)
{
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL), *result = NULL;
	struct control_request request;
	const char *wrong = read_request(object, &request);
	char error[ERROR_MAX] = "";
	enum control_code code;

	if (wrong) {
		send_reply(out, error_reply(CONTROL_USAGE, wrong));
		json_decref(object);
		return;
	}
	code = control->handler(&request, &result, error, sizeof(error), control->arg);
	make_printable(error);
	if (code == CONTROL_OK)
		send_reply(out, json_pack("{s:i, s:i, s:o}", "version", CONTROL_VERSION, "code", 0,
					  "result", result ? result : json_null()));
	else
		send_reply(out, error_reply(code, error));
	json_decref(object);
}

static void refuse_long_line(struct client *client, struct evbuffer *in, struct evbuffer *out)
{
	send_reply(out, error_reply(CONTROL_USAGE, "the request is too long"));
	evbuffer_drain(in, evbuffer_get_length(in));
	bufferevent_disable(client->stream, EV_READ);
	client->is_leaving = true;
}

/* Answers the next whole line; false if there is none. */
static bool serve_line(struct client *client)
{
	struct evbuffer *in = bufferevent_get_input(client->stream);
	struct evbuffer *out = bufferevent_get_output(client->stream);
	struct evbuffer_ptr end = evbuffer_search_eol(in, NULL, NULL, EVBUFFER_EOL_LF);
	size_t len = (size_t)end.pos + 1;

	if (end.pos < 0) {
		if (evbuffer_get_length(in) < CONTROL_REQUEST_MAX)
			return false;
		refuse_long_line(client, in, out);
		return true;
	}
	answer(client->control, (const char *)evbuffer_pullup(in, (ev_ssize_t)len), len - 1, out);
	evbuffer_drain(in, len);
	rearm_idle(client);
	return true;
}

/*
 * One request at a time: the next line waits until the reply to the last is out, so that a client
 * that asks without reading costs one reply. May free the client.
 */
static void serve(struct client *client)
{
	while (!unsent(client) && serve_line(client))
		;
	if (!unsent(client) && client->is_leaving)
		client_free(client);
}

static void on_input(struct bufferevent *stream, void *arg)
{
	(void)stream;
	serve(arg);
}

static void on_output_done(struct bufferevent *stream, void *arg)
{
	(void)stream;
	rearm_idle(arg);
	serve(arg);
}

/* A client may close its half and still read what it asked for. */
static void on_end(struct bufferevent *stream, short what, void *arg)
{
	struct client *client = arg;

	(void)stream;
	if (what & BEV_EVENT_EOF) {
		client->is_leaving = true;
		serve(client);
	} else {
		client_free(client);
	}
}

/* One that does not take its reply is the write timeout's. */
static void on_idle(evutil_socket_t fd, short what, void *arg)
{
	struct client *client = arg;

	(void)fd;
	(void)what;
	if (unsent(client))
		rearm_idle(client);
	else
		client_free(client);
}

/* ---- clients come ---- */

static int client_add(struct control *control, evutil_socket_t fd)
{
	static const struct timeval stuck = {.tv_sec = CONTROL_IDLE_S};
	struct client *client = calloc(1, sizeof(*client));

	if (!client)
		return -ENOMEM;
	client->control = control;
	client->idle = evtimer_new(control->base, on_idle, client);
	if (client->idle)
		client->stream = bufferevent_socket_new(control->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!client->stream) {
		if (client->idle)
			event_free(client->idle);
		free(client);
		return -ENOMEM;
	}
	LIST_INSERT_HEAD(&control->clients, client, entry);
	control->client_count++;
	bufferevent_setcb(client->stream, on_input, on_output_done, on_end, client);
	bufferevent_setwatermark(client->stream, EV_READ, 0, CONTROL_REQUEST_MAX);
	bufferevent_set_timeouts(client->stream, NULL, &stuck);
	bufferevent_enable(client->stream, EV_READ | EV_WRITE);
	rearm_idle(client);
	return 0;
}

static void on_client(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
		      int from_len, void *arg)
{
	static const char full[] = "{\"version\":1,\"code\":1,\"error\":\"too many clients\"}\n";
	struct control *control = arg;

	(void)listener;
	(void)from;
	(void)from_len;
	if (control->client_count < CONTROL_CLIENTS_MAX && client_add(control, fd) == 0)
		return;
	send(fd, full, sizeof(full) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

/* Out of descriptors: a listener that stays readable would spin. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	static const struct timeval pause = {.tv_sec = ACCEPT_PAUSE_S};
	struct control *control = arg;

	log_warn("control.accept", "error=\"%s\" pause_s=%d", strerror(errno), ACCEPT_PAUSE_S);
	evconnlistener_disable(listener);
	event_add(control->pause, &pause);
}

static void on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(control->listener);
}

/* ---- the whole ---- */

static int control_listen(struct control *control, const char *path)
{
	int fd = control_socket_open(&control->socket, path);

	if (fd < 0)
		return fd;
	control->pause = evtimer_new(control->base, on_pause_over, control);
	control->listener =
		evconnlistener_new(control->base, on_client, control,
				   LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_CLOSE_ON_FREE, 0, fd);
	if (control->pause && control->listener) {
		evconnlistener_set_error_cb(control->listener, on_accept_error);
		return 0;
	}
	if (control->listener)
		evconnlistener_free(control->listener);
	else
		close(fd);
	if (control->pause)
		event_free(control->pause);
	control_socket_remove(&control->socket);
	return -ENOMEM;
}

int control_open(struct event_base *base, const char *path, control_handler handler, void *arg,
		 struct control **out)
{
	struct control *control = calloc(1, sizeof(*control));
	int err;

	if (!control)
		return -ENOMEM;
	control->base = base;
	control->handler = handler;
	control->arg = arg;
	LIST_INIT(&control->clients);
	signal(SIGPIPE, SIG_IGN); /* libevent writes to clients that may be gone */
	err = control_listen(control, path);
	if (err)
		free(control);
	else
		*out = control;
	return err;
}

void control_close(struct control *control)
{
	while (!LIST_EMPTY(&control->clients))
		client_free(LIST_FIRST(&control->clients));
	evconnlistener_free(control->listener);
	event_free(control->pause);
	control_socket_remove(&control->socket);
	free(control);
}
