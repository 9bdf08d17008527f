// SPDX-License-Identifier: BSD-2-Clause
/* Owns what happens with a Binding Update: decide, prove, decide, act, answer (RFC 6275 10.3). What
 * is signed comes twice: when it is received, and when its turn for RSA has come. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "base/random.h"
#include "crypto/phkt.h"
#include "crypto/rsa_key.h"
#include "crypto/secret.h"
#include "dar/bu_apply.h"
#include "dar/bu_queue.h"
#include "dar/bu_sight.h"
#include "dar/dar_private.h"

/* How far a BU has come. */
enum stage {
	STAGE_RECEIVED, /* nothing dear is done: PHKT BUs wait behind it */
	STAGE_QUEUED,   /* its turn has come: RSA may be */
	STAGE_TESTED,   /* back from strict DAD, RSA may be */
};

/* A BU on its way through; secrets are wiped when it ends. */
struct progress {
	enum stage stage;
	bool waits; /* for RSA or DAD: no end yet */
	bool has_kbm;
	struct bu bu;
	struct bu_sight sight;
	struct bu_decision decision;
	struct bu_material material;
	struct bu_effect effect;
	struct rsa_key *key;
	uint8_t kbm[KBM_LEN]; /* of the BU; then of the BA */
	uint8_t ciphertext[MH_SIGNATURE_MAX];
	size_t ciphertext_len;
};

static void refuse(struct progress *p, enum bu_verdict verdict)
{
	p->decision = (struct bu_decision){
		.verdict = verdict,
		.status = bu_verdict_status(verdict),
		.authenticated = p->bu.method == BU_METHOD_PHKT,
		.sequence = p->bu.sequence,
	};
}

/* ---- proof ---- */

static bool authenticator_valid(struct progress *p)
{
	bu_sight_kbm(&p->sight, &p->bu, p->kbm);
	p->has_kbm = true;
	return bu_authenticator_valid(&p->bu, p->kbm);
}

static struct bu_before before_of(const struct bcache_entry *entry)
{
	return (struct bu_before){
		.has_sequence = entry && entry->context.has_sequence,
		.sequence = entry ? entry->context.sequence : 0,
	};
}

/* True: the queue has it, or a retransmission of it. */
static bool wait_for_rsa(struct dar *dar, struct progress *p, const struct ingress *from)
{
	const struct bu_before before = before_of(p->sight.entry);
	int err = bu_queue_add(dar->queue, &p->bu, from, &before);

	p->waits = err != -EBUSY;
	dar_count(dar, err == 0           ? DAR_SIGNATURES_QUEUED
		       : err == -EALREADY ? DAR_SIGNATURES_REPEATED
					  : DAR_SIGNATURES_SHED);
	return p->waits;
}

static enum bu_proof prove_signed(struct dar *dar, struct progress *p, const struct ingress *from)
{
	struct bu_key key;
	enum bu_proof proof =
		bu_prove_key(&p->bu, p->sight.entry, dar->config->security.rsa_min, &key);

	if (proof != BU_PROOF_VALID)
		return proof;
	if (p->stage == STAGE_RECEIVED)
		return wait_for_rsa(dar, p, from) ? BU_PROOF_UNKNOWN : BU_PROOF_BUDGET;
	dar_count(dar, DAR_SIGNATURE_CHECKS);
	memcpy(p->material.key_id, key.key_id, sizeof(key.key_id));
	proof = bu_prove_signature(&p->bu, &key, &p->key);
	if (proof == BU_PROOF_VALID && p->bu.options->bad.at && !authenticator_valid(p))
		return BU_PROOF_CAREOF;
	return proof;
}

/* The BA will carry a signature of ours: that is made in its turn. */
static bool wants_signature(const struct dar *dar, const struct bu *bu)
{
	const struct prefix *prefix;

	if (!bu->options->cga_request)
		return false;
	prefix = prefix_with_address(&dar->prefixes, &bu->packet->destination);
	return prefix && prefix->is_cga;
}

/* By PHKT, and not refused: anybody can send a recorded one again, which must cost no queue. */
static bool is_welcome(const struct progress *p)
{
	enum bu_verdict verdict = bu_decide(&p->bu, &p->sight.world, BU_PROOF_VALID).verdict;

	return verdict < BU_DROP_FIRST || verdict == BU_TEST_ADDRESS;
}

static enum bu_proof prove(struct dar *dar, struct progress *p, const struct ingress *from)
{
	switch (p->bu.method) {
	case BU_METHOD_NONE:
		return BU_PROOF_VALID; /* legacy: the operator's word is the proof */
	case BU_METHOD_CGA:
		return prove_signed(dar, p, from);
	case BU_METHOD_PHKT:
		if (!authenticator_valid(p))
			return BU_PROOF_AUTHENTICATOR;
		if (p->stage == STAGE_RECEIVED && wants_signature(dar, &p->bu) && is_welcome(p))
			wait_for_rsa(dar, p, from);
		return BU_PROOF_VALID;
	}
	return BU_PROOF_AUTHENTICATOR;
}

/* ---- judgement ---- */

static void test_address(struct dar *dar, struct progress *p, const struct ingress *from)
{
	const struct bu_before before = before_of(p->sight.entry);

	if (dad_test(dar->dad, &p->bu, from, &before) == 0)
		p->waits = true;
	else
		refuse(p, BU_REFUSE_BUDGET);
}

static void judge(struct dar *dar, struct progress *p, const struct ingress *from)
{
	bool is_signed = p->bu.method == BU_METHOD_CGA;
	enum bu_proof proof;

	if (p->bu.method == BU_METHOD_NONE)
		bu_sight_room(dar, &p->bu, NULL, &p->sight);
	p->decision = bu_decide(&p->bu, &p->sight.world, BU_PROOF_UNKNOWN);
	if (p->decision.verdict == BU_PROVE) {
		proof = prove(dar, p, from);
		if (p->waits)
			return;
		if (proof == BU_PROOF_VALID)
			bu_sight_room(dar, &p->bu, is_signed ? p->material.key_id : NULL,
				      &p->sight);
		p->decision = bu_decide(&p->bu, &p->sight.world, proof);
	}
	if (p->decision.verdict == BU_TEST_ADDRESS)
		test_address(dar, p, from);
	if (p->decision.verdict == BU_REFUSE_LOADED)
		bu_queue_turned_away(dar->queue);
}

/* ---- what an accepted BU changes ---- */

/* A signed registration brings a new PHKT, which only its sender can read (C-67, C-68). */
static int make_phkt(struct progress *p)
{
	ssize_t len;

	random_octets(p->material.phkt, sizeof(p->material.phkt));
	len = phkt_encrypt(p->key, p->material.phkt, p->ciphertext, sizeof(p->ciphertext));
	if (len < 0)
		return (int)len;
	p->ciphertext_len = (size_t)len;
	return 0;
}

static int make_material(struct dar *dar, struct progress *p)
{
	struct bu_material *material = &p->material;

	material->ctx_lifetime_s = dar->config->security.ctx_lifetime_s;
	material->prev_coa_grace_ms = dar->config->security.prev_coa_grace_ms;
	material->now_boot_ns = clock_boot_ns();
	if (!p->bu.registers)
		return 0;
	material->path_mtu = binding_route_mtu(dar, &p->bu.coa, material->now_boot_ns);
	if (p->decision.gives_careof_token)
		random_octets(material->careof_token, sizeof(material->careof_token));
	return p->bu.method == BU_METHOD_CGA ? make_phkt(p) : 0;
}

static struct bcache_entry *entry_for(struct dar *dar, struct progress *p)
{
	struct bu_sight *sight = &p->sight;
	bool is_signed = p->bu.method == BU_METHOD_CGA;
	struct bcache_claim claim;
	struct bcache_entry *entry;

	if (sight->entry)
		return sight->entry;
	claim = bu_sight_claim(sight, &p->bu, is_signed ? p->material.key_id : NULL);
	bcache_make_room(dar->bcache, &claim, sight->world.now_ntp);
	entry = bcache_get(dar->bcache, &p->bu.hoa);
	if (entry)
		bcache_set_link_address(dar->bcache, entry, claim.link_address);
	return entry;
}

static int commit(struct dar *dar, struct progress *p)
{
	bool is_new = !p->sight.entry;
	struct bcache_entry *entry;
	int err = make_material(dar, p);

	if (err)
		return err;
	if (p->bu.method == BU_METHOD_CGA) /* an agent after us must know that BUs were taken */
		replay_floor_raise(dar);
	bu_apply(&p->bu, &p->decision, p->sight.entry, &p->material, &p->effect);
	err = p->bu.method == BU_METHOD_CGA
		      ? durable_context_keep(dar, &p->bu.hoa, &p->effect.context)
		      : 0;
	if (err)
		return err;
	entry = entry_for(dar, p);
	err = entry ? binding_commit(dar, &p->bu.hoa, entry, &p->effect) : -ENOMEM;
	if (err && is_new && entry)
		bcache_remove(dar->bcache, entry);
	return err;
}

/* A.5: nobody has proven anything; the operator shall see each address this was done from. */
static void tell_legacy(struct dar *dar, const struct progress *p, bool moved)
{
	if (p->bu.method != BU_METHOD_NONE)
		return;
	dar_count(dar, DAR_LEGACY_BU);
	if (moved)
		log_warn("bu.legacy", "hoa=%s coa=%s why=\"taken without proof: security.legacy\"",
			 in6_text(&p->bu.hoa).s, in6_text(&p->bu.packet->source).s);
}

static void act(struct dar *dar, struct progress *p, const struct ingress *from)
{
	const struct bcache_entry *entry = p->sight.entry;
	bool begins = p->decision.verdict == BU_REGISTERED;
	bool moved = begins || !entry || !in6_equal(&entry->binding.coa, &p->bu.coa);
	int err = commit(dar, p);

	if (err) {
		log_remote("binding.write", "hoa=%s error=\"%s\"", in6_text(&p->bu.hoa).s,
			   strerror(-err));
		refuse(p, err == -E2BIG ? BU_REFUSE_TABLE_FULL : BU_REFUSE_INTERNAL);
		return;
	}
	if (begins)
		interception_begin(dar, &p->bu);
	if (!p->bu.registers)
		interception_welcome_home(dar, &p->bu, from);
	tell_legacy(dar, p, moved);
}

/* ---- the end of a BU ---- */

/* The BA shares the BU's Kbm, but for one that brings a new PHKT (8.5). */
static const uint8_t *kbm_of_ba(struct progress *p)
{
	static const uint8_t no_careof_token[MH_TOKEN_LEN];

	if (!p->decision.authenticated)
		return NULL;
	if (p->bu.method == BU_METHOD_CGA) {
		kbm_derive(p->effect.context.phkt,
			   p->decision.complete ? p->sight.careof_token : no_careof_token, p->kbm);
		return p->kbm;
	}
	if (!p->has_kbm)
		bu_sight_kbm(&p->sight, &p->bu, p->kbm);
	return p->kbm;
}

static void answer(struct dar *dar, struct progress *p, const struct ingress *from)
{
	bool accepted = p->decision.verdict < BU_DROP_FIRST;
	struct ba ba = {
		.bu = &p->bu,
		.decision = &p->decision,
		.kbm = kbm_of_ba(p),
		.may_sign = p->stage != STAGE_RECEIVED || !accepted,
	};

	if (accepted && p->ciphertext_len)
		ba.phkt = (struct span){p->ciphertext, p->ciphertext_len};
	if (accepted && p->decision.gives_careof_token)
		ba.careof_token = p->material.careof_token;
	ba_send(dar, &ba, from);
}

static void tell(const struct progress *p)
{
	const struct bu *bu = &p->bu;
	const struct bu_decision *decision = &p->decision;

	if (decision->verdict < BU_DROP_FIRST)
		log_remote("bu.accepted", "verdict=%s hoa=%s coa=%s auth=%s seq=%u lifetime_s=%u",
			   bu_verdict_name(decision->verdict), in6_text(&bu->hoa).s,
			   in6_text(&bu->coa).s, bu_method_name(bu->method), bu->sequence,
			   decision->lifetime_s);
	else
		log_remote("bu.refused", "reason=%s hoa=%s source=%s seq=%u status=%u",
			   bu_verdict_name(decision->verdict), in6_text(&bu->hoa).s,
			   in6_text(&bu->packet->source).s, bu->sequence, decision->status);
}

static bool is_drop(enum bu_verdict verdict)
{
	return verdict >= BU_DROP_FIRST && verdict < BU_REFUSE_FIRST;
}

static void begin(struct dar *dar, const struct mh_packet *packet, const struct ingress *from,
		  enum stage stage, struct progress *p)
{
	*p = (struct progress){.stage = stage};
	bu_read(packet, &p->bu);
	bu_sight_read(dar, &p->bu, from, &p->sight);
	if (stage != STAGE_RECEIVED) /* it has shown its token, or came when none was asked for */
		p->sight.world.loaded = false;
}

static void finish(struct dar *dar, struct progress *p, const struct ingress *from)
{
	judge(dar, p, from);
	if (!p->waits) {
		if (p->decision.verdict < BU_DROP_FIRST)
			act(dar, p, from);
		dar->stats.verdicts[p->decision.verdict]++;
		tell(p);
		if (!is_drop(p->decision.verdict))
			answer(dar, p, from);
	}
	rsa_key_free(p->key);
	secret_wipe(p->kbm, sizeof(p->kbm));
	secret_wipe(&p->material, sizeof(p->material));
	secret_wipe(&p->effect, sizeof(p->effect));
	secret_wipe(p->sight.careof_token, sizeof(p->sight.careof_token));
}

void dar_bu_receive(struct dar *dar, const struct mh_packet *packet, const struct ingress *from)
{
	struct progress p;

	begin(dar, packet, from, STAGE_RECEIVED, &p);
	finish(dar, &p, from);
}

/* A BU by PHKT that was sent later may have been accepted in between: its word is the last. */
static bool is_overtaken(const struct bu *bu, const struct bcache_entry *entry,
			 const struct bu_before *before)
{
	if (!entry || !entry->context.has_sequence ||
	    (before->has_sequence && before->sequence == entry->context.sequence))
		return false;
	return !sequence_is_newer(bu->sequence, entry->context.sequence);
}

void dar_bu_check(struct dar *dar, const struct mh_packet *packet, const struct ingress *from,
		  const struct bu_before *before)
{
	struct progress p;

	begin(dar, packet, from, STAGE_QUEUED, &p);
	p.sight.world.overtaken = is_overtaken(&p.bu, p.sight.entry, before);
	finish(dar, &p, from);
}

void dar_bu_tested(struct dar *dar, const struct mh_packet *packet, const struct ingress *from,
		   const struct bu_before *before, enum bu_dad result)
{
	struct progress p;

	begin(dar, packet, from, STAGE_TESTED, &p);
	p.sight.world.overtaken = is_overtaken(&p.bu, p.sight.entry, before);
	p.sight.world.dad_state = result;
	finish(dar, &p, from);
}
