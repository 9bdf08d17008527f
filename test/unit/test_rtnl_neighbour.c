// SPDX-License-Identifier: BSD-2-Clause
// Proves neighbour entries set, read, deleted and probed, against what `ip` says of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/neighbour.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/in6.h"
#include "harness/namespace.h"
#include "kernel/netlink.h"
#include "kernel/rtnl.h"

static struct namespaces ns;
static struct netlink *nl;
static uint32_t w0;

static const char *shown(const char *address)
{
	return line_of("ip -6 -j neigh show %s dev w0 nud all | jq -c '.[0] | [.lladdr, .state]'",
		       address);
}

static void neighbour_is_set_as_asked(void **state)
{
	(void)state;
	static const struct {
		uint16_t state;
		const char *mac_and_state;
	} rows[] = {
		{NUD_STALE, "[\"02:00:00:00:00:00\",[\"STALE\"]]"},
		{NUD_REACHABLE, "[\"02:00:00:00:00:01\",[\"REACHABLE\"]]"},
		{NUD_PERMANENT, "[\"02:00:00:00:00:02\",[\"PERMANENT\"]]"},
		{NUD_STALE, "[\"02:00:00:00:00:03\",[\"STALE\"]]"},
	};
	const struct in6_addr address = in6_of("2001:db8:1::77");

	for (uint8_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rtnl_neighbour neighbour = {
			.ifindex = w0,
			.address = address,
			.has_mac = true,
			.mac = {2, 0, 0, 0, 0, i},
			.state = rows[i].state,
		};
		struct rtnl_neighbour got = {0};

		assert_int_equal(rtnl_neighbour_set(nl, &neighbour), 0);
		assert_string_equal(shown("2001:db8:1::77"), rows[i].mac_and_state);
		assert_int_equal(rtnl_neighbour_get(nl, w0, &address, &got), 0);
		assert_int_equal(got.ifindex, w0);
		assert_int_equal(got.state, rows[i].state);
		assert_true(got.has_mac);
		assert_memory_equal(got.mac, neighbour.mac, sizeof(got.mac));
		assert_true(in6_equal(&got.address, &address));
	}
	assert_int_equal(rtnl_neighbour_delete(nl, w0, &address), 0);
	assert_string_equal(shown("2001:db8:1::77"), "[null,null]");
}

static void neighbour_absent_is_enoent(void **state)
{
	(void)state;
	const struct in6_addr address = in6_of("2001:db8:1::78");
	struct rtnl_neighbour neighbour = {.ifindex = 99999, .state = NUD_STALE, .has_mac = true};

	assert_int_equal(rtnl_neighbour_get(nl, w0, &address, &neighbour), -ENOENT);
	assert_int_equal(rtnl_neighbour_delete(nl, w0, &address), -ENOENT);
	assert_int_equal(rtnl_neighbour_get(nl, 99999, &address, &neighbour), -ENODEV);
	assert_int_equal(rtnl_neighbour_set(nl, &neighbour), -ENODEV);
	assert_int_equal(rtnl_neighbour_delete(nl, 99999, &address), -ENODEV);
	assert_int_equal(rtnl_neighbour_probe(nl, 99999, &address), -ENODEV);
	neighbour.ifindex = w0, neighbour.has_mac = false;
	assert_int_equal(rtnl_neighbour_set(nl, &neighbour), -EINVAL); /* STALE without a MAC */
}

static void neighbour_probed_is_resolved(void **state)
{
	(void)state;
	const struct in6_addr address = in6_of("2001:db8:1::2");
	struct rtnl_neighbour got;
	char expected[64];

	assert_int_equal(rtnl_neighbour_get(nl, w0, &address, &got), -ENOENT);
	namespace_enter(ns.peer);
	snprintf(expected, sizeof(expected), "[\"%s\",[\"REACHABLE\"]]",
		 line_of("ip -j link show dev w1 | jq -r '.[0].address'"));
	namespace_enter(ns.home);
	assert_int_equal(rtnl_neighbour_probe(nl, w0, &address), 0);
	assert_true(becomes(expected, "ip -6 -j neigh show 2001:db8:1::2 dev w0 nud all | "
				      "jq -c '.[0] | [.lladdr, .state]'"));
}

static void neighbour_probed_when_stale_is_confirmed(void **state)
{
	(void)state;
	struct rtnl_neighbour neighbour = {.ifindex = w0, .address = in6_of("2001:db8:1::2")};

	run("echo 1 > /proc/sys/net/ipv6/neigh/w0/delay_first_probe_time");
	assert_int_equal(rtnl_neighbour_get(nl, w0, &neighbour.address, &neighbour), 0);
	neighbour.state = NUD_STALE;
	assert_int_equal(rtnl_neighbour_set(nl, &neighbour), 0);
	assert_int_equal(rtnl_neighbour_probe(nl, w0, &neighbour.address), 0);
	assert_int_equal(rtnl_neighbour_get(nl, w0, &neighbour.address, &neighbour), 0);
	assert_int_equal(neighbour.state, NUD_DELAY);
	assert_true(becomes("[\"REACHABLE\"]", "ip -6 -j neigh show 2001:db8:1::2 dev w0 nud all "
					       "| jq -c '.[0].state'"));
}

static void neighbour_probed_in_vain_has_no_mac(void **state)
{
	(void)state;
	const struct in6_addr address = in6_of("2001:db8:1::99");
	struct rtnl_neighbour got;

	assert_int_equal(rtnl_neighbour_probe(nl, w0, &address), 0);
	assert_int_equal(rtnl_neighbour_get(nl, w0, &address, &got), 0);
	assert_int_equal(got.state, NUD_INCOMPLETE);
	assert_false(got.has_mac);
	assert_int_equal(rtnl_neighbour_delete(nl, w0, &address), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbour_is_set_as_asked),
		cmocka_unit_test(neighbour_absent_is_enoent),
		cmocka_unit_test(neighbour_probed_is_resolved),
		cmocka_unit_test(neighbour_probed_when_stale_is_confirmed),
		cmocka_unit_test(neighbour_probed_in_vain_has_no_mac),
	};

	if (!namespaces_open(&ns))
		return 77;
	namespace_veth(&ns, "w0", "w1");
	run("ip addr add 2001:db8:1::1/64 dev w0 nodad");
	namespace_enter(ns.peer);
	run("ip addr add 2001:db8:1::2/64 dev w1 nodad");
	namespace_enter(ns.home);
	w0 = if_nametoindex("w0");
	nl = netlink_open(0);
	if (!nl)
		return 1;
	int failed = cmocka_run_group_tests_name("rtnl_neighbour", tests, NULL, NULL);

	netlink_close(nl);
	namespaces_close(&ns);
	return failed;
}
