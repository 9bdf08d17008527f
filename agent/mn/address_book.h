/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the note of which DAR anchors which address: only an RA tells, and only on its link. */
#ifndef FAMA_ADDRESS_BOOK_H
#define FAMA_ADDRESS_BOOK_H

#include <netinet/in.h>
#include <stdbool.h>

struct home_addresses;

enum { ADDRESS_BOOK_MAX = 32768 };

/* Text of one line an address, "ADDRESS HDAR"; what has no HDAR is left out. */
struct address_book {
	char text[ADDRESS_BOOK_MAX];
};

/* An empty book if there is none. */
void address_book_read(int dir, struct address_book *book);
bool address_book_find(const struct address_book *book, const struct in6_addr *address,
		       struct in6_addr *hdar);
/* Writes state_dir's book if it differs from `book`, which then is what stands there. */
int address_book_write(int dir, const struct home_addresses *all, struct address_book *book);

#endif
