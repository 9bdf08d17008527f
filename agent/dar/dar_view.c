// SPDX-License-Identifier: BSD-2-Clause
/* Owns what may be seen of a DAR, and the operator's one order. */
#include <errno.h>

#include "base/clock.h"
#include "dar/bu_queue.h"
#include "dar/dar_private.h"

static const char *const counter_names[DAR_COUNTER_MAX] = {
	[DAR_PUNTED] = "punted",
	[DAR_MH_IGNORED] = "mh_ignored",
	[DAR_BA_SENT] = "ba_sent",
	[DAR_BA_SUPPRESSED] = "ba_suppressed",
	[DAR_BA_FAILED] = "ba_failed",
	[DAR_BE_SENT] = "be_sent",
	[DAR_SIGNATURE_CHECKS] = "signature_checks",
	[DAR_RS_RECEIVED] = "rs_received",
	[DAR_RS_REFUSED] = "rs_refused",
	[DAR_RA_SENT] = "ra_sent",
	[DAR_NA_SENT] = "na_sent",
	[DAR_TUNNEL_ERRORS] = "tunnel_errors",
	[DAR_TUNNEL_ERRORS_REFUSED] = "tunnel_errors_refused",
	[DAR_TOO_BIG_SENT] = "too_big_sent",
	[DAR_COTI_RECEIVED] = "coti_received",
	[DAR_COTI_REFUSED] = "coti_refused",
	[DAR_COT_SENT] = "cot_sent",
	[DAR_HOTI_IGNORED] = "hoti_ignored",
	[DAR_PARAMETER_PROBLEMS_SENT] = "parameter_problems_sent",
	[DAR_BA_SIGNED] = "ba_signed",
	[DAR_BA_SIGNED_SUPPRESSED] = "ba_signed_suppressed",
	[DAR_SIGNATURES_QUEUED] = "signatures_queued",
	[DAR_SIGNATURES_REPEATED] = "signatures_repeated",
	[DAR_SIGNATURES_SHED] = "signatures_shed",
	[DAR_LOADED] = "loaded",
	[DAR_DAD_PROBES] = "dad_probes",
	[DAR_DAD_CONFLICTS] = "dad_conflicts",
	[DAR_RS_RATE] = "rs_rate",
	[DAR_ROGUE_RA] = "rogue_ra",
	[DAR_LEGACY_BU] = "legacy_bu",
};

const char *dar_counter_name(enum dar_counter counter)
{
	return counter_names[counter];
}

const struct config *dar_config(const struct dar *dar)
{
	return dar->config;
}

const struct dar_stats *dar_stats(const struct dar *dar)
{
	return &dar->stats;
}

const struct bcache *dar_bcache(const struct dar *dar)
{
	return dar->bcache;
}

const struct prefix_list *dar_prefixes(const struct dar *dar)
{
	return &dar->prefixes;
}

struct dataplane *dar_dataplane(const struct dar *dar)
{
	return dar->dataplane;
}

unsigned int dar_interface_count(const struct dar *dar)
{
	return dar->interface_count;
}

struct dar_interface_view dar_interface(const struct dar *dar, unsigned int number)
{
	const struct dar_interface *interface = &dar->interfaces[number];

	return (struct dar_interface_view){
		.name = interface->config->name,
		.kind = interface->config->kind,
		.attach = dataplane_attach_mode(dar->dataplane, number),
		.ifindex = interface->ifindex,
		.up = interface->up,
	};
}

uint64_t dar_uptime_s(const struct dar *dar)
{
	return (clock_boot_ns() - dar->start_boot_ns) / CLOCK_SECOND_NS;
}

bool dar_adopted(const struct dar *dar)
{
	return dar->adopted;
}

bool dar_loaded(const struct dar *dar)
{
	return bu_queue_loaded(dar->queue);
}

uint32_t dar_queued(const struct dar *dar)
{
	return bu_queue_count(dar->queue);
}

int dar_binding_delete(struct dar *dar, const struct in6_addr *hoa)
{
	struct bcache_entry *entry = bcache_find(dar->bcache, hoa);

	if (!entry || entry->state != BCACHE_BOUND)
		return -ENOENT;
	binding_end(dar, entry, "deleted-by-operator");
	binding_due(entry, dar); /* its context may have been waiting for this alone */
	return 0;
}
