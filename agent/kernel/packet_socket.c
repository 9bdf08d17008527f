// SPDX-License-Identifier: BSD-2-Clause
// Owns the AF_PACKET and the raw IPv6 socket that send packets octet for octet.
#include "kernel/packet_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IPV6_HEADER_LEN = 40, IPV6_SOURCE_AT = 8, IPV6_DESTINATION_AT = 24 };

struct packet_socket {
	int frame_fd;
	int routed_fd;
	uint32_t bound_ifindex; /* of routed_fd; 0: none */
};

struct packet_socket *packet_socket_open(void)
{
	struct packet_socket *ps = malloc(sizeof(*ps));
	const int on = 1;
	int err = ENOMEM;

	if (!ps)
		goto failed;
	ps->bound_ifindex = 0;
	/* protocol 0: takes in nothing */
	ps->frame_fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (ps->frame_fd < 0) {
		err = errno;
		goto failed_frame;
	}
	/* IPPROTO_RAW: IPV6_HDRINCL is on, and nothing is ever received */
	ps->routed_fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_RAW);
	if (ps->routed_fd < 0) {
		err = errno;
		goto failed_routed;
	}
	/* A returning HoA or a fresh CoA may still be tentative, or on no interface at all. */
	if (setsockopt(ps->routed_fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on)) < 0) {
		err = errno;
		goto failed_freebind;
	}
	return ps;

failed_freebind:
	close(ps->routed_fd);
failed_routed:
	close(ps->frame_fd);
failed_frame:
	free(ps);
failed:
	errno = err;
	return NULL;
}

void packet_socket_close(struct packet_socket *ps)
{
	if (!ps)
		return;
	close(ps->routed_fd);
	close(ps->frame_fd);
	free(ps);
}

static int send_whole(int fd, const struct msghdr *msg)
{
	ssize_t sent;

	do
		sent = sendmsg(fd, msg, 0);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

int packet_send_frame(struct packet_socket *ps, uint32_t ifindex, const uint8_t source_mac[6],
		      const uint8_t destination_mac[6], const uint8_t *packet, size_t len)
{
	struct ether_header ethernet = {.ether_type = htons(ETHERTYPE_IPV6)};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_IPV6),
		.sll_ifindex = (int)ifindex,
		.sll_halen = ETHER_ADDR_LEN,
	};
	struct iovec iov[] = {
		{.iov_base = &ethernet, .iov_len = sizeof(ethernet)},
		{.iov_base = (void *)packet, .iov_len = len},
	};
	const struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = iov,
		.msg_iovlen = 2,
	};

	memcpy(ethernet.ether_shost, source_mac, ETHER_ADDR_LEN);
	memcpy(ethernet.ether_dhost, destination_mac, ETHER_ADDR_LEN);
	memcpy(to.sll_addr, destination_mac, ETHER_ADDR_LEN);
	int err = send_whole(ps->frame_fd, &msg);

	return err == -ENXIO ? -ENODEV : err; /* AF_PACKET's word for an interface that is gone */
}

/* With a source the kernel takes an interface of IPV6_PKTINFO as a wish; the bound device binds. */
static int bind_interface(struct packet_socket *ps, uint32_t ifindex)
{
	const int value = (int)ifindex;

	if (ps->bound_ifindex == ifindex)
		return 0;
	if (setsockopt(ps->routed_fd, SOL_SOCKET, SO_BINDTOIFINDEX, &value, sizeof(value)) < 0)
		return -errno;
	ps->bound_ifindex = ifindex;
	return 0;
}

int packet_send_routed(struct packet_socket *ps, uint32_t ifindex, const uint8_t *packet,
		       size_t len)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6};
	struct in6_pktinfo from = {0};
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(from))] = {0};
	struct iovec iov = {.iov_base = (void *)packet, .iov_len = len};
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	if (len < IPV6_HEADER_LEN || packet[0] >> 4 != 6)
		return -EINVAL;
	/* Routing looks at these two, not at the header (RFC 3542 has no word on it). */
	memcpy(&from.ipi6_addr, packet + IPV6_SOURCE_AT, sizeof(from.ipi6_addr));
	memcpy(&to.sin6_addr, packet + IPV6_DESTINATION_AT, sizeof(to.sin6_addr));

	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = IPPROTO_IPV6;
	cmsg->cmsg_type = IPV6_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(from));
	memcpy(CMSG_DATA(cmsg), &from, sizeof(from));

	int err = bind_interface(ps, ifindex);

	return err ? err : send_whole(ps->routed_fd, &msg);
}
