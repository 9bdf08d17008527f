/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the BU as it leaves: built, signed or authenticated (protocol sections 8.3 and 8.5). */
#ifndef FAMA_BU_SEND_H
#define FAMA_BU_SEND_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "crypto/cga.h"

struct keypair;
struct packet_socket;

enum { BU_PACKET_MAX = 2200 };

struct bu_request {
	struct in6_addr hoa, hdar, coa;
	bool from_home; /* source HoA, no Home Address option */
	uint16_t sequence;
	uint32_t lifetime_s; /* 0: de-register */
	bool is_signed;
	uint64_t timestamp;          /* signed: NTP */
	const uint8_t *phkt;         /* else */
	bool asks_proof;             /* option 11 */
	bool asks_token;             /* option 15 */
	uint16_t careof_nonce;       /* option 4; 0: early */
	const uint8_t *careof_token; /* of a complete BU */
	const struct keypair *key;
	const struct cga_params *params; /* of the HoA */
};

/* Octets of the packet from the IPv6 header on, or -errno. Pure. */
ssize_t bu_build(const struct bu_request *bu, uint8_t *out, size_t size);

/* By frame where the router's MAC is known: no route, no neighbour to wait for. */
struct bu_route {
	uint32_t ifindex;
	bool has_mac;
	uint8_t source_mac[6], router_mac[6];
};
int bu_send(struct packet_socket *ps, const struct bu_route *route, const uint8_t *packet,
	    size_t len);

#endif
