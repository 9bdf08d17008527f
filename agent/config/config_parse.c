// SPDX-License-Identifier: BSD-2-Clause
/* Owns reading durations, addresses and prefixes from text. */
#include "config/config_parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DURATION_MAX_MS (UINT32_MAX * 1000ULL)

static const struct {
	const char *unit;
	uint64_t ms;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

int parse_duration(const char *text, uint64_t *ms)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t number;

	if (!digits)
		return -EINVAL;
	if (strcmp(text, "0") == 0) {
		*ms = 0;
		return 0;
	}
	errno = 0;
	number = strtoull(text, NULL, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + digits, units[i].unit) != 0)
			continue;
		if (errno || number > DURATION_MAX_MS / units[i].ms)
			return -ERANGE;
		*ms = number * units[i].ms;
		return 0;
	}
	return -EINVAL;
}

void format_duration(uint64_t ms, char text[static DURATION_TEXT_MAX])
{
	if (ms % 1000 == 0)
		snprintf(text, DURATION_TEXT_MAX, "%" PRIu64 "s", ms / 1000);
	else
		snprintf(text, DURATION_TEXT_MAX, "%" PRIu64 "ms", ms);
}

int parse_address(const char *text, struct in6_addr *out)
{
	return inet_pton(AF_INET6, text, out) == 1 ? 0 : -EINVAL;
}

int parse_prefix(const char *text, struct in6_addr *out, unsigned int *len)
{
	const char *slash = strchr(text, '/');
	char address[INET6_ADDRSTRLEN];
	size_t digits;

	if (!slash || (size_t)(slash - text) >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	digits = strspn(slash + 1, "0123456789");
	if (parse_address(address, out) || !digits || digits > 3 || slash[1 + digits] ||
	    (slash[1] == '0' && digits > 1))
		return -EINVAL;
	*len = (unsigned int)strtoul(slash + 1, NULL, 10);
	if (*len > 128)
		return -EINVAL;
	for (unsigned int bit = *len; bit < 128; bit++)
		if (out->s6_addr[bit / 8] & (0x80 >> bit % 8))
			return -EDOM;
	return 0;
}
