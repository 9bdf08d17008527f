// SPDX-License-Identifier: BSD-2-Clause
/* Owns the two things done to every secret, and the proof that OpenSSL will do the rest. */
#include "crypto/secret.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/digest.h"
#include "crypto/evp_key.h"
#include "crypto/phkt.h"
#include "crypto/rsa_sha1.h"

/* The smallest RSA that OpenSSL makes: 2 ms, where one of 1024 bits may take 50. */
enum { PROOF_BITS = 512 };

void secret_wipe(void *secret, size_t len)
{
	OPENSSL_cleanse(secret, len);
}

bool secret_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

/* NULL, or what this OpenSSL refuses. */
static const char *refused_with(const struct rsa_key *key)
{
	static const uint8_t digest[SHA1_LEN], token[MH_TOKEN_LEN];
	uint8_t out[PROOF_BITS / 8];

	if (rsa_sha1_sign(key->pkey, digest, out, sizeof(out)))
		return "OpenSSL on this system refuses to sign with RSA and SHA-1, which RFC 3972 "
		       "and RFC 4866 require; see its crypto policy";
	if (!rsa_sha1_valid(key->ctx, digest, (struct span){out, sizeof(out)}))
		return "OpenSSL on this system refuses to verify RSA signatures with SHA-1, which "
		       "RFC 3972 and RFC 4866 require; see its crypto policy";
	if (phkt_encrypt(key, token, out, sizeof(out)) < 0)
		return "OpenSSL on this system refuses RSA encryption with PKCS #1 v1.5 padding, "
		       "which RFC 4866 requires; see its crypto policy";
	return NULL;
}

static const char *refused(void)
{
	struct rsa_key key;
	const char *why;

	if (digest_start())
		return "OpenSSL on this system offers no SHA-1, SHA-256 or HMAC; see its "
		       "configuration";
	if (rsa_key_start())
		return "OpenSSL on this system offers no RSA; see its configuration";
	key.pkey = EVP_RSA_gen(PROOF_BITS);
	if (!key.pkey)
		return "OpenSSL on this system refuses RSA keys of at most 2040 bits, the most "
		       "that RFC 4866 can carry; is FIPS mode on?";
	key.ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key.pkey, NULL);
	why = key.ctx ? refused_with(&key) : "out of memory";
	EVP_PKEY_CTX_free(key.ctx);
	EVP_PKEY_free(key.pkey);
	return why;
}

int crypto_start(const char **why)
{
	*why = refused();
	if (!*why)
		return 0;
	ERR_clear_error();
	crypto_stop();
	return -ENOTSUP;
}

void crypto_stop(void)
{
	rsa_key_stop();
	digest_stop();
}
