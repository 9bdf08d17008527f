// SPDX-License-Identifier: BSD-2-Clause
/* Owns what a BA is worth: which BU it answers and how far it is proven (M-16 to M-21); pure. */
#include "mn/ba_receive.h"

#include <string.h>

#include "base/in6.h"
#include "crypto/binding_auth.h"
#include "crypto/bu_signature.h"
#include "crypto/cga.h"
#include "crypto/phkt.h"
#include "crypto/rsa_key.h"
#include "crypto/secret.h"
#include "mn/bul.h"
#include "store/identity.h"
#include "wire/mh.h"

static const char *const fault_names[] = {
	[BA_OK] = "ok",
	[BA_STRANGER] = "stranger",
	[BA_SEQUENCE] = "sequence",
	[BA_ADDRESS] = "address",
	[BA_PROOF] = "proof",
	[BA_AUTHENTICATOR] = "authenticator",
	[BA_UNAUTHENTICATED] = "unauthenticated",
};

const char *ba_fault_name(enum ba_fault fault)
{
	return fault_names[fault];
}

/* CoA as it enters the proofs of the answer to `sent`. */
static const struct in6_addr *proven_coa(const struct bul_entry *entry, const struct bul_sent *sent)
{
	return sent->is_deregistration ? &entry->hoa : &sent->coa;
}

static bool is_complete(const struct bul_sent *sent)
{
	return sent->careof == BUL_CAREOF_REPLY || sent->careof == BUL_CAREOF_TESTED;
}

/* Option 5 under the Kbm of section 8.5; `phkt` is the token that Kbm begins with. */
static bool is_authentic(const struct bul_entry *entry, const struct bul_sent *sent,
			 const struct mh_message *ba, const uint8_t phkt[static MH_TOKEN_LEN])
{
	const struct span mh = {ba->octets.at, ba->options.mac_len};
	uint8_t kbm[KBM_LEN];
	bool valid;

	if (is_complete(sent))
		kbm_derive(phkt, sent->token, kbm);
	else
		kbm_derive_early(phkt, !sent->is_deregistration, kbm);
	valid = binding_auth_valid(kbm, proven_coa(entry, sent), &entry->peer->hdar, mh,
				   ba->options.bad);
	secret_wipe(kbm, sizeof(kbm));
	return valid;
}

static enum ba_fault check_authenticator(const struct identity *identity,
					 const struct bul_sent *sent, const struct mh_message *ba,
					 struct ba_verdict *out)
{
	const struct bul_entry *entry = out->entry;
	uint8_t phkt[MH_TOKEN_LEN];
	bool renews = sent->is_signed && ba->options.phkt.at;

	if (!ba->options.bad.at)
		return BA_OK;
	if (renews)
		phkt_decrypt(identity->key, ba->options.phkt, phkt);
	else if (entry->has_phkt)
		memcpy(phkt, entry->phkt, sizeof(phkt));
	else
		return BA_AUTHENTICATOR;
	out->answer.is_authenticated = is_authentic(entry, sent, ba, phkt);
	if (out->answer.is_authenticated && renews) {
		out->has_phkt = true;
		memcpy(out->phkt, phkt, sizeof(out->phkt));
	}
	secret_wipe(phkt, sizeof(phkt));
	return out->answer.is_authenticated ? BA_OK : BA_AUTHENTICATOR;
}

/* Options 12 and 13: the DAR's address is a CGA and its key signed this message. */
static bool is_proof_valid(const struct bul_entry *entry, const struct bul_sent *sent,
			   const struct mh_message *ba)
{
	const struct signed_message message = {
		.coa = proven_coa(entry, sent),
		.dar = &entry->peer->hdar,
		.mh = {ba->octets.at, ba->options.signed_len},
	};
	uint8_t octets[CGA_PARAMS_MAX];
	struct span whole = mh_cga_params(&ba->options, octets, sizeof(octets));
	struct cga_params params;
	struct rsa_public public;
	struct rsa_key *key;
	bool valid;

	if (!whole.at || cga_verify(whole, &entry->peer->hdar) != CGA_OK ||
	    cga_params_read(whole, &params) != CGA_OK ||
	    rsa_public_read(params.key, &public) != RSA_OK)
		return false;
	key = rsa_key_from_public(&public);
	valid = key && bu_signature_valid(key, &message, ba->options.signature);
	rsa_key_free(key);
	return valid;
}

/* Only a signed BU asks for it; unasked for it is not looked at. */
static enum ba_fault check_proof(const struct bul *bul, const struct bul_sent *sent,
				 const struct mh_message *ba, struct ba_verdict *out)
{
	bool insists = out->entry->peer->is_proved || bul->policy.dar_proof == DAR_PROOF_ALWAYS;

	if (!sent->is_signed)
		return BA_OK;
	switch (ba->options.cga_layout) {
	case MH_CGA_ABSENT:
		return insists && ba->ba.status < IP6_MH_BAS_UNSPECIFIED ? BA_PROOF : BA_OK;
	case MH_CGA_BROKEN:
		return BA_PROOF;
	case MH_CGA_SIGNED:
		break;
	}
	out->answer.is_proved = is_proof_valid(out->entry, sent, ba);
	return out->answer.is_proved ? BA_OK : BA_PROOF;
}

static bool is_addressed(const struct bul_sent *sent, const struct mh_packet *packet)
{
	if (packet->has_hao)
		return false;
	if (sent->from_home)
		return !packet->has_rh2;
	return packet->has_rh2 && in6_equal(&packet->destination, &sent->coa);
}

static struct bul_answer answer_of(const struct bul_entry *entry, const struct bul_sent *sent,
				   const struct mh_message *ba)
{
	return (struct bul_answer){
		.status = ba->ba.status,
		.sequence = ba->ba.sequence,
		.lifetime_s = (uint32_t)ba->ba.lifetime * MH_LIFETIME_UNIT_S,
		.refresh_s = (uint32_t)ba->options.refresh_advice * MH_LIFETIME_UNIT_S,
		.careof = sent->careof,
		.is_current = in6_equal(&sent->coa, &entry->coa),
		.is_matched = ba->ba.sequence == sent->sequence,
		.to_signed = sent->is_signed,
		.to_deregistration = sent->is_deregistration,
	};
}

/* Option 16, if it was asked for; worth something only once the BA is authenticated. */
static void take_token(const struct bul_sent *sent, const struct mh_message *ba,
		       struct ba_verdict *out)
{
	out->answer.gives_token = out->answer.is_authenticated && ba->options.has_careof_token &&
				  sent->careof == BUL_CAREOF_INIT;
	if (!out->answer.gives_token)
		return;
	out->careof = (struct careof_token){
		.coa = sent->coa,
		.nonce = CAREOF_NONCE_REPLY,
		.since_ns = sent->at_ns,
	};
	memcpy(out->careof.token, ba->options.careof_token, sizeof(out->careof.token));
}

enum ba_fault ba_check(const struct identity *identity, const struct bul *bul,
		       const struct mh_packet *packet, struct ba_verdict *out)
{
	const struct mh_message *ba = &packet->message;
	const struct bul_sent *sent;
	enum ba_fault fault;

	memset(out, 0, sizeof(*out));
	out->entry = bul_find(bul, packet->has_rh2 ? &packet->rh2 : &packet->destination,
			      &packet->source);
	if (!out->entry)
		return BA_STRANGER;
	/* A 135 carries the number the DAR knows, not ours. */
	sent = ba->ba.status == IP6_MH_BAS_SEQNO_BAD ? bul_last_sent(out->entry)
						     : bul_outstanding(out->entry, ba->ba.sequence);
	if (!sent)
		return BA_SEQUENCE;
	if (!is_addressed(sent, packet))
		return BA_ADDRESS;
	out->answer = answer_of(out->entry, sent, ba);
	out->has_timestamp = ba->options.has_timestamp;
	out->timestamp = ba->options.timestamp;
	out->sent_timestamp = sent->timestamp;
	out->sent_ns = sent->at_ns;
	fault = check_authenticator(identity, sent, ba, out);
	if (fault == BA_OK)
		fault = check_proof(bul, sent, ba, out);
	if (fault == BA_OK && ba->ba.status < IP6_MH_BAS_UNSPECIFIED &&
	    !out->answer.is_authenticated && !(sent->is_signed && sent->is_deregistration))
		fault = BA_UNAUTHENTICATED;
	if (fault == BA_OK)
		take_token(sent, ba, out);
	return fault;
}
