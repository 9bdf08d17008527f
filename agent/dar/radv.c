// SPDX-License-Identifier: BSD-2-Clause
/* Owns Router Advertisements: what they say, when they go out, how solicitations are answered.
 *
 * A solicitation is answered by unicast at once (a handover waits for it); multicast answers and
 * unsolicited ones keep the distance of RFC 4861 section 6.2.6.
 */
#include "dar/radv.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "base/random.h"
#include "dar/dar_private.h"
#include "kernel/nd_socket.h"

enum {
	INITIAL_COUNT = 3, /* MAX_INITIAL_RTR_ADVERTISEMENTS */
	INITIAL_INTERVAL_MS = 16000,
	RETRY_MS = 500,
	MIN_DELAY_MS = 3000, /* MIN_DELAY_BETWEEN_RAS, less if the minimum interval is */
	RS_PER_SECOND = 200, /* answered on one link */
	RS_BURST = 100,
	SHORT_INTERVAL_MS = 200, /* RFC 6275 section 7.5: below it, add 20 ms */
	SHORT_INTERVAL_SLACK_MS = 20,
	CUR_HOP_LIMIT = 64,
	TUNNEL_HEADER_LEN = 40,
};

struct radv {
	struct dar *dar;
	struct dar_interface *interface;
	struct event *rs_event, *unsolicited_event, *delayed_event;
	struct ratelimit rs_rate;
	unsigned int initial_left;
	uint64_t last_multicast_ns;
};

/* Leaves room for the tunnel header so that a MN away need not learn a smaller MTU. */
static uint32_t advertised_mtu(const struct radv *radv)
{
	const struct dar *dar = radv->dar;
	uint32_t mtu = radv->interface->config->ra.mtu;
	uint32_t uplink = UINT32_MAX;

	if (mtu)
		return mtu;
	for (unsigned int i = 0; i < dar->interface_count; i++) {
		const struct dar_interface *interface = &dar->interfaces[i];

		if (interface->config->kind == INTERFACE_CORE && interface->mtu < uplink)
			uplink = interface->mtu;
	}
	if (uplink == UINT32_MAX)
		uplink = radv->interface->mtu;
	mtu = uplink - TUNNEL_HEADER_LEN;
	return mtu < radv->interface->mtu ? mtu : radv->interface->mtu;
}

/* RFC 4191 section 2.2: two bits, signed, below the home agent flag */
static uint8_t preference_bits(enum config_preference preference)
{
	return (uint8_t)((preference & 3) << 3);
}

static void fill_prefixes(const struct config_interface *config, struct nd_message *ra)
{
	for (unsigned int i = 0; i < config->prefix_count; i++) {
		const struct config_prefix *prefix = &config->prefixes[i];

		/* R: the field holds the DAR's whole address, by which MNs know it */
		ra->prefixes[ra->prefix_count++] = (struct nd_prefix){
			.prefix = prefix->address,
			.len = 64,
			.flags = ND_PIO_FLAG_AUTO | ND_PIO_FLAG_ROUTER |
				 (prefix->on_link ? ND_PIO_FLAG_ON_LINK : 0),
			.valid_s = prefix->valid_s,
			.preferred_s = prefix->preferred_s,
		};
	}
}

static void fill_ra(const struct radv *radv, bool final, struct nd_message *ra)
{
	const struct config_ra *config = &radv->interface->config->ra;

	*ra = (struct nd_message){
		.type = ND_TYPE_RA,
		.hop_limit = CUR_HOP_LIMIT,
		.ra_flags = (uint8_t)(ND_RA_FLAG_HOME_AGENT | preference_bits(config->preference)),
		.router_lifetime_s = final ? 0 : (uint16_t)config->router_lifetime_s,
		.has_slla = true,
		.has_mtu = true,
		.mtu = advertised_mtu(radv),
		.has_adv_interval = true,
		.adv_interval_ms = config->max_interval_ms,
		.rdnss_count = config->rdnss_count,
		.rdnss_lifetime_s = (3 * config->max_interval_ms + 999) / 1000, /* 0: gone */
	};
	if (ra->adv_interval_ms < SHORT_INTERVAL_MS)
		ra->adv_interval_ms += SHORT_INTERVAL_SLACK_MS;
	memcpy(ra->slla, radv->interface->mac, sizeof(ra->slla));
	memcpy(ra->rdnss, config->rdnss, config->rdnss_count * sizeof(ra->rdnss[0]));
	fill_prefixes(radv->interface->config, ra);
}

static bool send_ra(struct radv *radv, const struct in6_addr *destination, bool final)
{
	struct dar_interface *interface = radv->interface;
	uint8_t octets[ND_MESSAGE_MAX];
	struct nd_message ra;
	ssize_t len;
	int err;

	fill_ra(radv, final, &ra);
	len = nd_build(&ra, octets, sizeof(octets));
	err = len < 0 ? (int)len
		      : nd_socket_send(interface->nd_fd, interface->ifindex, NULL, destination,
				       octets, (size_t)len);
	if (err)
		log_remote("ra.failed", "interface=%s error=\"%s\"", interface->config->name,
			   strerror(-err));
	else
		dar_count(radv->dar, DAR_RA_SENT);
	return !err;
}

static void arm(struct event *event, uint32_t wait_ms)
{
	struct timeval wait = {.tv_sec = wait_ms / 1000,
			       .tv_usec = (suseconds_t)(wait_ms % 1000) * 1000};

	event_add(event, &wait);
}

static void arm_unsolicited(struct radv *radv)
{
	const struct config_ra *config = &radv->interface->config->ra;
	uint32_t wait_ms = config->min_interval_ms +
			   random_below(config->max_interval_ms - config->min_interval_ms + 1);

	if (radv->initial_left > 0) {
		radv->initial_left--;
		if (wait_ms > INITIAL_INTERVAL_MS)
			wait_ms = INITIAL_INTERVAL_MS;
	}
	arm(radv->unsolicited_event, wait_ms);
}

/* A link that has just come up refuses until its link-local address has passed DAD. */
static void send_multicast(struct radv *radv)
{
	if (!send_ra(radv, &in6_all_nodes, false)) {
		arm(radv->unsolicited_event, RETRY_MS);
		return;
	}
	radv->last_multicast_ns = clock_boot_ns();
	arm_unsolicited(radv);
}

static void unsolicited_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	send_multicast(arg);
}

/* How long a multicast answer must still wait; 0: not at all. */
static uint32_t multicast_wait_ms(const struct radv *radv)
{
	uint32_t distance_ms = MIN_DELAY_MS;
	uint64_t past_ms = (clock_boot_ns() - radv->last_multicast_ns) / 1000000;

	if (radv->interface->config->ra.min_interval_ms < distance_ms)
		distance_ms = radv->interface->config->ra.min_interval_ms;
	return past_ms < distance_ms ? distance_ms - (uint32_t)past_ms : 0;
}

static void answer_multicast(struct radv *radv, uint32_t delay_ms)
{
	uint32_t wait_ms = multicast_wait_ms(radv);

	if (event_pending(radv->delayed_event, EV_TIMEOUT, NULL))
		return;
	if (delay_ms > wait_ms)
		wait_ms = delay_ms;
	arm(radv->delayed_event, wait_ms);
}

/* With a delay configured (RFC 4861 section 6.2.6) one multicast answers all who asked. */
static void answer_rs(struct radv *radv, const struct in6_addr *source)
{
	uint32_t delay_ms = radv->interface->config->ra.solicited_delay_ms;

	if (delay_ms)
		answer_multicast(radv, random_below(delay_ms + 1));
	else if (in6_is_zero(source))
		answer_multicast(radv, 0);
	else
		send_ra(radv, source, false);
}

static void rs_ready(evutil_socket_t fd, short what, void *arg)
{
	struct radv *radv = arg;
	struct nd_received received;
	struct nd_message rs;

	(void)what;
	while (nd_socket_receive(fd, &received) == 0) {
		enum nd_fault fault = nd_parse(received.octets, received.len, &received.source,
					       &received.destination, received.hop_limit, &rs);

		dar_count(radv->dar, DAR_RS_RECEIVED);
		if (fault != ND_OK || rs.type != ND_TYPE_RS ||
		    !ratelimit_take(&radv->rs_rate, clock_boot_ns())) {
			dar_count(radv->dar, DAR_RS_REFUSED);
			log_remote("rs.refused", "interface=%s source=%s reason=%s",
				   radv->interface->config->name, in6_text(&received.source).s,
				   fault == ND_OK ? "rate" : nd_fault_name(fault));
			continue;
		}
		answer_rs(radv, &received.source);
	}
}

static void free_event(struct event *event)
{
	if (event)
		event_free(event);
}

struct radv *radv_new(struct dar *dar, struct dar_interface *interface)
{
	static const uint8_t types[] = {ND_TYPE_RS, 0};
	struct radv *radv = calloc(1, sizeof(*radv));

	if (!radv)
		return NULL;
	radv->dar = dar;
	radv->interface = interface;
	ratelimit_init(&radv->rs_rate, RS_PER_SECOND, RS_BURST, clock_boot_ns());
	interface->nd_fd = nd_socket_open(interface->ifindex, types, &in6_all_routers);
	if (interface->nd_fd < 0) {
		errno = -interface->nd_fd;
		free(radv);
		return NULL;
	}
	radv->rs_event =
		event_new(dar->base, interface->nd_fd, EV_READ | EV_PERSIST, rs_ready, radv);
	radv->unsolicited_event = event_new(dar->base, -1, 0, unsolicited_due, radv);
	radv->delayed_event = event_new(dar->base, -1, 0, unsolicited_due, radv);
	if (!radv->rs_event || !radv->unsolicited_event || !radv->delayed_event) {
		radv_free(radv, false);
		errno = ENOMEM;
		return NULL;
	}
	event_add(radv->rs_event, NULL);
	radv_link_changed(radv);
	return radv;
}

void radv_link_changed(struct radv *radv)
{
	radv->initial_left = INITIAL_COUNT - 1;
	if (radv->interface->up) {
		answer_multicast(radv, 0);
	} else {
		event_del(radv->unsolicited_event);
		event_del(radv->delayed_event);
	}
}

void radv_free(struct radv *radv, bool final)
{
	if (!radv)
		return;
	if (final)
		send_ra(radv, &in6_all_nodes, true);
	free_event(radv->rs_event);
	free_event(radv->unsolicited_event);
	free_event(radv->delayed_event);
	close(radv->interface->nd_fd);
	radv->interface->nd_fd = -1;
	free(radv);
}
