/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the CGA this node has under a prefix (RFC 3972 section 4, protocol M-01 and M-02). */
#ifndef FAMA_CGA_AUTOCONF_H
#define FAMA_CGA_AUTOCONF_H

#include <netinet/in.h>
#include <stdint.h>

#include "crypto/cga.h"

struct identity;

/* Spans of the result point into the identity's key. */
struct cga_params cga_autoconf_params(const struct identity *identity,
				      const struct in6_addr *prefix, uint8_t collisions);
struct in6_addr cga_autoconf_address(const struct identity *identity, const struct in6_addr *prefix,
				     uint8_t collisions);
/* The collision count under which `address` is a CGA of this node, or -1: not ours. */
int cga_autoconf_recognise(const struct identity *identity, const struct in6_addr *address);

#endif
