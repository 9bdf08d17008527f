/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the file as a tree that knows where each key stands, and the one line about an error. */
#ifndef FAMA_CONFIG_LOCATE_H
#define FAMA_CONFIG_LOCATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

enum { KEY_PATH_MAX = 128 };

struct document {
	const char *file; /* its name, for messages */
	yaml_document_t tree;
};

/* Exactly one YAML document. 0, or -EINVAL and the line is printed. */
int document_open(struct document *d, const char *file, const uint8_t *octets, size_t len);
void document_close(struct document *d);

/* Value of `path`, such as "interfaces[1].ra.mode"; NULL if the file does not have it. */
yaml_node_t *document_at(struct document *d, const char *path);

/*
 * Prints `FILE:LINE:COLUMN: path: ...` where `path` stands, or what of it there is, and returns
 * -EINVAL. The second names the place itself.
 */
int document_refuse(struct document *d, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int document_refuse_at(const char *file, yaml_mark_t mark, const char *path, const char *format,
		       ...) __attribute__((format(printf, 4, 5)));

#endif
