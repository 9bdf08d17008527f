// SPDX-License-Identifier: BSD-2-Clause
/* Owns the columns of each table and the text of each cell. */
#include "cli/print.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CELL_MAX = 32, COLUMNS_MAX = 12, GAP = 2 };

enum form { FORM_PLAIN, FORM_NUMBER, FORM_DURATION };

struct column {
	const char *key, *title;
	enum form form;
};

struct table {
	const char *object;
	const char *none; /* said of an empty one */
	struct column columns[COLUMNS_MAX];
};

static const struct table tables[] = {
	{"bindings",
	 "no bindings",
	 {{"hoa", "HOME ADDRESS", FORM_PLAIN},
	  {"coa", "CARE-OF ADDRESS", FORM_PLAIN},
	  {"state", "STATE", FORM_PLAIN},
	  {"auth", "AUTH", FORM_PLAIN},
	  {"sequence", "SEQ", FORM_NUMBER},
	  {"remaining_s", "REMAINING", FORM_DURATION},
	  {"downlink_packets", "DOWN PKTS", FORM_NUMBER},
	  {"downlink_bytes", "DOWN BYTES", FORM_NUMBER},
	  {"uplink_packets", "UP PKTS", FORM_NUMBER},
	  {"uplink_bytes", "UP BYTES", FORM_NUMBER}}},
	{"drops",
	 "no packet was dropped",
	 {{"interface", "INTERFACE", FORM_PLAIN},
	  {"reason", "REASON", FORM_PLAIN},
	  {"packets", "PACKETS", FORM_NUMBER}}},
	{"interfaces",
	 "no interfaces",
	 {{"name", "NAME", FORM_PLAIN},
	  {"kind", "KIND", FORM_PLAIN},
	  {"attach", "ATTACH", FORM_PLAIN},
	  {"ifindex", "IFINDEX", FORM_NUMBER},
	  {"up", "UP", FORM_PLAIN}}},
	{"prefixes",
	 "no prefixes",
	 {{"prefix", "PREFIX", FORM_PLAIN},
	  {"address", "ADDRESS", FORM_PLAIN},
	  {"cga", "CGA", FORM_PLAIN},
	  {"interface", "INTERFACE", FORM_PLAIN},
	  {"valid_s", "VALID", FORM_DURATION},
	  {"preferred_s", "PREFERRED", FORM_DURATION},
	  {"bindings", "BINDINGS", FORM_NUMBER}}},
	{"bul",
	 "no bindings",
	 {{"hoa", "HOME ADDRESS", FORM_PLAIN},
	  {"hdar", "HDAR", FORM_PLAIN},
	  {"coa", "CARE-OF ADDRESS", FORM_PLAIN},
	  {"state", "STATE", FORM_PLAIN},
	  {"sequence", "SEQ", FORM_NUMBER},
	  {"lifetime_s", "LIFETIME", FORM_DURATION},
	  {"remaining_s", "REMAINING", FORM_DURATION},
	  {"phkt", "PHKT", FORM_PLAIN}}},
	{"addresses",
	 "no addresses",
	 {{"address", "ADDRESS", FORM_PLAIN},
	  {"prefix", "PREFIX", FORM_PLAIN},
	  {"hdar", "HDAR", FORM_PLAIN},
	  {"current", "CURRENT", FORM_PLAIN},
	  {"in_use", "IN USE", FORM_PLAIN}}},
};

/* ---- cells ---- */

/* The two largest units: 1d3h, 3h25m, 25m10s, 10s. */
static void duration_text(json_int_t s, char text[static CELL_MAX])
{
	if (s >= 86400)
		snprintf(text, CELL_MAX, "%lldd%lldh", s / 86400, s % 86400 / 3600);
	else if (s >= 3600)
		snprintf(text, CELL_MAX, "%lldh%lldm", s / 3600, s % 3600 / 60);
	else if (s >= 60)
		snprintf(text, CELL_MAX, "%lldm%llds", s / 60, s % 60);
	else
		snprintf(text, CELL_MAX, "%llds", s);
}

/* Points into `value` or to `room`. */
static const char *cell_text(const json_t *value, enum form form, char room[static CELL_MAX])
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value) && form == FORM_DURATION)
		duration_text(json_integer_value(value), room);
	else if (json_is_integer(value))
		snprintf(room, CELL_MAX, "%lld", json_integer_value(value));
	else if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	else
		return "-";
	return room;
}

/* ---- tables ---- */

static void widen(int *width, const char *text)
{
	if ((int)strlen(text) > *width)
		*width = (int)strlen(text);
}

static void measure(const struct table *table, const json_t *rows, int width[static COLUMNS_MAX])
{
	const struct column *column = table->columns;
	char room[CELL_MAX];
	const json_t *row;
	size_t index;

	for (int i = 0; i < COLUMNS_MAX && column[i].key; i++) {
		width[i] = 0;
		widen(&width[i], column[i].title);
		json_array_foreach((json_t *)rows, index, row)
			widen(&width[i],
			      cell_text(json_object_get(row, column[i].key), column[i].form, room));
	}
}

/* Numbers stand at the right; after the last column stands nothing. */
static void print_cell(const struct column *column, bool is_last, const char *text, int width)
{
	if (column->form != FORM_PLAIN)
		printf("%*s", width, text);
	else if (is_last)
		printf("%s", text);
	else
		printf("%-*s", width, text);
	printf(is_last ? "\n" : "%*s", GAP, "");
}

/* `row` NULL: the titles. */
static void print_row(const struct table *table, const json_t *row,
		      const int width[static COLUMNS_MAX])
{
	const struct column *column = table->columns;
	char room[CELL_MAX];

	for (int i = 0; i < COLUMNS_MAX && column[i].key; i++) {
		bool is_last = i + 1 == COLUMNS_MAX || !column[i + 1].key;
		const char *text = column[i].title;

		if (row)
			text = cell_text(json_object_get(row, column[i].key), column[i].form, room);
		print_cell(&column[i], is_last, text, width[i]);
	}
}

static void print_table(const struct table *table, const json_t *rows)
{
	int width[COLUMNS_MAX];
	const json_t *row;
	size_t index;

	if (json_array_size(rows) == 0) {
		printf("%s\n", table->none);
		return;
	}
	measure(table, rows, width);
	print_row(table, NULL, width);
	json_array_foreach((json_t *)rows, index, row) print_row(table, row, width);
}

/* Rows with packets; a new reference. */
static json_t *drops_that_happened(const json_t *rows)
{
	json_t *happened = json_array(), *row;
	size_t index;

	json_array_foreach((json_t *)rows, index,
			   row) if (json_integer_value(json_object_get(row, "packets")) != 0)
		json_array_append(happened, row);
	return happened;
}

/* ---- single objects ---- */

/* NAME of key NAME_s, which holds seconds; else the key itself. */
static int name_length(const char *key)
{
	size_t len = strlen(key);

	return (int)(len > 2 && strcmp(key + len - 2, "_s") == 0 ? len - 2 : len);
}

/* Has members of its own: an object, or a list of objects. */
static bool is_nested(const json_t *value)
{
	return json_object_size(value) || json_is_object(json_array_get(value, 0));
}

static int longest_name(const json_t *object)
{
	int longest = 0;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		if (!is_nested(value) && name_length(key) > longest)
			longest = name_length(key);
	}
	return longest;
}

/* a, b, c; or what an empty list is. */
static void print_list(const json_t *array)
{
	char room[CELL_MAX];
	const json_t *value;
	size_t index;

	json_array_foreach((json_t *)array, index, value)
		printf("%s%s", index ? ", " : "", cell_text(value, FORM_PLAIN, room));
	printf(json_array_size(array) ? "\n" : "none\n");
}

static void print_member(const char *key, const json_t *value, int width)
{
	int len = name_length(key);
	char room[CELL_MAX];

	printf("%-*.*s%*s", width, len, key, GAP, "");
	if (json_is_array(value))
		print_list(value);
	else
		printf("%s\n", cell_text(value, key[len] ? FORM_DURATION : FORM_PLAIN, room));
}

static void print_members(const json_t *object, int indent);

/* `key`, or `key`[index] of each entry of a list, and what is below. */
static void print_nested(const char *key, const json_t *value, int indent)
{
	const json_t *entry;
	size_t index;

	if (json_is_object(value)) {
		printf("%*s%s\n", indent, "", key);
		print_members(value, indent + GAP);
		return;
	}
	json_array_foreach((json_t *)value, index, entry)
	{
		printf("%*s%s[%zu]\n", indent, "", key, index);
		print_members(entry, indent + GAP);
	}
}

static void print_members(const json_t *object, int indent)
{
	int width = longest_name(object);
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		if (is_nested(value)) {
			print_nested(key, value, indent);
		} else {
			printf("%*s", indent, "");
			print_member(key, value, width);
		}
	}
}

/* Nobody should find this in a list of members only. */
static void shout_legacy(const json_t *status)
{
	json_int_t count = json_integer_value(json_object_get(status, "legacy"));

	if (count)
		printf("legacy: %lld HoA%s may be registered WITHOUT PROOF\n", count,
		       count == 1 ? "" : "s");
}

void print_text(const char *object, const json_t *result)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		json_t *rows;

		if (strcmp(tables[i].object, object) != 0)
			continue;
		rows = strcmp(object, "drops") == 0 ? drops_that_happened(result)
						    : json_incref((json_t *)result);
		print_table(&tables[i], rows);
		json_decref(rows);
		return;
	}
	if (json_is_object(result))
		print_members(result, 0);
	if (strcmp(object, "status") == 0)
		shout_legacy(result);
}

void print_json(const json_t *result)
{
	json_dumpf(result, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	printf("\n");
}
