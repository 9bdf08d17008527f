// SPDX-License-Identifier: BSD-2-Clause
/* Owns starting and stopping crypto/ around a group of tests. */
#include "harness/crypto_group.h"

#include "crypto/secret.h"

int crypto_group_start(void **state)
{
	const char *why;

	(void)state;
	return crypto_start(&why);
}

int crypto_group_stop(void **state)
{
	(void)state;
	crypto_stop();
	return 0;
}
