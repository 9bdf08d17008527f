/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the dearer rungs of the start ladder. */
#ifndef FAMA_DAR_OPEN_H
#define FAMA_DAR_OPEN_H

#include <stddef.h>

struct dar;

/* Exit code and a sentence for the user; 0: fine. */
int dar_open_dataplane(struct dar *dar, char *why, size_t why_size);
int dar_open_state(struct dar *dar, char *why, size_t why_size);

#endif
