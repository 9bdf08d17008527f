// SPDX-License-Identifier: BSD-2-Clause
/* Owns the gathering of facts for a Binding Update, each only where it can matter. */
#include "dar/bu_sight.h"

#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "crypto/secret.h"
#include "dar/bu_queue.h"
#include "dar/dar_private.h"

static bool recall_option_token(const struct bcache_entry *entry, const struct bu *bu,
				uint64_t now_ns, uint8_t token[static MH_TOKEN_LEN])
{
	if (!entry || entry->state != BCACHE_BOUND || !in6_equal(&entry->binding.coa, &bu->coa) ||
	    entry->binding.careof_token_boot_ns <= now_ns)
		return false;
	memcpy(token, entry->binding.careof_token, MH_TOKEN_LEN);
	return true;
}

/* Step 9: the token of option 16, bound to this CoA, or of a CoT to it. */
static enum bu_careof recall_token(const struct dar *dar, const struct bu *bu,
				   struct bu_sight *sight)
{
	uint16_t index = bu->options->careof_nonce;
	uint64_t now_ns;
	bool known;

	if (!bu->registers || !bu->options->has_nonce_indices)
		return BU_CAREOF_ABSENT;
	now_ns = clock_boot_ns();
	if (index == CAREOF_INDEX_OPTION)
		known = recall_option_token(sight->entry, bu, now_ns, sight->careof_token);
	else
		known = careof_token_recall(&dar->nonces, &bu->coa, index, now_ns,
					    sight->careof_token);
	return known ? BU_CAREOF_VALID : BU_CAREOF_EXPIRED;
}

/* Whom we know already need not have been seen. */
static bool was_seen(const struct dar *dar, const struct bu *bu, struct bu_sight *sight)
{
	const struct config *config = dar->config;
	struct seen seen;

	if (sight->entry) {
		sight->has_link_address = sight->entry->has_link_address;
		memcpy(sight->link_address, sight->entry->link_address, ND_MAC_LEN);
		return true;
	}
	if (!bu->registers || !prefix_of(&dar->prefixes, &bu->hoa) ||
	    !(config->security.require_seen || config->security.limits.per_link_address))
		return true;
	if (dataplane_seen_get(dar->dataplane, &bu->hoa, &seen))
		return !config->security.require_seen;
	sight->has_link_address = true;
	memcpy(sight->link_address, seen.mac, ND_MAC_LEN);
	return true;
}

/* The stateless cookie of a loaded DAR: one MAC tells whether its sender is at the CoA. */
static bool is_careof_proven(const struct bu_sight *sight, const struct bu *bu)
{
	uint8_t kbm[KBM_LEN];
	bool proven;

	if (!sight->world.loaded || bu->method != BU_METHOD_CGA ||
	    sight->world.careof != BU_CAREOF_VALID || !bu->options->bad.at)
		return false;
	bu_sight_kbm(sight, bu, kbm);
	proven = bu_authenticator_valid(bu, kbm);
	secret_wipe(kbm, sizeof(kbm));
	return proven;
}

/* A CoA outside our prefixes is nobody's HoA here: the usual case costs no look-up. */
static bool is_bound_hoa(const struct dar *dar, const struct in6_addr *coa)
{
	const struct bcache_entry *entry =
		prefix_of(&dar->prefixes, coa) ? bcache_find(dar->bcache, coa) : NULL;

	return entry && entry->state == BCACHE_BOUND;
}

/* Nothing but the link vouches for the HoA as source: elsewhere anybody may write it. */
static bool is_legacy(const struct dar *dar, const struct bu *bu, const struct ingress *from)
{
	const struct in6_addr *source = &bu->packet->source;
	const struct prefix *prefix = prefix_of(&dar->prefixes, &bu->hoa);

	if (bu->method != BU_METHOD_NONE || !policy_legacy_allows(dar->config, &bu->hoa, source))
		return false;
	return !in6_equal(source, &bu->hoa) || (prefix && prefix->ifindex == from->ifindex);
}

/* Accepted before the start, or by a context that has gone: no context refuses it. */
static uint64_t not_before(const struct dar *dar)
{
	uint64_t gone = bcache_gone_ntp(dar->bcache);

	return gone > dar->not_before_ntp ? gone : dar->not_before_ntp;
}

void bu_sight_read(struct dar *dar, const struct bu *bu, const struct ingress *from,
		   struct bu_sight *out)
{
	const struct config *config = dar->config;

	*out = (struct bu_sight){.entry = bcache_find(dar->bcache, &bu->hoa)};
	out->world = (struct bu_world){
		.prefixes = &dar->prefixes,
		.entry = out->entry,
		.policy = policy_of(config, &bu->coa),
		.accepts = config->binding.accept,
		.seen = was_seen(dar, bu, out),
		.legacy_allowed = is_legacy(dar, bu, from),
		.coa_is_bound = bu->registers && is_bound_hoa(dar, &bu->coa),
		.loaded = bu_queue_loaded(dar->queue),
		.careof = recall_token(dar, bu, out),
		.room = BU_ROOM,
		.dad_state =
			config->security.dad == DAD_STRICT && dad_is_running(dar->dad, &bu->hoa)
				? BU_DAD_RUNNING
				: BU_DAD_NOT_TESTED,
		.dad = config->security.dad,
		.replay = config->security.replay,
		.bra_advice = config->security.bra_advice,
		.max_lifetime_s = config->binding.max_lifetime_s,
		.now_ntp = clock_ntp(),
		.not_before_ntp = not_before(dar),
		.clock_floor_ntp = dar->clock_floor_ntp,
	};
	out->world.careof_proven = is_careof_proven(out, bu);
}

struct bcache_claim bu_sight_claim(const struct bu_sight *sight, const struct bu *bu,
				   const uint8_t *key_id)
{
	const struct bcache_entry *entry = sight->entry;

	if (!key_id && entry && entry->context.has_key)
		key_id = entry->context.key_id;
	return (struct bcache_claim){
		.key_id = key_id,
		.link_address = sight->has_link_address ? sight->link_address : NULL,
		.coa = &bu->coa,
		.domain = (uint16_t)(sight->world.policy.domain + 1),
	};
}

void bu_sight_room(const struct dar *dar, const struct bu *bu, const uint8_t *key_id,
		   struct bu_sight *sight)
{
	struct bcache_claim claim = bu_sight_claim(sight, bu, key_id);
	bool evicts = dar->config->security.replay == REPLAY_TIMESTAMP;

	if (bu->registers)
		sight->world.room = bcache_room(dar->bcache, sight->entry, &claim, evicts,
						sight->world.now_ntp);
}

void bu_sight_kbm(const struct bu_sight *sight, const struct bu *bu, uint8_t kbm[static KBM_LEN])
{
	static const uint8_t no_home_token[MH_TOKEN_LEN];
	const uint8_t *home =
		bu->method == BU_METHOD_PHKT ? sight->entry->context.phkt : no_home_token;

	kbm_derive(home, bu->registers ? sight->careof_token : NULL, kbm);
}
