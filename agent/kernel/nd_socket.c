// SPDX-License-Identifier: BSD-2-Clause
// Owns the options and control messages of raw ICMPv6 sockets.
#include "kernel/nd_socket.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/in6.h"

enum {
	ND_HOP_LIMIT_SENT = 255,  /* RFC 4861 sections 4.1 to 4.5 */
	RECEIVE_QUEUE_MAX = 1024, /* more than a default receive buffer holds */
};

struct socket_option {
	int level, name;
	const void *value;
	socklen_t len;
};

/* What came in before the filter and the device were set. */
static void discard_early(int fd)
{
	uint8_t octet;

	for (int i = 0; i < RECEIVE_QUEUE_MAX; i++) {
		if (recv(fd, &octet, sizeof(octet), 0) < 0 && errno != EINTR)
			return;
	}
}

static int configure(int fd, uint32_t ifindex, const uint8_t *types, const struct in6_addr *group)
{
	const int on = 1, off = 0, hop_limit = ND_HOP_LIMIT_SENT, device = (int)ifindex;
	const struct ipv6_mreq member = {
		.ipv6mr_multiaddr = group ? *group : in6addr_any,
		.ipv6mr_interface = ifindex,
	};
	struct icmp6_filter filter;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	for (; *types; types++)
		ICMP6_FILTER_SETPASS(*types, &filter);

	const struct socket_option options[] = {
		{IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)},
		{SOL_SOCKET, SO_BINDTOIFINDEX, &device, sizeof(device)},
		{IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)},
		{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on)},
		{IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hop_limit, sizeof(hop_limit)},
		{IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hop_limit, sizeof(hop_limit)},
		{IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &off, sizeof(off)},
		{IPPROTO_IPV6, IPV6_JOIN_GROUP, &member, sizeof(member)},
	};
	size_t count = sizeof(options) / sizeof(options[0]) - (group ? 0 : 1);

	for (size_t i = 0; i < count; i++) {
		const struct socket_option *o = &options[i];

		if (setsockopt(fd, o->level, o->name, o->value, o->len) < 0)
			return -errno;
	}
	discard_early(fd);
	return 0;
}

int nd_socket_open(uint32_t ifindex, const uint8_t *types, const struct in6_addr *group)
{
	char name[IF_NAMESIZE];

	if (ifindex && !if_indextoname(ifindex, name))
		return -ENODEV; /* SO_BINDTOIFINDEX takes any number */
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6);

	if (fd < 0)
		return -errno;
	int err = configure(fd, ifindex, types, group);

	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static void read_control(struct msghdr *msg, struct nd_received *out)
{
	struct in6_pktinfo to;

	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != IPPROTO_IPV6)
			continue;
		if (cmsg->cmsg_type == IPV6_PKTINFO) {
			memcpy(&to, CMSG_DATA(cmsg), sizeof(to));
			out->destination = to.ipi6_addr;
			out->ifindex = to.ipi6_ifindex;
		} else if (cmsg->cmsg_type == IPV6_HOPLIMIT) {
			memcpy(&out->hop_limit, CMSG_DATA(cmsg), sizeof(out->hop_limit));
		}
	}
}

int nd_socket_receive(int fd, struct nd_received *out)
{
	for (;;) {
		struct sockaddr_in6 from = {0};
		_Alignas(struct cmsghdr) uint8_t
			control[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int))];
		struct iovec iov = {.iov_base = out->octets, .iov_len = sizeof(out->octets)};
		struct msghdr msg = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t len = recvmsg(fd, &msg, 0);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
			continue; /* longer than any Neighbour Discovery message we read */
		out->source = from.sin6_addr;
		out->destination = in6addr_any;
		out->ifindex = 0;
		out->hop_limit = -1;
		out->len = (size_t)len;
		read_control(&msg, out);
		return 0;
	}
}

int nd_socket_send(int fd, uint32_t ifindex, const struct in6_addr *source,
		   const struct in6_addr *destination, const uint8_t *icmp6, size_t len)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6,
		.sin6_addr = *destination,
		.sin6_scope_id = ifindex,
	};
	const struct in6_pktinfo from = {
		.ipi6_addr = source ? *source : in6addr_any,
		.ipi6_ifindex = ifindex,
	};
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(from))] = {0};
	struct iovec iov = {.iov_base = (void *)icmp6, .iov_len = len};
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	ssize_t sent;

	cmsg->cmsg_level = IPPROTO_IPV6;
	cmsg->cmsg_type = IPV6_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(from));
	memcpy(CMSG_DATA(cmsg), &from, sizeof(from));
	do
		sent = sendmsg(fd, &msg, 0);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

static int set_solicited(int fd, int option, uint32_t ifindex, const struct in6_addr *address)
{
	struct ipv6_mreq member = {
		.ipv6mr_multiaddr = in6_solicited_node(address),
		.ipv6mr_interface = ifindex,
	};

	return setsockopt(fd, IPPROTO_IPV6, option, &member, sizeof(member)) < 0 ? -errno : 0;
}

int nd_socket_join_solicited(int fd, uint32_t ifindex, const struct in6_addr *address)
{
	int err = set_solicited(fd, IPV6_JOIN_GROUP, ifindex, address);

	return err == -EADDRINUSE ? 0 : err;
}

int nd_socket_leave_solicited(int fd, uint32_t ifindex, const struct in6_addr *address)
{
	return set_solicited(fd, IPV6_LEAVE_GROUP, ifindex, address);
}
