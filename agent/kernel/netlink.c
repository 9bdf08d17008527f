// SPDX-License-Identifier: BSD-2-Clause
// Owns the rtnetlink socket: sequence numbers, whose word counts, dumps that hold together.
#include "kernel/netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
	DATAGRAM_MAX = 32768, /* the kernel fills no more into one datagram of a dump */
	NOTIFICATIONS_ROOM = 1 << 20,
	RECEIVE_BURST = 64, /* datagrams before the event loop gets its turn */
	DUMP_ATTEMPTS = 8,
	ANSWER_SECONDS = 5, /* the kernel answers inside sendto(); this bounds a lost answer */
};

struct netlink {
	struct mnl_socket *socket;
	uint32_t sequence;
	_Alignas(NLMSG_ALIGNTO) uint8_t datagram[DATAGRAM_MAX];
};

/* Answer of a get or a dump, kept until it is whole. */
struct answer {
	uint8_t *octets;
	size_t len, size;
};

static int set_option(int fd, int level, int option, const void *value, socklen_t len)
{
	return setsockopt(fd, level, option, value, len) < 0 ? -errno : 0;
}

static int configure(int fd, unsigned int groups)
{
	const int on = 1, room = NOTIFICATIONS_ROOM;
	const struct timeval patience = {.tv_sec = ANSWER_SECONDS};

	if (groups) {
		int err = set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));

		if (err == -EPERM)
			err = set_option(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
		if (!err && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
			err = -errno;
		return err;
	}
	/* Errors without a copy of the request, and filters of a dump taken seriously. */
	int err = set_option(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));

	if (!err)
		err = set_option(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (!err)
		err = set_option(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return err;
}

struct netlink *netlink_open(unsigned int groups)
{
	struct netlink *nl = malloc(sizeof(*nl));
	int err = ENOMEM;

	if (!nl)
		goto failed;
	nl->sequence = 0;
	nl->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl->socket) {
		err = errno;
		goto failed_socket;
	}
	if (mnl_socket_bind(nl->socket, groups, MNL_SOCKET_AUTOPID) < 0) {
		err = errno;
		goto failed_configure;
	}
	err = -configure(mnl_socket_get_fd(nl->socket), groups);
	if (err)
		goto failed_configure;
	return nl;

failed_configure:
	mnl_socket_close(nl->socket);
failed_socket:
	free(nl);
failed:
	errno = err;
	return NULL;
}

void netlink_close(struct netlink *nl)
{
	if (!nl)
		return;
	mnl_socket_close(nl->socket);
	free(nl);
}

int netlink_fd(const struct netlink *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

/* One datagram of the kernel's into nl->datagram; its length or -errno. */
static int receive_datagram(struct netlink *nl)
{
	for (;;) {
		struct sockaddr_nl sender = {0};
		struct iovec iov = {.iov_base = nl->datagram, .iov_len = sizeof(nl->datagram)};
		struct msghdr msg = {
			.msg_name = &sender,
			.msg_namelen = sizeof(sender),
			.msg_iov = &iov,
			.msg_iovlen = 1,
		};
		ssize_t len = recvmsg(mnl_socket_get_fd(nl->socket), &msg, 0);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		/* Processes can send to our port too (CVE-2010-2522): only port 0 is the kernel. */
		if (msg.msg_namelen != sizeof(sender) || sender.nl_pid != 0)
			continue;
		if (msg.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
		return (int)len;
	}
}

static int send_request(struct netlink *nl, struct nlmsghdr *request)
{
	request->nlmsg_flags |= NLM_F_REQUEST;
	request->nlmsg_seq = ++nl->sequence;
	while (mnl_socket_sendto(nl->socket, request, request->nlmsg_len) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

/* What NLMSG_ERROR and NLMSG_DONE carry: 0 or -errno. */
static int verdict(const struct nlmsghdr *nlh)
{
	int err;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(err))
		return nlh->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	memcpy(&err, mnl_nlmsg_get_payload(nlh), sizeof(err));
	return err;
}

int netlink_request(struct netlink *nl, struct nlmsghdr *request)
{
	request->nlmsg_flags |= NLM_F_ACK;
	int err = send_request(nl, request);

	while (!err) {
		int left = receive_datagram(nl);

		if (left < 0)
			return left == -EAGAIN ? -ETIMEDOUT : left;
		const struct nlmsghdr *nlh = (const void *)nl->datagram;

		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_seq == nl->sequence && nlh->nlmsg_type == NLMSG_ERROR)
				return verdict(nlh);
		}
	}
	return err;
}

static int keep(struct answer *answer, const struct nlmsghdr *nlh)
{
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len);

	if (answer->len + len > answer->size) {
		size_t size = (answer->size + len) * 2;
		uint8_t *octets = realloc(answer->octets, size);

		if (!octets)
			return -ENOMEM;
		answer->octets = octets;
		answer->size = size;
	}
	memset(answer->octets + answer->len, 0, len);
	memcpy(answer->octets + answer->len, nlh, nlh->nlmsg_len);
	answer->len += len;
	return 0;
}

/* Keeps what one datagram adds to the answer: 1 when that was the end, 0 when not, -errno. */
static int keep_datagram(struct netlink *nl, int left, struct answer *answer, int *trouble)
{
	const struct nlmsghdr *nlh = (const void *)nl->datagram;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_seq != nl->sequence)
			continue; /* late answer to a request given up */
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			*trouble = -EINTR;
		if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
			int err = verdict(nlh);

			return err ? err : 1;
		}
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE)
			continue;
		int err = keep(answer, nlh);

		if (err)
			*trouble = err; /* read on: a dump left half-read blocks the next one */
		if (!(nlh->nlmsg_flags & NLM_F_MULTI))
			return 1;
	}
	return 0;
}

static int collect(struct netlink *nl, struct nlmsghdr *request, struct answer *answer)
{
	int trouble = 0;
	int end = send_request(nl, request);

	answer->len = 0;
	while (!end) {
		int len = receive_datagram(nl);

		end = len < 0 ? len : keep_datagram(nl, len, answer, &trouble);
	}
	if (end < 0)
		return end == -EAGAIN ? -ETIMEDOUT : end;
	return trouble;
}

int netlink_dump(struct netlink *nl, struct nlmsghdr *request, netlink_reader reader, void *arg)
{
	struct answer answer = {0};
	int err = -EINTR;

	/* -EINTR: the table changed under the dump, which may have missed an entry. */
	for (int attempt = 0; attempt < DUMP_ATTEMPTS && err == -EINTR; attempt++)
		err = collect(nl, request, &answer);
	if (err)
		goto done;

	int left = (int)answer.len;
	const struct nlmsghdr *nlh = (const void *)answer.octets;

	for (; !err && mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		err = reader(nlh, arg);
done:
	free(answer.octets);
	return err;
}

/* What waits was sent before the loss; after the caller's dump it would undo newer state. */
static void discard_waiting(struct netlink *nl)
{
	for (;;) {
		int len = receive_datagram(nl);

		if (len < 0 && len != -ENOBUFS && len != -EMSGSIZE)
			return;
	}
}

int netlink_receive(struct netlink *nl, netlink_reader reader, void *arg)
{
	for (int burst = 0; burst < RECEIVE_BURST; burst++) {
		int left = receive_datagram(nl);

		if (left == -EAGAIN)
			return 0;
		if (left == -ENOBUFS || left == -EMSGSIZE) {
			discard_waiting(nl);
			return -ENOBUFS;
		}
		if (left < 0)
			return left;
		const struct nlmsghdr *nlh = (const void *)nl->datagram;

		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_type < NLMSG_MIN_TYPE)
				continue;
			int err = reader(nlh, arg);

			if (err)
				return err;
		}
	}
	return 0;
}
