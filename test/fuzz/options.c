// SPDX-License-Identifier: BSD-2-Clause
/* Owns fuzzing mobility options: headers and checksum around them are made right. */
#include <string.h>

#include "fuzz/parsed_mh.h"
#include "fuzz/target.h"
#include "wire/mh.h"

static const struct in6_addr mn = {.s6_addr = {0x20, 1, 0xd, 0xb8, 0, 2, [15] = 2}};
static const struct in6_addr dar = {.s6_addr = {0x20, 1, 0xd, 0xb8, 0, 1, [15] = 1}};
static const struct in6_addr hoa = {.s6_addr = {0x20, 1, 0xd, 0xb8, 0, 1, [15] = 5}};

enum { FIXED_LEN = 12, TYPE_AT = 2 };

/* Octets: 0 which message, the others its options. What does not fill 8 octets is cut off. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	uint8_t packet[MH_LEN_MAX + 64];
	struct mh_built mh = {.len = 0};
	bool is_bu;
	ssize_t packet_len;

	if (len < 1 || len > MH_LEN_MAX - FIXED_LEN)
		return 0;
	is_bu = octets[0] & 1;
	mh.len = (FIXED_LEN + len - 1) / 8 * 8;
	if (mh.len < 16)
		return 0;
	mh.octets[0] = IP6_NH_NONE;
	mh.octets[1] = (uint8_t)(mh.len / 8 - 1);
	mh.octets[TYPE_AT] = is_bu ? IP6_MH_TYPE_BU : IP6_MH_TYPE_BA;
	memcpy(mh.octets + FIXED_LEN, octets + 1, mh.len - FIXED_LEN);
	mh_set_checksum(&mh, is_bu ? &hoa : &dar, is_bu ? &dar : &hoa);
	packet_len = is_bu ? mh_packet_build(&mn, &dar, &hoa, NULL, &mh, packet, sizeof(packet))
			   : mh_packet_build(&dar, &mn, NULL, &hoa, &mh, packet, sizeof(packet));
	MUST(packet_len > 0);
	parsed_mh_check(packet, (size_t)packet_len);
	return 0;
}
