// SPDX-License-Identifier: BSD-2-Clause
/* Owns Binding Acknowledgements: options, own proof, authenticator, rate (protocol 8.4). */
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "crypto/binding_auth.h"
#include "crypto/cga.h"
#include "crypto/keypair.h"
#include "dar/bu_decide.h"
#include "dar/dar_private.h"

enum { BA_PACKET_MAX = IP6_MIN_MTU }; /* never fragmented */

/* What will stand behind the options asked for. */
struct own_proof {
	uint8_t octets[CGA_PARAMS_MAX];
	struct span params; /* at NULL: none */
};

/* Nobody has shown who he is: whom this BA reaches and how often, strangers choose. */
static bool is_to_stranger(const struct ba *ba)
{
	return !ba->kbm && ba->decision->status >= IP6_MH_BAS_UNSPECIFIED;
}

/* 8.6 bounds those, in all and for each source. */
static bool may_answer_stranger(struct dar *dar, const struct in6_addr *source)
{
	uint64_t now = clock_boot_ns();
	uint64_t slot = keyed_hash(source, sizeof(*source)) % DAR_REPLY_BUCKETS;

	return ratelimit_take(&dar->reply_source[slot], now) &&
	       ratelimit_take(&dar->reply_global, now);
}

/* C-74. Over its rate the BA goes without: a MN that insists asks again. Refusals share that of the
 * strangers: a recorded BU by PHKT brings one too. */
static void choose_proof(struct dar *dar, const struct ba *ba, struct own_proof *proof)
{
	struct ratelimit *limit = ba->decision->status >= IP6_MH_BAS_UNSPECIFIED
					  ? &dar->own_signatures_strangers
					  : &dar->own_signatures;

	proof->params = (struct span){NULL, 0};
	if (!ba->bu->options->cga_request)
		return;
	proof->params = dar_proof_params(dar, &ba->bu->packet->destination, proof->octets,
					 sizeof(proof->octets));
	if (!proof->params.at)
		return;
	if (ba->may_sign && ratelimit_take(limit, clock_boot_ns())) {
		dar_count(dar, DAR_BA_SIGNED);
	} else {
		dar_count(dar, DAR_BA_SIGNED_SUPPRESSED);
		proof->params = (struct span){NULL, 0};
	}
}

static int build_mh(const struct dar *dar, const struct ba *ba, struct span proof,
		    struct mh_built *mh)
{
	const struct bu_decision *decision = ba->decision;
	const struct mh_options *asked = ba->bu->options;
	bool accepted = decision->verdict < BU_DROP_FIRST;
	uint64_t timestamp = accepted ? asked->timestamp : decision->timestamp;
	struct mh_build build = {
		.type = IP6_MH_TYPE_BA,
		.status = decision->status,
		.sequence = decision->sequence,
		.lifetime = (uint16_t)(decision->lifetime_s / MH_LIFETIME_UNIT_S),
		.refresh_advice = (uint16_t)(decision->refresh_s / MH_LIFETIME_UNIT_S),
		.phkt = ba->phkt,
		.careof_token = ba->careof_token,
		.cga_params = proof,
		.signature_len = proof.at ? keypair_modulus_len(dar->identity.key) : 0,
		.bad = ba->kbm != NULL,
	};

	if (ba->bu->method == BU_METHOD_CGA && timestamp)
		build.timestamp = &timestamp;
	return mh_build(&build, mh);
}

/* First the signature, then the authenticator over it, then the checksum (8.2). */
static ssize_t build_packet(struct dar *dar, const struct ba *ba, struct span proof,
			    uint8_t *packet, size_t size)
{
	const struct mh_packet *bu_packet = ba->bu->packet;
	const struct in6_addr *source = &bu_packet->destination;
	const struct in6_addr *home = bu_packet->has_hao ? &ba->bu->hoa : NULL;
	struct mh_built mh;
	int err = build_mh(dar, ba, proof, &mh);

	if (!err && proof.at)
		err = dar_proof_sign(dar, &ba->bu->coa, source, &mh);
	if (err)
		return err;
	if (ba->kbm)
		binding_auth_compute(ba->kbm, &ba->bu->coa, source,
				     (struct span){mh.octets, mh.mac_len}, mh.octets + mh.mac_len);
	mh_set_checksum(&mh, source, home ? home : &bu_packet->source);
	return mh_packet_build(source, &bu_packet->source, NULL, home, &mh, packet, size);
}

void ba_send(struct dar *dar, const struct ba *ba, const struct ingress *from)
{
	const struct in6_addr *destination = &ba->bu->packet->source;
	uint8_t packet[BA_PACKET_MAX];
	struct own_proof proof;
	ssize_t len;
	int err;

	if (is_to_stranger(ba) && !may_answer_stranger(dar, destination)) {
		dar_count(dar, DAR_BA_SUPPRESSED);
		return;
	}
	choose_proof(dar, ba, &proof);
	len = build_packet(dar, ba, proof.params, packet, sizeof(packet));
	err = len < 0 ? (int)len : reply_send(dar, from, destination, packet, (size_t)len);
	if (err) {
		dar_count(dar, DAR_BA_FAILED);
		log_remote("ba.failed", "hoa=%s coa=%s error=\"%s\"", in6_text(&ba->bu->hoa).s,
			   in6_text(destination).s, strerror(-err));
		return;
	}
	dar_count(dar, DAR_BA_SENT);
}
