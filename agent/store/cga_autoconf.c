// SPDX-License-Identifier: BSD-2-Clause
/* Owns the CGA this node has under a prefix (RFC 3972 section 4, protocol M-01 and M-02). */
#include "store/cga_autoconf.h"

#include <string.h>

#include "base/in6.h"
#include "crypto/keypair.h"
#include "store/identity.h"

struct cga_params cga_autoconf_params(const struct identity *identity,
				      const struct in6_addr *prefix, uint8_t collisions)
{
	struct cga_params params = {.collisions = collisions, .key = keypair_spki(identity->key)};

	memcpy(params.modifier, identity->modifier, sizeof(params.modifier));
	memcpy(params.prefix, prefix, sizeof(params.prefix));
	return params;
}

struct in6_addr cga_autoconf_address(const struct identity *identity, const struct in6_addr *prefix,
				     uint8_t collisions)
{
	struct cga_params params = cga_autoconf_params(identity, prefix, collisions);

	return cga_address(&params, identity->sec);
}

int cga_autoconf_recognise(const struct identity *identity, const struct in6_addr *address)
{
	for (uint8_t collisions = 0; collisions <= CGA_COLLISIONS_MAX; collisions++) {
		struct in6_addr own = cga_autoconf_address(identity, address, collisions);

		if (in6_equal(&own, address))
			return collisions;
	}
	return -1;
}
