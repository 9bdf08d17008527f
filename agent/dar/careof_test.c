// SPDX-License-Identifier: BSD-2-Clause
/* Owns the DAR's part in the care-of test (RFC 6275 sections 5.2.5 and 9.4.2): a token for whoever
 * can receive at the address, and no state for him. */
#include "base/clock.h"
#include "base/in6.h"
#include "crypto/secret.h"
#include "dar/careof_test.h"
#include "dar/dar_private.h"

/* A CoT without options: CoTI's 16 octets and a token (C-54). */
enum { COT_PACKET_LEN = IP6_HEADER_LEN + 24 };

/* C-53; a CoTI through a routing header of type 2 is for nobody either. */
static bool is_answerable(const struct dar *dar, const struct mh_packet *coti)
{
	return !coti->has_hao && !coti->has_rh2 && in6_is_routable_unicast(&coti->source) &&
	       prefix_with_address(&dar->prefixes, &coti->destination);
}

ssize_t cot_build(struct careof_nonces *nonces, const struct mh_packet *coti, uint64_t now_ns,
		  uint8_t *out, size_t size)
{
	uint8_t token[MH_TOKEN_LEN];
	struct mh_build build = {
		.type = IP6_MH_TYPE_COT,
		.nonce = careof_token_issue(nonces, &coti->source, now_ns, token),
		.cookie = coti->message.test.cookie,
		.token = token,
	};
	struct mh_built mh;
	ssize_t len = mh_build(&build, &mh);

	secret_wipe(token, sizeof(token));
	if (len == 0) {
		mh_set_checksum(&mh, &coti->destination, &coti->source);
		len = mh_packet_build(&coti->destination, &coti->source, NULL, NULL, &mh, out,
				      size);
	}
	secret_wipe(&mh, sizeof(mh));
	return len;
}

void careof_test_receive(struct dar *dar, const struct mh_packet *packet,
			 const struct ingress *from)
{
	uint64_t now_ns = clock_boot_ns();
	uint8_t octets[COT_PACKET_LEN];
	ssize_t len;

	dar_count(dar, DAR_COTI_RECEIVED);
	if (!is_answerable(dar, packet) || !ratelimit_take(&dar->careof_tests, now_ns)) {
		dar_count(dar, DAR_COTI_REFUSED);
		return;
	}
	len = cot_build(&dar->nonces, packet, now_ns, octets, sizeof(octets));
	if (len > 0 && reply_send(dar, from, &packet->source, octets, (size_t)len) == 0)
		dar_count(dar, DAR_COT_SENT);
	secret_wipe(octets, sizeof(octets));
}
