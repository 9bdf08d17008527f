// SPDX-License-Identifier: BSD-2-Clause
/* Owns the complaint of a node that knows no Mobility Header (RFC 6275 section 11.3.5, M-41). */
#include "mn/mh_unknown.h"

#include "base/in6.h"
#include "crypto/secret.h"
#include "mn/bul.h"
#include "wire/icmp6_error.h"

enum { UNRECOGNISED_NEXT_HEADER = 1, EXTENSION_UNIT = 8 };

/* A Mobility Header as far as it may be quoted. */
struct quote {
	struct in6_addr source, destination;
	uint8_t type;
	uint16_t sequence;            /* BU */
	uint8_t cookie[MH_TOKEN_LEN]; /* CoTI */
};

static bool quote_read(struct span icmp6, struct quote *out)
{
	struct reader r = reader_of(icmp6.at, icmp6.len);
	struct ip6_header header;
	uint8_t next;

	if (read_u8(&r) != ICMP6_PARAMETER_PROBLEM || read_u8(&r) != UNRECOGNISED_NEXT_HEADER)
		return false;
	read_skip(&r, 6); /* checksum, pointer */
	if (!ip6_header_read(&r, &header))
		return false;
	next = header.next_header;
	if (next == IP6_NH_DESTOPTS) { /* the Home Address option */
		next = read_u8(&r);
		read_skip(&r, (read_u8(&r) + 1u) * EXTENSION_UNIT - 2);
	}
	out->source = header.source;
	out->destination = header.destination;
	read_skip(&r, 2); /* payload proto, header len */
	out->type = read_u8(&r);
	read_skip(&r, 3); /* reserved, checksum */
	out->sequence = read_be16(&r);
	if (out->type == IP6_MH_TYPE_COTI)
		read_octets(&r, out->cookie, sizeof(out->cookie));
	return next == IP6_NH_MOBILITY && !r.failed;
}

static bool is_of_test(const struct careof_test *test, const struct quote *quote)
{
	return test->is_outstanding && in6_equal(&test->coa, &quote->source) &&
	       secret_equal(test->cookie, quote->cookie, sizeof(test->cookie));
}

static bool is_of_bu(const struct bul *bul, const struct bul_peer *peer, const struct quote *quote)
{
	const struct bul_entry *entry;

	LIST_FOREACH (entry, &bul->entries, link) {
		const struct bul_sent *sent = bul_outstanding(entry, quote->sequence);

		if (entry->peer == peer && sent &&
		    in6_equal(sent->from_home ? &entry->hoa : &sent->coa, &quote->source))
			return true;
	}
	return false;
}

struct bul_peer *mh_unknown_peer(const struct bul *bul, const struct in6_addr *source,
				 struct span icmp6)
{
	struct bul_peer *peer = bul_peer_find(bul, source);
	struct quote quote;
	bool is_ours = false;

	if (!peer || !quote_read(icmp6, &quote) || !in6_equal(&quote.destination, source))
		return NULL;
	if (quote.type == IP6_MH_TYPE_COTI)
		is_ours = is_of_test(&peer->test, &quote);
	else if (quote.type == IP6_MH_TYPE_BU)
		is_ours = is_of_bu(bul, peer, &quote);
	return is_ours ? peer : NULL;
}
