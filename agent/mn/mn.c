// SPDX-License-Identifier: BSD-2-Clause
/* Owns the life of a mobile node: the start ladder, the events that drive it, the stop. */
#include "mn/mn.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "kernel/netlink.h"
#include "kernel/packet_socket.h"
#include "kernel/rtnl.h"
#include "kernel/state_dir.h"
#include "mn/mn_private.h"
#include "mn/mn_route.h"

enum {
	ICMP_ERRORS_PER_SECOND = 100,
	ICMP_ERRORS_BURST = 50,
};

static int exit_code(int err)
{
	return err == -EPERM || err == -EACCES ? EX_NOPERM : EX_UNAVAILABLE;
}

static void punt_ready(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	signalling_ready(arg);
}

/* ---- the start ladder ---- */

static int open_state(struct mn *mn, char *why, size_t why_size)
{
	unsigned int made; /* the key that comes next stays, whatever fails after it */

	mn->state_dir = state_dir_open(mn->config->state_dir, &made);
	if (mn->state_dir == -EBUSY)
		snprintf(why, why_size, "state_dir %s is in use by another famad; stop it first",
			 mn->config->state_dir);
	else if (mn->state_dir < 0)
		snprintf(why, why_size, "cannot make or open state_dir %s: %s",
			 mn->config->state_dir, strerror(-mn->state_dir));
	if (mn->state_dir < 0)
		return mn->state_dir;
	return identity_open(mn->state_dir, mn->config->identity.rsa_bits, mn->config->identity.sec,
			     &mn->identity, why, why_size);
}

static int open_sockets(struct mn *mn, char *why, size_t why_size)
{
	mn->netlink = netlink_open(0);
	if (mn->netlink)
		mn->packets = packet_socket_open();
	if (mn->packets)
		return 0;
	int err = -errno;

	snprintf(why, why_size, "cannot open netlink and packet sockets: %s (run as root)",
		 strerror(-err));
	return err;
}

static int find_links(struct mn *mn, char *why, size_t why_size)
{
	for (unsigned int i = 0; i < mn->config->interface_count; i++) {
		const char *name = mn->config->interfaces[i].name;
		struct rtnl_link link;
		int err = rtnl_link_by_name(mn->netlink, name, &link);

		if (err) {
			snprintf(why, why_size, "interface %s: %s", name, strerror(-err));
			return err;
		}
		mn->links[i] = (struct mn_link){
			.mn = mn,
			.name = name,
			.ifindex = link.ifindex,
			.mtu = link.mtu,
			.nd_fd = -1,
		};
		memcpy(mn->links[i].mac, link.mac, sizeof(link.mac));
		mn->link_count++;
	}
	return 0;
}

static int set_host(struct mn *mn, char *why, size_t why_size)
{
	const char *names[FAMA_INTERFACE_MAX];

	for (unsigned int i = 0; i < mn->link_count; i++)
		names[i] = mn->links[i].name;
	return host_settings_apply(&mn->settings, mn->state_dir, names, mn->link_count, why,
				   why_size);
}

static enum attach_mode attach_asked(enum config_attach attach)
{
	switch (attach) {
	case ATTACH_AUTO:
		return ATTACH_MODE_AUTO;
	case ATTACH_DISPATCHER:
		return ATTACH_MODE_DISPATCHER;
	case ATTACH_LINK:
		return ATTACH_MODE_LINK;
	case ATTACH_GENERIC:
		return ATTACH_MODE_GENERIC;
	case ATTACH_TC:
		return ATTACH_MODE_TC;
	}
	return ATTACH_MODE_AUTO;
}

/* The programs stand before the first BU leaves: without them the kernel answers the BA with an
 * error. Returns an exit code. */
static int open_dataplane(struct mn *mn, char *why, size_t why_size)
{
	const struct config *config = mn->config;
	struct dataplane_request request = {
		.role = DATAPLANE_MN,
		.bpffs = config->bpffs,
		.binding_max = config->binding.max,
		.settings =
			{
				.interface_count = mn->link_count,
				.hop_limit = config->tunnel.hop_limit,
				.dscp_copy = config->tunnel.dscp_copy,
				.max_nested = config->tunnel.max_nested,
			},
	};
	int code = 0;

	for (unsigned int i = 0; i < mn->link_count; i++) {
		struct dataplane_interface *interface = &request.settings.interfaces[i];

		interface->ifindex = mn->links[i].ifindex;
		interface->kind = INTERFACE_MN;
		memcpy(interface->mac, mn->links[i].mac, sizeof(interface->mac));
		request.attach[i] = attach_asked(config->interfaces[i].attach);
	}
	mn->dataplane = dataplane_open(&request, &mn->is_adopted, &code, why, why_size);
	return mn->dataplane ? 0 : code;
}

static int watch_punt(struct mn *mn, char *why, size_t why_size)
{
	mn->punt_event = event_new(mn->base, dataplane_punt_fd(mn->dataplane), EV_READ | EV_PERSIST,
				   punt_ready, mn);
	if (mn->punt_event && !event_add(mn->punt_event, NULL))
		return 0;
	snprintf(why, why_size, "no memory for events");
	return -ENOMEM;
}

/* Everything that can be taken back; 0 or an exit code. */
static int open_all(struct mn *mn, char *why, size_t why_size)
{
	int err = open_state(mn, why, why_size);
	int code;

	if (!err)
		err = open_sockets(mn, why, why_size);
	if (!err)
		err = find_links(mn, why, why_size);
	if (!err)
		err = attachment_open(mn, why, why_size);
	if (!err)
		err = set_host(mn, why, why_size);
	if (err)
		return exit_code(err);
	code = open_dataplane(mn, why, why_size);
	if (code)
		return code;
	err = watch_punt(mn, why, why_size);
	return err ? exit_code(err) : 0;
}

static void close_all(struct mn *mn)
{
	if (mn->punt_event)
		event_free(mn->punt_event);
	if (mn->dataplane)
		dataplane_close(mn->dataplane, true);
	bul_clear(&mn->bul);
	while (!TAILQ_EMPTY(&mn->homes.list))
		home_address_remove(&mn->homes, TAILQ_FIRST(&mn->homes.list));
	host_settings_restore(&mn->settings);
	attachment_close(mn);
	packet_socket_close(mn->packets);
	netlink_close(mn->netlink);
	identity_close(&mn->identity);
	if (mn->state_dir >= 0)
		close(mn->state_dir);
	free(mn);
}

struct mn *mn_start(struct event_base *base, const struct config *config, int *code, char *why,
		    size_t why_size)
{
	const struct bul_policy policy = {
		.coa_test = config->mobility.coa_test,
		.dar_proof = config->mobility.dar_proof,
	};
	struct mn *mn = calloc(1, sizeof(*mn));

	if (!mn) {
		snprintf(why, why_size, "out of memory");
		*code = EX_UNAVAILABLE;
		return NULL;
	}
	mn->base = base;
	mn->config = config;
	mn->state_dir = -1;
	mn->start_ns = clock_boot_ns();
	ratelimit_init(&mn->icmp_errors, ICMP_ERRORS_PER_SECOND, ICMP_ERRORS_BURST, mn->start_ns);
	home_addresses_init(&mn->homes);
	bul_init(&mn->bul, &policy, base, registration_timeout, mn);
	*code = open_all(mn, why, why_size);
	if (*code) {
		close_all(mn);
		return NULL;
	}
	adopt_remains(mn);
	attachment_start(mn);
	log_info("mn.started", "name=%s interfaces=%u adopted=%d", config->name, mn->link_count,
		 mn->is_adopted);
	return mn;
}

/* ---- the stop ---- */

/* The last BU cannot come later: less than a second until M-15 allows it. */
static void await_turn(const struct bul_peer *peer)
{
	uint64_t wait = update_rate_wait_ns(&peer->bu_rate, clock_boot_ns());
	const struct timespec time = {(time_t)(wait / CLOCK_SECOND_NS),
				      (long)(wait % CLOCK_SECOND_NS)};

	if (wait)
		nanosleep(&time, NULL);
}

/* One BU each and no waiting for BAs: a HDAR that misses it lets go when the lifetime ends. Also
 * where only the BA is missing yet. */
static void deregister_all(struct mn *mn)
{
	static const struct bul_event drop = {.kind = BUL_EVENT_DROP};
	struct home_address *home, *next;

	for (home = TAILQ_FIRST(&mn->homes.list); home; home = next) {
		next = TAILQ_NEXT(home, link);
		if (home->entry && !home->is_current &&
		    (home->entry->is_bound || bul_last_sent(home->entry))) {
			await_turn(home->entry->peer);
			registration_event(mn, home, &drop);
		}
	}
}

static void leave_host(struct mn *mn)
{
	while (!TAILQ_EMPTY(&mn->homes.list))
		registration_forget(mn, TAILQ_FIRST(&mn->homes.list));
	mn_route_flush(mn->netlink);
	address_book_write(mn->state_dir, &mn->homes, &mn->book);
	host_settings_restore(&mn->settings);
	/* The kernel, now at it again, need not wait for the next periodic RA. */
	for (unsigned int i = 0; i < mn->link_count; i++) {
		if (mn->links[i].is_up)
			attachment_solicit_once(&mn->links[i]);
	}
}

void mn_stop(struct mn *mn)
{
	deregister_all(mn);
	leave_host(mn);
	close_all(mn);
}
