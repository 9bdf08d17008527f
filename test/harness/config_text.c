// SPDX-License-Identifier: BSD-2-Clause
/* Owns catching what config_load() prints. */
#include "harness/config_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

struct config *load_file(const char *file, char *said, size_t size)
{
	FILE *capture = tmpfile();
	int saved = dup(STDERR_FILENO);
	struct config *config;
	size_t len;

	assert_non_null(capture);
	fflush(stderr);
	dup2(fileno(capture), STDERR_FILENO);
	config = config_load(file);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(capture);
	len = fread(said, 1, size - 1, capture);
	said[len] = '\0';
	fclose(capture);
	return config;
}

struct config *load_text(const char *text, char file[static CONFIG_TEXT_PATH_MAX], char *said,
			 size_t size)
{
	struct config *config;
	int fd;

	fd = memfd_create("config", 0);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(file, CONFIG_TEXT_PATH_MAX, "/proc/self/fd/%d", fd);
	config = load_file(file, said, size);
	close(fd);
	return config;
}
