// SPDX-License-Identifier: BSD-2-Clause
/* Owns the way of a configuration: file, tree, text, checked values. */
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_check.h"
#include "config/config_locate.h"
#include "config/config_quote.h"
#include "config/config_schema.h"
#include "config/config_shape.h"

enum { FILE_MAX_OCTETS = 1 << 20 };

static const struct cyaml_config cyaml = {.mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};

/* The whole file, malloc()ed; NULL and errno if that is not to be had. */
static uint8_t *read_file(const char *file, size_t *len)
{
	uint8_t *octets = malloc(FILE_MAX_OCTETS);
	int fd = open(file, O_RDONLY | O_CLOEXEC), err = 0;
	ssize_t got = -1;

	*len = 0;
	if (fd < 0 || !octets)
		err = errno;
	while (!err && got) {
		got = read(fd, octets + *len, FILE_MAX_OCTETS - *len);
		if (got > 0)
			*len += (size_t)got;
		else if (got < 0 && errno != EINTR)
			err = errno;
		if (*len == FILE_MAX_OCTETS)
			err = EFBIG;
	}
	if (fd >= 0)
		close(fd);
	if (!err)
		return octets;
	free(octets);
	errno = err;
	return NULL;
}

static struct config *config_of_text(struct document *d, const struct config_text *text)
{
	struct config *config = calloc(1, sizeof(*config));

	if (!config) {
		document_refuse(d, "syntax", "out of memory");
		return NULL;
	}
	if (config_check(d, text, config)) {
		free(config);
		return NULL;
	}
	return config;
}

static struct config *config_of_document(struct document *d, const uint8_t *octets, size_t len)
{
	struct config_text *text = NULL;
	struct config *config;
	cyaml_err_t err;

	if (shape_check(d, &config_schema))
		return NULL;
	err = cyaml_load_data(octets, len, &cyaml, &config_schema, (cyaml_data_t **)&text, NULL);
	if (err != CYAML_OK) {
		document_refuse(d, "syntax", "%s", cyaml_strerror(err));
		return NULL;
	}
	config = config_of_text(d, text);
	cyaml_free(&cyaml, &config_schema, text, 0);
	return config;
}

/* As libyaml will take it; NULL and errno. */
static uint8_t *read_quoted(const char *file, size_t *len)
{
	uint8_t *octets = read_file(file, len), *quoted;

	if (!octets)
		return NULL;
	quoted = config_quote(octets, len);
	free(octets);
	return quoted;
}

struct config *config_load(const char *file)
{
	struct config *config = NULL;
	struct document document;
	size_t len;
	uint8_t *octets = read_quoted(file, &len);

	if (!octets) {
		fprintf(stderr, "%s: cannot be read: %s\n", file, strerror(errno));
		return NULL;
	}
	if (document_open(&document, file, octets, len) == 0) {
		config = config_of_document(&document, octets, len);
		document_close(&document);
	}
	free(octets);
	return config;
}

void config_free(struct config *config)
{
	free(config);
}
