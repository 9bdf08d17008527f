// SPDX-License-Identifier: BSD-2-Clause
/* Owns what a mobile node answers on its control socket (the JSON of the contract). */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/in6.h"
#include "config/config_show.h"
#include "control/show.h"
#include "mn/mn.h"

enum { STATUS_REFUSED_FIRST = 128, STATUS_MAX = 255 };

struct answer {
	json_t **result;
	char *error;
	size_t error_size;
};

static json_t *address_json(const struct in6_addr *address)
{
	return in6_is_zero(address) ? json_null() : json_string(in6_text(address).s);
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static void append_binding(const struct mn_binding_view *view, void *array)
{
	json_array_append_new(array,
			      json_pack("{s:o, s:o, s:o, s:s, s:i, s:I, s:I, s:b}", "hoa",
					address_json(&view->hoa), "hdar", address_json(&view->hdar),
					"coa", address_json(&view->coa), "state", view->state,
					"sequence", view->sequence, "lifetime_s",
					(json_int_t)view->lifetime_s, "remaining_s",
					(json_int_t)view->remaining_s, "phkt", view->has_phkt));
}

static enum control_code show_bul(struct mn *mn, const char *argument, const struct answer *answer)
{
	(void)argument;
	*answer->result = json_array();
	mn_each_binding(mn, append_binding, *answer->result);
	return CONTROL_OK;
}

static void append_address(const struct mn_address_view *view, void *array)
{
	char prefix[INET6_ADDRSTRLEN + 4];

	snprintf(prefix, sizeof(prefix), "%s/64", in6_text(&view->prefix).s);
	json_array_append_new(array, json_pack("{s:o, s:s, s:o, s:b, s:b}", "address",
					       address_json(&view->address), "prefix", prefix,
					       "hdar", address_json(&view->hdar), "current",
					       view->is_current, "in_use", view->is_in_use));
}

static enum control_code show_addresses(struct mn *mn, const char *argument,
					const struct answer *answer)
{
	(void)argument;
	*answer->result = json_array();
	mn_each_address(mn, append_address, *answer->result);
	return CONTROL_OK;
}

static json_t *span_json(int64_t us)
{
	return us == MN_UNKNOWN_US ? json_null() : json_integer(us);
}

static json_t *handover_json(const struct mn_handover_view *view)
{
	if (!view->exists)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s}", "link_up_to_rs_us",
			 span_json(view->link_up_to_rs_us), "rs_to_ra_us",
			 span_json(view->rs_to_ra_us), "ra_to_address_us",
			 span_json(view->ra_to_address_us), "address_to_bu_us",
			 span_json(view->address_to_bu_us), "bu_to_ba_us",
			 span_json(view->bu_to_ba_us), "auth", view->auth);
}

static enum control_code show_status(struct mn *mn, const char *argument,
				     const struct answer *answer)
{
	const struct config *config = mn_config(mn);
	json_t *interfaces = json_array();
	struct mn_status_view view;

	(void)argument;
	mn_status(mn, &view);
	for (unsigned int i = 0; i < mn_interface_count(mn); i++)
		json_array_append_new(interfaces, json_string(mn_interface(mn, i).name));
	*answer->result = json_pack(
		"{s:s, s:s, s:s, s:i, s:I, s:o, s:b, s:s?, s:o, s:o, s:i, s:i, s:i, s:s, s:b, "
		"s:s, s:s, s:o}",
		"name", view.name, "role", "mn", "version", FAMA_VERSION, "pid", (int)getpid(),
		"uptime_s", (json_int_t)view.uptime_s, "interfaces", interfaces, "attached",
		view.is_attached, "interface", *view.interface ? view.interface : NULL, "router",
		address_json(&view.router), "current_address", address_json(&view.address),
		"bindings", (int)view.bindings, "binding_max", (int)config->binding.max,
		"addresses", (int)view.addresses, "coa_test",
		config_coa_test_name(config->mobility.coa_test), "adopted", view.is_adopted,
		"bpffs", config->bpffs, "state_dir", config->state_dir, "last_handover",
		handover_json(&view.last_handover));
	return CONTROL_OK;
}

static enum control_code show_config(struct mn *mn, const char *argument,
				     const struct answer *answer)
{
	(void)argument;
	*answer->result = config_json(mn_config(mn));
	return CONTROL_OK;
}

static enum control_code show_stats(struct mn *mn, const char *argument,
				    const struct answer *answer)
{
	json_t *refused = json_object(), *ignored = json_object(), *object = json_object();
	const char *name;
	char status[8];

	(void)argument;
	for (int i = 0; i < MN_COUNTER_MAX; i++)
		json_object_set_new(object, mn_counter_name((enum mn_counter)i),
				    number(mn_counter(mn, (enum mn_counter)i)));
	for (unsigned int i = STATUS_REFUSED_FIRST; i <= STATUS_MAX; i++) {
		snprintf(status, sizeof(status), "%u", i);
		if (mn_ba_refused(mn, (uint8_t)i))
			json_object_set_new(refused, status, number(mn_ba_refused(mn, (uint8_t)i)));
	}
	for (unsigned int i = 1; (name = mn_ba_ignored_name(i)); i++)
		json_object_set_new(ignored, name, number(mn_ba_ignored(mn, i)));
	json_object_set_new(object, "ba_refused", refused);
	json_object_set_new(object, "ba_ignored", ignored);
	*answer->result = object;
	return CONTROL_OK;
}

static enum control_code show_drops(struct mn *mn, const char *argument,
				    const struct answer *answer)
{
	struct outcome_count sums[OUTCOME_MAX];

	(void)argument;
	if (dataplane_outcomes(mn_dataplane(mn), sums)) {
		snprintf(answer->error, answer->error_size, "the outcomes map cannot be read");
		return CONTROL_REFUSED;
	}
	*answer->result = json_array();
	for (unsigned int i = 0; i < mn_interface_count(mn); i++) {
		for (int reason = OUTCOME_DROP_FIRST; reason < OUTCOME_MAX; reason++)
			json_array_append_new(
				*answer->result,
				json_pack("{s:s, s:s, s:I}", "interface", mn_interface(mn, i).name,
					  "reason", outcome_name((enum outcome)reason), "packets",
					  (json_int_t)sums[reason].packets[i]));
	}
	return CONTROL_OK;
}

static enum control_code show_interfaces(struct mn *mn, const char *argument,
					 const struct answer *answer)
{
	(void)argument;
	*answer->result = json_array();
	for (unsigned int i = 0; i < mn_interface_count(mn); i++) {
		struct mn_interface_view view = mn_interface(mn, i);

		json_array_append_new(*answer->result,
				      json_pack("{s:s, s:s, s:s, s:I, s:b}", "name", view.name,
						"kind", "mn", "attach",
						attach_mode_name(view.attach), "ifindex",
						(json_int_t)view.ifindex, "up", view.is_up));
	}
	return CONTROL_OK;
}

/* ---- orders ---- */

static enum control_code read_address(const char *argument, struct in6_addr *address,
				      const struct answer *answer)
{
	if (argument && inet_pton(AF_INET6, argument, address) == 1)
		return CONTROL_OK;
	snprintf(answer->error, answer->error_size, "%s is not an IPv6 address",
		 argument && *argument ? argument : "(nothing)");
	return CONTROL_USAGE;
}

static enum control_code outcome_of(int err, const struct in6_addr *address,
				    const struct answer *answer)
{
	const struct in6_text text = in6_text(address);

	switch (err) {
	case 0:
		*answer->result = json_object();
		return CONTROL_OK;
	case -ENOENT:
		snprintf(answer->error, answer->error_size, "no address %s of this node", text.s);
		return CONTROL_NO_OBJECT;
	case -EBUSY:
		snprintf(answer->error, answer->error_size,
			 "%s belongs to the link this node is attached to", text.s);
		return CONTROL_REFUSED;
	default:
		snprintf(answer->error, answer->error_size, "%s is being given up", text.s);
		return CONTROL_REFUSED;
	}
}

static enum control_code keep_address(struct mn *mn, const char *argument,
				      const struct answer *answer)
{
	struct in6_addr address;
	enum control_code code = read_address(argument, &address, answer);

	return code ? code : outcome_of(mn_address_keep(mn, &address), &address, answer);
}

static enum control_code drop_address(struct mn *mn, const char *argument,
				      const struct answer *answer)
{
	struct in6_addr address;
	enum control_code code = read_address(argument, &address, answer);

	return code ? code : outcome_of(mn_address_drop(mn, &address), &address, answer);
}

struct verb {
	const char *verb, *object;
	enum control_code (*answer)(struct mn *mn, const char *argument,
				    const struct answer *answer);
};

static const struct verb verbs[] = {
	{"show", "bul", show_bul},         {"show", "addresses", show_addresses},
	{"show", "status", show_status},   {"show", "stats", show_stats},
	{"show", "drops", show_drops},     {"show", "interfaces", show_interfaces},
	{"show", "config", show_config},   {"address", "keep", keep_address},
	{"address", "drop", drop_address},
};

/* Verbs of the other role: known, but not here. */
static bool is_of_dar(const struct control_request *request, const char *object)
{
	return strcmp(request->verb, "binding") == 0 || strcmp(object, "bindings") == 0 ||
	       strcmp(object, "binding") == 0 || strcmp(object, "prefixes") == 0;
}

enum control_code show_mn(const struct control_request *request, json_t **result, char *error,
			  size_t error_size, void *arg)
{
	const char *object = request->object ? request->object : "";
	const struct answer answer = {result, error, error_size};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].verb, request->verb) == 0 &&
		    strcmp(verbs[i].object, object) == 0)
			return verbs[i].answer(arg, request->argument, &answer);
	}
	if (is_of_dar(request, object)) {
		snprintf(error, error_size, "this famad is a mobile node, not a DAR");
		return CONTROL_REFUSED;
	}
	snprintf(error, error_size, "unknown request: %s %s", request->verb, object);
	return CONTROL_USAGE;
}
