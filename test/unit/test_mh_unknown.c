// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of M-41: which Parameter Problem makes the MN leave a node alone for a while. */
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/in6.h"
#include "harness/crypto_group.h"
#include "harness/vectors.h"
#include "mn/bul.h"
#include "mn/mh_unknown.h"

#define SET "S1024"
#define HOA "HoA1_sec0_cc/0"

enum { ICMPV6_OCTETS = 8, CODE_AT = 1, IPV6_OCTETS = 40, HAO_OCTETS = 24, SEQUENCE_AT = 6 };

struct world {
	struct event_base *base;
	struct bul bul;
	struct bul_peer *peer;
	struct in6_addr hdar;
};

static void no_timeout(struct bul_entry *entry, void *arg)
{
	(void)entry;
	(void)arg;
}

static void note(struct bul_entry *entry, uint16_t sequence, const char *coa, bool from_home)
{
	const struct bul_sent sent = {
		.is_outstanding = true,
		.from_home = from_home,
		.sequence = sequence,
		.coa = vectors_address(SET, coa),
	};

	bul_note_sent(entry, &sent);
}

static void world_open(struct world *world)
{
	const struct hex coti = vectors_octets(SET, "CoTI/packet");
	struct in6_addr hoa = vectors_address(SET, HOA);
	struct bul_entry *entry;

	*world = (struct world){.base = event_base_new(), .hdar = vectors_address(SET, "DAR1")};
	bul_init(&world->bul, &(struct bul_policy){0}, world->base, no_timeout, NULL);
	entry = bul_add(&world->bul, &hoa, &world->hdar);
	assert_non_null(entry);
	world->peer = entry->peer;
	world->peer->test.is_outstanding = true;
	world->peer->test.coa = vectors_address(SET, "CoA3");
	memcpy(world->peer->test.cookie, coti.at + coti.len - MH_TOKEN_LEN, MH_TOKEN_LEN);
	note(entry, 0x1235, "CoA3", false);
	note(entry, 0x1238, HOA, true);
}

static void world_close(struct world *world)
{
	bul_clear(&world->bul);
	event_base_free(world->base);
}

/* Type 4 code 1, pointer to a next header field, then the packet. */
static struct hex problem(const char *quoted)
{
	struct hex out = hex_octets("0401 0000 00000006"), packet = vectors_octets(SET, quoted);

	memcpy(out.at + out.len, packet.at, packet.len);
	out.len += packet.len;
	return out;
}

static const struct bul_peer *peer_of(const struct world *world, const struct hex *icmp6)
{
	uint8_t *exact = hex_exact(icmp6->at, icmp6->len);
	const struct bul_peer *peer =
		mh_unknown_peer(&world->bul, &world->hdar, (struct span){exact, icmp6->len});

	free(exact);
	return peer;
}

/* M-41: about a BU with and without Home Address option, and about a CoTI. */
static void m41_about_what_is_outstanding(void **state)
{
	static const char *const quoted[] = {"BU2_phkt_early/packet", "BU5_dereg_home/packet",
					     "CoTI/packet"};
	struct world world;

	(void)state;
	world_open(&world);
	for (size_t i = 0; i < sizeof(quoted) / sizeof(quoted[0]); i++) {
		struct hex icmp6 = problem(quoted[i]);

		print_message("%s\n", quoted[i]);
		assert_ptr_equal(peer_of(&world, &icmp6), world.peer);
	}
	world_close(&world);
}

/* Every octet that says whose message it was, one at a time: nobody guesses his way in. */
static void m41_not_about_anything_else(void **state)
{
	struct hex bu = problem("BU2_phkt_early/packet"), coti = problem("CoTI/packet");
	const size_t quote = ICMPV6_OCTETS, mh = quote + IPV6_OCTETS + HAO_OCTETS;
	const size_t at[] = {0,          CODE_AT,          quote,
			     quote + 6,  quote + 8,        quote + 23,
			     quote + 24, quote + 39,       quote + IPV6_OCTETS,
			     mh + 2,     mh + SEQUENCE_AT, mh + SEQUENCE_AT + 1};
	struct world world;

	(void)state;
	world_open(&world);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		struct hex bent = bu;

		bent.at[at[i]] ^= 0x40;
		print_message("octet %zu\n", at[i]);
		assert_null(peer_of(&world, &bent));
	}
	for (size_t i = coti.len - MH_TOKEN_LEN; i < coti.len; i++) {
		struct hex bent = coti;

		bent.at[i] ^= 1;
		assert_null(peer_of(&world, &bent));
	}
	world_close(&world);
}

static void m41_cut_short(void **state)
{
	const size_t bu_needs = ICMPV6_OCTETS + IPV6_OCTETS + HAO_OCTETS + SEQUENCE_AT + 2;
	struct hex bu = problem("BU2_phkt_early/packet"), coti = problem("CoTI/packet");
	struct world world;

	(void)state;
	world_open(&world);
	for (size_t len = bu.len; len > 0; len--) {
		bu.len = len;
		assert_ptr_equal(peer_of(&world, &bu), len >= bu_needs ? world.peer : NULL);
	}
	for (size_t len = coti.len - 1; len > 0; len--) {
		coti.len = len;
		assert_null(peer_of(&world, &coti));
	}
	world_close(&world);
}

/* From the node that the message was sent to, and about what still waits. */
static void m41_not_from_others_nor_late(void **state)
{
	struct hex bu = problem("BU2_phkt_early/packet"), coti = problem("CoTI/packet");
	const struct in6_addr stranger = vectors_address(SET, "CoA2");
	struct world world;

	(void)state;
	world_open(&world);
	assert_null(mh_unknown_peer(&world.bul, &stranger, (struct span){bu.at, bu.len}));
	bul_settle(LIST_FIRST(&world.bul.entries), 0x1235);
	assert_null(peer_of(&world, &bu));
	world.peer->test.is_outstanding = false;
	assert_null(peer_of(&world, &coti));
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(m41_about_what_is_outstanding),
		cmocka_unit_test(m41_not_about_anything_else),
		cmocka_unit_test(m41_cut_short),
		cmocka_unit_test(m41_not_from_others_nor_late),
	};

	return cmocka_run_group_tests(tests, crypto_group_start, crypto_group_stop);
}
