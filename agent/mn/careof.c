// SPDX-License-Identifier: BSD-2-Clause
/* Owns care-of tests as the MN sees them: tokens and their life, CoTI out, CoT in (M-24, M-25). */
#include "mn/careof.h"

#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/random.h"
#include "crypto/secret.h"
#include "mn/backoff.h"
#include "wire/mh.h"

bool careof_token_usable(const struct careof_token *token, const struct in6_addr *coa,
			 uint64_t now_ns)
{
	return token->nonce && in6_equal(&token->coa, coa) &&
	       now_ns < token->since_ns + CAREOF_TOKEN_AGE_MAX_S * CLOCK_SECOND_NS;
}

void careof_token_forget(struct careof_token *token)
{
	secret_wipe(token, sizeof(*token));
}

void careof_test_begin(struct careof_test *test, const struct in6_addr *coa, uint64_t now_ns)
{
	test->is_outstanding = true;
	test->coa = *coa;
	test->sent_ns = now_ns;
	random_octets(test->cookie, sizeof(test->cookie));
}

bool careof_test_is_fresh(const struct careof_test *test, const struct in6_addr *coa,
			  uint64_t now_ns)
{
	return test->is_outstanding && in6_equal(&test->coa, coa) &&
	       now_ns < test->sent_ns + BACKOFF_INITIAL_MS * (CLOCK_SECOND_NS / 1000);
}

ssize_t careof_test_build(const struct careof_test *test, const struct in6_addr *hdar, uint8_t *out,
			  size_t size)
{
	const struct mh_build what = {.type = IP6_MH_TYPE_COTI, .cookie = test->cookie};
	struct mh_built mh;
	int err = mh_build(&what, &mh);

	if (err)
		return err;
	mh_set_checksum(&mh, &test->coa, hdar);
	return mh_packet_build(&test->coa, hdar, NULL, NULL, &mh, out, size);
}

/* RFC 6275 section 11.6.2. Index 0xFFFF is never issued with a nonce, 0 says early. */
bool careof_test_answered(struct careof_test *test, const struct mh_packet *cot,
			  struct careof_token *out)
{
	const uint16_t nonce = cot->message.test.nonce;

	if (!test->is_outstanding || cot->has_hao || cot->has_rh2 ||
	    !in6_equal(&cot->destination, &test->coa) || !nonce || nonce == CAREOF_NONCE_REPLY ||
	    !secret_equal(cot->message.test.cookie, test->cookie, sizeof(test->cookie)))
		return false;
	out->coa = test->coa;
	out->nonce = nonce;
	out->since_ns = test->sent_ns;
	memcpy(out->token, cot->message.test.token, sizeof(out->token));
	test->is_outstanding = false;
	secret_wipe(test->cookie, sizeof(test->cookie));
	return true;
}
