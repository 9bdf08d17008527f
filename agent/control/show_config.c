// SPDX-License-Identifier: BSD-2-Clause
/* Owns the configuration in force as JSON: famad would take it as its configuration. */
#include <stdio.h>
#include <string.h>

#include "base/in6.h"
#include "config/config_show.h"
#include "control/show.h"

static json_t *address_json(const struct in6_addr *address)
{
	return json_string(in6_text(address).s);
}

static json_t *prefix_json(const struct in6_addr *prefix, unsigned int len)
{
	return json_sprintf("%s/%u", in6_text(prefix).s, len);
}

static json_t *nets_json(const struct config_net *nets, unsigned int count)
{
	json_t *array = json_array();

	for (unsigned int i = 0; i < count; i++)
		json_array_append_new(array, prefix_json(&nets[i].prefix, nets[i].len));
	return array;
}

/* The section `name` of `object`, made if it is not there. */
static json_t *section(json_t *object, const char *name, size_t len)
{
	json_t *below = json_object_getn(object, name, len);

	if (below)
		return below;
	below = json_object();
	json_object_setn_new(object, name, len, below);
	return below;
}

/* "security.limits.per_key" goes into the sections of that name. */
static void set(json_t *object, const char *key, json_t *value)
{
	const char *dot;

	for (; (dot = strchr(key, '.')); key = dot + 1)
		object = section(object, key, (size_t)(dot - key));
	json_object_set_new(object, key, value);
}

static void set_value(const struct config_value *value, void *object)
{
	switch (value->kind) {
	case CONFIG_SWITCH:
		set(object, value->key, json_boolean(value->number));
		return;
	case CONFIG_NUMBER:
		set(object, value->key, json_integer(value->number));
		return;
	case CONFIG_WORD:
		set(object, value->key, json_string(value->word));
		return;
	}
}

/* ---- interfaces ---- */

static json_t *anchored_json(const struct config_prefix *prefix)
{
	json_t *object = json_object();

	set(object, "prefix", prefix_json(&prefix->prefix, 64));
	set(object, "address",
	    prefix->is_cga ? json_string("cga") : address_json(&prefix->address));
	config_show_prefix(prefix, set_value, object);
	return object;
}

static void set_access(json_t *object, const struct config_interface *interface)
{
	json_t *prefixes = json_array(), *rdnss = json_array();

	for (unsigned int i = 0; i < interface->prefix_count; i++)
		json_array_append_new(prefixes, anchored_json(&interface->prefixes[i]));
	for (unsigned int i = 0; i < interface->ra.rdnss_count; i++)
		json_array_append_new(rdnss, address_json(&interface->ra.rdnss[i]));
	set(object, "prefixes", prefixes);
	set(object, "ra.rdnss", rdnss);
}

static json_t *interface_json(const struct config_interface *interface)
{
	json_t *object = json_object();

	set(object, "name", json_string(interface->name));
	switch (interface->kind) {
	case INTERFACE_MN:
		break;
	case INTERFACE_CORE:
		config_show_interface(interface, set_value, object);
		json_object_del(object, "ra");
		break;
	case INTERFACE_ACCESS:
		config_show_interface(interface, set_value, object);
		set_access(object, interface);
		break;
	}
	return object;
}

/* ---- security ---- */

static json_t *domain_json(const struct config_domain *domain)
{
	json_t *object = json_object();

	set(object, "name", json_string(domain->name));
	set(object, "coa_prefixes", nets_json(domain->coa_prefixes, domain->coa_prefix_count));
	config_show_domain(domain, set_value, object);
	return object;
}

static void set_security(json_t *object, const struct config *config)
{
	json_t *domains = json_array(), *legacy = json_array();

	for (unsigned int i = 0; i < config->security.domain_count; i++)
		json_array_append_new(domains, domain_json(&config->security.domains[i]));
	for (unsigned int i = 0; i < config->security.legacy_count; i++) {
		const struct config_legacy *entry = &config->security.legacy[i];

		json_array_append_new(legacy,
				      json_pack("{s:o, s:o}", "hoa", address_json(&entry->hoa),
						"coa", nets_json(entry->coa, entry->coa_count)));
	}
	set(object, "security.sec_accept", json_string("0..2"));
	set(object, "security.coa_prefix_allow",
	    nets_json(config->security.coa_prefix_allow, config->security.coa_prefix_allow_count));
	set(object, "security.domains", domains);
	set(object, "security.legacy.allow", legacy);
}

json_t *config_json(const struct config *config)
{
	json_t *object = json_object(), *interfaces = json_array();

	for (unsigned int i = 0; i < config->interface_count; i++)
		json_array_append_new(interfaces, interface_json(&config->interfaces[i]));
	set(object, "name", json_string(config->name));
	set(object, "control", json_string(config->control));
	set(object, "state_dir", json_string(config->state_dir));
	set(object, "bpffs", json_string(config->bpffs));
	set(object, "metrics", json_string("off"));
	config_show(config, set_value, object);
	set(object, "interfaces", interfaces);
	if (config->role == ROLE_DAR)
		set_security(object, config);
	return object;
}
