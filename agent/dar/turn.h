/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what one turn of the DAR writes and answers together: all rows, then all answers (C-83). */
#ifndef FAMA_TURN_H
#define FAMA_TURN_H

#include <netinet/in.h>
#include <stdbool.h>

#include "fama/dataplane.h"

struct dar;
struct turn;

struct turn *turn_new(void);
void turn_free(struct turn *turn); /* NULL is fine */

/* Between them rows and answers are kept; outside of a turn each goes at once. */
void turn_begin(struct dar *dar);
void turn_end(struct dar *dar);

/* A row that is in the data plane already. 0 or -errno; while a turn is on, 0 means it is kept: if
 * it cannot be written later, no answer of the turn is sent. */
int turn_put_row(struct dar *dar, const struct in6_addr *hoa, const struct binding *row);
/* What is kept is written and sent: before a row is deleted, and when there is no room for more.
 * 0, or -errno of a row: an answer about to leave may tell of it. */
int turn_flush(struct dar *dar);
bool turn_is_on(const struct dar *dar);

#endif
