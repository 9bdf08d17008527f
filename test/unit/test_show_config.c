// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of `show config`: what it says is a configuration, and the same one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "control/show.h"
#include "harness/config_text.h"

struct row {
	const char *name, *text;
};

static const struct row rows[] = {
	{"DAR, only what is demanded", "role: dar\nname: d\ninterfaces:\n"
				       "- {name: a, prefixes: [{prefix: 2001:db8::/64}]}\n"
				       "- {name: c}\n"},
	{"DAR, no value at its default",
	 "role: dar\nname: d\ncontrol: /c\nstate_dir: /s\nbpffs: /b\n"
	 "log: {level: warn, format: json}\nstop: flush\n"
	 "interfaces:\n"
	 "- name: a\n  attach: generic\n"
	 "  prefixes:\n"
	 "  - {prefix: 2001:db8::/64, address: 2001:db8::1, on_link: no, valid_lifetime: 1h,\n"
	 "     preferred_lifetime: 59m}\n"
	 "  - {prefix: 2001:db8:1::/64, valid_lifetime: 4294967295s}\n"
	 "  ra: {mode: external, min_interval: 31ms, max_interval: 1s, solicited_delay: 5ms,\n"
	 "       router_lifetime: 0, preference: low, mtu: 1400, rdnss: [::1, 2001:db8::53]}\n"
	 "- {name: c, kind: core, attach: tc}\n"
	 "binding: {max: 9, accept: no, max_lifetime: 1h}\n"
	 "identity: {rsa_bits: 1024, sec: 1}\n"
	 "tunnel: {hop_limit: 9, dscp: zero, max_nested: 0}\n"
	 "security:\n"
	 "  coa_test: require\n  dad: strict\n  crypto_budget: 9\n  rsa_min: 1032\n"
	 "  require_seen: no\n  source_check: off\n  coa_prefix_allow: [::/0, fd00::/8]\n"
	 "  ctx_lifetime: 2h\n  context_max: 7\n  prev_coa_grace: 1500ms\n  bra_advice: on\n"
	 "  limits: {per_key: 1, per_link_address: 2, per_coa_prefix: 3}\n"
	 "  domains:\n"
	 "  - {name: x, coa_prefixes: [fd00:1::/32, ::/0], binding_max: 5, max_lifetime: 1m,\n"
	 "     coa_test: concurrent}\n"
	 "  - {name: y, coa_prefixes: [fd00:2::/32]}\n"
	 "  legacy: {allow: [{hoa: 2001:db8::5, coa: [::/0, fd00::/8]}]}\n"},
	{"MN, only what is demanded", "role: mn\nname: m\ninterfaces: [{name: w}]\n"},
	{"MN, no value at its default",
	 "role: mn\nname: m\ninterfaces: [{name: w0}, {name: w1}]\nbinding: {max: 3}\n"
	 "identity: {rsa_bits: 1024, sec: 2}\ntunnel: {dscp: zero}\n"
	 "mobility: {coa_test: none, dar_proof: always, lifetime: 10m}\n"},
};

static struct config *load_good(const char *text)
{
	char path[CONFIG_TEXT_PATH_MAX], said[2048];
	struct config *config = load_text(text, path, said, sizeof(said));

	if (!config)
		fail_msg("refused: %s\n%s", said, text);
	return config;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct config *config = load_good(row->text), *again;
	json_t *shown = config_json(config);
	char *text = json_dumps(shown, JSON_INDENT(1));

	assert_non_null(text);
	again = load_good(text);
	assert_memory_equal(config, again, sizeof(*config));
	free(text);
	json_decref(shown);
	config_free(again);
	config_free(config);
}

/* Some members as a script would find them. */
static void test_members(void **state)
{
	struct config *config = load_good(rows[0].text);
	json_t *shown = config_json(config), *security = json_object_get(shown, "security");
	const char *coa_test = NULL, *address = NULL, *grace = NULL;
	int per_key = 0, require_seen = 0;

	(void)state;
	assert_int_equal(json_unpack(security, "{s:s, s:b, s:s, s:{s:i}}", "coa_test", &coa_test,
				     "require_seen", &require_seen, "prev_coa_grace", &grace,
				     "limits", "per_key", &per_key),
			 0);
	assert_string_equal(coa_test, "concurrent");
	assert_true(require_seen);
	assert_string_equal(grace, "1s");
	assert_int_equal(per_key, 16);
	assert_int_equal(json_array_size(json_object_get(security, "domains")), 0);
	assert_int_equal(json_unpack(shown, "{s:[{s:[{s:s}]}, {s:s}]}", "interfaces", "prefixes",
				     "address", &address, "kind", &coa_test),
			 0);
	assert_string_equal(address, "cga");
	assert_string_equal(coa_test, "core");
	assert_null(json_object_get(shown, "mobility"));
	json_decref(shown);
	config_free(config);
}

int main(void)
{
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct CMUnitTest tests[ROWS + 1];

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = test_row,
					       .initial_state = (void *)&rows[i]};
	tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(test_members);
	return _cmocka_run_group_tests("show config", tests, ROWS + 1, NULL, NULL);
}
