// SPDX-License-Identifier: BSD-2-Clause
/* Owns Router Advertisements: what they say, when they go out, how solicitations are answered.
 *
 * A solicitation is answered by unicast at once (a handover waits for it). One over the rate of its
 * host or link is answered by the next multicast RA, which serves all who ask, however many: so a
 * flood of strangers delays an honest host by the smallest interval, and silences nobody.
 * In `mode: external` another daemon does all this; we only look for routers that are not ours.
 */
#include "dar/radv.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/keyed_hash.h"
#include "base/log.h"
#include "base/random.h"
#include "dar/dar_private.h"
#include "dar/ra_schedule.h"
#include "dar/rs_limit.h"
#include "kernel/nd_socket.h"

enum {
	SHORT_INTERVAL_MS = 200, /* RFC 6275 section 7.5: below it, add 20 ms */
	SHORT_INTERVAL_SLACK_MS = 20,
	CUR_HOP_LIMIT = 64,
	TUNNEL_HEADER_LEN = 40,
	RECEIVE_MAX = 64, /* messages until other events get their turn */
	ROGUE_SLOTS = 64,
	ROGUE_QUIET_S = 60,
};

struct radv {
	struct dar *dar;
	struct dar_interface *interface;
	struct event *receive_event;
	struct event *multicast_event; /* NULL in mode external */
	struct ra_schedule schedule;
	struct rs_limit limit;
	uint64_t rogue_quiet_ns[ROGUE_SLOTS]; /* until then; sources share slots */
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

static void fill_prefixes(const struct radv *radv, struct nd_message *ra)
{
	const struct dar *dar = radv->dar;

	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];

		if (&dar->interfaces[prefix->interface] != radv->interface)
			continue;
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
	fill_prefixes(radv, ra);
}

/* A host that told its link-layer address is answered without the kernel's neighbour cache, which a
 * flood of solicitations fills. */
static int send_octets(struct radv *radv, const struct nd_message *ra,
		       const struct in6_addr *destination, const uint8_t *mac)
{
	struct dar_interface *interface = radv->interface;
	uint8_t octets[ND_MESSAGE_MAX];
	ssize_t len;

	if (mac && !in6_is_zero(&interface->link_local))
		return nd_frame_send(radv->dar, interface, ra, &interface->link_local, destination,
				     mac);
	len = nd_build(ra, octets, sizeof(octets));
	return len < 0 ? (int)len
		       : nd_socket_send(interface->nd_fd, interface->ifindex, NULL, destination,
					octets, (size_t)len);
}

static bool send_ra(struct radv *radv, const struct in6_addr *destination, const uint8_t *mac,
		    bool final)
{
	struct nd_message ra;
	int err;

	fill_ra(radv, final, &ra);
	err = send_octets(radv, &ra, destination, mac);
	if (err)
		log_remote("ra.failed", "interface=%s error=\"%s\"", radv->interface->config->name,
			   strerror(-err));
	else
		dar_count(radv->dar, DAR_RA_SENT);
	return !err;
}

/* ---- multicast ---- */

static bool is_external(const struct radv *radv)
{
	return radv->interface->config->ra.mode == RA_EXTERNAL;
}

static void arm(struct radv *radv, uint64_t now_ns)
{
	uint64_t next_ns = radv->schedule.next_ns;
	uint64_t wait_us = next_ns > now_ns ? (next_ns - now_ns + 999) / 1000 : 0;
	struct timeval wait = {.tv_sec = (time_t)(wait_us / 1000000),
			       .tv_usec = (suseconds_t)(wait_us % 1000000)};

	event_add(radv->multicast_event, &wait);
}

static void multicast_due(evutil_socket_t fd, short what, void *arg)
{
	struct radv *radv = arg;
	uint64_t now_ns = clock_boot_ns();

	(void)fd;
	(void)what;
	if (now_ns >= radv->schedule.next_ns) {
		if (send_ra(radv, &in6_all_nodes, NULL, false))
			ra_schedule_sent(&radv->schedule, now_ns);
		else
			ra_schedule_failed(&radv->schedule, now_ns);
	}
	arm(radv, now_ns);
}

static void answer_multicast(struct radv *radv, uint32_t delay_ms, uint64_t now_ns)
{
	uint64_t planned_ns = radv->schedule.next_ns;

	ra_schedule_solicited(&radv->schedule, delay_ms, now_ns);
	if (radv->schedule.next_ns != planned_ns)
		arm(radv, now_ns);
}

/* ---- what comes in ---- */

/* With a delay configured (RFC 4861 section 6.2.6) one multicast answers all who asked. */
static void answer_rs(struct radv *radv, const struct in6_addr *source, const struct nd_message *rs)
{
	uint32_t delay_ms = radv->interface->config->ra.solicited_delay_ms;
	const uint8_t *mac = rs->has_slla ? rs->slla : NULL;
	uint64_t now_ns = clock_boot_ns();
	bool over_rate = false;

	/* nobody's source: never answered one by one, so it costs the others nothing */
	if (!in6_is_zero(source))
		over_rate = mac ? !rs_limit_take(&radv->limit, mac, ND_MAC_LEN, now_ns)
				: !rs_limit_take(&radv->limit, source, sizeof(*source), now_ns);
	if (over_rate) {
		dar_count(radv->dar, DAR_RS_RATE);
		log_remote("rs.rate", "interface=%s source=%s", radv->interface->config->name,
			   in6_text(source).s);
	}
	if (delay_ms || over_rate || in6_is_zero(source))
		answer_multicast(radv, random_below(delay_ms + 1), now_ns);
	else
		send_ra(radv, source, mac, false);
}

/* Another router here would take the nodes away, or anchor them where it likes. Its RAs are for
 * the operator to judge: two routers on a link may be meant so. */
static void rogue_ra(struct radv *radv, const struct in6_addr *source)
{
	uint64_t *quiet_ns =
		&radv->rogue_quiet_ns[keyed_hash(source, sizeof(*source)) % ROGUE_SLOTS];
	uint64_t now_ns = clock_boot_ns();

	if (in6_equal(source, &radv->interface->link_local))
		return; /* the daemon of `mode: external` */
	dar_count(radv->dar, DAR_ROGUE_RA);
	if (now_ns < *quiet_ns)
		return;
	*quiet_ns = now_ns + ROGUE_QUIET_S * CLOCK_SECOND_NS;
	log_warn("ra.rogue", "interface=%s source=%s", radv->interface->config->name,
		 in6_text(source).s);
}

static void take(struct radv *radv, const struct nd_received *received)
{
	struct nd_message message;
	enum nd_fault fault = nd_parse(received->octets, received->len, &received->source,
				       &received->destination, received->hop_limit, &message);

	if (message.type == ND_TYPE_RA) {
		if (fault == ND_OK)
			rogue_ra(radv, &received->source);
		return;
	}
	dar_count(radv->dar, DAR_RS_RECEIVED);
	if (fault != ND_OK) {
		dar_count(radv->dar, DAR_RS_REFUSED);
		log_remote("rs.refused", "interface=%s source=%s reason=%s",
			   radv->interface->config->name, in6_text(&received->source).s,
			   nd_fault_name(fault));
		return;
	}
	answer_rs(radv, &received->source, &message);
}

static void receive_ready(evutil_socket_t fd, short what, void *arg)
{
	struct nd_received received;

	(void)what;
	for (int i = 0; i < RECEIVE_MAX && nd_socket_receive(fd, &received) == 0; i++)
		take(arg, &received);
}

/* ---- life ---- */

static int open_events(struct radv *radv)
{
	static const uint8_t all[] = {ND_TYPE_RS, ND_TYPE_RA, 0}, only_ra[] = {ND_TYPE_RA, 0};
	struct dar_interface *interface = radv->interface;
	bool external = is_external(radv);
	int fd = nd_socket_open(interface->ifindex, external ? only_ra : all,
				external ? NULL : &in6_all_routers);

	if (fd < 0)
		return fd;
	interface->nd_fd = fd;
	radv->receive_event =
		event_new(radv->dar->base, fd, EV_READ | EV_PERSIST, receive_ready, radv);
	if (!radv->receive_event)
		return -ENOMEM;
	event_add(radv->receive_event, NULL);
	if (external)
		return 0;
	radv->multicast_event = event_new(radv->dar->base, -1, 0, multicast_due, radv);
	return radv->multicast_event ? 0 : -ENOMEM;
}

struct radv *radv_new(struct dar *dar, struct dar_interface *interface)
{
	const struct config_ra *config = &interface->config->ra;
	struct radv *radv = calloc(1, sizeof(*radv));
	int err;

	if (!radv)
		return NULL;
	radv->dar = dar;
	radv->interface = interface;
	radv->schedule = (struct ra_schedule){.min_interval_ms = config->min_interval_ms,
					      .max_interval_ms = config->max_interval_ms};
	rs_limit_init(&radv->limit, clock_boot_ns());
	err = open_events(radv);
	if (err) {
		radv_free(radv, false);
		errno = -err;
		return NULL;
	}
	radv_link_changed(radv);
	return radv;
}

void radv_link_changed(struct radv *radv)
{
	uint64_t now_ns = clock_boot_ns();

	if (is_external(radv))
		return;
	if (!radv->interface->up) {
		event_del(radv->multicast_event);
		return;
	}
	ra_schedule_restart(&radv->schedule, now_ns);
	arm(radv, now_ns);
}

void radv_free(struct radv *radv, bool final)
{
	if (!radv)
		return;
	if (final && !is_external(radv))
		send_ra(radv, &in6_all_nodes, NULL, true);
	if (radv->receive_event)
		event_free(radv->receive_event);
	if (radv->multicast_event)
		event_free(radv->multicast_event);
	if (radv->interface->nd_fd >= 0)
		close(radv->interface->nd_fd);
	radv->interface->nd_fd = -1;
	free(radv);
}
