// SPDX-License-Identifier: BSD-2-Clause
/* Owns the life of a DAR: the start ladder, the events that drive it, the stop. */
#include "dar/dar.h"

#include <errno.h>
#include <event2/event.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"
#include "dar/next_hop.h"
#include "dar/radv.h"
#include "kernel/netlink.h"
#include "kernel/packet_socket.h"

enum {
	REPLY_PER_SECOND = 1000, /* protocol 8.6 */
	REPLY_SOURCE_PER_SECOND = 10,
	REPLY_SOURCE_BURST = 20,
	ICMP_ERRORS_PER_SECOND = 100,
	ICMP_ERRORS_BURST = 50,
};

/* ---- what the data plane hands up ---- */

static void signalling(struct dar *dar, const struct ingress *from, const uint8_t *packet,
		       size_t len)
{
	struct mh_packet parsed;
	enum mh_fault fault = mh_packet_parse(packet, len, &parsed);

	dar->stats.faults[fault]++;
	if (fault == MH_UNKNOWN_TYPE)
		be_send(dar, IP6_MH_BES_UNKNOWN_MH, &parsed);
	if (fault != MH_OK) {
		log_remote("mh.refused", "reason=%s interface=%u", mh_fault_name(fault),
			   from->ifindex);
		return;
	}
	if (parsed.message.type == IP6_MH_TYPE_BU && !parsed.has_rh2)
		dar_bu_receive(dar, &parsed, from);
	else
		dar_count(dar, DAR_MH_IGNORED);
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
	}
}

static void punt_ready(evutil_socket_t fd, short what, void *arg)
{
	struct dar *dar = arg;

	(void)fd;
	(void)what;
	dataplane_punt_consume(dar->dataplane, punt_take, dar);
}

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
	dataplane_heartbeat(dar->dataplane, clock_ntp());
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
	for (unsigned int i = 0; i < config->security.coa_prefix_allow_count; i++) {
		dar->coa_allow[i] = config->security.coa_prefix_allow[i].prefix;
		dar->coa_allow_len[i] = config->security.coa_prefix_allow[i].len;
	}
}

static int open_sockets(struct dar *dar, char *why, size_t why_size)
{
	dar->netlink = netlink_open(0);
	dar->notifications = netlink_open(RTMGRP_LINK);
	dar->packets = packet_socket_open();
	if (dar->netlink && dar->notifications && dar->packets)
		return 0;
	snprintf(why, why_size, "cannot open netlink, packet and raw sockets: %s%s",
		 strerror(errno), errno == EPERM ? "; run as root or with CAP_NET_RAW" : "");
	return errno == EPERM || errno == EACCES ? EX_NOPERM : EX_UNAVAILABLE;
}

static void fill_settings(const struct dar *dar, struct dataplane_request *request)
{
	struct dataplane_settings *settings = &request->settings;
	static const enum attach_mode modes[] = {
		[ATTACH_AUTO] = ATTACH_MODE_AUTO, [ATTACH_DISPATCHER] = ATTACH_MODE_DISPATCHER,
		[ATTACH_LINK] = ATTACH_MODE_LINK, [ATTACH_GENERIC] = ATTACH_MODE_GENERIC,
		[ATTACH_TC] = ATTACH_MODE_TC,
	};

	settings->hop_limit = dar->config->tunnel.hop_limit;
	settings->dscp_copy = dar->config->tunnel.dscp_copy;
	settings->max_nested = dar->config->tunnel.max_nested;
	settings->interface_count = dar->interface_count;
	for (unsigned int i = 0; i < dar->interface_count; i++) {
		const struct dar_interface *interface = &dar->interfaces[i];

		settings->interfaces[i].ifindex = interface->ifindex;
		settings->interfaces[i].kind = interface->config->kind;
		memcpy(settings->interfaces[i].mac, interface->mac, ND_MAC_LEN);
		request->attach[i] = modes[interface->config->attach];
	}
	settings->prefix_count = dar->prefixes.count;
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];

		memcpy(settings->prefixes[i].prefix, &prefix->prefix, 8);
		memcpy(settings->prefixes[i].address, &prefix->address, 16);
		settings->prefixes[i].ifindex = prefix->ifindex;
	}
}

static int open_dataplane(struct dar *dar, char *why, size_t why_size)
{
	struct dataplane_request request = {
		.role = DATAPLANE_DAR,
		.bpffs = dar->config->bpffs,
		.binding_max = dar->config->binding.max,
	};
	struct layout layout;
	int code = 0;

	fill_settings(dar, &request);
	dar->dataplane = dataplane_open(&request, &dar->adopted, &code, why, why_size);
	if (!dar->dataplane)
		return code;
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];
		struct anchored_prefix row = {.ifindex = prefix->ifindex, .prefix_len = 64};

		memcpy(row.address, &prefix->address, sizeof(row.address));
		dataplane_prefix_put(dar->dataplane, &prefix->prefix, &row);
	}
	replay_floor_set(dar,
			 dataplane_layout_get(dar->dataplane, &layout) == 0 ? layout.heartbeat : 0);
	return 0;
}

static int open_state(struct dar *dar, char *why, size_t why_size)
{
	const struct config *config = dar->config;
	uint32_t context_max =
		config->security.context_max ? config->security.context_max : config->binding.max;
	int err;

	dar->next_hops = next_hops_new(dar->base, dar->netlink);
	dar->bcache = bcache_new(dar->base, config->binding.max, context_max, binding_due, dar);
	err = dar->next_hops && dar->bcache ? binding_adopt(dar) : -ENOMEM;
	if (!err)
		return 0;
	snprintf(why, why_size, "cannot take over the bindings of %s: %s", config->bpffs,
		 strerror(-err));
	return EX_UNAVAILABLE;
}

static int open_events(struct dar *dar, char *why, size_t why_size)
{
	struct timeval second = {.tv_sec = 1};

	dar->punt_event = event_new(dar->base, dataplane_punt_fd(dar->dataplane),
				    EV_READ | EV_PERSIST, punt_ready, dar);
	dar->notification_event = event_new(dar->base, netlink_fd(dar->notifications),
					    EV_READ | EV_PERSIST, notification_ready, dar);
	dar->heartbeat_event = event_new(dar->base, -1, EV_PERSIST, heartbeat_due, dar);
	if (!dar->punt_event || !dar->notification_event || !dar->heartbeat_event) {
		snprintf(why, why_size, "out of memory");
		return EX_UNAVAILABLE;
	}
	event_add(dar->punt_event, NULL);
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
	if (dar->punt_event)
		event_free(dar->punt_event);
	if (dar->notification_event)
		event_free(dar->notification_event);
	if (dar->heartbeat_event)
		event_free(dar->heartbeat_event);
	bcache_free(dar->bcache);
	next_hops_free(dar->next_hops);
	if (dar->dataplane)
		dataplane_close(dar->dataplane, flush);
	packet_socket_close(dar->packets);
	netlink_close(dar->notifications);
	netlink_close(dar->netlink);
	replay_floor_close(dar);
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
	    (*code = open_dataplane(dar, why, why_size)) ||
	    (*code = dar_addresses_add(dar, why, why_size)) ||
	    (*code = dar_routes_add(dar, why, why_size)) ||
	    (*code = open_state(dar, why, why_size)) || (*code = open_events(dar, why, why_size)) ||
	    (*code = open_radv(dar, why, why_size))) {
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
