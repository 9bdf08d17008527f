// SPDX-License-Identifier: BSD-2-Clause
/* Owns the loaded vectors.json, kept for the life of the test program. */
#include "harness/vectors.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const VECTORS_SETS[2] = {"S1024", "S2040"};

static json_t *root;

static void drop_root(void)
{
	json_decref(root);
}

static json_t *loaded(void)
{
	json_error_t error;

	if (!root) {
		root = json_load_file(VECTORS_DIR "vectors.json", 0, &error);
		if (!root) {
			fprintf(stderr, "vectors.json: %s\n", error.text);
			abort();
		}
		atexit(drop_root);
	}
	return root;
}

static json_t *child(json_t *node, const char *name)
{
	if (json_is_array(node))
		return json_array_get(node, strtoul(name, NULL, 10));
	return json_object_get(node, name);
}

const char *vectors_text(const char *set, const char *path)
{
	json_t *node = json_object_get(loaded(), set);
	char names[128];
	const char *text;

	snprintf(names, sizeof(names), "%s", path);
	for (char *next, *name = strtok_r(names, "/", &next); name;
	     name = strtok_r(NULL, "/", &next))
		node = child(node, name);
	text = json_string_value(node);
	if (!text) {
		fprintf(stderr, "vectors.json: no %s/%s\n", set, path);
		abort();
	}
	return text;
}

struct hex vectors_octets(const char *set, const char *path)
{
	return hex_octets(vectors_text(set, path));
}

struct in6_addr vectors_address(const char *set, const char *path)
{
	struct in6_addr address;

	if (inet_pton(AF_INET6, vectors_text(set, path), &address) != 1)
		abort();
	return address;
}

struct hex vectors_pem(const char *set, const char *owner)
{
	struct hex pem = {.len = 0};
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), VECTORS_DIR "%s_rsa%s.pem", owner, set + 1);
	file = fopen(path, "r");
	if (!file) {
		perror(path);
		abort();
	}
	pem.len = fread(pem.at, 1, sizeof(pem.at), file);
	fclose(file);
	return pem;
}

const char *vectors_message(const char *set, unsigned int index)
{
	const char *name;
	json_t *node;

	json_object_foreach(json_object_get(loaded(), set), name,
			    node) if (json_object_get(node, "mh") && index-- == 0) return name;
	return NULL;
}
