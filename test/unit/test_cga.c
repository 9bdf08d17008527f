// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of Cryptographically Generated Addresses: crypto/cga.h. */
#include "crypto/cga.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/in6.h"
#include "crypto/digest.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"

#define PEERS VECTORS_DIR "peers/cga/"

static struct span span_of(const struct hex *hex)
{
	return (struct span){hex->at, hex->len};
}

static struct in6_addr in6_of(const char *text)
{
	struct in6_addr address;

	assert_int_equal(inet_pton(AF_INET6, text, &address), 1);
	return address;
}

static struct hex octets_of_file(const char *path)
{
	struct hex octets;
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	octets.len = fread(octets.at, 1, sizeof(octets.at), file);
	fclose(file);
	return octets;
}

static void assert_fault(enum cga_fault fault, enum cga_fault expected, const char *what, size_t at)
{
	if (fault != expected)
		fail_msg("%s %zu: fault %d, not %d", what, at, fault, expected);
}

/* Parameters of a set: modifier for Sec 0 or 1, prefix and key of the vectors. */
static struct hex params_of(const char *set, const char *modifier, uint8_t collisions)
{
	struct hex octets = vectors_octets(set, "cga_params_HoA1_sec0");
	struct hex other = vectors_octets(set, modifier);

	memcpy(octets.at, other.at, CGA_MODIFIER_LEN);
	octets.at[24] = collisions;
	return octets;
}

static void rfc3972_appendix_A_is_reproduced(void **state)
{
	struct hex octets = octets_of_file(PEERS "rfc3972-appendixA.params");
	struct in6_addr address = in6_of("fe80::3c4a:5bf6:ffb4:ca6c"), made;
	uint8_t start[] = {0x89, 0xa8, 0xa8, 0xb2, 0xe8, 0x58, 0xd8, 0xb8,
			   0xf2, 0x63, 0x3f, 0x44, 0xd2, 0xd4, 0xce, 0x9a};
	struct hex before = hex_octets("436b9a70dbfddbf1926e6e6629c0");
	struct hex after = hex_octets("000001ca680b83888d0912dffcce");
	struct hex hash1 = hex_octets("fd4a5bf6ffb4ca6c");
	const uint8_t zeros[9] = {0};
	struct cga_params params;
	struct span pieces[3];
	uint8_t hash[SHA1_LEN];

	(void)state;
	assert_int_equal(octets.len, 119);
	assert_int_equal(cga_params_read(span_of(&octets), &params), CGA_OK);
	assert_int_equal(params.key.len, 94);
	assert_int_equal(params.collisions, 0);

	pieces[0] = (struct span){start, sizeof(start)};
	pieces[1] = (struct span){zeros, sizeof(zeros)};
	pieces[2] = params.key;
	digest_sha1(pieces, 3, hash);
	assert_memory_equal(hash, before.at, before.len);
	assert_int_equal(cga_find_modifier(start, params.key, 1), 0);
	assert_memory_equal(start, params.modifier, sizeof(start));
	digest_sha1(pieces, 3, hash);
	assert_memory_equal(hash, after.at, after.len);
	digest_sha1(&(struct span){octets.at, octets.len}, 1, hash);
	assert_memory_equal(hash, hash1.at, hash1.len);

	made = cga_address(&params, 1);
	assert_memory_equal(&made, &address, sizeof(made));
	assert_int_equal(cga_verify(span_of(&octets), &address), CGA_OK);
	octets.at[15] = 0x9a; /* the modifier before */
	assert_int_equal(cga_verify(span_of(&octets), &address), CGA_HASH1);
}

/* With the modifier whose Hash2 is not zero, Hash1 can be right and the address still wrong. */
static void M_01_rfc3972_appendix_A_fails_hash2_before_the_last_step(void **state)
{
	struct hex octets = octets_of_file(PEERS "rfc3972-appendixA.params");
	struct cga_params params;
	struct in6_addr address;

	(void)state;
	octets.at[15] = 0x9a;
	assert_int_equal(cga_params_read(span_of(&octets), &params), CGA_OK);
	address = cga_address(&params, 1);
	assert_int_equal(cga_verify(span_of(&octets), &address), CGA_HASH2);
	address = cga_address(&params, 0);
	assert_int_equal(cga_verify(span_of(&octets), &address), CGA_OK);
}

static void C_58_the_address_of_the_send_example_verifies(void **state)
{
	struct hex octets = octets_of_file(PEERS "mn1.cga.params");
	struct in6_addr address = in6_of("2003::3049:deeb:fd31:70b0"), made;
	struct cga_params params;

	(void)state;
	assert_int_equal(octets.len, 187);
	assert_int_equal(cga_verify(span_of(&octets), &address), CGA_OK);
	assert_int_equal(cga_params_read(span_of(&octets), &params), CGA_OK);
	made = cga_address(&params, 1);
	assert_memory_equal(&made, &address, sizeof(made));
}

static void C_58_addresses_of_the_vectors_verify_and_are_made(void **state)
{
	static const struct {
		const char *address, *modifier;
		uint8_t collisions;
		unsigned int sec;
	} rows[] = {
		{"HoA1_sec0_cc/0", "modifier_sec0", 0, 0},
		{"HoA1_sec0_cc/1", "modifier_sec0", 1, 0},
		{"HoA1_sec0_cc/2", "modifier_sec0", 2, 0},
		{"HoA1_sec1", "modifier_sec1", 0, 1},
	};
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

	(void)state;
	for (size_t i = 0; i < 2 * ROWS * ROWS; i++) {
		const char *set = VECTORS_SETS[i % 2];
		const size_t of = i / 2 / ROWS, for_row = i / 2 % ROWS;
		struct hex octets = params_of(set, rows[of].modifier, rows[of].collisions);
		struct in6_addr address = vectors_address(set, rows[for_row].address);
		struct in6_addr made;
		struct cga_params params;

		assert_fault(cga_verify(span_of(&octets), &address),
			     of == for_row ? CGA_OK : CGA_HASH1, set, i);
		assert_int_equal(cga_params_read(span_of(&octets), &params), CGA_OK);
		made = cga_address(&params, rows[of].sec);
		assert_int_equal(in6_equal(&made, &address), of == for_row);
	}
}

static void M_01_sec_1_modifiers_are_found_by_counting_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct hex modifier = vectors_octets(VECTORS_SETS[i], "modifier_sec0");
		struct hex expected = vectors_octets(VECTORS_SETS[i], "modifier_sec1");
		struct hex spki = vectors_octets(VECTORS_SETS[i], "spki");
		const struct hex start = modifier;

		assert_int_equal(cga_find_modifier(modifier.at, span_of(&spki), 0), 0);
		assert_memory_equal(modifier.at, start.at, CGA_MODIFIER_LEN);
		assert_int_equal(cga_find_modifier(modifier.at, span_of(&spki), 1), 0);
		assert_memory_equal(modifier.at, expected.at, CGA_MODIFIER_LEN);
		assert_int_equal(cga_find_modifier(modifier.at, span_of(&spki), 1), 0);
		assert_memory_equal(modifier.at, expected.at, CGA_MODIFIER_LEN);
	}
}

static void a_modifier_wraps_round(void **state)
{
	struct hex spki = vectors_octets("S1024", "spki");
	uint8_t modifier[CGA_MODIFIER_LEN];
	static const uint8_t zeros[8];

	(void)state;
	memset(modifier, 0xff, sizeof(modifier));
	assert_int_equal(cga_find_modifier(modifier, span_of(&spki), 1), 0);
	assert_memory_equal(modifier, zeros, sizeof(zeros));
}

static void sec_above_2_is_not_made(void **state)
{
	struct hex spki = vectors_octets("S1024", "spki");
	uint8_t modifier[CGA_MODIFIER_LEN] = {7};
	const uint8_t untouched[CGA_MODIFIER_LEN] = {7};

	(void)state;
	for (unsigned int sec = CGA_SEC_MAX + 1; sec < 9; sec++)
		assert_int_equal(cga_find_modifier(modifier, span_of(&spki), sec), -EINVAL);
	assert_memory_equal(modifier, untouched, sizeof(modifier));
}

/* C-63, section 5: Sec, u and g are not Hash1's; everything else is. */
static void C_58_each_bit_of_the_address_counts_but_u_and_g(void **state)
{
	(void)state;
	for (size_t set = 0; set < 2; set++) {
		struct hex octets = vectors_octets(VECTORS_SETS[set], "cga_params_HoA1_sec0");
		struct in6_addr address = vectors_address(VECTORS_SETS[set], "HoA1_sec0_cc/0");

		for (size_t bit = 0; bit < 128; bit++) {
			enum cga_fault expected = CGA_HASH1;

			if (bit < 64)
				expected = CGA_PREFIX;
			else if (bit == 64) /* Sec 4 */
				expected = CGA_SEC;
			else if (bit == 65 || bit == 66) /* Sec 2, Sec 1 */
				expected = CGA_HASH2;
			else if (bit == 70 || bit == 71) /* u, g */
				expected = CGA_OK;
			address.s6_addr[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			assert_fault(cga_verify(span_of(&octets), &address), expected, "bit", bit);
			address.s6_addr[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		}
	}
}

static void C_63_sec_decides_how_many_bits_of_hash2_are_zero(void **state)
{
	struct hex octets = params_of("S1024", "modifier_sec1", 0);
	struct in6_addr address = vectors_address("S1024", "HoA1_sec1");
	static const enum cga_fault expected[] = {CGA_OK,  CGA_OK,  CGA_HASH2, CGA_SEC,
						  CGA_SEC, CGA_SEC, CGA_SEC,   CGA_SEC};

	(void)state;
	for (size_t sec = 0; sec < 8; sec++) {
		address.s6_addr[8] = (uint8_t)((address.s6_addr[8] & 0x1f) | sec << 5);
		assert_fault(cga_verify(span_of(&octets), &address), expected[sec], "sec", sec);
	}
}

static void C_58_each_octet_of_the_parameters_counts(void **state)
{
	struct hex octets = vectors_octets("S1024", "cga_params_HoA1_sec0");
	struct in6_addr address = vectors_address("S1024", "HoA1_sec0_cc/0");

	(void)state;
	for (size_t at = 0; at < octets.len; at++) {
		enum cga_fault expected = CGA_HASH1;

		if (at >= 16 && at < 24)
			expected = CGA_PREFIX;
		else if (at == 25 || at == 26) /* no SEQUENCE, no DER length */
			expected = CGA_SHORT;
		else if (at == 27) /* one octet too few or too many in the key */
			expected = CGA_EXTENSION;
		octets.at[at] ^= 1;
		assert_fault(cga_verify(span_of(&octets), &address), expected, "octet", at);
		octets.at[at] ^= 1;
	}
	octets.at[27]++;
	assert_int_equal(cga_verify(span_of(&octets), &address), CGA_SHORT);
}

static void C_58_collision_counts_above_2_are_refused(void **state)
{
	struct hex octets = vectors_octets("S1024", "cga_params_HoA1_sec0");
	struct in6_addr address;
	struct cga_params params;

	(void)state;
	assert_int_equal(cga_params_read(span_of(&octets), &params), CGA_OK);
	for (unsigned int count = 0; count <= UINT8_MAX; count++) {
		params.collisions = (uint8_t)count;
		octets.at[24] = (uint8_t)count;
		address = cga_address(&params, 0);
		assert_fault(cga_verify(span_of(&octets), &address),
			     count <= 2 ? CGA_OK : CGA_COLLISIONS, "count", count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3972_appendix_A_is_reproduced),
		cmocka_unit_test(M_01_rfc3972_appendix_A_fails_hash2_before_the_last_step),
		cmocka_unit_test(C_58_the_address_of_the_send_example_verifies),
		cmocka_unit_test(C_58_addresses_of_the_vectors_verify_and_are_made),
		cmocka_unit_test(M_01_sec_1_modifiers_are_found_by_counting_up),
		cmocka_unit_test(a_modifier_wraps_round),
		cmocka_unit_test(sec_above_2_is_not_made),
		cmocka_unit_test(C_58_each_bit_of_the_address_counts_but_u_and_g),
		cmocka_unit_test(C_63_sec_decides_how_many_bits_of_hash2_are_zero),
		cmocka_unit_test(C_58_each_octet_of_the_parameters_counts),
		cmocka_unit_test(C_58_collision_counts_above_2_are_refused),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
