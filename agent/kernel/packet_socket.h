/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns sending whole IPv6 packets: AF_PACKET where the next hop is known, else raw IPv6. */
#ifndef FAMA_PACKET_SOCKET_H
#define FAMA_PACKET_SOCKET_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

enum { PACKET_BATCH = 64 };

struct packet_socket;

/* Opens both sockets; needs CAP_NET_RAW. NULL with errno set. */
struct packet_socket *packet_socket_open(void);
void packet_socket_close(struct packet_socket *ps);

/* An Ethernet frame around `packet` (from the IPv6 header) out of `ifindex`. 0 or -errno. */
int packet_send_frame(struct packet_socket *ps, uint32_t ifindex, const uint8_t source_mac[6],
		      const uint8_t destination_mac[6], const uint8_t *packet, size_t len);
/* The same, but kept until packet_batch_send(): -ENOBUFS when PACKET_BATCH wait, -EMSGSIZE over the
 * IPv6 minimum MTU. */
int packet_batch_frame(struct packet_socket *ps, uint32_t ifindex, const uint8_t source_mac[6],
		       const uint8_t destination_mac[6], const uint8_t *packet, size_t len);
/* In one system call. 0, or the -errno of the first that could not leave; *failed counts them. */
int packet_batch_send(struct packet_socket *ps, unsigned int *failed);
unsigned int packet_batch_drop(struct packet_socket *ps); /* how many */

/* Routed by the kernel by the packet's own destination; its own source steers `from` rules, be it
 * tentative or on no interface. ifindex 0: any. -EMSGSIZE over the device MTU. 0 or -errno. */
int packet_send_routed(struct packet_socket *ps, uint32_t ifindex, const uint8_t *packet,
		       size_t len);

#endif
