// SPDX-License-Identifier: BSD-2-Clause
/* Owns the YAML tree: key paths resolved to places, errors told with their place. */
#include "config/config_locate.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 512 };

__attribute__((format(printf, 4, 0))) static int
refuse_va(const char *file, yaml_mark_t mark, const char *path, const char *format, va_list args)
{
	char what[MESSAGE_MAX], line[2 * MESSAGE_MAX];

	vsnprintf(what, sizeof(what), format, args);
	snprintf(line, sizeof(line), "%s:%zu:%zu: %s: %s", file, mark.line + 1, mark.column + 1,
		 path, what);
	for (char *at = line; *at; at++) /* what the file holds must not steer a terminal */
		if (iscntrl((unsigned char)*at))
			*at = '?';
	fprintf(stderr, "%s\n", line);
	return -EINVAL;
}

int document_refuse_at(const char *file, yaml_mark_t mark, const char *path, const char *format,
		       ...)
{
	va_list args;

	va_start(args, format);
	refuse_va(file, mark, path, format, args);
	va_end(args);
	return -EINVAL;
}

/* Octets that are no text have an offset but no place. */
static yaml_mark_t mark_of_offset(const uint8_t *octets, size_t offset)
{
	yaml_mark_t mark = {.index = offset};

	for (size_t i = 0; i < offset; i++) {
		mark.column = octets[i] == '\n' ? 0 : mark.column + 1;
		mark.line += octets[i] == '\n';
	}
	return mark;
}

static int refuse_syntax(const char *file, const yaml_parser_t *parser, const uint8_t *octets)
{
	const char *problem = parser->problem ? parser->problem : "cannot be read";
	yaml_mark_t mark = parser->problem_mark;

	if (parser->error == YAML_READER_ERROR)
		mark = mark_of_offset(octets, parser->problem_offset);
	return document_refuse_at(file, mark, "syntax", "%s%s%s", problem,
				  parser->context ? " " : "",
				  parser->context ? parser->context : "");
}

/* The first document into d->tree; a second one is an error. */
static int load_single(struct document *d, yaml_parser_t *parser, const uint8_t *octets)
{
	yaml_document_t second;
	yaml_node_t *root;

	if (!yaml_parser_load(parser, &d->tree))
		return refuse_syntax(d->file, parser, octets);
	if (!yaml_parser_load(parser, &second)) {
		yaml_document_delete(&d->tree);
		return refuse_syntax(d->file, parser, octets);
	}
	root = yaml_document_get_root_node(&second);
	if (root) {
		document_refuse_at(d->file, root->start_mark, "syntax",
				   "a second YAML document; a configuration is one");
		yaml_document_delete(&d->tree);
	}
	yaml_document_delete(&second);
	return root ? -EINVAL : 0;
}

int document_open(struct document *d, const char *file, const uint8_t *octets, size_t len)
{
	yaml_parser_t parser;
	int err;

	*d = (struct document){.file = file};
	if (!yaml_parser_initialize(&parser))
		return document_refuse_at(file, (yaml_mark_t){0}, "syntax", "out of memory");
	yaml_parser_set_input_string(&parser, octets, len);
	err = load_single(d, &parser, octets);
	yaml_parser_delete(&parser);
	return err;
}

void document_close(struct document *d)
{
	yaml_document_delete(&d->tree);
}

/* ---- key paths ---- */

static yaml_node_t *mapping_value(yaml_document_t *tree, const yaml_node_t *mapping,
				  const char *key, size_t len)
{
	const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;

	for (; pair < mapping->data.mapping.pairs.top; pair++) {
		const yaml_node_t *k = yaml_document_get_node(tree, pair->key);

		if (k->type == YAML_SCALAR_NODE && k->data.scalar.length == len &&
		    memcmp(k->data.scalar.value, key, len) == 0)
			return yaml_document_get_node(tree, pair->value);
	}
	return NULL;
}

static yaml_node_t *sequence_item(yaml_document_t *tree, const yaml_node_t *sequence, size_t index)
{
	const yaml_node_item_t *item = sequence->data.sequence.items.start;
	size_t count = (size_t)(sequence->data.sequence.items.top - item);

	return index < count ? yaml_document_get_node(tree, item[index]) : NULL;
}

/* One step down; *path moves behind it. */
static yaml_node_t *step(yaml_document_t *tree, const yaml_node_t *node, const char **path)
{
	const char *at = *path;
	size_t len;

	if (*at == '[') {
		char *end;
		size_t index = strtoul(at + 1, &end, 10);

		*path = end + (*end == ']');
		return node->type == YAML_SEQUENCE_NODE ? sequence_item(tree, node, index) : NULL;
	}
	at += *at == '.';
	len = strcspn(at, ".[");
	*path = at + len;
	return node->type == YAML_MAPPING_NODE ? mapping_value(tree, node, at, len) : NULL;
}

/* Follows `path` as far as the file goes; *whole tells whether that was to its end. */
static yaml_node_t *follow(struct document *d, const char *path, bool *whole)
{
	yaml_node_t *node = yaml_document_get_root_node(&d->tree), *next;

	*whole = node != NULL;
	while (node && *path) {
		next = step(&d->tree, node, &path);
		if (!next) {
			*whole = false;
			break;
		}
		node = next;
	}
	return node;
}

yaml_node_t *document_at(struct document *d, const char *path)
{
	bool whole;
	yaml_node_t *node = follow(d, path, &whole);

	return whole ? node : NULL;
}

int document_refuse(struct document *d, const char *path, const char *format, ...)
{
	bool whole;
	yaml_node_t *node = follow(d, path, &whole);
	va_list args;

	va_start(args, format);
	refuse_va(d->file, node ? node->start_mark : (yaml_mark_t){0}, path, format, args);
	va_end(args);
	return -EINVAL;
}
