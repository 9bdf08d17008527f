// SPDX-License-Identifier: BSD-2-Clause
/* Owns writing Neighbour Discovery messages (RFC 4861 section 4, RFC 6275 section 7). */
#include "wire/nd.h"

#include <errno.h>

#include "wire/checksum.h"

static void open_option(struct writer *w, uint8_t type, uint8_t units)
{
	write_u8(w, type);
	write_u8(w, units);
}

static void write_mac(struct writer *w, uint8_t type, const uint8_t mac[static ND_MAC_LEN])
{
	open_option(w, type, 1);
	write_octets(w, mac, ND_MAC_LEN);
}

static void write_be32_option(struct writer *w, uint8_t type, uint32_t value)
{
	open_option(w, type, 1);
	write_be16(w, 0);
	write_be32(w, value);
}

static void write_prefix(struct writer *w, const struct nd_prefix *prefix)
{
	open_option(w, ND_OPTION_PIO, 4);
	write_u8(w, prefix->len);
	write_u8(w, prefix->flags);
	write_be32(w, prefix->valid_s);
	write_be32(w, prefix->preferred_s);
	write_be32(w, 0);
	write_octets(w, &prefix->prefix, sizeof(prefix->prefix));
}

static void write_home_agent(struct writer *w, const struct nd_message *what)
{
	open_option(w, ND_OPTION_HOME_AGENT, 1);
	write_be16(w, 0);
	write_be16(w, what->home_agent_preference);
	write_be16(w, what->home_agent_lifetime_s);
}

static void write_rdnss(struct writer *w, const struct nd_message *what)
{
	open_option(w, ND_OPTION_RDNSS, (uint8_t)(1 + 2 * what->rdnss_count));
	write_be16(w, 0);
	write_be32(w, what->rdnss_lifetime_s);
	write_octets(w, what->rdnss, what->rdnss_count * sizeof(what->rdnss[0]));
}

static void write_ra(struct writer *w, const struct nd_message *what)
{
	write_u8(w, what->hop_limit);
	write_u8(w, what->ra_flags);
	write_be16(w, what->router_lifetime_s);
	write_be32(w, what->reachable_ms);
	write_be32(w, what->retrans_ms);
	if (what->has_slla)
		write_mac(w, ND_OPTION_SLLA, what->slla);
	if (what->has_mtu)
		write_be32_option(w, ND_OPTION_MTU, what->mtu);
	for (unsigned int i = 0; i < what->prefix_count; i++)
		write_prefix(w, &what->prefixes[i]);
	if (what->has_adv_interval)
		write_be32_option(w, ND_OPTION_ADV_INTERVAL, what->adv_interval_ms);
	if (what->has_home_agent)
		write_home_agent(w, what);
	if (what->rdnss_count)
		write_rdnss(w, what);
}

ssize_t nd_build(const struct nd_message *what, uint8_t *out, size_t size)
{
	struct writer w = writer_of(out, size);

	write_u8(&w, what->type);
	write_u8(&w, 0);
	write_be16(&w, 0); /* checksum */
	switch (what->type) {
	case ND_TYPE_RS:
		write_be32(&w, 0);
		if (what->has_slla)
			write_mac(&w, ND_OPTION_SLLA, what->slla);
		break;
	case ND_TYPE_RA:
		write_ra(&w, what);
		break;
	case ND_TYPE_NS:
		write_be32(&w, 0);
		write_octets(&w, &what->target, sizeof(what->target));
		if (what->has_slla)
			write_mac(&w, ND_OPTION_SLLA, what->slla);
		break;
	case ND_TYPE_NA:
		write_be32(&w, (uint32_t)what->na_flags << 24);
		write_octets(&w, &what->target, sizeof(what->target));
		if (what->has_tlla)
			write_mac(&w, ND_OPTION_TLLA, what->tlla);
		break;
	default:
		return -EINVAL;
	}
	return w.failed ? -EMSGSIZE : (ssize_t)w.len;
}

uint16_t nd_checksum(const struct in6_addr *source, const struct in6_addr *destination,
		     const uint8_t *icmp6, size_t len)
{
	return upper_checksum(source, destination, IP6_NH_ICMPV6, (struct span){icmp6, len});
}
