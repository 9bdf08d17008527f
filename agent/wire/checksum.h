/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the upper-layer checksum over the IPv6 pseudo-header (RFC 8200 section 8.1). */
#ifndef FAMA_CHECKSUM_H
#define FAMA_CHECKSUM_H

#include <netinet/in.h>
#include <stdint.h>

#include "base/octets.h"

/* Complement of the sum over pseudo-header and `upper`: the value to send while the checksum
 * field is zero, 0 over a message that carries the right one. */
uint16_t upper_checksum(const struct in6_addr *source, const struct in6_addr *destination,
			uint8_t next_header, struct span upper);

#endif
