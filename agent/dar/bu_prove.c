// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of a Binding Update: authenticator, or key shape, CGA and signature in turn. */
#include <string.h>

#include "base/clock.h"
#include "crypto/binding_auth.h"
#include "crypto/bu_signature.h"
#include "crypto/cga.h"
#include "crypto/rsa_key.h"
#include "crypto/secret.h"
#include "dar/dar_private.h"

static enum bu_proof prove_phkt(const struct bu *bu, const struct bcache_entry *entry)
{
	const struct mh_options *options = bu->options;
	struct span mh = {bu->packet->message.octets.at, options->mac_len};
	uint8_t kbm[KBM_LEN];
	bool valid;

	kbm_derive_early(entry->context.phkt, bu->registers, kbm);
	valid = binding_auth_valid(kbm, &bu->coa, &bu->packet->destination, mh, options->bad);
	secret_wipe(kbm, sizeof(kbm));
	return valid ? BU_PROOF_VALID : BU_PROOF_AUTHENTICATOR;
}

static bool key_changed(const struct bcache_entry *entry, const uint8_t *key_id)
{
	return entry && entry->context.has_key &&
	       memcmp(entry->context.key_id, key_id, BCACHE_KEY_ID_LEN) != 0;
}

static enum bu_proof prove_cga(struct dar *dar, const struct bu *bu,
			       const struct bcache_entry *entry, struct rsa_key **key,
			       uint8_t key_id[static BCACHE_KEY_ID_LEN])
{
	const struct mh_options *options = bu->options;
	struct signed_message signed_message = {
		.coa = &bu->coa,
		.dar = &bu->packet->destination,
		.mh = {bu->packet->message.octets.at, options->signed_len},
	};
	uint8_t octets[CGA_PARAMS_MAX];
	struct cga_params params;
	struct rsa_public public;
	struct span whole = mh_cga_params(options, octets, sizeof(octets));

	if (!whole.at || cga_params_read(whole, &params) != CGA_OK)
		return BU_PROOF_CGA;
	if (rsa_public_read(params.key, &public) != RSA_OK)
		return BU_PROOF_KEY_SHAPE;
	if (public.modulus.len * 8 < dar->config->security.rsa_min)
		return BU_PROOF_KEY_SHAPE;
	if (cga_verify(whole, &bu->hoa) != CGA_OK)
		return BU_PROOF_CGA;
	key_id_of((struct span){params.key.at, public.der_len}, key_id);
	if (key_changed(entry, key_id))
		return BU_PROOF_KEY_CHANGED;
	if (!ratelimit_take(&dar->crypto_budget, clock_boot_ns()))
		return BU_PROOF_BUDGET;
	dar_count(dar, DAR_SIGNATURE_CHECKS);
	*key = rsa_key_from_public(&public);
	if (!*key || !bu_signature_valid(*key, &signed_message, options->signature))
		return BU_PROOF_SIGNATURE;
	return BU_PROOF_VALID;
}

enum bu_proof bu_prove(struct dar *dar, const struct bu *bu, const struct bcache_entry *entry,
		       struct rsa_key **key, uint8_t key_id[static BCACHE_KEY_ID_LEN])
{
	switch (bu->method) {
	case BU_METHOD_NONE:
		break;
	case BU_METHOD_CGA:
		return prove_cga(dar, bu, entry, key, key_id);
	case BU_METHOD_PHKT:
		return prove_phkt(bu, entry);
	}
	return BU_PROOF_AUTHENTICATOR;
}
