// SPDX-License-Identifier: BSD-2-Clause
/* Owns the IPv6 packet around a Mobility Header (RFC 8200 section 4, RFC 6275 6.3 and 6.4). */
#include "wire/mh.h"

#include <errno.h>
#include <string.h>

enum {
	IPV6_HEADER_LEN = 40,
	IPV6_VERSION = 6,
	HOP_LIMIT = 64,
	EXTENSION_HEADERS_MAX =
		4, /* destination options, routing, destination options, one spare */
	OPT_PAD1 = 0,
	OPT_PADN = 1,
	OPT_ACTION_MASK = 0xc0, /* 00: skip if unknown, else discard (RFC 8200 section 4.2) */
	HAO_AT = 6,             /* the option stands at 8n+6, section 6.3 */
	RH2_EXT_LEN = 2,
};

static bool read_destination_options(struct span body, struct mh_packet *out)
{
	struct reader r = reader_of(body.at, body.len);

	while (r.left) {
		uint8_t type = read_u8(&r);
		struct span value;

		if (type == OPT_PAD1)
			continue;
		value = read_span(&r, read_u8(&r));
		if (r.failed)
			return false;
		if (type == IP6_OPT_HOME_ADDRESS) {
			if (out->has_hao || value.len != sizeof(out->hao))
				return false;
			out->has_hao = true;
			memcpy(&out->hao, value.at, sizeof(out->hao));
		} else if (type & OPT_ACTION_MASK) {
			return false;
		}
	}
	return true;
}

static bool read_routing(struct span body, struct mh_packet *out)
{
	struct reader r = reader_of(body.at, body.len);
	uint8_t type = read_u8(&r);
	uint8_t segments_left = read_u8(&r);

	if (out->has_rh2 || type != IP6_RH_TYPE2 || segments_left != 1)
		return false;
	read_skip(&r, 4);
	read_octets(&r, &out->rh2, sizeof(out->rh2));
	out->has_rh2 = true;
	return !r.failed && !r.left;
}

static bool read_extension(struct reader *r, uint8_t *next_header, struct mh_packet *out)
{
	uint8_t type = *next_header;
	struct span body;

	*next_header = read_u8(r);
	body = read_span(r, read_u8(r) * 8u + 6);
	if (r->failed)
		return false;
	if (type == IP6_NH_DESTOPTS)
		return read_destination_options(body, out);
	return type == IP6_NH_ROUTING && read_routing(body, out);
}

/* Leaves `r` at the Mobility Header, with the octets that the IPv6 payload still has. */
static bool read_headers(struct reader *r, struct mh_packet *out)
{
	uint8_t version = read_u8(r) >> 4;
	uint16_t payload_len;
	uint8_t next_header;

	read_skip(r, 3);
	payload_len = read_be16(r);
	next_header = read_u8(r);
	read_skip(r, 1);
	read_octets(r, &out->source, sizeof(out->source));
	read_octets(r, &out->destination, sizeof(out->destination));
	if (version != IPV6_VERSION || r->failed || payload_len > r->left)
		return false;
	r->left = payload_len; /* what a link pads is not ours */
	for (int i = 0; i < EXTENSION_HEADERS_MAX && next_header != IP6_NH_MOBILITY; i++)
		if (!read_extension(r, &next_header, out))
			return false;
	return next_header == IP6_NH_MOBILITY;
}

/*
 * Octets behind the message are a fault whatever the sum, which then only decides whether the
 * sender may be told: RFC 6275 sums the message alone, Linux all octets there are.
 */
static bool checksum_fits(const struct mh_packet *packet, struct span payload)
{
	const struct in6_addr *source = packet->has_hao ? &packet->hao : &packet->source;
	const struct in6_addr *destination = packet->has_rh2 ? &packet->rh2 : &packet->destination;
	size_t len = packet->message.octets.len;

	return mh_checksum(source, destination, payload.at, len) == 0 ||
	       (len < payload.len &&
		mh_checksum(source, destination, payload.at, payload.len) == 0);
}

enum mh_fault mh_packet_parse(const uint8_t *packet, size_t len, struct mh_packet *out)
{
	struct reader r = reader_of(packet, len);
	enum mh_fault fault;

	memset(out, 0, sizeof(*out));
	if (!read_headers(&r, out))
		return MH_PACKET;
	fault = mh_parse(r.at, r.left, &out->message);
	if (fault == MH_TRUNCATED)
		return fault;
	return checksum_fits(out, (struct span){r.at, r.left}) ? fault : MH_CHECKSUM;
}

void mh_packet_copy(const struct mh_packet *packet, uint8_t *octets, struct mh_packet *out)
{
	const struct span message = packet->message.octets;

	*out = *packet;
	memcpy(octets, message.at, message.len);
	mh_parse(octets, message.len, &out->message);
}

static void write_hao(struct writer *w, const struct in6_addr *hao)
{
	write_u8(w, IP6_NH_MOBILITY);
	write_u8(w, MH_HAO_HEADER_LEN / 8 - 1);
	write_u8(w, OPT_PADN);
	write_u8(w, HAO_AT - 4);
	write_zeros(w, HAO_AT - 4);
	write_u8(w, IP6_OPT_HOME_ADDRESS);
	write_u8(w, sizeof(*hao));
	write_octets(w, hao, sizeof(*hao));
}

static void write_rh2(struct writer *w, const struct in6_addr *rh2)
{
	write_u8(w, IP6_NH_MOBILITY);
	write_u8(w, RH2_EXT_LEN);
	write_u8(w, IP6_RH_TYPE2);
	write_u8(w, 1); /* segments left */
	write_be32(w, 0);
	write_octets(w, rh2, sizeof(*rh2));
}

ssize_t mh_packet_build(const struct in6_addr *source, const struct in6_addr *destination,
			const struct in6_addr *hao, const struct in6_addr *rh2,
			const struct mh_built *mh, uint8_t *out, size_t size)
{
	uint8_t next_header = hao ? IP6_NH_DESTOPTS : rh2 ? IP6_NH_ROUTING : IP6_NH_MOBILITY;
	size_t extension_len = hao ? MH_HAO_HEADER_LEN : rh2 ? MH_RH2_LEN : 0;
	struct writer w = writer_of(out, size);

	if (hao && rh2)
		return -EINVAL;
	write_be32(&w, (uint32_t)IPV6_VERSION << 28);
	write_be16(&w, (uint16_t)(extension_len + mh->len));
	write_u8(&w, next_header);
	write_u8(&w, HOP_LIMIT);
	write_octets(&w, source, sizeof(*source));
	write_octets(&w, destination, sizeof(*destination));
	if (hao)
		write_hao(&w, hao);
	else if (rh2)
		write_rh2(&w, rh2);
	write_octets(&w, mh->octets, mh->len);
	return w.failed ? -EMSGSIZE : (ssize_t)w.len;
}
