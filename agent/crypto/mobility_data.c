// SPDX-License-Identifier: BSD-2-Clause
/* Owns the cut of a Mobility Header around its checksum field. */
#include "crypto/mobility_data.h"

enum { CHECKSUM_AT = 4, CHECKSUM_LEN = 2 };

void mobility_data(const struct in6_addr *coa, const struct in6_addr *dar, struct span mh,
		   struct span pieces[static MOBILITY_DATA_PIECES])
{
	static const uint8_t no_checksum[CHECKSUM_LEN];
	struct reader r = reader_of(mh.at, mh.len);

	pieces[0] = (struct span){coa->s6_addr, sizeof(coa->s6_addr)};
	pieces[1] = (struct span){dar->s6_addr, sizeof(dar->s6_addr)};
	pieces[2] = read_span(&r, CHECKSUM_AT);
	pieces[3] = (struct span){no_checksum, sizeof(no_checksum)};
	read_skip(&r, CHECKSUM_LEN);
	pieces[4] = read_span(&r, r.left);
}
