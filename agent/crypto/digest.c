// SPDX-License-Identifier: BSD-2-Clause
/* Owns the digest contexts: fetched once, because a fetch costs more than the hash. */
#include "crypto/digest.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>

#include "base/random.h"

struct digest {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

static struct digest sha1, sha256;
static EVP_MAC *hmac;
static EVP_MAC_CTX *hmac_sha1;

static bool digest_fetch(struct digest *d, const char *name)
{
	d->md = EVP_MD_fetch(NULL, name, NULL);
	d->ctx = EVP_MD_CTX_new();
	return d->md && d->ctx && EVP_DigestInit_ex2(d->ctx, d->md, NULL) == 1;
}

static bool hmac_fetch(void)
{
	char name[] = "SHA1";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};

	hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	hmac_sha1 = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	return hmac_sha1 && EVP_MAC_CTX_set_params(hmac_sha1, params) == 1;
}

int digest_start(void)
{
	if (digest_fetch(&sha1, "SHA1") && digest_fetch(&sha256, "SHA2-256") && hmac_fetch())
		return 0;
	ERR_clear_error();
	return -ENOTSUP;
}

static void digest_release(struct digest *d)
{
	EVP_MD_CTX_free(d->ctx);
	EVP_MD_free(d->md);
	*d = (struct digest){0};
}

void digest_stop(void)
{
	digest_release(&sha1);
	digest_release(&sha256);
	EVP_MAC_CTX_free(hmac_sha1);
	EVP_MAC_free(hmac);
	hmac_sha1 = NULL;
	hmac = NULL;
}

static void digest(const struct digest *d, const struct span *pieces, size_t count, uint8_t *out,
		   size_t len)
{
	bool done = EVP_DigestInit_ex2(d->ctx, d->md, NULL) == 1;

	for (size_t i = 0; done && i < count; i++)
		done = EVP_DigestUpdate(d->ctx, pieces[i].at, pieces[i].len) == 1;
	if (done && EVP_DigestFinal_ex(d->ctx, out, NULL) == 1)
		return;
	ERR_clear_error();
	random_octets(out, len);
}

void digest_sha1(const struct span *pieces, size_t count, uint8_t out[static SHA1_LEN])
{
	digest(&sha1, pieces, count, out, SHA1_LEN);
}

void digest_sha256(const struct span *pieces, size_t count, uint8_t out[static SHA256_LEN])
{
	digest(&sha256, pieces, count, out, SHA256_LEN);
}

void digest_hmac_sha1(const uint8_t key[static SHA1_LEN], const struct span *pieces, size_t count,
		      uint8_t out[static SHA1_LEN])
{
	static const uint8_t no_key[SHA1_LEN];
	bool done = EVP_MAC_init(hmac_sha1, key, SHA1_LEN, NULL) == 1;
	size_t len;

	for (size_t i = 0; done && i < count; i++)
		done = EVP_MAC_update(hmac_sha1, pieces[i].at, pieces[i].len) == 1;
	done = done && EVP_MAC_final(hmac_sha1, out, &len, SHA1_LEN) == 1;
	/* The context would keep the key until the next message, which may never come. */
	EVP_MAC_init(hmac_sha1, no_key, sizeof(no_key), NULL);
	if (done)
		return;
	ERR_clear_error();
	random_octets(out, SHA1_LEN);
}

const EVP_MD *digest_sha1_md(void)
{
	return sha1.md;
}
