// SPDX-License-Identifier: BSD-2-Clause
/* Owns getrandom(2). */
#include "base/random.h"

#include <stdlib.h>
#include <sys/random.h>

void random_octets(void *out, size_t len)
{
	uint8_t *at = out;

	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0)
			abort();
		at += got;
		len -= (size_t)got;
	}
}

uint32_t random_below(uint32_t bound)
{
	uint32_t limit = UINT32_MAX - UINT32_MAX % bound;
	uint32_t value;

	do {
		random_octets(&value, sizeof(value));
	} while (value >= limit);
	return value % bound;
}
