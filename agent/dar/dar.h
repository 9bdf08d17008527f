/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the anchor role: what starts it, stops it, and may be asked of it. */
#ifndef FAMA_DAR_H
#define FAMA_DAR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dar/bcache.h"
#include "dar/bu.h"
#include "dar/prefix.h"
#include "kernel/dataplane.h"

struct config;
struct dar;
struct event_base;

/* NULL: `why` is a sentence for the user, *code the exit code (69, 77). Nothing is left behind. */
struct dar *dar_start(struct event_base *base, const struct config *config, int *code, char *why,
		      size_t why_size);
/* As `stop:` says: keep forwarding, or flush everything this agent made. */
void dar_stop(struct dar *dar);
/* Takes a start back that came to nothing later on: leaves what it found, whatever `stop:`. */
void dar_abandon(struct dar *dar);

/* ---- what control/ shows ---- */

enum dar_counter {
	DAR_PUNTED,     /* frames the data plane handed up */
	DAR_MH_IGNORED, /* well-formed Mobility Headers that no DAR answers here */
	DAR_BA_SENT,
	DAR_BA_SUPPRESSED, /* unauthenticated refusals over their rate */
	DAR_BA_FAILED,     /* the kernel did not take it */
	DAR_BE_SENT,
	DAR_SIGNATURE_CHECKS,
	DAR_RS_RECEIVED,
	DAR_RS_REFUSED, /* malformed */
	DAR_RA_SENT,
	DAR_NA_SENT,       /* unsolicited, when a binding starts */
	DAR_TUNNEL_ERRORS, /* ICMPv6 errors about our tunnels that were valid */
	DAR_TUNNEL_ERRORS_REFUSED,
	DAR_TOO_BIG_SENT, /* Packet Too Big made by the agent */
	DAR_COTI_RECEIVED,
	DAR_COTI_REFUSED, /* Home Address option, scope */
	DAR_COT_SENT,
	DAR_HOTI_IGNORED,            /* */
	DAR_PARAMETER_PROBLEMS_SENT, /* about Mobility Headers */
	DAR_BA_SIGNED,               /* BAs with the DAR's own proof */
	DAR_BA_SIGNED_SUPPRESSED,    /* over its rate: sent without */
	DAR_SIGNATURES_QUEUED,
	DAR_SIGNATURES_REPEATED, /* retransmitted while the first waited */
	DAR_SIGNATURES_SHED,     /* the queue was full */
	DAR_LOADED,              /* times the care-of cookie was switched on */
	DAR_DAD_PROBES,
	DAR_DAD_CONFLICTS,
	DAR_RS_RATE,   /* solicitations over the rate of their host or link */
	DAR_ROGUE_RA,  /* another router advertises on an access link of ours */
	DAR_LEGACY_BU, /* registrations accepted without proof */
	DAR_COUNTER_MAX,
};

const char *dar_counter_name(enum dar_counter counter);

struct dar_stats {
	uint64_t counters[DAR_COUNTER_MAX];
	uint64_t verdicts[BU_VERDICT_MAX];
	uint64_t faults[MH_PACKET + 1];
};

struct dar_interface_view {
	const char *name;
	enum interface_kind kind;
	enum attach_mode attach; /* in force */
	uint32_t ifindex;
	bool up;
};

const struct config *dar_config(const struct dar *dar);
const struct dar_stats *dar_stats(const struct dar *dar);
const struct bcache *dar_bcache(const struct dar *dar);
const struct prefix_list *dar_prefixes(const struct dar *dar);
struct dataplane *dar_dataplane(const struct dar *dar);
unsigned int dar_interface_count(const struct dar *dar);
struct dar_interface_view dar_interface(const struct dar *dar, unsigned int number);
uint64_t dar_uptime_s(const struct dar *dar);
bool dar_adopted(const struct dar *dar);    /* found the pins of an earlier agent */
bool dar_loaded(const struct dar *dar);     /* signed BUs need a care-of token just now */
uint32_t dar_queued(const struct dar *dar); /* signed BUs that wait for their check */

/* Ends a binding by order of the operator: no BA, no tombstone. 0 or -ENOENT. */
int dar_binding_delete(struct dar *dar, const struct in6_addr *hoa);

#endif
