/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns reading test/vectors/vectors.json, relative to the source tree where tests run. */
#ifndef FAMA_TEST_VECTORS_H
#define FAMA_TEST_VECTORS_H

#include <netinet/in.h>

#include "harness/hex.h"

#define VECTORS_DIR "test/vectors/"

/* `path` is like "BU1_cga_fast/packet"; what does not exist ends the test program. */
const char *vectors_text(const char *set, const char *path);
struct hex vectors_octets(const char *set, const char *path);
struct in6_addr vectors_address(const char *set, const char *path);

extern const char *const VECTORS_SETS[2];

/* The key file of "mn" or "dar". */
struct hex vectors_pem(const char *set, const char *owner);

/* Name of the message number `index` of the set, with "packet" and "mh" below; NULL: no more. */
const char *vectors_message(const char *set, unsigned int index);

#endif
