// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of the CGA Parameters structure and its extensions: crypto/cga.h. */
#include "crypto/cga.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/in6.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"

static struct span span_of(const struct hex *hex)
{
	return (struct span){hex->at, hex->len};
}

static void assert_fault(enum cga_fault fault, enum cga_fault expected, const char *what, size_t at)
{
	if (fault != expected)
		fail_msg("%s %zu: fault %d, not %d", what, at, fault, expected);
}

/* Parameters of a set: modifier for Sec 0 or 1, prefix and key of the vectors, `extra` behind. */
static struct hex params_of(const char *set, const char *modifier, uint8_t collisions,
			    const char *extra)
{
	struct hex octets = vectors_octets(set, modifier);
	struct hex hoa_params = vectors_octets(set, "cga_params_HoA1_sec0");
	struct hex spki = vectors_octets(set, "spki"), more = hex_octets(extra);

	memcpy(octets.at + 16, hoa_params.at + 16, 8);
	octets.at[24] = collisions;
	memcpy(octets.at + 25, spki.at, spki.len);
	memcpy(octets.at + 25 + spki.len, more.at, more.len);
	octets.len = 25 + spki.len + more.len;
	return octets;
}

static void parameters_cut_at_any_octet_are_short(void **state)
{
	(void)state;
	for (size_t set = 0; set < 2; set++) {
		struct hex octets = vectors_octets(VECTORS_SETS[set], "cga_params_HoA1_sec0");
		struct in6_addr address = vectors_address(VECTORS_SETS[set], "HoA1_sec0_cc/0");

		for (size_t len = 0; len < octets.len; len++) {
			uint8_t *exact = hex_exact(octets.at, len);

			assert_fault(cga_verify((struct span){exact, len}, &address), CGA_SHORT,
				     "length", len);
			free(exact);
		}
		assert_int_equal(cga_verify((struct span){NULL, 0}, &address), CGA_SHORT);
	}
}

static void C_64_extensions_are_ignored_but_hashed(void **state)
{
	static const struct {
		const char *name, *octets;
		enum cga_fault fault;
	} rows[] = {
		{"none", "", CGA_OK},
		{"unknown, empty", "1234 0000", CGA_OK},
		{"unknown", "1234 0003 aabbcc", CGA_OK},
		{"multi-prefix, RFC 5535", "0012 000c 00000000 20010db800020000", CGA_OK},
		{"experimental, then unknown", "fffd 0001 01 0000 0002 0203", CGA_OK},
		{"type alone", "1234", CGA_EXTENSION},
		{"one octet", "12", CGA_EXTENSION},
		{"half a length", "1234 00", CGA_EXTENSION},
		{"length beyond the end", "1234 0004 aabbcc", CGA_EXTENSION},
		{"length far beyond the end", "1234 ffff aabbcc", CGA_EXTENSION},
		{"octet after the last", "1234 0003 aabbcc 00", CGA_EXTENSION},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hex octets = params_of("S1024", "modifier_sec0", 0, rows[i].octets);
		struct hex extra = hex_octets(rows[i].octets);
		struct in6_addr plain = vectors_address("S1024", "HoA1_sec0_cc/0"), address;
		struct cga_params params;
		uint8_t *exact = hex_exact(octets.at, octets.len);

		assert_fault(cga_params_read((struct span){exact, octets.len}, &params),
			     rows[i].fault, rows[i].name, i);
		assert_int_equal(params.key.len, 162 + extra.len);
		address = cga_address(&params, 0);
		assert_fault(cga_verify((struct span){exact, octets.len}, &address), rows[i].fault,
			     rows[i].name, i);
		assert_int_equal(in6_equal(&address, &plain), extra.len == 0);
		if (rows[i].fault == CGA_OK && extra.len) {
			exact[octets.len - 1] ^= 1; /* data, or the length of the empty one */
			assert_true(cga_verify((struct span){exact, octets.len}, &address) !=
				    CGA_OK);
		}
		free(exact);
	}
}

static void C_64_extensions_enter_hash2_as_well(void **state)
{
	struct hex octets = params_of("S1024", "modifier_sec1", 0, "1234 0003 aabbcc");
	struct cga_params params;
	struct in6_addr address;

	(void)state;
	assert_int_equal(cga_params_read(span_of(&octets), &params), CGA_OK);
	address = cga_address(&params, 1);
	assert_int_equal(cga_verify(span_of(&octets), &address), CGA_HASH2);
	assert_int_equal(cga_find_modifier(params.modifier, params.key, 1), 0);
	memcpy(octets.at, params.modifier, CGA_MODIFIER_LEN);
	address = cga_address(&params, 1);
	assert_int_equal(cga_verify(span_of(&octets), &address), CGA_OK);
}

/* One extension of zeros that fills the structure to its limit and one octet above. */
static void parameters_have_a_largest_size(void **state)
{
	struct hex octets = params_of("S1024", "modifier_sec0", 0, "1234 0000");
	const size_t most = CGA_PARAMS_MAX - octets.len;
	struct cga_params params;
	struct in6_addr address;

	(void)state;
	for (size_t more = most; more <= most + 1; more++) {
		struct span all = {octets.at, octets.len + more};

		memset(octets.at + octets.len, 0, more);
		octets.at[octets.len - 2] = (uint8_t)(more >> 8);
		octets.at[octets.len - 1] = (uint8_t)more;
		assert_int_equal(cga_params_read(all, &params), more == most ? CGA_OK : CGA_SHORT);
		address = cga_address(&params, 0);
		assert_int_equal(cga_verify(all, &address), more == most ? CGA_OK : CGA_SHORT);
	}
}

static void parameters_are_written_as_they_were_read(void **state)
{
	struct hex octets = params_of("S2040", "modifier_sec1", 2, "1234 0003 aabbcc");
	uint8_t out[CGA_PARAMS_MAX];
	struct cga_params params;
	struct writer w;

	(void)state;
	assert_int_equal(cga_params_read(span_of(&octets), &params), CGA_OK);
	w = writer_of(out, sizeof(out));
	cga_params_write(&params, &w);
	assert_false(w.failed);
	assert_int_equal(w.len, octets.len);
	assert_memory_equal(out, octets.at, octets.len);
	w = writer_of(out, octets.len - 1);
	cga_params_write(&params, &w);
	assert_true(w.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_cut_at_any_octet_are_short),
		cmocka_unit_test(C_64_extensions_are_ignored_but_hashed),
		cmocka_unit_test(C_64_extensions_enter_hash2_as_well),
		cmocka_unit_test(parameters_have_a_largest_size),
		cmocka_unit_test(parameters_are_written_as_they_were_read),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
