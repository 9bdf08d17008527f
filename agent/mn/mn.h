/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the mobile node role: what starts it, stops it, and may be asked of it. */
#ifndef FAMA_MN_H
#define FAMA_MN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/dataplane.h"

struct config;
struct event_base;
struct mn;

/* NULL: `why` is a sentence for the user, *code the exit code (69, 77). Nothing is left behind. */
struct mn *mn_start(struct event_base *base, const struct config *config, int *code, char *why,
		    size_t why_size);
/*
 * De-registers and takes everything of ours off the host: addresses, routes, rules, programs,
 * sysctls. Without its addresses a node has no forwarding to keep, so `stop: keep` is as `flush`;
 * what a killed agent leaves goes on working and is adopted by the next one.
 */
void mn_stop(struct mn *mn);

/* ---- what control/ shows ---- */

enum mn_counter {
	MN_RS_SENT,
	MN_RA_RECEIVED,
	MN_RA_IGNORED, /* malformed, no default router, or without a usable prefix */
	MN_HANDOVERS,
	MN_BU_SIGNED,
	MN_BU_PHKT,
	MN_BU_DEREGISTRATION, /* of either kind, not counted above */
	MN_BU_FAILED,         /* not built, or the kernel did not take it */
	MN_COTI_SENT,
	MN_COTI_FAILED,
	MN_COT_ACCEPTED,
	MN_COT_IGNORED, /* from a stranger, or without our cookie */
	MN_BA_ACCEPTED,
	MN_BE_RECEIVED,
	MN_BE_IGNORED,
	MN_MH_MALFORMED,
	MN_MH_IGNORED,       /* no business of a mobile node's */
	MN_MH_UNKNOWN_THERE, /* a HDAR said that it knows no Mobility Header (M-41) */
	MN_TUNNEL_ERRORS,
	MN_TUNNEL_ERRORS_REFUSED,
	MN_TOO_BIG_SENT, /* Packet Too Big told to sockets of this host */
	MN_ADDRESS_COLLISIONS,
	MN_COUNTER_MAX,
};
const char *mn_counter_name(enum mn_counter counter);
uint64_t mn_counter(const struct mn *mn, enum mn_counter counter);
/* BAs that refused, by status 128..255, and BAs not believed, by reason (NULL ends the names). */
uint64_t mn_ba_refused(const struct mn *mn, uint8_t status);
const char *mn_ba_ignored_name(unsigned int reason);
uint64_t mn_ba_ignored(const struct mn *mn, unsigned int reason);

struct mn_binding_view {
	struct in6_addr hoa, hdar, coa;
	const char *state;
	uint16_t sequence;
	uint32_t lifetime_s, remaining_s;
	bool has_phkt;
};
void mn_each_binding(const struct mn *mn,
		     void (*each)(const struct mn_binding_view *view, void *arg), void *arg);

struct mn_address_view {
	struct in6_addr address, prefix, hdar; /* hdar :: if none */
	bool is_current, is_in_use;
};
void mn_each_address(const struct mn *mn,
		     void (*each)(const struct mn_address_view *view, void *arg), void *arg);

/* Microseconds between the steps of the last handover; MN_UNKNOWN_US where there was none. */
enum { MN_UNKNOWN_US = -1 };
struct mn_handover_view {
	bool exists;
	int64_t link_up_to_rs_us, rs_to_ra_us, ra_to_address_us, address_to_bu_us, bu_to_ba_us;
	const char *auth; /* "cga" if any BU was signed, "phkt", "none" without BU */
};

struct mn_status_view {
	const char *name;
	uint64_t uptime_s;
	bool is_adopted; /* found the pins of an earlier agent */
	bool is_attached;
	const char *interface;   /* attached through; "" */
	struct in6_addr router;  /* global if it anchors, else link-local; :: */
	struct in6_addr address; /* the current one; :: */
	unsigned int bindings, addresses;
	struct mn_handover_view last_handover;
};
void mn_status(const struct mn *mn, struct mn_status_view *out);

struct mn_interface_view {
	const char *name;
	enum attach_mode attach;
	uint32_t ifindex;
	bool is_up;
};
unsigned int mn_interface_count(const struct mn *mn);
struct mn_interface_view mn_interface(const struct mn *mn, unsigned int number);
const struct config *mn_config(const struct mn *mn);
struct dataplane *mn_dataplane(const struct mn *mn);

/* 0; -ENOENT: no such address; -EALREADY: it is being given up. */
int mn_address_keep(struct mn *mn, const struct in6_addr *address);
/* 0; -ENOENT; -EBUSY: it is the current one. */
int mn_address_drop(struct mn *mn, const struct in6_addr *address);

#endif
