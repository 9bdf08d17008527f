/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns set-up and tear-down of a cmocka group whose tests touch crypto/. */
#ifndef FAMA_CRYPTO_GROUP_H
#define FAMA_CRYPTO_GROUP_H

int crypto_group_start(void **state);
int crypto_group_stop(void **state);

#endif
