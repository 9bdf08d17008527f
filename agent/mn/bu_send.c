// SPDX-License-Identifier: BSD-2-Clause
/* Owns the BU as it leaves: built, signed or authenticated (protocol sections 8.3 and 8.5). */
#include "mn/bu_send.h"

#include <errno.h>

#include "crypto/binding_auth.h"
#include "crypto/bu_signature.h"
#include "crypto/keypair.h"
#include "crypto/secret.h"
#include "kernel/packet_socket.h"
#include "wire/mh.h"

/* What the proofs are computed over: the CoA, or the HoA when there is none to register. */
static const struct in6_addr *proven_coa(const struct bu_request *bu)
{
	return bu->lifetime_s ? &bu->coa : &bu->hoa;
}

/* A signed BU that is complete has no PHKT yet: zeros stand for it. */
static void authenticate(const struct bu_request *bu, struct mh_built *mh)
{
	static const uint8_t no_phkt[MH_TOKEN_LEN];
	uint8_t kbm[KBM_LEN];

	if (bu->careof_nonce)
		kbm_derive(bu->is_signed ? no_phkt : bu->phkt, bu->careof_token, kbm);
	else
		kbm_derive_early(bu->phkt, bu->lifetime_s > 0, kbm);
	binding_auth_compute(kbm, proven_coa(bu), &bu->hdar, (struct span){mh->octets, mh->mac_len},
			     &mh->octets[mh->mac_len]);
	secret_wipe(kbm, sizeof(kbm));
}

static int sign(const struct bu_request *bu, struct mh_built *mh)
{
	const struct signed_message message = {
		.coa = proven_coa(bu),
		.dar = &bu->hdar,
		.mh = {mh->octets, mh->signed_len},
	};

	return bu_sign(bu->key, &message, &mh->octets[mh->signature_at],
		       keypair_modulus_len(bu->key));
}

ssize_t bu_build(const struct bu_request *bu, uint8_t *out, size_t size)
{
	uint8_t params[CGA_PARAMS_MAX];
	struct writer w = writer_of(params, sizeof(params));
	struct mh_build what = {
		.type = IP6_MH_TYPE_BU,
		.sequence = bu->sequence,
		.flags = IP6_MH_BU_ACK | IP6_MH_BU_HOME,
		.lifetime = (uint16_t)(bu->lifetime_s / MH_LIFETIME_UNIT_S),
		.alt_coa = bu->lifetime_s ? &bu->coa : NULL,
		.careof_test_init = bu->asks_token,
		.has_nonce_indices = bu->careof_nonce != 0,
		.careof_nonce = bu->careof_nonce,
		.bad = !bu->is_signed || bu->careof_nonce,
	};
	struct mh_built mh;
	int err;

	if (bu->is_signed) {
		cga_params_write(bu->params, &w);
		if (w.failed)
			return -EMSGSIZE;
		what.timestamp = &bu->timestamp;
		what.cga_params = (struct span){params, w.len};
		what.signature_len = keypair_modulus_len(bu->key);
		what.cga_request = bu->asks_proof;
	}
	err = mh_build(&what, &mh);
	if (!err && bu->is_signed)
		err = sign(bu, &mh);
	if (err)
		return err;
	if (what.bad)
		authenticate(bu, &mh);
	mh_set_checksum(&mh, &bu->hoa, &bu->hdar);
	return mh_packet_build(bu->from_home ? &bu->hoa : &bu->coa, &bu->hdar,
			       bu->from_home ? NULL : &bu->hoa, NULL, &mh, out, size);
}

int bu_send(struct packet_socket *ps, const struct bu_route *route, const uint8_t *packet,
	    size_t len)
{
	if (route->has_mac)
		return packet_send_frame(ps, route->ifindex, route->source_mac, route->router_mac,
					 packet, len);
	return packet_send_routed(ps, route->ifindex, packet, len);
}
