/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the configuration as the rest of the agent sees it: every key of the contract, checked. */
#ifndef FAMA_CONFIG_H
#define FAMA_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "fama/dataplane.h"

enum config_role { ROLE_DAR, ROLE_MN };
enum config_attach { ATTACH_AUTO, ATTACH_DISPATCHER, ATTACH_LINK, ATTACH_GENERIC, ATTACH_TC };
enum config_coa_test { COA_TEST_NONE, COA_TEST_REQUIRE, COA_TEST_CONCURRENT };
enum config_dad { DAD_OPTIMISTIC, DAD_STRICT, DAD_OFF };
enum config_replay { REPLAY_TIMESTAMP, REPLAY_SEQ };
enum config_durability { DURABILITY_STRICT, DURABILITY_RELAXED, DURABILITY_NONE };
enum config_keep { KEEP_IN_USE, KEEP_ALL, KEEP_NONE };
enum config_anchor { ANCHOR_ANY, ANCHOR_FIRST };
enum config_stop { STOP_KEEP, STOP_FLUSH };
enum config_ra_mode { RA_INTERNAL, RA_EXTERNAL };
enum config_preference { PREFERENCE_MEDIUM = 0, PREFERENCE_HIGH = 1, PREFERENCE_LOW = 3 };

enum {
	CONFIG_NAME_MAX = 64,
	CONFIG_PATH_MAX = 108,
	CONFIG_COA_ALLOW_MAX = 64,
	CONFIG_RDNSS_MAX = 8,
	CONFIG_DOMAIN_MAX = 16,
	CONFIG_DOMAIN_NETS_MAX = 16,
	CONFIG_LEGACY_MAX = 64,
	CONFIG_LEGACY_NETS_MAX = 8,
};

enum config_dar_proof { DAR_PROOF_KNOWN, DAR_PROOF_ALWAYS };

struct config_prefix {
	struct in6_addr prefix;  /* /64 */
	struct in6_addr address; /* the DAR's own under it; :: while is_cga */
	bool is_cga;             /* address: cga; made from the node's key when it starts */
	bool on_link;
	uint32_t valid_s, preferred_s;
};

struct config_ra {
	enum config_ra_mode mode;
	uint32_t min_interval_ms, max_interval_ms, solicited_delay_ms;
	uint32_t router_lifetime_s;
	enum config_preference preference;
	uint32_t mtu; /* 0: uplink MTU - 40 */
	struct in6_addr rdnss[CONFIG_RDNSS_MAX];
	unsigned int rdnss_count;
};

struct config_interface {
	char name[16]; /* IFNAMSIZ */
	enum interface_kind kind;
	enum config_attach attach;
	struct config_prefix prefixes[FAMA_PREFIX_MAX];
	unsigned int prefix_count;
	struct config_ra ra;
};

struct config_net {
	struct in6_addr prefix;
	unsigned int len;
};

/* CoAs under one trust agreement (the draft's appendix A.5); the longest prefix decides. */
struct config_domain {
	char name[CONFIG_NAME_MAX];
	struct config_net coa_prefixes[CONFIG_DOMAIN_NETS_MAX];
	unsigned int coa_prefix_count;
	uint32_t binding_max;    /* bindings with a CoA in here; 0: binding.max is the only limit */
	uint32_t max_lifetime_s; /* at most binding.max_lifetime */
	enum config_coa_test coa_test;
};

/* A Home Address that may be registered without proof, and from where. */
struct config_legacy {
	struct in6_addr hoa;
	struct config_net coa[CONFIG_LEGACY_NETS_MAX];
	unsigned int coa_count;
};

struct config {
	enum config_role role;
	char name[CONFIG_NAME_MAX];
	char control[CONFIG_PATH_MAX];   /* default /run/fama/NAME.sock */
	char state_dir[CONFIG_PATH_MAX]; /* default /var/lib/fama/NAME */
	char bpffs[CONFIG_PATH_MAX];     /* default /sys/fs/bpf/fama/NAME */
	enum log_level log_level;
	enum log_format log_format;
	struct config_interface interfaces[FAMA_INTERFACE_MAX];
	unsigned int interface_count;

	struct {
		uint32_t max; /* entries of the map */
		bool accept;  /* false: every BU is answered with 131, bindings live to their end */
		uint32_t max_lifetime_s;
		enum config_durability durability;
	} binding;

	struct {
		enum config_coa_test coa_test;
		enum config_dad dad;
		enum config_replay replay;
		uint32_t crypto_budget; /* signature checks a second */
		uint32_t rsa_min;       /* bits */
		bool require_seen;
		struct config_net coa_prefix_allow[CONFIG_COA_ALLOW_MAX];
		unsigned int coa_prefix_allow_count;
		uint32_t ctx_lifetime_s, context_max; /* context_max 0: binding.max */
		uint32_t prev_coa_grace_ms;
		bool bra_advice;   /* option 2 in BAs: refresh before the last quarter */
		bool source_check; /* */
		struct {           /* 0: none */
			uint32_t per_key, per_link_address, per_coa_prefix;
		} limits;
		struct config_domain domains[CONFIG_DOMAIN_MAX];
		unsigned int domain_count;
		struct config_legacy legacy[CONFIG_LEGACY_MAX];
		unsigned int legacy_count;
	} security;

	struct {
		uint8_t hop_limit;
		bool dscp_copy;
		uint8_t max_nested;
	} tunnel;

	enum config_stop stop;

	struct { /* of a MN, and of a DAR with `address: cga` */
		uint32_t rsa_bits;
		uint32_t sec;
	} identity;

	struct { /* role mn */
		enum config_keep keep;
		enum config_anchor anchor;
		enum config_coa_test coa_test;
		enum config_dar_proof
			dar_proof; /* known: insisted on where the DAR gave it before */
		uint32_t lifetime_s;
	} mobility;
};

/*
 * Reads FILE whole; YAML, hence JSON too. On failure prints one line
 * `FILE:LINE:COLUMN: key.path: what is wrong and what would be right` to stderr and returns
 * NULL; nothing else has happened. config_free() takes what is returned.
 */
struct config *config_load(const char *file);
void config_free(struct config *config);

#endif
