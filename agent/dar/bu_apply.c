// SPDX-License-Identifier: BSD-2-Clause
/* Owns what an accepted Binding Update makes of the entry (protocol 8.6, steps 20 and 22); pure. */
#include "dar/bu_apply.h"

#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "crypto/secret.h"
#include "dar/careof_nonce.h"

/* A signed BU renews the context: new PHKT, new start of its life (RFC 4866 section 4.7). */
static void renew_context(const struct bu *bu, const struct bu_decision *decision,
			  const struct bu_material *material, struct bcache_context *context)
{
	uint64_t end = material->now_boot_ns + material->ctx_lifetime_s * CLOCK_SECOND_NS;

	if (decision->timestamp)
		context->timestamp = decision->timestamp;
	memcpy(context->key_id, material->key_id, sizeof(context->key_id));
	context->has_key = true;
	if (bu->registers) {
		memcpy(context->phkt, material->phkt, sizeof(context->phkt));
		context->has_phkt = true;
		context->sequence_spent = 0;
		context->expires_boot_ns = end;
	} else if (!context->expires_boot_ns) {
		context->expires_boot_ns = end; /* without a PHKT: it only refuses replays */
	}
}

/* What one PHKT has used up of its numbers, past which old BUs would look new (T5). A signed
 * de-registration keeps it and may say an older number: that is a step all the way round. */
static void spend_sequence(struct bcache_context *context, uint16_t sequence)
{
	uint32_t spent = context->sequence_spent + (uint16_t)(sequence - context->sequence);

	context->sequence_spent = spent < UINT16_MAX ? (uint16_t)spent : UINT16_MAX;
}

static void apply_context(const struct bu *bu, const struct bu_decision *decision,
			  const struct bu_material *material, struct bcache_context *context)
{
	if (context->has_phkt)
		spend_sequence(context, bu->sequence);
	context->has_sequence = true;
	context->sequence = bu->sequence;
	if (bu->method == BU_METHOD_CGA)
		renew_context(bu, decision, material, context);
}

static enum binding_auth auth_of(enum bu_method method)
{
	switch (method) {
	case BU_METHOD_NONE:
		return BINDING_AUTH_LEGACY;
	case BU_METHOD_CGA:
		return BINDING_AUTH_CGA;
	case BU_METHOD_PHKT:
		return BINDING_AUTH_PHKT;
	}
	return BINDING_AUTH_LEGACY;
}

static void keep_for_same_coa(const struct bcache_binding *old, struct bcache_binding *next)
{
	next->prev_coa = old->prev_coa;
	next->prev_coa_boot_ns = old->prev_coa_boot_ns;
	if (old->path_mtu_boot_ns) {
		next->path_mtu = old->path_mtu;
		next->path_mtu_boot_ns = old->path_mtu_boot_ns;
	}
	memcpy(next->careof_token, old->careof_token, sizeof(next->careof_token));
	next->careof_token_boot_ns = old->careof_token_boot_ns;
}

static void apply_registration(const struct bu *bu, const struct bu_decision *decision,
			       const struct bcache_entry *entry, const struct bu_material *material,
			       struct bcache_binding *next)
{
	const struct bcache_binding *old =
		entry && entry->state == BCACHE_BOUND ? &entry->binding : NULL;
	uint64_t now = material->now_boot_ns, grace_ns = material->prev_coa_grace_ms * 1000000ULL;

	*next = (struct bcache_binding){
		.coa = bu->coa,
		.dar = bu->packet->destination,
		.expires_boot_ns = now + decision->lifetime_s * CLOCK_SECOND_NS,
		.lifetime_s = decision->lifetime_s,
		.path_mtu = material->path_mtu,
		.domain = decision->domain,
		.state = decision->state,
		.auth = auth_of(bu->method),
	};
	if (old && in6_equal(&old->coa, &next->coa)) {
		keep_for_same_coa(old, next);
	} else if (old && old->state == BINDING_VERIFIED && grace_ns) {
		/* packets from there are on their way */
		next->prev_coa = old->coa;
		next->prev_coa_boot_ns = now + grace_ns;
	}
	if (decision->gives_careof_token) {
		memcpy(next->careof_token, material->careof_token, sizeof(next->careof_token));
		next->careof_token_boot_ns = now + CAREOF_TOKEN_LIFE_S * CLOCK_SECOND_NS;
	}
}

/* C-38: the old values stay as a tombstone, nothing of them runs on. */
static void apply_deregistration(const struct bu_material *material, struct bcache_binding *next)
{
	next->expires_boot_ns = material->now_boot_ns + BCACHE_TOMBSTONE_S * CLOCK_SECOND_NS;
	next->prev_coa_boot_ns = 0;
	next->path_mtu_boot_ns = 0;
	next->careof_token_boot_ns = 0;
	secret_wipe(next->careof_token, sizeof(next->careof_token));
}

void bu_apply(const struct bu *bu, const struct bu_decision *decision,
	      const struct bcache_entry *entry, const struct bu_material *material,
	      struct bu_effect *out)
{
	*out = (struct bu_effect){.state = bu->registers ? BCACHE_BOUND : BCACHE_DELETED};
	if (entry) {
		out->context = entry->context;
		out->binding = entry->binding;
	}
	apply_context(bu, decision, material, &out->context);
	if (bu->registers)
		apply_registration(bu, decision, entry, material, &out->binding);
	else
		apply_deregistration(material, &out->binding);
}
