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

enum {
	IPV6_HEADER_LEN = 40,
	IPV6_SOURCE_AT = 8,
	IPV6_DESTINATION_AT = 24,
	FRAME_PACKET_MAX = 1280, /* of the batch: an answer is never longer */
};

struct frame {
	struct sockaddr_ll to;
	struct iovec iov;
	uint8_t octets[ETHER_HDR_LEN + FRAME_PACKET_MAX];
};

struct packet_socket {
	int frame_fd;
	int routed_fd;
	uint32_t bound_ifindex; /* of routed_fd; 0: none */
	unsigned int waiting;   /* frames of the batch */
	struct frame frames[PACKET_BATCH];
	struct mmsghdr messages[PACKET_BATCH];
};

struct packet_socket *packet_socket_open(void)
{
	struct packet_socket *ps = calloc(1, sizeof(*ps));
	const int on = 1;
	int err = ENOMEM;

	if (!ps)
		goto failed;
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

static struct sockaddr_ll link_address(uint32_t ifindex, const uint8_t mac[6])
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_IPV6),
		.sll_ifindex = (int)ifindex,
		.sll_halen = ETHER_ADDR_LEN,
	};

	memcpy(to.sll_addr, mac, ETHER_ADDR_LEN);
	return to;
}

static struct ether_header ethernet_header(const uint8_t source_mac[6],
					   const uint8_t destination_mac[6])
{
	struct ether_header ethernet = {.ether_type = htons(ETHERTYPE_IPV6)};

	memcpy(ethernet.ether_shost, source_mac, ETHER_ADDR_LEN);
	memcpy(ethernet.ether_dhost, destination_mac, ETHER_ADDR_LEN);
	return ethernet;
}

int packet_send_frame(struct packet_socket *ps, uint32_t ifindex, const uint8_t source_mac[6],
		      const uint8_t destination_mac[6], const uint8_t *packet, size_t len)
{
	struct ether_header ethernet = ethernet_header(source_mac, destination_mac);
	struct sockaddr_ll to = link_address(ifindex, destination_mac);
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
	int err = send_whole(ps->frame_fd, &msg);

	return err == -ENXIO ? -ENODEV : err; /* AF_PACKET's word for an interface that is gone */
}

int packet_batch_frame(struct packet_socket *ps, uint32_t ifindex, const uint8_t source_mac[6],
		       const uint8_t destination_mac[6], const uint8_t *packet, size_t len)
{
	struct ether_header ethernet = ethernet_header(source_mac, destination_mac);
	struct frame *frame = &ps->frames[ps->waiting];

	if (ps->waiting == PACKET_BATCH)
		return -ENOBUFS;
	if (len > FRAME_PACKET_MAX)
		return -EMSGSIZE;
	frame->to = link_address(ifindex, destination_mac);
	memcpy(frame->octets, &ethernet, sizeof(ethernet));
	memcpy(frame->octets + sizeof(ethernet), packet, len);
	frame->iov = (struct iovec){frame->octets, sizeof(ethernet) + len};
	ps->messages[ps->waiting++].msg_hdr = (struct msghdr){
		.msg_name = &frame->to,
		.msg_namelen = sizeof(frame->to),
		.msg_iov = &frame->iov,
		.msg_iovlen = 1,
	};
	return 0;
}

int packet_batch_send(struct packet_socket *ps, unsigned int *failed)
{
	unsigned int at = 0;
	int err = 0;

	*failed = 0;
	while (at < ps->waiting) {
		int sent = sendmmsg(ps->frame_fd, &ps->messages[at], ps->waiting - at, 0);

		if (sent > 0) {
			at += (unsigned int)sent;
		} else if (errno != EINTR) { /* the one in front; those behind it may leave */
			err = err ? err : -errno;
			++*failed;
			at++;
		}
	}
	ps->waiting = 0;
	return err == -ENXIO ? -ENODEV : err;
}

unsigned int packet_batch_drop(struct packet_socket *ps)
{
	unsigned int dropped = ps->waiting;

	ps->waiting = 0;
	return dropped;
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
