// SPDX-License-Identifier: BSD-2-Clause
/* Owns the walk of the YAML tree along the schema: the first thing that does not fit is told. */
#include "config/config_shape.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_TEXT_MAX = 128, NUMBER_DIGITS_MAX = 10 };

struct walk {
	struct document *document;
	char path[KEY_PATH_MAX];
	size_t len;
};

static int check_value(struct walk *w, const struct cyaml_schema_value *schema,
		       const yaml_node_t *node);

static int refuse(const struct walk *w, const yaml_node_t *node, const char *what)
{
	return document_refuse_at(w->document->file, node->start_mark, w->len ? w->path : "syntax",
				  "%s", what);
}

/* What is too long ends early: only an unknown key can be that long, and it is refused. */
__attribute__((format(printf, 2, 3))) static void path_add(struct walk *w, const char *format, ...)
{
	size_t room = sizeof(w->path) - w->len;
	va_list args;
	int added;

	va_start(args, format);
	added = vsnprintf(w->path + w->len, room, format, args);
	va_end(args);
	w->len += (size_t)added < room ? (size_t)added : room - 1;
}

static void path_cut(struct walk *w, size_t len)
{
	w->len = len;
	w->path[len] = '\0';
}

static const char *scalar(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

/* ---- scalars ---- */

static int check_text(struct walk *w, const yaml_node_t *node)
{
	if (node->type != YAML_SCALAR_NODE)
		return refuse(w, node, "one value is expected here");
	if (strlen(scalar(node)) != node->data.scalar.length)
		return refuse(w, node, "contains a NUL");
	if (!node->data.scalar.length)
		return refuse(w, node, "is empty; give a value or leave the key out");
	return 0;
}

/* Decimal only: 010 would be 8 to one reader and 10 to the next. */
static int check_number(struct walk *w, const yaml_node_t *node)
{
	const char *text;
	int err = check_text(w, node);

	if (err)
		return err;
	text = scalar(node);
	if (text[strspn(text, "0123456789")] || (text[0] == '0' && text[1]))
		return document_refuse_at(w->document->file, node->start_mark, w->path,
					  "'%s' is not a whole decimal number", text);
	if (strlen(text) > NUMBER_DIGITS_MAX || strtoull(text, NULL, 10) > UINT32_MAX)
		return document_refuse_at(w->document->file, node->start_mark, w->path,
					  "%s is out of range", text);
	return 0;
}

static int check_word(struct walk *w, const struct cyaml_schema_value *schema,
		      const yaml_node_t *node)
{
	char words[WORDS_TEXT_MAX] = "";
	size_t len = 0;
	int err = check_text(w, node);

	if (err)
		return err;
	for (uint32_t i = 0; i < schema->enumeration.count; i++) {
		const char *word = schema->enumeration.strings[i].str;

		if (strcmp(word, scalar(node)) == 0)
			return 0;
		len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s", i ? " | " : "",
					word);
	}
	return document_refuse_at(w->document->file, node->start_mark, w->path,
				  "unknown value '%s'; use %s", scalar(node), words);
}

/* ---- lists and sections ---- */

static int check_list(struct walk *w, const struct cyaml_schema_value *schema,
		      const yaml_node_t *node)
{
	const yaml_node_item_t *items;
	size_t count, len = w->len;
	int err = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return refuse(w, node, "a list is expected here");
	items = node->data.sequence.items.start;
	count = (size_t)(node->data.sequence.items.top - items);
	if (count < schema->sequence.min)
		return refuse(w, node, "the list is empty");
	for (size_t i = 0; i < count && !err; i++) {
		const yaml_node_t *item = yaml_document_get_node(&w->document->tree, items[i]);

		if (i == schema->sequence.max)
			return document_refuse_at(w->document->file, item->start_mark, w->path,
						  "at most %u entries", schema->sequence.max);
		path_add(w, "[%zu]", i);
		err = check_value(w, schema->sequence.entry, item);
		path_cut(w, len);
	}
	return err;
}

static const struct cyaml_schema_field *field_named(const struct cyaml_schema_field *fields,
						    const yaml_node_t *key)
{
	for (; fields->key; fields++)
		if (strcmp(fields->key, scalar(key)) == 0)
			return fields;
	return NULL;
}

/* The key of `pair` stands already before it. */
static bool is_repeated(yaml_document_t *tree, const yaml_node_t *mapping,
			const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = yaml_document_get_node(tree, pair->key);
	const yaml_node_pair_t *p = mapping->data.mapping.pairs.start;

	for (; p < pair; p++)
		if (strcmp(scalar(yaml_document_get_node(tree, p->key)), scalar(key)) == 0)
			return true;
	return false;
}

static int check_pair(struct walk *w, const struct cyaml_schema_field *fields,
		      const yaml_node_t *mapping, const yaml_node_pair_t *pair)
{
	yaml_document_t *tree = &w->document->tree;
	const yaml_node_t *key = yaml_document_get_node(tree, pair->key);
	const struct cyaml_schema_field *field;

	if (key->type != YAML_SCALAR_NODE)
		return refuse(w, key, "a key is expected here");
	path_add(w, "%s%s", w->len ? "." : "", scalar(key));
	field = field_named(fields, key);
	if (!field)
		return refuse(w, key, "unknown key");
	if (is_repeated(tree, mapping, pair))
		return refuse(w, key, "duplicate key");
	return check_value(w, &field->value, yaml_document_get_node(tree, pair->value));
}

static int check_section(struct walk *w, const struct cyaml_schema_value *schema,
			 const yaml_node_t *node)
{
	const yaml_node_pair_t *pair;
	size_t len = w->len;
	int err = 0;

	if (node->type != YAML_MAPPING_NODE)
		return refuse(w, node, "keys with values are expected here");
	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		err = check_pair(w, schema->mapping.fields, node, pair);
		if (err)
			break;
		path_cut(w, len);
	}
	return err;
}

static int check_value(struct walk *w, const struct cyaml_schema_value *schema,
		       const yaml_node_t *node)
{
	switch ((int)schema->type) { /* of the kinds our schema has */
	case CYAML_MAPPING:
		return check_section(w, schema, node);
	case CYAML_SEQUENCE:
		return check_list(w, schema, node);
	case CYAML_ENUM:
		return check_word(w, schema, node);
	case CYAML_UINT:
		return check_number(w, node);
	case CYAML_STRING:
		return check_text(w, node);
	}
	return refuse(w, node, "has no meaning");
}

int shape_check(struct document *d, const struct cyaml_schema_value *schema)
{
	const yaml_node_t *root = yaml_document_get_root_node(&d->tree);
	struct walk w = {.document = d};

	if (!root)
		return document_refuse(d, "role", "missing; the file is empty");
	return check_value(&w, schema, root);
}
