// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof that no cut and no wrong length octet leads the parser astray (C-13). */
#include "wire/mh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/hex.h"
#include "harness/vectors.h"

static void assert_inside(struct span span, const uint8_t *octets, size_t len)
{
	if (!span.at)
		return;
	assert_true(span.at >= octets);
	assert_true(span.len <= len);
	assert_true((size_t)(span.at - octets) <= len - span.len);
}

/* Whatever the verdict: it has a name, comes again, and no span passes the message. */
static enum mh_fault parsed(const uint8_t *mh, size_t len)
{
	struct mh_message m, again;
	enum mh_fault fault = mh_parse(mh, len, &m);
	const struct mh_options *o = &m.options;

	assert_string_not_equal(mh_fault_name(fault), "unknown");
	assert_int_equal(mh_parse(mh, len, &again), fault);
	assert_inside(m.octets, mh, len);
	assert_inside(o->phkt, mh, len);
	assert_inside(o->signature, mh, len);
	assert_inside(o->bad, mh, len);
	assert_in_range(o->cga_chunk_count, 0, MH_CGA_CHUNKS_MAX);
	for (unsigned int i = 0; i < o->cga_chunk_count; i++)
		assert_inside(o->cga_chunks[i], mh, len);
	assert_in_range(o->signed_len, 0, len);
	assert_in_range(o->mac_len, 0, len);
	if (fault == MH_OK && o->bad.at)
		assert_int_equal(o->mac_len + MH_BAD_LEN, len);
	return fault;
}

/* Calls `check` for every message of both sets. */
static void for_each_message(void (*check)(const struct hex *packet, const struct hex *mh))
{
	for (size_t set = 0; set < 2; set++) {
		const char *name;

		for (unsigned int i = 0; (name = vectors_message(VECTORS_SETS[set], i)); i++) {
			char path[64];
			struct hex packet, mh;

			snprintf(path, sizeof(path), "%s/packet", name);
			packet = vectors_octets(VECTORS_SETS[set], path);
			snprintf(path, sizeof(path), "%s/mh", name);
			mh = vectors_octets(VECTORS_SETS[set], path);
			check(&packet, &mh);
		}
	}
}

static void cut(const struct hex *packet, const struct hex *mh)
{
	for (size_t len = 0; len < mh->len; len++) {
		uint8_t *octets = hex_exact(mh->at, len);

		assert_int_equal(parsed(octets, len), MH_TRUNCATED);
		free(octets);
	}
	for (size_t len = 0; len < packet->len; len++) {
		uint8_t *octets = hex_exact(packet->at, len);
		struct mh_packet out;

		assert_int_equal(mh_packet_parse(octets, len, &out), MH_PACKET);
		free(octets);
	}
}

static void C_13_truncated_at_every_octet(void **state)
{
	(void)state;
	for_each_message(cut);
}

/* Here the Header Len tells the truth, so the options end where the cut is. */
static void cut_with_true_length(const struct hex *packet, const struct hex *mh)
{
	(void)packet;
	for (size_t len = 8; len < mh->len; len += 8) {
		uint8_t *octets = hex_exact(mh->at, len);

		octets[1] = (uint8_t)(len / 8 - 1);
		parsed(octets, len);
		free(octets);
	}
}

static void C_13_truncated_with_a_header_len_that_fits(void **state)
{
	(void)state;
	for_each_message(cut_with_true_length);
}

/* Every octet counts as a length octet of something: all of them get every value. */
static void mutate_message(const struct hex *packet, const struct hex *mh)
{
	uint8_t *octets = hex_exact(mh->at, mh->len);

	(void)packet;
	for (size_t at = 0; at < mh->len; at++) {
		for (unsigned int value = 0; value < 256; value++) {
			enum mh_fault fault;

			octets[at] = (uint8_t)value;
			fault = parsed(octets, mh->len);
			if (value == mh->at[at])
				assert_int_equal(fault, MH_OK);
			else if (at == 1)
				assert_true(fault == MH_TRUNCATED || fault == MH_TRAILING ||
					    fault == MH_SHORT_HEADER);
		}
		octets[at] = mh->at[at];
	}
	free(octets);
}

static void C_13_every_value_in_every_octet_of_the_message(void **state)
{
	(void)state;
	for_each_message(mutate_message);
}

/* 40 octets of IPv6 and 24 of the extension header, if there is one. */
static void mutate_headers(const struct hex *packet, const struct hex *mh)
{
	size_t headers_len = packet->len - mh->len;
	uint8_t *octets = hex_exact(packet->at, packet->len);
	struct mh_packet out;

	for (size_t at = 0; at < headers_len; at++) {
		for (unsigned int value = 0; value < 256; value++) {
			octets[at] = (uint8_t)value;
			assert_string_not_equal(
				mh_fault_name(mh_packet_parse(octets, packet->len, &out)),
				"unknown");
			assert_inside(out.message.octets, octets, packet->len);
		}
		octets[at] = packet->at[at];
	}
	assert_int_equal(mh_packet_parse(octets, packet->len, &out), MH_OK);
	free(octets);
}

static void C_13_every_value_in_every_octet_before_the_message(void **state)
{
	(void)state;
	for_each_message(mutate_headers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C_13_truncated_at_every_octet),
		cmocka_unit_test(C_13_truncated_with_a_header_len_that_fits),
		cmocka_unit_test(C_13_every_value_in_every_octet_of_the_message),
		cmocka_unit_test(C_13_every_value_in_every_octet_before_the_message),
	};

	return cmocka_run_group_tests_name("mh_mutation", tests, NULL, NULL);
}
