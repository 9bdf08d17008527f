// SPDX-License-Identifier: BSD-2-Clause
/* Owns the far end of the DAR's core link: frames out in batches, frames in until none comes. */
#include "wire.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RECEIVE_BUFFER = 128 * 1024 * 1024 };

uint64_t wire_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int own_mac(int fd, const char *interface, uint8_t mac[6])
{
	struct ifreq request = {0};

	strncpy(request.ifr_name, interface, sizeof(request.ifr_name) - 1);
	if (ioctl(fd, SIOCGIFHWADDR, &request) < 0)
		return -errno;
	memcpy(mac, request.ifr_hwaddr.sa_data, 6);
	return 0;
}

int wire_open(struct wire *wire, const char *interface, const uint8_t peer_mac[6])
{
	const int octets = RECEIVE_BUFFER, on = 1;
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
	};
	int err;

	memcpy(wire->peer_mac, peer_mac, 6);
	wire->ifindex = if_nametoindex(interface);
	address.sll_ifindex = (int)wire->ifindex;
	wire->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IPV6));
	if (wire->fd < 0)
		return -errno;
	err = own_mac(wire->fd, interface, wire->own_mac);
	if (!err && bind(wire->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err = -errno;
	setsockopt(wire->fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof(octets));
	setsockopt(wire->fd, SOL_SOCKET, SO_SNDBUFFORCE, &octets, sizeof(octets));
	setsockopt(wire->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	if (err)
		close(wire->fd);
	return err;
}

void wire_close(struct wire *wire)
{
	close(wire->fd);
}

void wire_address(const struct wire *wire, struct frame *frame, size_t packet_len)
{
	struct ethhdr *ethernet = (struct ethhdr *)frame->octets;

	memcpy(ethernet->h_dest, wire->peer_mac, 6);
	memcpy(ethernet->h_source, wire->own_mac, 6);
	ethernet->h_proto = htons(ETH_P_IPV6);
	frame->len = (uint16_t)(ETH_HLEN + packet_len);
}

int wire_send(struct wire *wire, const struct frame *frames, unsigned int count)
{
	struct mmsghdr messages[WIRE_BATCH];
	struct iovec pieces[WIRE_BATCH];

	while (count) {
		unsigned int batch = count < WIRE_BATCH ? count : WIRE_BATCH;
		int sent;

		memset(messages, 0, sizeof(messages));
		for (unsigned int i = 0; i < batch; i++) {
			pieces[i] = (struct iovec){(void *)frames[i].octets, frames[i].len};
			messages[i].msg_hdr.msg_iov = &pieces[i];
			messages[i].msg_hdr.msg_iovlen = 1;
		}
		sent = sendmmsg(wire->fd, messages, batch, 0);
		if (sent < 0 && errno != ENOBUFS && errno != EINTR)
			return -errno;
		if (sent > 0) {
			frames += sent;
			count -= (unsigned int)sent;
		}
	}
	return 0;
}

unsigned int wire_receive(struct wire *wire, int timeout_ms,
			  void (*take)(const uint8_t *packet, size_t len, void *arg), void *arg)
{
	static uint8_t octets[WIRE_BATCH][2048];
	struct mmsghdr messages[WIRE_BATCH];
	struct iovec pieces[WIRE_BATCH];
	struct pollfd readable = {.fd = wire->fd, .events = POLLIN};
	unsigned int taken = 0;
	int got;

	if (timeout_ms && poll(&readable, 1, timeout_ms) <= 0)
		return 0;
	do {
		memset(messages, 0, sizeof(messages));
		for (int i = 0; i < WIRE_BATCH; i++) {
			pieces[i] = (struct iovec){octets[i], sizeof(octets[i])};
			messages[i].msg_hdr.msg_iov = &pieces[i];
			messages[i].msg_hdr.msg_iovlen = 1;
		}
		got = recvmmsg(wire->fd, messages, WIRE_BATCH, MSG_DONTWAIT, NULL);
		for (int i = 0; i < got; i++) {
			if (messages[i].msg_len > ETH_HLEN)
				take(octets[i] + ETH_HLEN, messages[i].msg_len - ETH_HLEN, arg);
		}
		taken += got > 0 ? (unsigned int)got : 0;
	} while (got == WIRE_BATCH);
	return taken;
}
