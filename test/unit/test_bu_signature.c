// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of option 13: crypto/bu_signature.h. */
#include "crypto/bu_signature.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/evp_key.h"
#include "crypto/keypair.h"
#include "crypto/rsa_key.h"
#include "fama/mobility.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"

static const struct {
	const char *message, *signer;
} SIGNED[] = {{"BU1_cga_fast", "mn"}, {"BU3b_cga_secure", "mn"}, {"BA1_phkt_dar_cga", "dar"}};

enum { SIGNED_COUNT = sizeof(SIGNED) / sizeof(SIGNED[0]) };

struct scene {
	struct in6_addr coa, dar;
	struct hex mh, signature;
	struct signed_message what;
	struct keypair *keypair;
	struct rsa_key *key;
};

static struct keypair *keypair_named(const char *signer, const char *set)
{
	char path[64], pem[4096];
	struct keypair *key;
	FILE *file;

	snprintf(path, sizeof(path), VECTORS_DIR "%s_rsa%s.pem", signer, set + 1);
	file = fopen(path, "r");
	assert_non_null(file);
	key = keypair_from_pem(pem, fread(pem, 1, sizeof(pem), file));
	fclose(file);
	assert_non_null(key);
	return key;
}

static struct rsa_key *public_half(const struct keypair *keypair)
{
	struct rsa_public public;
	struct rsa_key *key;

	assert_int_equal(rsa_public_read(keypair_spki(keypair), &public), RSA_OK);
	key = rsa_key_from_public(&public);
	assert_non_null(key);
	return key;
}

static void scene_open(struct scene *s, const char *set, size_t i)
{
	struct hex octets;
	char path[64];

	snprintf(path, sizeof(path), "%s/signed_bytes_excl_tag", SIGNED[i].message);
	octets = vectors_octets(set, path);
	memcpy(&s->coa, octets.at, 16);
	memcpy(&s->dar, octets.at + 16, 16);
	snprintf(path, sizeof(path), "%s/mh", SIGNED[i].message);
	s->mh = vectors_octets(set, path); /* as sent: with its checksum */
	snprintf(path, sizeof(path), "%s/signature", SIGNED[i].message);
	s->signature = vectors_octets(set, path);
	s->what = (struct signed_message){&s->coa, &s->dar, {s->mh.at, octets.len - 32}};
	s->keypair = keypair_named(SIGNED[i].signer, set);
	s->key = public_half(s->keypair);
}

static void scene_close(struct scene *s)
{
	keypair_free(s->keypair);
	rsa_key_free(s->key);
}

static bool is_valid(const struct scene *s)
{
	bool valid = bu_signature_valid(s->key, &s->what,
					(struct span){s->signature.at, s->signature.len});

	assert_true(ERR_peek_error() == 0);
	return valid;
}

static void C_59_signatures_are_those_of_the_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * SIGNED_COUNT; i++) {
		uint8_t signature[MH_SIGNATURE_MAX];
		struct scene s;

		scene_open(&s, VECTORS_SETS[i % 2], i / 2);
		assert_true(is_valid(&s));
		assert_int_equal(bu_sign(s.keypair, &s.what, signature, sizeof(signature)), 0);
		assert_int_equal(s.signature.len, keypair_modulus_len(s.keypair));
		assert_memory_equal(signature, s.signature.at, s.signature.len);
		scene_close(&s);
	}
}

static void C_59_every_signed_octet_counts_and_the_checksum_does_not(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, "S1024", 0);
	for (size_t at = 0; at < s.what.mh.len; at++) {
		bool checksum = at == 4 || at == 5;

		s.mh.at[at] ^= 0x01;
		assert_int_equal(is_valid(&s), checksum);
		s.mh.at[at] ^= 0x01;
	}
	for (size_t at = 0; at < 16; at++) {
		s.coa.s6_addr[at] ^= 0x80;
		assert_false(is_valid(&s));
		s.coa.s6_addr[at] ^= 0x80;
		s.dar.s6_addr[at] ^= 0x80;
		assert_false(is_valid(&s));
		s.dar.s6_addr[at] ^= 0x80;
	}
	s.what.mh.len--;
	assert_false(is_valid(&s));
	s.what.mh.len += 2;
	assert_false(is_valid(&s));
	s.what.mh.len--;
	s.what = (struct signed_message){&s.dar, &s.coa, s.what.mh};
	assert_false(is_valid(&s));
	scene_close(&s);
}

static void C_62_damaged_signatures_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scene s;

		scene_open(&s, VECTORS_SETS[i], 0);
		for (size_t bit = 0; bit < s.signature.len * 8; bit += 3) {
			s.signature.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(is_valid(&s));
			s.signature.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_true(is_valid(&s));
		scene_close(&s);
	}
}

static void C_62_signatures_of_another_length_are_refused(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, "S1024", 0);
	for (size_t len = 0; len <= MH_SIGNATURE_MAX; len++) {
		uint8_t *exact = hex_exact(s.signature.at, len);
		bool valid = bu_signature_valid(s.key, &s.what, (struct span){exact, len});

		assert_int_equal(valid, len == 128);
		free(exact);
	}
	assert_false(bu_signature_valid(s.key, &s.what, (struct span){NULL, 0}));
	scene_close(&s);
}

static void C_62_signatures_that_anyone_can_make_are_refused(void **state)
{
	struct scene s;
	struct rsa_public public;

	(void)state;
	scene_open(&s, "S1024", 0);
	assert_int_equal(rsa_public_read(keypair_spki(s.keypair), &public), RSA_OK);
	memset(s.signature.at, 0, s.signature.len);
	assert_false(is_valid(&s)); /* 0 */
	s.signature.at[127] = 1;
	assert_false(is_valid(&s)); /* 1 */
	memcpy(s.signature.at, public.modulus.at, 128);
	assert_false(is_valid(&s)); /* n */
	s.signature.at[127]--;
	assert_false(is_valid(&s)); /* n - 1 */
	memset(s.signature.at, 0xff, 128);
	assert_false(is_valid(&s)); /* above n */
	scene_close(&s);
}

/* PKCS#1 v1.5 of these octets by OpenSSL itself, over tag and message or what replaces them. */
static void sign_by_openssl(const struct scene *s, const char *hash, bool with_tag, uint8_t *out)
{
	struct hex tag = hex_octets("5f2705868d6c4c56a2469ebb9b2a2e13");
	uint8_t octets[1024];
	struct writer w = writer_of(octets, sizeof(octets));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = MH_SIGNATURE_MAX;

	if (with_tag)
		write_octets(&w, tag.at, tag.len);
	write_octets(&w, s->coa.s6_addr, 16);
	write_octets(&w, s->dar.s6_addr, 16);
	write_octets(&w, s->what.mh.at, 4);
	write_zeros(&w, 2);
	write_octets(&w, s->what.mh.at + 6, s->what.mh.len - 6);
	assert_false(w.failed);
	assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, hash, NULL, NULL, s->keypair->pkey, NULL),
			 1);
	assert_int_equal(EVP_DigestSign(ctx, out, &len, octets, w.len), 1);
	EVP_MD_CTX_free(ctx);
}

static void C_59_only_sha1_under_the_tag_of_rfc4866_is_valid(void **state)
{
	static const struct {
		const char *hash;
		bool with_tag, valid;
	} rows[] = {
		{"SHA1", true, true},
		{"SHA1", false, false},
		{"SHA256", true, false},
		{"MD5-SHA1", true, false},
	};
	struct scene s;

	(void)state;
	scene_open(&s, "S2040", 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sign_by_openssl(&s, rows[i].hash, rows[i].with_tag, s.signature.at);
		assert_int_equal(is_valid(&s), rows[i].valid);
	}
	scene_close(&s);
}

static void C_62_the_signature_of_another_key_is_refused(void **state)
{
	struct scene s;
	struct rsa_key *own;
	struct keypair *dar;

	(void)state;
	scene_open(&s, "S1024", 0);
	own = s.key;
	dar = keypair_named("dar", "S1024");
	s.key = public_half(dar);
	assert_false(is_valid(&s));
	rsa_key_free(s.key);
	keypair_free(dar);
	s.key = own;
	assert_true(is_valid(&s));
	scene_close(&s);
}

static void a_signature_without_room_is_not_written(void **state)
{
	uint8_t out[MH_SIGNATURE_MAX], untouched[MH_SIGNATURE_MAX];
	struct scene s;

	(void)state;
	scene_open(&s, "S1024", 0);
	memset(out, 0x77, sizeof(out));
	memset(untouched, 0x77, sizeof(untouched));
	for (size_t size = 0; size < 128; size++)
		assert_int_equal(bu_sign(s.keypair, &s.what, out, size), -ENOSPC);
	assert_memory_equal(out, untouched, sizeof(out));
	assert_int_equal(bu_sign(s.keypair, &s.what, out, 128), 0);
	assert_memory_equal(out, s.signature.at, 128);
	assert_memory_equal(out + 128, untouched + 128, sizeof(out) - 128);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C_59_signatures_are_those_of_the_vectors),
		cmocka_unit_test(C_59_every_signed_octet_counts_and_the_checksum_does_not),
		cmocka_unit_test(C_62_damaged_signatures_are_refused),
		cmocka_unit_test(C_62_signatures_of_another_length_are_refused),
		cmocka_unit_test(C_62_signatures_that_anyone_can_make_are_refused),
		cmocka_unit_test(C_59_only_sha1_under_the_tag_of_rfc4866_is_valid),
		cmocka_unit_test(C_62_the_signature_of_another_key_is_refused),
		cmocka_unit_test(a_signature_without_room_is_not_written),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
