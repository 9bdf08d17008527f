// SPDX-License-Identifier: BSD-2-Clause
/* Owns finding plain scalars that begin with "::" in flow collections, and only those. */
#include "config/config_quote.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Where in the text we are. */
struct scan {
	unsigned int depth; /* of [ and { */
	char quote;         /* inside a quoted scalar: its mark; else 0 */
	bool in_comment;
	char before; /* last octet that was no blank; a new line counts as one */
	char last;   /* last octet */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* May a node begin here? */
static bool at_node(const struct scan *scan)
{
	if (!scan->depth || scan->quote || scan->in_comment)
		return false;
	return scan->before == '[' || scan->before == '{' || scan->before == ',' ||
	       (scan->before == ':' && is_blank(scan->last));
}

/* A doubled ' is one octet of a single-quoted scalar: it closes and opens again. */
static bool opens_quote(const struct scan *scan, char c)
{
	if (c == '\'' && scan->last == c)
		return true;
	return (c == '"' || c == '\'') && (is_blank(scan->last) || at_node(scan) || !scan->last);
}

static void step(struct scan *scan, char c)
{
	if (scan->in_comment) {
		scan->in_comment = c != '\n';
	} else if (scan->quote) {
		if (c == scan->quote && !(c == '"' && scan->last == '\\'))
			scan->quote = 0;
	} else if (c == '#' && (is_blank(scan->last) || !scan->last)) {
		scan->in_comment = true;
	} else if (opens_quote(scan, c)) {
		scan->quote = c;
	} else if (c == '[' || c == '{') {
		scan->depth++;
	} else if ((c == ']' || c == '}') && scan->depth) {
		scan->depth--;
	}
	if (!is_blank(c) && !scan->in_comment)
		scan->before = c;
	scan->last = c;
}

static size_t plain_len(const uint8_t *at, size_t left)
{
	size_t len = 0;

	while (len < left && !is_blank((char)at[len]) && !strchr(",]}", at[len]))
		len++;
	return len;
}

uint8_t *config_quote(const uint8_t *octets, size_t *len)
{
	/* each scalar found has two octets at least and grows by two */
	uint8_t *out = malloc(*len * 2 + 1);
	struct scan scan = {0};
	size_t written = 0;

	if (!out)
		return NULL;
	for (size_t i = 0; i < *len;) {
		size_t plain = 1;

		if (at_node(&scan) && *len - i >= 2 && memcmp(octets + i, "::", 2) == 0) {
			plain = plain_len(octets + i, *len - i);
			out[written++] = '"';
			memcpy(out + written, octets + i, plain);
			written += plain;
			out[written++] = '"';
			scan.before = scan.last = '"';
		} else {
			step(&scan, (char)octets[i]);
			out[written++] = octets[i];
		}
		i += plain;
	}
	*len = written;
	return out;
}
