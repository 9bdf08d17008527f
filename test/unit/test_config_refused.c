// SPDX-License-Identifier: BSD-2-Clause
/* Owns the bad files: each with its place, its key and what is said about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/config_text.h"

#define DAR "role: dar\nname: d\n"
#define ACC                                                                                        \
	"interfaces:\n- name: a\n  prefixes:\n  - {prefix: 2001:db8::/64, address: 2001:db8::1}\n"
#define MN           "role: mn\nname: m\ninterfaces: [{name: w}]\n"
#define PREFIX(rest) DAR "interfaces:\n- name: a\n  prefixes:\n  - {" rest "}\n"
#define P1           "prefix: 2001:db8::/64, address: 2001:db8::1"
#define TEN          "0123456789"
#define SEVENTY      TEN TEN TEN TEN TEN TEN TEN

struct bad {
	const char *name;
	const char *text;
	const char *where; /* LINE:COLUMN: key */
	const char *word;  /* somewhere in what is said */
};

static const struct bad bads[] = {
	{"empty file", "", "1:1: role", "missing"},
	{"comment only", "# nothing\n", "1:1: role", "missing"},
	{"not YAML", DAR "interfaces: [\n", "4:1: syntax", "parsing a flow"},
	{"tab as indentation", DAR "log:\n\tlevel: info\n", "4:1: syntax", "token"},
	{"not UTF-8", "role: \xff\n", "1:7: syntax", "UTF-8"},
	{"control octet", "role: dar\nname: \x01\n", "2:7: syntax", "control characters"},
	{"two documents", DAR ACC "---\nrole: mn\n", "8:1: syntax", "second"},
	{"list on top", "- role: dar\n", "1:1: syntax", "keys"},
	{"word on top", "dar\n", "1:1: syntax", "keys"},
	{"no role", "name: d\n" ACC, "1:1: role", "dar | mn"},
	{"unknown role", "role: ha\nname: d\n" ACC, "1:7: role", "dar | mn"},
	{"no name", "role: dar\n" ACC, "1:1: name", "missing"},
	{"name with a slash", "role: dar\nname: a/b\n" ACC, "2:7: name", "A-Z"},
	{"name with a space", "role: dar\nname: a b\n" ACC, "2:7: name", "A-Z"},
	{"name of two dots", "role: dar\nname: ..\n" ACC, "2:7: name", "begin"},
	{"name like an option", "role: dar\nname: -c\n" ACC, "2:7: name", "begin"},
	{"name too long", "role: dar\nname: " SEVENTY "\n" ACC, "2:7: name", "63"},
	{"name empty", "role: dar\nname:\n" ACC, "2:6: name", "empty"},
	{"name with NUL", "role: dar\nname: \"a\\0b\"\n" ACC, "2:7: name", "NUL"},
	{"no interfaces", DAR, "1:1: interfaces", "missing"},
	{"empty interfaces", DAR "interfaces: []\n", "3:13: interfaces", "missing"},
	{"interfaces not a list", DAR "interfaces: {name: a}\n", "3:13: interfaces", "list"},
	{"interface not keys", DAR "interfaces: [a]\n", "3:14: interfaces[0]", "keys"},
	{"unknown key", DAR ACC "colour: red\n", "7:1: colour", "unknown"},
	{"unknown key below", DAR "log: {level: info, file: x}\n" ACC, "3:20: log.file", "unknown"},
	{"unknown key in a list", PREFIX(P1 ", lifetime: 1d"),
	 "6:51: interfaces[0].prefixes[0].lifetime", "unknown"},
	{"merge key", DAR ACC "<<: {stop: keep}\n", "7:1: <<", "unknown"},
	{"key that is a list", DAR ACC "[a]: b\n", "7:1: syntax", "key"},
	{"duplicate key", DAR ACC "stop: keep\nname: e\n", "8:1: name", "duplicate"},
	{"duplicate key below", DAR ACC "tunnel:\n  hop_limit: 1\n  hop_limit: 2\n",
	 "9:3: tunnel.hop_limit", "duplicate"},
	{"section is a word", DAR ACC "log: info\n", "7:6: log", "keys"},
	{"section is empty", DAR ACC "log:\nstop: keep\n", "7:5: log", "keys"},
	{"value is a list", DAR ACC "control: [/a]\n", "7:10: control", "one value"},
	{"unknown word", DAR ACC "log: {level: loud}\n", "7:14: log.level",
	 "error | warn | info | debug"},
	{"not a number", DAR ACC "binding: {max: many}\n", "7:16: binding.max", "decimal"},
	{"negative", DAR ACC "binding: {max: -1}\n", "7:16: binding.max", "decimal"},
	{"octal", DAR ACC "binding: {max: 0100}\n", "7:16: binding.max", "decimal"},
	{"over 32 bits", DAR ACC "binding: {max: 4294967296}\n", "7:16: binding.max", "range"},
	{"binding.max 0", DAR ACC "binding: {max: 0}\n", "7:16: binding.max", "1 to 1048576"},
	{"binding.max too large", DAR ACC "binding: {max: 1048577}\n", "7:16: binding.max",
	 "1 to 1048576"},
	{"lifetime under 4 s", DAR ACC "binding: {max_lifetime: 3s}\n",
	 "7:25: binding.max_lifetime", "4s to 86400s"},
	{"lifetime over a day", DAR ACC "binding: {max_lifetime: 25h}\n",
	 "7:25: binding.max_lifetime", "4s to 86400s"},
	{"lifetime without unit", DAR ACC "binding: {max_lifetime: 86400}\n",
	 "7:25: binding.max_lifetime", "ms, s, m, h, d"},
	{"lifetime with unknown unit", DAR ACC "binding: {max_lifetime: 1w}\n",
	 "7:25: binding.max_lifetime", "ms, s, m, h, d"},
	{"lifetime with a point", DAR ACC "binding: {max_lifetime: 1.5h}\n",
	 "7:25: binding.max_lifetime", "duration"},
	{"lifetime below a second", DAR ACC "binding: {max_lifetime: 4500ms}\n",
	 "7:25: binding.max_lifetime", "whole seconds"},
	{"lifetime that overflows", DAR ACC "binding: {max_lifetime: 99999999999999999999d}\n",
	 "7:25: binding.max_lifetime", "range"},
	{"path not absolute", DAR ACC "control: fama.sock\n", "7:10: control", "absolute"},
	{"path too long", DAR ACC "state_dir: /" SEVENTY SEVENTY "\n", "7:12: state_dir", "107"},
	{"path with a newline", DAR ACC "bpffs: \"/a\\nb\"\n", "7:8: bpffs", "control character"},
	{"metrics", DAR ACC "metrics: \"[::1]:9469\"\n", "7:10: metrics", "not built yet; use off"},
	{"coa_test require", DAR ACC "security: {coa_test: require}\n", "7:22: security.coa_test",
	 "not built yet; use none"},
	{"coa_test concurrent", DAR ACC "security: {coa_test: concurrent}\n",
	 "7:22: security.coa_test", "not built yet; use none"},
	{"dad optimistic", DAR ACC "security: {dad: optimistic}\n", "7:17: security.dad",
	 "not built yet; use off"},
	{"dad strict", DAR ACC "security: {dad: strict}\n", "7:17: security.dad",
	 "not built yet; use off"},
	{"replay seq", DAR ACC "security: {replay: seq}\n", "7:20: security.replay",
	 "not built yet; use timestamp"},
	{"require_seen", DAR ACC "security: {require_seen: true}\n", "7:26: security.require_seen",
	 "not built yet; use false"},
	{"coa_cga_check", DAR ACC "security: {coa_cga_check: on}\n", "7:27: security.coa_cga_check",
	 "not built yet; use off"},
	{"bra_advice", DAR ACC "security: {bra_advice: on}\n", "7:24: security.bra_advice",
	 "not built yet; use off"},
	{"phkt_len", DAR ACC "security: {phkt_len: 16}\n", "7:22: security.phkt_len",
	 "not built yet; use 8"},
	{"sec_accept", DAR ACC "security: {sec_accept: 0..7}\n", "7:24: security.sec_accept",
	 "not built yet; use 0..2"},
	{"rsa_max", DAR ACC "security: {rsa_max: 1024}\n", "7:21: security.rsa_max",
	 "not built yet; use 2040"},
	{"encap_limit", DAR ACC "tunnel: {encap_limit: on}\n", "7:23: tunnel.encap_limit",
	 "not built yet; use off"},
	{"durability strict", DAR ACC "binding: {durability: strict}\n", "7:23: binding.durability",
	 "not built yet; use none"},
	{"durability relaxed", DAR ACC "binding: {durability: relaxed}\n",
	 "7:23: binding.durability", "not built yet; use none"},
	{"ra.mode external", DAR ACC "  ra: {mode: external}\n", "7:14: interfaces[0].ra.mode",
	 "not built yet; use internal"},
	{"address cga", PREFIX("prefix: 2001:db8::/64, address: cga"),
	 "6:38: interfaces[0].prefixes[0].address", "not built yet; use an address"},
	{"no address", PREFIX("prefix: 2001:db8::/64"), "6:5: interfaces[0].prefixes[0].address",
	 "not built yet; use an address"},
	{"keep in-use", MN "mobility: {keep: in-use}\n", "4:18: mobility.keep",
	 "not built yet; use all"},
	{"keep none", MN "mobility: {keep: none}\n", "4:18: mobility.keep",
	 "not built yet; use all"},
	{"anchor first", MN "mobility: {anchor: first}\n", "4:20: mobility.anchor",
	 "not built yet; use any"},
	{"MN coa_test", MN "mobility: {coa_test: require}\n", "4:22: mobility.coa_test",
	 "not built yet; use none"},
	{"MN lifetime", MN "mobility: {lifetime: 2d}\n", "4:22: mobility.lifetime", "4s to 86400s"},
	{"rsa_bits too few", MN "identity: {rsa_bits: 1016}\n", "4:22: identity.rsa_bits",
	 "1024 to 2040"},
	{"rsa_bits too many", MN "identity: {rsa_bits: 2048}\n", "4:22: identity.rsa_bits",
	 "1024 to 2040"},
	{"rsa_bits odd", MN "identity: {rsa_bits: 1025}\n", "4:22: identity.rsa_bits",
	 "multiple of 8"},
	{"sec 3", MN "identity: {sec: 3}\n", "4:17: identity.sec", "0 to 2"},
	{"security at the MN", MN "security: {rsa_min: 1024}\n", "4:11: security", "role dar"},
	{"stop at the MN", MN "stop: keep\n", "4:7: stop", "role dar"},
	{"durability at the MN", MN "binding: {durability: none}\n", "4:23: binding.durability",
	 "role dar"},
	{"prefixes at the MN", "role: mn\nname: m\ninterfaces: [{name: w, prefixes: []}]\n",
	 "3:34: interfaces[0].prefixes", "role dar"},
	{"attach at the MN", "role: mn\nname: m\ninterfaces: [{name: w, attach: tc}]\n",
	 "3:32: interfaces[0].attach", "role dar"},
	{"identity at the DAR", DAR ACC "identity: {sec: 0}\n", "7:11: identity", "role mn"},
	{"mobility at the DAR", DAR ACC "mobility: {anchor: any}\n", "7:11: mobility", "role mn"},
	{"rsa_min odd", DAR ACC "security: {rsa_min: 1030}\n", "7:21: security.rsa_min",
	 "multiple of 8"},
	{"crypto_budget 0", DAR ACC "security: {crypto_budget: 0}\n",
	 "7:27: security.crypto_budget", "1 to 1000000"},
	{"grace too long", DAR ACC "security: {prev_coa_grace: 61s}\n",
	 "7:28: security.prev_coa_grace", "0s to 60s"},
	{"ctx_lifetime too long", DAR ACC "security: {ctx_lifetime: 2d}\n",
	 "7:26: security.ctx_lifetime", "86400s"},
	{"allowed CoA no prefix", DAR ACC "security: {coa_prefix_allow: [any]}\n",
	 "7:31: security.coa_prefix_allow[0]", "ADDRESS/LENGTH"},
	{"allowed CoA host bits",
	 DAR ACC "security: {coa_prefix_allow: [\"::/0\", 2001:db8::1/32]}\n",
	 "7:39: security.coa_prefix_allow[1]", "bits"},
	{"allowed CoA length", DAR ACC "security: {coa_prefix_allow: [\"::/129\"]}\n",
	 "7:31: security.coa_prefix_allow[0]", "ADDRESS/LENGTH"},
	{"no CoA allowed", DAR ACC "security: {coa_prefix_allow: []}\n",
	 "7:30: security.coa_prefix_allow", "empty"},
	{"hop_limit 0", DAR ACC "tunnel: {hop_limit: 0}\n", "7:21: tunnel.hop_limit", "1 to 255"},
	{"hop_limit 256", DAR ACC "tunnel: {hop_limit: 256}\n", "7:21: tunnel.hop_limit",
	 "1 to 255"},
	{"max_nested 2", DAR ACC "tunnel: {max_nested: 2}\n", "7:22: tunnel.max_nested", "0 to 1"},
	{"interface without name", DAR "interfaces: [{kind: core}]\n", "3:14: interfaces[0].name",
	 "missing"},
	{"interface name too long", DAR "interfaces: [{name: " TEN "abcdef}]\n",
	 "3:21: interfaces[0].name", "15"},
	{"interface name with a slash", DAR "interfaces: [{name: a/b}]\n",
	 "3:21: interfaces[0].name", "name of an interface"},
	{"duplicate interface", DAR ACC "- name: a\n", "7:9: interfaces[1].name", "duplicate"},
	{"no access interface", DAR "interfaces: [{name: a}, {name: b}]\n", "3:13: interfaces",
	 "access"},
	{"access without prefix", DAR ACC "- {name: b, kind: access}\n",
	 "7:3: interfaces[1].prefixes", "missing"},
	{"core with prefix", DAR ACC "  kind: core\n", "6:3: interfaces[0].prefixes",
	 "access interface"},
	{"core with RAs", DAR ACC "- {name: b, ra: {mtu: 0}}\n", "7:17: interfaces[1].ra",
	 "access interface"},
	{"17 interfaces",
	 "role: mn\nname: m\ninterfaces: ["
	 "{name: i00}, {name: i01}, {name: i02}, {name: i03}, {name: i04}, {name: i05}, "
	 "{name: i06}, {name: i07}, {name: i08}, {name: i09}, {name: i10}, {name: "
	 "i11}, {name: i12}, {name: i13}, {name: i14}, {name: i15}, {name: i16}"
	 "]\n",
	 "3:222: interfaces", "at most 16"},
	{"prefix missing", PREFIX("address: 2001:db8::1"), "6:5: interfaces[0].prefixes[0].prefix",
	 "missing"},
	{"prefix without length", PREFIX("prefix: \"2001:db8::\", address: 2001:db8::1"),
	 "6:14: interfaces[0].prefixes[0].prefix", "PREFIX/64"},
	{"prefix not an address", PREFIX("prefix: 2001:dg8::/64, address: 2001:db8::1"),
	 "6:14: interfaces[0].prefixes[0].prefix", "PREFIX/64"},
	{"prefix of IPv4", PREFIX("prefix: 192.0.2.0/24, address: 192.0.2.1"),
	 "6:14: interfaces[0].prefixes[0].prefix", "PREFIX/64"},
	{"prefix not /64", PREFIX("prefix: 2001:db8::/48, address: 2001:db8::1"),
	 "6:14: interfaces[0].prefixes[0].prefix", "not a /64"},
	{"prefix with host bits", PREFIX("prefix: 2001:db8::1/64, address: 2001:db8::1"),
	 "6:14: interfaces[0].prefixes[0].prefix", "bits set"},
	{"prefix multicast", PREFIX("prefix: ff05::/64, address: ff05::1"),
	 "6:14: interfaces[0].prefixes[0].prefix", "unicast"},
	{"prefix link-local", PREFIX("prefix: fe80::/64, address: fe80::1"),
	 "6:14: interfaces[0].prefixes[0].prefix", "unicast"},
	{"address bad", PREFIX("prefix: 2001:db8::/64, address: one"),
	 "6:38: interfaces[0].prefixes[0].address", "IPv6 address"},
	{"address elsewhere", PREFIX("prefix: 2001:db8::/64, address: 2001:db8:0:1::1"),
	 "6:38: interfaces[0].prefixes[0].address", "not an address of 2001:db8::/64"},
	{"address anycast", PREFIX("prefix: 2001:db8::/64, address: \"2001:db8::\""),
	 "6:38: interfaces[0].prefixes[0].address", "anycast"},
	{"prefix twice", DAR ACC "  - {" P1 "}\n", "7:14: interfaces[0].prefixes[1].prefix",
	 "anchored already"},
	{"prefix twice over interfaces",
	 DAR ACC "- name: b\n  prefixes:\n  - {prefix: 2001:db8::/64, address: 2001:db8::2}\n",
	 "9:14: interfaces[1].prefixes[0].prefix", "anchored already"},
	{"preferred over valid", PREFIX(P1 ", valid_lifetime: 1h, preferred_lifetime: 2h"),
	 "6:91: interfaces[0].prefixes[0].preferred_lifetime", "over the valid"},
	{"valid lifetime 0", PREFIX(P1 ", valid_lifetime: 0"),
	 "6:67: interfaces[0].prefixes[0].valid_lifetime", "range"},
	{"on_link neither", PREFIX(P1 ", on_link: maybe"),
	 "6:60: interfaces[0].prefixes[0].on_link", "true | false"},
	{"min_interval over 3/4", DAR ACC "  ra: {min_interval: 8s, max_interval: 10s}\n",
	 "7:22: interfaces[0].ra.min_interval", "three quarters"},
	{"R-07 min_interval too short", DAR ACC "  ra: {min_interval: 29ms}\n",
	 "7:22: interfaces[0].ra.min_interval", "30ms"},
	{"R-07 max_interval too short", DAR ACC "  ra: {max_interval: 69ms}\n",
	 "7:22: interfaces[0].ra.max_interval", "70ms"},
	{"max_interval too long", DAR ACC "  ra: {max_interval: 31m}\n",
	 "7:22: interfaces[0].ra.max_interval", "1800s"},
	{"R-09 solicited_delay", DAR ACC "  ra: {solicited_delay: 501ms}\n",
	 "7:25: interfaces[0].ra.solicited_delay", "500ms"},
	{"router_lifetime under interval", DAR ACC "  ra: {router_lifetime: 9s}\n",
	 "7:25: interfaces[0].ra.router_lifetime", "under max_interval"},
	{"router_lifetime too long", DAR ACC "  ra: {router_lifetime: 9001s}\n",
	 "7:25: interfaces[0].ra.router_lifetime", "9000s"},
	{"preference", DAR ACC "  ra: {preference: best}\n", "7:20: interfaces[0].ra.preference",
	 "low | medium | high"},
	{"RA mtu", DAR ACC "  ra: {mtu: 1279}\n", "7:13: interfaces[0].ra.mtu", "1280"},
	{"rdnss bad", DAR ACC "  ra: {rdnss: [\"::1\", 192.0.2.1]}\n",
	 "7:23: interfaces[0].ra.rdnss[1]", "IPv6 address"},
	{"rdnss multicast", DAR ACC "  ra: {rdnss: [ff02::fb]}\n",
	 "7:16: interfaces[0].ra.rdnss[0]", "IPv6 address"},
	{"rdnss too many", DAR ACC "  ra: {rdnss: [a, a, a, a, a, a, a, a, a]}\n",
	 "7:40: interfaces[0].ra.rdnss", "at most 8"},
	{"JSON", "{\"role\": \"dar\",\n \"name\": \"d\",\n \"colour\": 1}\n", "3:2: colour",
	 "unknown"},
	{"JSON cut short", "{\"role\": \"dar\",\n \"name\": ", "3:1: syntax", "parsing a flow"},
};

static void test_bad(void **state)
{
	const struct bad *row = *state;
	char path[CONFIG_TEXT_PATH_MAX], said[2048], where[512];
	struct config *config = load_text(row->text, path, said, sizeof(said));

	snprintf(where, sizeof(where), "%s:%s: ", path, row->where);
	if (config || strncmp(said, where, strlen(where)) != 0 ||
	    !strstr(said + strlen(where), row->word))
		fail_msg("expected '%s... %s', got '%s'", where, row->word, said);
	/* one line, whole */
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

int main(void)
{
	enum { BADS = sizeof(bads) / sizeof(bads[0]) };
	struct CMUnitTest rows[BADS];

	for (size_t i = 0; i < BADS; i++)
		rows[i] = (struct CMUnitTest){.name = bads[i].name,
					      .test_func = test_bad,
					      .initial_state = (void *)&bads[i]};
	return _cmocka_run_group_tests("config: refused", rows, BADS, NULL, NULL);
}
