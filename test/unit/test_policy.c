// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows that pin what the configuration allows for a CoA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "dar/policy.h"

static struct in6_addr address(const char *text)
{
	struct in6_addr out;

	assert_int_equal(inet_pton(AF_INET6, text, &out), 1);
	return out;
}

static struct config_net net(const char *text, unsigned int len)
{
	return (struct config_net){address(text), len};
}

static struct config *partners(void)
{
	static struct config config;

	memset(&config, 0, sizeof(config));
	config.binding.max_lifetime_s = 86400;
	config.security.coa_test = COA_TEST_CONCURRENT;
	config.security.coa_prefix_allow[0] = net("2001:db8::", 32);
	config.security.coa_prefix_allow[1] = net("fc00::", 7);
	config.security.coa_prefix_allow_count = 2;
	config.security.domains[0] = (struct config_domain){
		.coa_prefixes = {net("2001:db8:20::", 44), net("2001:db8:2f:1::", 64)},
		.coa_prefix_count = 2,
		.max_lifetime_s = 3600,
		.coa_test = COA_TEST_NONE,
	};
	config.security.domains[1] = (struct config_domain){
		.coa_prefixes = {net("2001:db8:2f::", 48), net("2001:db9::", 32)},
		.coa_prefix_count = 2,
		.max_lifetime_s = 600,
		.coa_test = COA_TEST_REQUIRE,
	};
	config.security.domain_count = 2;
	config.security.legacy[0] = (struct config_legacy){
		.hoa = address("2001:db8:1::5"),
		.coa = {net("2001:db8:7::", 48), net("2001:db8:9::", 64)},
		.coa_count = 2,
	};
	config.security.legacy[1] = (struct config_legacy){
		.hoa = address("2001:db8:1::6"), .coa = {net("::", 0)}, .coa_count = 1};
	config.security.legacy_count = 2;
	return &config;
}

struct policy_row {
	const char *coa;
	struct policy policy;
};

/* C-79 and A.5: the longest prefix decides, whichever domain it stands in */
static const struct policy_row policy_rows[] = {
	{"2001:db8:1::1", {true, COA_TEST_CONCURRENT, 86400, POLICY_NO_DOMAIN}},
	{"2001:db8:20::1", {true, COA_TEST_NONE, 3600, 0}},
	{"2001:db8:2e::1", {true, COA_TEST_NONE, 3600, 0}},
	{"2001:db8:2f::1", {true, COA_TEST_REQUIRE, 600, 1}},
	{"2001:db8:2f:1::1", {true, COA_TEST_NONE, 3600, 0}},
	{"2001:db8:2f:2::1", {true, COA_TEST_REQUIRE, 600, 1}},
	{"2001:db8:30::1", {true, COA_TEST_CONCURRENT, 86400, POLICY_NO_DOMAIN}},
	{"2001:db9::1", {false, COA_TEST_REQUIRE, 600, 1}},
	{"2001:dba::1", {false, COA_TEST_CONCURRENT, 86400, POLICY_NO_DOMAIN}},
	{"fd00::1", {true, COA_TEST_CONCURRENT, 86400, POLICY_NO_DOMAIN}},
};

static void policy_of_coa(void **state)
{
	const struct config *config = partners();

	(void)state;
	for (size_t i = 0; i < sizeof(policy_rows) / sizeof(policy_rows[0]); i++) {
		const struct policy *expected = &policy_rows[i].policy;
		struct in6_addr coa = address(policy_rows[i].coa);
		struct policy policy = policy_of(config, &coa);

		if (policy.coa_allowed != expected->coa_allowed ||
		    policy.coa_test != expected->coa_test ||
		    policy.max_lifetime_s != expected->max_lifetime_s ||
		    policy.domain != expected->domain)
			fail_msg("%s: allowed %d, test %d, lifetime %u, domain %d",
				 policy_rows[i].coa, policy.coa_allowed, policy.coa_test,
				 policy.max_lifetime_s, policy.domain);
	}
}

/* A domain over everything is found where no other is */
static void default_domain(void **state)
{
	struct config *config = partners();
	struct in6_addr coa = address("2001:dba::1"), known = address("2001:db8:20::1");

	(void)state;
	config->security.domains[1].coa_prefixes[0] = net("::", 0);
	assert_int_equal(policy_of(config, &coa).domain, 1);
	assert_int_equal(policy_of(config, &known).domain, 0);
}

struct legacy_row {
	const char *hoa, *source;
	bool allowed;
};

/* A.5: listed, and from where it is listed; at home it comes from the HoA itself */
static const struct legacy_row legacy_rows[] = {
	{"2001:db8:1::5", "2001:db8:7::1", true},  {"2001:db8:1::5", "2001:db8:7:1::1", true},
	{"2001:db8:1::5", "2001:db8:9::1", true},  {"2001:db8:1::5", "2001:db8:9:1::1", false},
	{"2001:db8:1::5", "2001:db8:8::1", false}, {"2001:db8:1::5", "2001:db8:1::5", true},
	{"2001:db8:1::5", "2001:db8:1::6", false}, {"2001:db8:1::6", "2001:dba::1", true},
	{"2001:db8:1::7", "2001:db8:7::1", false}, {"2001:db8:1::7", "2001:db8:1::7", false},
};

static void legacy_allows(void **state)
{
	struct config *config = partners();

	(void)state;
	for (size_t i = 0; i < sizeof(legacy_rows) / sizeof(legacy_rows[0]); i++) {
		const struct legacy_row *row = &legacy_rows[i];
		struct in6_addr hoa = address(row->hoa), source = address(row->source);

		if (policy_legacy_allows(config, &hoa, &source) != row->allowed)
			fail_msg("%s from %s", row->hoa, row->source);
	}
	config->security.legacy_count = 0;
	for (size_t i = 0; i < sizeof(legacy_rows) / sizeof(legacy_rows[0]); i++) {
		struct in6_addr hoa = address(legacy_rows[i].hoa);

		assert_false(policy_legacy_allows(config, &hoa, &hoa));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy_of_coa),
		cmocka_unit_test(default_domain),
		cmocka_unit_test(legacy_allows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
