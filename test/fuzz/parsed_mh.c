// SPDX-License-Identifier: BSD-2-Clause
/* Owns holding the parser of Mobility Headers against their builder (C-10..C-13, C-56, C-57). */
#include "fuzz/parsed_mh.h"

#include <string.h>

#include "fuzz/target.h"
#include "wire/mh.h"

static void is_inside(struct span span, const uint8_t *octets, size_t len)
{
	if (!span.at)
		return;
	MUST(span.at >= octets && span.len <= len);
	MUST((size_t)(span.at - octets) <= len - span.len);
}

static void check_extents(const struct mh_message *m, const uint8_t *packet, size_t len)
{
	const struct mh_options *o = &m->options;

	is_inside(m->octets, packet, len);
	is_inside(o->phkt, packet, len);
	is_inside(o->signature, packet, len);
	is_inside(o->bad, packet, len);
	MUST(o->cga_chunk_count <= MH_CGA_CHUNKS_MAX);
	for (unsigned int i = 0; i < o->cga_chunk_count; i++)
		is_inside(o->cga_chunks[i], packet, len);
	MUST(o->signed_len <= m->octets.len && o->mac_len <= m->octets.len);
}

static void check_layout(const struct mh_message *m)
{
	const struct mh_options *o = &m->options;

	if (o->bad.at)
		MUST(o->mac_len + MH_BAD_LEN == m->octets.len && o->bad.len == MH_BAD_LEN);
	if (o->cga_layout == MH_CGA_SIGNED)
		MUST(o->signature.at == m->octets.at + o->signed_len + 2);
}

static void describe_fixed(const struct mh_message *m, struct mh_build *what)
{
	what->type = m->type;
	switch (m->type) {
	case IP6_MH_TYPE_HOTI:
	case IP6_MH_TYPE_COTI:
	case IP6_MH_TYPE_HOT:
	case IP6_MH_TYPE_COT:
		what->nonce = m->test.nonce;
		what->cookie = m->test.cookie;
		what->token = m->test.token;
		break;
	case IP6_MH_TYPE_BU:
		what->sequence = m->bu.sequence;
		what->flags = m->bu.flags;
		what->lifetime = m->bu.lifetime;
		break;
	case IP6_MH_TYPE_BA:
		what->status = m->ba.status;
		what->flags = m->ba.flags;
		what->sequence = m->ba.sequence;
		what->lifetime = m->ba.lifetime;
		break;
	case IP6_MH_TYPE_BE:
		what->status = m->be.status;
		what->hoa = &m->be.hoa;
		break;
	}
}

/* Options 12 and 13 that do not stand as they must cannot be built: left out. */
static void describe(const struct mh_message *m, uint8_t *params, size_t params_size,
		     struct mh_build *what)
{
	const struct mh_options *o = &m->options;

	memset(what, 0, sizeof(*what));
	describe_fixed(m, what);
	what->alt_coa = o->has_alt_coa ? &o->alt_coa : NULL;
	what->refresh_advice = o->refresh_advice;
	what->timestamp = o->has_timestamp ? &o->timestamp : NULL;
	what->phkt = o->phkt;
	what->careof_token = o->has_careof_token ? o->careof_token : NULL;
	what->careof_test_init = o->careof_test_init;
	what->cga_request = o->cga_request;
	what->has_nonce_indices = o->has_nonce_indices;
	what->home_nonce = o->home_nonce;
	what->careof_nonce = o->careof_nonce;
	what->bad = o->bad.at != NULL;
	if (o->cga_layout != MH_CGA_SIGNED)
		return;
	what->cga_params = mh_cga_params(o, params, params_size);
	MUST(what->cga_params.at);
	what->signature_len = o->signature.len;
}

static void same_span(struct span a, struct span b)
{
	MUST(!a.at == !b.at && a.len == b.len);
	if (a.len)
		MUST(memcmp(a.at, b.at, a.len) == 0);
}

static void same_options(const struct mh_options *a, const struct mh_options *b)
{
	MUST(a->has_alt_coa == b->has_alt_coa);
	MUST(memcmp(&a->alt_coa, &b->alt_coa, sizeof(a->alt_coa)) == 0);
	MUST(a->has_nonce_indices == b->has_nonce_indices && a->home_nonce == b->home_nonce &&
	     a->careof_nonce == b->careof_nonce);
	MUST(a->has_timestamp == b->has_timestamp && a->timestamp == b->timestamp);
	MUST(a->refresh_advice == b->refresh_advice);
	MUST(a->has_careof_token == b->has_careof_token);
	MUST(memcmp(a->careof_token, b->careof_token, sizeof(a->careof_token)) == 0);
	MUST(a->careof_test_init == b->careof_test_init && a->cga_request == b->cga_request);
	same_span(a->phkt, b->phkt);
	same_span(a->bad, b->bad);
	if (a->cga_layout != MH_CGA_SIGNED)
		return;
	MUST(b->cga_layout == MH_CGA_SIGNED && a->cga_chunk_count == b->cga_chunk_count);
	same_span(a->signature, b->signature);
	for (unsigned int i = 0; i < a->cga_chunk_count; i++)
		same_span(a->cga_chunks[i], b->cga_chunks[i]);
}

static void same_fixed(const struct mh_message *a, const struct mh_message *b)
{
	MUST(a->type == b->type);
	switch (a->type) {
	case IP6_MH_TYPE_BU:
		MUST(memcmp(&a->bu, &b->bu, sizeof(a->bu)) == 0);
		break;
	case IP6_MH_TYPE_BA:
		MUST(a->ba.status == b->ba.status && a->ba.flags == b->ba.flags &&
		     a->ba.sequence == b->ba.sequence && a->ba.lifetime == b->ba.lifetime);
		break;
	case IP6_MH_TYPE_BE:
		MUST(a->be.status == b->be.status);
		MUST(memcmp(&a->be.hoa, &b->be.hoa, sizeof(a->be.hoa)) == 0);
		break;
	case IP6_MH_TYPE_COT:
	case IP6_MH_TYPE_HOT:
		MUST(a->test.nonce == b->test.nonce);
		MUST(memcmp(a->test.token, b->test.token, MH_TOKEN_LEN) == 0);
		__attribute__((fallthrough));
	case IP6_MH_TYPE_COTI:
	case IP6_MH_TYPE_HOTI:
		MUST(memcmp(a->test.cookie, b->test.cookie, MH_TOKEN_LEN) == 0);
		break;
	}
}

static void build_again(const struct mh_packet *parsed)
{
	static uint8_t params[MH_LEN_MAX], packet[MH_LEN_MAX + 64];
	const struct mh_options *o = &parsed->message.options;
	const struct in6_addr *hao = parsed->has_hao ? &parsed->hao : NULL;
	const struct in6_addr *rh2 = parsed->has_rh2 ? &parsed->rh2 : NULL;
	struct mh_packet again;
	struct mh_build what;
	struct mh_built mh;
	ssize_t len;

	describe(&parsed->message, params, sizeof(params), &what);
	if ((hao && rh2) || mh_build(&what, &mh))
		return; /* never sent so; or the padding we would write is too much */
	if (mh.signature_at)
		memcpy(mh.octets + mh.signature_at, o->signature.at, o->signature.len);
	if (mh.mac_len)
		memcpy(mh.octets + mh.mac_len, o->bad.at, o->bad.len);
	mh_set_checksum(&mh, hao ? hao : &parsed->source, rh2 ? rh2 : &parsed->destination);
	len = mh_packet_build(&parsed->source, &parsed->destination, hao, rh2, &mh, packet,
			      sizeof(packet));
	MUST(len > 0);
	MUST(mh_packet_parse(packet, (size_t)len, &again) == MH_OK);
	MUST(memcmp(&again.source, &parsed->source, sizeof(again.source)) == 0);
	MUST(again.has_hao == parsed->has_hao && again.has_rh2 == parsed->has_rh2);
	same_fixed(&parsed->message, &again.message);
	same_options(o, &again.message.options);
}

void parsed_mh_check(const uint8_t *packet, size_t len)
{
	struct mh_packet parsed;
	enum mh_fault fault = mh_packet_parse(packet, len, &parsed);

	MUST(mh_fault_name(fault)[0]);
	if (fault == MH_PACKET)
		return;
	check_extents(&parsed.message, packet, len);
	if (fault != MH_OK)
		return;
	check_layout(&parsed.message);
	build_again(&parsed);
}
