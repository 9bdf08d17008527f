/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns mobility options as such: type, length, place (RFC 6275 section 6.2). */
#ifndef FAMA_MH_OPTION_H
#define FAMA_MH_OPTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/octets.h"
#include "wire/mh.h"

/* The type octet stands at align * n + offset from the start of the message. */
struct mh_option_rule {
	uint8_t min_len, max_len; /* of the value */
	uint8_t align, offset;    /* align 0: not an option of ours */
};

/* NULL for Pad1, PadN and every option that FAMA does not use: these are skipped. */
const struct mh_option_rule *mh_option_rule(uint8_t type);

/* Octets of padding that `type` needs when `at` octets of the message are written. */
size_t mh_option_padding(uint8_t type, size_t at);

/* Reads the options from offset `at` of `message` to its end; `out` starts as zeros. */
enum mh_fault mh_options_read(struct span message, size_t at, struct mh_options *out);

#endif
