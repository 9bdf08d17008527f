// SPDX-License-Identifier: BSD-2-Clause
// Proves sysctl values read and set, and names that must not leave their directory.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "harness/namespace.h"
#include "kernel/sysctl.h"

static struct namespaces ns;

static void value_is_set_and_restored(void **state)
{
	(void)state;
	int before, now;

	assert_int_equal(sysctl_conf_get("lo", "accept_ra", &before), 0);
	assert_int_equal(sysctl_conf_set("lo", "accept_ra", 2), 0);
	assert_int_equal(sysctl_conf_get("lo", "accept_ra", &now), 0);
	assert_int_equal(now, 2);
	assert_string_equal(line_of("cat /proc/sys/net/ipv6/conf/lo/accept_ra"), "2");
	assert_int_equal(sysctl_conf_set("lo", "accept_ra", before), 0);
	assert_int_equal(sysctl_conf_get("lo", "accept_ra", &now), 0);
	assert_int_equal(now, before);
}

static void negative_value_is_read(void **state)
{
	(void)state;
	int value = 0;

	assert_int_equal(sysctl_conf_set("lo", "router_solicitations", -1), 0);
	assert_int_equal(sysctl_conf_get("lo", "router_solicitations", &value), 0);
	assert_int_equal(value, -1);
}

static void faults_have_names(void **state)
{
	(void)state;
	static const struct {
		const char *ifname, *key;
		int get, set;
	} rows[] = {
		{"nosuch", "accept_ra", -ENOENT, -ENOENT},
		{"lo", "nosuch", -ENOENT, -ENOENT},
		{"..", "accept_ra", -EINVAL, -EINVAL},
		{".", "accept_ra", -EINVAL, -EINVAL},
		{"", "accept_ra", -EINVAL, -EINVAL},
		{"lo", "../all/accept_ra", -EINVAL, -EINVAL},
		{"../../ipv4/conf/lo", "forwarding", -EINVAL, -EINVAL},
		{"lo", "mtu", 0, -EINVAL},           /* below 1280 */
		{"lo", "stable_secret", -EIO, -EIO}, /* an address, and not set */
		{"lo",
		 "0123456789012345678901234567890123456789012345678901234567890123456789"
		 "01234567890123456789012345678901234567890123456789",
		 -ENAMETOOLONG, -ENAMETOOLONG},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int value = 4711;
		int get = sysctl_conf_get(rows[i].ifname, rows[i].key, &value);
		int set = sysctl_conf_set(rows[i].ifname, rows[i].key, 1);

		if (get != rows[i].get || set != rows[i].set)
			fail_msg("%s/%s: %d %d", rows[i].ifname, rows[i].key, get, set);
		if (get)
			assert_int_equal(value, 4711);
	}
}

static void text_is_no_number(void **state)
{
	(void)state;
	int value = 4711;

	run("echo 2001:db8::1 > /proc/sys/net/ipv6/conf/lo/stable_secret");
	assert_int_equal(sysctl_conf_get("lo", "stable_secret", &value), -EBADMSG);
	assert_int_equal(value, 4711);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_is_set_and_restored),
		cmocka_unit_test(negative_value_is_read),
		cmocka_unit_test(faults_have_names),
		cmocka_unit_test(text_is_no_number),
	};

	if (!namespaces_open(&ns))
		return 77;
	int failed = cmocka_run_group_tests_name("sysctl", tests, NULL, NULL);

	namespaces_close(&ns);
	return failed;
}
