// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rule that Binding Cache and data plane change together, data plane first (C-83). */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"
#include "dar/next_hop.h"

enum {
	CONTEXT_RECHECK_S = 7,
	ADOPTED_PATH_MTU_S = 600, /* when it was learnt is not in the RIB */
	ETHERNET_MTU = 1500,
};

int binding_write(struct dar *dar, struct bcache_entry *entry)
{
	struct binding row;

	bcache_to_row(&entry->context, &entry->binding, &row);
	return dataplane_binding_put(dar->dataplane, &entry->hoa, &row);
}

/* fama_dar_local cannot ask the FIB: a route narrower than Ethernet is told by the row. */
static uint16_t route_path_mtu(const struct dar *dar, const struct in6_addr *coa, uint64_t now)
{
	uint32_t mtu = next_hop_mtu(dar->next_hops, coa, now);

	if (!mtu || mtu >= ETHERNET_MTU)
		return 0;
	return (uint16_t)(mtu < IP6_MIN_MTU ? IP6_MIN_MTU : mtu);
}

/* The old CoA stays good for a moment: packets are on their way. */
static void keep_previous_coa(const struct dar *dar, const struct bcache_entry *entry,
			      struct bcache_binding *next, uint64_t now)
{
	uint64_t grace_ns = dar->config->security.prev_coa_grace_ms * 1000000ULL;

	if (entry->state != BCACHE_BOUND)
		return;
	if (in6_equal(&entry->binding.coa, &next->coa)) {
		next->prev_coa = entry->binding.prev_coa;
		next->prev_coa_boot_ns = entry->binding.prev_coa_boot_ns;
		next->path_mtu = entry->binding.path_mtu;
		next->path_mtu_boot_ns = entry->binding.path_mtu_boot_ns;
	} else if (grace_ns) {
		next->prev_coa = entry->binding.coa;
		next->prev_coa_boot_ns = now + grace_ns;
	}
}

int binding_register(struct dar *dar, const struct bu *bu, struct bcache_entry *entry,
		     const struct bcache_context *context, uint32_t lifetime_s)
{
	uint64_t now = clock_boot_ns();
	struct bcache_binding next = {
		.coa = bu->coa,
		.dar = bu->packet->destination,
		.expires_boot_ns = now + lifetime_s * CLOCK_SECOND_NS,
		.lifetime_s = lifetime_s,
		.auth = bu->method == BU_METHOD_CGA ? BINDING_AUTH_CGA : BINDING_AUTH_PHKT,
	};
	struct binding row;
	int err;

	keep_previous_coa(dar, entry, &next, now);
	if (!next.path_mtu_boot_ns)
		next.path_mtu = route_path_mtu(dar, &next.coa, now);
	bcache_to_row(context, &next, &row);
	err = dataplane_binding_put(dar->dataplane, &entry->hoa, &row);
	if (err)
		return err;
	entry->binding = next;
	entry->context = *context;
	bcache_set_state(dar->bcache, entry, BCACHE_BOUND, "registered");
	bcache_arm(entry, now);
	return 0;
}

void binding_end(struct dar *dar, struct bcache_entry *entry, enum bcache_state next,
		 const char *why)
{
	uint64_t now = clock_boot_ns();
	int err = dataplane_binding_delete(dar->dataplane, &entry->hoa);

	if (err && err != -ENOENT)
		log_error("binding.delete", "hoa=%s error=\"%s\"", in6_text(&entry->hoa).s,
			  strerror(-err));
	entry->binding.prev_coa_boot_ns = 0;
	entry->binding.path_mtu_boot_ns = 0;
	if (next == BCACHE_DELETED)
		entry->binding.expires_boot_ns = now + BCACHE_TOMBSTONE_S * CLOCK_SECOND_NS;
	bcache_set_state(dar->bcache, entry, next, why);
	bcache_arm(entry, now);
}

static void end_of_grace(struct dar *dar, struct bcache_entry *entry)
{
	entry->binding.prev_coa = in6addr_any;
	entry->binding.prev_coa_boot_ns = 0;
	binding_write(dar, entry);
}

static void forget_path_mtu(struct dar *dar, struct bcache_entry *entry)
{
	entry->binding.path_mtu = route_path_mtu(dar, &entry->binding.coa, clock_boot_ns());
	entry->binding.path_mtu_boot_ns = 0;
	binding_write(dar, entry);
}

static bool is_due(uint64_t deadline, uint64_t now)
{
	return deadline && deadline <= now;
}

void binding_due(struct bcache_entry *entry, void *arg)
{
	struct dar *dar = arg;
	uint64_t now = clock_boot_ns();

	if (entry->state != BCACHE_CONTEXT && is_due(entry->binding.expires_boot_ns, now))
		binding_end(dar, entry, BCACHE_CONTEXT,
			    entry->state == BCACHE_BOUND ? "expired" : "tombstone-over");
	if (is_due(entry->binding.prev_coa_boot_ns, now))
		end_of_grace(dar, entry);
	if (is_due(entry->binding.path_mtu_boot_ns, now))
		forget_path_mtu(dar, entry);
	if (is_due(entry->context.expires_boot_ns, now))
		bcache_forget_phkt(entry);
	if (entry->state == BCACHE_CONTEXT && !entry->context.expires_boot_ns) {
		if (bcache_replays_are_over(&entry->context, clock_ntp())) {
			bcache_remove(dar->bcache, entry);
			return;
		}
		/* a short ctx_lifetime, or a clock set back: look again, the clock may jump */
		entry->context.expires_boot_ns = now + CONTEXT_RECHECK_S * CLOCK_SECOND_NS;
	}
	bcache_arm(entry, now);
}

struct adoption {
	struct dar *dar;
	uint64_t now;
	unsigned int adopted, ended;
	struct in6_addr stale[64]; /* rows to delete, a batch at a time */
	unsigned int stale_count;
};

static bool is_served(const struct dar *dar, const struct in6_addr *hoa, const struct binding *row)
{
	struct in6_addr dar_address;

	memcpy(&dar_address, row->dar, sizeof(dar_address));
	return prefix_of(&dar->prefixes, hoa) && prefix_with_address(&dar->prefixes, &dar_address);
}

/* A binding that ended while no agent lived still tells which BUs are old. */
static int adopt_row(const struct in6_addr *hoa, const struct binding *row, void *arg)
{
	struct adoption *adoption = arg;
	struct dar *dar = adoption->dar;
	struct bcache_entry *entry;
	bool lives = row->expires_boot_ns > adoption->now && is_served(dar, hoa, row);

	if (!lives)
		adoption->stale[adoption->stale_count++] = *hoa;
	if (!bcache_find(dar->bcache, hoa)) {
		entry = bcache_get(dar->bcache, hoa);
		if (!entry)
			return -ENOMEM;
		bcache_from_row(entry, row);
		entry->context.expires_boot_ns =
			adoption->now + dar->config->security.ctx_lifetime_s * CLOCK_SECOND_NS;
		if (lives) {
			if (row->path_mtu)
				entry->binding.path_mtu_boot_ns =
					adoption->now + ADOPTED_PATH_MTU_S * CLOCK_SECOND_NS;
			bcache_set_state(dar->bcache, entry, BCACHE_BOUND, "adopted");
			/* a grace that was running is not known any more: it ends here */
			if (!in6_is_zero((const struct in6_addr *)row->prev_coa))
				end_of_grace(dar, entry);
			adoption->adopted++;
		}
		bcache_arm(entry, adoption->now);
	}
	return adoption->stale_count == 64;
}

int binding_adopt(struct dar *dar)
{
	struct adoption adoption = {.dar = dar, .now = clock_boot_ns()};
	int err;

	do {
		adoption.stale_count = 0;
		err = dataplane_binding_each(dar->dataplane, adopt_row, &adoption);
		for (unsigned int i = 0; i < adoption.stale_count; i++)
			dataplane_binding_delete(dar->dataplane, &adoption.stale[i]);
		adoption.ended += adoption.stale_count;
	} while (err > 0);
	if (adoption.adopted || adoption.ended)
		log_info("binding.adopt", "adopted=%u ended=%u", adoption.adopted, adoption.ended);
	return err;
}
