// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows and answers of a turn: one system call for all of the first, one for the others. */
#include "dar/turn.h"

#include <stdlib.h>
#include <string.h>

#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"
#include "kernel/packet_socket.h"

struct turn {
	bool is_on;
	uint32_t count;
	struct in6_addr hoas[PUNT_TURN_EVENTS];
	struct binding rows[PUNT_TURN_EVENTS];
};

struct turn *turn_new(void)
{
	return calloc(1, sizeof(struct turn));
}

void turn_free(struct turn *turn)
{
	free(turn);
}

/* The answers of the turn would tell of what is not there: they are lost, and asked for again. */
static void give_up(struct dar *dar, const struct in6_addr *hoa, int err)
{
	unsigned int dropped = packet_batch_drop(dar->packets);

	dar->stats.counters[DAR_BA_FAILED] += dropped;
	log_remote("binding.write", "hoa=%s answers_dropped=%u error=\"%s\"", in6_text(hoa).s,
		   dropped, strerror(-err));
}

static int write_rows(struct dar *dar)
{
	struct turn *turn = dar->turn;
	uint32_t at = 0;
	int failed = 0;

	while (at < turn->count) {
		uint32_t done = 0;
		int err = dataplane_binding_replace_many(dar->dataplane, &turn->hoas[at],
							 &turn->rows[at], turn->count - at, &done);

		at += done;
		if (err && at < turn->count) {
			give_up(dar, &turn->hoas[at++], err);
			failed = err;
		}
	}
	turn->count = 0;
	return failed;
}

static void send_answers(struct dar *dar)
{
	unsigned int failed;
	int err = packet_batch_send(dar->packets, &failed);

	dar->stats.counters[DAR_BA_FAILED] += failed;
	if (err)
		log_remote("ba.failed", "answers=%u error=\"%s\"", failed, strerror(-err));
}

void turn_begin(struct dar *dar)
{
	dar->turn->is_on = true;
}

int turn_flush(struct dar *dar)
{
	int err;

	if (!turn_is_on(dar))
		return 0;
	err = write_rows(dar);
	send_answers(dar);
	return err;
}

void turn_end(struct dar *dar)
{
	turn_flush(dar);
	dar->turn->is_on = false;
}

bool turn_is_on(const struct dar *dar)
{
	return dar->turn->is_on;
}

int turn_put_row(struct dar *dar, const struct in6_addr *hoa, const struct binding *row)
{
	struct turn *turn = dar->turn;
	uint32_t done;

	if (!turn->is_on)
		return dataplane_binding_replace_many(dar->dataplane, hoa, row, 1, &done);
	if (turn->count == PUNT_TURN_EVENTS)
		turn_flush(dar);
	turn->hoas[turn->count] = *hoa;
	turn->rows[turn->count++] = *row;
	return 0;
}
