// SPDX-License-Identifier: BSD-2-Clause
/* Owns what a DAR answers on its control socket (the JSON of the contract). */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/in6.h"
#include "config/config_show.h"
#include "control/show.h"
#include "dar/dar.h"

static const char *auth_name(enum binding_auth auth)
{
	switch (auth) {
	case BINDING_AUTH_CGA:
		return "cga";
	case BINDING_AUTH_PHKT:
		return "phkt";
	case BINDING_AUTH_LEGACY:
		return "legacy";
	}
	return "none";
}

static const char *state_name(enum binding_state state)
{
	switch (state) {
	case BINDING_UNVERIFIED:
		return "unverified";
	case BINDING_VERIFIED:
		return "verified";
	}
	return "none";
}

static json_t *address_json(const struct in6_addr *address)
{
	return json_string(in6_text(address).s);
}

static json_t *binding_json(const struct dar *dar, const struct bcache_entry *entry, uint64_t now)
{
	const struct bcache_binding *binding = &entry->binding;
	struct traffic traffic = {0};
	json_t *object = json_object();

	dataplane_traffic_get(dar_dataplane(dar), &entry->hoa, &traffic);
	json_object_set_new(object, "hoa", address_json(&entry->hoa));
	json_object_set_new(object, "coa", address_json(&binding->coa));
	json_object_set_new(object, "dar", address_json(&binding->dar));
	json_object_set_new(object, "state", json_string(state_name(binding->state)));
	json_object_set_new(object, "auth", json_string(auth_name(binding->auth)));
	json_object_set_new(object, "sequence", json_integer(entry->context.sequence));
	json_object_set_new(object, "lifetime_s", json_integer(binding->lifetime_s));
	json_object_set_new(
		object, "remaining_s",
		json_integer((json_int_t)((binding->expires_boot_ns - now) / CLOCK_SECOND_NS)));
	json_object_set_new(object, "downlink_packets",
			    json_integer((json_int_t)traffic.downlink_packets));
	json_object_set_new(object, "downlink_bytes",
			    json_integer((json_int_t)traffic.downlink_bytes));
	json_object_set_new(object, "uplink_packets",
			    json_integer((json_int_t)traffic.uplink_packets));
	json_object_set_new(object, "uplink_bytes", json_integer((json_int_t)traffic.uplink_bytes));
	return object;
}

static bool is_live(const struct bcache_entry *entry, uint64_t now)
{
	return entry && entry->state == BCACHE_BOUND && entry->binding.expires_boot_ns > now;
}

struct listing {
	const struct dar *dar;
	json_t *array;
	uint64_t now;
};

static bool list_binding(const struct bcache_entry *entry, void *arg)
{
	struct listing *listing = arg;

	if (is_live(entry, listing->now))
		json_array_append_new(listing->array,
				      binding_json(listing->dar, entry, listing->now));
	return true;
}

static enum control_code show_bindings(struct dar *dar, const char *argument, json_t **result,
				       char *error, size_t error_size)
{
	struct listing listing = {dar, json_array(), clock_boot_ns()};

	(void)argument;
	(void)error;
	(void)error_size;
	bcache_each(dar_bcache(dar), list_binding, &listing);
	*result = listing.array;
	return CONTROL_OK;
}

static enum control_code read_hoa(const char *argument, struct in6_addr *hoa, char *error,
				  size_t error_size)
{
	if (argument && inet_pton(AF_INET6, argument, hoa) == 1)
		return CONTROL_OK;
	snprintf(error, error_size, "%s is not an IPv6 address",
		 argument && *argument ? argument : "(nothing)");
	return CONTROL_USAGE;
}

static enum control_code no_binding(const struct in6_addr *hoa, char *error, size_t error_size)
{
	snprintf(error, error_size, "no binding for %s", in6_text(hoa).s);
	return CONTROL_NO_OBJECT;
}

/* The programs take the eighths off when next they look (RFC 4866 section 4.10). */
static uint32_t credit_left(const struct credit *credit, uint64_t now_ns)
{
	uint64_t now = now_ns / (FAMA_CREDIT_AGING_S * CLOCK_SECOND_NS);
	uint32_t octets = credit->octets;

	for (uint64_t aged = credit->aged; aged < now && octets; aged++)
		octets -= (octets + 7) / 8;
	return octets;
}

/* What may still go to a CoA that is not proven; null to one that is. */
static json_t *credit_json(const struct dar *dar, const struct bcache_entry *entry)
{
	struct credit credit = {0};

	if (entry->binding.state == BINDING_VERIFIED)
		return json_null();
	dataplane_credit_get(dar_dataplane(dar), &entry->hoa, &credit);
	return json_integer(credit_left(&credit, clock_boot_ns()));
}

static json_t *domain_json(const struct config *config, const struct bcache_binding *binding)
{
	return binding->domain ? json_string(config->security.domains[binding->domain - 1].name)
			       : json_null();
}

static enum control_code show_binding(struct dar *dar, const char *argument, json_t **result,
				      char *error, size_t error_size)
{
	uint64_t now = clock_boot_ns();
	const struct bcache_entry *entry;
	struct in6_addr hoa;
	enum control_code code = read_hoa(argument, &hoa, error, error_size);

	if (code)
		return code;
	entry = bcache_find(dar_bcache(dar), &hoa);
	if (!is_live(entry, now))
		return no_binding(&hoa, error, error_size);
	*result = binding_json(dar, entry, now);
	json_object_set_new(*result, "credit", credit_json(dar, entry));
	json_object_set_new(*result, "domain", domain_json(dar_config(dar), &entry->binding));
	return CONTROL_OK;
}

static enum control_code show_status(struct dar *dar, const char *argument, json_t **result,
				     char *error, size_t error_size)
{
	const struct config *config = dar_config(dar);

	(void)argument;
	(void)error;
	(void)error_size;
	*result = json_pack(
		"{s:s, s:s, s:s, s:i, s:I, s:i, s:i, s:i, s:s, s:b, s:i, s:i, s:b, s:s, s:s}",
		"name", config->name, "role", "dar", "version", FAMA_VERSION, "pid", (int)getpid(),
		"uptime_s", (json_int_t)dar_uptime_s(dar), "bindings",
		(int)bcache_bound_count(dar_bcache(dar)), "binding_max", (int)config->binding.max,
		"contexts", (int)bcache_context_count(dar_bcache(dar)), "coa_test",
		config_coa_test_name(config->security.coa_test), "loaded", dar_loaded(dar),
		"queued", (int)dar_queued(dar), "legacy", (int)config->security.legacy_count,
		"adopted", dar_adopted(dar), "bpffs", config->bpffs, "state_dir",
		config->state_dir);
	return CONTROL_OK;
}

static enum control_code show_config(struct dar *dar, const char *argument, json_t **result,
				     char *error, size_t error_size)
{
	(void)argument;
	(void)error;
	(void)error_size;
	*result = config_json(dar_config(dar));
	return CONTROL_OK;
}

static void set_counts(json_t *object, const char *key, json_t *counts)
{
	json_object_set_new(object, key, counts);
}

/* Verdicts from first to last (not included) by name. */
static json_t *verdict_counts(const struct dar_stats *stats, int first, int last)
{
	json_t *object = json_object();

	for (int i = first; i < last; i++)
		json_object_set_new(object, bu_verdict_name((enum bu_verdict)i),
				    json_integer((json_int_t)stats->verdicts[i]));
	return object;
}

static enum control_code show_stats(struct dar *dar, const char *argument, json_t **result,
				    char *error, size_t error_size)
{
	const struct dar_stats *stats = dar_stats(dar);
	json_t *faults = json_object(), *object = json_object();

	(void)argument;
	(void)error;
	(void)error_size;
	for (int i = 0; i < DAR_COUNTER_MAX; i++)
		json_object_set_new(object, dar_counter_name((enum dar_counter)i),
				    json_integer((json_int_t)stats->counters[i]));
	set_counts(object, "bu_accepted", verdict_counts(stats, 0, BU_DROP_FIRST));
	set_counts(object, "bu_dropped", verdict_counts(stats, BU_DROP_FIRST, BU_REFUSE_FIRST));
	set_counts(object, "bu_refused", verdict_counts(stats, BU_REFUSE_FIRST, BU_VERDICT_MAX));
	for (int i = MH_OK + 1; i <= MH_PACKET; i++)
		json_object_set_new(faults, mh_fault_name((enum mh_fault)i),
				    json_integer((json_int_t)stats->faults[i]));
	set_counts(object, "mh_dropped", faults);
	*result = object;
	return CONTROL_OK;
}

static enum control_code show_drops(struct dar *dar, const char *argument, json_t **result,
				    char *error, size_t error_size)
{
	struct outcome_count sums[OUTCOME_MAX];
	json_t *array;

	(void)argument;
	if (dataplane_outcomes(dar_dataplane(dar), sums)) {
		snprintf(error, error_size, "the outcomes map cannot be read");
		return CONTROL_REFUSED;
	}
	array = json_array();
	for (unsigned int i = 0; i < dar_interface_count(dar); i++) {
		for (int reason = OUTCOME_DROP_FIRST; reason < OUTCOME_MAX; reason++)
			json_array_append_new(
				array, json_pack("{s:s, s:s, s:I}", "interface",
						 dar_interface(dar, i).name, "reason",
						 outcome_name((enum outcome)reason), "packets",
						 (json_int_t)sums[reason].packets[i]));
	}
	*result = array;
	return CONTROL_OK;
}

static enum control_code show_interfaces(struct dar *dar, const char *argument, json_t **result,
					 char *error, size_t error_size)
{
	(void)argument;
	(void)error;
	(void)error_size;
	*result = json_array();
	for (unsigned int i = 0; i < dar_interface_count(dar); i++) {
		struct dar_interface_view view = dar_interface(dar, i);

		json_array_append_new(
			*result, json_pack("{s:s, s:s, s:s, s:I, s:b}", "name", view.name, "kind",
					   view.kind == INTERFACE_CORE ? "core" : "access",
					   "attach", attach_mode_name(view.attach), "ifindex",
					   (json_int_t)view.ifindex, "up", view.up));
	}
	return CONTROL_OK;
}

struct prefix_count {
	const struct prefix *prefix;
	uint64_t now;
	unsigned int bindings;
};

static bool count_binding(const struct bcache_entry *entry, void *arg)
{
	struct prefix_count *count = arg;

	if (is_live(entry, count->now) && in6_same_prefix64(&entry->hoa, &count->prefix->prefix))
		count->bindings++;
	return true;
}

static enum control_code show_prefixes(struct dar *dar, const char *argument, json_t **result,
				       char *error, size_t error_size)
{
	const struct prefix_list *prefixes = dar_prefixes(dar);

	(void)argument;
	(void)error;
	(void)error_size;
	*result = json_array();
	for (unsigned int i = 0; i < prefixes->count; i++) {
		const struct prefix *prefix = &prefixes->at[i];
		struct prefix_count count = {prefix, clock_boot_ns(), 0};
		char text[INET6_ADDRSTRLEN + 4];

		bcache_each(dar_bcache(dar), count_binding, &count);
		snprintf(text, sizeof(text), "%s/64", in6_text(&prefix->prefix).s);
		json_array_append_new(*result,
				      json_pack("{s:s, s:s, s:b, s:s, s:I, s:I, s:i}", "prefix",
						text, "address", in6_text(&prefix->address).s,
						"cga", prefix->is_cga, "interface",
						dar_interface(dar, prefix->interface).name,
						"valid_s", (json_int_t)prefix->valid_s,
						"preferred_s", (json_int_t)prefix->preferred_s,
						"bindings", (int)count.bindings));
	}
	return CONTROL_OK;
}

static enum control_code delete_binding(struct dar *dar, const char *argument, json_t **result,
					char *error, size_t error_size)
{
	struct in6_addr hoa;
	enum control_code code = read_hoa(argument, &hoa, error, error_size);

	if (code)
		return code;
	if (dar_binding_delete(dar, &hoa))
		return no_binding(&hoa, error, error_size);
	*result = json_object();
	return CONTROL_OK;
}

struct verb {
	const char *verb, *object;
	enum control_code (*answer)(struct dar *dar, const char *argument, json_t **result,
				    char *error, size_t error_size);
};

static const struct verb verbs[] = {
	{"show", "bindings", show_bindings},   {"show", "binding", show_binding},
	{"show", "status", show_status},       {"show", "stats", show_stats},
	{"show", "drops", show_drops},         {"show", "interfaces", show_interfaces},
	{"show", "prefixes", show_prefixes},   {"show", "config", show_config},
	{"binding", "delete", delete_binding},
};

/* Verbs of the other role: known, but not here. */
static bool is_of_mn(const struct control_request *request, const char *object)
{
	return strcmp(request->verb, "address") == 0 || strcmp(object, "bul") == 0 ||
	       strcmp(object, "addresses") == 0;
}

enum control_code show_dar(const struct control_request *request, json_t **result, char *error,
			   size_t error_size, void *arg)
{
	const char *object = request->object ? request->object : "";

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].verb, request->verb) == 0 &&
		    strcmp(verbs[i].object, object) == 0)
			return verbs[i].answer(arg, request->argument, result, error, error_size);
	}
	if (is_of_mn(request, object)) {
		snprintf(error, error_size, "this famad is a DAR, not a mobile node");
		return CONTROL_REFUSED;
	}
	snprintf(error, error_size, "unknown request: %s %s", request->verb, object);
	return CONTROL_USAGE;
}
