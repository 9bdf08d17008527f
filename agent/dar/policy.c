// SPDX-License-Identifier: BSD-2-Clause
/* Owns what is allowed for a CoA: the allow list and the domain it lies in; pure. */
#include "dar/policy.h"

#include "base/in6.h"

/* Length of the longest of `nets` over `address`, -1 for none. */
static int longest_match(const struct config_net *nets, unsigned int count,
			 const struct in6_addr *address)
{
	int longest = -1;

	for (unsigned int i = 0; i < count; i++) {
		if ((int)nets[i].len > longest &&
		    in6_in_prefix(address, &nets[i].prefix, nets[i].len))
			longest = (int)nets[i].len;
	}
	return longest;
}

static int domain_of(const struct config *config, const struct in6_addr *coa)
{
	int domain = POLICY_NO_DOMAIN, longest = -1;

	for (unsigned int i = 0; i < config->security.domain_count; i++) {
		const struct config_domain *candidate = &config->security.domains[i];
		int len = longest_match(candidate->coa_prefixes, candidate->coa_prefix_count, coa);

		if (len > longest) {
			longest = len;
			domain = (int)i;
		}
	}
	return domain;
}

struct policy policy_of(const struct config *config, const struct in6_addr *coa)
{
	struct policy policy = {
		.coa_allowed = longest_match(config->security.coa_prefix_allow,
					     config->security.coa_prefix_allow_count, coa) >= 0,
		.coa_test = config->security.coa_test,
		.max_lifetime_s = config->binding.max_lifetime_s,
		.domain = domain_of(config, coa),
	};

	if (policy.domain != POLICY_NO_DOMAIN) {
		policy.coa_test = config->security.domains[policy.domain].coa_test;
		policy.max_lifetime_s = config->security.domains[policy.domain].max_lifetime_s;
	}
	return policy;
}

bool policy_has_concurrent(const struct config *config)
{
	for (unsigned int i = 0; i < config->security.domain_count; i++) {
		if (config->security.domains[i].coa_test == COA_TEST_CONCURRENT)
			return true;
	}
	return config->security.coa_test == COA_TEST_CONCURRENT;
}

bool policy_legacy_allows(const struct config *config, const struct in6_addr *hoa,
			  const struct in6_addr *source)
{
	for (unsigned int i = 0; i < config->security.legacy_count; i++) {
		const struct config_legacy *listed = &config->security.legacy[i];

		/* at home again: the HoA itself can only de-register, 174 meets the rest */
		if (in6_equal(&listed->hoa, hoa) &&
		    (in6_equal(source, hoa) ||
		     longest_match(listed->coa, listed->coa_count, source) >= 0))
			return true;
	}
	return false;
}
