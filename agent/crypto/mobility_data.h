/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns Mobility Data, RFC 6275 section 6.2.7: what authenticators and signatures cover. */
#ifndef FAMA_MOBILITY_DATA_H
#define FAMA_MOBILITY_DATA_H

#include <netinet/in.h>

#include "base/octets.h"

enum { MOBILITY_DATA_PIECES = 5 };

/* coa | dar | mh, the checksum field of mh taken as zero; nothing is copied. */
void mobility_data(const struct in6_addr *coa, const struct in6_addr *dar, struct span mh,
		   struct span pieces[static MOBILITY_DATA_PIECES]);

#endif
