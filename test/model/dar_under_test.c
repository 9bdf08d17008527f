// SPDX-License-Identifier: BSD-2-Clause
/* Owns the agent's side of the comparison: what its edge does, without packets and kernel. */
#include "model/dar_under_test.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/random.h"
#include "dar/bu_apply.h"

enum { WINDOW_S = 7, ROWS_MAX = 64 };

/* ---- the time of the model instead of the kernel's and libevent's ---- */

static uint64_t boot_ns, ntp;

static struct {
	bool runs;
	uint64_t at_ns;
	event_callback_fn fire;
	void *arg;
} timer;

uint64_t clock_boot_ns(void)
{
	return boot_ns;
}

uint64_t clock_ntp(void)
{
	return ntp;
}

int event_assign(struct event *event, struct event_base *base, evutil_socket_t fd, short events,
		 event_callback_fn fire, void *arg)
{
	(void)event;
	(void)base;
	(void)fd;
	(void)events;
	timer.runs = false;
	timer.fire = fire;
	timer.arg = arg;
	return 0;
}

int event_add(struct event *event, const struct timeval *wait)
{
	(void)event;
	timer.runs = true;
	timer.at_ns =
		boot_ns + (uint64_t)wait->tv_sec * CLOCK_SECOND_NS + (uint64_t)wait->tv_usec * 1000;
	return 0;
}

int event_del(struct event *event)
{
	(void)event;
	timer.runs = false;
	return 0;
}

/* ---- start ---- */

void dut_key_id(unsigned int key, uint8_t key_id[static BCACHE_KEY_ID_LEN])
{
	memset(key_id, 0xa0 + (int)key, BCACHE_KEY_ID_LEN);
}

static bool is_due(uint64_t deadline)
{
	return deadline && deadline <= boot_ns;
}

static void end_binding(struct bcache *bcache, struct bcache_entry *entry, enum bcache_state next)
{
	entry->binding.prev_coa_boot_ns = 0;
	bcache_set_state(bcache, entry, next, "test");
}

static void due_around(void *arg)
{
	(void)arg;
}

static void due(struct bcache_entry *entry, void *arg)
{
	struct dar_under_test *dut = arg;

	if (entry->state != BCACHE_CONTEXT && is_due(entry->binding.expires_boot_ns))
		end_binding(dut->bcache, entry, BCACHE_CONTEXT);
	if (is_due(entry->binding.prev_coa_boot_ns))
		entry->binding.prev_coa_boot_ns = 0;
	if (is_due(entry->context.expires_boot_ns))
		bcache_forget_phkt(entry);
	bcache_arm(dut->bcache, entry);
}

static struct bcache *new_bcache(struct dar_under_test *dut)
{
	struct bcache_hooks hooks = {
		.due = due, .due_begin = due_around, .due_end = due_around, .arg = dut};
	struct bcache_limits limits = {
		.binding_max = dut->config.binding.max,
		.context_max = dut->config.security.context_max,
		.per_key = dut->config.security.limits.per_key,
		.per_link_address = dut->config.security.limits.per_link_address,
		.per_coa_prefix = dut->config.security.limits.per_coa_prefix,
	};

	for (unsigned int i = 0; i < dut->config.security.domain_count; i++)
		limits.domain_max[i] = dut->config.security.domains[i].binding_max;
	return bcache_new(NULL, &limits, &hooks);
}

void dut_start(struct dar_under_test *dut, const struct reference_rules *rules, uint64_t now_ns,
	       uint64_t now_ntp)
{
	dut->not_before_ntp = dut->floor_ntp = 0;
	dut->now_ns = boot_ns = now_ns;
	ntp = now_ntp;
	dut_configure(dut, rules);
	careof_nonces_init(&dut->nonces);
	dut->nonces.next_index = 0xfffc; /* near its end */
	dut->bcache = new_bcache(dut);
	assert(dut->bcache);
}

void dut_stop(struct dar_under_test *dut)
{
	bcache_free(dut->bcache);
	careof_nonces_wipe(&dut->nonces);
}

/* ---- a BU ---- */

static const uint8_t some_octets[BCACHE_KEY_ID_LEN + MH_BAD_LEN] = {1};

static void packet_of(const struct reference_bu *bu, struct mh_packet *packet)
{
	struct mh_options *options = &packet->message.options;

	memset(packet, 0, sizeof(*packet));
	packet->source = bu->source;
	packet->destination = bu->destination;
	packet->has_hao = bu->has_hao;
	packet->hao = bu->hao;
	packet->message.type = IP6_MH_TYPE_BU;
	packet->message.bu.sequence = bu->sequence;
	packet->message.bu.flags = bu->home_flag ? IP6_MH_BU_HOME : IP6_MH_BU_ACK;
	packet->message.bu.lifetime = bu->lifetime;
	options->has_alt_coa = bu->has_alt_coa;
	options->alt_coa = bu->alt_coa;
	options->has_nonce_indices = bu->has_nonces;
	options->home_nonce = bu->home_nonce;
	options->careof_nonce = bu->careof_nonce;
	options->has_timestamp = bu->has_timestamp;
	options->timestamp = bu->timestamp;
	options->careof_test_init = bu->asks_token;
	if (bu->has_authenticator)
		options->bad = (struct span){some_octets, MH_BAD_LEN};
	if (bu->layout != REFERENCE_UNSIGNED) {
		options->cga_layout =
			bu->layout == REFERENCE_SIGNED ? MH_CGA_SIGNED : MH_CGA_BROKEN;
		options->signature = (struct span){some_octets, sizeof(some_octets)};
	}
}

static bool has_careof_token(const struct bcache_entry *entry, const struct bu *bu)
{
	return entry && entry->state == BCACHE_BOUND && in6_equal(&entry->binding.coa, &bu->coa) &&
	       entry->binding.careof_token_boot_ns >= boot_ns;
}

static enum bu_careof careof_of(const struct dar_under_test *dut, const struct bu *bu,
				const struct bcache_entry *entry)
{
	const struct mh_options *options = bu->options;
	uint8_t token[MH_TOKEN_LEN];
	bool valid;

	if (!bu->registers || !options->has_nonce_indices)
		return BU_CAREOF_ABSENT;
	if (options->careof_nonce == CAREOF_INDEX_OPTION)
		valid = has_careof_token(entry, bu);
	else
		valid = careof_token_recall(&dut->nonces, &bu->coa, options->careof_nonce, boot_ns,
					    token);
	return valid ? BU_CAREOF_VALID : BU_CAREOF_EXPIRED;
}

struct claiming {
	struct bcache_claim claim;
	uint8_t key_id[BCACHE_KEY_ID_LEN], link[6];
};

static void claim_of(const struct dar_under_test *dut, const struct reference_bu *facts,
		     const struct bu *bu, struct claiming *out)
{
	struct policy policy = policy_of(&dut->config, &bu->coa);

	out->claim = (struct bcache_claim){
		.coa = &bu->coa,
		.domain = (uint16_t)(policy.domain + 1),
	};
	dut_key_id(facts->key, out->key_id);
	if (bu->method == BU_METHOD_CGA)
		out->claim.key_id = out->key_id;
	if (dut->link_of(&bu->hoa, out->link, dut->arg))
		out->claim.link_address = out->link;
}

static enum bu_proof proof_of(const struct reference_bu *facts, const struct bu *bu,
			      const struct bcache_entry *entry)
{
	uint8_t key_id[BCACHE_KEY_ID_LEN];

	switch (bu->method) {
	case BU_METHOD_NONE:
		return BU_PROOF_VALID;
	case BU_METHOD_PHKT:
		return facts->authenticator_good ? BU_PROOF_VALID : BU_PROOF_AUTHENTICATOR;
	case BU_METHOD_CGA:
		break;
	}
	dut_key_id(facts->key, key_id);
	if (!facts->key_shape_good)
		return BU_PROOF_KEY_SHAPE;
	if (!facts->cga_good)
		return BU_PROOF_CGA;
	if (entry && entry->context.has_key &&
	    memcmp(entry->context.key_id, key_id, sizeof(key_id)) != 0)
		return BU_PROOF_KEY_CHANGED;
	if (!facts->budget_left)
		return BU_PROOF_BUDGET;
	if (!facts->signature_good)
		return BU_PROOF_SIGNATURE;
	if (facts->has_nonces && !facts->authenticator_good)
		return BU_PROOF_CAREOF;
	return BU_PROOF_VALID;
}

struct bu_decision dut_judge(struct dar_under_test *dut, const struct reference_bu *facts,
			     bool proven, enum bu_dad dad)
{
	const struct config *config = &dut->config;
	const struct bcache_entry *entry, *at_coa;
	struct claiming claiming;
	struct mh_packet packet;
	struct bu_world world;
	struct bu bu;

	packet_of(facts, &packet);
	bu_read(&packet, &bu);
	entry = bcache_find(dut->bcache, &bu.hoa);
	at_coa = bcache_find(dut->bcache, &bu.coa);
	claim_of(dut, facts, &bu, &claiming);
	world = (struct bu_world){
		.prefixes = &dut->prefixes,
		.entry = entry,
		.policy = policy_of(config, &bu.coa),
		.accepts = config->binding.accept,
		.seen = !config->security.require_seen || claiming.claim.link_address,
		.legacy_allowed = policy_legacy_allows(config, &bu.hoa, &packet.source),
		.coa_is_bound = bu.registers && at_coa && at_coa->state == BCACHE_BOUND,
		.loaded = facts->loaded,
		.careof = careof_of(dut, &bu, entry),
		.room = bcache_room(dut->bcache, entry, &claiming.claim,
				    config->security.replay == REPLAY_TIMESTAMP, ntp),
		.dad_state = dad,
		.dad = config->security.dad,
		.replay = config->security.replay,
		.bra_advice = config->security.bra_advice,
		.max_lifetime_s = config->binding.max_lifetime_s,
		.now_ntp = ntp,
		.not_before_ntp = dut->not_before_ntp,
		.clock_floor_ntp = dut->floor_ntp,
	};
	world.careof_proven = world.careof == BU_CAREOF_VALID && facts->authenticator_good;
	return bu_decide(&bu, &world, proven ? proof_of(facts, &bu, entry) : BU_PROOF_UNKNOWN);
}

void dut_accept(struct dar_under_test *dut, const struct reference_bu *facts,
		const struct bu_decision *decision)
{
	struct bu_material material = {
		.ctx_lifetime_s = dut->config.security.ctx_lifetime_s,
		.prev_coa_grace_ms = dut->config.security.prev_coa_grace_ms,
		.now_boot_ns = boot_ns,
	};
	struct claiming claiming;
	struct bcache_entry *entry;
	struct bu_effect effect;
	struct mh_packet packet;
	struct bu bu;

	packet_of(facts, &packet);
	bu_read(&packet, &bu);
	claim_of(dut, facts, &bu, &claiming);
	dut_key_id(facts->key, material.key_id);
	random_octets(material.phkt, sizeof(material.phkt));
	random_octets(material.careof_token, sizeof(material.careof_token));
	entry = bcache_find(dut->bcache, &bu.hoa);
	bu_apply(&bu, decision, entry, &material, &effect);
	if (!entry) {
		bcache_make_room(dut->bcache, &claiming.claim, ntp);
		entry = bcache_get(dut->bcache, &bu.hoa);
		assert(entry);
	}
	if (bu.registers)
		bcache_set_link_address(dut->bcache, entry, claiming.claim.link_address);
	bcache_update(dut->bcache, entry, effect.state, &effect.context, &effect.binding, "test");
}

/* ---- time ---- */

static bool note_forgotten(const struct bcache_entry *entry, void *arg)
{
	const struct bcache_entry **found = arg;

	if (entry->state != BCACHE_CONTEXT || entry->context.expires_boot_ns ||
	    !bcache_replays_are_over(&entry->context, ntp))
		return true;
	*found = entry;
	return false;
}

static void forget(struct dar_under_test *dut)
{
	struct bcache_entry *entry = NULL;

	while (!bcache_each(dut->bcache, note_forgotten, &entry))
		bcache_remove(dut->bcache, entry);
}

static void fire(uint64_t at_ns)
{
	boot_ns = at_ns;
	timer.runs = false;
	timer.fire(-1, 0, timer.arg);
}

void dut_time(struct dar_under_test *dut, uint64_t now_ns, uint64_t now_ntp)
{
	while (timer.runs && timer.at_ns <= now_ns)
		fire(timer.at_ns > boot_ns ? timer.at_ns : boot_ns);
	/* it asks for a microsecond more, so as never to be early: here nothing is late either */
	if (timer.runs && timer.at_ns <= now_ns + 1000)
		fire(now_ns);
	dut->now_ns = boot_ns = now_ns;
	ntp = now_ntp;
	forget(dut);
}

struct rows {
	struct in6_addr hoa[ROWS_MAX];
	struct binding row[ROWS_MAX];
	unsigned int count;
};

static bool to_row(const struct bcache_entry *entry, void *arg)
{
	struct rows *rows = arg;

	if (entry->state == BCACHE_BOUND) {
		rows->hoa[rows->count] = entry->hoa;
		bcache_to_row(&entry->context, &entry->binding, &rows->row[rows->count++]);
	}
	return true;
}

void dut_restart(struct dar_under_test *dut)
{
	struct rows rows = {.count = 0};

	bcache_each(dut->bcache, to_row, &rows);
	bcache_free(dut->bcache);
	dut->bcache = new_bcache(dut);
	for (unsigned int i = 0; i < rows.count; i++) {
		struct bcache_entry *entry = bcache_get(dut->bcache, &rows.hoa[i]);
		struct bcache_entry as_row = {.state = BCACHE_CONTEXT};

		bcache_from_row(&as_row, &rows.row[i]);
		as_row.binding.domain =
			(uint16_t)(policy_of(&dut->config, &as_row.binding.coa).domain + 1);
		as_row.context.expires_boot_ns =
			boot_ns + dut->config.security.ctx_lifetime_s * CLOCK_SECOND_NS;
		bcache_update(dut->bcache, entry, BCACHE_BOUND, &as_row.context, &as_row.binding,
			      "test");
	}
	careof_nonces_wipe(&dut->nonces);
	careof_nonces_init(&dut->nonces);
	dut->not_before_ntp = ntp + ((uint64_t)WINDOW_S << 32);
	dut->floor_ntp = ntp;
}

uint16_t dut_issue_token(struct dar_under_test *dut, const struct in6_addr *coa)
{
	uint8_t token[MH_TOKEN_LEN];

	return careof_token_issue(&dut->nonces, coa, boot_ns, token);
}
