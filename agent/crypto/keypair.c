// SPDX-License-Identifier: BSD-2-Clause
/* Owns the making, reading and writing of a node's own key; a key that cannot serve is refused. */
#include "crypto/keypair.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/evp_key.h"
#include "crypto/rsa_key.h"
#include "fama/mobility.h"

/* Takes `pkey`. NULL unless strangers would accept its public half (rsa_key.h). */
static struct keypair *keypair_own(EVP_PKEY *pkey)
{
	struct keypair *key = calloc(1, sizeof(*key));
	struct rsa_public public;
	int len;

	if (!key) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	key->pkey = pkey;
	len = i2d_PUBKEY(pkey, &key->spki);
	if (len <= 0)
		goto refuse;
	key->spki_len = (size_t)len;
	if (rsa_public_read(keypair_spki(key), &public) != RSA_OK)
		goto refuse;
	/* Signatures and ciphertexts then fill their options to the bit. */
	if (!(public.modulus.at[0] & 0x80))
		goto refuse;
	key->modulus_len = public.modulus.len;
	return key;
refuse:
	keypair_free(key);
	return NULL;
}

struct keypair *keypair_generate(unsigned int bits)
{
	struct keypair *key = NULL;
	EVP_PKEY *pkey;

	if (bits < MH_RSA_BITS_MIN || bits > MH_RSA_BITS_MAX || bits % 8)
		return NULL;
	pkey = EVP_RSA_gen(bits);
	if (pkey)
		key = keypair_own(pkey);
	ERR_clear_error();
	return key;
}

/* OpenSSL would ask on the terminal. */
static int no_passphrase(char *out, int size, int writing, void *argument)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)argument;
	return -1;
}

static bool has_one_block(const char *pem, size_t len)
{
	static const char begin[] = "-----BEGIN ";
	const size_t begin_len = sizeof(begin) - 1;
	const char *first = memmem(pem, len, begin, begin_len);

	if (!first)
		return false;
	first += begin_len;
	return !memmem(first, len - (size_t)(first - pem), begin, begin_len);
}

/* The halves belong together: a damaged file shows now, not as signatures all DARs refuse. */
static bool is_whole(const struct keypair *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	bool whole = ctx && EVP_PKEY_pairwise_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	return whole;
}

struct keypair *keypair_from_pem(const void *pem, size_t len)
{
	struct keypair *key = NULL;
	EVP_PKEY *pkey;
	BIO *in;

	if (len > INT_MAX || !has_one_block(pem, len))
		return NULL;
	in = BIO_new_mem_buf(pem, (int)len);
	pkey = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;
	if (pkey)
		key = keypair_own(pkey);
	if (key && !is_whole(key)) {
		keypair_free(key);
		key = NULL;
	}
	BIO_free(in);
	ERR_clear_error();
	return key;
}

char *keypair_to_pem(const struct keypair *key, size_t *len)
{
	BIO *out = BIO_new(BIO_s_mem()); /* wipes what it held when freed */
	char *pem = NULL;
	char *written;
	long size;

	if (out && PEM_write_bio_PKCS8PrivateKey(out, key->pkey, NULL, NULL, 0, NULL, NULL) == 1) {
		size = BIO_get_mem_data(out, &written);
		pem = malloc((size_t)size + 1);
		if (pem) {
			memcpy(pem, written, (size_t)size);
			pem[size] = '\0';
			*len = (size_t)size;
		}
	}
	BIO_free(out);
	ERR_clear_error();
	return pem;
}

void keypair_free(struct keypair *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey); /* wipes the private numbers */
	OPENSSL_free(key->spki);
	free(key);
}

struct span keypair_spki(const struct keypair *key)
{
	return (struct span){key->spki, key->spki_len};
}

size_t keypair_modulus_len(const struct keypair *key)
{
	return key->modulus_len;
}
