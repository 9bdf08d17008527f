/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the handling of secrets: wiped, compared in constant time. */
#ifndef FAMA_SECRET_H
#define FAMA_SECRET_H

#include <stdbool.h>
#include <stddef.h>

void secret_wipe(void *secret, size_t len);
bool secret_equal(const void *a, const void *b, size_t len);

/* Fetches every algorithm once and proves that RSA with SHA-1 works under this system's policy.
 * Call before anything else of crypto/. 0, or -ENOTSUP with a sentence in *why. */
int crypto_start(const char **why);
void crypto_stop(void);

#endif
