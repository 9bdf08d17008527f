// SPDX-License-Identifier: BSD-2-Clause
/* Owns hexadecimal digits to octets. */
#include "harness/hex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int digit_value(char digit)
{
	static const char DIGITS[] = "0123456789abcdef";
	const char *at = strchr(DIGITS, digit);

	if (!at || !digit) {
		fprintf(stderr, "hex: '%c' is no digit\n", digit);
		abort();
	}
	return (int)(at - DIGITS);
}

struct hex hex_octets(const char *digits)
{
	struct hex hex = {.len = 0};
	size_t count = 0;

	for (; *digits; digits++) {
		if (*digits == ' ' || *digits == '\n')
			continue;
		if (count / 2 == sizeof(hex.at))
			abort();
		hex.at[count / 2] = (uint8_t)(hex.at[count / 2] << 4 | digit_value(*digits));
		count++;
	}
	if (count % 2)
		abort();
	hex.len = count / 2;
	return hex;
}

uint8_t *hex_exact(const uint8_t *octets, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, octets, len);
	return copy;
}
