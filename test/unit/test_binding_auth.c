// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of Kbm, authenticators and keygen tokens: crypto/binding_auth.h. */
#include "crypto/binding_auth.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/digest.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"

static const uint8_t ZERO_TOKEN[MH_TOKEN_LEN];

/* Which Kbm of the vectors protects which message. */
static const struct {
	const char *message, *kbm;
} PROTECTED[] = {
	{"BA1_phkt_no_dar_proof", "kbm/phkt|zero"},
	{"BA1_phkt_dar_cga", "kbm/phkt|zero"},
	{"BU2_phkt_early", "kbm/phkt|zero"},
	{"BA2", "kbm/phkt|zero"},
	{"BU3_phkt_complete", "kbm/phkt|CoA3token"},
	{"BU3b_cga_secure", "kbm/zero|CoA3token (initial, secure mode)"},
	{"BU4_dereg_away", "kbm/phkt (dereg)"},
	{"BU5_dereg_home", "kbm/phkt (dereg)"},
	{"BA5_dereg_home", "kbm/phkt (dereg)"},
};

enum { PROTECTED_COUNT = sizeof(PROTECTED) / sizeof(PROTECTED[0]) };

struct exchange {
	struct in6_addr coa, dar;
	struct hex mh, bad, kbm;
};

static struct exchange exchange_of(const char *set, size_t i)
{
	struct exchange p;
	struct hex input;
	char path[64];

	snprintf(path, sizeof(path), "%s/mac_input", PROTECTED[i].message);
	input = vectors_octets(set, path);
	memcpy(&p.coa, input.at, 16);
	memcpy(&p.dar, input.at + 16, 16);
	snprintf(path, sizeof(path), "%s/mh", PROTECTED[i].message);
	p.mh = vectors_octets(set, path); /* as sent: with its checksum, with the authenticator */
	p.mh.len -= MH_BAD_LEN;
	assert_int_equal(p.mh.len, input.len - 32);
	snprintf(path, sizeof(path), "%s/authenticator", PROTECTED[i].message);
	p.bad = vectors_octets(set, path);
	p.kbm = vectors_octets(set, PROTECTED[i].kbm);
	return p;
}

static bool is_valid(const struct exchange *p)
{
	return binding_auth_valid(p->kbm.at, &p->coa, &p->dar, (struct span){p->mh.at, p->mh.len},
				  (struct span){p->bad.at, p->bad.len});
}

static void C_73_kbm_is_that_of_the_vectors_in_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct hex phkt = vectors_octets(VECTORS_SETS[i], "phkt");
		struct hex careof = vectors_octets(VECTORS_SETS[i], "careof_token_CoA3");
		const struct {
			const uint8_t *home, *careof;
			const char *expected;
		} rows[] = {
			{phkt.at, ZERO_TOKEN, "kbm/phkt|zero"},
			{phkt.at, careof.at, "kbm/phkt|CoA3token"},
			{phkt.at, NULL, "kbm/phkt (dereg)"},
			{ZERO_TOKEN, careof.at, "kbm/zero|CoA3token (initial, secure mode)"},
		};

		for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
			struct hex expected = vectors_octets(VECTORS_SETS[i], rows[r].expected);
			uint8_t kbm[KBM_LEN];

			kbm_derive(rows[r].home, rows[r].careof, kbm);
			assert_int_equal(expected.len, KBM_LEN);
			assert_memory_equal(kbm, expected.at, KBM_LEN);
		}
	}
}

static void C_44_authenticators_are_those_of_the_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * PROTECTED_COUNT; i++) {
		struct exchange p = exchange_of(VECTORS_SETS[i % 2], i / 2);
		uint8_t bad[MH_BAD_LEN];

		binding_auth_compute(p.kbm.at, &p.coa, &p.dar, (struct span){p.mh.at, p.mh.len},
				     bad);
		assert_int_equal(p.bad.len, MH_BAD_LEN);
		assert_memory_equal(bad, p.bad.at, MH_BAD_LEN);
		assert_true(is_valid(&p));
	}
}

/* No message with an authenticator is missing from the table above. */
static void every_protected_message_of_the_vectors_is_tested(void **state)
{
	const char *message;

	(void)state;
	for (unsigned int i = 0; (message = vectors_message("S1024", i)); i++) {
		char path[64];
		struct hex mh;
		bool listed = false;

		snprintf(path, sizeof(path), "%s/mh", message);
		mh = vectors_octets("S1024", path);
		for (size_t p = 0; p < PROTECTED_COUNT; p++)
			listed = listed || strcmp(PROTECTED[p].message, message) == 0;
		if (mh.len >= 2 + MH_BAD_LEN)
			assert_int_equal(listed,
					 mh.at[mh.len - 14] == 5 && mh.at[mh.len - 13] == 12);
	}
}

static struct in6_addr json_address(json_t *row, const char *name)
{
	struct in6_addr address;

	assert_int_equal(
		inet_pton(AF_INET6, json_string_value(json_object_get(row, name)), &address), 1);
	return address;
}

static struct hex json_octets(json_t *row, const char *name)
{
	return hex_octets(json_string_value(json_object_get(row, name)));
}

static void C_44_authenticators_of_other_implementations_are_valid(void **state)
{
	json_t *rows = json_load_file(VECTORS_DIR "peers/kbm-bu-vectors.json", 0, NULL), *row;
	size_t i;

	(void)state;
	assert_true(json_array_size(rows) >= 3);
	json_array_foreach(rows, i, row)
	{
		struct exchange p = {.coa = json_address(row, "coa"),
				     .dar = json_address(row, "cn"),
				     .mh = json_octets(row, "mh_hex"),
				     .bad = json_octets(row, "authenticator"),
				     .kbm = json_octets(row, "kbm")};
		struct hex home = json_octets(row, "home_keygen_token");
		struct hex careof = json_octets(row, "careof_keygen_token");
		uint8_t kbm[KBM_LEN];

		kbm_derive(home.at, careof.at, kbm);
		assert_memory_equal(kbm, p.kbm.at, KBM_LEN);
		p.mh.len -= MH_BAD_LEN;
		assert_memory_equal(p.mh.at + p.mh.len, p.bad.at, MH_BAD_LEN);
		assert_true(is_valid(&p));
	}
	json_decref(rows);
}

static void C_46_one_bit_anywhere_but_the_checksum_is_refused(void **state)
{
	struct exchange p = exchange_of("S1024", 2);
	const struct {
		const char *name;
		uint8_t *at;
		size_t len;
	} rows[] = {
		{"kbm", p.kbm.at, KBM_LEN},
		{"coa", p.coa.s6_addr, 16},
		{"dar", p.dar.s6_addr, 16},
		{"mh", p.mh.at, p.mh.len},
		{"authenticator", p.bad.at, MH_BAD_LEN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t bit = 0; bit < rows[i].len * 8; bit++) {
			bool checksum = rows[i].at == p.mh.at && (bit / 8 == 4 || bit / 8 == 5);

			rows[i].at[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (is_valid(&p) != checksum)
				fail_msg("%s bit %zu", rows[i].name, bit);
			rows[i].at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	assert_true(is_valid(&p));
}

/* A comparison that took the length from the message would accept a prefix. */
static void C_46_authenticators_of_another_length_are_refused(void **state)
{
	struct exchange p = exchange_of("S1024", 2);
	struct span pieces[] = {{p.coa.s6_addr, 16}, {p.dar.s6_addr, 16}, {p.mh.at, p.mh.len}};
	uint8_t mac[SHA1_LEN];

	(void)state;
	memset(p.mh.at + 4, 0, 2);
	digest_hmac_sha1(p.kbm.at, pieces, 3, mac);
	for (size_t len = 0; len <= SHA1_LEN; len++) {
		uint8_t *exact = hex_exact(mac, len);
		bool valid = binding_auth_valid(p.kbm.at, &p.coa, &p.dar,
						(struct span){p.mh.at, p.mh.len},
						(struct span){len ? exact : NULL, len});

		assert_int_equal(valid, len == MH_BAD_LEN);
		free(exact);
	}
}

static void messages_cut_at_any_octet_are_read_within_bounds(void **state)
{
	struct exchange p = exchange_of("S1024", 2);
	uint8_t last[MH_BAD_LEN] = {0}, bad[MH_BAD_LEN];

	(void)state;
	for (size_t len = 0; len <= p.mh.len; len++) {
		uint8_t *exact = hex_exact(p.mh.at, len);

		binding_auth_compute(p.kbm.at, &p.coa, &p.dar, (struct span){exact, len}, bad);
		if (len > 6)
			assert_memory_not_equal(bad, last, sizeof(bad));
		memcpy(last, bad, sizeof(bad));
		free(exact);
	}
	assert_memory_equal(last, p.bad.at, MH_BAD_LEN);
}

static void C_73_the_three_forms_of_kbm_differ(void **state)
{
	uint8_t early[KBM_LEN], complete[KBM_LEN], dereg[KBM_LEN];
	const uint8_t phkt[MH_TOKEN_LEN] = {1}, careof[MH_TOKEN_LEN] = {2};

	(void)state;
	kbm_derive(phkt, ZERO_TOKEN, early);
	kbm_derive(phkt, careof, complete);
	kbm_derive(phkt, NULL, dereg);
	assert_memory_not_equal(early, complete, KBM_LEN);
	assert_memory_not_equal(early, dereg, KBM_LEN);
	assert_memory_not_equal(complete, dereg, KBM_LEN);
}

/* A de-registration does not verify with the Kbm of a registration, nor the other way round. */
static void C_73_authenticators_of_one_form_are_refused_in_another(void **state)
{
	struct exchange p;

	(void)state;
	for (size_t i = 0; i < PROTECTED_COUNT; i++) {
		p = exchange_of("S2040", i);
		for (size_t other = 0; other < PROTECTED_COUNT; other++) {
			p.kbm = vectors_octets("S2040", PROTECTED[other].kbm);
			assert_int_equal(is_valid(&p),
					 strcmp(PROTECTED[i].kbm, PROTECTED[other].kbm) == 0);
		}
	}
}

static void C_52_keygen_tokens_are_those_of_the_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *set = VECTORS_SETS[i];
		struct hex kcn = vectors_octets(set, "kcn"), nonce = vectors_octets(set, "nonce");
		struct in6_addr hoa = vectors_address(set, "HoA1_sec0_cc/0");
		struct in6_addr coa = vectors_address(set, "CoA3");
		const struct {
			const struct in6_addr *address;
			uint8_t kind;
			const char *expected;
		} rows[] = {{&hoa, 0, "home_token_HoA1"}, {&coa, 1, "careof_token_CoA3"}};

		for (size_t r = 0; r < 2; r++) {
			struct hex expected = vectors_octets(set, rows[r].expected);
			uint8_t token[MH_TOKEN_LEN], other[MH_TOKEN_LEN];

			keygen_token(kcn.at, rows[r].address, (struct span){nonce.at, nonce.len},
				     rows[r].kind, token);
			assert_memory_equal(token, expected.at, MH_TOKEN_LEN);
			keygen_token(kcn.at, rows[r].address, (struct span){nonce.at, nonce.len},
				     !rows[r].kind, other);
			assert_memory_not_equal(token, other, MH_TOKEN_LEN);
		}
	}
}

static void a_key_id_is_the_start_of_sha256(void **state)
{
	const struct span abc = {(const uint8_t *)"abc", 3};
	struct hex expected = hex_octets("ba7816bf8f01cfea"); /* FIPS 180-2 appendix B.1 */
	uint8_t key_id[8];

	(void)state;
	key_id_of(abc, key_id);
	assert_memory_equal(key_id, expected.at, sizeof(key_id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C_73_kbm_is_that_of_the_vectors_in_every_form),
		cmocka_unit_test(C_44_authenticators_are_those_of_the_vectors),
		cmocka_unit_test(every_protected_message_of_the_vectors_is_tested),
		cmocka_unit_test(C_44_authenticators_of_other_implementations_are_valid),
		cmocka_unit_test(C_46_one_bit_anywhere_but_the_checksum_is_refused),
		cmocka_unit_test(C_46_authenticators_of_another_length_are_refused),
		cmocka_unit_test(messages_cut_at_any_octet_are_read_within_bounds),
		cmocka_unit_test(C_73_the_three_forms_of_kbm_differ),
		cmocka_unit_test(C_73_authenticators_of_one_form_are_refused_in_another),
		cmocka_unit_test(C_52_keygen_tokens_are_those_of_the_vectors),
		cmocka_unit_test(a_key_id_is_the_start_of_sha256),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
