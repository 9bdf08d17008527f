// SPDX-License-Identifier: BSD-2-Clause
/* Owns writing a Mobility Header: fixed part, options in their order, padding (RFC 6275 6.1). */
#include "wire/mh.h"

#include <errno.h>
#include <string.h>

#include "wire/mh_option.h"

enum { HEADER_LEN_AT = 1 };

static void write_padding(struct writer *w, size_t len)
{
	if (len == 1) {
		write_u8(w, IP6_MHOPT_PAD1);
	} else if (len > 1) {
		write_u8(w, IP6_MHOPT_PADN);
		write_u8(w, (uint8_t)(len - 2));
		write_zeros(w, len - 2);
	}
}

/* Type and length at the place that the type demands; the value is the caller's to write. */
static void open_option(struct writer *w, uint8_t type, size_t len)
{
	write_padding(w, mh_option_padding(type, w->len));
	write_u8(w, type);
	write_u8(w, (uint8_t)len);
	w->failed |= len > mh_option_rule(type)->max_len;
}

static void write_option(struct writer *w, uint8_t type, const void *value, size_t len)
{
	open_option(w, type, len);
	write_octets(w, value, len);
}

/* NULL stands for zeros: :: as home address, or a field the caller leaves empty. */
static void write_or_zeros(struct writer *w, const void *octets, size_t len)
{
	if (octets)
		write_octets(w, octets, len);
	else
		write_zeros(w, len);
}

static int write_fixed(struct writer *w, const struct mh_build *what)
{
	write_u8(w, IP6_NH_NONE);
	write_u8(w, 0); /* Header Len, known at the end */
	write_u8(w, what->type);
	write_u8(w, 0);
	write_be16(w, 0); /* checksum */
	switch (what->type) {
	case IP6_MH_TYPE_BRR:
		write_be16(w, 0);
		return 0;
	case IP6_MH_TYPE_HOTI:
	case IP6_MH_TYPE_COTI:
		write_be16(w, 0);
		write_or_zeros(w, what->cookie, MH_TOKEN_LEN);
		return 0;
	case IP6_MH_TYPE_HOT:
	case IP6_MH_TYPE_COT:
		write_be16(w, what->nonce);
		write_or_zeros(w, what->cookie, MH_TOKEN_LEN);
		write_or_zeros(w, what->token, MH_TOKEN_LEN);
		return 0;
	case IP6_MH_TYPE_BU:
		write_be16(w, what->sequence);
		write_be16(w, what->flags);
		write_be16(w, what->lifetime);
		return 0;
	case IP6_MH_TYPE_BA:
		write_u8(w, what->status);
		write_u8(w, (uint8_t)what->flags);
		write_be16(w, what->sequence);
		write_be16(w, what->lifetime);
		return 0;
	case IP6_MH_TYPE_BE:
		write_u8(w, what->status);
		write_u8(w, 0);
		write_or_zeros(w, what->hoa, sizeof(*what->hoa));
		return 0;
	}
	return -EINVAL;
}

/* Options 12 in chunks, 13 directly behind (RFC 4866 sections 5.1 and 5.2). */
static void write_cga(struct writer *w, const struct mh_build *what, struct mh_built *out)
{
	struct reader r = reader_of(what->cga_params.at, what->cga_params.len);

	while (r.left) {
		struct span chunk = read_span(&r, r.left < MH_CGA_CHUNK ? r.left : MH_CGA_CHUNK);

		write_option(w, IP6_MHOPT_CGA_PARAMS, chunk.at, chunk.len);
	}
	if (!what->signature_len)
		return;
	out->signed_len = what->cga_params.len ? w->len : 0;
	open_option(w, IP6_MHOPT_SIGNATURE, what->signature_len);
	out->signature_at = w->len;
	write_zeros(w, what->signature_len);
}

/* What stands before 12 is signed, what stands behind only authenticated (protocol ). */
static void write_signed_options(struct writer *w, const struct mh_build *what)
{
	if (what->refresh_advice) {
		open_option(w, IP6_MHOPT_REFRESH_ADVICE, sizeof(what->refresh_advice));
		write_be16(w, what->refresh_advice);
	}
	if (what->alt_coa)
		write_option(w, IP6_MHOPT_ALT_COA, what->alt_coa, sizeof(*what->alt_coa));
	if (what->timestamp) {
		open_option(w, IP6_MHOPT_REPLAY_PROTECTION, sizeof(*what->timestamp));
		write_be64(w, *what->timestamp);
	}
	if (what->phkt.len)
		write_option(w, IP6_MHOPT_PHKT, what->phkt.at, what->phkt.len);
	if (what->careof_token)
		write_option(w, IP6_MHOPT_CAREOF_TEST, what->careof_token, MH_TOKEN_LEN);
}

static void write_last_options(struct writer *w, const struct mh_build *what, struct mh_built *out)
{
	if (what->careof_test_init)
		open_option(w, IP6_MHOPT_CAREOF_TEST_INIT, 0);
	if (what->cga_request)
		open_option(w, IP6_MHOPT_CGA_PARAMS_REQUEST, 0);
	if (what->has_nonce_indices) {
		open_option(w, IP6_MHOPT_NONCE_INDICES, 4);
		write_be16(w, what->home_nonce);
		write_be16(w, what->careof_nonce);
	}
	if (what->bad) {
		open_option(w, IP6_MHOPT_BINDING_AUTH, MH_BAD_LEN);
		out->mac_len = w->len;
		write_zeros(w, MH_BAD_LEN);
	}
}

int mh_build(const struct mh_build *what, struct mh_built *out)
{
	struct writer w = writer_of(out->octets, sizeof(out->octets));

	out->len = out->signed_len = out->signature_at = out->mac_len = 0;
	if (write_fixed(&w, what) < 0)
		return -EINVAL;
	write_signed_options(&w, what);
	write_cga(&w, what, out);
	write_last_options(&w, what, out);
	write_padding(&w, (8 - w.len % 8) % 8);
	if (w.failed)
		return -EMSGSIZE;
	out->octets[HEADER_LEN_AT] = (uint8_t)(w.len / 8 - 1);
	out->len = w.len;
	return 0;
}
