/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns raw ICMPv6 sockets for Neighbour Discovery: type filter, hop limit 255, groups. */
#ifndef FAMA_ND_SOCKET_H
#define FAMA_ND_SOCKET_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct nd_received {
	struct in6_addr source, destination;
	uint32_t ifindex;
	int hop_limit;
	uint8_t octets[1500]; /* from the ICMPv6 header; checksum verified by the kernel */
	size_t len;
};

/* Passes only the types of the zero-terminated list (ND_TYPE_*), joins `group` on ifindex when
 * given (ff02::2 for RS, NULL: none). Non-blocking. fd or -errno. */
int nd_socket_open(uint32_t ifindex, const uint8_t *types, const struct in6_addr *group);
int nd_socket_receive(int fd, struct nd_received *out); /* 0, -EAGAIN, -errno */
/* Hop limit 255; the kernel fills the checksum; `source` NULL: the kernel chooses. */
int nd_socket_send(int fd, uint32_t ifindex, const struct in6_addr *source,
		   const struct in6_addr *destination, const uint8_t *icmp6, size_t len);
/* Solicited-node group of `address` (RFC 4291 section 2.7.1): 0 or -errno; joined twice is 0. */
int nd_socket_join_solicited(int fd, uint32_t ifindex, const struct in6_addr *address);
int nd_socket_leave_solicited(int fd, uint32_t ifindex, const struct in6_addr *address);

#endif
