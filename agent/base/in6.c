// SPDX-License-Identifier: BSD-2-Clause
/* Owns comparison, scope and text of IPv6 addresses (RFC 4291). */
#include "base/in6.h"

#include <arpa/inet.h>
#include <string.h>

const struct in6_addr in6_all_nodes = {{{0xff, 0x02, [15] = 0x01}}};
const struct in6_addr in6_all_routers = {{{0xff, 0x02, [15] = 0x02}}};

struct in6_text in6_text(const struct in6_addr *address)
{
	struct in6_text text = {""};

	inet_ntop(AF_INET6, address, text.s, sizeof(text.s));
	return text;
}

bool in6_equal(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool in6_is_zero(const struct in6_addr *address)
{
	return IN6_IS_ADDR_UNSPECIFIED(address);
}

bool in6_is_routable_unicast(const struct in6_addr *address)
{
	return !IN6_IS_ADDR_UNSPECIFIED(address) && !IN6_IS_ADDR_LOOPBACK(address) &&
	       !IN6_IS_ADDR_MULTICAST(address) && !IN6_IS_ADDR_LINKLOCAL(address) &&
	       !IN6_IS_ADDR_V4MAPPED(address);
}

bool in6_same_prefix64(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, 8) == 0;
}

bool in6_in_prefix(const struct in6_addr *address, const struct in6_addr *prefix, unsigned int len)
{
	unsigned int whole = len / 8, rest = len % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (memcmp(address, prefix, whole) != 0)
		return false;
	return rest == 0 || ((address->s6_addr[whole] ^ prefix->s6_addr[whole]) & mask) == 0;
}

struct in6_addr in6_solicited_node(const struct in6_addr *address)
{
	struct in6_addr group = {{{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff}}};

	memcpy(&group.s6_addr[13], &address->s6_addr[13], 3);
	return group;
}
