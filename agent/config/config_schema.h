/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the configuration as it stands in the file: absent keys are NULL, units not yet applied. */
#ifndef FAMA_CONFIG_SCHEMA_H
#define FAMA_CONFIG_SCHEMA_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

struct prefix_text {
	char *prefix, *address;
	uint32_t *on_link;
	char *valid_lifetime, *preferred_lifetime;
};

struct ra_text {
	uint32_t *mode, *preference, *mtu;
	char *min_interval, *max_interval, *solicited_delay, *router_lifetime;
	char *rdnss[CONFIG_RDNSS_MAX];
	unsigned int rdnss_count;
};

struct interface_text {
	char *name;
	uint32_t *kind, *attach;
	struct prefix_text prefixes[FAMA_PREFIX_MAX];
	unsigned int prefixes_count;
	struct ra_text ra;
};

struct limits_text {
	uint32_t *per_key, *per_link_address, *per_coa_prefix;
};

struct domain_text {
	char *name, *max_lifetime;
	char *coa_prefixes[CONFIG_DOMAIN_NETS_MAX];
	unsigned int coa_prefixes_count;
	uint32_t *binding_max, *coa_test;
};

struct allow_text {
	char *hoa;
	char *coa[CONFIG_LEGACY_NETS_MAX];
	unsigned int coa_count;
};

struct legacy_text {
	struct allow_text allow[CONFIG_LEGACY_MAX];
	unsigned int allow_count;
};

struct security_text {
	uint32_t *coa_test, *dad, *replay, *crypto_budget, *rsa_min, *rsa_max, *require_seen;
	uint32_t *source_check, *context_max, *bra_advice, *coa_cga_check, *phkt_len;
	char *sec_accept, *ctx_lifetime, *prev_coa_grace;
	char *coa_prefix_allow[CONFIG_COA_ALLOW_MAX];
	unsigned int coa_prefix_allow_count;
	struct limits_text limits;
	struct domain_text domains[CONFIG_DOMAIN_MAX];
	unsigned int domains_count;
	struct legacy_text legacy;
};

struct log_text {
	uint32_t *level, *format;
};

struct binding_text {
	uint32_t *max, *accept, *durability;
	char *max_lifetime;
};

struct tunnel_text {
	uint32_t *hop_limit, *dscp, *max_nested, *encap_limit;
};

struct identity_text {
	uint32_t *rsa_bits, *sec;
};

struct mobility_text {
	uint32_t *keep, *anchor, *coa_test, *dar_proof;
	char *lifetime;
};

struct config_text {
	uint32_t *role, *stop;
	char *name, *control, *state_dir, *bpffs, *metrics;
	struct log_text log;
	struct interface_text interfaces[FAMA_INTERFACE_MAX];
	unsigned int interfaces_count;
	struct binding_text binding;
	struct security_text security;
	struct tunnel_text tunnel;
	struct identity_text identity;
	struct mobility_text mobility;
};

extern const struct cyaml_schema_value config_schema; /* of a struct config_text */

/* The word for `value` of `key`, both in the entries of `list` ("" for the top), as
 * schema_word("interfaces.prefixes", "on_link", 1). Of several words the first. */
const char *schema_word(const char *list, const char *key, uint32_t value);
bool schema_is_switch(const char *list, const char *key); /* true | false */

#endif
