/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the word to the user when something cannot be had: exit code and one sentence. */
#ifndef FAMA_REFUSAL_H
#define FAMA_REFUSAL_H

#include <stddef.h>

struct refusal {
	int code;
	char *why;
	size_t why_size;
};

/* -1 always, so that a caller can return it. The first sentence said stays. */
int refuse(struct refusal *refusal, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Code by errno: 77 where a privilege lacks, else 69; the sentence is followed by ": strerror". */
int refuse_errno(struct refusal *refusal, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
