// SPDX-License-Identifier: BSD-2-Clause
/* Owns the turns in which the DAR takes what the data plane hands up. */
#include "dar/punt_turns.h"

#include <errno.h>
#include <event2/event.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "dar/dar_private.h"
#include "dar/turn.h"

enum {
	BUSY_TURNS = 4, /* full ones in a row: the wakeups of the ring cost more than polling it */
	POLL_MS = 1,
};

/* Like NAPI: the ring's fd while it is quiet, a timer while it is busy. Each turn ends for timers,
 * sockets and one job of the queue. */
struct punt_turns {
	struct dar *dar;
	struct event *ready_event; /* of the fd; not added while polling */
	struct event *poll_event;
	unsigned int full_turns; /* in a row */
	bool polling;
};

/* ---- one event ---- */

static void signalling(struct dar *dar, const struct ingress *from, const uint8_t *packet,
		       size_t len)
{
	struct mh_packet parsed;
	enum mh_fault fault = mh_packet_parse(packet, len, &parsed);

	dar->stats.faults[fault]++;
	if (fault == MH_UNKNOWN_TYPE)
		be_send(dar, IP6_MH_BES_UNKNOWN_MH, &parsed);
	if (fault != MH_OK) {
		parameter_problem_send(dar, fault, &parsed, packet, len);
		log_remote("mh.refused", "reason=%s interface=%u", mh_fault_name(fault),
			   from->ifindex);
		return;
	}
	if (parsed.message.type == IP6_MH_TYPE_BU && !parsed.has_rh2)
		dar_bu_receive(dar, &parsed, from);
	else if (parsed.message.type == IP6_MH_TYPE_COTI)
		careof_test_receive(dar, &parsed, from);
	else
		dar_count(dar, parsed.message.type == IP6_MH_TYPE_HOTI ? DAR_HOTI_IGNORED
								       : DAR_MH_IGNORED);
}

/* RFC 6275 section 9.3.1: only a Mobility Header may come from a home address we do not know.
 * The parser refuses what stands behind the option, after it has read the option itself. */
static void home_address(struct dar *dar, const uint8_t *packet, size_t len)
{
	struct mh_packet parsed;

	if (mh_packet_parse(packet, len, &parsed) == MH_PACKET && parsed.has_hao)
		be_send(dar, IP6_MH_BES_UNKNOWN_HAO, &parsed);
}

static void punt_take(const struct punt_header *header, const uint8_t *frame, void *arg)
{
	struct dar *dar = arg;
	struct ingress from = {.ifindex = header->ifindex};
	bool has_link_header = header->len >= ETH_HLEN;
	const uint8_t *packet = frame + ETH_HLEN;
	size_t len = has_link_header ? header->len - ETH_HLEN : 0;

	dar_count(dar, DAR_PUNTED);
	if (has_link_header)
		memcpy(from.source_mac, frame + ETH_ALEN, ETH_ALEN);
	switch ((enum punt_kind)header->kind) {
	case PUNT_SIGNALLING:
		signalling(dar, &from, packet, len);
		break;
	case PUNT_HOME_ADDRESS:
		home_address(dar, packet, len);
		break;
	case PUNT_TUNNEL_ERROR:
		tunnel_error_receive(dar, packet, len);
		break;
	case PUNT_TOO_BIG_LOCAL: /* starts at the IPv6 header */
		too_big_local(dar, frame, header->len);
		break;
	case PUNT_CONFLICT:
		dad_conflict(dar->dad, &from, packet, len);
		break;
	}
}

/* ---- turns ---- */

static void poll_after(struct punt_turns *turns, unsigned int milliseconds)
{
	const struct timeval wait = {.tv_usec = milliseconds * 1000};

	event_add(turns->poll_event, &wait);
}

static void set_polling(struct punt_turns *turns, bool polling)
{
	turns->polling = polling;
	turns->full_turns = 0;
	if (polling)
		event_del(turns->ready_event);
	else
		event_add(turns->ready_event, NULL);
}

/* True: the turn was full. */
static bool take_turn(struct punt_turns *turns, int *taken)
{
	turn_begin(turns->dar);
	*taken = dataplane_punt_consume(turns->dar->dataplane, punt_take, turns->dar);
	turn_end(turns->dar);
	if (*taken < 0)
		log_remote("punt.failed", "error=\"%s\"", strerror(-*taken));
	return *taken == PUNT_TURN_EVENTS;
}

static void ready(evutil_socket_t fd, short what, void *arg)
{
	struct punt_turns *turns = arg;
	int taken;

	(void)fd;
	(void)what;
	if (!take_turn(turns, &taken)) {
		turns->full_turns = 0;
	} else if (++turns->full_turns == BUSY_TURNS) {
		set_polling(turns, true);
		poll_after(turns, 0);
	}
}

static void poll_due(evutil_socket_t fd, short what, void *arg)
{
	struct punt_turns *turns = arg;
	int taken;

	(void)fd;
	(void)what;
	if (take_turn(turns, &taken))
		poll_after(turns, 0);
	else if (taken > 0)
		poll_after(turns, POLL_MS);
	else
		set_polling(turns, false);
}

struct punt_turns *punt_turns_new(struct dar *dar)
{
	struct punt_turns *turns = calloc(1, sizeof(*turns));

	if (!turns)
		return NULL;
	turns->dar = dar;
	turns->ready_event = event_new(dar->base, dataplane_punt_fd(dar->dataplane),
				       EV_READ | EV_PERSIST, ready, turns);
	turns->poll_event = evtimer_new(dar->base, poll_due, turns);
	if (turns->ready_event && turns->poll_event && event_add(turns->ready_event, NULL) == 0)
		return turns;
	punt_turns_free(turns);
	return NULL;
}

void punt_turns_free(struct punt_turns *turns)
{
	if (!turns)
		return;
	if (turns->ready_event)
		event_free(turns->ready_event);
	if (turns->poll_event)
		event_free(turns->poll_event);
	free(turns);
}
