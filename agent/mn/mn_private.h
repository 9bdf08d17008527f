/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the state of a running MN, shared by the files of mn/ alone. */
#ifndef FAMA_MN_PRIVATE_H
#define FAMA_MN_PRIVATE_H

#include "base/ratelimit.h"
#include "config/config.h"
#include "fama/dataplane.h"
#include "mn/address_book.h"
#include "mn/ba_receive.h"
#include "mn/bul.h"
#include "mn/home_address.h"
#include "mn/host_settings.h"
#include "mn/mn.h"
#include "mn/movement.h"
#include "store/identity.h"

struct event;
struct netlink;
struct packet_socket;
struct rtnl_address;

struct mn_link {
	struct mn *mn;
	const char *name;
	uint32_t ifindex, mtu;
	uint8_t mac[6];
	bool is_up;
	bool is_soliciting;
	unsigned int solicitations; /* since soliciting began */
	int nd_fd;
	struct event *nd_event, *solicit_event;
	uint64_t up_ns, rs_ns; /* CLOCK_BOOTTIME; 0: not since the last attachment */
};

/* The steps of one handover, CLOCK_BOOTTIME; 0: did not happen. */
struct mn_handover {
	bool exists, is_signed, is_logged;
	uint64_t link_up_ns, rs_ns, ra_ns, address_ns, bu_ns, ba_ns;
};

struct mn {
	struct event_base *base;
	const struct config *config;
	int state_dir;
	struct identity identity;
	struct host_settings settings;
	struct netlink *netlink; /* requests */
	struct netlink *notifications;
	struct packet_socket *packets;
	struct dataplane *dataplane;
	struct event *notification_event, *punt_event, *movement_event;
	struct mn_link links[FAMA_INTERFACE_MAX];
	unsigned int link_count;
	struct movement movement;
	struct in6_addr gateway;  /* of the default route of ours */
	uint32_t gateway_ifindex; /* 0: there is none */
	struct home_addresses homes;
	struct address_book book;
	struct bul bul;
	struct mn_handover handover;
	bool is_waiting_home; /* other bindings move when the CoA's HDAR has let go of it */
	struct ratelimit icmp_errors;
	uint64_t counters[MN_COUNTER_MAX];
	uint64_t ba_refused[128]; /* by status - 128 */
	uint64_t ba_ignored[BA_FAULT_MAX];
	uint64_t start_ns;
	bool is_adopted;
};

static inline void mn_count(struct mn *mn, enum mn_counter counter)
{
	mn->counters[counter]++;
}

struct mn_link *mn_link_by_index(struct mn *mn, uint32_t ifindex);

/* attachment.c: links and RAs to attachments */
int attachment_open(struct mn *mn, char *why, size_t why_size);
void attachment_start(struct mn *mn); /* links that are up already */
void attachment_close(struct mn *mn);
void attachment_solicit_once(struct mn_link *link);
/* Hears solicitations for an address that is about to be added, or for one gone no longer. */
void attachment_listen(struct mn *mn, const struct home_address *home);
void attachment_listen_end(struct mn *mn, const struct home_address *home);

/* handover.c: what an attachment means for addresses, routes and bindings */
void handover_attached(struct mn *mn);
void handover_detached(struct mn *mn);                             /* the link is gone */
void handover_dismissed(struct mn *mn);                            /* the router is none any more */
void handover_collision(struct mn *mn, struct home_address *home); /* DAD failed */
void handover_progress(struct mn *mn); /* a binding changed: goes on, or logs that all is done */
struct mn_handover_view handover_view(const struct mn *mn);

/* address_place.c: the interface it stands on */
void address_place_current(struct mn *mn, struct home_address *home); /* that of this link */
void address_place_away(struct mn *mn); /* others, off interfaces that are down */

/* tunnel.c: what one HoA away needs on this host */
void tunnel_up(struct mn *mn, struct home_address *home);
void tunnel_down(struct mn *mn, struct home_address *home);
void tunnel_write(struct mn *mn, const struct bul_entry *entry); /* its row alone */

/* exchange.c: the BU or CoTI that is due, now or as soon as it may */
enum { EXCHANGE_DETACHED_MS = 1000 };
void exchange_send(struct mn *mn, struct home_address *home);

/* registration.c: events to bul_decide(), its actions to the edge */
void registration_event(struct mn *mn, struct home_address *home, const struct bul_event *event);
void registration_timeout(struct bul_entry *entry, void *mn);
uint32_t registration_lifetime_s(const struct mn *mn); /* to be asked for */
void registration_forget(struct mn *mn, struct home_address *home);
/* After a BA: takes over what was granted, before the event. */
void registration_grant(struct bul_entry *entry, const struct ba_verdict *verdict);

/* signalling.c: what the data plane hands up, and what a Parameter Problem says about BUs */
void signalling_ready(struct mn *mn);
void signalling_problem(struct mn *mn, const struct in6_addr *source, struct span icmp6);

/* path_mtu.c */
void path_mtu_error(struct mn *mn, const uint8_t *packet, size_t len);
void path_mtu_local(struct mn *mn, const uint8_t *packet, size_t len);

/* adopt.c: what an earlier agent left */
void adopt_remains(struct mn *mn);

#endif
