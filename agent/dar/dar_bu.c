// SPDX-License-Identifier: BSD-2-Clause
/* Owns what happens with a Binding Update: decide, prove, decide, act, answer (RFC 6275 10.3). */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "base/random.h"
#include "crypto/binding_auth.h"
#include "crypto/phkt.h"
#include "crypto/rsa_key.h"
#include "crypto/secret.h"
#include "dar/bu_decide.h"
#include "dar/dar_private.h"

#include <linux/neighbour.h>

/* A BU on its way through; secrets are wiped when it ends. */
struct progress {
	struct bu bu;
	struct bu_decision decision;
	struct bcache_entry *entry;    /* NULL: none yet */
	struct bcache_context context; /* what the entry's shall be */
	struct rsa_key *key;
	uint8_t key_id[BCACHE_KEY_ID_LEN];
	uint8_t kbm[KBM_LEN];
	uint8_t ciphertext[MH_SIGNATURE_MAX];
	size_t ciphertext_len;
};

static struct bu_world world_of(const struct dar *dar, const struct bu *bu)
{
	const struct bcache_entry *at_coa = bcache_find(dar->bcache, &bu->coa);

	return (struct bu_world){
		.prefixes = &dar->prefixes,
		.entry = bcache_find(dar->bcache, &bu->hoa),
		.coa_allow = dar->coa_allow,
		.coa_allow_len = dar->coa_allow_len,
		.coa_allow_count = dar->config->security.coa_prefix_allow_count,
		.coa_is_bound = bu->registers && at_coa && at_coa->state == BCACHE_BOUND,
		.has_room = bcache_has_room(dar->bcache),
		.max_lifetime_s = dar->config->binding.max_lifetime_s,
		.now_ntp = clock_ntp(),
		.not_before_ntp = dar->not_before_ntp,
		.clock_floor_ntp = dar->clock_floor_ntp,
	};
}

static void judge(struct dar *dar, struct progress *p)
{
	struct bu_world world = world_of(dar, &p->bu);
	enum bu_proof proof;

	p->entry = bcache_find(dar->bcache, &p->bu.hoa);
	p->decision = bu_decide(&p->bu, &world, BU_PROOF_UNKNOWN);
	if (p->decision.verdict != BU_PROVE)
		return;
	proof = bu_prove(dar, &p->bu, p->entry, &p->key, p->key_id);
	p->decision = bu_decide(&p->bu, &world, proof);
}

static void refuse(struct progress *p, enum bu_verdict verdict)
{
	p->decision.verdict = verdict;
	p->decision.status = bu_verdict_status(verdict);
	p->decision.authenticated = p->bu.method == BU_METHOD_PHKT;
	p->decision.lifetime_s = 0;
}

/* A signed BU renews the context: new PHKT, new start of its life (RFC 4866 section 4.7). */
static int renew_context(struct dar *dar, struct progress *p)
{
	struct bcache_context *context = &p->context;
	ssize_t len;

	context->timestamp = p->bu.options->timestamp;
	memcpy(context->key_id, p->key_id, sizeof(context->key_id));
	context->has_key = true;
	if (!p->bu.registers)
		return 0;
	random_octets(context->phkt, sizeof(context->phkt));
	len = phkt_encrypt(p->key, context->phkt, p->ciphertext, sizeof(p->ciphertext));
	if (len < 0)
		return (int)len;
	p->ciphertext_len = (size_t)len;
	context->sequence_spent = 0;
	context->has_phkt = true;
	context->expires_boot_ns =
		clock_boot_ns() + dar->config->security.ctx_lifetime_s * CLOCK_SECOND_NS;
	return 0;
}

static void register_binding(struct dar *dar, struct progress *p)
{
	bool starts = p->decision.verdict == BU_REGISTERED, is_new = !p->entry;
	int err;

	if (is_new) {
		if (!bcache_make_context_room(dar->bcache, clock_ntp())) {
			refuse(p, BU_REFUSE_CONTEXT_FULL);
			return;
		}
		p->entry = bcache_get(dar->bcache, &p->bu.hoa);
	}
	err = p->entry
		      ? binding_register(dar, &p->bu, p->entry, &p->context, p->decision.lifetime_s)
		      : -ENOMEM;
	if (err) {
		log_error("binding.write", "hoa=%s error=\"%s\"", in6_text(&p->bu.hoa).s,
			  strerror(-err));
		if (is_new && p->entry)
			bcache_remove(dar->bcache, p->entry);
		refuse(p, err == -E2BIG ? BU_REFUSE_TABLE_FULL : BU_REFUSE_INTERNAL);
		return;
	}
	if (starts)
		proxy_announce(dar, &p->bu.hoa);
}

/* the returned MN's MAC is that of the frame, no need to wait for its advertisement. */
static void welcome_home(struct dar *dar, const struct bu *bu, const struct ingress *from)
{
	const struct prefix *prefix = prefix_of(&dar->prefixes, &bu->hoa);
	struct rtnl_neighbour neighbour = {
		.ifindex = from->ifindex,
		.address = bu->hoa,
		.has_mac = true,
		.state = NUD_STALE,
	};

	if (bu->packet->has_hao || !prefix || prefix->ifindex != from->ifindex)
		return;
	memcpy(neighbour.mac, from->source_mac, sizeof(neighbour.mac));
	rtnl_neighbour_set(dar->netlink, &neighbour);
}

static void deregister_binding(struct dar *dar, struct progress *p, const struct ingress *from)
{
	p->entry->context = p->context;
	binding_end(dar, p->entry, BCACHE_DELETED, "de-registered");
	welcome_home(dar, &p->bu, from);
}

static void act(struct dar *dar, struct progress *p, const struct ingress *from)
{
	if (p->entry)
		p->context = p->entry->context;
	if (p->bu.method == BU_METHOD_PHKT)
		p->context.sequence_spent += (uint16_t)(p->bu.sequence - p->context.sequence);
	else /* an agent after us must know that signed BUs were taken until now */
		dataplane_heartbeat(dar->dataplane, clock_ntp());
	p->context.has_sequence = true;
	p->context.sequence = p->bu.sequence;
	if (p->bu.method == BU_METHOD_CGA && renew_context(dar, p) < 0) {
		refuse(p, BU_REFUSE_INTERNAL);
		return;
	}
	if (p->bu.registers)
		register_binding(dar, p);
	else
		deregister_binding(dar, p, from);
}

static void answer(struct dar *dar, struct progress *p, const struct ingress *from)
{
	struct ba ba = {.bu = &p->bu, .decision = &p->decision};

	if (p->decision.authenticated) {
		kbm_derive_early(p->entry->context.phkt, p->bu.registers, p->kbm);
		ba.kbm = p->kbm;
	}
	if (p->decision.verdict < BU_DROP_FIRST && p->ciphertext_len)
		ba.phkt = (struct span){p->ciphertext, p->ciphertext_len};
	ba_send(dar, &ba, from);
}

static void tell(const struct progress *p)
{
	const struct bu *bu = &p->bu;
	const char *auth = bu->method == BU_METHOD_CGA ? "cga" : "phkt";

	if (p->decision.verdict < BU_DROP_FIRST)
		log_info("bu.accepted", "verdict=%s hoa=%s coa=%s auth=%s seq=%u lifetime_s=%u",
			 bu_verdict_name(p->decision.verdict), in6_text(&bu->hoa).s,
			 in6_text(&bu->coa).s, auth, bu->sequence, p->decision.lifetime_s);
	else
		log_remote("bu.refused", "reason=%s hoa=%s source=%s seq=%u status=%u",
			   bu_verdict_name(p->decision.verdict), in6_text(&bu->hoa).s,
			   in6_text(&bu->packet->source).s, bu->sequence, p->decision.status);
}

static bool is_drop(enum bu_verdict verdict)
{
	return verdict >= BU_DROP_FIRST && verdict < BU_REFUSE_FIRST;
}

void dar_bu_receive(struct dar *dar, const struct mh_packet *packet, const struct ingress *from)
{
	struct progress p = {.entry = NULL};

	bu_read(packet, &p.bu);
	judge(dar, &p);
	if (p.decision.verdict < BU_DROP_FIRST)
		act(dar, &p, from);
	dar->stats.verdicts[p.decision.verdict]++;
	tell(&p);
	if (!is_drop(p.decision.verdict))
		answer(dar, &p, from);
	rsa_key_free(p.key);
	secret_wipe(&p, sizeof(p));
}
