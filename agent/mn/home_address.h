/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the MN's addresses: one per prefix it has been given, the current ones and the kept. */
#ifndef FAMA_HOME_ADDRESS_H
#define FAMA_HOME_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct bul_entry;

struct home_address {
	TAILQ_ENTRY(home_address) link;
	struct in6_addr address;
	struct in6_addr prefix; /* /64 */
	bool has_hdar;          /* else a plain address, dropped at the next move */
	struct in6_addr hdar;
	uint32_t ifindex;        /* where the address stands */
	uint8_t collisions;      /* of its CGA parameters */
	bool is_installed;       /* else somebody else has it: neither used nor bound */
	bool is_spent;           /* and no collision count is left (M-02) */
	bool is_current;         /* on the link this node is attached to */
	bool is_kept;            /* by order of the user: never given up for want of room */
	bool is_tunnelled;       /* rule, table and binding row stand */
	uint32_t table;          /* routing table of its own; 0: none */
	bool coa_changed;        /* by the handover under way */
	struct bul_entry *entry; /* NULL without HDAR */
};

TAILQ_HEAD(home_address_list, home_address);

struct home_addresses {
	struct home_address_list list; /* the latest attached last */
	unsigned int count;
};

void home_addresses_init(struct home_addresses *all);
/* Appended; NULL: no memory. */
struct home_address *home_address_add(struct home_addresses *all, const struct in6_addr *address);
void home_address_remove(struct home_addresses *all, struct home_address *home);
struct home_address *home_address_find(const struct home_addresses *all,
				       const struct in6_addr *address);
struct home_address *home_address_by_prefix(const struct home_addresses *all,
					    const struct in6_addr *prefix);
/* Moves it to the end of the list: the latest attached. */
void home_address_touch(struct home_addresses *all, struct home_address *home);
/* The CoA: a current address, one with a HDAR before plain ones; NULL: none. */
struct home_address *home_address_current(const struct home_addresses *all);

#endif
