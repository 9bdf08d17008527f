// SPDX-License-Identifier: BSD-2-Clause
/* Owns the word to the user when something cannot be had: exit code and one sentence. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "kernel/refusal.h"

int refuse(struct refusal *refusal, int code, const char *format, ...)
{
	va_list args;

	if (refusal->code)
		return -1;
	refusal->code = code;
	va_start(args, format);
	vsnprintf(refusal->why, refusal->why_size, format, args);
	va_end(args);
	return -1;
}

int refuse_errno(struct refusal *refusal, int error, const char *format, ...)
{
	char sentence[512];
	va_list args;
	int code;

	error = error < 0 ? -error : error;
	code = error == EPERM || error == EACCES ? EX_NOPERM : EX_UNAVAILABLE;
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	return refuse(refusal, code, "%s: %s", sentence, strerror(error));
}
