/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what must hold of every parsed Mobility Header packet. */
#ifndef FAMA_FUZZ_PARSED_MH_H
#define FAMA_FUZZ_PARSED_MH_H

#include <stddef.h>
#include <stdint.h>

/* Parses it, and what parses it builds and parses again: the same must come out. */
void parsed_mh_check(const uint8_t *packet, size_t len);

#endif
