// SPDX-License-Identifier: BSD-2-Clause
/* Owns the demo's traffic: paced UDP and TCP flows in which every octet is known beforehand.
 *
 *	flow udp-send SOURCE DESTINATION PORT PACKETS_A_SECOND
 *	flow udp-recv ADDRESS PORT PROGRESS
 *	flow tcp-listen ADDRESS PORT PROGRESS OCTETS_A_SECOND
 *	flow tcp-connect SOURCE DESTINATION PORT PROGRESS OCTETS_A_SECOND
 *
 * TCP ends send and check both ways. SIGINT ends a flow in order, TCP when its peer has ended too,
 * SIGTERM at once; then one JSON object is printed. PROGRESS is a file with what has been received
 * so far, packets or octets.
 * The payload is text, so that a capture can be read: lines of 64 octets, numbered.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	LINE = 64,
	CHUNK = 16 * LINE, /* octets of TCP sent at a time */
	BURST_MAX = 32,    /* packets sent at once after the sender itself was late */
	SEQUENCES_MAX = 1 << 20,
	PATIENCE_MS = 20, /* longest wait, and age of PROGRESS */
	BUFFER = 4 << 20, /* the demo must not lose packets in its own socket */
};

#define SECOND_NS 1000000000ull

static volatile sig_atomic_t stopped, aborted;

static void on_signal(int number)
{
	stopped = 1;
	aborted = number == SIGTERM;
}

static void fail(const char *what)
{
	fprintf(stderr, "flow: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * SECOND_NS + (uint64_t)ts.tv_nsec;
}

static uint64_t number(const char *text, uint64_t max)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);

	if (*end || !value || value > max) {
		fprintf(stderr, "flow: not a number from 1 to %ju: %s\n", (uintmax_t)max, text);
		exit(2);
	}
	return value;
}

static struct sockaddr_in6 endpoint(const char *address, const char *port)
{
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)(port ? number(port, UINT16_MAX) : 0)),
	};

	if (inet_pton(AF_INET6, address, &sa.sin6_addr) != 1) {
		fprintf(stderr, "flow: not an address: %s\n", address);
		exit(2);
	}
	return sa;
}

static int open_bound(int type, const char *address, const char *port)
{
	struct sockaddr_in6 local = endpoint(address, port);
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)))
		fail("bind");
	return fd;
}

struct progress {
	int fd;
	uint64_t written_ns;
};

static void progress_write(struct progress *progress, uint64_t received)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	char line[24];
	int len;

	if (now - progress->written_ns < PATIENCE_MS * 1000000ull)
		return;
	progress->written_ns = now;
	len = snprintf(line, sizeof(line), "%20ju\n", (uintmax_t)received);
	if (pwrite(progress->fd, line, (size_t)len, 0) != len)
		fail("progress");
}

static struct progress progress_open(const char *path)
{
	struct progress progress = {.fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644)};

	if (progress.fd < 0)
		fail(path);
	progress_write(&progress, 0);
	return progress;
}

/* `mark` is the time a datagram left, or something of the number that no wrong place repeats. */
static void write_line(char line[static LINE], const char *flow, uint64_t number, uint64_t mark)
{
	char text[LINE + 32];
	int len = snprintf(text, sizeof(text), "FAMA %.8s %012ju %020ju ", flow, (uintmax_t)number,
			   (uintmax_t)mark);

	memset(line, '.', LINE);
	memcpy(line, text, (size_t)len);
	line[LINE - 1] = '\n';
}

/* ---- UDP: a line a datagram ---- */

static int udp_send(char **argv)
{
	int fd = open_bound(SOCK_DGRAM, argv[0], NULL);
	struct sockaddr_in6 to = endpoint(argv[1], argv[2]);
	uint64_t rate = number(argv[3], 100000), start, due, next, sent = 0, late = 0, errors = 0;
	char line[LINE];

	start = clock_ns(CLOCK_MONOTONIC);
	while (!stopped) {
		due = (clock_ns(CLOCK_MONOTONIC) - start) * rate / SECOND_NS;
		if (due > sent + late + BURST_MAX)
			late = due - sent - BURST_MAX;
		for (; sent + late < due; sent++) {
			write_line(line, "udp", sent, clock_ns(CLOCK_REALTIME));
			if (sendto(fd, line, LINE, 0, (struct sockaddr *)&to, sizeof(to)) != LINE)
				errors++;
		}
		next = start + (due + 1) * SECOND_NS / rate;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME,
				&(struct timespec){.tv_sec = (time_t)(next / SECOND_NS),
						   .tv_nsec = (long)(next % SECOND_NS)},
				NULL);
	}
	printf("{\"sent\": %ju, \"errors\": %ju}\n", (uintmax_t)sent, (uintmax_t)errors);
	return 0;
}

static int udp_recv(char **argv)
{
	static uint64_t seen[SEQUENCES_MAX / 64];
	int fd = open_bound(SOCK_DGRAM, argv[0], argv[1]), size = BUFFER;
	struct timeval patience = {.tv_usec = PATIENCE_MS * 1000};
	struct progress progress = progress_open(argv[2]);
	uint64_t distinct = 0, duplicates = 0, errors = 0, bit;
	uintmax_t sequence;
	char line[LINE + 1];
	ssize_t len;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (; !stopped; progress_write(&progress, distinct)) {
		len = recv(fd, line, sizeof(line), 0);
		if (len < 0)
			continue;
		line[len < LINE ? len : LINE] = '\0';
		if (len != LINE || sscanf(line, "FAMA udp %12ju", &sequence) != 1 ||
		    sequence >= SEQUENCES_MAX) {
			errors++;
			continue;
		}
		bit = 1ull << sequence % 64;
		if (seen[sequence / 64] & bit)
			duplicates++;
		else
			distinct++;
		seen[sequence / 64] |= bit;
	}
	printf("{\"received\": %ju, \"duplicates\": %ju, \"errors\": %ju}\n", (uintmax_t)distinct,
	       (uintmax_t)duplicates, (uintmax_t)errors);
	return 0;
}

/* ---- TCP: each octet is known by its place in the stream ---- */

struct stream {
	const char *out, *in; /* names of the two directions */
	uint64_t sent, received, errors;
	bool is_sent, is_received; /* to the end */
	const char *why;           /* it ended early */
};

static void give_up(struct stream *stream)
{
	stream->why = strerrorname_np(errno);
	stream->errors++;
}

static void tcp_text(char *to, const char *flow, uint64_t at, size_t len)
{
	char line[LINE];

	for (size_t i = 0; i < len; i++, at++) {
		if (!i || at % LINE == 0)
			write_line(line, flow, at / LINE, at / LINE * 0x9e3779b97f4a7c15);
		to[i] = line[at % LINE];
	}
}

static void tcp_send(struct stream *stream, int fd)
{
	char text[CHUNK];
	ssize_t len;

	tcp_text(text, stream->out, stream->sent, CHUNK);
	len = send(fd, text, CHUNK, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (len > 0)
		stream->sent += (uint64_t)len;
	else if (errno != EAGAIN)
		give_up(stream);
}

static void tcp_recv(struct stream *stream, int fd)
{
	char text[4 * CHUNK], expected[4 * CHUNK];
	ssize_t len = recv(fd, text, sizeof(text), MSG_DONTWAIT);

	if (len < 0 && errno != EAGAIN)
		give_up(stream);
	stream->is_received = len == 0;
	if (len <= 0)
		return;
	tcp_text(expected, stream->in, stream->received, (size_t)len);
	stream->errors += memcmp(text, expected, (size_t)len) != 0;
	stream->received += (uint64_t)len;
}

static int tcp_run(int fd, struct stream stream, const char *path, uint64_t rate)
{
	struct progress progress = progress_open(path);
	uint64_t start = clock_ns(CLOCK_MONOTONIC), due;
	struct pollfd ready = {.fd = fd};
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while (!aborted && !stream.why && (!stream.is_sent || !stream.is_received)) {
		due = (clock_ns(CLOCK_MONOTONIC) - start) * rate / SECOND_NS;
		if (!stopped && due >= stream.sent + CHUNK)
			tcp_send(&stream, fd);
		if (!stream.is_sent && (stopped || stream.is_received)) {
			stream.is_sent = true;
			shutdown(fd, SHUT_WR);
		}
		ready.events = stream.is_received ? 0 : POLLIN;
		poll(&ready, 1, (int)(CHUNK * 1000 / rate));
		if (ready.revents & (POLLIN | POLLHUP | POLLERR))
			tcp_recv(&stream, fd);
		progress_write(&progress, stream.received);
	}
	printf("{\"sent\": %ju, \"received\": %ju, \"errors\": %ju, \"why\": \"%s\"}\n",
	       (uintmax_t)stream.sent, (uintmax_t)stream.received, (uintmax_t)stream.errors,
	       stream.why ? stream.why : "");
	return 0;
}

static int tcp_listen(char **argv)
{
	static const struct stream stream = {.out = "tcp-down", .in = "tcp-up"};
	int listener = open_bound(SOCK_STREAM, argv[0], argv[1]), fd;
	struct pollfd ready = {.fd = listener, .events = POLLIN};

	if (listen(listener, 1))
		fail("listen");
	progress_open(argv[2]);
	while (poll(&ready, 1, PATIENCE_MS) <= 0) {
		if (stopped)
			return 1;
	}
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		fail("accept");
	return tcp_run(fd, stream, argv[2], number(argv[3], 100000000));
}

static int tcp_connect(char **argv)
{
	static const struct stream stream = {.out = "tcp-up", .in = "tcp-down"};
	int fd = open_bound(SOCK_STREAM, argv[0], NULL);
	struct sockaddr_in6 to = endpoint(argv[1], argv[2]);

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		fail("connect");
	return tcp_run(fd, stream, argv[3], number(argv[4], 100000000));
}

static const struct {
	const char *name;
	int arguments, (*run)(char **argv);
} roles[] = {
	{"udp-send", 4, udp_send},
	{"udp-recv", 3, udp_recv},
	{"tcp-listen", 4, tcp_listen},
	{"tcp-connect", 5, tcp_connect},
};

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (argc == roles[i].arguments + 2 && !strcmp(argv[1], roles[i].name))
			return roles[i].run(argv + 2);
	}
	fprintf(stderr, "usage: flow udp-send SOURCE DESTINATION PORT RATE\n"
			"       flow udp-recv ADDRESS PORT PROGRESS\n"
			"       flow tcp-listen ADDRESS PORT PROGRESS RATE\n"
			"       flow tcp-connect SOURCE DESTINATION PORT PROGRESS RATE\n");
	return 2;
}
