// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of what the MN keeps: key, modifier, files and their modes; its CGAs; clocks. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/in6.h"
#include "crypto/keypair.h"
#include "crypto/secret.h"
#include "harness/vectors.h"
#include "store/cga_autoconf.h"
#include "store/identity.h"
#include "mn/peer_clock.h"
#include "kernel/state_dir.h"

static unsigned int made; /* levels of state_dir, told by state_dir_open() */
static char parent[] = "/tmp/fama-identity-XXXXXX";
static char path[64];

static mode_t mode_of(int dir, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(dir, name, &st, 0), 0);
	return st.st_mode & 07777;
}

static void made_once_and_kept(void **state)
{
	struct identity first, second;
	char why[256] = "";
	int dir = state_dir_open(path, &made);

	(void)state;
	assert_true(dir >= 0);
	assert_int_equal(identity_open(dir, 1024, 1, &first, why, sizeof(why)), 0);
	assert_int_equal(mode_of(dir, "."), 0700);
	assert_int_equal(mode_of(dir, "key.pem"), 0600);
	assert_int_equal(mode_of(dir, "modifier"), 0600);
	assert_int_equal(identity_open(dir, 1024, 1, &second, why, sizeof(why)), 0);
	assert_memory_equal(first.modifier, second.modifier, sizeof(first.modifier));
	assert_memory_equal(first.key_id, second.key_id, sizeof(first.key_id));
	identity_close(&second);
	/* another Sec needs another proof of work, not another key */
	assert_int_equal(identity_open(dir, 1024, 0, &second, why, sizeof(why)), 0);
	assert_memory_not_equal(first.modifier, second.modifier, sizeof(first.modifier));
	assert_memory_equal(first.key_id, second.key_id, sizeof(first.key_id));
	identity_close(&second);
	/* a key that is there stays, whatever size is asked for */
	assert_int_equal(identity_open(dir, 2040, 0, &second, why, sizeof(why)), 0);
	assert_memory_equal(first.key_id, second.key_id, sizeof(first.key_id));
	identity_close(&second);
	identity_close(&first);
	close(dir);
}

static void m01_m02_a_cga_for_each_prefix(void **state)
{
	struct in6_addr prefix = {.s6_addr = {0x20, 1, 0xd, 0xb8, 0, 7}};
	struct in6_addr last = in6addr_any;
	struct identity identity;
	char why[256] = "";
	int dir = state_dir_open(path, &made);

	(void)state;
	assert_int_equal(identity_open(dir, 1024, 1, &identity, why, sizeof(why)), 0);
	for (uint8_t collisions = 0; collisions <= CGA_COLLISIONS_MAX; collisions++) {
		struct in6_addr address = cga_autoconf_address(&identity, &prefix, collisions);
		struct cga_params params = cga_autoconf_params(&identity, &address, collisions);
		uint8_t octets[CGA_PARAMS_MAX];
		struct writer w = writer_of(octets, sizeof(octets));

		cga_params_write(&params, &w);
		assert_int_equal(cga_verify((struct span){octets, w.len}, &address), CGA_OK);
		assert_true(in6_same_prefix64(&address, &prefix));
		assert_false(in6_equal(&address, &last));
		assert_int_equal(address.s6_addr[8] >> 5, 1); /* Sec */
		assert_int_equal(cga_autoconf_recognise(&identity, &address), collisions);
		last = address;
		last.s6_addr[15] ^= 1;
		assert_int_equal(cga_autoconf_recognise(&identity, &last), -1);
		last = address;
	}
	identity_close(&identity);
	close(dir);
}

static void a_second_agent_is_kept_out(void **state)
{
	int dir = state_dir_open(path, &made);

	(void)state;
	assert_true(dir >= 0);
	assert_int_equal(state_dir_open(path, &made), -EBUSY);
	close(dir);
	dir = state_dir_open(path, &made);
	assert_true(dir >= 0);
	close(dir);
}

static void a_file_is_whole_or_absent(void **state)
{
	int dir = state_dir_open(path, &made);
	char out[8];

	(void)state;
	assert_int_equal(state_dir_read(dir, "none", out, sizeof(out)), -ENOENT);
	assert_int_equal(state_dir_write(dir, "file", "12345678", 8), 0);
	assert_int_equal(state_dir_read(dir, "file", out, sizeof(out)), 8);
	assert_memory_equal(out, "12345678", 8);
	assert_int_equal(state_dir_write(dir, "file", "123456789", 9), 0);
	assert_int_equal(state_dir_read(dir, "file", out, sizeof(out)), -EFBIG);
	assert_int_equal(faccessat(dir, ".file.new", F_OK, 0), -1);
	assert_int_equal(state_dir_remove(dir, "file"), 0);
	assert_int_equal(state_dir_remove(dir, "file"), 0);
	close(dir);
}

static void a_broken_key_is_refused_and_left(void **state)
{
	struct identity identity;
	char why[256] = "", out[16];
	int dir = state_dir_open(path, &made);

	(void)state;
	assert_int_equal(state_dir_write(dir, "key.pem", "no key", 6), 0);
	assert_int_equal(identity_open(dir, 1024, 0, &identity, why, sizeof(why)), -EBADMSG);
	assert_non_null(strstr(why, "key.pem"));
	assert_int_equal(state_dir_read(dir, "key.pem", out, sizeof(out)), 6);
	assert_int_equal(state_dir_remove(dir, "key.pem"), 0);
	close(dir);
}

/* ---- protocol 8.9: how far a HDAR's clock is followed ---- */

#define NTP(seconds) ((uint64_t)(seconds) << 32)

struct clock_row {
	const char *name;
	uint64_t sent, theirs, now;
	bool is_proved, is_synchronised;
	bool followed;
	int64_t offset_s;
};

static const struct clock_row CLOCKS[] = {
	{"proved", NTP(0xea000000) + 5, NTP(0xea000003) + 5, NTP(0xea000000) + 5, true, true, true,
	 3},
	{"own clock unset", NTP(100) + 5, NTP(0xea000003) + 5, NTP(100) + 5, false, false, true,
	 0xea000003LL - 100},
	{"a stranger against a good clock", NTP(100), NTP(103), NTP(100), false, true, false, 0},
	{"not an answer to ours", NTP(100) + 5, NTP(103) + 6, NTP(100), true, false, false, 0},
	{"at most 7 s ahead of a good clock", NTP(100), NTP(108), NTP(100), true, true, false, 0},
	{"7 s is allowed", NTP(100), NTP(107), NTP(100), true, true, true, 7},
	{"behind is harmless", NTP(1000), NTP(100), NTP(1000), true, true, true, -900},
};

static void clocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(CLOCKS) / sizeof(CLOCKS[0]); i++) {
		const struct clock_row *row = &CLOCKS[i];
		struct peer_clock clock = {0};

		print_message("%s\n", row->name);
		assert_int_equal(peer_clock_follow(&clock, row->sent, row->theirs, row->now,
						   row->is_proved, row->is_synchronised),
				 row->followed);
		assert_true((uint64_t)clock.offset == NTP(row->offset_s)); /* modulo 2^64 */
		assert_true(peer_clock_stamp(&clock, row->now) ==
			    row->now + (uint64_t)clock.offset);
	}
}

static void timestamps_never_repeat(void **state)
{
	struct peer_clock clock = {0};
	uint64_t now = NTP(0xea000000), last = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t stamp = peer_clock_stamp(&clock, now - (uint64_t)i);

		assert_true(stamp > last);
		last = stamp;
	}
}

static int start(void **state)
{
	const char *why;

	(void)state;
	if (!mkdtemp(parent))
		return -1;
	snprintf(path, sizeof(path), "%s/var/mn1", parent);
	return crypto_start(&why);
}

static int stop(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", parent);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_once_and_kept),
		cmocka_unit_test(m01_m02_a_cga_for_each_prefix),
		cmocka_unit_test(a_second_agent_is_kept_out),
		cmocka_unit_test(a_file_is_whole_or_absent),
		cmocka_unit_test(a_broken_key_is_refused_and_left),
		cmocka_unit_test(clocks),
		cmocka_unit_test(timestamps_never_repeat),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
