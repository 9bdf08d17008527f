// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/interception: what the home link is told when a binding begins, whose MAC
 * the kernel learns when its MN is back. Link and kernel are played here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/in6.h"
#include "dar/dar_private.h"
#include "harness/bu_situation.h"

#include <linux/neighbour.h>

enum { ACCESS_IFINDEX = 7, OTHER_IFINDEX = 8 };

static struct config config;
static struct dar dar;
static struct situation good;
static unsigned int announced, link_locals, probes, neighbours;
static struct rtnl_neighbour learnt;

void proxy_announce(struct dar *of, const struct in6_addr *hoa)
{
	(void)of;
	announced += in6_equal(hoa, &good.entry.hoa);
}

void dad_link_local(struct dad *dad, const struct in6_addr *hoa, bool on)
{
	(void)dad;
	link_locals += on && in6_equal(hoa, &good.entry.hoa);
}

void dad_probe(struct dad *dad, const struct in6_addr *hoa)
{
	(void)dad;
	probes += in6_equal(hoa, &good.entry.hoa);
}

int rtnl_neighbour_set(struct netlink *nl, const struct rtnl_neighbour *neighbour)
{
	(void)nl;
	neighbours++;
	learnt = *neighbour;
	return 0;
}

static void set_up(void)
{
	situation_good(&good, BU_METHOD_PHKT);
	dar = (struct dar){.config = &config, .prefixes = good.prefixes};
	dar.prefixes.at[0].ifindex = ACCESS_IFINDEX;
	announced = link_locals = probes = neighbours = 0;
}

static void begin(void)
{
	struct bu bu;

	bu_read(&good.packet, &bu);
	interception_begin(&dar, &bu);
}

static void c40_c43_what_a_beginning_tells(void **state)
{
	static const enum config_dad modes[] = {DAD_OFF, DAD_STRICT, DAD_OPTIMISTIC};

	(void)state;
	for (int i = 0; i < 6; i++) {
		set_up();
		config.security.dad = modes[i / 2];
		if (i % 2)
			good.packet.message.bu.flags |= IP6_MH_BU_LLOCAL;
		begin();
		assert_int_equal(announced, 1);
		assert_int_equal(link_locals, i % 2);
		assert_int_equal(probes, modes[i / 2] == DAD_OPTIMISTIC);
	}
}

/* A MN that de-registers from elsewhere is not at home: no MAC of a router for its HoA. */
static void r24_who_is_back_is_known(void **state)
{
	static const struct {
		const char *hoa;
		bool away;
		uint32_t ifindex;
		unsigned int learnt;
	} rows[] = {
		{"2001:db8:1::5", false, ACCESS_IFINDEX, 1},
		{"2001:db8:1::5", true, ACCESS_IFINDEX, 0},
		{"2001:db8:1::5", false, OTHER_IFINDEX, 0},
		{"2001:db8:9::5", false, ACCESS_IFINDEX, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ingress from = {rows[i].ifindex, {2, 0, 0, 0, 0, 5}};
		struct bu bu;

		set_up();
		situation_deregister(&good);
		good.packet.has_hao = rows[i].away;
		good.packet.hao = good.packet.source = situation_address(rows[i].hoa);
		bu_read(&good.packet, &bu);
		interception_welcome_home(&dar, &bu, &from);
		if (neighbours != rows[i].learnt)
			fail_msg("row %zu", i);
		if (!neighbours)
			continue;
		assert_true(in6_equal(&learnt.address, &bu.hoa) && learnt.has_mac);
		assert_int_equal(learnt.ifindex, ACCESS_IFINDEX);
		assert_memory_equal(learnt.mac, from.source_mac, ND_MAC_LEN);
		assert_int_equal(learnt.state, NUD_STALE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(c40_c43_what_a_beginning_tells),
		cmocka_unit_test(r24_who_is_back_is_known),
	};

	return cmocka_run_group_tests_name("interception", tests, NULL, NULL);
}
