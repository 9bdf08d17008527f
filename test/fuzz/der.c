// SPDX-License-Identifier: BSD-2-Clause
/* Owns fuzzing the DER reader and RSA public keys: what we take, OpenSSL takes alike (C-65). */
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "crypto/der.h"
#include "crypto/rsa_key.h"
#include "crypto/secret.h"
#include "fama/mobility.h"
#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *why;

	(void)argc;
	(void)argv;
	MUST(crypto_start(&why) == 0);
	return 0;
}

static void check_element(const uint8_t *octets, size_t len, uint8_t tag)
{
	struct reader r = reader_of(octets, len);
	struct span content = der_read(&r, tag);
	const unsigned char *at = octets;
	int type, class;
	long content_len;

	if (r.failed)
		return;
	MUST(ASN1_get_object(&at, &content_len, &type, &class, (long)len) ==
	     (tag & V_ASN1_CONSTRUCTED));
	MUST(type == (tag & 0x1f) && class == V_ASN1_UNIVERSAL);
	MUST((size_t)content_len == content.len && at == content.at);
	MUST(r.left == len - content.len - (size_t)(content.at - octets));
}

static void check_key(struct span spki)
{
	struct rsa_public ours;
	const unsigned char *at = spki.at;
	uint8_t modulus[MH_SIGNATURE_MAX];
	EVP_PKEY *theirs;
	BIGNUM *n = NULL, *e = NULL;

	if (rsa_public_read(spki, &ours) != RSA_OK)
		return;
	MUST(ours.der_len <= spki.len && ours.modulus.len <= sizeof(modulus));
	theirs = d2i_PUBKEY(NULL, &at, (long)ours.der_len);
	MUST(theirs && at == spki.at + ours.der_len);
	MUST(EVP_PKEY_get_bn_param(theirs, OSSL_PKEY_PARAM_RSA_N, &n) == 1);
	MUST(EVP_PKEY_get_bn_param(theirs, OSSL_PKEY_PARAM_RSA_E, &e) == 1);
	MUST((size_t)BN_bn2bin(n, modulus) == ours.modulus.len);
	MUST(memcmp(modulus, ours.modulus.at, ours.modulus.len) == 0);
	MUST(BN_is_word(e, ours.exponent) && ours.exponent >= 3 && ours.exponent <= 65537);
	MUST(BN_num_bits(n) >= MH_RSA_BITS_MIN && BN_num_bits(n) <= MH_RSA_BITS_MAX);
	MUST(BN_is_odd(n) && BN_is_odd(e));
	BN_free(n);
	BN_free(e);
	EVP_PKEY_free(theirs);
	rsa_key_free(rsa_key_from_public(&ours));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	check_element(octets, len, DER_INTEGER);
	check_element(octets, len, DER_BIT_STRING);
	check_element(octets, len, DER_SEQUENCE);
	check_key((struct span){octets, len});
	ERR_clear_error();
	return 0;
}
