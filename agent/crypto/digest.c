// SPDX-License-Identifier: BSD-2-Clause
/* Owns the digest contexts: fetched once, because a fetch costs more than the hash. */
#include "crypto/digest.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "base/random.h"
#include "crypto/secret.h"

/* Always begun and empty: what a context has seen, a key among it, is not kept for the next. */
struct digest {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

enum { HMAC_BLOCK = 64, HMAC_INNER = 0x36, HMAC_OUTER = 0x5c };

static struct digest sha1, sha256;

static bool digest_begin(const struct digest *d)
{
	return EVP_DigestInit_ex2(d->ctx, d->md, NULL) == 1;
}

static bool digest_fetch(struct digest *d, const char *name)
{
	d->md = EVP_MD_fetch(NULL, name, NULL);
	d->ctx = EVP_MD_CTX_new();
	return d->md && d->ctx && digest_begin(d);
}

int digest_start(void)
{
	if (digest_fetch(&sha1, "SHA1") && digest_fetch(&sha256, "SHA2-256"))
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
}

static bool digest_add(const struct digest *d, const struct span *pieces, size_t count)
{
	bool done = true;

	for (size_t i = 0; done && i < count; i++)
		done = EVP_DigestUpdate(d->ctx, pieces[i].at, pieces[i].len) == 1;
	return done;
}

static bool digest_end(const struct digest *d, uint8_t *out)
{
	bool done = EVP_DigestFinal_ex(d->ctx, out, NULL) == 1;

	return digest_begin(d) && done;
}

static bool digest_once(const struct digest *d, const struct span *pieces, size_t count,
			uint8_t *out)
{
	bool added = digest_add(d, pieces, count);

	return digest_end(d, out) && added;
}

/* Out of memory: begun anew if it may be, and a result that equals nothing. */
static void digest_failed(const struct digest *d, uint8_t *out, size_t len)
{
	digest_begin(d);
	ERR_clear_error();
	random_octets(out, len);
}

void digest_sha1(const struct span *pieces, size_t count, uint8_t out[static SHA1_LEN])
{
	if (!digest_once(&sha1, pieces, count, out))
		digest_failed(&sha1, out, SHA1_LEN);
}

void digest_sha256(const struct span *pieces, size_t count, uint8_t out[static SHA256_LEN])
{
	if (!digest_once(&sha256, pieces, count, out))
		digest_failed(&sha256, out, SHA256_LEN);
}

static void hmac_pad(const uint8_t key[static SHA1_LEN], uint8_t with,
		     uint8_t pad[static HMAC_BLOCK])
{
	memset(pad, with, HMAC_BLOCK);
	for (size_t i = 0; i < SHA1_LEN; i++)
		pad[i] ^= key[i];
}

/* RFC 2104 on two plain digests: a new key for EVP_MAC costs more than both. */
void digest_hmac_sha1(const uint8_t key[static SHA1_LEN], const struct span *pieces, size_t count,
		      uint8_t out[static SHA1_LEN])
{
	uint8_t pad[HMAC_BLOCK], inner[SHA1_LEN];
	const struct span first = {pad, sizeof(pad)};
	const struct span last[] = {first, {inner, sizeof(inner)}};
	bool done;

	hmac_pad(key, HMAC_INNER, pad);
	done = digest_add(&sha1, &first, 1);
	done &= digest_add(&sha1, pieces, count);
	done &= digest_end(&sha1, inner);
	hmac_pad(key, HMAC_OUTER, pad);
	done &= digest_once(&sha1, last, 2, out);
	secret_wipe(pad, sizeof(pad));
	secret_wipe(inner, sizeof(inner));
	if (!done)
		digest_failed(&sha1, out, SHA1_LEN);
}

const EVP_MD *digest_sha1_md(void)
{
	return sha1.md;
}
