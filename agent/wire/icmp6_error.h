/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns ICMPv6 errors about tunnel packets: read from the wire, and made (RFC 4443, RFC 2473). */
#ifndef FAMA_ICMP6_ERROR_H
#define FAMA_ICMP6_ERROR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/octets.h"
#include "fama/mobility.h"

enum {
	ICMP6_UNREACHABLE = 1,
	ICMP6_PACKET_TOO_BIG = 2,
	ICMP6_TIME_EXCEEDED = 3,
	ICMP6_PARAMETER_PROBLEM = 4,
	ICMP6_ADDRESS_UNREACHABLE = 3, /* code of type 1 */
};

/* What of an IPv6 header matters here, host order. */
struct ip6_header {
	uint16_t payload_len;
	uint8_t next_header;
	struct in6_addr source, destination;
};

/* False if it is not version 6 or ends early. */
bool ip6_header_read(struct reader *r, struct ip6_header *out);

struct icmp6_error {
	uint8_t type;
	uint32_t value; /* MTU, pointer */
	struct ip6_header outer, inner;
	struct span inner_packet; /* as far as quoted; points into the packet read */
};

/*
 * `packet` starts at the IPv6 header of the error. False unless its checksum is right and it
 * quotes a tunnel packet: next header 41, or destination options of 8 octets first (the
 * encapsulation limit, RFC 2473 section 4.1.1). Whose tunnel it is, is the caller's to say.
 */
bool icmp6_error_read(const uint8_t *packet, size_t len, struct icmp6_error *out);

/* RFC 4443 section 2.4(e): none about an ICMPv6 error, none to a source that is not one node.
 * `packet` starts at the IPv6 header, `header` has been read from it. */
bool icmp6_error_is_due(const struct ip6_header *header, struct span packet);

/* The whole IPv6 packet, hop limit 64, quoting as much of `packet` as fits IP6_MIN_MTU (RFC 4443
 * section 2.4(c)). Returns octets written or -EMSGSIZE. */
ssize_t icmp6_error_build(const struct in6_addr *from, const struct in6_addr *to, uint8_t type,
			  uint8_t code, uint32_t value, struct span packet, uint8_t *out,
			  size_t size);

/* What an inner packet may have on a path of `path_mtu` octets (RFC 2473 section 7.1): never
 * under the IPv6 minimum. */
uint32_t tunnel_mtu(uint32_t path_mtu);

#endif
