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

unsigned int address_record_read(const struct dar *dar, struct in6_addr out[static FAMA_PREFIX_MAX])
{
	char text[RECORD_MAX + 1], *rest = NULL;
	ssize_t len = state_dir_read(dar->state_fd, record_name, text, RECORD_MAX);
	unsigned int count = 0;

	if (len < 0)
		return 0;
	text[len] = '\0';
	for (char *line = strtok_r(text, "\n", &rest); line && count < FAMA_PREFIX_MAX;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (inet_pton(AF_INET6, line, &out[count]) == 1)
			count++;
	}
	return count;
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
