/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns randomness: the kernel's only. */
#ifndef FAMA_RANDOM_H
#define FAMA_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Ends the process if the kernel has none: there is no safe way on. */
void random_octets(void *out, size_t len);
uint32_t random_below(uint32_t bound); /* uniform in 0..bound-1; bound > 0 */

#endif
