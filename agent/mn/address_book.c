// SPDX-License-Identifier: BSD-2-Clause
/* Owns the note of which DAR anchors which address: only an RA tells, and only on its link. */
#include "mn/address_book.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/in6.h"
#include "mn/home_address.h"
#include "kernel/state_dir.h"

#define FILE_NAME "addresses"

void address_book_read(int dir, struct address_book *book)
{
	ssize_t len = state_dir_read(dir, FILE_NAME, book->text, sizeof(book->text) - 1);

	book->text[len < 0 ? 0 : len] = '\0';
}

static bool read_line(const char *line, struct in6_addr *address, struct in6_addr *hdar)
{
	char first[INET6_ADDRSTRLEN], second[INET6_ADDRSTRLEN];

	return sscanf(line, "%45s %45s", first, second) == 2 &&
	       inet_pton(AF_INET6, first, address) == 1 && inet_pton(AF_INET6, second, hdar) == 1 &&
	       in6_is_routable_unicast(hdar);
}

bool address_book_find(const struct address_book *book, const struct in6_addr *address,
		       struct in6_addr *hdar)
{
	for (const char *line = book->text; *line; line++) {
		struct in6_addr found;

		if (read_line(line, &found, hdar) && in6_equal(&found, address))
			return true;
		line = strchr(line, '\n');
		if (!line)
			break;
	}
	return false;
}

int address_book_write(int dir, const struct home_addresses *all, struct address_book *book)
{
	struct address_book *now = calloc(1, sizeof(*now));
	const struct home_address *home;
	size_t len = 0;
	int err = 0;

	if (!now)
		return -ENOMEM;
	TAILQ_FOREACH (home, &all->list, link) {
		if (home->has_hdar && home->is_installed && len < sizeof(now->text))
			len += (size_t)snprintf(now->text + len, sizeof(now->text) - len, "%s %s\n",
						in6_text(&home->address).s,
						in6_text(&home->hdar).s);
	}
	if (len >= sizeof(now->text))
		err = -EFBIG;
	else if (!len)
		err = state_dir_remove(dir, FILE_NAME);
	else if (strcmp(now->text, book->text) != 0)
		err = state_dir_write(dir, FILE_NAME, now->text, len);
	if (!err)
		*book = *now;
	free(now);
	return err;
}
