// SPDX-License-Identifier: BSD-2-Clause
/* Owns fuzzing configuration files: refused with a line, or taken within every limit. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/config.h"
#include "fuzz/target.h"

static int file = -1;
static char path[32];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	file = memfd_create("config", 0);
	MUST(file >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	return 0;
}

static void check(const struct config *config)
{
	MUST(config->name[0] && config->interface_count >= 1);
	MUST(config->interface_count <= FAMA_INTERFACE_MAX);
	MUST(config->binding.max >= 1);
	MUST(config->security.domain_count <= CONFIG_DOMAIN_MAX);
	MUST(config->security.legacy_count <= CONFIG_LEGACY_MAX);
	MUST(config->security.coa_prefix_allow_count <= CONFIG_COA_ALLOW_MAX);
	for (unsigned int i = 0; i < config->security.domain_count; i++) {
		const struct config_domain *domain = &config->security.domains[i];

		MUST(domain->coa_prefix_count >= 1);
		MUST(domain->coa_prefix_count <= CONFIG_DOMAIN_NETS_MAX);
		MUST(domain->max_lifetime_s <= config->binding.max_lifetime_s);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct config *config;

	MUST(ftruncate(file, 0) == 0);
	MUST(pwrite(file, octets, len, 0) == (ssize_t)len);
	config = config_load(path);
	if (!config)
		return 0;
	check(config);
	config_free(config);
	return 0;
}
