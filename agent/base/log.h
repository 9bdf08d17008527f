/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the log: one event a line on stderr, logfmt or JSON, `<N>` priority prefix for journald. */
#ifndef FAMA_LOG_H
#define FAMA_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

void log_configure(enum log_level level, enum log_format format);

/*
 * `event` is a stable name such as "bu.refused". `format` yields "key=value key=value"; a value
 * with spaces stands in double quotes. Never a key, token or nonce. errno is preserved.
 * Lines that a stranger can cause go through log_remote(), at most 10 a second each event
 * level, the number suppressed is told with the next line.
 */
void log_error(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_remote(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
