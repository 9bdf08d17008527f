/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the BPF objects in the kernel: loaded, pinned, attached, adopted, let go. */
#ifndef FAMA_DATAPLANE_AGENT_H
#define FAMA_DATAPLANE_AGENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fama/dataplane.h"

struct dataplane;
struct netlink;

enum attach_mode { /* asked for, and in force */
		   ATTACH_MODE_AUTO,
		   ATTACH_MODE_DISPATCHER,
		   ATTACH_MODE_LINK,
		   ATTACH_MODE_GENERIC,
		   ATTACH_MODE_TC,
};
const char *attach_mode_name(enum attach_mode mode);

enum dataplane_role { DATAPLANE_DAR, DATAPLANE_MN };

struct dataplane_request {
	enum dataplane_role role;
	const char *bpffs; /* directory for maps/, progs/, links/ */
	uint32_t binding_max;
	uint32_t credit_max; /* rows of `credit`: bindings and contexts; 0: as binding_max */
	struct dataplane_settings settings; /* flow_label_key is filled from `layout` or random,
					     * budget_key is random */
	enum attach_mode attach[FAMA_INTERFACE_MAX]; /* beside settings.interfaces */
};

/*
 * Loads the role's programs with the pinned maps of `bpffs` where they exist (then *adopted is
 * true), else with new ones, pins everything, attaches to each interface: an own earlier link is
 * updated in place so that no packet is lost, a foreign program is never replaced. On failure
 * nothing is left half-attached: what this call made is undone. NULL, and *code is the exit
 * code (69 busy or missing, 77 no permission) and `why` a whole sentence for the user.
 */
struct dataplane *dataplane_open(const struct dataplane_request *request, bool *adopted, int *code,
				 char *why, size_t why_size);

/* flush: detach, unpin, remove directories we made that are empty. else: leave all running. */
void dataplane_close(struct dataplane *dp, bool flush);

enum attach_mode dataplane_attach_mode(const struct dataplane *dp, unsigned int interface);

/* LWT xmit program for the anchored prefixes' routes (DAR). */
int dataplane_local_fd(const struct dataplane *dp);

/* `layout` and `prefixes` maps. */
int dataplane_layout_get(const struct dataplane *dp, struct layout *out);
int dataplane_heartbeat(struct dataplane *dp, uint64_t ntp);
int dataplane_prefix_put(struct dataplane *dp, const struct in6_addr *prefix,
			 const struct anchored_prefix *value);

/* ---- RIB; 0 or -errno (-E2BIG full, -ENOENT absent). Put also creates the traffic row,
 * delete also removes it. Traffic row exists before the binding is visible. ---- */
int dataplane_binding_put(struct dataplane *dp, const struct in6_addr *hoa,
			  const struct binding *binding);
int dataplane_binding_delete(struct dataplane *dp, const struct in6_addr *hoa);
int dataplane_binding_each(struct dataplane *dp,
			   int (*each)(const struct in6_addr *hoa, const struct binding *binding,
				       void *arg),
			   void *arg); /* batched dump; stops at a non-zero return */
int dataplane_traffic_get(struct dataplane *dp, const struct in6_addr *hoa, struct traffic *out);

/* Rows that are there, with their traffic: one system call for BUs that came together. 0, or
 * -errno with *done rows written. */
int dataplane_binding_replace_many(struct dataplane *dp, const struct in6_addr *hoas,
				   const struct binding *bindings, uint32_t count, uint32_t *done);

/* ---- credit: granted once, an existing row stays as it is (0). -E2BIG full ---- */
int dataplane_credit_grant(struct dataplane *dp, const struct in6_addr *hoa, uint32_t octets);
int dataplane_credit_get(struct dataplane *dp, const struct in6_addr *hoa, struct credit *out);
void dataplane_credit_delete(struct dataplane *dp, const struct in6_addr *hoa);
/* Deletes the rows that `keeps` does not want. 0 or -errno. */
int dataplane_credit_sweep(struct dataplane *dp,
			   bool (*keeps)(const struct in6_addr *hoa, void *arg), void *arg);

/* ---- seen: -ENOENT if never, or longer ago than FAMA_SEEN_S ---- */
int dataplane_seen_get(struct dataplane *dp, const struct in6_addr *address, struct seen *out);

/* ---- defended: 0, -E2BIG full ---- */
int dataplane_defend(struct dataplane *dp, const struct in6_addr *address,
		     const struct defended *what);
void dataplane_defend_end(struct dataplane *dp, const struct in6_addr *address);

/* Packets with `outcome` that entered interface number `interface`, over all CPUs. */
int dataplane_outcomes(struct dataplane *dp, struct outcome_count sums[static OUTCOME_MAX]);
/* "not_bound", "tunnel_source", ...: the reason words of the contract. */
const char *outcome_name(enum outcome outcome);

/* ---- punt: fd is readable while something waits; consume calls `take` for each event, at most
 * for so many that timers get their turn: then the fd stays readable. Events taken, or -errno.
 * PUNT_TURN_EVENTS were taken: more may wait ---- */
enum { PUNT_TURN_EVENTS = 64 };
int dataplane_punt_fd(const struct dataplane *dp);
int dataplane_punt_consume(struct dataplane *dp,
			   void (*take)(const struct punt_header *header, const uint8_t *frame,
					void *arg),
			   void *arg);

#endif
