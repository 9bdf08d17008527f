// SPDX-License-Identifier: BSD-2-Clause
/* Owns finding the anchored prefix of an address. */
#include "dar/prefix.h"

#include <stddef.h>

#include "base/in6.h"

const struct prefix *prefix_of(const struct prefix_list *list, const struct in6_addr *address)
{
	for (unsigned int i = 0; i < list->count; i++) {
		if (in6_same_prefix64(&list->at[i].prefix, address))
			return &list->at[i];
	}
	return NULL;
}

const struct prefix *prefix_with_address(const struct prefix_list *list,
					 const struct in6_addr *address)
{
	const struct prefix *prefix = prefix_of(list, address);

	return prefix && in6_equal(&prefix->address, address) ? prefix : NULL;
}
