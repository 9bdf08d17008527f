// SPDX-License-Identifier: BSD-2-Clause
/* Owns the checks of interfaces, anchored prefixes and Router Advertisements. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/in6.h"
#include "config/config_check.h"
#include "config/config_keys.h"
#include "config/config_parse.h"

enum {
	PREFIX_LEN = 64, /* RFC 3972 section 3 */
	MTU_MIN = 1280,  /* RFC 8200 section 5 */
	PREFERRED_DEFAULT_S = 7 * 86400,
	MIN_INTERVAL_FLOOR_MS = 30,
	ROUTER_LIFETIME_MAX_S = 9000,
};

_Static_assert(sizeof(((struct config_interface *)0)->name) == IFNAMSIZ, "names of the kernel");

/* ---- prefixes ---- */

static int take_net(struct document *d, const char *path, const char *given,
		    struct config_prefix *prefix)
{
	unsigned int len;
	int err;

	if (!given)
		return document_refuse(d, path, "missing");
	err = parse_prefix(given, &prefix->prefix, &len);
	if (err == -EDOM)
		return document_refuse(d, path, "'%s' has bits set behind its length", given);
	if (err)
		return document_refuse(d, path, "'%s' is not PREFIX/64", given);
	if (len != PREFIX_LEN)
		return document_refuse(d, path, "'%s' is not a /64", given);
	if (!in6_is_routable_unicast(&prefix->prefix))
		return document_refuse(d, path, "'%s' is not a routable unicast prefix", given);
	return 0;
}

static int take_own_address(struct document *d, const char *path, const char *given,
			    struct config_prefix *prefix)
{
	prefix->is_cga = !given || strcmp(given, "cga") == 0;
	if (prefix->is_cga)
		return 0;
	if (parse_address(given, &prefix->address))
		return document_refuse(d, path, "'%s' is neither cga nor an IPv6 address", given);
	if (!in6_same_prefix64(&prefix->address, &prefix->prefix))
		return document_refuse(d, path, "%s is not an address of %s/64", given,
				       in6_text(&prefix->prefix).s);
	if (in6_equal(&prefix->address, &prefix->prefix))
		return document_refuse(d, path, "%s is the anycast address of all routers", given);
	return 0;
}

/* Prefixes are all /64: two overlap when they are equal. */
static int check_overlap(struct document *d, const char *path, const struct config *config,
			 const struct config_prefix *prefix)
{
	for (unsigned int i = 0; i < config->interface_count; i++)
		for (unsigned int k = 0; k < config->interfaces[i].prefix_count; k++)
			if (in6_equal(&config->interfaces[i].prefixes[k].prefix, &prefix->prefix))
				return document_refuse(
					d, path, "%s/64 is anchored already by interfaces[%u]",
					in6_text(&prefix->prefix).s, i);
	return 0;
}

static int check_lifetimes(struct document *d, const char *path, const struct prefix_text *text,
			   struct config_prefix *prefix)
{
	if (!text->preferred_lifetime)
		prefix->preferred_s = prefix->valid_s < PREFERRED_DEFAULT_S ? prefix->valid_s
									    : PREFERRED_DEFAULT_S;
	if (prefix->preferred_s > prefix->valid_s)
		return document_refuse(d, path, "%us is over the valid lifetime of %us",
				       prefix->preferred_s, prefix->valid_s);
	return 0;
}

static int take_prefix(struct document *d, const char *path, const struct prefix_text *text,
		       const struct config *config, struct config_prefix *prefix)
{
	char key[KEY_PATH_MAX];
	int err;

	snprintf(key, sizeof(key), "%.64s.prefix", path);
	err = take_net(d, key, text->prefix, prefix);
	if (!err)
		err = check_overlap(d, key, config, prefix);
	snprintf(key, sizeof(key), "%.64s.address", path);
	if (!err)
		err = take_own_address(d, key, text->address, prefix);
	if (!err)
		err = keys_take_prefix(d, path, text, prefix);
	snprintf(key, sizeof(key), "%.64s.preferred_lifetime", path);
	if (!err)
		err = check_lifetimes(d, key, text, prefix);
	return err;
}

/* Counts each as soon as it is taken, so that the next is held against it. */
static int take_prefixes(struct document *d, const char *path, const struct interface_text *text,
			 const struct config *config, struct config_interface *interface)
{
	char key[KEY_PATH_MAX];
	int err = 0;

	for (unsigned int i = 0; i < text->prefixes_count && !err; i++) {
		snprintf(key, sizeof(key), "%.32s.prefixes[%u]", path, i);
		err = take_prefix(d, key, &text->prefixes[i], config, &interface->prefixes[i]);
		interface->prefix_count = i + !err;
	}
	return err;
}

/* ---- Router Advertisements, RFC 4861 section 6.2.1 ---- */

static int take_rdnss(struct document *d, const char *path, const struct ra_text *text,
		      struct config_ra *ra)
{
	char key[KEY_PATH_MAX];

	ra->rdnss_count = text->rdnss_count;
	for (unsigned int i = 0; i < text->rdnss_count; i++) {
		struct in6_addr *server = &ra->rdnss[i];

		snprintf(key, sizeof(key), "%.32s.ra.rdnss[%u]", path, i);
		if (parse_address(text->rdnss[i], server) || in6_is_zero(server) ||
		    IN6_IS_ADDR_MULTICAST(server) || IN6_IS_ADDR_V4MAPPED(server))
			return document_refuse(d, key, "'%s' is not an IPv6 address of a host",
					       text->rdnss[i]);
	}
	return 0;
}

/* The defaults are those of the contract scaled: 3 s and 30 s for an interval of 10 s. */
static void ra_defaults(const struct ra_text *text, struct config_ra *ra)
{
	uint32_t max_ms = ra->max_interval_ms;

	if (!text->min_interval)
		ra->min_interval_ms = max_ms * 3 / 10 > MIN_INTERVAL_FLOOR_MS
					      ? max_ms * 3 / 10
					      : MIN_INTERVAL_FLOOR_MS;
	if (!text->router_lifetime)
		ra->router_lifetime_s = (max_ms * 3 + 999) / 1000;
}

static int check_ra(struct document *d, const char *path, const struct ra_text *text,
		    struct config_ra *ra)
{
	char key[KEY_PATH_MAX];

	ra_defaults(text, ra);
	if (4ULL * ra->min_interval_ms > 3ULL * ra->max_interval_ms) {
		snprintf(key, sizeof(key), "%.32s.ra.min_interval", path);
		return document_refuse(d, key, "%ums is over three quarters of max_interval, %ums",
				       ra->min_interval_ms, ra->max_interval_ms);
	}
	if (ra->router_lifetime_s && ra->router_lifetime_s * 1000ULL < ra->max_interval_ms) {
		snprintf(key, sizeof(key), "%.32s.ra.router_lifetime", path);
		return document_refuse(d, key, "%us is under max_interval, %ums; or 0",
				       ra->router_lifetime_s, ra->max_interval_ms);
	}
	if (ra->mtu && ra->mtu < MTU_MIN) {
		snprintf(key, sizeof(key), "%.32s.ra.mtu", path);
		return document_refuse(d, key, "out of range; 0 (automatic) or %d to 65535",
				       MTU_MIN);
	}
	return take_rdnss(d, path, text, ra);
}

/* ---- interfaces ---- */

/* What the kernel takes as the name of an interface. */
static int take_interface_name(struct document *d, const char *path, const char *name,
			       const struct config *config, struct config_interface *interface)
{
	if (!name)
		return document_refuse(d, path, "missing");
	if (strlen(name) >= sizeof(interface->name))
		return document_refuse(d, path, "'%s' is too long; at most %zu characters", name,
				       sizeof(interface->name) - 1);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strpbrk(name, "/: \t\n\v\f\r"))
		return document_refuse(d, path, "'%s' cannot be the name of an interface", name);
	for (unsigned int i = 0; i < config->interface_count; i++)
		if (&config->interfaces[i] != interface &&
		    strcmp(config->interfaces[i].name, name) == 0)
			return document_refuse(d, path, "duplicate interface '%s'", name);
	strcpy(interface->name, name);
	return 0;
}

/* Refuses the first of `keys` that the interface has. */
static int refuse_keys(struct document *d, const char *path, const char *const keys[],
		       const char *why)
{
	char key[KEY_PATH_MAX];

	for (; *keys; keys++) {
		snprintf(key, sizeof(key), "%.32s.%s", path, *keys);
		if (document_at(d, key))
			return document_refuse(d, key, "%s", why);
	}
	return 0;
}

static int take_dar_interface(struct document *d, const char *path,
			      const struct interface_text *text, const struct config *config,
			      struct config_interface *interface)
{
	static const char *const access_keys[] = {"prefixes", "ra", NULL};
	char key[KEY_PATH_MAX];
	int err;

	if (!text->kind)
		interface->kind = text->prefixes_count ? INTERFACE_ACCESS : INTERFACE_CORE;
	if (interface->kind == INTERFACE_CORE)
		return refuse_keys(d, path, access_keys, "only on an access interface");
	if (!text->prefixes_count) {
		snprintf(key, sizeof(key), "%.32s.prefixes", path);
		return document_refuse(d, key, "missing; an access interface has a prefix");
	}
	err = take_prefixes(d, path, text, config, interface);
	return err ? err : check_ra(d, path, &text->ra, &interface->ra);
}

static int take_interface(struct document *d, unsigned int i, const struct interface_text *text,
			  struct config *config)
{
	static const char *const dar_keys[] = {"kind", "attach", "prefixes", "ra", NULL};
	struct config_interface *interface = &config->interfaces[i];
	char path[32], key[KEY_PATH_MAX];
	int err;

	snprintf(path, sizeof(path), "interfaces[%u]", i);
	snprintf(key, sizeof(key), "%s.name", path);
	config->interface_count = i + 1;
	err = take_interface_name(d, key, text->name, config, interface);
	if (!err && config->role == ROLE_MN)
		err = refuse_keys(d, path, dar_keys, "only for role dar");
	if (!err)
		err = keys_take_interface(d, path, text, interface);
	if (err)
		return err;
	if (config->role == ROLE_DAR)
		return take_dar_interface(d, path, text, config, interface);
	interface->kind = INTERFACE_MN;
	return 0;
}

/* The programs have room for so many over all interfaces. */
static int check_prefix_count(struct document *d, const struct config *config)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < config->interface_count; i++)
		count += config->interfaces[i].prefix_count;
	if (!count)
		return document_refuse(d, "interfaces",
				       "no access interface; a DAR needs one with a prefix");
	if (count > FAMA_PREFIX_MAX)
		return document_refuse(d, "interfaces", "%u prefixes; at most %d in all", count,
				       FAMA_PREFIX_MAX);
	return 0;
}

int interfaces_check(struct document *d, const struct config_text *text, struct config *config)
{
	int err = 0;

	if (!text->interfaces_count)
		return document_refuse(d, "interfaces", "missing; at least one");
	for (unsigned int i = 0; i < text->interfaces_count && !err; i++)
		err = take_interface(d, i, &text->interfaces[i], config);
	if (!err && config->role == ROLE_DAR)
		err = check_prefix_count(d, config);
	return err;
}
