/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the security contexts on disk (`replay: seq`): what refuses old signed BUs after a restart,
 * where no clock does. An SQLite file in state_dir; a row is durable once its put returned. */
#ifndef FAMA_CONTEXT_STORE_H
#define FAMA_CONTEXT_STORE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct context_store;

struct context_row {
	struct in6_addr hoa;
	uint8_t key_id[8];
	uint16_t sequence; /* of the last signed BU that was accepted */
};

/* Opens or makes `contexts.db` under `state_dir` (a path). NULL with a sentence in `why`. */
struct context_store *context_store_open(const char *state_dir, char *why, size_t why_size);
void context_store_close(struct context_store *store); /* NULL is fine */

/* On the disk when it returns 0; else -EIO, and the row is as it was. */
int context_store_put(struct context_store *store, const struct context_row *row);
/* Every row, until `each` returns other than 0, which is returned; -EIO. */
int context_store_each(struct context_store *store,
		       int (*each)(const struct context_row *row, void *arg), void *arg);

#endif
