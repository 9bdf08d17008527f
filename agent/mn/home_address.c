// SPDX-License-Identifier: BSD-2-Clause
/* Owns the MN's addresses: one per prefix it has been given, the current ones and the kept. */
#include "mn/home_address.h"

#include <stdlib.h>
#include <string.h>

#include "base/in6.h"

void home_addresses_init(struct home_addresses *all)
{
	TAILQ_INIT(&all->list);
	all->count = 0;
}

struct home_address *home_address_add(struct home_addresses *all, const struct in6_addr *address)
{
	struct home_address *home = calloc(1, sizeof(*home));

	if (!home)
		return NULL;
	home->address = *address;
	memcpy(&home->prefix, address, 8);
	TAILQ_INSERT_TAIL(&all->list, home, link);
	all->count++;
	return home;
}

void home_address_remove(struct home_addresses *all, struct home_address *home)
{
	TAILQ_REMOVE(&all->list, home, link);
	all->count--;
	free(home);
}

struct home_address *home_address_find(const struct home_addresses *all,
				       const struct in6_addr *address)
{
	struct home_address *home;

	TAILQ_FOREACH (home, &all->list, link) {
		if (in6_equal(&home->address, address))
			return home;
	}
	return NULL;
}

struct home_address *home_address_by_prefix(const struct home_addresses *all,
					    const struct in6_addr *prefix)
{
	struct home_address *home;

	TAILQ_FOREACH (home, &all->list, link) {
		if (in6_same_prefix64(&home->prefix, prefix))
			return home;
	}
	return NULL;
}

void home_address_touch(struct home_addresses *all, struct home_address *home)
{
	TAILQ_REMOVE(&all->list, home, link);
	TAILQ_INSERT_TAIL(&all->list, home, link);
}

struct home_address *home_address_current(const struct home_addresses *all)
{
	struct home_address *home, *plain = NULL;

	TAILQ_FOREACH (home, &all->list, link) {
		if (home->is_current && home->is_installed && home->has_hdar)
			return home;
		if (home->is_current && home->is_installed && !plain)
			plain = home;
	}
	return plain;
}
