// SPDX-License-Identifier: BSD-2-Clause
/* Owns reading Neighbour Discovery messages and refusing invalid ones (RFC 4861 6.1, 7.1). */
#include "wire/nd.h"

#include <string.h>

enum {
	TYPE_AND_LENGTH = 2,
	UNIT = 8, /* option lengths count 8 octets */
	IN_RS = 1,
	IN_RA = 2,
	IN_NS = 4,
	IN_NA = 8,
	PREFIX_BITS_MAX = 128,
};

/* An option in a message it is not defined for is ignored (RFC 4861 section 6.1.2 and others). */
static const struct nd_option_rule {
	uint8_t units;    /* its only length */
	uint8_t messages; /* none: an option we do not read */
} RULES[] = {
	[ND_OPTION_SLLA] = {1, IN_RS | IN_RA | IN_NS},
	[ND_OPTION_TLLA] = {1, IN_NA},
	[ND_OPTION_PIO] = {4, IN_RA},
	[ND_OPTION_MTU] = {1, IN_RA},
	[ND_OPTION_ADV_INTERVAL] = {1, IN_RA},
	[ND_OPTION_HOME_AGENT] = {1, IN_RA},
};

static uint8_t in_message(uint8_t type)
{
	return (uint8_t)(1 << (type - ND_TYPE_RS));
}

static void read_prefix(struct reader *r, struct nd_message *out)
{
	struct nd_prefix prefix = {.len = read_u8(r)};

	prefix.flags = read_u8(r);
	prefix.valid_s = read_be32(r);
	prefix.preferred_s = read_be32(r);
	read_skip(r, 4);
	read_octets(r, &prefix.prefix, sizeof(prefix.prefix));
	if (prefix.len <= PREFIX_BITS_MAX && out->prefix_count < ND_PREFIXES_MAX)
		out->prefixes[out->prefix_count++] = prefix;
}

/* RFC 8106 section 5.1: two units and two more each address. */
static enum nd_fault read_rdnss(struct reader *r, struct nd_message *out)
{
	if (r->left < 3 * UNIT - TYPE_AND_LENGTH ||
	    (r->left + TYPE_AND_LENGTH) % (2 * UNIT) != UNIT)
		return ND_OPTION_LENGTH;
	read_skip(r, 2);
	out->rdnss_lifetime_s = read_be32(r);
	while (r->left && out->rdnss_count < ND_RDNSS_MAX) {
		struct in6_addr *address = &out->rdnss[out->rdnss_count++];

		read_octets(r, address, sizeof(*address));
	}
	return ND_OK;
}

static void read_value(uint8_t type, struct reader *r, struct nd_message *out)
{
	switch (type) {
	case ND_OPTION_SLLA:
		out->has_slla = true;
		read_octets(r, out->slla, ND_MAC_LEN);
		break;
	case ND_OPTION_TLLA:
		out->has_tlla = true;
		read_octets(r, out->tlla, ND_MAC_LEN);
		break;
	case ND_OPTION_PIO:
		read_prefix(r, out);
		break;
	case ND_OPTION_MTU:
		out->has_mtu = true;
		read_skip(r, 2);
		out->mtu = read_be32(r);
		break;
	case ND_OPTION_ADV_INTERVAL:
		out->has_adv_interval = true;
		read_skip(r, 2);
		out->adv_interval_ms = read_be32(r);
		break;
	case ND_OPTION_HOME_AGENT:
		out->has_home_agent = true;
		read_skip(r, 2);
		out->home_agent_preference = read_be16(r);
		out->home_agent_lifetime_s = read_be16(r);
		break;
	}
}

static enum nd_fault read_option(uint8_t type, struct span value, struct nd_message *out)
{
	struct reader r = reader_of(value.at, value.len);
	const struct nd_option_rule *rule;

	if (type == ND_OPTION_RDNSS && out->type == ND_TYPE_RA)
		return read_rdnss(&r, out);
	if (type >= sizeof(RULES) / sizeof(RULES[0]))
		return ND_OK;
	rule = &RULES[type];
	if (!(rule->messages & in_message(out->type)))
		return ND_OK;
	if (value.len + TYPE_AND_LENGTH != rule->units * (size_t)UNIT)
		return ND_OPTION_LENGTH;
	read_value(type, &r, out);
	return ND_OK;
}

static enum nd_fault read_options(struct reader *r, struct nd_message *out)
{
	while (r->left) {
		uint8_t type = read_u8(r);
		size_t units = read_u8(r);
		struct span value;
		enum nd_fault fault;

		if (r->failed || units == 0)
			return ND_OPTION_LENGTH;
		value = read_span(r, units * UNIT - TYPE_AND_LENGTH);
		if (r->failed)
			return ND_OPTION_LENGTH;
		fault = read_option(type, value, out);
		if (fault != ND_OK)
			return fault;
	}
	return ND_OK;
}

/* What stands between the checksum and the options. */
static void read_fixed(struct reader *r, struct nd_message *out)
{
	switch (out->type) {
	case ND_TYPE_RS:
		read_skip(r, 4);
		break;
	case ND_TYPE_RA:
		out->hop_limit = read_u8(r);
		out->ra_flags = read_u8(r);
		out->router_lifetime_s = read_be16(r);
		out->reachable_ms = read_be32(r);
		out->retrans_ms = read_be32(r);
		break;
	case ND_TYPE_NS:
		read_skip(r, 4);
		read_octets(r, &out->target, sizeof(out->target));
		break;
	case ND_TYPE_NA:
		out->na_flags = read_u8(r);
		read_skip(r, 3);
		read_octets(r, &out->target, sizeof(out->target));
		break;
	}
}

/* ff02::1:ff00:0/104, RFC 4291 section 2.7.1 */
static bool is_solicited_node(const struct in6_addr *address)
{
	static const uint8_t GROUP[] = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};

	return memcmp(address->s6_addr, GROUP, sizeof(GROUP)) == 0;
}

static enum nd_fault check_addresses(const struct nd_message *message,
				     const struct in6_addr *source,
				     const struct in6_addr *destination)
{
	bool unspecified = IN6_IS_ADDR_UNSPECIFIED(source);

	switch (message->type) {
	case ND_TYPE_RS:
		return unspecified && message->has_slla ? ND_SOURCE : ND_OK;
	case ND_TYPE_RA:
		return IN6_IS_ADDR_LINKLOCAL(source) ? ND_OK : ND_SOURCE;
	case ND_TYPE_NS:
		if (IN6_IS_ADDR_MULTICAST(&message->target))
			return ND_TARGET;
		if (unspecified && message->has_slla)
			return ND_SOURCE;
		return unspecified && !is_solicited_node(destination) ? ND_DESTINATION : ND_OK;
	case ND_TYPE_NA:
		if (IN6_IS_ADDR_MULTICAST(&message->target))
			return ND_TARGET;
		if (message->na_flags & ND_NA_FLAG_SOLICITED && IN6_IS_ADDR_MULTICAST(destination))
			return ND_DESTINATION;
		return ND_OK;
	}
	return ND_NOT_ND;
}

enum nd_fault nd_parse(const uint8_t *icmp6, size_t len, const struct in6_addr *source,
		       const struct in6_addr *destination, int hop_limit, struct nd_message *out)
{
	struct reader r = reader_of(icmp6, len);
	enum nd_fault fault;
	uint8_t code;

	memset(out, 0, sizeof(*out));
	out->type = read_u8(&r);
	code = read_u8(&r);
	read_skip(&r, 2); /* checksum */
	if (!r.failed && (out->type < ND_TYPE_RS || out->type > ND_TYPE_NA))
		return ND_NOT_ND;
	read_fixed(&r, out);
	if (r.failed)
		return ND_TRUNCATED;
	if (hop_limit != ND_HOPS)
		return ND_HOP_LIMIT;
	if (code != 0)
		return ND_CODE;
	fault = read_options(&r, out);
	return fault != ND_OK ? fault : check_addresses(out, source, destination);
}

const char *nd_fault_name(enum nd_fault fault)
{
	switch (fault) {
	case ND_OK:
		return "ok";
	case ND_NOT_ND:
		return "not_nd";
	case ND_TRUNCATED:
		return "truncated";
	case ND_CODE:
		return "code";
	case ND_HOP_LIMIT:
		return "hop_limit";
	case ND_SOURCE:
		return "source";
	case ND_TARGET:
		return "target";
	case ND_OPTION_LENGTH:
		return "option_length";
	case ND_DESTINATION:
		return "destination";
	}
	return "unknown";
}
