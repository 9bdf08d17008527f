// SPDX-License-Identifier: BSD-2-Clause
/* Owns what makes a stranger's RSA key cheap: OpenSSL sees only numbers that passed the limits. */
#include "crypto/rsa_key.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/der.h"
#include "crypto/evp_key.h"
#include "fama/mobility.h"

enum { EXPONENT_MIN = 3, EXPONENT_MAX = 65537, MODULUS_MAX = (MH_RSA_BITS_MAX + 7) / 8 };

/* AlgorithmIdentifier of rsaEncryption with its NULL: DER leaves no other form (RFC 3279, 2.3.1).
 */
static const uint8_t rsa_encryption[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
					 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

/* A fetch costs 1.4 us of the 14 us that a new key takes. */
static EVP_PKEY_CTX *fromdata;

/* An INTEGER >= 0 without its sign octet; zero is {at, 0}. */
static struct span read_number(struct reader *r)
{
	struct span number = der_read(r, DER_INTEGER);
	bool sign_octet = number.len > 0 && number.at[0] == 0;

	if (number.len == 0 || number.at[0] & 0x80)
		r->failed = true;
	else if (sign_octet && number.len > 1 && !(number.at[1] & 0x80))
		r->failed = true;
	if (sign_octet) {
		number.at++;
		number.len--;
	}
	return number;
}

static bool read_algorithm(struct reader *r)
{
	struct span octets = read_span(r, sizeof(rsa_encryption));

	return octets.len && memcmp(octets.at, rsa_encryption, sizeof(rsa_encryption)) == 0;
}

/* The modulus and exponent of one SubjectPublicKeyInfo; false unless every octet is DER. */
static bool read_numbers(struct reader *r, struct span *modulus, struct span *exponent)
{
	struct span key_info = der_read(r, DER_SEQUENCE);
	struct reader in_info = reader_of(key_info.at, key_info.len);

	if (!read_algorithm(&in_info))
		return false;

	struct span bits = der_read(&in_info, DER_BIT_STRING);
	struct reader in_bits = reader_of(bits.at, bits.len);
	uint8_t unused_bits = read_u8(&in_bits);
	struct span numbers = der_read(&in_bits, DER_SEQUENCE);
	struct reader in_numbers = reader_of(numbers.at, numbers.len);

	*modulus = read_number(&in_numbers);
	*exponent = read_number(&in_numbers);
	/* What could not be read is empty, and reading of it fails in turn: the innermost tells. */
	return !in_numbers.failed && unused_bits == 0 && in_info.left == 0 && in_bits.left == 0 &&
	       in_numbers.left == 0;
}

static size_t bits_of(struct span number)
{
	return number.len ? number.len * 8 - (size_t)(__builtin_clz(number.at[0]) - 24) : 0;
}

enum rsa_fault rsa_public_read(struct span spki, struct rsa_public *out)
{
	struct reader r = reader_of(spki.at, spki.len);
	struct span modulus, exponent;
	size_t bits;

	*out = (struct rsa_public){0};
	if (!read_numbers(&r, &modulus, &exponent))
		return RSA_DER;

	bits = bits_of(modulus);
	if (bits < MH_RSA_BITS_MIN || bits > MH_RSA_BITS_MAX || !(modulus.at[modulus.len - 1] & 1))
		return RSA_SIZE;

	if (exponent.len > sizeof(out->exponent))
		return RSA_EXPONENT;
	for (size_t i = 0; i < exponent.len; i++)
		out->exponent = out->exponent << 8 | exponent.at[i];
	if (out->exponent < EXPONENT_MIN || out->exponent > EXPONENT_MAX || !(out->exponent & 1))
		return RSA_EXPONENT;

	out->modulus = modulus;
	out->der_len = spki.len - r.left;
	return RSA_OK;
}

int rsa_key_start(void)
{
	fromdata = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	if (fromdata)
		return 0;
	ERR_clear_error();
	return -ENOTSUP;
}

void rsa_key_stop(void)
{
	EVP_PKEY_CTX_free(fromdata);
	fromdata = NULL;
}

static EVP_PKEY *pkey_from_numbers(struct span modulus, uint32_t exponent)
{
	uint8_t native[MODULUS_MAX]; /* OSSL_PARAM integers are in host order */
	BIGNUM *n = BN_bin2bn(modulus.at, (int)modulus.len, NULL);
	bool converted = n && BN_bn2nativepad(n, native, (int)modulus.len) > 0;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, native, modulus.len),
		OSSL_PARAM_construct_uint32(OSSL_PKEY_PARAM_RSA_E, &exponent),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *pkey = NULL;

	BN_free(n);
	if (converted && EVP_PKEY_fromdata_init(fromdata) == 1 &&
	    EVP_PKEY_fromdata(fromdata, &pkey, EVP_PKEY_PUBLIC_KEY, params) == 1)
		return pkey;
	ERR_clear_error();
	return NULL;
}

struct rsa_key *rsa_key_from_public(const struct rsa_public *public)
{
	struct rsa_key *key = calloc(1, sizeof(*key));

	if (!key)
		return NULL;
	key->pkey = pkey_from_numbers(public->modulus, public->exponent);
	key->ctx = key->pkey ? EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL) : NULL;
	if (key->ctx)
		return key;
	rsa_key_free(key);
	return NULL;
}

void rsa_key_free(struct rsa_key *key)
{
	if (!key)
		return;
	EVP_PKEY_CTX_free(key->ctx);
	EVP_PKEY_free(key->pkey);
	free(key);
}
