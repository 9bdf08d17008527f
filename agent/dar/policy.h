/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what is allowed for a CoA: the allow list and the domain it lies in; pure. */
#ifndef FAMA_POLICY_H
#define FAMA_POLICY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

enum { POLICY_NO_DOMAIN = -1 };

struct policy {
	bool coa_allowed; /* security.coa_prefix_allow */
	enum config_coa_test coa_test;
	uint32_t max_lifetime_s;
	int domain; /* number in security.domains, or POLICY_NO_DOMAIN */
};

/* The domain with the longest prefix over `coa` decides; without one security.* does. */
struct policy policy_of(const struct config *config, const struct in6_addr *coa);

/* Some CoA may be used before it is tested: UNVERIFIED bindings arise. */
bool policy_has_concurrent(const struct config *config);

/* security.legacy lists `hoa`, and `source` lies under one of its prefixes or is the HoA. */
bool policy_legacy_allows(const struct config *config, const struct in6_addr *hoa,
			  const struct in6_addr *source);

#endif
