/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the log: one event a line on stderr, logfmt or JSON, `<N>` priority prefix for journald. */
#ifndef FAMA_LOG_H
#define FAMA_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

void log_configure(enum log_level level, enum log_format format);

/*
 * `event` is a stable name such as "bu.refused". `format` yields "key=value key=value"; a value
 * with spaces stands in double quotes. Never a key, token or nonce. errno is preserved.
 */
void log_error(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Lines that a stranger can cause, level info: at most 10 a second of each `event`, the number
 * suppressed is told with the next. The arguments are not evaluated for a line that is not
 * written: under a flood one costs what asking costs.
 */
#define log_remote(event, ...)                                                                     \
	do {                                                                                       \
		static struct log_bucket *log_bucket_;                                             \
		if (log_bucket_take(&log_bucket_, event))                                          \
			log_bucket_write(log_bucket_, __VA_ARGS__);                                \
	} while (0)

/* ---- behind the macro ---- */

struct log_bucket; /* one for each event */

/* Fills *bucket, the place's own, when it is NULL. */
bool log_bucket_take(struct log_bucket **bucket, const char *event);
void log_bucket_write(struct log_bucket *bucket, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
