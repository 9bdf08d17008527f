// SPDX-License-Identifier: BSD-2-Clause
/* Proves how programs come onto interfaces: each mode, foreign programs, interfaces that change. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/dataplane_world.h"

#define ONE WORLD_PARENT "/one"

static bool there(const char *path)
{
	return world_run("test -e %s -o -L %s", path, path) == 0;
}

static void ask(struct world *world, const char *ifname, enum attach_mode asked)
{
	world->request.settings.interface_count = 0;
	world_serve(world, ifname, asked);
}

static void foreign_program_is_left_alone(void **state)
{
	struct world *world = *state;
	int foreign = foreign_program();
	uint32_t id;
	char text[32];
	const char *words[] = {"d0", text, "\"foreign\"", NULL};

	assert_int_equal(bpf_xdp_attach((int)if_nametoindex("d0"), foreign, 0, NULL), 0);
	id = xdp_on("d0", NULL);
	snprintf(text, sizeof(text), "XDP program %u ", id);
	for (int mode = ATTACH_MODE_AUTO; mode <= ATTACH_MODE_GENERIC; mode++) {
		if (mode == ATTACH_MODE_DISPATCHER)
			continue; /* its own test */
		ask(world, "d0", (enum attach_mode)mode);
		world_expect_refusal(world, EX_UNAVAILABLE, words);
		assert_int_equal(xdp_on("d0", NULL), id);
		assert_false(there(WORLD_PARENT));
	}
	close(foreign);
}

static void foreign_link_is_left_alone(void **state)
{
	struct world *world = *state;
	LIBBPF_OPTS(bpf_link_create_opts, create, .flags = XDP_FLAGS_SKB_MODE);
	int foreign = foreign_program();
	int link = bpf_link_create(foreign, (int)if_nametoindex("d0"), BPF_XDP, &create);
	static const char *const words[] = {"d0", "\"foreign\"", NULL};
	uint32_t id = xdp_on("d0", NULL);

	assert_true(link >= 0);
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_int_equal(xdp_on("d0", NULL), id);
	close(link);
	close(foreign);
}

static void first_interface_is_let_go_when_the_second_refuses(void **state)
{
	struct world *world = *state;
	int foreign = foreign_program();
	static const char *const words[] = {"d1", "\"foreign\"", NULL};

	assert_int_equal(bpf_xdp_attach((int)if_nametoindex("d1"), foreign, 0, NULL), 0);
	world_serve(world, "d1", ATTACH_MODE_AUTO);
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_int_equal(xdp_on("d0", NULL), 0);
	assert_false(there(WORLD_PARENT));
	close(foreign);
}

/* F11: the lock file is the first line, this the second. */
static void second_agent(void **state)
{
	struct world *world = *state;
	struct world second = {.request = world->request};
	static const char *const words[] = {"d0", "fama_dar", NULL};
	uint32_t id;

	world_open_ok(world);
	id = xdp_on("d0", NULL);
	second.request.bpffs = WORLD_PARENT "/two";
	world_expect_refusal(&second, EX_UNAVAILABLE, words);
	assert_int_equal(xdp_on("d0", NULL), id);
	assert_false(there(WORLD_PARENT "/two"));
	assert_true(there(ONE "/links/d0"));
}

static void recreated_interface(void **state)
{
	struct world *world = *state;

	world_open_ok(world);
	world_close(world, false);
	assert_int_equal(world_run("ip link del d0 && ip link add d0 type veth peer name p0"), 0);
	assert_int_equal(xdp_on("d0", NULL), 0);
	ask(world, "d0", ATTACH_MODE_AUTO);
	world_open_ok(world);
	assert_int_equal(xdp_on("d0", NULL), pinned_program(ONE "/progs/fama_dar"));
	world_close(world, true);
	assert_false(there(WORLD_PARENT));
}

/* The name moved to another interface while nobody looked. */
static void swapped_names(void **state)
{
	struct world *world = *state;

	world_open_ok(world);
	world_close(world, false);
	assert_int_equal(world_run("for i in d0 d1; do ip link set $i down; done; "
				   "ip link set d0 name x && ip link set d1 name d0 && "
				   "ip link set x name d1"),
			 0);
	ask(world, "d0", ATTACH_MODE_AUTO);
	world_open_ok(world);
	assert_int_equal(xdp_on("d0", NULL), pinned_program(ONE "/progs/fama_dar"));
	for (int tries = 0; tries < 100 && xdp_on("d1", NULL); tries++)
		usleep(10000); /* the kernel frees a link with its last reference, some time later
				*/
	assert_int_equal(xdp_on("d1", NULL), 0);
}

static void interface_no_longer_configured(void **state)
{
	struct world *world = *state;

	world_serve(world, "d1", ATTACH_MODE_GENERIC);
	world_open_ok(world);
	assert_int_equal(xdp_on("d1", NULL), pinned_program(ONE "/progs/fama_dar"));
	world_close(world, false);
	world->request.settings.interface_count = 1;
	world_open_ok(world);
	assert_int_equal(xdp_on("d1", NULL), 0);
	assert_false(there(ONE "/links/d1"));
	assert_true(there(ONE "/links/d0"));
}

static void name_with_a_dot(void **state)
{
	struct world *world = *state;

	assert_int_equal(world_run("ip link set d0 down && ip link set d0 name d0.5"), 0);
	world_open_ok(world);
	assert_true(there(ONE "/links/d0:5"));
	world_close(world, false);
	world_open_ok(world);
	assert_true(there(ONE "/links/d0:5"));
	assert_int_equal(xdp_on("d0.5", NULL), pinned_program(ONE "/progs/fama_dar"));
	world_close(world, true);
	assert_false(there(WORLD_PARENT));
}

struct step {
	enum attach_mode asked, in_force;
	bool generic;
};

/* auto keeps what it finds; a mode named is the mode had. */
static void modes_in_turn(void **state)
{
	static const struct step steps[] = {
		{ATTACH_MODE_GENERIC, ATTACH_MODE_GENERIC, true},
		{ATTACH_MODE_AUTO, ATTACH_MODE_GENERIC, true},
		{ATTACH_MODE_LINK, ATTACH_MODE_LINK, false},
		{ATTACH_MODE_AUTO, ATTACH_MODE_LINK, false},
		{ATTACH_MODE_GENERIC, ATTACH_MODE_GENERIC, true},
	};
	struct world *world = *state;
	bool generic;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		ask(world, "d0", steps[i].asked);
		world_open_ok(world);
		assert_int_equal(dataplane_attach_mode(world->dp, 0), steps[i].in_force);
		assert_int_equal(xdp_on("d0", &generic), pinned_program(ONE "/progs/fama_dar"));
		assert_int_equal(generic, steps[i].generic);
		world_close(world, false);
	}
}

static void auto_falls_to_generic(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {"lo", "mode link", NULL};
	bool generic;

	ask(world, "lo", ATTACH_MODE_LINK); /* lo has no native XDP */
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_int_equal(xdp_on("lo", NULL), 0);
	ask(world, "lo", ATTACH_MODE_AUTO);
	world_open_ok(world);
	assert_int_equal(dataplane_attach_mode(world->dp, 0), ATTACH_MODE_GENERIC);
	assert_int_not_equal(xdp_on("lo", &generic), 0);
	assert_true(generic);
	world_close(world, true);
}

/* A mode change that fails: the earlier link in its earlier mode is back. */
static void mode_change_refused(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {"lo", "mode link", NULL};
	uint32_t id;

	ask(world, "lo", ATTACH_MODE_GENERIC);
	world_open_ok(world);
	id = xdp_on("lo", NULL);
	world_close(world, false);
	ask(world, "lo", ATTACH_MODE_LINK);
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_int_equal(xdp_on("lo", NULL), id);
	assert_true(there(ONE "/links/lo"));
	ask(world, "lo", ATTACH_MODE_AUTO);
	world_open_ok(world);
	assert_true(world->adopted);
	world_close(world, true);
}

/* F13: a dispatcher or a refusal, never something else in silence. */
static void dispatcher(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {"d0", "EXT", "choose link", NULL};

	ask(world, "d0", ATTACH_MODE_DISPATCHER);
	if (libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_EXT, NULL) != 1) {
		world_expect_refusal(world, EX_UNAVAILABLE, words);
		assert_int_equal(xdp_on("d0", NULL), 0);
		assert_false(there(WORLD_PARENT));
		return;
	}
	world_open_ok(world);
	assert_int_equal(dataplane_attach_mode(world->dp, 0), ATTACH_MODE_DISPATCHER);
	assert_true(there(ONE "/progs/fama_dar@d0"));
	assert_int_not_equal(xdp_on("d0", NULL), 0);
	world_close(world, false);
	/* A restart leaves one member, not two. */
	ask(world, "d0", ATTACH_MODE_AUTO);
	world_open_ok(world);
	assert_int_equal(dataplane_attach_mode(world->dp, 0), ATTACH_MODE_DISPATCHER);
	assert_int_equal(
		world_run("test $(ls -d /sys/fs/bpf/xdp/dispatch-*/prog*-prog | wc -l) = 1"), 0);
	world_close(world, true);
	assert_int_equal(xdp_on("d0", NULL), 0);
	assert_false(there(WORLD_PARENT));
}

static void modes_of_the_other_role(void **state)
{
	struct world *world = *state;
	static const char *const tc_words[] = {"d0", "tc is not built yet", "generic", NULL};
	static const char *const mn_words[] = {"d0", "link", "role mn", "tc", NULL};

	ask(world, "d0", ATTACH_MODE_TC);
	world_expect_refusal(world, EX_UNAVAILABLE, tc_words);
	world->request.role = DATAPLANE_MN;
	ask(world, "d0", ATTACH_MODE_LINK);
	world_expect_refusal(world, EX_UNAVAILABLE, mn_words);
	assert_false(there(WORLD_PARENT));
}

static void assert_mode_names(void **state)
{
	(void)state;
	assert_string_equal(attach_mode_name(ATTACH_MODE_AUTO), "auto");
	assert_string_equal(attach_mode_name(ATTACH_MODE_DISPATCHER), "dispatcher");
	assert_string_equal(attach_mode_name(ATTACH_MODE_LINK), "link");
	assert_string_equal(attach_mode_name(ATTACH_MODE_GENERIC), "generic");
	assert_string_equal(attach_mode_name(ATTACH_MODE_TC), "tc");
}

int main(void)
{
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		WORLD_TEST(foreign_program_is_left_alone),
		WORLD_TEST(foreign_link_is_left_alone),
		WORLD_TEST(first_interface_is_let_go_when_the_second_refuses),
		WORLD_TEST(second_agent),
		WORLD_TEST(recreated_interface),
		WORLD_TEST(swapped_names),
		WORLD_TEST(interface_no_longer_configured),
		WORLD_TEST(name_with_a_dot),
		WORLD_TEST(modes_in_turn),
		WORLD_TEST(auto_falls_to_generic),
		WORLD_TEST(mode_change_refused),
		WORLD_TEST(dispatcher),
		WORLD_TEST(modes_of_the_other_role),
		cmocka_unit_test(assert_mode_names),
	};

	if (!world_enter())
		return 77;
	return cmocka_run_group_tests_name("attach", tests, NULL, NULL);
}
