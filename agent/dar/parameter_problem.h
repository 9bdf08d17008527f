/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the Parameter Problem message about a Mobility Header. */
#ifndef FAMA_PARAMETER_PROBLEM_H
#define FAMA_PARAMETER_PROBLEM_H

#include "wire/mh.h"

/* The whole ICMPv6 packet about `packet`, from the IPv6 header, which parsed with `fault`. Octets
 * written, -EMSGSIZE, or 0: about this no error is sent. */
ssize_t parameter_problem_build(enum mh_fault fault, const struct mh_packet *parsed,
				struct span packet, uint8_t *out, size_t size);

#endif
