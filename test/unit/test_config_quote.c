// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows of config_quote(): addresses that libyaml would stumble over, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config_quote.h"

struct row {
	const char *text, *quoted;
};

static const struct row rows[] = {
	{"a: [::/0]", "a: [\"::/0\"]"},
	{"a: [ ::/0 , ::1,2001:db8::/32]", "a: [ \"::/0\" , \"::1\",2001:db8::/32]"},
	{"a: [\n  ::1,\n  ::2\n]\n", "a: [\n  \"::1\",\n  \"::2\"\n]\n"},
	{"{a: ::1, b: [::2]}", "{a: \"::1\", b: [\"::2\"]}"},
	{"a: [::1 # ::2\n, ::3]", "a: [\"::1\" # ::2\n, \"::3\"]"},
	{"a: [::", "a: [\"::\""},
	{"d: [{n: x, p: [::/0, fd00::/8]}, {n: y, p: [::2/128]}]",
	 "d: [{n: x, p: [\"::/0\", fd00::/8]}, {n: y, p: [\"::2/128\"]}]"},
	{"l:\n- {hoa: ::5, coa: [::/0]}\n- hoa: ::6\n  coa: [::/1]\n",
	 "l:\n- {hoa: \"::5\", coa: [\"::/0\"]}\n- hoa: ::6\n  coa: [\"::/1\"]\n"},
	/* left alone */
	{"", ""},
	{"a: ::/0\nb:\n  - ::1\n", "a: ::/0\nb:\n  - ::1\n"},
	{"a: [\"::1\", '::2']", "a: [\"::1\", '::2']"},
	{"a: ['it''s, ::1', \"\\\", ::2\"]", "a: ['it''s, ::1', \"\\\", ::2\"]"},
	{"# [::1]\na: [b::c, d ::e]", "# [::1]\na: [b::c, d ::e]"},
	{"a: [:1, 2::]", "a: [:1, 2::]"},
	{"a: [x], ::1", "a: [x], ::1"},
};

static void quotes_row(void **state)
{
	const struct row *row = *state;
	size_t len = strlen(row->text);
	uint8_t *quoted = config_quote((const uint8_t *)row->text, &len);

	assert_non_null(quoted);
	assert_int_equal(len, strlen(row->quoted));
	assert_memory_equal(quoted, row->quoted, len);
	free(quoted);
}

int main(void)
{
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	static struct CMUnitTest tests[ROWS];

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){rows[i].text, quotes_row, NULL, NULL,
					       (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("config_quote", tests, NULL, NULL);
}
