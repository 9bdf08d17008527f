// SPDX-License-Identifier: BSD-2-Clause
/* Owns the good files: field by field, the defaults, the examples, JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/in6.h"
#include "harness/config_text.h"

#define DAR "role: dar\nname: d\n"
#define ACC                                                                                        \
	"interfaces:\n- name: a\n  prefixes:\n  - {prefix: 2001:db8::/64, address: 2001:db8::1}\n"
#define MN "role: mn\nname: m\ninterfaces: [{name: w}]\n"

static struct config *load_good(const char *text)
{
	char path[CONFIG_TEXT_PATH_MAX], said[2048];
	struct config *config = load_text(text, path, said, sizeof(said));

	if (!config)
		fail_msg("refused: %s", said);
	assert_string_equal(said, "");
	return config;
}

static void assert_address(const struct in6_addr *address, const char *text)
{
	assert_string_equal(in6_text(address).s, text);
}

/* What a DAR's or an MN's configuration is when only the demanded keys are given. */
static void assert_common_defaults(const struct config *c)
{
	assert_int_equal(c->log_level, LOG_LEVEL_INFO);
	assert_int_equal(c->log_format, LOG_FORMAT_LOGFMT);
	assert_int_equal(c->tunnel.hop_limit, 64);
	assert_true(c->tunnel.dscp_copy);
	assert_int_equal(c->tunnel.max_nested, 1);
	assert_int_equal(c->stop, STOP_KEEP);
}

static void assert_dar_defaults(const struct config *c)
{
	assert_int_equal(c->role, ROLE_DAR);
	assert_common_defaults(c);
	assert_int_equal(c->binding.max, 65536);
	assert_true(c->binding.accept);
	assert_int_equal(c->binding.max_lifetime_s, 86400);
	assert_int_equal(c->binding.durability, DURABILITY_NONE);
	assert_int_equal(c->security.coa_test, COA_TEST_CONCURRENT);
	assert_int_equal(c->security.dad, DAD_OPTIMISTIC);
	assert_int_equal(c->security.replay, REPLAY_TIMESTAMP);
	assert_int_equal(c->security.crypto_budget, 2000);
	assert_int_equal(c->security.rsa_min, 1024);
	assert_true(c->security.require_seen);
	assert_true(c->security.source_check);
	assert_false(c->security.bra_advice);
	assert_int_equal(c->security.limits.per_key, 16);
	assert_int_equal(c->security.limits.per_link_address, 16);
	assert_int_equal(c->security.limits.per_coa_prefix, 0);
	assert_int_equal(c->security.domain_count, 0);
	assert_int_equal(c->security.legacy_count, 0);
	assert_int_equal(c->identity.rsa_bits, 2040);
	assert_int_equal(c->identity.sec, 0);
	assert_int_equal(c->security.coa_prefix_allow_count, 1);
	assert_int_equal(c->security.coa_prefix_allow[0].len, 0);
	assert_address(&c->security.coa_prefix_allow[0].prefix, "::");
	assert_int_equal(c->security.ctx_lifetime_s, 86400);
	assert_int_equal(c->security.context_max, 0);
	assert_int_equal(c->security.prev_coa_grace_ms, 1000);
}

static void assert_ra_defaults(const struct config_interface *interface)
{
	assert_int_equal(interface->attach, ATTACH_AUTO);
	assert_int_equal(interface->ra.mode, RA_INTERNAL);
	assert_int_equal(interface->ra.min_interval_ms, 3000);
	assert_int_equal(interface->ra.max_interval_ms, 10000);
	assert_int_equal(interface->ra.solicited_delay_ms, 0);
	assert_int_equal(interface->ra.router_lifetime_s, 30);
	assert_int_equal(interface->ra.preference, PREFERENCE_MEDIUM);
	assert_int_equal(interface->ra.mtu, 0);
	assert_int_equal(interface->ra.rdnss_count, 0);
	assert_true(interface->prefixes[0].on_link);
	assert_int_equal(interface->prefixes[0].valid_s, 30 * 86400);
	assert_int_equal(interface->prefixes[0].preferred_s, 7 * 86400);
}

static void test_dar_defaults(void **state)
{
	struct config *c = load_good(DAR ACC);

	(void)state;
	assert_dar_defaults(c);
	assert_string_equal(c->name, "d");
	assert_string_equal(c->control, "/run/fama/d.sock");
	assert_string_equal(c->state_dir, "/var/lib/fama/d");
	assert_string_equal(c->bpffs, "/sys/fs/bpf/fama/d");
	assert_int_equal(c->interface_count, 1);
	assert_string_equal(c->interfaces[0].name, "a");
	assert_int_equal(c->interfaces[0].kind, INTERFACE_ACCESS);
	assert_int_equal(c->interfaces[0].prefix_count, 1);
	assert_address(&c->interfaces[0].prefixes[0].prefix, "2001:db8::");
	assert_address(&c->interfaces[0].prefixes[0].address, "2001:db8::1");
	assert_false(c->interfaces[0].prefixes[0].is_cga);
	assert_ra_defaults(&c->interfaces[0]);
	config_free(c);
}

static void assert_mn_defaults(const struct config *c)
{
	assert_int_equal(c->role, ROLE_MN);
	assert_common_defaults(c);
	assert_int_equal(c->binding.max, 64);
	assert_int_equal(c->identity.rsa_bits, 2040);
	assert_int_equal(c->identity.sec, 0);
	assert_int_equal(c->mobility.keep, KEEP_ALL);
	assert_int_equal(c->mobility.anchor, ANCHOR_ANY);
	assert_int_equal(c->mobility.coa_test, COA_TEST_CONCURRENT);
	assert_int_equal(c->mobility.dar_proof, DAR_PROOF_KNOWN);
	assert_int_equal(c->mobility.lifetime_s, 86400);
	assert_int_equal(c->interface_count, 1);
	assert_int_equal(c->interfaces[0].kind, INTERFACE_MN);
	assert_int_equal(c->interfaces[0].prefix_count, 0);
}

static void test_mn_defaults(void **state)
{
	struct config *c = load_good(MN);

	(void)state;
	assert_mn_defaults(c);
	assert_string_equal(c->name, "m");
	assert_string_equal(c->control, "/run/fama/m.sock");
	assert_string_equal(c->interfaces[0].name, "w");
	config_free(c);
}

static const char every_dar_key[] =
	"{\"role\": \"dar\", \"name\": \"A-1_b.c\", \"control\":\"\\/c\", \"state_dir\": \"/s\",\n"
	" \"bpffs\": \"/b\", \"metrics\": \"off\", \"log\": "
	"{\"level\":\"debug\",\"format\":\"json\"},\n"
	" \"interfaces\": [{\"name\": \"core0\", \"kind\": \"core\", \"attach\": \"tc\"},\n"
	"  {\"name\": \"acc0\", \"kind\": \"access\", \"attach\": \"dispatcher\", \"prefixes\": [\n"
	"   {\"prefix\": \"2001:db8:1::/64\", \"address\": \"2001:db8:1::a\", \"on_link\": false,\n"
	"    \"valid_lifetime\": \"2h\", \"preferred_lifetime\": \"30m\"},\n"
	"   {\"prefix\": \"fd00:1::/64\", \"address\": \"fd00:1::1\"}],\n"
	"   \"ra\": {\"mode\": \"internal\", \"min_interval\": \"30ms\", \"max_interval\": "
	"\"70ms\",\n"
	"    \"solicited_delay\": \"500ms\", \"router_lifetime\": \"0\", \"preference\": "
	"\"high\",\n"
	"    \"mtu\": 1460, \"rdnss\": [\"2001:db8::53\", \"fe80::53\"]}},\n"
	"  {\"name\": \"acc1\", \"attach\": \"generic\", \"prefixes\": [{\"prefix\":\n"
	"   \"2001:db8:2::/64\", \"address\": \"2001:db8:2::1\", \"valid_lifetime\": \"1d\"}],\n"
	"   \"ra\": {\"max_interval\": \"20s\", \"preference\": \"low\"}}],\n"
	" \"binding\": {\"max\": 1048576, \"accept\": false, \"max_lifetime\": \"1h\",\n"
	"  \"durability\": \"none\"},\n"
	" \"identity\": {\"rsa_bits\": 1024, \"sec\": 1},\n"
	" \"security\": {\"coa_test\": \"none\", \"dad\": \"off\", \"replay\": \"timestamp\",\n"
	"  \"crypto_budget\": 1, \"rsa_min\": 2040, \"rsa_max\": 2040, \"sec_accept\": \"0..2\",\n"
	"  \"require_seen\": false, \"coa_prefix_allow\": [\"2001:db8::/32\", \"fc00::/7\"],\n"
	"  \"coa_cga_check\": \"off\", \"ctx_lifetime\": \"1h\", \"context_max\": 9,\n"
	"  \"prev_coa_grace\": \"0\", \"bra_advice\": \"on\", \"phkt_len\": 8,\n"
	"  \"source_check\": false,\n"
	"  \"limits\": {\"per_key\": 0, \"per_link_address\": 2, \"per_coa_prefix\": 3},\n"
	"  \"domains\": [{\"name\": \"campus\", \"coa_prefixes\": [\"2001:db8:c::/48\", "
	"\"::/0\"],\n"
	"    \"binding_max\": 7, \"max_lifetime\": \"10m\", \"coa_test\": \"require\"},\n"
	"   {\"name\": \"rest\", \"coa_prefixes\": [\"fc00::/7\"]}],\n"
	"  \"legacy\": {\"allow\": [{\"hoa\": \"fd00:1::5\", \"coa\": [\"2001:db8:c::/48\"]}]}},\n"
	" \"tunnel\": {\"hop_limit\": 255, \"dscp\": \"zero\", \"max_nested\": 0,\n"
	"  \"encap_limit\": \"off\"}, \"stop\": \"flush\"}\n";

static void assert_every_dar_section(const struct config *c)
{
	assert_string_equal(c->name, "A-1_b.c");
	assert_string_equal(c->control, "/c");
	assert_string_equal(c->state_dir, "/s");
	assert_string_equal(c->bpffs, "/b");
	assert_int_equal(c->log_level, LOG_LEVEL_DEBUG);
	assert_int_equal(c->log_format, LOG_FORMAT_JSON);
	assert_int_equal(c->binding.max, 1048576);
	assert_false(c->binding.accept);
	assert_int_equal(c->binding.max_lifetime_s, 3600);
	assert_int_equal(c->identity.rsa_bits, 1024);
	assert_int_equal(c->identity.sec, 1);
	assert_int_equal(c->security.crypto_budget, 1);
	assert_int_equal(c->security.rsa_min, 2040);
	assert_int_equal(c->security.coa_prefix_allow_count, 2);
	assert_address(&c->security.coa_prefix_allow[0].prefix, "2001:db8::");
	assert_int_equal(c->security.coa_prefix_allow[0].len, 32);
	assert_int_equal(c->security.coa_prefix_allow[1].len, 7);
	assert_int_equal(c->security.ctx_lifetime_s, 3600);
	assert_int_equal(c->security.context_max, 9);
	assert_int_equal(c->security.prev_coa_grace_ms, 0);
	assert_int_equal(c->security.coa_test, COA_TEST_NONE);
	assert_int_equal(c->security.dad, DAD_OFF);
	assert_false(c->security.require_seen);
	assert_false(c->security.source_check);
	assert_true(c->security.bra_advice);
	assert_int_equal(c->security.limits.per_key, 0);
	assert_int_equal(c->security.limits.per_link_address, 2);
	assert_int_equal(c->security.limits.per_coa_prefix, 3);
	assert_int_equal(c->tunnel.hop_limit, 255);
	assert_false(c->tunnel.dscp_copy);
	assert_int_equal(c->tunnel.max_nested, 0);
	assert_int_equal(c->stop, STOP_FLUSH);
}

static void assert_domains_and_legacy(const struct config *c)
{
	const struct config_domain *campus = &c->security.domains[0], *rest = campus + 1;
	const struct config_legacy *legacy = &c->security.legacy[0];

	assert_int_equal(c->security.domain_count, 2);
	assert_string_equal(campus->name, "campus");
	assert_int_equal(campus->coa_prefix_count, 2);
	assert_address(&campus->coa_prefixes[0].prefix, "2001:db8:c::");
	assert_int_equal(campus->coa_prefixes[0].len, 48);
	assert_int_equal(campus->coa_prefixes[1].len, 0);
	assert_int_equal(campus->binding_max, 7);
	assert_int_equal(campus->max_lifetime_s, 600);
	assert_int_equal(campus->coa_test, COA_TEST_REQUIRE);
	/* what a domain does not say is as for all */
	assert_string_equal(rest->name, "rest");
	assert_int_equal(rest->coa_prefix_count, 1);
	assert_int_equal(rest->binding_max, 0);
	assert_int_equal(rest->max_lifetime_s, 3600);
	assert_int_equal(rest->coa_test, COA_TEST_NONE);
	assert_int_equal(c->security.legacy_count, 1);
	assert_address(&legacy->hoa, "fd00:1::5");
	assert_int_equal(legacy->coa_count, 1);
	assert_address(&legacy->coa[0].prefix, "2001:db8:c::");
	assert_int_equal(legacy->coa[0].len, 48);
}

static void test_every_dar_key_in_json(void **state)
{
	struct config *c = load_good(every_dar_key);
	const struct config_interface *acc0 = &c->interfaces[1], *acc1 = &c->interfaces[2];

	(void)state;
	assert_every_dar_section(c);
	assert_domains_and_legacy(c);
	assert_int_equal(c->interface_count, 3);
	assert_int_equal(c->interfaces[0].kind, INTERFACE_CORE);
	assert_int_equal(c->interfaces[0].attach, ATTACH_TC);
	assert_int_equal(acc0->attach, ATTACH_DISPATCHER);
	assert_int_equal(acc0->prefix_count, 2);
	assert_false(acc0->prefixes[0].on_link);
	assert_int_equal(acc0->prefixes[0].valid_s, 7200);
	assert_int_equal(acc0->prefixes[0].preferred_s, 1800);
	assert_address(&acc0->prefixes[1].address, "fd00:1::1");
	assert_int_equal(acc0->ra.min_interval_ms, 30);
	assert_int_equal(acc0->ra.max_interval_ms, 70);
	assert_int_equal(acc0->ra.solicited_delay_ms, 500);
	assert_int_equal(acc0->ra.router_lifetime_s, 0);
	assert_int_equal(acc0->ra.preference, PREFERENCE_HIGH);
	assert_int_equal(acc0->ra.mtu, 1460);
	assert_int_equal(acc0->ra.rdnss_count, 2);
	assert_address(&acc0->ra.rdnss[1], "fe80::53");
	/* defaults that follow another key */
	assert_int_equal(acc1->kind, INTERFACE_ACCESS);
	assert_int_equal(acc1->prefixes[0].preferred_s, 86400);
	assert_int_equal(acc1->ra.min_interval_ms, 6000);
	assert_int_equal(acc1->ra.router_lifetime_s, 60);
	assert_int_equal(acc1->ra.preference, PREFERENCE_LOW);
	config_free(c);
}

static void test_every_mn_key(void **state)
{
	struct config *c = load_good("role: mn\nname: m\n"
				     "interfaces: [{name: w0}, {name: w1}]\n"
				     "binding: {max: 3}\n"
				     "identity: {rsa_bits: 1024, sec: 2}\n"
				     "mobility: {keep: all, anchor: any, coa_test: require,\n"
				     "  dar_proof: always, lifetime: 10m}\n");

	(void)state;
	assert_int_equal(c->interface_count, 2);
	assert_string_equal(c->interfaces[1].name, "w1");
	assert_int_equal(c->binding.max, 3);
	assert_int_equal(c->identity.rsa_bits, 1024);
	assert_int_equal(c->identity.sec, 2);
	assert_int_equal(c->mobility.coa_test, COA_TEST_REQUIRE);
	assert_int_equal(c->mobility.dar_proof, DAR_PROOF_ALWAYS);
	assert_int_equal(c->mobility.lifetime_s, 600);
	config_free(c);
}

/* `address` is a CGA unless it is one of the prefix, whoever sends the advertisements. */
static void test_own_address_cga(void **state)
{
	struct config *c = load_good(DAR "interfaces:\n- name: a\n  ra: {mode: external}\n"
					 "  prefixes:\n"
					 "  - {prefix: 2001:db8::/64}\n"
					 "  - {prefix: 2001:db8:1::/64, address: cga}\n"
					 "  - {prefix: 2001:db8:2::/64, address: 2001:db8:2::1}\n");
	const struct config_prefix *prefixes = c->interfaces[0].prefixes;

	(void)state;
	assert_true(prefixes[0].is_cga);
	assert_true(prefixes[1].is_cga);
	assert_false(prefixes[2].is_cga);
	assert_true(in6_is_zero(&prefixes[0].address) && in6_is_zero(&prefixes[1].address));
	assert_address(&prefixes[2].address, "2001:db8:2::1");
	assert_int_equal(c->interfaces[0].ra.mode, RA_EXTERNAL);
	config_free(c);
}

/* Flow lists as people write them, addresses that begin with :: unquoted. */
static void test_plain_addresses_in_lists(void **state)
{
	struct config *c =
		load_good(DAR ACC "security:\n"
				  "  coa_test: require\n"
				  "  dad: strict\n"
				  "  coa_prefix_allow: [::/0]\n"
				  "  domains: [{name: all, coa_prefixes: [::/0, ::1:0:0:0/80]}]\n"
				  "  legacy:\n    allow:\n    - {coa: [::/0], hoa: 2001:db8::5}\n"
				  "    - hoa: 2001:db8::6\n      coa:\n      - ::/1\n");

	(void)state;
	assert_int_equal(c->security.coa_test, COA_TEST_REQUIRE);
	assert_int_equal(c->security.dad, DAD_STRICT);
	assert_int_equal(c->security.coa_prefix_allow_count, 1);
	assert_int_equal(c->security.domains[0].coa_prefix_count, 2);
	assert_int_equal(c->security.domains[0].coa_test, COA_TEST_REQUIRE);
	assert_int_equal(c->security.domains[0].max_lifetime_s, 86400);
	assert_address(&c->security.domains[0].coa_prefixes[1].prefix, "::1:0:0:0");
	assert_int_equal(c->security.domains[0].coa_prefixes[1].len, 80);
	assert_int_equal(c->security.legacy_count, 2);
	assert_int_equal(c->security.legacy[0].coa[0].len, 0);
	assert_address(&c->security.legacy[1].hoa, "2001:db8::6");
	assert_int_equal(c->security.legacy[1].coa[0].len, 1);
	config_free(c);
}

static void test_alias(void **state)
{
	struct config *c = load_good(DAR ACC "  ra: &often {max_interval: 4s}\n"
					     "- name: b\n"
					     "  prefixes: [{prefix: fd00::/64, address: fd00::1}]\n"
					     "  ra: *often\n");

	(void)state;
	assert_int_equal(c->interfaces[0].ra.max_interval_ms, 4000);
	assert_int_equal(c->interfaces[1].ra.max_interval_ms, 4000);
	config_free(c);
}

/* The examples state every key; stating a default must not change it. */
static void test_example_dar(void **state)
{
	char said[2048];
	struct config *c = load_file("configs/dar.yaml", said, sizeof(said));

	(void)state;
	if (!c)
		fail_msg("%s", said);
	assert_dar_defaults(c);
	assert_string_equal(c->control, "/run/fama/dar1.sock");
	assert_string_equal(c->state_dir, "/var/lib/fama/dar1");
	assert_string_equal(c->bpffs, "/sys/fs/bpf/fama/dar1");
	assert_int_equal(c->interface_count, 2);
	assert_int_equal(c->interfaces[0].kind, INTERFACE_CORE);
	assert_true(c->interfaces[1].prefixes[0].is_cga);
	assert_ra_defaults(&c->interfaces[1]);
	config_free(c);
}

static void test_example_mn(void **state)
{
	char said[2048];
	struct config *c = load_file("configs/mn.yaml", said, sizeof(said));

	(void)state;
	if (!c)
		fail_msg("%s", said);
	assert_mn_defaults(c);
	assert_string_equal(c->control, "/run/fama/mn1.sock");
	config_free(c);
}

static void test_unreadable(void **state)
{
	char said[2048];

	(void)state;
	assert_null(load_file("/nonexistent/f", said, sizeof(said)));
	assert_string_equal(said, "/nonexistent/f: cannot be read: No such file or directory\n");
	assert_null(load_file("/tmp", said, sizeof(said)));
	assert_string_equal(said, "/tmp: cannot be read: Is a directory\n");
	assert_null(load_file("/dev/zero", said, sizeof(said)));
	assert_string_equal(said, "/dev/zero: cannot be read: File too large\n");
}

/* Cut at every octet it is refused or accepted, never a crash; whole it is accepted. */
static void test_cut_anywhere(void **state)
{
	char text[sizeof(every_dar_key)], path[32], said[2048];

	(void)state;
	for (size_t len = 0; len < sizeof(every_dar_key) - 2; len += 7) {
		memcpy(text, every_dar_key, len);
		text[len] = '\0';
		assert_null(load_text(text, path, said, sizeof(said)));
		assert_memory_equal(said, path, strlen(path));
	}
}

int main(void)
{
	static const struct CMUnitTest goods[] = {
		cmocka_unit_test(test_dar_defaults),
		cmocka_unit_test(test_mn_defaults),
		cmocka_unit_test(test_every_dar_key_in_json),
		cmocka_unit_test(test_every_mn_key),
		cmocka_unit_test(test_own_address_cga),
		cmocka_unit_test(test_plain_addresses_in_lists),
		cmocka_unit_test(test_alias),
		cmocka_unit_test(test_example_dar),
		cmocka_unit_test(test_example_mn),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests_name("config: accepted", goods, NULL, NULL);
}
