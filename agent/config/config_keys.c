// SPDX-License-Identifier: BSD-2-Clause
/* Owns the table of keys with a number, word or duration. */
#include "config/config_keys.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "config/config_check.h"
#include "config/config_parse.h"
#include "config/config_show.h"
#include "fama/mobility.h"

enum key_kind { KEY_NUMBER, KEY_WORD, KEY_SECONDS, KEY_MILLISECONDS };

struct place {
	size_t from;     /* of the pointer in the text */
	size_t to, size; /* of the member in the configuration; size 0: nothing reads it yet */
};

struct key {
	const char *path;
	enum key_kind kind;
	struct place place;
	uint32_t min, max;
	uint32_t standard; /* if the key is absent */
	const char *only;  /* the one value that is built, as text; NULL: all are */
};

enum {
	BINDING_MAX = 1048576,
	BUDGET_MAX = 1000000,
	DAY_S = 86400,
	TOKEN_LONG_LEN = 16,
	HOAS_MAX = 16
};

#define PLACE(text, text_member, type, member)                                                     \
	{                                                                                          \
		offsetof(text, text_member), offsetof(type, member),                               \
			sizeof(((type *)NULL)->member)                                             \
	}
#define TOP(text_member, member) PLACE(struct config_text, text_member, struct config, member)
#define SAME(member)             TOP(member, member)
#define UNREAD(member)                                                                             \
	{                                                                                          \
		offsetof(struct config_text, member), 0, 0                                         \
	}

/* clang-format off */
static const struct key keys[] = {
	{"role", KEY_WORD, SAME(role)},
	{"log.level", KEY_WORD, TOP(log.level, log_level), .standard = LOG_LEVEL_INFO},
	{"log.format", KEY_WORD, TOP(log.format, log_format), .standard = LOG_FORMAT_LOGFMT},
	{"stop", KEY_WORD, SAME(stop), .standard = STOP_KEEP},

	{"binding.max", KEY_NUMBER, SAME(binding.max), 1, BINDING_MAX, 0},
	{"binding.accept", KEY_WORD, SAME(binding.accept), .standard = true},
	{"binding.max_lifetime", KEY_SECONDS, TOP(binding.max_lifetime, binding.max_lifetime_s),
	 MH_LIFETIME_UNIT_S, MH_LIFETIME_MAX_S, MH_LIFETIME_MAX_S},
	{"binding.durability", KEY_WORD, SAME(binding.durability),
	 .standard = DURABILITY_NONE, .only = "none"},

	{"security.coa_test", KEY_WORD, SAME(security.coa_test),
	 .standard = COA_TEST_CONCURRENT},
	{"security.dad", KEY_WORD, SAME(security.dad), .standard = DAD_OPTIMISTIC},
	{"security.replay", KEY_WORD, SAME(security.replay),
	 .standard = REPLAY_TIMESTAMP},
	{"security.crypto_budget", KEY_NUMBER, SAME(security.crypto_budget), 1, BUDGET_MAX, 2000},
	{"security.rsa_min", KEY_NUMBER, SAME(security.rsa_min),
	 MH_RSA_BITS_MIN, MH_RSA_BITS_MAX, MH_RSA_BITS_MIN},
	{"security.rsa_max", KEY_NUMBER, UNREAD(security.rsa_max),
	 MH_RSA_BITS_MIN, MH_RSA_BITS_MAX, MH_RSA_BITS_MAX, .only = "2040"},
	{"security.require_seen", KEY_WORD, SAME(security.require_seen),
	 .standard = true},
	{"security.source_check", KEY_WORD, SAME(security.source_check), .standard = true},
	{"security.coa_cga_check", KEY_WORD, UNREAD(security.coa_cga_check),
	 .standard = false, .only = "off"},
	{"security.ctx_lifetime", KEY_SECONDS, TOP(security.ctx_lifetime, security.ctx_lifetime_s),
	 MH_LIFETIME_UNIT_S, DAY_S, DAY_S},
	{"security.context_max", KEY_NUMBER, SAME(security.context_max), 0, BINDING_MAX, 0},
	{"security.prev_coa_grace", KEY_MILLISECONDS,
	 TOP(security.prev_coa_grace, security.prev_coa_grace_ms), 0, 60000, 1000},
	{"security.bra_advice", KEY_WORD, SAME(security.bra_advice), .standard = false},
	{"security.phkt_len", KEY_NUMBER, UNREAD(security.phkt_len),
	 MH_TOKEN_LEN, TOKEN_LONG_LEN, MH_TOKEN_LEN, .only = "8"},
	{"security.limits.per_key", KEY_NUMBER, SAME(security.limits.per_key),
	 0, BINDING_MAX, HOAS_MAX},
	{"security.limits.per_link_address", KEY_NUMBER, SAME(security.limits.per_link_address),
	 0, BINDING_MAX, HOAS_MAX},
	{"security.limits.per_coa_prefix", KEY_NUMBER, SAME(security.limits.per_coa_prefix),
	 0, BINDING_MAX, 0},

	{"tunnel.hop_limit", KEY_NUMBER, SAME(tunnel.hop_limit), 1, UINT8_MAX, 64},
	{"tunnel.dscp", KEY_WORD, TOP(tunnel.dscp, tunnel.dscp_copy), .standard = true},
	{"tunnel.max_nested", KEY_NUMBER, SAME(tunnel.max_nested), 0, 1, 1},
	{"tunnel.encap_limit", KEY_WORD, UNREAD(tunnel.encap_limit),
	 .standard = false, .only = "off"},

	{"identity.rsa_bits", KEY_NUMBER, SAME(identity.rsa_bits),
	 MH_RSA_BITS_MIN, MH_RSA_BITS_MAX, MH_RSA_BITS_MAX},
	{"identity.sec", KEY_NUMBER, SAME(identity.sec), 0, 2, 0},
	{"mobility.keep", KEY_WORD, SAME(mobility.keep), .standard = KEEP_ALL, .only = "all"},
	{"mobility.anchor", KEY_WORD, SAME(mobility.anchor),
	 .standard = ANCHOR_ANY, .only = "any"},
	{"mobility.coa_test", KEY_WORD, SAME(mobility.coa_test),
	 .standard = COA_TEST_CONCURRENT},
	{"mobility.dar_proof", KEY_WORD, SAME(mobility.dar_proof), .standard = DAR_PROOF_KNOWN},
	{"mobility.lifetime", KEY_SECONDS, TOP(mobility.lifetime, mobility.lifetime_s),
	 MH_LIFETIME_UNIT_S, MH_LIFETIME_MAX_S, MH_LIFETIME_MAX_S},
	{NULL},
};

#define OF_INTERFACE(text_member, member)                                                          \
	PLACE(struct interface_text, text_member, struct config_interface, member)

/* Intervals: RFC 4861 section 6.2.1, its lower bounds those of RFC 6275 section 7.5. */
static const struct key interface_keys[] = {
	{"kind", KEY_WORD, OF_INTERFACE(kind, kind)},
	{"attach", KEY_WORD, OF_INTERFACE(attach, attach), .standard = ATTACH_AUTO},
	{"ra.mode", KEY_WORD, OF_INTERFACE(ra.mode, ra.mode), .standard = RA_INTERNAL},
	{"ra.min_interval", KEY_MILLISECONDS, OF_INTERFACE(ra.min_interval, ra.min_interval_ms),
	 30, 1350000, 0},
	{"ra.max_interval", KEY_MILLISECONDS, OF_INTERFACE(ra.max_interval, ra.max_interval_ms),
	 70, 1800000, 10000},
	{"ra.solicited_delay", KEY_MILLISECONDS,
	 OF_INTERFACE(ra.solicited_delay, ra.solicited_delay_ms), 0, 500, 0},
	{"ra.router_lifetime", KEY_SECONDS, OF_INTERFACE(ra.router_lifetime, ra.router_lifetime_s),
	 0, 9000, 0},
	{"ra.preference", KEY_WORD, OF_INTERFACE(ra.preference, ra.preference),
	 .standard = PREFERENCE_MEDIUM},
	{"ra.mtu", KEY_NUMBER, OF_INTERFACE(ra.mtu, ra.mtu), 0, 65535, 0},
	{NULL},
};

#define OF_PREFIX(text_member, member)                                                             \
	PLACE(struct prefix_text, text_member, struct config_prefix, member)

static const struct key prefix_keys[] = {
	{"on_link", KEY_WORD, OF_PREFIX(on_link, on_link), .standard = true},
	{"valid_lifetime", KEY_SECONDS, OF_PREFIX(valid_lifetime, valid_s),
	 MH_LIFETIME_UNIT_S, UINT32_MAX, 30 * DAY_S},
	{"preferred_lifetime", KEY_SECONDS, OF_PREFIX(preferred_lifetime, preferred_s),
	 0, UINT32_MAX, 0},
	{NULL},
};

#define OF_DOMAIN(member)                                                                          \
	PLACE(struct domain_text, member, struct config_domain, member)

/* Those absent are as security.coa_test and binding.max_lifetime have it. */
static const struct key domain_keys[] = {
	{"binding_max", KEY_NUMBER, OF_DOMAIN(binding_max), 0, BINDING_MAX, 0},
	{"max_lifetime", KEY_SECONDS,
	 PLACE(struct domain_text, max_lifetime, struct config_domain, max_lifetime_s),
	 MH_LIFETIME_UNIT_S, MH_LIFETIME_MAX_S, 0},
	{"coa_test", KEY_WORD, OF_DOMAIN(coa_test)},
	{NULL},
};
/* clang-format on */

static int check_range(struct document *d, const char *path, const struct key *key, uint64_t value,
		       uint64_t unit_ms)
{
	char low[DURATION_TEXT_MAX], high[DURATION_TEXT_MAX];

	if (value >= key->min && value <= key->max)
		return 0;
	if (key->kind == KEY_NUMBER)
		return document_refuse(d, path, "out of range; %" PRIu32 " to %" PRIu32, key->min,
				       key->max);
	format_duration(key->min * unit_ms, low);
	format_duration(key->max * unit_ms, high);
	return document_refuse(d, path, "out of range; %s to %s", low, high);
}

static int take_duration(struct document *d, const char *path, const struct key *key,
			 const char *text, uint32_t *value)
{
	uint64_t unit_ms = key->kind == KEY_SECONDS ? 1000 : 1, ms;
	int err = parse_duration(text, &ms);

	if (err == -EINVAL)
		return document_refuse(
			d, path, "'%s' is not a duration; digits and one of ms, s, m, h, d", text);
	if (!err && ms % unit_ms != 0)
		return document_refuse(d, path, "%s is not in whole seconds", text);
	if (err)
		return check_range(d, path, key, UINT64_MAX, unit_ms);
	*value = (uint32_t)(ms / unit_ms);
	return check_range(d, path, key, ms / unit_ms, unit_ms);
}

static int take_value(struct document *d, const char *path, const struct key *key, const void *text,
		      uint32_t *value)
{
	void *const given = *(void *const *)((const char *)text + key->place.from);

	*value = key->standard;
	if (!given)
		return 0;
	switch (key->kind) {
	case KEY_WORD:
		*value = *(uint32_t *)given;
		return 0;
	case KEY_NUMBER:
		*value = *(uint32_t *)given;
		return check_range(d, path, key, *value, 0);
	case KEY_SECONDS:
	case KEY_MILLISECONDS:
		return take_duration(d, path, key, given, value);
	}
	return 0;
}

static int take_key(struct document *d, const char *prefix, const struct key *key, const void *text,
		    void *config)
{
	char *to = (char *)config + key->place.to;
	char path[KEY_PATH_MAX];
	uint32_t value;
	int err;

	snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", key->path);
	err = take_value(d, path, key, text, &value);
	if (err)
		return err;
	if (key->only && value != key->standard)
		return document_refuse(d, path, "not built yet; use %s", key->only);
	if (key->place.size == sizeof(uint8_t))
		*(uint8_t *)to = (uint8_t)value;
	else if (key->place.size == sizeof(uint32_t))
		*(uint32_t *)to = value;
	return 0;
}

static int take_all(struct document *d, const char *prefix, const struct key *key, const void *text,
		    void *config)
{
	int err = 0;

	for (; key->path && !err; key++)
		err = take_key(d, prefix, key, text, config);
	return err;
}

int keys_take(struct document *d, const struct config_text *text, struct config *config)
{
	return take_all(d, "", keys, text, config);
}

int keys_take_interface(struct document *d, const char *path, const struct interface_text *text,
			struct config_interface *interface)
{
	return take_all(d, path, interface_keys, text, interface);
}

int keys_take_prefix(struct document *d, const char *path, const struct prefix_text *text,
		     struct config_prefix *prefix)
{
	return take_all(d, path, prefix_keys, text, prefix);
}

int keys_take_domain(struct document *d, const char *path, const struct domain_text *text,
		     struct config_domain *domain)
{
	return take_all(d, path, domain_keys, text, domain);
}

/* ---- back into values ---- */

static uint32_t value_in(const struct key *key, const void *config)
{
	const char *from = (const char *)config + key->place.to;

	if (key->place.size == sizeof(uint8_t))
		return *(const uint8_t *)from;
	if (key->place.size == sizeof(uint32_t))
		return *(const uint32_t *)from;
	return key->standard;
}

static void show_key(const char *list, const struct key *key, const void *config, config_each each,
		     void *arg)
{
	struct config_value value = {.key = key->path, .number = value_in(key, config)};
	char duration[DURATION_TEXT_MAX];

	switch (key->kind) {
	case KEY_NUMBER:
		value.kind = CONFIG_NUMBER;
		break;
	case KEY_WORD:
		value.word = schema_word(list, key->path, value.number);
		value.kind = schema_is_switch(list, key->path) ? CONFIG_SWITCH : CONFIG_WORD;
		break;
	case KEY_SECONDS:
	case KEY_MILLISECONDS:
		format_duration(value.number * (key->kind == KEY_SECONDS ? 1000ULL : 1), duration);
		value.word = duration;
		value.kind = CONFIG_WORD;
		break;
	}
	each(&value, arg);
}

static void show_all(const char *list, const struct key *key, const void *config, config_each each,
		     void *arg)
{
	for (; key->path; key++)
		show_key(list, key, config, each, arg);
}

void config_show(const struct config *config, config_each each, void *arg)
{
	for (const struct key *key = keys; key->path; key++)
		if (key_is_of_role(key->path, config->role))
			show_key("", key, config, each, arg);
}

void config_show_interface(const struct config_interface *interface, config_each each, void *arg)
{
	show_all("interfaces", interface_keys, interface, each, arg);
}

void config_show_prefix(const struct config_prefix *prefix, config_each each, void *arg)
{
	show_all("interfaces.prefixes", prefix_keys, prefix, each, arg);
}

void config_show_domain(const struct config_domain *domain, config_each each, void *arg)
{
	show_all("security.domains", domain_keys, domain, each, arg);
}

const char *config_coa_test_name(enum config_coa_test coa_test)
{
	return schema_word("security", "coa_test", coa_test);
}
