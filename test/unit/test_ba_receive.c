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
#include "mn/identity.h"
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
	bul_init(&world->bul, world->base, no_timeout, NULL);
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

/* A BA of our own making: option 5 under `kbm`, if any. */
static struct hex make_ba(const struct world *world, uint8_t status, uint16_t sequence,
			  const char *coa, const char *rh2, const char *kbm)
{
	const struct in6_addr hdar = vectors_address(world->set, "DAR1");
	const struct in6_addr hoa = vectors_address(world->set, HOA);
	const struct in6_addr to = vectors_address(world->set, coa);
	struct in6_addr final = to;
	struct mh_build what = {
		.type = IP6_MH_TYPE_BA, .status = status, .sequence = sequence, .bad = kbm != NULL};
	struct mh_built mh;
	struct hex packet;
	ssize_t len;

	if (rh2)
		final = vectors_address(world->set, rh2);
	if (status < 128)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(faults),
		cmocka_unit_test(m16_settled_bus_are_answered_no_more),
		cmocka_unit_test(m21_a_bent_proof_is_discarded),
		cmocka_unit_test(a_proved_dar_must_prove_itself),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
