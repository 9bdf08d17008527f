/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the Care-of Test message as an answer to a Care-of Test Init. */
#ifndef FAMA_CAREOF_TEST_H
#define FAMA_CAREOF_TEST_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "dar/careof_nonce.h"
#include "wire/mh.h"

/* The whole packet back to the source of `coti`: its cookie, the token for that address and the
 * index of the nonce (C-52). Octets written or -EMSGSIZE. */
ssize_t cot_build(struct careof_nonces *nonces, const struct mh_packet *coti, uint64_t now_ns,
		  uint8_t *out, size_t size);

#endif
