// SPDX-License-Identifier: BSD-2-Clause
/* Owns the note, in state_dir, of which addresses we put on interfaces: after a kill -9 the next
 * agent still knows that they are its own to take away. */
#include <stdio.h>
#include <string.h>

#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"
#include "kernel/state_dir.h"

#include <arpa/inet.h>

static const char record_name[] = "addresses";

enum { RECORD_MAX = FAMA_PREFIX_MAX * INET6_ADDRSTRLEN };

bool address_record_has(const struct dar *dar, const struct in6_addr *address)
{
	char text[RECORD_MAX + 1], *rest = NULL;
	ssize_t len = state_dir_read(dar->state_fd, record_name, text, RECORD_MAX);
	struct in6_addr recorded;

	if (len < 0)
		return false;
	text[len] = '\0';
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (inet_pton(AF_INET6, line, &recorded) == 1 && in6_equal(&recorded, address))
			return true;
	}
	return false;
}

void address_record_write(const struct dar *dar)
{
	char text[RECORD_MAX + 1];
	size_t len = 0;
	int err;

	if (!dar->address_count) {
		address_record_remove(dar);
		return;
	}
	for (unsigned int i = 0; i < dar->address_count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\n",
					in6_text(&dar->addresses[i].address).s);
	err = state_dir_write(dar->state_fd, record_name, text, len);
	if (err)
		log_warn("address_record.failed", "error=\"%s\"", strerror(-err));
}

void address_record_remove(const struct dar *dar)
{
	if (dar->state_fd >= 0)
		state_dir_remove(dar->state_fd, record_name);
}
