/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns what the BPF programs and the agent share: map types, settings, outcomes, names. */
#ifndef FAMA_DATAPLANE_H
#define FAMA_DATAPLANE_H

#include <linux/types.h>

enum {
	FAMA_LAYOUT_VERSION = 2,    /* of everything pinned; see struct layout */
	FAMA_PREFIX_MAX = 16,       /* anchored prefixes of one DAR */
	FAMA_INTERFACE_MAX = 16,    /* interfaces with our programs */
	FAMA_PUNT_FRAME_MAX = 1514, /* longest frame handed up: Ethernet, 1500 octets */
	FAMA_PUNT_QUOTE = 1280      /* at least, of a PUNT_TOO_BIG_LOCAL: no error quotes more */
};

/* ---- RIB: `bindings`, hash, key is the Home Address, __u8[16] ---- */

enum binding_state {
	BINDING_UNVERIFIED = 1, /* CoA not yet proven: credit applies (RFC 4866 section 4.10) */
	BINDING_VERIFIED = 2,
};

enum binding_auth {
	BINDING_AUTH_CGA = 1,    /* the last BU was signed (RFC 4866 section 4.5) */
	BINDING_AUTH_PHKT = 2,   /* the last BU carried a PHKT authenticator */
	BINDING_AUTH_LEGACY = 3, /* unproven, by order of the operator: security.legacy */
};

/*
 * One (HoA, CoA) association in both roles. At the DAR the HoA is the inner destination going
 * down and the inner source going up; at the MN the other way round. Written only by the agent,
 * adopted by a restarted one. Addresses are in network order, everything else in host order.
 */
struct binding {
	__u8 coa[16];
	__u8 dar[16];          /* DAR address the MN registered with */
	__u8 prev_coa[16];     /* still accepted as outer source during its grace; :: when over */
	__u64 expires_boot_ns; /* CLOCK_BOOTTIME; programs treat a later packet as unbound */
	__u64 last_timestamp;  /* NTP, of the last accepted signed BU; 0 if none */
	__u32 lifetime_s;      /* as granted */
	__u16 sequence;        /* last accepted */
	__u16 path_mtu; /* HDAR to CoA, learnt from errors or of a narrow route; 0: the route's */
	enum binding_state state;
	enum binding_auth auth;
	__u8 key_id[8]; /* first octets of SHA-256 over the MN's public key */
};

/* ---- `traffic`, hash, key as `bindings`: counted by the programs, octets of the inner packet */

struct traffic {
	__u64 downlink_packets;
	__u64 downlink_bytes;
	__u64 uplink_packets;
	__u64 uplink_bytes;
};

/*
 * ---- `credit`, hash, key as `bindings`: what may still go to an unverified CoA, octets of inner
 * packets (RFC 4866 section 4.10). Granted by the agent once for each security context, then spent,
 * earned and aged by the programs, both members in one 64-bit exchange. Outlives the binding.
 */

enum {
	FAMA_CREDIT_START = 16384,          /* */
	FAMA_CREDIT_MAX = 16 * 1024 * 1024, /* what is earned beyond is lost */
	FAMA_CREDIT_AGING_S = 5, /* CreditAgingInterval: times 7/8 each, RFC 4866 section 7 */
};

struct credit {
	__u32 octets;
	__u32 aged; /* CLOCK_BOOTTIME in units of FAMA_CREDIT_AGING_S: until when ageing is applied
		     */
} __attribute__((aligned(8)));

/*
 * ---- `seen`, LRU hash, key is an address under an anchored prefix: who used it on the access
 * link, from DAD probes, advertisements and native packets. Kept over restarts.
 */

enum { FAMA_SEEN_S = 86400 }; /* an older entry counts as none */

struct seen {
	__u64 seen_boot_ns; /* the last time that was written down; at most a minute old in use */
	__u32 ifindex;
	__u8 mac[6];
	__u8 reserved[6];
};

/*
 * ---- `defended`, hash, key is an address: beside the bindings, what neighbour discovery on an
 * access link is watched or answered for. Written by the agent, which clears it at start.
 */

enum defence {
	DEFENCE_TENTATIVE = 1,  /* DAD before a binding: whatever claims it goes up, no answer */
	DEFENCE_LINK_LOCAL = 2, /* of the away HoA `hoa` (flag L, C-43): answered as the HoA is */
};

struct defended {
	__u8 hoa[16];
	__u32 ifindex;
	enum defence kind;
};

/* ---- `prefixes`, hash, key is the anchored prefix, __u8[16]: for people, programs use settings */

struct anchored_prefix {
	__u8 address[16]; /* the DAR's own: tunnel end and BU destination */
	__u32 ifindex;    /* access interface */
	__u32 prefix_len; /* always 64: RFC 3972 section 3 */
};

/* ---- `layout`, one entry: what a restarted agent checks before it adopts the pins ---- */

struct layout {
	__u32 version;
	__u32 flow_label_key; /* keeps outer flow labels (RFC 6438) stable over restarts */
	__u64 heartbeat;      /* NTP time, written each second while the agent lives */
};

/* ---- settings, read-only for the programs, set before they are loaded ---- */

enum interface_kind {
	INTERFACE_CORE = 1,
	INTERFACE_ACCESS = 2,
	INTERFACE_MN = 3,
};

struct dataplane_interface {
	__u32 ifindex;
	enum interface_kind kind;
	__u8 mac[6];
	__u8 reserved[2];
};

struct dataplane_prefix {
	__u8 prefix[8];   /* the /64 */
	__u8 address[16]; /* the DAR's own address under it */
	__u32 ifindex;
	__u32 reserved;
};

struct dataplane_settings {
	struct dataplane_interface interfaces[FAMA_INTERFACE_MAX];
	struct dataplane_prefix prefixes[FAMA_PREFIX_MAX];
	__u32 interface_count;
	__u32 prefix_count;
	__u32 flow_label_key;
	__u8 hop_limit;       /* of the outer header; RFC 2473 section 6.3 */
	__u8 dscp_copy;       /* 1: DSCP of the inner packet, 0: zero */
	__u8 max_nested;      /* tunnel headers a packet may already carry: 0 or 1 */
	__u8 credit;          /* 1: unverified CoAs arise, credit is earned; spent it is always */
	__u64 budget_key;     /* random: nobody aims at a slot of `budget` */
	__u8 source_check;    /* 1: an access link sends from its own prefixes only */
	__u8 neighbour_limit; /* 1: packets to addresses never seen are rationed (T13) */
	__u8 reserved[6];
};

/*
 * ---- `budget`, array of token buckets (G0 of the signalling): each element is the monotonic time
 * in ns at which the bucket is full again; source addresses and /64s share slots by a keyed hash.
 */

enum {
	FAMA_BUDGET_SOURCES = 262144,
	FAMA_BUDGET_PREFIXES = 65536,
	FAMA_BUDGET_GLOBAL = FAMA_BUDGET_SOURCES + FAMA_BUDGET_PREFIXES, /* the last element */
	FAMA_SOURCE_PER_SECOND = 10,
	FAMA_SOURCE_BURST = 20,
	FAMA_PREFIX_PER_SECOND = 5000, /* a /64 is a whole neighbouring DAR */
	FAMA_GLOBAL_PER_SECOND = 200000,
};

/* ---- outcomes: each packet ends in one; `outcomes`, per-CPU array indexed by it ---- */

enum outcome {
	OUTCOME_PASSED,             /* not ours: to the stack, untouched */
	OUTCOME_ENCAPSULATED,       /* into the tunnel and out of an interface */
	OUTCOME_ENCAPSULATED_STACK, /* into the tunnel, routed by the stack */
	OUTCOME_DECAPSULATED,       /* out of the tunnel and out of an interface */
	OUTCOME_DECAPSULATED_STACK, /* out of the tunnel, routed or delivered by the stack */
	OUTCOME_RELAYED,            /* out of one tunnel into another (MN to MN) */
	OUTCOME_PUNTED,             /* signalling, handed to the agent */
	OUTCOME_ND_ANSWERED,        /* neighbour solicitation for an away HoA answered */
	OUTCOME_DROP_FIRST,         /* every drop reason is at least this */
	OUTCOME_NOT_BOUND = OUTCOME_DROP_FIRST, /* tunnel packet, inner address has no binding */
	OUTCOME_TUNNEL_SOURCE,                  /* outer address is not that of the binding */
	OUTCOME_EXPIRED,                        /* binding found, its lifetime is over */
	OUTCOME_HOP_LIMIT,                      /* would reach 0: the stack answers Time Exceeded */
	OUTCOME_TOO_BIG,     /* over the tunnel MTU: Packet Too Big answered if allowed */
	OUTCOME_CREDIT,      /* unverified CoA without credit */
	OUTCOME_NESTED,      /* too many tunnel headers, or our own tunnel came back */
	OUTCOME_ECN,         /* (Not-ECT, CE): RFC 6040 section 4.2 */
	OUTCOME_SCOPE,       /* inner address, or a BU's source, of no use beyond its link */
	OUTCOME_MALFORMED,   /* lengths or versions that contradict each other */
	OUTCOME_FRAGMENT,    /* outer fragment, or fragmented Mobility Header */
	OUTCOME_BUDGET,      /* signalling or errors about tunnels over their rate */
	OUTCOME_AWAY_SOURCE, /* native packet on the access link from an away HoA */
	OUTCOME_HOME_ADDRESS_OPTION,  /* HAO without a Mobility Header behind it */
	OUTCOME_ROUTING_HEADER,       /* type 2 routing header that is not for us */
	OUTCOME_TUNNELLED_SIGNALLING, /* BU or BA inside a tunnel */
	OUTCOME_PUNT_FULL,            /* ring buffer full: the agent is too slow */
	OUTCOME_NO_ROUTE,             /* routing refuses the outer or inner destination */
	OUTCOME_NO_ROOM,              /* no head or tail room for the header */
	OUTCOME_SOURCE, /* access link: source of no prefix of it, or an own address */
	OUTCOME_UNSEEN, /* to an address never seen on its link, over the rate */
	OUTCOME_MAX
};

struct outcome_count {
	__u64 packets[FAMA_INTERFACE_MAX]; /* by position in settings.interfaces */
};

/* ---- `punt`, ring buffer: this header, then the frame from its Ethernet header on ---- */

enum punt_kind {
	PUNT_SIGNALLING = 1, /* Mobility Header to an own address (MN: RH2 or MH) */
	PUNT_HOME_ADDRESS,   /* Home Address option without a Mobility Header: dropped, told */
	PUNT_TUNNEL_ERROR,   /* ICMPv6 error that quotes a tunnel packet of ours */
	PUNT_TOO_BIG_LOCAL,  /* packet of this host, over the tunnel MTU: from the IPv6 header,
			      * whole or its first FAMA_PUNT_QUOTE octets */
	PUNT_CONFLICT,       /* NA or DAD probe for an away HoA or a `defended` address */
};

struct punt_header {
	__u32 ifindex; /* ingress */
	__u16 kind;    /* enum punt_kind */
	__u16 len;     /* octets that follow */
};

#define FAMA_DATAPLANE_ASSERT(type, size)                                                          \
	_Static_assert(sizeof(type) == (size), #type " changed: raise FAMA_LAYOUT_VERSION")

FAMA_DATAPLANE_ASSERT(struct binding, 88);
FAMA_DATAPLANE_ASSERT(struct traffic, 32);
FAMA_DATAPLANE_ASSERT(struct credit, 8);
FAMA_DATAPLANE_ASSERT(struct seen, 24);
FAMA_DATAPLANE_ASSERT(struct defended, 24);
FAMA_DATAPLANE_ASSERT(struct anchored_prefix, 24);
FAMA_DATAPLANE_ASSERT(struct layout, 16);
FAMA_DATAPLANE_ASSERT(struct dataplane_interface, 16);
FAMA_DATAPLANE_ASSERT(struct dataplane_prefix, 32);
FAMA_DATAPLANE_ASSERT(struct dataplane_settings, 800);
FAMA_DATAPLANE_ASSERT(struct outcome_count, 128);
FAMA_DATAPLANE_ASSERT(struct punt_header, 8);

#endif
