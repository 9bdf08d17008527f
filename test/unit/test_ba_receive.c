// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of what a BA is worth (M-16 to M-21, M-31, M-39), on the vectors and bent ones. */
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/in6.h"
#include "crypto/binding_auth.h"
#include "crypto/keypair.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"
#include "mn/ba_receive.h"
#include "mn/bul.h"
#include "store/identity.h"
#include "wire/mh.h"

#define HOA "HoA1_sec0_cc/0"

enum { IPV6_LEN = 40, RH2_LEN = 24 };

struct world {
	struct event_base *base;
	struct bul bul;
	struct bul_entry *entry;
	struct identity identity;
	const char *set;
};

static void no_timeout(struct bul_entry *entry, void *arg)
{
	(void)entry;
	(void)arg;
}

static void world_open(struct world *world, const char *set)
{
	struct hex pem = vectors_pem(set, "mn"), phkt = vectors_octets(set, "phkt");
	struct in6_addr hoa = vectors_address(set, HOA), hdar = vectors_address(set, "DAR1");

	*world = (struct world){.base = event_base_new(), .set = set};
	bul_init(&world->bul, &(struct bul_policy){0}, world->base, no_timeout, NULL);
	world->entry = bul_add(&world->bul, &hoa, &hdar);
	world->identity.key = keypair_from_pem(pem.at, pem.len);
	assert_non_null(world->entry);
	assert_non_null(world->identity.key);
	bul_store_phkt(world->entry, phkt.at, 1);
}

static void world_close(struct world *world)
{
	bul_clear(&world->bul);
	event_base_free(world->base);
	keypair_free(world->identity.key);
}

static void sent(struct world *world, uint16_t sequence, const char *coa, bool is_signed,
		 bool is_deregistration)
{
	struct bul_sent bu = {
		.is_outstanding = true,
		.is_signed = is_signed,
		.is_deregistration = is_deregistration,
		.from_home = strcmp(coa, HOA) == 0,
		.sequence = sequence,
		.coa = vectors_address(world->set, coa),
		.lifetime_s = is_deregistration ? 0 : 86400,
		.timestamp = UINT64_C(0xea00000012345678),
		.at_ns = 5,
	};

	bul_note_sent(world->entry, &bu);
}

/* The same of a BU with the token of CoA3, or with option 15. */
static void sent_with(struct world *world, uint16_t sequence, bool is_signed,
		      enum bul_careof careof)
{
	struct hex token = vectors_octets(world->set, "careof_token_CoA3");
	struct bul_sent *bu = &world->entry->sent[world->entry->sent_next];

	sent(world, sequence, "CoA3", is_signed, false);
	bu->careof = careof;
	if (careof != BUL_CAREOF_INIT)
		memcpy(bu->token, token.at, sizeof(bu->token));
}

static enum ba_fault check(const struct world *world, const struct hex *packet,
			   struct ba_verdict *out)
{
	struct mh_packet parsed;

	assert_int_equal(mh_packet_parse(packet->at, packet->len, &parsed), MH_OK);
	return ba_check(&world->identity, &world->bul, &parsed, out);
}

struct row {
	const char *name;
	const char *coa;
	uint16_t sequence;
	bool is_signed, is_deregistration;
	uint32_t lifetime_s;
	bool is_authenticated, is_proved, has_phkt;
};

static const struct row ROWS[] = {
	{"BA1_phkt_no_dar_proof", "CoA2", 0x1234, true, false, 86400, true, false, true},
	{"BA1_phkt_dar_cga", "CoA2", 0x1234, true, false, 86400, true, true, true},
	{"BA2", "CoA3", 0x1235, false, false, 86400, true, false, false},
	{"BA5_dereg_home", HOA, 0x1238, false, true, 0, true, false, false},
	{"BA_err_147_noauth", "CoA3", 0x1235, false, false, 0, false, false, false},
};

static struct hex packet_of(const char *set, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/packet", name);
	return vectors_octets(set, path);
}

static void vectors(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
			const struct row *row = &ROWS[i];
			struct hex phkt = vectors_octets(VECTORS_SETS[s], "phkt");
			struct hex packet = packet_of(VECTORS_SETS[s], row->name);
			struct ba_verdict verdict;
			struct world world;

			print_message("%s %s\n", VECTORS_SETS[s], row->name);
			world_open(&world, VECTORS_SETS[s]);
			world.entry->has_phkt = !row->is_signed; /* M-19: taken from option 14 */
			sent(&world, row->sequence, row->coa, row->is_signed,
			     row->is_deregistration);
			assert_int_equal(check(&world, &packet, &verdict), BA_OK);
			assert_ptr_equal(verdict.entry, world.entry);
			assert_true(verdict.answer.is_matched);
			assert_int_equal(verdict.answer.sequence, row->sequence);
			assert_int_equal(verdict.answer.lifetime_s, row->lifetime_s);
			assert_int_equal(verdict.answer.is_authenticated, row->is_authenticated);
			assert_int_equal(verdict.answer.is_proved, row->is_proved);
			assert_int_equal(verdict.answer.to_signed, row->is_signed);
			assert_int_equal(verdict.answer.to_deregistration, row->is_deregistration);
			assert_int_equal(verdict.has_phkt, row->has_phkt);
			if (row->has_phkt)
				assert_memory_equal(verdict.phkt, phkt.at, MH_TOKEN_LEN);
			world_close(&world);
		}
	}
}

/* A BA of our own making: option 5 under `kbm`, if any, and what else `what` says. */
static struct hex make_ba_of(const struct world *world, struct mh_build what, const char *coa,
			     const char *rh2, const char *kbm)
{
	const struct in6_addr hdar = vectors_address(world->set, "DAR1");
	const struct in6_addr hoa = vectors_address(world->set, HOA);
	const struct in6_addr to = vectors_address(world->set, coa);
	struct in6_addr final = to;
	struct mh_built mh;
	struct hex packet;
	ssize_t len;

	if (rh2)
		final = vectors_address(world->set, rh2);
	what.type = IP6_MH_TYPE_BA;
	what.bad = kbm != NULL;
	if (what.status < 128)
		what.lifetime = 100;
	assert_int_equal(mh_build(&what, &mh), 0);
	if (kbm) {
		struct hex key = vectors_octets(world->set, kbm);

		binding_auth_compute(key.at, strstr(kbm, "dereg") ? &hoa : &to, &hdar,
				     (struct span){mh.octets, mh.mac_len}, &mh.octets[mh.mac_len]);
	}
	mh_set_checksum(&mh, &hdar, &final);
	len = mh_packet_build(&hdar, &to, NULL, rh2 ? &final : NULL, &mh, packet.at,
			      sizeof(packet.at));
	assert_true(len > 0);
	packet.len = (size_t)len;
	return packet;
}

static struct hex make_ba(const struct world *world, uint8_t status, uint16_t sequence,
			  const char *coa, const char *rh2, const char *kbm)
{
	const struct mh_build what = {.status = status, .sequence = sequence};

	return make_ba_of(world, what, coa, rh2, kbm);
}

struct fault_row {
	const char *name;
	/* the BU */
	const char *bu_coa;
	bool is_signed, is_deregistration;
	/* the BA */
	uint8_t status;
	uint16_t sequence;
	const char *coa, *rh2, *kbm;
	enum ba_fault fault;
};

#define EARLY    "kbm/phkt|zero"
#define COMPLETE "kbm/phkt|CoA3token"
#define DEREG    "kbm/phkt (dereg)"

/* clang-format off */
static const struct fault_row FAULTS[] = {
	{"M-16 accepted", "CoA3", false, false, 0, 9, "CoA3", HOA, EARLY, BA_OK},
	{"M-16 sequence number unknown", "CoA3", false, false, 0, 8, "CoA3", HOA, EARLY, BA_SEQUENCE},
	{"M-16 no BAD", "CoA3", false, false, 0, 9, "CoA3", HOA, NULL, BA_UNAUTHENTICATED},
	{"M-16 BAD of another token", "CoA3", false, false, 0, 9, "CoA3", HOA, COMPLETE, BA_AUTHENTICATOR},
	{"8.5 BAD of a de-registration", "CoA3", false, false, 0, 9, "CoA3", HOA, DEREG, BA_AUTHENTICATOR},
	{"refusal with a wrong BAD", "CoA3", false, false, 130, 9, "CoA3", HOA, COMPLETE, BA_AUTHENTICATOR},
	{"refusal with a right BAD", "CoA3", false, false, 130, 9, "CoA3", HOA, EARLY, BA_OK},
	{"refusal without BAD", "CoA3", false, false, 130, 9, "CoA3", HOA, NULL, BA_OK},
	{"to another CoA", "CoA2", false, false, 0, 9, "CoA3", HOA, EARLY, BA_ADDRESS},
	{"M-31 no routing header", "CoA3", false, false, 0, 9, HOA, NULL, EARLY, BA_ADDRESS},
	{"M-31 routing header to a node at home", HOA, false, true, 0, 9, HOA, HOA, DEREG, BA_ADDRESS},
	{"M-39 another HoA", "CoA3", false, false, 0, 9, "CoA3", "HoA1_sec0_cc/1", EARLY, BA_STRANGER},
	{"M-18 135 authenticated", "CoA3", false, false, 135, 4711, "CoA3", HOA, EARLY, BA_OK},
	{"M-18 135 forged", "CoA3", false, false, 135, 4711, "CoA3", HOA, COMPLETE, BA_AUTHENTICATOR},
	{"signed de-registration needs no BAD", "CoA3", true, true, 0, 9, "CoA3", HOA, NULL, BA_OK},
	{"PHKT de-registration does", "CoA3", false, true, 0, 9, "CoA3", HOA, NULL, BA_UNAUTHENTICATED},
	{"de-registration away", "CoA3", false, true, 0, 9, "CoA3", HOA, DEREG, BA_OK},
};
/* clang-format on */

static void faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(FAULTS) / sizeof(FAULTS[0]); i++) {
		const struct fault_row *row = &FAULTS[i];
		struct ba_verdict verdict;
		struct world world;

		print_message("%s\n", row->name);
		world_open(&world, VECTORS_SETS[0]);
		sent(&world, 9, row->bu_coa, row->is_signed, row->is_deregistration);
		struct hex packet =
			make_ba(&world, row->status, row->sequence, row->coa, row->rh2, row->kbm);

		assert_int_equal(check(&world, &packet, &verdict), row->fault);
		if (row->fault == BA_OK)
			assert_int_equal(verdict.answer.is_authenticated, row->kbm != NULL);
		world_close(&world);
	}
}

static void m16_settled_bus_are_answered_no_more(void **state)
{
	struct ba_verdict verdict;
	struct world world;

	(void)state;
	world_open(&world, VECTORS_SETS[0]);
	for (uint16_t sequence = 65534; sequence != 2; sequence++)
		sent(&world, sequence, "CoA3", false, false);
	struct hex old = make_ba(&world, 0, 65535, "CoA3", HOA, EARLY);
	struct hex late = make_ba(&world, 0, 1, "CoA3", HOA, EARLY);

	assert_int_equal(check(&world, &old, &verdict), BA_OK); /* the answer to a repeated BU */
	bul_settle(world.entry, 0);
	assert_int_equal(check(&world, &old, &verdict), BA_SEQUENCE);
	assert_int_equal(check(&world, &late, &verdict), BA_OK);
	world_close(&world);
}

/* M-21, M-20: one octet wrong anywhere in the proof or the token, checksum mended. */
static void m21_a_bent_proof_is_discarded(void **state)
{
	(void)state;
	struct hex packet = packet_of(VECTORS_SETS[0], "BA1_phkt_dar_cga");
	const size_t mh = IPV6_LEN + RH2_LEN;

	for (size_t at = mh + 12; at < packet.len; at += 7) {
		struct hex bent = packet;
		struct ba_verdict verdict;
		struct mh_packet parsed;
		struct world world;
		uint16_t sum;

		bent.at[at] ^= 0x10;
		bent.at[mh + 4] = bent.at[mh + 5] = 0;
		world_open(&world, VECTORS_SETS[0]);
		sum = mh_checksum(&world.entry->peer->hdar, &world.entry->hoa, bent.at + mh,
				  bent.len - mh);
		bent.at[mh + 4] = (uint8_t)(sum >> 8);
		bent.at[mh + 5] = (uint8_t)sum;
		sent(&world, 0x1234, "CoA2", true, false);
		if (mh_packet_parse(bent.at, bent.len, &parsed) == MH_OK) {
			enum ba_fault fault =
				ba_check(&world.identity, &world.bul, &parsed, &verdict);

			assert_int_not_equal(fault, BA_OK);
			assert_false(verdict.has_phkt && verdict.answer.is_proved &&
				     fault == BA_OK);
		}
		world_close(&world);
	}
}

/* 8.9: a DAR that proved itself once is held to it; refusals stay hints. */
static void a_proved_dar_must_prove_itself(void **state)
{
	struct hex packet = packet_of(VECTORS_SETS[0], "BA1_phkt_no_dar_proof");
	struct ba_verdict verdict;
	struct world world;

	(void)state;
	world_open(&world, VECTORS_SETS[0]);
	sent(&world, 0x1234, "CoA2", true, false);
	world.entry->peer->is_proved = true;
	assert_int_equal(check(&world, &packet, &verdict), BA_PROOF);
	packet = packet_of(VECTORS_SETS[0], "BA1_phkt_dar_cga");
	assert_int_equal(check(&world, &packet, &verdict), BA_OK);
	packet = make_ba(&world, 130, 0x1234, "CoA2", HOA, NULL);
	assert_int_equal(check(&world, &packet, &verdict), BA_OK);
	world_close(&world);
}

/* dar_proof: always, though this DAR never proved itself; refusals stay hints, and the BA to a
 * BU-PHKT cannot be asked for a proof. */
static void dar_proof_always(void **state)
{
	struct hex packet = packet_of(VECTORS_SETS[0], "BA1_phkt_no_dar_proof");
	struct ba_verdict verdict;
	struct world world;

	(void)state;
	world_open(&world, VECTORS_SETS[0]);
	world.bul.policy.dar_proof = DAR_PROOF_ALWAYS;
	sent(&world, 0x1234, "CoA2", true, false);
	assert_int_equal(check(&world, &packet, &verdict), BA_PROOF);
	packet = packet_of(VECTORS_SETS[0], "BA1_phkt_dar_cga");
	assert_int_equal(check(&world, &packet, &verdict), BA_OK);
	packet = make_ba(&world, 137, 0x1234, "CoA2", HOA, NULL);
	assert_int_equal(check(&world, &packet, &verdict), BA_OK);
	sent(&world, 0x1235, "CoA3", false, false);
	packet = make_ba(&world, 0, 0x1235, "CoA3", HOA, EARLY);
	assert_int_equal(check(&world, &packet, &verdict), BA_OK);
	world_close(&world);
}

struct complete_row {
	const char *name;
	enum bul_careof careof;
	const char *kbm;
	uint8_t status;
	enum ba_fault fault;
};

/* 8.5: the Kbm of a BA ends with the token of the BU, eight zeros if that was early. */
static const struct complete_row COMPLETE_ROWS[] = {
	{"8.5 complete", BUL_CAREOF_TESTED, COMPLETE, 0, BA_OK},
	{"8.5 complete, refused", BUL_CAREOF_TESTED, COMPLETE, 130, BA_OK},
	{"A-09 complete with the token of option 16", BUL_CAREOF_REPLY, COMPLETE, 0, BA_OK},
	{"M-16 complete, BAD of an early BU", BUL_CAREOF_TESTED, EARLY, 0, BA_AUTHENTICATOR},
	{"M-16 complete, BAD of a de-registration", BUL_CAREOF_REPLY, DEREG, 0, BA_AUTHENTICATOR},
	{"M-16 early, BAD of a complete BU", BUL_CAREOF_INIT, COMPLETE, 0, BA_AUTHENTICATOR},
	{"8.5 early with option 15", BUL_CAREOF_INIT, EARLY, 0, BA_OK},
	{"M-23 137 has no BAD", BUL_CAREOF_TESTED, NULL, 137, BA_OK},
};

static void bas_to_complete_bus(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(COMPLETE_ROWS) / sizeof(COMPLETE_ROWS[0]); i++) {
		const struct complete_row *row = &COMPLETE_ROWS[i / 2];
		struct ba_verdict verdict;
		struct world world;
		struct hex packet;

		print_message("%s %s\n", VECTORS_SETS[i % 2], row->name);
		world_open(&world, VECTORS_SETS[i % 2]);
		sent_with(&world, 9, false, row->careof);
		packet = make_ba(&world, row->status, 9, "CoA3", HOA, row->kbm);
		assert_int_equal(check(&world, &packet, &verdict), row->fault);
		if (row->fault == BA_OK) {
			assert_int_equal(verdict.answer.is_authenticated, row->kbm != NULL);
			assert_int_equal(verdict.answer.careof, row->careof);
			assert_false(verdict.answer.gives_token);
		}
		world_close(&world);
	}
}

struct token_row {
	const char *name;
	enum bul_careof careof;
	const char *kbm;
	uint8_t status;
	bool gives_token;
};

static const struct token_row TOKEN_ROWS[] = {
	{"8.4 option 16 after option 15", BUL_CAREOF_INIT, EARLY, 0, true},
	{"not asked for", BUL_CAREOF_NONE, EARLY, 0, false},
	{"to a complete BU", BUL_CAREOF_TESTED, COMPLETE, 0, false},
	{"in an answer without BAD", BUL_CAREOF_INIT, NULL, 130, false},
};

static void tokens_of_option_16(void **state)
{
	static const uint8_t token[MH_TOKEN_LEN] = {1, 2, 3, 4, 5, 6, 7, 8};

	(void)state;
	for (size_t i = 0; i < sizeof(TOKEN_ROWS) / sizeof(TOKEN_ROWS[0]); i++) {
		const struct token_row *row = &TOKEN_ROWS[i];
		const struct mh_build what = {.status = row->status,
					      .sequence = 9,
					      .careof_token = token,
					      .refresh_advice = 10};
		struct ba_verdict verdict;
		struct world world;
		struct hex packet;

		print_message("%s\n", row->name);
		world_open(&world, VECTORS_SETS[0]);
		sent_with(&world, 9, false, row->careof);
		packet = make_ba_of(&world, what, "CoA3", HOA, row->kbm);
		assert_int_equal(check(&world, &packet, &verdict), BA_OK);
		assert_int_equal(verdict.answer.gives_token, row->gives_token);
		assert_int_equal(verdict.answer.refresh_s, 40); /* option 2, units of 4 s */
		assert_false(verdict.answer.is_current);        /* the entry has moved on */
		world.entry->coa = vectors_address(VECTORS_SETS[0], "CoA3");
		assert_int_equal(check(&world, &packet, &verdict), BA_OK);
		assert_true(verdict.answer.is_current);
		if (row->gives_token) {
			assert_memory_equal(verdict.careof.token, token, sizeof(token));
			assert_int_equal(verdict.careof.nonce, 0xffff);
			assert_int_equal(verdict.careof.since_ns, 5); /* when the BU left */
			assert_true(in6_equal(&verdict.careof.coa, &world.entry->coa));
		}
		world_close(&world);
	}
}

/* The token in use is the one exchange.careof names; the others, and old ones (M-25), are not. */
static void the_token_of_the_next_bu(void **state)
{
	const uint64_t life = CAREOF_TOKEN_AGE_MAX_S * UINT64_C(1000000000);
	struct world world;

	(void)state;
	world_open(&world, VECTORS_SETS[0]);
	struct bul_entry *entry = world.entry;

	entry->coa = vectors_address(VECTORS_SETS[0], "CoA3");
	entry->careof = (struct careof_token){.coa = entry->coa, .nonce = 0xffff, .since_ns = 7};
	entry->peer->careof = (struct careof_token){.coa = entry->coa, .nonce = 3, .since_ns = 8};
	assert_null(bul_careof_token(entry, 9));
	entry->exchange.careof = BUL_CAREOF_INIT;
	assert_null(bul_careof_token(entry, 9));
	entry->exchange.careof = BUL_CAREOF_REPLY;
	assert_ptr_equal(bul_careof_token(entry, 9), &entry->careof);
	assert_non_null(bul_careof_token(entry, 7 + life - 1));
	assert_null(bul_careof_token(entry, 7 + life));
	entry->exchange.careof = BUL_CAREOF_TESTED;
	assert_ptr_equal(bul_careof_token(entry, 9), &entry->peer->careof);
	entry->coa.s6_addr[15] ^= 1;
	assert_null(bul_careof_token(entry, 9));
	world_close(&world);
}

/* M-19: the HDAR may check a signed BU later than a PHKT BU sent after it; then its PHKT is the new
 * one. Its timestamps only grow, so an older signed BU never comes after a newer one. */
static void a_signed_bu_waits_behind_a_phkt_bu(void **state)
{
	const struct hex packet = packet_of(VECTORS_SETS[0], "BA1_phkt_no_dar_proof");
	struct ba_verdict verdict;
	struct world world;

	(void)state;
	world_open(&world, VECTORS_SETS[0]);
	sent(&world, 0x1234, "CoA2", true, false);
	sent(&world, 0x1235, "CoA2", false, false);
	bul_settle(world.entry, 0x1235);
	assert_null(bul_outstanding(world.entry, 0x1235));
	assert_int_equal(check(&world, &packet, &verdict), BA_OK);
	assert_true(verdict.has_phkt);
	sent(&world, 0x1236, "CoA2", true, false);
	bul_settle(world.entry, 0x1236);
	assert_int_equal(check(&world, &packet, &verdict), BA_SEQUENCE);
	world_close(&world);
}

/* What was answered keeps no token. */
static void settled_bus_keep_no_token(void **state)
{
	static const uint8_t zeros[MH_TOKEN_LEN];
	struct world world;

	(void)state;
	world_open(&world, VECTORS_SETS[0]);
	sent_with(&world, 9, false, BUL_CAREOF_TESTED);
	assert_memory_not_equal(world.entry->sent[0].token, zeros, sizeof(zeros));
	bul_settle(world.entry, 9);
	assert_memory_equal(world.entry->sent[0].token, zeros, sizeof(zeros));
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(faults),
		cmocka_unit_test(m16_settled_bus_are_answered_no_more),
		cmocka_unit_test(m21_a_bent_proof_is_discarded),
		cmocka_unit_test(a_proved_dar_must_prove_itself),
		cmocka_unit_test(dar_proof_always),
		cmocka_unit_test(bas_to_complete_bus),
		cmocka_unit_test(tokens_of_option_16),
		cmocka_unit_test(the_token_of_the_next_bu),
		cmocka_unit_test(a_signed_bu_waits_behind_a_phkt_bu),
		cmocka_unit_test(settled_bus_keep_no_token),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
