/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns movement detection (RFC 6275 section 11.5.1): links and RAs in, attachments out; pure. */
#ifndef FAMA_MOVEMENT_H
#define FAMA_MOVEMENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "fama/dataplane.h"

struct nd_message;

enum {
	MOVEMENT_PREFIXES_MAX = 8,
	MOVEMENT_ROUTERS_MAX = 8, /* heard on one link */
	MOVEMENT_DOUBT_MS = 1000, /* a router asked for a sign of life has this long */
	MOVEMENT_SILENT_INTERVALS = 3,
	SOLICIT_FIRST_MS = 100,
	SOLICIT_SECOND_MS = 500,
	SOLICIT_INTERVAL_MS = 4000, /* RTR_SOLICITATION_INTERVAL */
	SOLICIT_MAX_MS = 64000,     /* then doubling, as RFC 7559 section 2 */
};

struct movement_prefix {
	struct in6_addr prefix; /* /64 */
	bool has_hdar;          /* H and R: the router anchors addresses of this prefix */
	struct in6_addr hdar;
};

/* A default router as its RAs tell it. One that anchors is known by its global address. */
struct movement_router {
	uint32_t ifindex;
	struct in6_addr link_local;
	bool has_mac;
	uint8_t mac[6];
	struct movement_prefix prefixes[MOVEMENT_PREFIXES_MAX];
	unsigned int prefix_count;
	uint32_t interval_ms; /* advertised; 0: unknown */
	uint64_t heard_ns;
};

struct movement_link {
	uint32_t ifindex;
	bool is_up;
	struct movement_router routers[MOVEMENT_ROUTERS_MAX]; /* since the link came up */
	unsigned int router_count;
};

struct movement {
	struct movement_link links[FAMA_INTERFACE_MAX]; /* in order of preference */
	unsigned int link_count;
	bool is_attached;
	struct movement_router current;
	uint64_t listen_until_ns;     /* current was asked for a sign of life; 0: not */
	struct movement_router rival; /* takes over if current stays silent */
	bool has_rival;
};

enum movement_verdict {
	MOVEMENT_STAY,
	MOVEMENT_SOLICIT,  /* ask on the link of the event, nothing else has changed */
	MOVEMENT_ATTACHED, /* to movement.current: new, or changed */
	MOVEMENT_DETACHED,
	MOVEMENT_DISMISSED, /* the same, but the link is there: ask on it for another router */
};

/* An RA as a router; false if it is none for us: no default router, no usable prefix. *out is
 * filled in any case. */
bool movement_router_of(const struct nd_message *ra, uint32_t ifindex,
			const struct in6_addr *source, uint64_t now_ns,
			struct movement_router *out);
bool movement_same_router(const struct movement_router *a, const struct movement_router *b);

enum movement_verdict movement_link(struct movement *m, uint32_t ifindex, bool is_up);
/*
 * An event of a link that is up and was up before: the kernel tells of a carrier that was lost
 * for a moment by one event, not two. Routers heard on it count as new again, but the current.
 */
enum movement_verdict movement_link_again(struct movement *m, uint32_t ifindex);
enum movement_verdict movement_heard(struct movement *m, const struct movement_router *router);
/* It says that it is no default router, or none any more. DISMISSED, if it was the current one. */
enum movement_verdict movement_dismiss(struct movement *m, const struct movement_router *router);
/* When movement_expire() wants to be called; 0: never. */
uint64_t movement_deadline_ns(const struct movement *m);
enum movement_verdict movement_expire(struct movement *m, uint64_t now_ns);

/* How long after the n-th solicitation (1, 2, ...) the next one leaves. */
uint32_t movement_solicit_ms(unsigned int sent);

#endif
