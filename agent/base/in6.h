/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what is said about IPv6 addresses: equality, scope, prefix, text. */
#ifndef FAMA_IN6_H
#define FAMA_IN6_H

#include <netinet/in.h>
#include <stdbool.h>

/* An address as text, by value: printf("%s", in6_text(&a).s). */
struct in6_text {
	char s[INET6_ADDRSTRLEN];
};

/* Link-local groups of RFC 4291 section 2.7.1. */
extern const struct in6_addr in6_all_nodes, in6_all_routers;

struct in6_text in6_text(const struct in6_addr *address);
bool in6_equal(const struct in6_addr *a, const struct in6_addr *b);
bool in6_is_zero(const struct in6_addr *address);

/* May be a HoA, a CoA or a peer: not ::, ::1, ff00::/8, fe80::/10, v4-mapped. ULA may. */
bool in6_is_routable_unicast(const struct in6_addr *address);

/* First 64 bits equal: RFC 3972 fixes the prefix length of a CGA. */
bool in6_same_prefix64(const struct in6_addr *a, const struct in6_addr *b);

/* First `len` bits (0..128) equal. */
bool in6_in_prefix(const struct in6_addr *address, const struct in6_addr *prefix, unsigned int len);

/* Solicited-node multicast group, RFC 4291 section 2.7.1. */
struct in6_addr in6_solicited_node(const struct in6_addr *address);

#endif
