// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of strangers' keys, threat T2 among them: crypto/rsa_key.h. */
#include "crypto/rsa_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/evp_key.h"
#include "fama/mobility.h"
#include "harness/crypto_group.h"
#include "harness/crafted_key.h"
#include "harness/vectors.h"

static const struct crafted_key KEYS[] = {
	/* what is accepted */
	{"RSA-1024", RSA_OK},
	{"1025 bits", RSA_OK, .bits = 1025},
	{"1032 bits", RSA_OK, .bits = 1032},
	{"2033 bits", RSA_OK, .bits = 2033},
	{"2040 bits", RSA_OK, .bits = 2040},
	{"e 3", RSA_OK, .exponent = "03"},
	{"e 17", RSA_OK, .exponent = "11"},
	{"e 129 needs its sign octet", RSA_OK, .exponent = "0081"},
	{"e 65535", RSA_OK, .exponent = "00ffff"},
	{"extension behind the key", RSA_OK, .behind = "123400020304"},

	/* exponents that cost, or protect nothing */
	{"e 0", RSA_EXPONENT, .exponent = "00"},
	{"e 1", RSA_EXPONENT, .exponent = "01"},
	{"e 2", RSA_EXPONENT, .exponent = "02"},
	{"e even", RSA_EXPONENT, .exponent = "010000"},
	{"e 65539", RSA_EXPONENT, .exponent = "010003"},
	{"e of 3 octets", RSA_EXPONENT, .exponent = "7fffff"},
	{"e of 32 bits", RSA_EXPONENT, .exponent = "00ffffffff"},
	{"e of 33 bits whose low octets are 3", RSA_EXPONENT, .exponent = "0100000003"},
	{"e of 65 bits", RSA_EXPONENT, .exponent = "010000000000010001"},
	{"e as long as n", RSA_EXPONENT, .exponent = "MODULUS"},
	{"e negative", RSA_DER, .exponent = "81"},
	{"e -1", RSA_DER, .exponent = "ff"},
	{"e padded", RSA_DER, .exponent = "0003"},
	{"e padded twice", RSA_DER, .exponent = "00010001"},
	{"e without octets", RSA_DER, .exponent = ""},

	/* moduli */
	{"n 0", RSA_SIZE, .modulus = "00"},
	{"n 1", RSA_SIZE, .modulus = "01"},
	{"n without octets", RSA_DER, .modulus = ""},
	{"512 bits", RSA_SIZE, .bits = 512},
	{"1016 bits", RSA_SIZE, .bits = 1016},
	{"1023 bits", RSA_SIZE, .bits = 1023},
	{"2041 bits", RSA_SIZE, .bits = 2041},
	{"2047 bits", RSA_SIZE, .bits = 2047},
	{"2048 bits", RSA_SIZE, .bits = 2048},
	{"3072 bits", RSA_SIZE, .bits = 3072},
	{"8192 bits", RSA_SIZE, .bits = 8192},
	{"16384 bits", RSA_SIZE, .bits = 16384},
	{"n even", RSA_SIZE, .even = true},
	{"2040 bits even", RSA_SIZE, .bits = 2040, .even = true},
	{"n negative", RSA_DER, .negative = true},
	{"n padded", RSA_DER, .padded = true},
	{"512 bits padded", RSA_DER, .bits = 512, .padded = true},
	{"1023 bits padded", RSA_DER, .bits = 1023, .padded = true},
	{"size comes before exponent", RSA_SIZE, .bits = 512, .exponent = "01"},
	{"DER comes before size", RSA_DER, .bits = 512, .exponent = "0001"},

	/* algorithms */
	{"no NULL", RSA_DER, .algorithm = "300b06092a864886f70d010101"},
	{"NULL with an octet", RSA_DER, .algorithm = "300e06092a864886f70d010101050100"},
	{"sha1WithRSAEncryption", RSA_DER, .algorithm = "300d06092a864886f70d0101050500"},
	{"RSASSA-PSS", RSA_DER, .algorithm = "300d06092a864886f70d01010a0500"},
	{"id-ecPublicKey, P-256", RSA_DER,
	 .algorithm = "301306072a8648ce3d020106082a8648ce3d030107"},
	{"Ed25519", RSA_DER, .algorithm = "300506032b6570"},
	{"X.500 rsa", RSA_DER, .algorithm = "30080604550801010500"},
	{"algorithm length in long form", RSA_DER, .algorithm = "30810d06092a864886f70d0101010500"},
	{"OID length in long form", RSA_DER, .algorithm = "300e0681092a864886f70d0101010500"},
	{"NULL length in long form", RSA_DER, .algorithm = "300e06092a864886f70d010101058100"},
	{"parameters after NULL", RSA_DER, .algorithm = "300f06092a864886f70d01010105000500"},
	{"no algorithm", RSA_DER, .algorithm = ""},

	/* the BIT STRING */
	{"1 unused bit", RSA_DER, .unused_bits = "01"},
	{"7 unused bits", RSA_DER, .unused_bits = "07"},
	{"255 unused bits", RSA_DER, .unused_bits = "ff"},
	{"no octet of unused bits", RSA_DER, .unused_bits = ""},
	{"two octets of unused bits", RSA_DER, .unused_bits = "0000"},

	/* tags */
	{"SET for a key", RSA_DER, .wrong = INFO, .tag = 0x31},
	{"primitive SEQUENCE", RSA_DER, .wrong = INFO, .tag = 0x10},
	{"tag in long form", RSA_DER, .wrong = INFO, .tag = 0x3f},
	{"OCTET STRING for BIT STRING", RSA_DER, .wrong = BITS, .tag = 0x04},
	{"constructed BIT STRING", RSA_DER, .wrong = BITS, .tag = 0x23},
	{"SET of numbers", RSA_DER, .wrong = NUMBERS, .tag = 0x31},
	{"n as OCTET STRING", RSA_DER, .wrong = MODULUS, .tag = 0x04},
	{"e as ENUMERATED", RSA_DER, .wrong = EXPONENT, .tag = 0x0a},
	{"e as NULL", RSA_DER, .wrong = EXPONENT, .tag = 0x05},

	/* lengths */
	{"key, one octet for 81", RSA_DER, .wrong = INFO, .length = BARE},
	{"key, 82 for 81", RSA_DER, .wrong = INFO, .length = LONG_2},
	{"key, 83", RSA_DER, .wrong = INFO, .length = LONG_3},
	{"key, 84", RSA_DER, .wrong = INFO, .length = LONG_4},
	{"key, indefinite", RSA_DER, .wrong = INFO, .length = INDEFINITE},
	{"key, length ff", RSA_DER, .wrong = INFO, .length = RESERVED},
	{"key, 4 GiB", RSA_DER, .wrong = INFO, .length = HUGE_LEN},
	{"key, one octet more", RSA_DER, .wrong = INFO, .length = ONE_MORE},
	{"key, one octet more, which is there", RSA_DER, .wrong = INFO, .length = ONE_MORE,
	 .behind = "00"},
	{"key, one octet less", RSA_DER, .wrong = INFO, .length = ONE_LESS},
	{"key, empty", RSA_DER, .wrong = INFO, .length = NOTHING},
	{"BIT STRING, 82 for 81", RSA_DER, .wrong = BITS, .length = LONG_2},
	{"BIT STRING, indefinite", RSA_DER, .wrong = BITS, .length = INDEFINITE},
	{"BIT STRING, 4 GiB", RSA_DER, .wrong = BITS, .length = HUGE_LEN},
	{"BIT STRING, one octet more", RSA_DER, .wrong = BITS, .length = ONE_MORE},
	{"BIT STRING, one octet less", RSA_DER, .wrong = BITS, .length = ONE_LESS},
	{"BIT STRING, empty", RSA_DER, .wrong = BITS, .length = NOTHING},
	{"numbers, one octet for 81", RSA_DER, .wrong = NUMBERS, .length = BARE},
	{"numbers, 82 for 81", RSA_DER, .wrong = NUMBERS, .length = LONG_2},
	{"numbers, indefinite", RSA_DER, .wrong = NUMBERS, .length = INDEFINITE},
	{"numbers, one octet more", RSA_DER, .wrong = NUMBERS, .length = ONE_MORE},
	{"numbers, one octet less", RSA_DER, .wrong = NUMBERS, .length = ONE_LESS},
	{"numbers, empty", RSA_DER, .wrong = NUMBERS, .length = NOTHING},
	{"n, 82 for 81", RSA_DER, .wrong = MODULUS, .length = LONG_2},
	{"n, indefinite", RSA_DER, .wrong = MODULUS, .length = INDEFINITE},
	{"n, one octet more", RSA_DER, .wrong = MODULUS, .length = ONE_MORE},
	{"n, one octet less", RSA_DER, .wrong = MODULUS, .length = ONE_LESS},
	{"e, 81 for short", RSA_DER, .wrong = EXPONENT, .length = LONG_1},
	{"e, 82 for short", RSA_DER, .wrong = EXPONENT, .length = LONG_2},
	{"e, indefinite", RSA_DER, .wrong = EXPONENT, .length = INDEFINITE},
	{"e, one octet more", RSA_DER, .wrong = EXPONENT, .length = ONE_MORE},
	{"e, one octet less", RSA_DER, .wrong = EXPONENT, .length = ONE_LESS},

	/* octets where none belong */
	{"octet in the key", RSA_DER, .after[INFO] = "00"},
	{"NULL in the key", RSA_DER, .after[INFO] = "0500"},
	{"octet in the BIT STRING", RSA_DER, .after[BITS] = "00"},
	{"octet in the numbers", RSA_DER, .after[NUMBERS] = "00"},
	{"third number", RSA_DER, .after[NUMBERS] = "020103"},
};

enum { KEYS_COUNT = sizeof(KEYS) / sizeof(KEYS[0]) };

static void C_65_T2_crafted_keys_are_told_apart(void **state)
{
	struct rsa_public public;

	(void)state;
	for (size_t i = 0; i < KEYS_COUNT; i++) {
		struct hex key = crafted_key_octets(&KEYS[i]);
		struct hex behind = hex_octets(KEYS[i].behind ? KEYS[i].behind : "");
		const size_t der_len = key.len;
		enum rsa_fault fault;
		uint8_t *exact;

		memcpy(key.at + key.len, behind.at, behind.len);
		key.len += behind.len;
		exact = hex_exact(key.at, key.len);
		fault = rsa_public_read((struct span){exact, key.len}, &public);
		if (fault != KEYS[i].fault)
			fail_msg("%s: fault %d, not %d", KEYS[i].name, fault, KEYS[i].fault);
		if (fault == RSA_OK)
			assert_int_equal(public.der_len, der_len);
		free(exact);
	}
	assert_true(KEYS_COUNT >= 40);
}

static void C_65_keys_cut_at_any_octet_are_refused(void **state)
{
	struct rsa_public public;

	(void)state;
	for (size_t set = 0; set < 2; set++) {
		struct hex key = vectors_octets(VECTORS_SETS[set], "spki");

		for (size_t len = 0; len < key.len; len++) {
			uint8_t *exact = hex_exact(key.at, len);

			assert_int_equal(rsa_public_read((struct span){exact, len}, &public),
					 RSA_DER);
			free(exact);
		}
		assert_int_equal(rsa_public_read((struct span){NULL, 0}, &public), RSA_DER);
	}
}

/* Octets 0 to 27 and 157, 158 hold tags, lengths and the algorithm: DER leaves no freedom. */
static void C_65_each_bit_of_the_form_counts(void **state)
{
	struct hex key = vectors_octets("S1024", "spki");
	struct rsa_public public;

	(void)state;
	assert_int_equal(key.len, 162);
	for (size_t at = 0; at < 159; at++) {
		if (at == 28)
			at = 157;
		for (int bit = 0; bit < 8; bit++) {
			key.at[at] ^= (uint8_t)(1 << bit);
			if (rsa_public_read((struct span){key.at, key.len}, &public) != RSA_DER)
				fail_msg("octet %zu bit %d", at, bit);
			key.at[at] ^= (uint8_t)(1 << bit);
		}
	}
	assert_int_equal(rsa_public_read((struct span){key.at, key.len}, &public), RSA_OK);
}

static void the_keys_of_the_vectors_are_read(void **state)
{
	static const size_t modulus_len[] = {128, 255};
	struct rsa_public public;

	(void)state;
	for (size_t set = 0; set < 2; set++) {
		struct hex key = vectors_octets(VECTORS_SETS[set], "spki");
		const size_t tail = 5; /* e as INTEGER */

		assert_int_equal(rsa_public_read((struct span){key.at, key.len}, &public), RSA_OK);
		assert_int_equal(public.exponent, 65537);
		assert_int_equal(public.der_len, key.len);
		assert_int_equal(public.modulus.len, modulus_len[set]);
		assert_ptr_equal(public.modulus.at, key.at + key.len - tail - modulus_len[set]);
	}
}

static void the_key_of_rfc3972_appendix_A_is_too_small(void **state)
{
	struct rsa_public public;
	uint8_t params[256];
	FILE *file = fopen(VECTORS_DIR "peers/cga/rfc3972-appendixA.params", "r");
	size_t len;

	(void)state;
	assert_non_null(file);
	len = fread(params, 1, sizeof(params), file);
	fclose(file);
	assert_int_equal(rsa_public_read((struct span){params + 25, len - 25}, &public), RSA_SIZE);
}

static void openssl_gets_the_numbers_that_were_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS_COUNT && KEYS[i].fault == RSA_OK; i++) {
		struct hex octets = crafted_key_octets(&KEYS[i]);
		uint8_t modulus[MH_SIGNATURE_MAX];
		BIGNUM *n = NULL, *e = NULL;
		struct rsa_public public;
		struct rsa_key *key;

		assert_int_equal(rsa_public_read((struct span){octets.at, octets.len}, &public),
				 RSA_OK);
		key = rsa_key_from_public(&public);
		assert_non_null(key);
		assert_int_equal(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n), 1);
		assert_int_equal(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_E, &e), 1);
		assert_int_equal(BN_num_bytes(n), public.modulus.len);
		BN_bn2bin(n, modulus);
		assert_memory_equal(modulus, public.modulus.at, public.modulus.len);
		assert_int_equal(BN_get_word(e), public.exponent);
		assert_int_equal(EVP_PKEY_get_bits(key->pkey), KEYS[i].bits ? KEYS[i].bits : 1024);
		BN_free(n);
		BN_free(e);
		rsa_key_free(key);
	}
	rsa_key_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C_65_T2_crafted_keys_are_told_apart),
		cmocka_unit_test(C_65_keys_cut_at_any_octet_are_refused),
		cmocka_unit_test(C_65_each_bit_of_the_form_counts),
		cmocka_unit_test(the_keys_of_the_vectors_are_read),
		cmocka_unit_test(the_key_of_rfc3972_appendix_A_is_too_small),
		cmocka_unit_test(openssl_gets_the_numbers_that_were_read),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
