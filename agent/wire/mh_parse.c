// SPDX-License-Identifier: BSD-2-Clause
/* Owns reading a Mobility Header: its first octets and the fixed part of each type. */
#include "wire/mh.h"

#include <string.h>

#include "wire/mh_option.h"

enum { FIRST_OCTETS = 6 }; /* payload proto through checksum */

/* Octets before the options, RFC 6275 sections 6.1.2 to 6.1.9. As a message is a multiple of 8
 * octets long, having these is having the minimal Header Len of the type. */
static const uint8_t FIXED_LEN[] = {
	[IP6_MH_TYPE_BRR] = 8,  [IP6_MH_TYPE_HOTI] = 16, [IP6_MH_TYPE_COTI] = 16,
	[IP6_MH_TYPE_HOT] = 24, [IP6_MH_TYPE_COT] = 24,  [IP6_MH_TYPE_BU] = 12,
	[IP6_MH_TYPE_BA] = 12,  [IP6_MH_TYPE_BE] = 24,
};

static void read_fixed(struct reader *r, struct mh_message *out)
{
	switch (out->type) {
	case IP6_MH_TYPE_BRR:
		break;
	case IP6_MH_TYPE_HOTI:
	case IP6_MH_TYPE_COTI:
		read_skip(r, 2);
		read_octets(r, out->test.cookie, MH_TOKEN_LEN);
		break;
	case IP6_MH_TYPE_HOT:
	case IP6_MH_TYPE_COT:
		out->test.nonce = read_be16(r);
		read_octets(r, out->test.cookie, MH_TOKEN_LEN);
		read_octets(r, out->test.token, MH_TOKEN_LEN);
		break;
	case IP6_MH_TYPE_BU:
		out->bu.sequence = read_be16(r);
		out->bu.flags = read_be16(r);
		out->bu.lifetime = read_be16(r);
		break;
	case IP6_MH_TYPE_BA:
		out->ba.status = read_u8(r);
		out->ba.flags = read_u8(r);
		out->ba.sequence = read_be16(r);
		out->ba.lifetime = read_be16(r);
		break;
	case IP6_MH_TYPE_BE:
		out->be.status = read_u8(r);
		read_skip(r, 1);
		read_octets(r, &out->be.hoa, sizeof(out->be.hoa));
		break;
	}
}

/* The faults in the order of RFC 6275 section 9.2: the type decides before the proto. */
enum mh_fault mh_parse(const uint8_t *octets, size_t len, struct mh_message *out)
{
	struct reader r = reader_of(octets, len);
	uint8_t payload_proto = read_u8(&r);
	size_t header_len = (read_u8(&r) + 1u) * 8;

	memset(out, 0, sizeof(*out));
	out->type = read_u8(&r);
	if (len < header_len)
		return MH_TRUNCATED;
	out->octets = (struct span){octets, header_len};
	if (out->type >= sizeof(FIXED_LEN))
		return MH_UNKNOWN_TYPE;
	r = reader_of(octets, header_len);
	read_skip(&r, FIRST_OCTETS);
	read_fixed(&r, out);
	if (payload_proto != IP6_NH_NONE)
		return MH_PAYLOAD_PROTO;
	if (header_len < FIXED_LEN[out->type])
		return MH_SHORT_HEADER;
	if (len > header_len)
		return MH_TRAILING;
	return mh_options_read(out->octets, FIXED_LEN[out->type], &out->options);
}

const char *mh_fault_name(enum mh_fault fault)
{
	switch (fault) {
	case MH_OK:
		return "ok";
	case MH_TRUNCATED:
		return "truncated";
	case MH_TRAILING:
		return "trailing";
	case MH_PAYLOAD_PROTO:
		return "payload_proto";
	case MH_SHORT_HEADER:
		return "short_header";
	case MH_UNKNOWN_TYPE:
		return "unknown_type";
	case MH_OPTION_OVERRUN:
		return "option_overrun";
	case MH_OPTION_LENGTH:
		return "option_length";
	case MH_OPTION_AFTER_BAD:
		return "option_after_bad";
	case MH_OPTION_REPEATED:
		return "option_repeated";
	case MH_OPTION_TOO_MANY:
		return "option_too_many";
	case MH_CHECKSUM:
		return "checksum";
	case MH_PACKET:
		return "packet";
	}
	return "unknown";
}
