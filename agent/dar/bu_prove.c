// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of a Binding Update: authenticator, or key shape, CGA and signature in turn. */
#include <string.h>

#include "crypto/binding_auth.h"
#include "crypto/bu_signature.h"
#include "crypto/rsa_key.h"
#include "dar/dar_private.h"

bool bu_authenticator_valid(const struct bu *bu, const uint8_t kbm[static KBM_LEN])
{
	const struct mh_options *options = bu->options;
	struct span mh = {bu->packet->message.octets.at, options->mac_len};

	return binding_auth_valid(kbm, &bu->coa, &bu->packet->destination, mh, options->bad);
}

static bool key_changed(const struct bcache_entry *entry, const uint8_t *key_id)
{
	return entry && entry->context.has_key &&
	       memcmp(entry->context.key_id, key_id, BCACHE_KEY_ID_LEN) != 0;
}

enum bu_proof bu_prove_key(const struct bu *bu, const struct bcache_entry *entry, uint32_t rsa_min,
			   struct bu_key *out)
{
	struct span whole = mh_cga_params(bu->options, out->params, sizeof(out->params));
	struct cga_params params;

	if (!whole.at || cga_params_read(whole, &params) != CGA_OK)
		return BU_PROOF_CGA;
	if (rsa_public_read(params.key, &out->public) != RSA_OK)
		return BU_PROOF_KEY_SHAPE;
	if (out->public.modulus.len * 8 < rsa_min)
		return BU_PROOF_KEY_SHAPE;
	if (cga_verify(whole, &bu->hoa) != CGA_OK)
		return BU_PROOF_CGA;
	key_id_of((struct span){params.key.at, out->public.der_len}, out->key_id);
	return key_changed(entry, out->key_id) ? BU_PROOF_KEY_CHANGED : BU_PROOF_VALID;
}

enum bu_proof bu_prove_signature(const struct bu *bu, const struct bu_key *from,
				 struct rsa_key **key)
{
	struct signed_message signed_message = {
		.coa = &bu->coa,
		.dar = &bu->packet->destination,
		.mh = {bu->packet->message.octets.at, bu->options->signed_len},
	};

	*key = rsa_key_from_public(&from->public);
	if (!*key || !bu_signature_valid(*key, &signed_message, bu->options->signature))
		return BU_PROOF_SIGNATURE;
	return BU_PROOF_VALID;
}
