// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of base/log: the line's shape in both formats, levels, strangers' rate. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

static FILE *capture;
static int saved_stderr;
static char said[65536];

static void capture_start(void)
{
	capture = tmpfile();
	assert_non_null(capture);
	saved_stderr = dup(STDERR_FILENO);
	dup2(fileno(capture), STDERR_FILENO);
}

static const char *capture_end(void)
{
	size_t len;

	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	rewind(capture);
	len = fread(said, 1, sizeof(said) - 1, capture);
	said[len] = '\0';
	fclose(capture);
	return said;
}

static const struct {
	enum log_format format;
	const char *fields, *line;
} rows[] = {
	{LOG_FORMAT_LOGFMT, "hoa=2001:db8::1 seq=7", "level=info event=e hoa=2001:db8::1 seq=7\n"},
	{LOG_FORMAT_LOGFMT, "", "level=info event=e\n"},
	{LOG_FORMAT_LOGFMT, "why=\"two words\"", "level=info event=e why=\"two words\"\n"},
	{LOG_FORMAT_LOGFMT, "why=a\nevent=x\x1b[2J\xff", "level=info event=e why=a?event=x?[2J?\n"},
	{LOG_FORMAT_JSON, "hoa=2001:db8::1 seq=7",
	 "{\"level\":\"info\",\"event\":\"e\",\"hoa\":\"2001:db8::1\",\"seq\":\"7\"}\n"},
	{LOG_FORMAT_JSON, "", "{\"level\":\"info\",\"event\":\"e\"}\n"},
	{LOG_FORMAT_JSON, "why=\"two words\" n=1",
	 "{\"level\":\"info\",\"event\":\"e\",\"why\":\"two words\",\"n\":\"1\"}\n"},
	{LOG_FORMAT_JSON, "why=\"say \"a\\b\".\" n=1",
	 "{\"level\":\"info\",\"event\":\"e\",\"why\":\"say \\\"a\\\\b\\\".\",\"n\":\"1\"}\n"},
	{LOG_FORMAT_JSON, "why=\"\" empty= bare",
	 "{\"level\":\"info\",\"event\":\"e\",\"why\":\"\",\"empty\":\"\",\"bare\":\"\"}\n"},
	{LOG_FORMAT_JSON, "open=\"a b",
	 "{\"level\":\"info\",\"event\":\"e\",\"open\":\"\\\"a b\"}\n"},
	{LOG_FORMAT_JSON, "eq=a=b", "{\"level\":\"info\",\"event\":\"e\",\"eq\":\"a=b\"}\n"},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		log_configure(LOG_LEVEL_INFO, rows[i].format);
		capture_start();
		log_info("e", "%s", rows[i].fields);
		assert_string_equal(capture_end(), rows[i].line);
	}
}

static void test_levels(void **state)
{
	(void)state;
	log_configure(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT);
	capture_start();
	log_error("e", "n=%d", 1);
	log_warn("e", "n=%d", 2);
	log_info("e", "n=%d", 3);
	log_debug("e", "n=%d", 4);
	log_remote("quiet", "n=%d", 5);
	assert_string_equal(capture_end(), "level=error event=e n=1\nlevel=warn event=e n=2\n");

	log_configure(LOG_LEVEL_DEBUG, LOG_FORMAT_LOGFMT);
	capture_start();
	log_debug("e", "n=%d", 6);
	assert_string_equal(capture_end(), "level=debug event=e n=6\n");
}

static void test_errno(void **state)
{
	int full = open("/dev/full", O_WRONLY), saved = dup(STDERR_FILENO);

	(void)state;
	log_configure(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
	dup2(full, STDERR_FILENO); /* write() sets errno */
	errno = EXDEV;
	log_info("e", "n=1");
	assert_int_equal(errno, EXDEV);
	log_remote("errno", "n=1");
	assert_int_equal(errno, EXDEV);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(full);
}

/* Too much is cut, but a line stays a line and JSON stays whole. */
static void test_long_line(void **state)
{
	char fields[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(fields); i++)
		fields[i] = i % 2 ? ' ' : '"';
	fields[sizeof(fields) - 1] = '\0';
	log_configure(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
	capture_start();
	log_info("e", "%s", fields);
	capture_end();
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	assert_string_equal(said + strlen(said) - 3, "\"}\n");
}

static void test_journal_prefix(void **state)
{
	struct stat st;
	char stream[64];

	(void)state;
	log_configure(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	capture_start();
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%lu:%lu", (unsigned long)st.st_dev,
		 (unsigned long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_error("e", "n=1");
	log_info("e", "n=2");
	setenv("JOURNAL_STREAM", "1:1", 1); /* inherited, but stderr goes elsewhere */
	log_info("e", "n=3");
	unsetenv("JOURNAL_STREAM");
	assert_string_equal(capture_end(), "<3>level=error event=e n=1\n<6>level=info event=e n=2\n"
					   "level=info event=e n=3\n");
}

static unsigned int lines_of(const char *event)
{
	unsigned int count = 0;

	for (const char *at = said; (at = strstr(at, event)); at++)
		count++;
	return count;
}

/* Ten a second each event; the next line that passes says how many did not. */
static void test_remote_rate(void **state)
{
	unsigned int tries = 0;

	(void)state;
	log_configure(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	capture_start();
	for (int i = 0; i < 100; i++)
		log_remote("flood", "n=%d", i);
	log_remote("other", "n=%d", 1);
	capture_end();
	assert_in_range(lines_of("event=flood"), 10, 12);
	assert_int_equal(lines_of("event=other n=1\n"), 1);

	do { /* a token comes within 100 ms */
		capture_start();
		log_remote("flood", "n=%d", 100);
		capture_end();
	} while (!*said && ++tries < 1000000);
	assert_non_null(strstr(said, "level=info event=flood n=100 suppressed="));
	assert_true(atoi(strstr(said, "suppressed=") + strlen("suppressed=")) >= 88);
}

static unsigned int evaluated;

static int evaluate(void)
{
	return (int)++evaluated;
}

/* What a line would say is worked out for lines that are written, and for no others. */
static void test_remote_is_cheap(void **state)
{
	(void)state;
	evaluated = 0;
	log_configure(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	capture_start();
	for (int i = 0; i < 1000; i++)
		log_remote("cheap", "n=%d", evaluate());
	capture_end();
	assert_in_range(evaluated, 10, 12);
	assert_int_equal(lines_of("event=cheap"), evaluated);
}

/* Two places that say the same share the ten. */
static void test_remote_places(void **state)
{
	(void)state;
	log_configure(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	capture_start();
	for (int i = 0; i < 100; i++)
		log_remote("places", "n=%d", 1);
	for (int i = 0; i < 100; i++)
		log_remote("places", "n=%d", 2);
	capture_end();
	assert_in_range(lines_of("event=places"), 10, 12);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),           cmocka_unit_test(test_levels),
		cmocka_unit_test(test_errno),           cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_journal_prefix),  cmocka_unit_test(test_remote_rate),
		cmocka_unit_test(test_remote_is_cheap), cmocka_unit_test(test_remote_places),
	};

	unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
