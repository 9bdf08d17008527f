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
	DAR_RS_REFUSED, /* malformed, or over the rate */
	DAR_RA_SENT,
	DAR_NA_SENT,       /* unsolicited, when a binding starts */
	DAR_TUNNEL_ERRORS, /* ICMPv6 errors about our tunnels that were valid */
	DAR_TUNNEL_ERRORS_REFUSED,
	DAR_TOO_BIG_SENT, /* Packet Too Big made by the agent */
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
bool dar_adopted(const struct dar *dar); /* found the pins of an earlier agent */

/* Ends a binding by order of the operator: no BA, no tombstone. 0 or -ENOENT. */
int dar_binding_delete(struct dar *dar, const struct in6_addr *hoa);

#endif
