// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of crypto/digest against FIPS 180-4 and RFC 2202, whole and in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/digest.h"
#include "crypto/secret.h"
#include "harness/crypto_group.h"

struct vector {
	const char *text;
	uint8_t out[SHA256_LEN];
};

static const struct vector sha1_vectors[] = {
	{"abc", {0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
		 0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d}},
	{"", {0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55,
	      0xbf, 0xef, 0x95, 0x60, 0x18, 0x90, 0xaf, 0xd8, 0x07, 0x09}},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	 {0x84, 0x98, 0x3e, 0x44, 0x1c, 0x3b, 0xd2, 0x6e, 0xba, 0xae,
	  0x4a, 0xa1, 0xf9, 0x51, 0x29, 0xe5, 0xe5, 0x46, 0x70, 0xf1}},
};

static const struct vector sha256_vectors[] = {
	{"abc", {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
		 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
		 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad}},
};

/* RFC 2202 section 3, the rows whose key is as long as Kbm and Kcn. */
static const struct {
	uint8_t key, octet;
	const char *text; /* NULL: `octet` fifty times */
	uint8_t out[SHA1_LEN];
} hmac_vectors[] = {
	{0x0b, 0, "Hi There", {0xb6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72, 0x64, 0xe2, 0x8b,
			       0xc0, 0xb6, 0xfb, 0x37, 0x8c, 0x8e, 0xf1, 0x46, 0xbe, 0x00}},
	{0xaa, 0xdd, NULL, {0x12, 0x5d, 0x73, 0x42, 0xb9, 0xac, 0x11, 0xcd, 0x91, 0xa3,
			    0x9a, 0xf4, 0x8a, 0xa1, 0x7b, 0x4f, 0x63, 0xf1, 0x75, 0xd3}},
	{0x0c, 0, "Test With Truncation", {0x4c, 0x1a, 0x03, 0x42, 0x4b, 0x55, 0xe0,
					   0x7f, 0xe7, 0xf2, 0x7b, 0xe1, 0xd5, 0x8b,
					   0xb9, 0x32, 0x4a, 0x9a, 0x5a, 0x04}},
};

/* Cut in two at each place: the same, however the octets lie. */
static void assert_in_pieces(void (*hash)(const struct span *pieces, size_t count, uint8_t *out),
			     const struct vector *vector, size_t out_len)
{
	const uint8_t *octets = (const uint8_t *)vector->text;
	size_t len = strlen(vector->text);
	uint8_t out[SHA256_LEN];

	for (size_t cut = 0; cut <= len; cut++) {
		const struct span pieces[] = {{octets, cut}, {octets + cut, len - cut}};

		memset(out, 0, sizeof(out));
		hash(pieces, 2, out);
		assert_memory_equal(out, vector->out, out_len);
	}
}

static void sha1_of(const struct span *pieces, size_t count, uint8_t *out)
{
	digest_sha1(pieces, count, out);
}

static void sha256_of(const struct span *pieces, size_t count, uint8_t *out)
{
	digest_sha256(pieces, count, out);
}

static void test_sha1(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sha1_vectors) / sizeof(sha1_vectors[0]); i++)
		assert_in_pieces(sha1_of, &sha1_vectors[i], SHA1_LEN);
}

static void test_sha256(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sha256_vectors) / sizeof(sha256_vectors[0]); i++)
		assert_in_pieces(sha256_of, &sha256_vectors[i], SHA256_LEN);
}

/* C-44: HMAC_SHA1; a digest right behind it is not touched by its key. */
static void test_hmac(void **state)
{
	uint8_t key[SHA1_LEN], octets[50], out[SHA1_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(hmac_vectors) / sizeof(hmac_vectors[0]); i++) {
		const char *text = hmac_vectors[i].text;
		struct span whole = {octets, sizeof(octets)};

		memset(key, hmac_vectors[i].key, sizeof(key));
		memset(octets, hmac_vectors[i].octet, sizeof(octets));
		if (text)
			whole = (struct span){(const uint8_t *)text, strlen(text)};
		for (size_t cut = 0; cut <= whole.len; cut++) {
			const struct span pieces[] = {{whole.at, cut},
						      {whole.at + cut, whole.len - cut}};

			digest_hmac_sha1(key, pieces, 2, out);
			assert_memory_equal(out, hmac_vectors[i].out, SHA1_LEN);
		}
		assert_in_pieces(sha1_of, &sha1_vectors[0], SHA1_LEN);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha1),
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_hmac),
	};

	return cmocka_run_group_tests_name("digest", tests, crypto_group_start, crypto_group_stop);
}
