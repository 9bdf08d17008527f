/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the state of a running DAR, shared by the files of dar/ alone. */
#ifndef FAMA_DAR_PRIVATE_H
#define FAMA_DAR_PRIVATE_H

#include "base/ratelimit.h"
#include "config/config.h"
#include "crypto/binding_auth.h"
#include "crypto/cga.h"
#include "crypto/rsa_key.h"
#include "dar/bu_decide.h"
#include "dar/careof_nonce.h"
#include "dar/dar.h"
#include "kernel/rtnl.h"
#include "store/identity.h"
#include "wire/nd.h"

struct event;
struct netlink;
struct next_hops;
struct packet_socket;
struct proxy;
struct punt_turns;
struct radv;
struct turn;

struct dar_interface {
	const struct config_interface *config;
	uint32_t ifindex;
	uint8_t mac[ND_MAC_LEN];
	uint32_t mtu;
	bool up;
	struct in6_addr link_local; /* the host's there; :: while there is none to send from */
	int nd_fd;                  /* access: receives RS, sends RA and NA; else -1 */
	struct radv *radv;          /* access */
	bool allmulti;              /* switched on by us */
};

/* What dar_start() put on the host and dar_stop() takes away. */
struct dar_address {
	uint32_t ifindex;
	struct in6_addr address;
};

enum { DAR_REPLY_BUCKETS = 1024 };

struct bu_before;
struct bu_effect;
struct bu_queue;
struct dad;

struct dar {
	struct event_base *base;
	const struct config *config;
	struct dataplane *dataplane;
	struct netlink *netlink; /* requests */
	struct netlink *notifications;
	struct packet_socket *packets;
	struct next_hops *next_hops;
	struct bcache *bcache;
	struct identity identity; /* key NULL: no address of ours is a CGA */
	struct careof_nonces nonces;
	struct context_store *contexts; /* replay: seq; else NULL */
	struct bu_queue *queue;         /* signed BUs that wait for their RSA check */
	struct dad *dad;
	struct proxy *proxy; /* made and freed by dad.c */
	struct punt_turns *punt_turns;
	struct turn *turn;
	struct event *notification_event, *heartbeat_event;
	struct prefix_list prefixes;
	struct dar_interface interfaces[FAMA_INTERFACE_MAX];
	unsigned int interface_count;
	struct dar_address addresses[FAMA_PREFIX_MAX]; /* added by us */
	unsigned int address_count;
	unsigned int route_count; /* prefixes whose route we made, from the first on */
	struct dar_stats stats;
	struct ratelimit crypto_budget;
	struct ratelimit reply_global; /* BAs nobody has authenticated */
	struct ratelimit reply_source[DAR_REPLY_BUCKETS];
	struct ratelimit icmp_errors;
	struct ratelimit binding_errors; /* of their own: strangers must not silence the others */
	struct ratelimit parameter_problems;
	struct ratelimit own_signatures;           /* options 13 of ours: dearer than any check */
	struct ratelimit own_signatures_strangers; /* the same in refusals of the unproven */
	struct ratelimit careof_tests;
	uint64_t start_boot_ns;
	uint64_t not_before_ntp; /* see struct bu_world */
	uint64_t clock_floor_ntp;
	uint64_t heartbeat_ntp;       /* as written */
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
/* At most FAMA_PREFIX_MAX addresses of an earlier agent; how many. */
unsigned int address_record_read(const struct dar *dar,
				 struct in6_addr out[static FAMA_PREFIX_MAX]);
void address_record_write(const struct dar *dar);
void address_record_remove(const struct dar *dar);

/* replay_floor.c: what refuses signed BUs that an earlier agent may have accepted */
int replay_floor_open(struct dar *dar, char *why, size_t why_size); /* exit code; takes the lock */
void replay_floor_set(struct dar *dar, uint64_t pinned_heartbeat_ntp);
/* The heartbeat covers now: before a signed BU is accepted, and each second. */
void replay_floor_raise(struct dar *dar);
void replay_floor_forget(struct dar *dar); /* no BU was looked at: as if never started */
void replay_floor_close(struct dar *dar);

/* own_address.c: addresses that are CGAs, made from the key in state_dir; exit code */
int own_addresses_derive(struct dar *dar, char *why, size_t why_size);
/* The kernel found another node with the address: told, and remembered for the next start. */
void own_address_taken(struct dar *dar, const struct prefix *prefix);

/* dar_bu.c */
void dar_bu_receive(struct dar *dar, const struct mh_packet *packet, const struct ingress *from);
/* What the queue held back: its turn for RSA has come. */
void dar_bu_check(struct dar *dar, const struct mh_packet *packet, const struct ingress *from,
		  const struct bu_before *before);

/* durable_context.c: contexts that outlive the agent (replay: seq) */
int durable_contexts_open(struct dar *dar, char *why, size_t why_size); /* exit code */
void durable_contexts_close(struct dar *dar);
/* On the disk before anybody is told that the BU was accepted. 0 (also where none are kept), -EIO.
 */
int durable_context_keep(struct dar *dar, const struct in6_addr *hoa,
			 const struct bcache_context *context);

/* interception.c */
void interception_begin(struct dar *dar, const struct bu *bu);
void interception_welcome_home(struct dar *dar, const struct bu *bu, const struct ingress *from);

/* bu_prove.c */
struct bu_key {
	uint8_t params[CGA_PARAMS_MAX]; /* options 12 joined */
	struct rsa_public public;       /* points into them */
	uint8_t key_id[BCACHE_KEY_ID_LEN];
};
/* `kbm` is that of the BU, which has option 5 */
bool bu_authenticator_valid(const struct bu *bu, const uint8_t kbm[static KBM_LEN]);
/* Cheap, without OpenSSL's keys: shape, CGA, the key this HoA came with before. */
enum bu_proof bu_prove_key(const struct bu *bu, const struct bcache_entry *entry, uint32_t rsa_min,
			   struct bu_key *out);
/* Dear; *key is the sender's, NULL without memory. */
enum bu_proof bu_prove_signature(const struct bu *bu, const struct bu_key *from,
				 struct rsa_key **key);

/* dad.c: probes for a HoA on its link (protocol 8.6 steps 17 and 18, A-11) */
struct dad *dad_new(struct dar *dar);
void dad_free(struct dad *dad);
/* Strict: the BU waits (copied) and is judged again with BU_DAD_FREE or BU_DAD_TAKEN after
 * RetransTimer. 0; -EBUSY: as many wait as may. */
int dad_test(struct dad *dad, const struct bu *bu, const struct ingress *from,
	     const struct bu_before *before);
bool dad_is_running(const struct dad *dad, const struct in6_addr *hoa);
/* Optimistic: one probe beside a binding that stands already. */
void dad_probe(struct dad *dad, const struct in6_addr *hoa);
/* PUNT_CONFLICT: somebody claims an address under test, or one of a binding (C-41). */
void dad_conflict(struct dad *dad, const struct ingress *from, const uint8_t *packet, size_t len);
/* A binding registered with the flag L begins or ends: its link-local is held like the HoA (C-43).
 * Off is fine for any other. */
void dad_link_local(struct dad *dad, const struct in6_addr *hoa, bool on);
/* What dad_test() waited for: dar_bu.c judges the BU again. */
void dar_bu_tested(struct dar *dar, const struct mh_packet *packet, const struct ingress *from,
		   const struct bu_before *before, enum bu_dad result);

/* careof_test.c: CoTI to CoT (RFC 6275 section 9.4.2) */
void careof_test_receive(struct dar *dar, const struct mh_packet *packet,
			 const struct ingress *from);

/* dar_proof.c: options 12 and 13 of our own (C-74) */
/* CGA Parameters of `own` into `out`; at NULL: that address is no CGA, or no key. */
struct span dar_proof_params(const struct dar *dar, const struct in6_addr *own, uint8_t *out,
			     size_t size);
/* Signature over `coa` | `own` | mh[0, signed_len) in place; 0 or -errno. */
int dar_proof_sign(struct dar *dar, const struct in6_addr *coa, const struct in6_addr *own,
		   struct mh_built *mh);

/* parameter_problem.c: ICMPv6 Parameter Problem code 0 about a Mobility Header (C-05) */
void parameter_problem_send(struct dar *dar, enum mh_fault fault, const struct mh_packet *parsed,
			    const uint8_t *packet, size_t len);

/* binding.c: the cache and the data plane change together */
int binding_commit(struct dar *dar, const struct in6_addr *hoa, struct bcache_entry *entry,
		   const struct bu_effect *effect);
void binding_end(struct dar *dar, struct bcache_entry *entry, const char *why); /* context stays */
int binding_write(struct dar *dar, struct bcache_entry *entry); /* row as the entry says */
void binding_due(struct bcache_entry *entry, void *dar);        /* may free the entry */
void binding_removing(const struct bcache_entry *entry, void *dar);
int binding_adopt(struct dar *dar); /* every row of the pinned RIB */
/* Of an entry that an earlier agent made: it counts for the quota of who has the HoA on its link */
void binding_learn_link_address(struct dar *dar, struct bcache_entry *entry);
/* What a row says of the path to `coa`: 0, or the MTU of a route narrower than Ethernet. */
uint16_t binding_route_mtu(const struct dar *dar, const struct in6_addr *coa, uint64_t now_boot_ns);

/* ba_send.c */
struct ba {
	const struct bu *bu;
	const struct bu_decision *decision;
	const uint8_t *kbm;          /* NULL: no BAD */
	struct span phkt;            /* ciphertext; none: at NULL */
	const uint8_t *careof_token; /* option 16; NULL: none */
	bool may_sign;               /* option 11 may be answered now: RSA delays nobody else */
};
void ba_send(struct dar *dar, const struct ba *ba, const struct ingress *from);

/* reply.c: back to who sent by `from`, at `destination`; 0 or -errno */
int reply_send(struct dar *dar, const struct ingress *from, const struct in6_addr *destination,
	       const uint8_t *packet, size_t len);

/* be_send.c */
void be_send(struct dar *dar, uint8_t status, const struct mh_packet *packet);

/* proxy.c: unsolicited NAs with O=1 */
struct proxy *proxy_new(struct dar *dar);
void proxy_free(struct proxy *proxy);
void proxy_announce(struct dar *dar, const struct in6_addr *hoa); /* starts interception */
/* Against a claim for `target`: at most one a second (C-41). */
void proxy_defend(struct dar *dar, const struct dar_interface *interface,
		  const struct in6_addr *target);

/* nd_frame.c: out of the interface as a frame; `mac` NULL: that of the group. 0 or -errno */
int nd_frame_send(struct dar *dar, const struct dar_interface *interface,
		  const struct nd_message *what, const struct in6_addr *source,
		  const struct in6_addr *destination, const uint8_t *mac);

/* tunnel_error.c */
void tunnel_error_receive(struct dar *dar, const uint8_t *packet, size_t len);
void too_big_local(struct dar *dar, const uint8_t *packet, size_t len);

#endif
