// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rules of the model as the agent's configuration has them. */
#include <stdlib.h>

#include "model/dar_under_test.h"

static enum config_coa_test coa_test_of(enum reference_mode mode)
{
	switch (mode) {
	case REFERENCE_FAST:
		return COA_TEST_NONE;
	case REFERENCE_SECURE:
		return COA_TEST_REQUIRE;
	case REFERENCE_CONCURRENT:
		return COA_TEST_CONCURRENT;
	}
	abort();
}

static enum config_dad dad_of(enum reference_dad dad)
{
	switch (dad) {
	case REFERENCE_DAD_OFF:
		return DAD_OFF;
	case REFERENCE_DAD_OPTIMISTIC:
		return DAD_OPTIMISTIC;
	case REFERENCE_DAD_STRICT:
		return DAD_STRICT;
	}
	abort();
}

static struct config_net net_of(const struct reference_net *net)
{
	return (struct config_net){.prefix = net->address, .len = net->bits};
}

static void configure_coas(struct config *config, const struct reference_rules *rules)
{
	config->security.coa_prefix_allow_count = rules->allowed_count;
	for (unsigned int i = 0; i < rules->allowed_count; i++)
		config->security.coa_prefix_allow[i] = net_of(&rules->allowed[i]);
	config->security.domain_count = rules->domain_count;
	for (unsigned int i = 0; i < rules->domain_count; i++)
		config->security.domains[i] = (struct config_domain){
			.coa_prefixes[0] = net_of(&rules->domains[i].net),
			.coa_prefix_count = 1,
			.binding_max = rules->domains[i].binding_max,
			.max_lifetime_s = rules->domains[i].max_lifetime_s,
			.coa_test = coa_test_of(rules->domains[i].mode),
		};
	config->security.legacy_count = rules->has_legacy;
	config->security.legacy[0] = (struct config_legacy){
		.hoa = rules->legacy_hoa,
		.coa[0] = net_of(&rules->legacy_from),
		.coa_count = 1,
	};
}

void dut_configure(struct dar_under_test *dut, const struct reference_rules *rules)
{
	struct config *config = &dut->config;

	config->binding.max = rules->binding_max;
	config->binding.accept = rules->accepts;
	config->binding.max_lifetime_s = rules->max_lifetime_s;
	config->security.coa_test = coa_test_of(rules->mode);
	config->security.dad = dad_of(rules->dad);
	config->security.replay = rules->replay_by_sequence ? REPLAY_SEQ : REPLAY_TIMESTAMP;
	config->security.require_seen = rules->require_seen;
	config->security.ctx_lifetime_s = rules->context_lifetime_s;
	config->security.context_max = rules->context_max;
	config->security.prev_coa_grace_ms = rules->grace_ms;
	config->security.bra_advice = rules->advice;
	config->security.limits.per_key = rules->per_key;
	config->security.limits.per_link_address = rules->per_link;
	config->security.limits.per_coa_prefix = rules->per_coa_net;
	configure_coas(config, rules);
	dut->prefixes.count = REFERENCE_PREFIXES;
	for (int i = 0; i < REFERENCE_PREFIXES; i++)
		dut->prefixes.at[i] = (struct prefix){
			.prefix = rules->prefixes[i].prefix,
			.address = rules->prefixes[i].own,
			.valid_s = rules->prefixes[i].valid_s,
			.preferred_s = rules->prefixes[i].preferred_s,
		};
}
