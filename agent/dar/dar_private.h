/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the state of a running DAR, shared by the files of dar/ alone. */
#ifndef FAMA_DAR_PRIVATE_H
#define FAMA_DAR_PRIVATE_H

#include "base/ratelimit.h"
#include "config/config.h"
#include "dar/dar.h"
#include "kernel/rtnl.h"
#include "wire/nd.h"

struct event;
struct netlink;
struct next_hops;
struct packet_socket;
struct radv;

struct dar_interface {
	const struct config_interface *config;
	uint32_t ifindex;
	uint8_t mac[ND_MAC_LEN];
	uint32_t mtu;
	bool up;
	int nd_fd;         /* access: receives RS, sends RA and NA; else -1 */
	struct radv *radv; /* access */
	bool allmulti;     /* switched on by us */
};

/* What dar_start() put on the host and dar_stop() takes away. */
struct dar_address {
	uint32_t ifindex;
	struct in6_addr address;
};

enum { DAR_REPLY_BUCKETS = 1024 };

struct dar {
	struct event_base *base;
	const struct config *config;
	struct dataplane *dataplane;
	struct netlink *netlink; /* requests */
	struct netlink *notifications;
	struct packet_socket *packets;
	struct next_hops *next_hops;
	struct bcache *bcache;
	struct event *punt_event, *notification_event, *heartbeat_event;
	struct prefix_list prefixes;
	struct dar_interface interfaces[FAMA_INTERFACE_MAX];
	unsigned int interface_count;
	struct dar_address addresses[FAMA_PREFIX_MAX]; /* added by us */
	unsigned int address_count;
	unsigned int route_count; /* prefixes whose route we made, from the first on */
	struct in6_addr coa_allow[CONFIG_COA_ALLOW_MAX];
	unsigned int coa_allow_len[CONFIG_COA_ALLOW_MAX];
	struct dar_stats stats;
	struct ratelimit crypto_budget;
	struct ratelimit reply_global; /* BAs nobody has authenticated */
	struct ratelimit reply_source[DAR_REPLY_BUCKETS];
	struct ratelimit icmp_errors;
	struct ratelimit binding_errors; /* of their own: strangers must not silence the others */
	uint64_t start_boot_ns;
	uint64_t not_before_ntp; /* see struct bu_world */
	uint64_t clock_floor_ntp;
	int state_fd;                 /* state_dir, locked */
	unsigned int state_dirs_made; /* levels of state_dir this start created */
	bool replay_floor_known;      /* worth a heartbeat file on stop */
	bool state_is_new;            /* no agent had used state_dir before */
	bool adopted;
};

/* Where a punted packet came in. */
struct ingress {
	uint32_t ifindex;
	uint8_t source_mac[ND_MAC_LEN];
};

static inline void dar_count(struct dar *dar, enum dar_counter counter)
{
	dar->stats.counters[counter]++;
}

/* interface.c: links, addresses, routes of the configured interfaces */
int dar_interfaces_open(struct dar *dar, char *why, size_t why_size); /* exit code, 0: fine */
int dar_addresses_add(struct dar *dar, char *why, size_t why_size);
int dar_routes_add(struct dar *dar, char *why, size_t why_size); /* LWT on the prefixes */
void dar_interfaces_close(struct dar *dar, bool flush);
struct dar_interface *dar_interface_by_index(struct dar *dar, uint32_t ifindex);
void dar_notification_receive(struct dar *dar);

/* address_record.c */
bool address_record_has(const struct dar *dar, const struct in6_addr *address);
void address_record_write(const struct dar *dar);
void address_record_remove(const struct dar *dar);

/* replay_floor.c: what refuses signed BUs that an earlier agent may have accepted */
int replay_floor_open(struct dar *dar, char *why, size_t why_size); /* exit code; takes the lock */
void replay_floor_set(struct dar *dar, uint64_t pinned_heartbeat_ntp);
void replay_floor_forget(struct dar *dar); /* no BU was looked at: as if never started */
void replay_floor_close(struct dar *dar);

/* dar_bu.c */
void dar_bu_receive(struct dar *dar, const struct mh_packet *packet, const struct ingress *from);

/* bu_prove.c: the dear part; *key is the sender's key where it was needed and valid */
struct rsa_key;
enum bu_proof bu_prove(struct dar *dar, const struct bu *bu, const struct bcache_entry *entry,
		       struct rsa_key **key, uint8_t key_id[static BCACHE_KEY_ID_LEN]);

/* binding.c: the cache and the data plane change together */
int binding_register(struct dar *dar, const struct bu *bu, struct bcache_entry *entry,
		     const struct bcache_context *context, uint32_t lifetime_s);
void binding_end(struct dar *dar, struct bcache_entry *entry, enum bcache_state next,
		 const char *why);
int binding_write(struct dar *dar, struct bcache_entry *entry); /* row as the entry says */
void binding_due(struct bcache_entry *entry, void *dar);        /* may free the entry */
int binding_adopt(struct dar *dar);                             /* every row of the pinned RIB */

/* ba_send.c */
struct ba {
	const struct bu *bu;
	const struct bu_decision *decision;
	const uint8_t *kbm; /* NULL: no BAD */
	struct span phkt;   /* ciphertext; none: at NULL */
};
void ba_send(struct dar *dar, const struct ba *ba, const struct ingress *from);

/* be_send.c */
void be_send(struct dar *dar, uint8_t status, const struct mh_packet *packet);

/* proxy.c */
void proxy_announce(struct dar *dar, const struct in6_addr *hoa);

/* tunnel_error.c */
void tunnel_error_receive(struct dar *dar, const uint8_t *packet, size_t len);
void too_big_local(struct dar *dar, const uint8_t *packet, size_t len);

#endif
