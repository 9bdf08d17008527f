// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rule that Binding Cache and data plane change together, data plane first (C-83). */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "dar/bu_apply.h"
#include "dar/dar_private.h"
#include "dar/next_hop.h"
#include "dar/turn.h"

enum {
	CONTEXT_RECHECK_S = 7,
	ADOPTED_PATH_MTU_S = 600, /* when it was learnt is not in the RIB */
	ETHERNET_MTU = 1500,
};

int binding_write(struct dar *dar, struct bcache_entry *entry)
{
	struct binding row;

	bcache_to_row(&entry->context, &entry->binding, &row);
	return turn_put_row(dar, &entry->hoa, &row);
}

/* fama_dar_local cannot ask the FIB: a route narrower than Ethernet is told by the row. */
uint16_t binding_route_mtu(const struct dar *dar, const struct in6_addr *coa, uint64_t now)
{
	uint32_t mtu = next_hop_mtu(dar->next_hops, coa, now);

	if (!mtu || mtu >= ETHERNET_MTU)
		return 0;
	return (uint16_t)(mtu < IP6_MIN_MTU ? IP6_MIN_MTU : mtu);
}

/* Where a CoA may be unverified every context has its credit, earned while it is verified. */
static int grant_credit(struct dar *dar, struct bcache_entry *entry, enum binding_state state)
{
	int err;

	if (entry->has_credit || (state == BINDING_VERIFIED && !policy_has_concurrent(dar->config)))
		return 0;
	err = dataplane_credit_grant(dar->dataplane, &entry->hoa, FAMA_CREDIT_START);
	entry->has_credit = !err;
	return err;
}

/* The credit lives as long as the context. */
void binding_removing(const struct bcache_entry *entry, void *arg)
{
	struct dar *dar = arg;

	if (entry->has_credit)
		dataplane_credit_delete(dar->dataplane, &entry->hoa);
}

static void row_delete(struct dar *dar, const struct in6_addr *hoa)
{
	int err;

	turn_flush(dar); /* a row kept for later must not come back */
	err = dataplane_binding_delete(dar->dataplane, hoa);
	if (err && err != -ENOENT)
		log_error("binding.delete", "hoa=%s error=\"%s\"", in6_text(hoa).s, strerror(-err));
	dad_link_local(dar->dad, hoa, false);
}

int binding_commit(struct dar *dar, const struct in6_addr *hoa, struct bcache_entry *entry,
		   const struct bu_effect *effect)
{
	struct binding row;
	int err;

	if (effect->state != BCACHE_BOUND) {
		row_delete(dar, hoa);
		bcache_update(dar->bcache, entry, effect->state, &effect->context, &effect->binding,
			      "de-registered");
		return 0;
	}
	err = grant_credit(dar, entry, effect->binding.state);
	if (err)
		return err;
	bcache_to_row(&effect->context, &effect->binding, &row);
	err = entry->state == BCACHE_BOUND ? turn_put_row(dar, hoa, &row)
					   : dataplane_binding_put(dar->dataplane, hoa, &row);
	if (err)
		return err;
	bcache_update(dar->bcache, entry, BCACHE_BOUND, &effect->context, &effect->binding,
		      "registered");
	return 0;
}

void binding_end(struct dar *dar, struct bcache_entry *entry, const char *why)
{
	struct bcache_binding *binding = &entry->binding;

	row_delete(dar, &entry->hoa);
	binding->prev_coa_boot_ns = 0;
	binding->path_mtu_boot_ns = 0;
	binding->careof_token_boot_ns = 0;
	secret_wipe(binding->careof_token, sizeof(binding->careof_token));
	bcache_set_state(dar->bcache, entry, BCACHE_CONTEXT, why);
	bcache_arm(dar->bcache, entry);
}

static void end_of_grace(struct dar *dar, struct bcache_entry *entry)
{
	entry->binding.prev_coa = in6addr_any;
	entry->binding.prev_coa_boot_ns = 0;
	binding_write(dar, entry);
}

static void forget_path_mtu(struct dar *dar, struct bcache_entry *entry)
{
	entry->binding.path_mtu = binding_route_mtu(dar, &entry->binding.coa, clock_boot_ns());
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
		binding_end(dar, entry,
			    entry->state == BCACHE_BOUND ? "expired" : "tombstone-over");
	if (is_due(entry->binding.prev_coa_boot_ns, now))
		end_of_grace(dar, entry);
	if (is_due(entry->binding.path_mtu_boot_ns, now))
		forget_path_mtu(dar, entry);
	if (is_due(entry->context.expires_boot_ns, now))
		bcache_forget_phkt(entry);
	if (entry->state == BCACHE_CONTEXT && !entry->context.expires_boot_ns &&
	    dar->config->security.replay == REPLAY_TIMESTAMP) { /* else it stays for ever (8.8) */
		if (bcache_replays_are_over(&entry->context, clock_ntp())) {
			bcache_remove(dar->bcache, entry);
			return;
		}
		/* a short ctx_lifetime, or a clock set back: look again, the clock may jump */
		entry->context.expires_boot_ns = now + CONTEXT_RECHECK_S * CLOCK_SECOND_NS;
	}
	bcache_arm(dar->bcache, entry);
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

void binding_learn_link_address(struct dar *dar, struct bcache_entry *entry)
{
	struct seen seen;

	if (dar->config->security.limits.per_link_address &&
	    dataplane_seen_get(dar->dataplane, &entry->hoa, &seen) == 0)
		bcache_set_link_address(dar->bcache, entry, seen.mac);
}

/* A binding that ended while no agent lived still tells which BUs are old. */
static void adopt_entry(struct adoption *adoption, struct bcache_entry *entry,
			const struct binding *row, bool lives)
{
	struct dar *dar = adoption->dar;
	struct bcache_entry as_row = {.state = BCACHE_CONTEXT};
	int err;

	bcache_from_row(&as_row, row);
	as_row.context.expires_boot_ns =
		adoption->now + dar->config->security.ctx_lifetime_s * CLOCK_SECOND_NS;
	as_row.binding.domain = (uint16_t)(policy_of(dar->config, &as_row.binding.coa).domain + 1);
	if (row->path_mtu && lives)
		as_row.binding.path_mtu_boot_ns =
			adoption->now + ADOPTED_PATH_MTU_S * CLOCK_SECOND_NS;
	binding_learn_link_address(dar, entry);
	bcache_update(dar->bcache, entry, lives ? BCACHE_BOUND : BCACHE_CONTEXT, &as_row.context,
		      &as_row.binding, "adopted");
	if (!lives)
		return;
	err = grant_credit(dar, entry, as_row.binding.state);
	if (err)
		log_warn("credit.grant", "hoa=%s error=\"%s\"", in6_text(&entry->hoa).s,
			 strerror(-err));
	/* a grace that was running is not known any more: it ends here */
	if (!in6_is_zero(&as_row.binding.prev_coa))
		end_of_grace(dar, entry);
	adoption->adopted++;
}

static int adopt_row(const struct in6_addr *hoa, const struct binding *row, void *arg)
{
	struct adoption *adoption = arg;
	struct dar *dar = adoption->dar;
	bool lives = row->expires_boot_ns > adoption->now && is_served(dar, hoa, row);
	struct bcache_entry *entry;

	if (!lives)
		adoption->stale[adoption->stale_count++] = *hoa;
	if (!bcache_find(dar->bcache, hoa)) {
		entry = bcache_get(dar->bcache, hoa);
		if (!entry)
			return -ENOMEM;
		adopt_entry(adoption, entry, row, lives);
	}
	return adoption->stale_count == 64;
}

static bool has_context(const struct in6_addr *hoa, void *bcache)
{
	return bcache_find(bcache, hoa);
}

/* Contexts without a binding ended with the agent that knew them, and their credit with them. */
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
	if (!err && dar->adopted)
		err = dataplane_credit_sweep(dar->dataplane, has_context, dar->bcache);
	return err;
}
