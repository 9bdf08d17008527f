// SPDX-License-Identifier: BSD-2-Clause
/* Owns the shape of a log line and how many of them strangers may cause. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ratelimit.h"

enum {
	FIELDS_MAX_OCTETS = 1024,
	LINE_MAX_OCTETS = 8192, /* room for the fields however JSON has to quote them */
	REMOTE_PER_SECOND = 10,
	REMOTE_EVENTS = 64, /* events told apart; further ones share the last bucket */
};

static enum log_level log_level = LOG_LEVEL_INFO;
static enum log_format log_format = LOG_FORMAT_LOGFMT;

void log_configure(enum log_level level, enum log_format format)
{
	log_level = level;
	log_format = format;
}

/* ---- one line, built up ---- */

struct line {
	char text[LINE_MAX_OCTETS];
	size_t len;
};

/* One octet stays free for the newline: what does not fit is left out. */
static void line_add(struct line *line, const char *text, size_t len)
{
	size_t room = sizeof(line->text) - 1 - line->len;

	if (len > room)
		len = room;
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

static void line_add_text(struct line *line, const char *text)
{
	line_add(line, text, strlen(text));
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error";
	case LOG_LEVEL_WARN:
		return "warn";
	case LOG_LEVEL_INFO:
		return "info";
	case LOG_LEVEL_DEBUG:
		return "debug";
	}
	return "error";
}

/* Priorities of syslog(3), as sd-daemon(3) reads them from stderr. */
static const char *level_prefix(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "<3>";
	case LOG_LEVEL_WARN:
		return "<4>";
	case LOG_LEVEL_INFO:
		return "<6>";
	case LOG_LEVEL_DEBUG:
		return "<7>";
	}
	return "<3>";
}

/* systemd names in JOURNAL_STREAM the device and inode of the stream it gave us. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long device, inode;
	struct stat st;

	if (!stream || sscanf(stream, "%lu:%lu", &device, &inode) != 2)
		return false;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

/* A value must not be able to begin a line of its own or to steer a terminal. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* ---- JSON from "key=value key="two words"" ---- */

static void json_add_string(struct line *line, const char *text, size_t len)
{
	line_add_text(line, "\"");
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\')
			line_add_text(line, "\\");
		line_add(line, &text[i], 1);
	}
	line_add_text(line, "\"");
}

/* Length of the value at `text`; a quoted one ends at the quote before a space or the end. */
static size_t value_length(const char *text)
{
	size_t len = 1;

	if (*text != '"')
		return strcspn(text, " ");
	while (text[len] && !(text[len] == '"' && (text[len + 1] == ' ' || !text[len + 1])))
		len++;
	return text[len] ? len + 1 : len;
}

static void json_add_fields(struct line *line, const char *fields)
{
	while (*(fields += strspn(fields, " "))) {
		size_t key = strcspn(fields, "= "), value;

		line_add_text(line, ",");
		json_add_string(line, fields, key);
		line_add_text(line, ":");
		fields += key + (fields[key] == '=');
		value = value_length(fields);
		if (value >= 2 && fields[0] == '"' && fields[value - 1] == '"')
			json_add_string(line, fields + 1, value - 2);
		else
			json_add_string(line, fields, value);
		fields += value;
	}
}

static void write_line(enum log_level level, const char *event, const char *fields)
{
	struct line line = {.len = 0};
	const char *at = line.text;

	if (stderr_is_journal())
		line_add_text(&line, level_prefix(level));
	if (log_format == LOG_FORMAT_JSON) {
		line_add_text(&line, "{\"level\":");
		json_add_string(&line, level_name(level), strlen(level_name(level)));
		line_add_text(&line, ",\"event\":");
		json_add_string(&line, event, strlen(event));
		json_add_fields(&line, fields);
		line_add_text(&line, "}");
	} else {
		line_add_text(&line, "level=");
		line_add_text(&line, level_name(level));
		line_add_text(&line, " event=");
		line_add_text(&line, event);
		if (*fields)
			line_add_text(&line, " ");
		line_add_text(&line, fields);
	}
	line.text[line.len++] = '\n';

	while (line.len) { /* a log that cannot be written has nowhere to be told */
		ssize_t done = write(STDERR_FILENO, at, line.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			break;
		at += done;
		line.len -= (size_t)done;
	}
}

__attribute__((format(printf, 3, 0))) static void log_va(enum log_level level, const char *event,
							 const char *format, va_list args)
{
	char fields[FIELDS_MAX_OCTETS];
	int saved_errno = errno;

	if (level > log_level)
		return;
	vsnprintf(fields, sizeof(fields), format, args);
	make_printable(fields);
	write_line(level, event, fields);
	errno = saved_errno;
}

void log_error(const char *event, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(LOG_LEVEL_ERROR, event, format, args);
	va_end(args);
}

void log_warn(const char *event, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(LOG_LEVEL_WARN, event, format, args);
	va_end(args);
}

void log_info(const char *event, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(LOG_LEVEL_INFO, event, format, args);
	va_end(args);
}

void log_debug(const char *event, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(LOG_LEVEL_DEBUG, event, format, args);
	va_end(args);
}

/* ---- lines that strangers cause ---- */

struct log_bucket {
	const char *event; /* a literal of the caller's */
	struct ratelimit limit;
	unsigned long suppressed;
};

static struct log_bucket *bucket_find(const char *event, uint64_t now_ns)
{
	static struct log_bucket buckets[REMOTE_EVENTS];
	unsigned int i = 0;

	while (i < REMOTE_EVENTS - 1 && buckets[i].event && strcmp(buckets[i].event, event) != 0)
		i++;
	if (!buckets[i].event) {
		buckets[i].event = event;
		ratelimit_init(&buckets[i].limit, REMOTE_PER_SECOND, REMOTE_PER_SECOND, now_ns);
	}
	return &buckets[i];
}

bool log_bucket_take(struct log_bucket **bucket, const char *event)
{
	uint64_t now_ns;

	if (log_level < LOG_LEVEL_INFO)
		return false;
	now_ns = clock_boot_ns();
	if (!*bucket)
		*bucket = bucket_find(event, now_ns);
	if (ratelimit_take(&(*bucket)->limit, now_ns))
		return true;
	(*bucket)->suppressed++;
	return false;
}

void log_bucket_write(struct log_bucket *bucket, const char *format, ...)
{
	char fields[FIELDS_MAX_OCTETS];
	va_list args;

	va_start(args, format);
	vsnprintf(fields, sizeof(fields), format, args);
	va_end(args);
	if (bucket->suppressed)
		log_info(bucket->event, "%s%ssuppressed=%lu", fields, *fields ? " " : "",
			 bucket->suppressed);
	else
		log_info(bucket->event, "%s", fields);
	bucket->suppressed = 0;
}
