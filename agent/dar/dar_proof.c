// SPDX-License-Identifier: BSD-2-Clause
/* Owns the DAR's proof of its own address (RFC 4866 section 4.3): its CGA Parameters and its
 * signature, in a BA to whoever asked (C-74, C-75). */
#include "crypto/bu_signature.h"
#include "crypto/keypair.h"
#include "dar/dar_private.h"
#include "store/cga_autoconf.h"

struct span dar_proof_params(const struct dar *dar, const struct in6_addr *own, uint8_t *out,
			     size_t size)
{
	const struct prefix *prefix = prefix_with_address(&dar->prefixes, own);
	struct writer w = writer_of(out, size);
	struct cga_params params;

	if (!dar->identity.key || !prefix || !prefix->is_cga)
		return (struct span){NULL, 0};
	params = cga_autoconf_params(&dar->identity, &prefix->prefix, prefix->collisions);
	cga_params_write(&params, &w);
	return w.failed ? (struct span){NULL, 0} : (struct span){out, w.len};
}

int dar_proof_sign(struct dar *dar, const struct in6_addr *coa, const struct in6_addr *own,
		   struct mh_built *mh)
{
	struct signed_message signed_message = {
		.coa = coa,
		.dar = own,
		.mh = {mh->octets, mh->signed_len},
	};

	return bu_sign(dar->identity.key, &signed_message, mh->octets + mh->signature_at,
		       keypair_modulus_len(dar->identity.key));
}
