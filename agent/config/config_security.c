// SPDX-License-Identifier: BSD-2-Clause
/* Owns the checks of who may register from where: CoA prefixes, domains, unproven HoAs. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/in6.h"
#include "config/config_check.h"
#include "config/config_keys.h"
#include "config/config_parse.h"

static int take_net(struct document *d, const char *path, const char *given, struct config_net *net)
{
	int err = parse_prefix(given, &net->prefix, &net->len);

	if (err == -EDOM)
		return document_refuse(d, path, "'%s' has bits set behind its length", given);
	if (err)
		return document_refuse(d, path, "'%s' is not ADDRESS/LENGTH", given);
	return 0;
}

static int take_nets(struct document *d, const char *list, char *const given[], unsigned int count,
		     struct config_net *nets)
{
	char path[KEY_PATH_MAX];
	int err = 0;

	for (unsigned int i = 0; i < count && !err; i++) {
		snprintf(path, sizeof(path), "%.64s[%u]", list, i);
		err = take_net(d, path, given[i], &nets[i]);
	}
	return err;
}

/* Without the key the count alone is set: ::/0 is all zero. */
static int take_coa_prefix_allow(struct document *d, const struct security_text *text,
				 struct config *config)
{
	unsigned int count = text->coa_prefix_allow_count;

	config->security.coa_prefix_allow_count = count ? count : 1;
	return take_nets(d, "security.coa_prefix_allow", text->coa_prefix_allow, count,
			 config->security.coa_prefix_allow);
}

/* ---- domains ---- */

static bool is_same_net(const struct config_net *a, const struct config_net *b)
{
	return a->len == b->len && in6_equal(&a->prefix, &b->prefix);
}

/* The longest prefix decides, so that none may be there twice. */
static int check_net_is_new(struct document *d, const char *path, const struct config *config,
			    const struct config_net *net)
{
	for (unsigned int i = 0; i < config->security.domain_count; i++) {
		const struct config_domain *domain = &config->security.domains[i];

		for (unsigned int k = 0; k < domain->coa_prefix_count; k++)
			if (is_same_net(&domain->coa_prefixes[k], net))
				return document_refuse(d, path, "%s/%u is in domain %s already",
						       in6_text(&net->prefix).s, net->len,
						       domain->name);
	}
	return 0;
}

static int take_domain_name(struct document *d, const char *path, const char *name,
			    const struct config *config, struct config_domain *domain)
{
	int err = check_name(d, path, name, sizeof(domain->name));

	if (err)
		return err;
	for (unsigned int i = 0; i < config->security.domain_count; i++)
		if (strcmp(config->security.domains[i].name, name) == 0)
			return document_refuse(d, path, "duplicate domain '%s'", name);
	strcpy(domain->name, name);
	return 0;
}

/* `domain` is the first behind those that count, and counts from its name on. */
static int take_domain_nets(struct document *d, const char *path, const struct domain_text *text,
			    struct config *config, struct config_domain *domain)
{
	char key[KEY_PATH_MAX];
	int err;

	if (!text->coa_prefixes_count)
		return document_refuse(d, path, "missing; a domain has at least one");
	err = take_nets(d, path, text->coa_prefixes, text->coa_prefixes_count,
			domain->coa_prefixes);
	config->security.domain_count++;
	for (unsigned int i = 0; i < text->coa_prefixes_count && !err; i++) {
		snprintf(key, sizeof(key), "%.64s[%u]", path, i);
		err = check_net_is_new(d, key, config, &domain->coa_prefixes[i]);
		domain->coa_prefix_count = i + !err;
	}
	return err;
}

static int take_domain_lifetime(struct document *d, const char *path,
				const struct domain_text *text, const struct config *config,
				struct config_domain *domain)
{
	if (!text->max_lifetime)
		domain->max_lifetime_s = config->binding.max_lifetime_s;
	if (domain->max_lifetime_s > config->binding.max_lifetime_s)
		return document_refuse(d, path, "%us is over binding.max_lifetime, %us",
				       domain->max_lifetime_s, config->binding.max_lifetime_s);
	return 0;
}

static int take_domain(struct document *d, unsigned int i, const struct domain_text *text,
		       struct config *config)
{
	struct config_domain *domain = &config->security.domains[i];
	char path[32], key[KEY_PATH_MAX];
	int err;

	snprintf(path, sizeof(path), "security.domains[%u]", i);
	snprintf(key, sizeof(key), "%s.name", path);
	err = take_domain_name(d, key, text->name, config, domain);
	if (!err)
		err = keys_take_domain(d, path, text, domain);
	snprintf(key, sizeof(key), "%s.max_lifetime", path);
	if (!err)
		err = take_domain_lifetime(d, key, text, config, domain);
	if (!text->coa_test)
		domain->coa_test = config->security.coa_test;
	snprintf(key, sizeof(key), "%s.coa_prefixes", path);
	return err ? err : take_domain_nets(d, key, text, config, domain);
}

/* ---- legacy ---- */

static const struct config_prefix *anchor_of(const struct config *config,
					     const struct in6_addr *hoa)
{
	for (unsigned int i = 0; i < config->interface_count; i++)
		for (unsigned int k = 0; k < config->interfaces[i].prefix_count; k++) {
			const struct config_prefix *prefix = &config->interfaces[i].prefixes[k];

			if (in6_same_prefix64(&prefix->prefix, hoa))
				return prefix;
		}
	return NULL;
}

static int take_legacy_hoa(struct document *d, const char *path, const char *given,
			   const struct config *config, struct in6_addr *hoa)
{
	const struct config_prefix *prefix;

	if (!given)
		return document_refuse(d, path, "missing");
	if (parse_address(given, hoa))
		return document_refuse(d, path, "'%s' is not an IPv6 address", given);
	prefix = anchor_of(config, hoa);
	if (!prefix)
		return document_refuse(d, path, "%s is under no prefix anchored here", given);
	if (in6_equal(hoa, &prefix->prefix))
		return document_refuse(d, path, "%s is the anycast address of all routers", given);
	if (!prefix->is_cga && in6_equal(hoa, &prefix->address))
		return document_refuse(d, path, "%s is this router's own address", given);
	for (unsigned int i = 0; i < config->security.legacy_count; i++)
		if (in6_equal(&config->security.legacy[i].hoa, hoa))
			return document_refuse(d, path, "%s is in the list already", given);
	return 0;
}

static int take_legacy(struct document *d, unsigned int i, const struct allow_text *text,
		       struct config *config)
{
	struct config_legacy *legacy = &config->security.legacy[i];
	char path[KEY_PATH_MAX];
	int err;

	snprintf(path, sizeof(path), "security.legacy.allow[%u].hoa", i);
	err = take_legacy_hoa(d, path, text->hoa, config, &legacy->hoa);
	if (err)
		return err;
	snprintf(path, sizeof(path), "security.legacy.allow[%u].coa", i);
	if (!text->coa_count)
		return document_refuse(d, path,
				       "missing; at least one prefix of care-of addresses");
	legacy->coa_count = text->coa_count;
	config->security.legacy_count = i + 1;
	return take_nets(d, path, text->coa, text->coa_count, legacy->coa);
}

int security_check(struct document *d, const struct security_text *text, struct config *config)
{
	int err = take_coa_prefix_allow(d, text, config);

	for (unsigned int i = 0; i < text->domains_count && !err; i++)
		err = take_domain(d, i, &text->domains[i], config);
	for (unsigned int i = 0; i < text->legacy.allow_count && !err; i++)
		err = take_legacy(d, i, &text->legacy.allow[i], config);
	return err;
}
