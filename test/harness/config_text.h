/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns config_load() as tests call it: from text, with what it says. */
#ifndef FAMA_TEST_CONFIG_TEXT_H
#define FAMA_TEST_CONFIG_TEXT_H

#include "config/config.h"

enum { CONFIG_TEXT_PATH_MAX = 32 };

/* config_load(); what it says on stderr goes into `said`. */
struct config *load_file(const char *file, char *said, size_t size);

/* The same of a file with `text`, gone afterwards; its name goes into `file`. */
struct config *load_text(const char *text, char file[static CONFIG_TEXT_PATH_MAX], char *said,
			 size_t size);

#endif
