// SPDX-License-Identifier: BSD-2-Clause
/* Owns the names of all keys, where they stand and what kind of value each takes. */
#include "config/config_schema.h"

#include <string.h>

#define WORDS(name, ...) static const cyaml_strval_t name[] = {__VA_ARGS__}

WORDS(roles, {"dar", ROLE_DAR}, {"mn", ROLE_MN});
WORDS(switches, {"true", 1}, {"false", 0}, {"yes", 1}, {"no", 0}, {"on", 1}, {"off", 0});
WORDS(levels, {"error", LOG_LEVEL_ERROR}, {"warn", LOG_LEVEL_WARN}, {"info", LOG_LEVEL_INFO},
      {"debug", LOG_LEVEL_DEBUG});
WORDS(formats, {"logfmt", LOG_FORMAT_LOGFMT}, {"json", LOG_FORMAT_JSON});
WORDS(kinds, {"core", INTERFACE_CORE}, {"access", INTERFACE_ACCESS});
WORDS(attach_modes, {"auto", ATTACH_AUTO}, {"dispatcher", ATTACH_DISPATCHER}, {"link", ATTACH_LINK},
      {"generic", ATTACH_GENERIC}, {"tc", ATTACH_TC});
WORDS(ra_modes, {"internal", RA_INTERNAL}, {"external", RA_EXTERNAL});
WORDS(preferences, {"low", PREFERENCE_LOW}, {"medium", PREFERENCE_MEDIUM},
      {"high", PREFERENCE_HIGH});
WORDS(durabilities, {"strict", DURABILITY_STRICT}, {"relaxed", DURABILITY_RELAXED},
      {"none", DURABILITY_NONE});
WORDS(coa_tests, {"none", COA_TEST_NONE}, {"require", COA_TEST_REQUIRE},
      {"concurrent", COA_TEST_CONCURRENT});
WORDS(dads, {"optimistic", DAD_OPTIMISTIC}, {"strict", DAD_STRICT}, {"off", DAD_OFF});
WORDS(replays, {"timestamp", REPLAY_TIMESTAMP}, {"seq", REPLAY_SEQ});
WORDS(dscps, {"copy", 1}, {"zero", 0});
WORDS(stops, {"keep", STOP_KEEP}, {"flush", STOP_FLUSH});
WORDS(keeps, {"in-use", KEEP_IN_USE}, {"all", KEEP_ALL}, {"none", KEEP_NONE});
WORDS(anchors, {"any", ANCHOR_ANY}, {"first", ANCHOR_FIRST});
WORDS(dar_proofs, {"known", DAR_PROOF_KNOWN}, {"always", DAR_PROOF_ALWAYS});

/* Every value is a pointer, NULL where the file does not have the key. */
#define TEXT(key, type, member)                                                                    \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_OPTIONAL, type, member, 0, CYAML_UNLIMITED)
#define NUMBER(key, type, member) CYAML_FIELD_UINT_PTR(key, CYAML_FLAG_OPTIONAL, type, member)
#define WORD(key, type, member, words)                                                             \
	CYAML_FIELD_ENUM_PTR(key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, type, member, words,    \
			     CYAML_ARRAY_LEN(words))
#define SECTION(key, type, member, fields)                                                         \
	CYAML_FIELD_MAPPING(key, CYAML_FLAG_OPTIONAL, type, member, fields)
#define LIST(key, type, member, entry, min, max)                                                   \
	CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_OPTIONAL, type, member, entry, min, max)

static const struct cyaml_schema_value any_text = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, CYAML_UNLIMITED)};

static const struct cyaml_schema_field prefix_fields[] = {
	TEXT("prefix", struct prefix_text, prefix),
	TEXT("address", struct prefix_text, address),
	WORD("on_link", struct prefix_text, on_link, switches),
	TEXT("valid_lifetime", struct prefix_text, valid_lifetime),
	TEXT("preferred_lifetime", struct prefix_text, preferred_lifetime),
	CYAML_FIELD_END};

static const struct cyaml_schema_value any_prefix = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct prefix_text, prefix_fields)};

static const struct cyaml_schema_field ra_fields[] = {
	WORD("mode", struct ra_text, mode, ra_modes),
	TEXT("min_interval", struct ra_text, min_interval),
	TEXT("max_interval", struct ra_text, max_interval),
	TEXT("solicited_delay", struct ra_text, solicited_delay),
	TEXT("router_lifetime", struct ra_text, router_lifetime),
	WORD("preference", struct ra_text, preference, preferences),
	NUMBER("mtu", struct ra_text, mtu),
	LIST("rdnss", struct ra_text, rdnss, &any_text, 0, CONFIG_RDNSS_MAX),
	CYAML_FIELD_END};

static const struct cyaml_schema_field interface_fields[] = {
	TEXT("name", struct interface_text, name),
	WORD("kind", struct interface_text, kind, kinds),
	WORD("attach", struct interface_text, attach, attach_modes),
	LIST("prefixes", struct interface_text, prefixes, &any_prefix, 0, FAMA_PREFIX_MAX),
	SECTION("ra", struct interface_text, ra, ra_fields),
	CYAML_FIELD_END};

static const struct cyaml_schema_value any_interface = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct interface_text, interface_fields)};

static const struct cyaml_schema_field log_fields[] = {
	WORD("level", struct log_text, level, levels),
	WORD("format", struct log_text, format, formats), CYAML_FIELD_END};

static const struct cyaml_schema_field binding_fields[] = {
	NUMBER("max", struct binding_text, max),
	WORD("accept", struct binding_text, accept, switches),
	TEXT("max_lifetime", struct binding_text, max_lifetime),
	WORD("durability", struct binding_text, durability, durabilities), CYAML_FIELD_END};

static const struct cyaml_schema_field limits_fields[] = {
	NUMBER("per_key", struct limits_text, per_key),
	NUMBER("per_link_address", struct limits_text, per_link_address),
	NUMBER("per_coa_prefix", struct limits_text, per_coa_prefix), CYAML_FIELD_END};

static const struct cyaml_schema_field domain_fields[] = {
	TEXT("name", struct domain_text, name),
	LIST("coa_prefixes", struct domain_text, coa_prefixes, &any_text, 1,
	     CONFIG_DOMAIN_NETS_MAX),
	NUMBER("binding_max", struct domain_text, binding_max),
	TEXT("max_lifetime", struct domain_text, max_lifetime),
	WORD("coa_test", struct domain_text, coa_test, coa_tests),
	CYAML_FIELD_END};

static const struct cyaml_schema_value any_domain = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct domain_text, domain_fields)};

static const struct cyaml_schema_field allow_fields[] = {
	TEXT("hoa", struct allow_text, hoa),
	LIST("coa", struct allow_text, coa, &any_text, 1, CONFIG_LEGACY_NETS_MAX), CYAML_FIELD_END};

static const struct cyaml_schema_value any_allow = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct allow_text, allow_fields)};

static const struct cyaml_schema_field legacy_fields[] = {
	LIST("allow", struct legacy_text, allow, &any_allow, 0, CONFIG_LEGACY_MAX),
	CYAML_FIELD_END};

static const struct cyaml_schema_field security_fields[] = {
	WORD("coa_test", struct security_text, coa_test, coa_tests),
	WORD("dad", struct security_text, dad, dads),
	WORD("replay", struct security_text, replay, replays),
	NUMBER("crypto_budget", struct security_text, crypto_budget),
	NUMBER("rsa_min", struct security_text, rsa_min),
	NUMBER("rsa_max", struct security_text, rsa_max),
	TEXT("sec_accept", struct security_text, sec_accept),
	WORD("require_seen", struct security_text, require_seen, switches),
	WORD("source_check", struct security_text, source_check, switches),
	LIST("coa_prefix_allow", struct security_text, coa_prefix_allow, &any_text, 1,
	     CONFIG_COA_ALLOW_MAX),
	WORD("coa_cga_check", struct security_text, coa_cga_check, switches),
	TEXT("ctx_lifetime", struct security_text, ctx_lifetime),
	NUMBER("context_max", struct security_text, context_max),
	TEXT("prev_coa_grace", struct security_text, prev_coa_grace),
	WORD("bra_advice", struct security_text, bra_advice, switches),
	NUMBER("phkt_len", struct security_text, phkt_len),
	SECTION("limits", struct security_text, limits, limits_fields),
	LIST("domains", struct security_text, domains, &any_domain, 0, CONFIG_DOMAIN_MAX),
	SECTION("legacy", struct security_text, legacy, legacy_fields),
	CYAML_FIELD_END};

static const struct cyaml_schema_field tunnel_fields[] = {
	NUMBER("hop_limit", struct tunnel_text, hop_limit),
	WORD("dscp", struct tunnel_text, dscp, dscps),
	NUMBER("max_nested", struct tunnel_text, max_nested),
	WORD("encap_limit", struct tunnel_text, encap_limit, switches), CYAML_FIELD_END};

static const struct cyaml_schema_field identity_fields[] = {
	NUMBER("rsa_bits", struct identity_text, rsa_bits),
	NUMBER("sec", struct identity_text, sec), CYAML_FIELD_END};

static const struct cyaml_schema_field mobility_fields[] = {
	WORD("keep", struct mobility_text, keep, keeps),
	WORD("anchor", struct mobility_text, anchor, anchors),
	WORD("coa_test", struct mobility_text, coa_test, coa_tests),
	WORD("dar_proof", struct mobility_text, dar_proof, dar_proofs),
	TEXT("lifetime", struct mobility_text, lifetime),
	CYAML_FIELD_END};

static const struct cyaml_schema_field fields[] = {
	WORD("role", struct config_text, role, roles),
	TEXT("name", struct config_text, name),
	TEXT("control", struct config_text, control),
	TEXT("state_dir", struct config_text, state_dir),
	TEXT("bpffs", struct config_text, bpffs),
	TEXT("metrics", struct config_text, metrics),
	SECTION("log", struct config_text, log, log_fields),
	LIST("interfaces", struct config_text, interfaces, &any_interface, 0, FAMA_INTERFACE_MAX),
	SECTION("binding", struct config_text, binding, binding_fields),
	SECTION("security", struct config_text, security, security_fields),
	SECTION("tunnel", struct config_text, tunnel, tunnel_fields),
	WORD("stop", struct config_text, stop, stops),
	SECTION("identity", struct config_text, identity, identity_fields),
	SECTION("mobility", struct config_text, mobility, mobility_fields),
	CYAML_FIELD_END};

const struct cyaml_schema_value config_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config_text, fields)};

/* A key holds for a list what it holds for the list's entries. */
static const struct cyaml_schema_value *value_of(const struct cyaml_schema_value *schema,
						 const char *path)
{
	while (*path) {
		const struct cyaml_schema_field *field = schema->mapping.fields;
		size_t len = strcspn(path, ".");

		while (strncmp(field->key, path, len) != 0 || field->key[len])
			field++;
		schema = &field->value;
		if (schema->type == CYAML_SEQUENCE)
			schema = schema->sequence.entry;
		path += len + (path[len] == '.');
	}
	return schema;
}

static const struct cyaml_schema_value *value_below(const char *list, const char *key)
{
	return value_of(value_of(&config_schema, list), key);
}

bool schema_is_switch(const char *list, const char *key)
{
	return value_below(list, key)->enumeration.strings == switches;
}

const char *schema_word(const char *list, const char *key, uint32_t value)
{
	const struct cyaml_schema_value *schema = value_below(list, key);

	for (uint32_t i = 0; i < schema->enumeration.count; i++)
		if (schema->enumeration.strings[i].val == (int64_t)value)
			return schema->enumeration.strings[i].str;
	return "?";
}
