// SPDX-License-Identifier: BSD-2-Clause
// Owns a numbered UDP flow: one end sends at a fixed rate, the other counts what is missing.
//
//	udpflow send SOURCE DESTINATION PORT PACKETS_A_SECOND [OCTETS]
//	udpflow recv ADDRESS PORT STATUS_FILE
//
// Both run until SIGTERM and then print one JSON object. STATUS_FILE holds the count of
// distinct packets so far, so that a script can poll it.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	SEQUENCES_MAX = 1 << 24,
	BURST_MAX = 32, /* packets sent at once after the sender itself was late */
	STATUS_EVERY_MS = 20,
	PAYLOAD_MAX = 8192, /* over the MTU it goes out in fragments */
	BUFFER = 16 << 20,  /* the test must not lose packets in its own socket */
};

struct datagram {
	uint64_t sequence;
	uint8_t filler[PAYLOAD_MAX - 8];
};

static volatile sig_atomic_t stopped;
static uint64_t seen[SEQUENCES_MAX / 64];

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void fail(const char *what)
{
	fprintf(stderr, "udpflow: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in6 endpoint(const char *address, const char *port)
{
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(atoi(port)),
	};

	if (inet_pton(AF_INET6, address, &sa.sin6_addr) != 1) {
		fprintf(stderr, "udpflow: not an address: %s\n", address);
		exit(1);
	}
	return sa;
}

static int open_bound(const char *address, const char *port, int option)
{
	struct sockaddr_in6 local = endpoint(address, port);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), size = BUFFER;

	if (fd < 0)
		fail("socket");
	if (setsockopt(fd, SOL_SOCKET, option, &size, sizeof(size)))
		fail("buffer size");
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)))
		fail("bind");
	return fd;
}

static int run_sender(char **argv)
{
	struct sockaddr_in6 to = endpoint(argv[1], argv[2]);
	int fd = open_bound(argv[0], "0", SO_SNDBUFFORCE);
	uint64_t rate = strtoull(argv[3], NULL, 10), start, due, sent = 0, errors = 0, skipped = 0;
	size_t octets = argv[4] ? strtoul(argv[4], NULL, 10) : 64;
	struct datagram datagram = {0};

	if (octets < 8 || octets > sizeof(datagram) || !rate)
		return fprintf(stderr, "udpflow: 8 to %d octets, rate over 0\n", PAYLOAD_MAX), 1;
	start = now_ns();
	while (!stopped) {
		due = (now_ns() - start) * rate / 1000000000;
		if (due > sent + skipped + BURST_MAX)
			skipped = due - sent - BURST_MAX;
		while (sent + skipped < due) {
			datagram.sequence = sent;
			if (sendto(fd, &datagram, octets, 0, (struct sockaddr *)&to, sizeof(to)) <
			    0)
				errors++;
			sent++;
		}
		nanosleep(&(struct timespec){.tv_nsec = 1000000000 / rate > 500000
								? 500000
								: 1000000000 / rate},
			  NULL);
	}
	printf("{\"sent\": %ju, \"errors\": %ju, \"rate\": %ju}\n", (uintmax_t)sent,
	       (uintmax_t)errors, (uintmax_t)(sent * 1000 / ((now_ns() - start) / 1000000 + 1)));
	return 0;
}

/* How the flow looked at the receiver. */
struct tally {
	uint64_t distinct, duplicates, reordered, highest, last_ns, longest_gap_ns, gap_at;
};

static void count(struct tally *tally, uint64_t sequence)
{
	uint64_t now = now_ns(), bit = 1ull << sequence % 64;

	if (sequence >= SEQUENCES_MAX)
		return;
	if (seen[sequence / 64] & bit) {
		tally->duplicates++;
		return;
	}
	seen[sequence / 64] |= bit;
	tally->distinct++;
	if (sequence < tally->highest)
		tally->reordered++;
	else
		tally->highest = sequence;
	if (tally->last_ns && now - tally->last_ns > tally->longest_gap_ns) {
		tally->longest_gap_ns = now - tally->last_ns;
		tally->gap_at = sequence;
	}
	tally->last_ns = now;
}

static void write_status(int fd, uint64_t distinct)
{
	char line[24];
	int len = snprintf(line, sizeof(line), "%20ju\n", (uintmax_t)distinct);

	if (pwrite(fd, line, len, 0) != len)
		fail("status file");
}

static int run_receiver(char **argv)
{
	int fd = open_bound(argv[0], argv[1], SO_RCVBUFFORCE);
	int status = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct timeval patience = {.tv_usec = STATUS_EVERY_MS * 1000};
	uint64_t written = 0;
	struct tally tally = {0};
	struct datagram datagram;

	if (status < 0)
		fail(argv[2]);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	write_status(status, 0);
	while (!stopped) {
		if (recv(fd, &datagram, sizeof(datagram), 0) >= 8)
			count(&tally, datagram.sequence);
		if (now_ns() - written > STATUS_EVERY_MS * 1000000ull) {
			written = now_ns();
			write_status(status, tally.distinct);
		}
	}
	printf("{\"received\": %ju, \"highest\": %ju, \"duplicates\": %ju, \"reordered\": %ju, "
	       "\"longest_gap_us\": %ju, \"gap_at\": %ju}\n",
	       (uintmax_t)tally.distinct, (uintmax_t)tally.highest, (uintmax_t)tally.duplicates,
	       (uintmax_t)tally.reordered, (uintmax_t)tally.longest_gap_ns / 1000,
	       (uintmax_t)tally.gap_at);
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if ((argc == 6 || argc == 7) && !strcmp(argv[1], "send"))
		return run_sender(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "recv"))
		return run_receiver(argv + 2);
	fprintf(stderr, "usage: udpflow send SOURCE DESTINATION PORT RATE [OCTETS]\n"
			"       udpflow recv ADDRESS PORT STATUS_FILE\n");
	return 2;
}
