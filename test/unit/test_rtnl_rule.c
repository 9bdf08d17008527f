// SPDX-License-Identifier: BSD-2-Clause
// Proves rules added, deleted and listed, against what `ip` says of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/in6.h"
#include "harness/namespace.h"
#include "kernel/netlink.h"
#include "kernel/rtnl.h"

static struct namespaces ns;
static struct netlink *nl;

static struct rtnl_rule rule_from(const char *from, uint32_t table, uint32_t priority)
{
	return (struct rtnl_rule){.from = in6_of(from), .table = table, .priority = priority};
}

static void rule_is_added_as_asked(void **state)
{
	(void)state;
	const struct rtnl_rule rule = rule_from("2001:db8:1::1", 6275, 1000);

	assert_int_equal(rtnl_rule_add(nl, &rule), 0);
	assert_string_equal(line_of("ip -6 -j -d rule show priority 1000 | jq -c "
				    "'[.[] | [.src, .srclen, .table, .protocol]]'"),
			    "[[\"2001:db8:1::1\",null,\"6275\",\"249\"]]");
	assert_int_equal(rtnl_rule_add(nl, &rule), -EEXIST);
	assert_int_equal(rtnl_rule_delete(nl, &rule), 0);
	assert_string_equal(line_of("ip -6 rule show priority 1000"), "");
	assert_int_equal(rtnl_rule_delete(nl, &rule), -ENOENT);
}

static void rule_takes_small_and_large_tables(void **state)
{
	(void)state;
	static const uint32_t tables[] = {1, 249, 255, 256, 6275, 0x7fffffff};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct rtnl_rule rule = rule_from("2001:db8:1::2", tables[i], 1000);

		assert_int_equal(rtnl_rule_add(nl, &rule), 0);
		assert_int_equal(rtnl_rule_delete(nl, &rule), 0);
		assert_int_equal(rtnl_rule_delete(nl, &rule), -ENOENT);
	}
}

static void rule_of_another_is_left_alone(void **state)
{
	(void)state;
	const struct rtnl_rule rule = rule_from("2001:db8:1::3", 100, 1001);

	run("ip -6 rule add from 2001:db8:1::3 table 100 priority 1001 protocol static");
	assert_int_equal(rtnl_rule_delete(nl, &rule), -ENOENT);
	run("ip -6 rule del from 2001:db8:1::3 table 100 priority 1001");
}

struct listed {
	struct rtnl_rule at[8];
	unsigned int count;
};

static void take_rule(const struct rtnl_rule *rule, void *arg)
{
	struct listed *listed = arg;

	assert_true(listed->count < 8);
	listed->at[listed->count++] = *rule;
}

static void delete_rule(const struct rtnl_rule *rule, void *arg)
{
	(void)arg;
	assert_int_equal(rtnl_rule_delete(nl, rule), 0);
}

static void rules_of_ours_are_listed(void **state)
{
	(void)state;
	const struct rtnl_rule rules[] = {rule_from("2001:db8:1::4", 6275, 1000),
					  rule_from("2001:db8:1::5", 77, 1001)};
	struct listed listed = {0};

	run("ip -6 rule add from 2001:db8:1::3 table 100 priority 900 protocol static");
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(rtnl_rule_add(nl, &rules[i]), 0);
	assert_int_equal(rtnl_rule_list_ours(nl, take_rule, &listed), 0);
	assert_int_equal(listed.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(in6_equal(&listed.at[i].from, &rules[i].from));
		assert_int_equal(listed.at[i].table, rules[i].table);
		assert_int_equal(listed.at[i].priority, rules[i].priority);
	}
	assert_int_equal(rtnl_rule_list_ours(nl, delete_rule, NULL), 0);
	listed.count = 0;
	assert_int_equal(rtnl_rule_list_ours(nl, take_rule, &listed), 0);
	assert_int_equal(listed.count, 0);
	assert_string_equal(line_of("ip -6 rule show priority 900 | grep -c 2001:db8:1::3"), "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rule_is_added_as_asked),
		cmocka_unit_test(rule_takes_small_and_large_tables),
		cmocka_unit_test(rule_of_another_is_left_alone),
		cmocka_unit_test(rules_of_ours_are_listed),
	};

	if (!namespaces_open(&ns))
		return 77;
	nl = netlink_open(0);
	if (!nl)
		return 1;
	int failed = cmocka_run_group_tests_name("rtnl_rule", tests, NULL, NULL);

	netlink_close(nl);
	namespaces_close(&ns);
	return failed;
}
