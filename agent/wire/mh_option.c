// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rules of each mobility option and the walk over them. */
#include "wire/mh_option.h"

#include <string.h>

enum { TYPE_AND_LENGTH = 2 };

/* RFC 6275 section 6.2; RFC 4866 gives options 11 to 16 no alignment. The place of option 5
 * follows from being last without padding behind it (section 6.2.7). */
static const struct mh_option_rule RULES[] = {
	[IP6_MHOPT_REFRESH_ADVICE] = {2, 2, 2, 0},
	[IP6_MHOPT_ALT_COA] = {16, 16, 8, 6},
	[IP6_MHOPT_NONCE_INDICES] = {4, 4, 2, 0},
	[IP6_MHOPT_BINDING_AUTH] = {MH_BAD_LEN, MH_BAD_LEN, 8, 2},
	[IP6_MHOPT_REPLAY_PROTECTION] = {8, 8, 8, 2},
	[IP6_MHOPT_CGA_PARAMS_REQUEST] = {0, 0, 1, 0},
	[IP6_MHOPT_CGA_PARAMS] = {1, MH_CGA_CHUNK, 1, 0},
	[IP6_MHOPT_SIGNATURE] = {1, MH_SIGNATURE_MAX, 1, 0},
	[IP6_MHOPT_PHKT] = {1, MH_SIGNATURE_MAX, 1, 0},
	[IP6_MHOPT_CAREOF_TEST_INIT] = {0, 0, 1, 0},
	[IP6_MHOPT_CAREOF_TEST] = {MH_TOKEN_LEN, MH_TOKEN_LEN, 1, 0},
};

const struct mh_option_rule *mh_option_rule(uint8_t type)
{
	if (type >= sizeof(RULES) / sizeof(RULES[0]) || !RULES[type].align)
		return NULL;
	return &RULES[type];
}

size_t mh_option_padding(uint8_t type, size_t at)
{
	const struct mh_option_rule *rule = mh_option_rule(type);

	return rule ? (rule->offset + rule->align - at % rule->align) % rule->align : 0;
}

static void read_value(uint8_t type, struct span value, struct mh_options *out)
{
	struct reader r = reader_of(value.at, value.len);

	switch (type) {
	case IP6_MHOPT_REFRESH_ADVICE:
		out->has_refresh_advice = true;
		out->refresh_advice = read_be16(&r);
		break;
	case IP6_MHOPT_ALT_COA:
		out->has_alt_coa = true;
		read_octets(&r, &out->alt_coa, sizeof(out->alt_coa));
		break;
	case IP6_MHOPT_NONCE_INDICES:
		out->has_nonce_indices = true;
		out->home_nonce = read_be16(&r);
		out->careof_nonce = read_be16(&r);
		break;
	case IP6_MHOPT_BINDING_AUTH:
		out->bad = value;
		break;
	case IP6_MHOPT_REPLAY_PROTECTION:
		if (out->cga_chunk_count) /* not signed there: anybody could renew it */
			break;
		out->has_timestamp = true;
		out->timestamp = read_be64(&r);
		break;
	case IP6_MHOPT_CGA_PARAMS_REQUEST:
		out->cga_request = true;
		break;
	case IP6_MHOPT_CGA_PARAMS:
		out->cga_chunks[out->cga_chunk_count++] = value;
		break;
	case IP6_MHOPT_SIGNATURE:
		out->signature = value;
		break;
	case IP6_MHOPT_PHKT:
		out->phkt = value;
		break;
	case IP6_MHOPT_CAREOF_TEST_INIT:
		out->careof_test_init = true;
		break;
	case IP6_MHOPT_CAREOF_TEST:
		out->has_careof_token = true;
		read_octets(&r, out->careof_token, sizeof(out->careof_token));
		break;
	}
}

/* The value of an option that follows `before` at once starts behind its own type and length. */
static bool is_next(struct span before, struct span value)
{
	return value.at == before.at + before.len + TYPE_AND_LENGTH;
}

static enum mh_cga_layout cga_layout(const struct mh_options *options)
{
	unsigned int last = options->cga_chunk_count;

	if (last-- == 0)
		return options->signature.at ? MH_CGA_BROKEN : MH_CGA_ABSENT;
	for (unsigned int i = 0; i < last; i++)
		if (options->cga_chunks[i].len != MH_CGA_CHUNK ||
		    !is_next(options->cga_chunks[i], options->cga_chunks[i + 1]))
			return MH_CGA_BROKEN;
	return is_next(options->cga_chunks[last], options->signature) ? MH_CGA_SIGNED
								      : MH_CGA_BROKEN;
}

static void set_extents(struct span message, struct mh_options *out)
{
	if (out->cga_chunk_count) {
		struct span last = out->cga_chunks[out->cga_chunk_count - 1];

		out->signed_len = (size_t)(last.at - message.at) + last.len;
	}
	if (out->bad.at)
		out->mac_len = (size_t)(out->bad.at - message.at);
	out->cga_layout = cga_layout(out);
}

static enum mh_fault check_option(uint8_t type, struct span value, uint32_t seen,
				  const struct mh_options *options)
{
	const struct mh_option_rule *rule = mh_option_rule(type);

	if (value.len < rule->min_len || value.len > rule->max_len)
		return MH_OPTION_LENGTH;
	if (type == IP6_MHOPT_CGA_PARAMS)
		return options->cga_chunk_count == MH_CGA_CHUNKS_MAX ? MH_OPTION_TOO_MANY : MH_OK;
	return seen >> type & 1 ? MH_OPTION_REPEATED : MH_OK;
}

enum mh_fault mh_options_read(struct span message, size_t at, struct mh_options *out)
{
	struct reader r = reader_of(message.at, message.len);
	uint32_t seen = 0; /* bit of each known type */
	enum mh_fault fault;

	read_skip(&r, at);
	while (r.left && !r.failed) {
		uint8_t type = read_u8(&r);
		struct span value;

		if (out->bad.at)
			return MH_OPTION_AFTER_BAD;
		if (type == IP6_MHOPT_PAD1)
			continue;
		value = read_span(&r, read_u8(&r));
		if (r.failed || !mh_option_rule(type))
			continue;
		fault = check_option(type, value, seen, out);
		if (fault != MH_OK)
			return fault;
		seen |= 1u << type;
		read_value(type, value, out);
	}
	if (r.failed)
		return MH_OPTION_OVERRUN;
	set_extents(message, out);
	return MH_OK;
}

struct span mh_cga_params(const struct mh_options *options, uint8_t *out, size_t size)
{
	struct writer w = writer_of(out, size);

	for (unsigned int i = 0; i < options->cga_chunk_count; i++)
		write_octets(&w, options->cga_chunks[i].at, options->cga_chunks[i].len);
	return w.failed ? (struct span){NULL, 0} : (struct span){out, w.len};
}
