/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the two clocks: lifetimes run on CLOCK_BOOTTIME, signed timestamps are NTP wall time. */
#ifndef FAMA_CLOCK_H
#define FAMA_CLOCK_H

#include <stdint.h>

#define CLOCK_SECOND_NS 1000000000ULL

uint64_t clock_boot_ns(void);

/* NTP time: seconds since 1900 in the high word, fraction in the low (RFC 4285 section 6). */
uint64_t clock_ntp(void);

#endif
