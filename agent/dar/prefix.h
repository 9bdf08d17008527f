/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the prefixes this DAR anchors and its own addresses under them. */
#ifndef FAMA_PREFIX_H
#define FAMA_PREFIX_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "fama/dataplane.h"

struct prefix {
	struct in6_addr prefix;        /* /64 */
	struct in6_addr address;       /* the DAR's own: BU destination, tunnel end */
	uint32_t ifindex;              /* access interface */
	unsigned int interface;        /* its position in the configuration */
	uint32_t valid_s, preferred_s; /* as advertised; they do not run down */
	bool on_link;
	bool is_cga;        /* of our key */
	uint8_t collisions; /* of its CGA Parameters */
};

struct prefix_list {
	struct prefix at[FAMA_PREFIX_MAX];
	unsigned int count;
};

/* The prefix `address` lies under, or whose own address it is; NULL if none. */
const struct prefix *prefix_of(const struct prefix_list *list, const struct in6_addr *address);
const struct prefix *prefix_with_address(const struct prefix_list *list,
					 const struct in6_addr *address);

#endif
