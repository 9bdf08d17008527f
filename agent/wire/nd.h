/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns Neighbour Discovery messages, from the ICMPv6 header on (RFC 4861, RFC 6275 section 7). */
#ifndef FAMA_ND_H
#define FAMA_ND_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/octets.h"
#include "fama/mobility.h"

enum { ND_PREFIXES_MAX = 16, ND_RDNSS_MAX = 8, ND_MAC_LEN = 6, ND_MESSAGE_MAX = 1280 };

struct nd_prefix {
	struct in6_addr prefix;        /* with R: the router's full address */
	uint8_t len;                   /* bits */
	uint8_t flags;                 /* ND_PIO_FLAG_* */
	uint32_t valid_s, preferred_s; /* 0xffffffff: for ever */
};

struct nd_message {
	uint8_t type; /* ND_TYPE_* */
	bool has_slla, has_tlla, has_mtu, has_adv_interval, has_home_agent;
	uint8_t slla[ND_MAC_LEN], tlla[ND_MAC_LEN];
	struct in6_addr target; /* NS, NA */
	uint8_t na_flags;       /* ND_NA_FLAG_* */
	uint8_t hop_limit;      /* RA: Cur Hop Limit, 0 unspecified */
	uint8_t ra_flags;       /* ND_RA_FLAG_HOME_AGENT, M 0x80, O 0x40, preference 0x18 */
	uint16_t router_lifetime_s;
	uint32_t reachable_ms, retrans_ms;
	uint32_t mtu;
	uint32_t adv_interval_ms;
	uint16_t home_agent_preference, home_agent_lifetime_s;
	struct nd_prefix prefixes[ND_PREFIXES_MAX];
	unsigned int prefix_count;
	struct in6_addr rdnss[ND_RDNSS_MAX];
	unsigned int rdnss_count;
	uint32_t rdnss_lifetime_s;
};

enum nd_fault {
	ND_OK,
	ND_NOT_ND, /* another ICMPv6 type */
	ND_TRUNCATED,
	ND_CODE,          /* not 0 */
	ND_HOP_LIMIT,     /* not 255 */
	ND_SOURCE,        /* RA not from a link-local address, RS from :: with SLLA, ... */
	ND_TARGET,        /* multicast target */
	ND_OPTION_LENGTH, /* zero, or past the end, or wrong for its type */
	ND_DESTINATION,   /* NS from :: not to a solicited-node group, NA with S to multicast */
};

/*
 * Validation of RFC 4861 sections 6.1 and 7.1; the checksum is the kernel's work for a raw
 * socket. Unknown options are skipped; more than ND_PREFIXES_MAX prefixes are ignored.
 */
enum nd_fault nd_parse(const uint8_t *icmp6, size_t len, const struct in6_addr *source,
		       const struct in6_addr *destination, int hop_limit, struct nd_message *out);
const char *nd_fault_name(enum nd_fault fault);

/*
 * Builds RS, RA, NS, NA with checksum field 0 (a raw ICMPv6 socket fills it). RA options in the
 * order SLLA, MTU, prefixes, advertisement interval, home agent information, RDNSS.
 * Returns octets written, -EMSGSIZE, or -EINVAL for another type.
 */
ssize_t nd_build(const struct nd_message *what, uint8_t *out, size_t size);

/* ICMPv6 checksum over pseudo-header and message, as written with the field zero. */
uint16_t nd_checksum(const struct in6_addr *source, const struct in6_addr *destination,
		     const uint8_t *icmp6, size_t len);

#endif
