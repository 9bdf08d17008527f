// SPDX-License-Identifier: BSD-2-Clause
/* Owns the note, in state_dir, of which addresses we put on interfaces: after a kill -9 the next
 * agent still knows that they are its own to take away. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"

#include <arpa/inet.h>

static const char record_name[] = "addresses";

bool address_record_has(const struct dar *dar, const struct in6_addr *address)
{
	char line[INET6_ADDRSTRLEN + 2];
	struct in6_addr recorded;
	bool found = false;
	int fd = openat(dar->state_fd, record_name, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		found = inet_pton(AF_INET6, line, &recorded) == 1 && in6_equal(&recorded, address);
	}
	fclose(file);
	return found;
}

void address_record_write(const struct dar *dar)
{
	int fd;

	if (!dar->address_count) {
		address_record_remove(dar);
		return;
	}
	fd = openat(dar->state_fd, record_name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0) {
		log_warn("address_record.failed", "error=\"%m\"");
		return;
	}
	for (unsigned int i = 0; i < dar->address_count; i++)
		dprintf(fd, "%s\n", in6_text(&dar->addresses[i].address).s);
	close(fd);
}

void address_record_remove(const struct dar *dar)
{
	if (dar->state_fd >= 0)
		unlinkat(dar->state_fd, record_name, 0);
}
