// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that every message of vectors.json is built and read octet for octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/in6.h"
#include "crypto/binding_auth.h"
#include "crypto/bu_signature.h"
#include "crypto/cga.h"
#include "crypto/keypair.h"
#include "crypto/phkt.h"
#include "crypto/rsa_key.h"
#include "crypto/secret.h"
#include "harness/hex.h"
#include "harness/vectors.h"
#include "wire/mh.h"

#define HOA          "HoA1_sec0_cc/0"
#define KBM_EARLY    "kbm/phkt|zero"
#define KBM_COMPLETE "kbm/phkt|CoA3token"
#define KBM_DEREG    "kbm/phkt (dereg)"
#define KBM_SECURE   "kbm/zero|CoA3token (initial, secure mode)"
#define BU(seq, life)                                                                              \
	{                                                                                          \
		.type = IP6_MH_TYPE_BU, .sequence = seq, .flags = IP6_MH_BU_ACK | IP6_MH_BU_HOME,  \
		.lifetime = life                                                                   \
	}
#define BA(code, seq, life)                                                                        \
	{                                                                                          \
		.type = IP6_MH_TYPE_BA, .status = code, .sequence = seq, .lifetime = life          \
	}

enum { FULL_LIFETIME = MH_LIFETIME_MAX_UNITS };

/* What a message is made of; addresses and keys by their names in vectors.json. */
struct vector_row {
	const char *name;
	const char *source, *destination, *hao, *rh2;
	struct mh_build what;
	const char *coa;        /* in authenticator and signature */
	const char *alt_coa;    /* option 3 */
	bool timestamp;         /* option 10 */
	bool phkt;              /* option 14 */
	const char *signer;     /* options 12 and 13: "mn" or "dar" */
	bool cga_request;       /* option 11 */
	bool has_nonce_indices; /* option 4 */
	const char *kbm;        /* option 5 */
};

/* clang-format off */
static const struct vector_row ROWS[] = {
	{"BU1_cga_fast", "CoA2", "DAR1", HOA, NULL, BU(0x1234, FULL_LIFETIME), "CoA2",
	 .alt_coa = "CoA2", .timestamp = true, .signer = "mn", .cga_request = true},
	{"BA1_phkt_no_dar_proof", "DAR1", "CoA2", NULL, HOA, BA(0, 0x1234, FULL_LIFETIME), "CoA2",
	 .timestamp = true, .phkt = true, .kbm = KBM_EARLY},
	{"BA1_phkt_dar_cga", "DAR1", "CoA2", NULL, HOA, BA(0, 0x1234, FULL_LIFETIME), "CoA2",
	 .timestamp = true, .phkt = true, .signer = "dar", .kbm = KBM_EARLY},
	{"BU2_phkt_early", "CoA3", "DAR1", HOA, NULL, BU(0x1235, FULL_LIFETIME), "CoA3",
	 .alt_coa = "CoA3", .kbm = KBM_EARLY},
	{"BA2", "DAR1", "CoA3", NULL, HOA, BA(0, 0x1235, FULL_LIFETIME), "CoA3", .kbm = KBM_EARLY},
	{"CoTI", "CoA3", "DAR1", NULL, NULL, {.type = IP6_MH_TYPE_COTI}},
	{"CoT", "DAR1", "CoA3", NULL, NULL, {.type = IP6_MH_TYPE_COT, .nonce = 7}},
	{"BU3_phkt_complete", "CoA3", "DAR1", HOA, NULL, BU(0x1236, FULL_LIFETIME), "CoA3",
	 .alt_coa = "CoA3", .has_nonce_indices = true, .kbm = KBM_COMPLETE},
	{"BU3b_cga_secure", "CoA3", "DAR1", HOA, NULL, BU(0x1236, FULL_LIFETIME), "CoA3",
	 .alt_coa = "CoA3", .timestamp = true, .signer = "mn", .has_nonce_indices = true,
	 .kbm = KBM_SECURE},
	{"BU4_dereg_away", "CoA3", "DAR1", HOA, NULL, BU(0x1237, 0), HOA, .kbm = KBM_DEREG},
	{"BU5_dereg_home", HOA, "DAR1", NULL, NULL, BU(0x1238, 0), HOA, .kbm = KBM_DEREG},
	{"BA5_dereg_home", "DAR1", HOA, NULL, NULL, BA(0, 0x1238, 0), HOA, .kbm = KBM_DEREG},
	{"BA_err_147_noauth", "DAR1", "CoA3", NULL, HOA, BA(147, 0x1235, 0)},
	{"BE_status2", "DAR1", "CoA3", NULL, NULL, {.type = IP6_MH_TYPE_BE, .status = 2}},
	{"BRR", "DAR1", HOA, NULL, NULL, {.type = IP6_MH_TYPE_BRR}},
};
/* clang-format on */

static const uint8_t COOKIE[] = {0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7};
static const uint64_t TIMESTAMP = 0xea00000012345678ull;
enum { CAREOF_NONCE = 7 };

static const struct vector_row *row_named(const char *name)
{
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
		if (strcmp(ROWS[i].name, name) == 0)
			return &ROWS[i];
	fail_msg("%s has no row", name);
	return NULL;
}

static struct hex octets_below(const char *set, const char *name, const char *leaf)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", name, leaf);
	return vectors_octets(set, path);
}

static struct keypair *load_key(const char *set, const char *owner)
{
	struct hex pem = vectors_pem(set, owner);
	struct keypair *key = keypair_from_pem(pem.at, pem.len);

	assert_non_null(key);
	return key;
}

/* The parameters of the signer's address: the MN's HoA, or the DAR's own. */
static struct hex cga_params_of(const char *set, const char *owner, const struct keypair *key)
{
	struct in6_addr address = vectors_address(set, strcmp(owner, "mn") ? "DAR1" : HOA);
	struct hex modifier = vectors_octets(set, "modifier_sec0"), out = {.len = 0};
	struct cga_params params = {.collisions = 0, .key = keypair_spki(key)};
	struct writer w = writer_of(out.at, sizeof(out.at));

	memcpy(params.modifier, modifier.at, sizeof(params.modifier));
	memcpy(params.prefix, &address, sizeof(params.prefix));
	cga_params_write(&params, &w);
	out.len = w.len;
	return out;
}

struct endpoints {
	struct in6_addr source, destination, hao, rh2, coa, dar;
};

static struct endpoints endpoints_of(const char *set, const struct vector_row *row)
{
	struct endpoints e = {
		.source = vectors_address(set, row->source),
		.destination = vectors_address(set, row->destination),
		.dar = vectors_address(set, "DAR1"),
	};

	if (row->hao)
		e.hao = vectors_address(set, row->hao);
	if (row->rh2)
		e.rh2 = vectors_address(set, row->rh2);
	if (row->coa)
		e.coa = vectors_address(set, row->coa);
	return e;
}

/* Signature, authenticator, checksum: the order of protocol 8.2. */
static void seal(const char *set, const struct vector_row *row, const struct endpoints *e,
		 const struct keypair *key, struct mh_built *mh)
{
	if (row->signer) {
		struct signed_message message = {&e->coa, &e->dar, {mh->octets, mh->signed_len}};

		assert_int_equal(bu_sign(key, &message, mh->octets + mh->signature_at,
					 keypair_modulus_len(key)),
				 0);
	}
	if (row->kbm)
		binding_auth_compute(vectors_octets(set, row->kbm).at, &e->coa, &e->dar,
				     (struct span){mh->octets, mh->mac_len},
				     mh->octets + mh->mac_len);
	mh_set_checksum(mh, row->hao ? &e->hao : &e->source, row->rh2 ? &e->rh2 : &e->destination);
}

static void build_row(const char *set, const struct vector_row *row, uint8_t *out, size_t size,
		      ssize_t *len)
{
	struct keypair *key = row->signer ? load_key(set, row->signer) : NULL;
	struct hex params = key ? cga_params_of(set, row->signer, key) : (struct hex){.len = 0};
	struct hex ciphertext = vectors_octets(set, "phkt_ciphertext");
	struct hex careof_token = vectors_octets(set, "careof_token_CoA3");
	struct endpoints e = endpoints_of(set, row);
	struct in6_addr hoa = vectors_address(set, HOA);
	struct mh_build what = row->what;
	struct mh_built mh;

	what.hoa = &hoa;
	what.cookie = COOKIE;
	what.token = careof_token.at;
	what.alt_coa = row->alt_coa ? &e.source : NULL;
	what.timestamp = row->timestamp ? &TIMESTAMP : NULL;
	what.phkt =
		row->phkt ? (struct span){ciphertext.at, ciphertext.len} : (struct span){NULL, 0};
	what.cga_params = (struct span){params.at, params.len};
	what.signature_len = key ? keypair_modulus_len(key) : 0;
	what.cga_request = row->cga_request;
	what.has_nonce_indices = row->has_nonce_indices;
	what.careof_nonce = CAREOF_NONCE;
	what.bad = row->kbm != NULL;
	assert_int_equal(mh_build(&what, &mh), 0);
	seal(set, row, &e, key, &mh);
	*len = mh_packet_build(&e.source, &e.destination, row->hao ? &e.hao : NULL,
			       row->rh2 ? &e.rh2 : NULL, &mh, out, size);
	keypair_free(key);
}

static void every_message_is_built_octet_for_octet(void **state)
{
	(void)state;
	for (size_t set = 0; set < 2; set++) {
		const char *name;
		unsigned int i;

		for (i = 0; (name = vectors_message(VECTORS_SETS[set], i)); i++) {
			struct hex want = octets_below(VECTORS_SETS[set], name, "packet");
			uint8_t out[MH_LEN_MAX];
			ssize_t len;

			build_row(VECTORS_SETS[set], row_named(name), out, sizeof(out), &len);
			if (len != (ssize_t)want.len || memcmp(out, want.at, want.len) != 0)
				print_message("%s %s\n", VECTORS_SETS[set], name);
			assert_int_equal(len, want.len);
			assert_memory_equal(out, want.at, want.len);
		}
		assert_int_equal(i, sizeof(ROWS) / sizeof(ROWS[0]));
	}
}

static void assert_fixed_part(const char *set, const struct vector_row *row,
			      const struct mh_message *m)
{
	struct in6_addr hoa = vectors_address(set, HOA);

	assert_int_equal(m->type, row->what.type);
	switch (m->type) {
	case IP6_MH_TYPE_BU:
		assert_int_equal(m->bu.sequence, row->what.sequence);
		assert_int_equal(m->bu.flags, row->what.flags);
		assert_int_equal(m->bu.lifetime, row->what.lifetime);
		break;
	case IP6_MH_TYPE_BA:
		assert_int_equal(m->ba.status, row->what.status);
		assert_int_equal(m->ba.flags, 0);
		assert_int_equal(m->ba.sequence, row->what.sequence);
		assert_int_equal(m->ba.lifetime, row->what.lifetime);
		break;
	case IP6_MH_TYPE_BE:
		assert_int_equal(m->be.status, row->what.status);
		assert_true(in6_equal(&m->be.hoa, &hoa));
		break;
	case IP6_MH_TYPE_COT:
		assert_int_equal(m->test.nonce, CAREOF_NONCE);
		assert_memory_equal(m->test.token, vectors_octets(set, "careof_token_CoA3").at,
				    MH_TOKEN_LEN);
		assert_memory_equal(m->test.cookie, COOKIE, MH_TOKEN_LEN);
		break;
	case IP6_MH_TYPE_COTI:
		assert_memory_equal(m->test.cookie, COOKIE, MH_TOKEN_LEN);
		break;
	}
}

static void assert_signed_by(const char *set, const char *owner, const struct endpoints *e,
			     const struct mh_message *m)
{
	const struct mh_options *o = &m->options;
	struct signed_message message = {&e->coa, &e->dar, {m->octets.at, o->signed_len}};
	struct keypair *key = load_key(set, owner);
	struct hex want = cga_params_of(set, owner, key), got = {.len = 0};
	struct cga_params params;
	struct rsa_public public;
	struct rsa_key *verifier;

	for (unsigned int i = 0; i < o->cga_chunk_count; i++) {
		memcpy(got.at + got.len, o->cga_chunks[i].at, o->cga_chunks[i].len);
		got.len += o->cga_chunks[i].len;
	}
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.at, want.at, want.len);
	assert_int_equal(cga_params_read((struct span){got.at, got.len}, &params), CGA_OK);
	assert_int_equal(rsa_public_read(params.key, &public), RSA_OK);
	verifier = rsa_key_from_public(&public);
	assert_true(bu_signature_valid(verifier, &message, o->signature));
	rsa_key_free(verifier);
	keypair_free(key);
}

static void assert_options(const char *set, const struct vector_row *row, const struct endpoints *e,
			   const struct mh_message *m)
{
	struct hex phkt = vectors_octets(set, "phkt_ciphertext");
	const struct mh_options *o = &m->options;

	assert_int_equal(o->has_alt_coa, row->alt_coa != NULL);
	if (row->alt_coa)
		assert_true(in6_equal(&o->alt_coa, &e->source));
	assert_int_equal(o->has_timestamp, row->timestamp);
	assert_true(o->timestamp == (row->timestamp ? TIMESTAMP : 0));
	assert_int_equal(o->phkt.len, row->phkt ? phkt.len : 0);
	if (row->phkt)
		assert_memory_equal(o->phkt.at, phkt.at, phkt.len);
	assert_int_equal(o->cga_layout, row->signer ? MH_CGA_SIGNED : MH_CGA_ABSENT);
	if (row->signer)
		assert_signed_by(set, row->signer, e, m);
	assert_int_equal(o->cga_request, row->cga_request);
	assert_int_equal(o->has_nonce_indices, row->has_nonce_indices);
	assert_int_equal(o->home_nonce, 0);
	assert_int_equal(o->careof_nonce, row->has_nonce_indices ? CAREOF_NONCE : 0);
	assert_false(o->careof_test_init || o->has_careof_token || o->has_refresh_advice);
	assert_int_equal(o->bad.at != NULL, row->kbm != NULL);
	if (row->kbm)
		assert_true(binding_auth_valid(vectors_octets(set, row->kbm).at, &e->coa, &e->dar,
					       (struct span){m->octets.at, o->mac_len}, o->bad));
}

static void every_message_is_parsed_whole(void **state)
{
	(void)state;
	for (size_t set = 0; set < 2; set++) {
		const char *name;

		for (unsigned int i = 0; (name = vectors_message(VECTORS_SETS[set], i)); i++) {
			const struct vector_row *row = row_named(name);
			struct endpoints e = endpoints_of(VECTORS_SETS[set], row);
			struct hex packet = octets_below(VECTORS_SETS[set], name, "packet");
			struct mh_packet out;

			assert_int_equal(mh_packet_parse(packet.at, packet.len, &out), MH_OK);
			assert_true(in6_equal(&out.source, &e.source));
			assert_true(in6_equal(&out.destination, &e.destination));
			assert_int_equal(out.has_hao, row->hao != NULL);
			assert_int_equal(out.has_rh2, row->rh2 != NULL);
			assert_true(in6_equal(&out.hao, &e.hao));
			assert_true(in6_equal(&out.rh2, &e.rh2));
			assert_fixed_part(VECTORS_SETS[set], row, &out.message);
			assert_options(VECTORS_SETS[set], row, &e, &out.message);
		}
	}
}

static void the_ciphertext_of_option_14_holds_the_phkt(void **state)
{
	(void)state;
	for (size_t set = 0; set < 2; set++) {
		struct hex packet = octets_below(VECTORS_SETS[set], "BA1_phkt_dar_cga", "packet");
		struct keypair *key = load_key(VECTORS_SETS[set], "mn");
		uint8_t phkt[MH_TOKEN_LEN];
		struct mh_packet out;

		assert_int_equal(mh_packet_parse(packet.at, packet.len, &out), MH_OK);
		phkt_decrypt(key, out.message.options.phkt, phkt);
		assert_memory_equal(phkt, vectors_octets(VECTORS_SETS[set], "phkt").at,
				    sizeof(phkt));
		keypair_free(key);
	}
}

static int start(void **state)
{
	const char *why = "";

	(void)state;
	if (crypto_start(&why) == 0)
		return 0;
	print_message("%s\n", why);
	return -1;
}

static int stop(void **state)
{
	(void)state;
	crypto_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_is_built_octet_for_octet),
		cmocka_unit_test(every_message_is_parsed_whole),
		cmocka_unit_test(the_ciphertext_of_option_14_holds_the_phkt),
	};

	return cmocka_run_group_tests_name("vectors", tests, start, stop);
}
