// SPDX-License-Identifier: BSD-2-Clause
/* Owns the life of a DAR: the start ladder, the events that drive it, the stop. */
#include "dar/dar.h"

#include <errno.h>
#include <event2/event.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "dar/bu_queue.h"
#include "dar/dar_open.h"
#include "dar/dar_private.h"
#include "dar/next_hop.h"
#include "dar/punt_turns.h"
#include "dar/radv.h"
#include "dar/turn.h"
#include "kernel/netlink.h"
#include "kernel/packet_socket.h"

enum {
	REPLY_PER_SECOND = 1000, /* protocol 8.6 */
	REPLY_SOURCE_PER_SECOND = 10,
	REPLY_SOURCE_BURST = 20,
	ICMP_ERRORS_PER_SECOND = 100,
	ICMP_ERRORS_BURST = 50,
	OWN_SIGNATURES_PER_SECOND = 200,
	OWN_SIGNATURES_BURST = 50,
	STRANGER_SHARE = 10,             /* of them, for the refusals of the unproven */
	CAREOF_TESTS_PER_SECOND = 20000, /* each source has its 10 from the data plane */
	CAREOF_TESTS_BURST = 2000,
};

static void notification_ready(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	dar_notification_receive(arg);
}

static void heartbeat_due(evutil_socket_t fd, short what, void *arg)
{
	struct dar *dar = arg;

	(void)fd;
	(void)what;
	replay_floor_raise(dar);
}

/* ---- start ---- */

static void init_limits(struct dar *dar)
{
	const struct config *config = dar->config;
	uint64_t now = clock_boot_ns();

	dar->start_boot_ns = now;
	ratelimit_init(&dar->crypto_budget, config->security.crypto_budget,
		       config->security.crypto_budget, now);
	ratelimit_init(&dar->reply_global, REPLY_PER_SECOND, REPLY_PER_SECOND, now);
	for (int i = 0; i < DAR_REPLY_BUCKETS; i++)
		ratelimit_init(&dar->reply_source[i], REPLY_SOURCE_PER_SECOND, REPLY_SOURCE_BURST,
			       now);
	ratelimit_init(&dar->icmp_errors, ICMP_ERRORS_PER_SECOND, ICMP_ERRORS_BURST, now);
	ratelimit_init(&dar->binding_errors, ICMP_ERRORS_PER_SECOND, ICMP_ERRORS_BURST, now);
	ratelimit_init(&dar->parameter_problems, ICMP_ERRORS_PER_SECOND, ICMP_ERRORS_BURST, now);
	ratelimit_init(&dar->own_signatures, OWN_SIGNATURES_PER_SECOND, OWN_SIGNATURES_BURST, now);
	ratelimit_init(&dar->own_signatures_strangers, OWN_SIGNATURES_PER_SECOND / STRANGER_SHARE,
		       OWN_SIGNATURES_BURST / STRANGER_SHARE, now);
	ratelimit_init(&dar->careof_tests, CAREOF_TESTS_PER_SECOND, CAREOF_TESTS_BURST, now);
}

static int open_sockets(struct dar *dar, char *why, size_t why_size)
{
	dar->netlink = netlink_open(0);
	dar->notifications = netlink_open(RTMGRP_LINK | RTMGRP_IPV6_IFADDR);
	dar->packets = packet_socket_open();
	if (dar->netlink && dar->notifications && dar->packets)
		return 0;
	snprintf(why, why_size, "cannot open netlink, packet and raw sockets: %s%s",
		 strerror(errno), errno == EPERM ? "; run as root or with CAP_NET_RAW" : "");
	return errno == EPERM || errno == EACCES ? EX_NOPERM : EX_UNAVAILABLE;
}

static int open_events(struct dar *dar, char *why, size_t why_size)
{
	struct timeval second = {.tv_sec = 1};

	dar->punt_turns = punt_turns_new(dar);
	dar->notification_event = event_new(dar->base, netlink_fd(dar->notifications),
					    EV_READ | EV_PERSIST, notification_ready, dar);
	dar->heartbeat_event = event_new(dar->base, -1, EV_PERSIST, heartbeat_due, dar);
	if (!dar->punt_turns || !dar->notification_event || !dar->heartbeat_event) {
		snprintf(why, why_size, "out of memory");
		return EX_UNAVAILABLE;
	}
	event_add(dar->notification_event, NULL);
	event_add(dar->heartbeat_event, &second);
	heartbeat_due(-1, 0, dar);
	return 0;
}

static int open_radv(struct dar *dar, char *why, size_t why_size)
{
	for (unsigned int i = 0; i < dar->interface_count; i++) {
		struct dar_interface *interface = &dar->interfaces[i];

		if (interface->config->kind != INTERFACE_ACCESS)
			continue;
		interface->radv = radv_new(dar, interface);
		if (!interface->radv) {
			snprintf(why, why_size, "router advertisements on %s: %s",
				 interface->config->name, strerror(errno));
			return EX_UNAVAILABLE;
		}
	}
	return 0;
}

static void close_all(struct dar *dar, bool flush)
{
	dar_interfaces_close(dar, flush);
	punt_turns_free(dar->punt_turns);
	if (dar->notification_event)
		event_free(dar->notification_event);
	if (dar->heartbeat_event)
		event_free(dar->heartbeat_event);
	dad_free(dar->dad);
	bu_queue_free(dar->queue);
	durable_contexts_close(dar);
	bcache_free(dar->bcache);
	turn_free(dar->turn);
	next_hops_free(dar->next_hops);
	if (dar->dataplane)
		dataplane_close(dar->dataplane, flush);
	packet_socket_close(dar->packets);
	netlink_close(dar->notifications);
	netlink_close(dar->netlink);
	replay_floor_close(dar);
	identity_close(&dar->identity);
	careof_nonces_wipe(&dar->nonces);
	free(dar);
}

struct dar *dar_start(struct event_base *base, const struct config *config, int *code, char *why,
		      size_t why_size)
{
	struct dar *dar = calloc(1, sizeof(*dar));

	if (!dar) {
		snprintf(why, why_size, "out of memory");
		*code = EX_UNAVAILABLE;
		return NULL;
	}
	dar->base = base;
	dar->config = config;
	dar->state_fd = -1;
	init_limits(dar);
	if ((*code = open_sockets(dar, why, why_size)) ||
	    (*code = dar_interfaces_open(dar, why, why_size)) ||
	    (*code = replay_floor_open(dar, why, why_size)) ||
	    (*code = own_addresses_derive(dar, why, why_size)) ||
	    (*code = dar_open_dataplane(dar, why, why_size)) ||
	    (*code = dar_addresses_add(dar, why, why_size)) ||
	    (*code = dar_routes_add(dar, why, why_size)) ||
	    (*code = dar_open_state(dar, why, why_size)) ||
	    (*code = open_events(dar, why, why_size)) || (*code = open_radv(dar, why, why_size))) {
		dar_abandon(dar);
		return NULL;
	}
	log_info("started", "role=dar name=%s bindings=%u adopted=%d", config->name,
		 bcache_bound_count(dar->bcache), dar->adopted);
	return dar;
}

void dar_stop(struct dar *dar)
{
	bool flush = dar->config->stop == STOP_FLUSH;

	log_info("stopping", "name=%s bindings=%u stop=%s", dar->config->name,
		 bcache_bound_count(dar->bcache), flush ? "flush" : "keep");
	close_all(dar, flush);
}

void dar_abandon(struct dar *dar)
{
	replay_floor_forget(dar);
	/* pins that were there before belong to a running data plane: leave them */
	close_all(dar, !dar->adopted);
}
