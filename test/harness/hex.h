/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns octets of tests: written as hexadecimal, by value, large enough for any packet here. */
#ifndef FAMA_TEST_HEX_H
#define FAMA_TEST_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/octets.h"

struct hex {
	uint8_t at[4096];
	size_t len;
};

/* Blanks and line ends are skipped; anything else that is no digit ends the test program. */
struct hex hex_octets(const char *digits);

/* A copy in memory of exactly this length, so that ASan sees a read past its end. free() it. */
uint8_t *hex_exact(const uint8_t *octets, size_t len);

#endif
