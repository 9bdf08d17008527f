// SPDX-License-Identifier: BSD-2-Clause
/* Proves the mobile node's filters at clsact: put, taken over, taken away, others' left alone. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
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

static const char mn_tree[] =
	"links/d0 maps/bindings maps/layout maps/outcomes maps/prefixes maps/punt maps/traffic "
	"progs/fama_mn_egress progs/fama_mn_ingress";

static int mn_setup(void **state)
{
	int err = world_setup(state);

	if (!err)
		((struct world *)*state)->request.role = DATAPLANE_MN;
	return err;
}

static uint32_t filter_on(const char *ifname, enum bpf_tc_attach_point point)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)if_nametoindex(ifname),
		    .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = 0xfa3a, .priority = 1);

	return bpf_tc_query(&hook, &filter) ? 0 : filter.prog_id;
}

static bool has_clsact(const char *ifname)
{
	return world_run("tc qdisc show dev %s | grep -q clsact", ifname) == 0;
}

static void assert_filters_are_the_pins(void)
{
	uint32_t ingress = filter_on("d0", BPF_TC_INGRESS);
	uint32_t egress = filter_on("d0", BPF_TC_EGRESS);

	assert_int_not_equal(ingress, 0);
	assert_int_not_equal(egress, 0);
	assert_int_equal(ingress, pinned_program(ONE "/progs/fama_mn_ingress"));
	assert_int_equal(egress, pinned_program(ONE "/progs/fama_mn_egress"));
}

static void open_keep_adopt_flush(void **state)
{
	struct world *world = *state;
	uint32_t program;
	char *tree;

	world_open_ok(world);
	tree = world_tree();
	assert_string_equal(tree, mn_tree);
	free(tree);
	assert_int_equal(dataplane_attach_mode(world->dp, 0), ATTACH_MODE_TC);
	assert_filters_are_the_pins();
	program = filter_on("d0", BPF_TC_EGRESS);
	world_close(world, false);
	assert_int_equal(filter_on("d0", BPF_TC_EGRESS), program);

	world_open_ok(world);
	assert_true(world->adopted);
	assert_filters_are_the_pins();
	assert_int_not_equal(filter_on("d0", BPF_TC_EGRESS), program);
	world_close(world, true);
	assert_false(has_clsact("d0"));
	assert_int_equal(access(WORLD_PARENT, F_OK), -1);
}

static void clsact_of_others_stays(void **state)
{
	struct world *world = *state;

	assert_int_equal(world_run("tc qdisc add dev d0 clsact"), 0);
	world_open_ok(world);
	world_close(world, false);
	world_open_ok(world);
	world_close(world, true);
	assert_true(has_clsact("d0"));
	assert_int_equal(filter_on("d0", BPF_TC_EGRESS), 0);
	assert_int_equal(filter_on("d0", BPF_TC_INGRESS), 0);
}

static int foreign_classifier(void)
{
	const struct bpf_insn ok[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "foreign", "GPL", ok, 2, NULL);

	assert_true(fd >= 0);
	return fd;
}

static void filter_of_others_stays(void **state)
{
	struct world *world = *state;
	int foreign = foreign_classifier();
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)if_nametoindex("d0"),
		    .attach_point = BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = 1, .priority = 7, .prog_fd = foreign);

	world_open_ok(world);
	assert_int_equal(bpf_tc_attach(&hook, &filter), 0);
	world_close(world, true);
	assert_true(has_clsact("d0"));
	filter.prog_fd = 0;
	filter.prog_id = 0;
	assert_int_equal(bpf_tc_query(&hook, &filter), 0);
	assert_int_equal(filter_on("d0", BPF_TC_EGRESS), 0);
	assert_int_equal(filter_on("d0", BPF_TC_INGRESS), 0);
	close(foreign);
}

static void foreign_filter_in_our_place(void **state)
{
	struct world *world = *state;
	int foreign = foreign_classifier();
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)if_nametoindex("d0"),
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = 0xfa3a, .priority = 1, .prog_fd = foreign);
	static const char *const words[] = {"d0", "foreign tc filter", "egress", NULL};
	uint32_t id;

	assert_int_equal(bpf_tc_hook_create(&hook), 0);
	hook.attach_point = BPF_TC_EGRESS;
	assert_int_equal(bpf_tc_attach(&hook, &filter), 0);
	id = filter.prog_id;
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_int_equal(filter_on("d0", BPF_TC_EGRESS), id);
	assert_int_equal(filter_on("d0", BPF_TC_INGRESS), 0);
	assert_int_equal(access(WORLD_PARENT, F_OK), -1);
	close(foreign);
}

static void recreated_interface(void **state)
{
	struct world *world = *state;

	world_open_ok(world);
	world_close(world, false);
	assert_int_equal(world_run("ip link del d0 && ip link add d0 type veth peer name p0"), 0);
	world->request.settings.interface_count = 0;
	world_serve(world, "d0", ATTACH_MODE_TC);
	world_open_ok(world);
	assert_filters_are_the_pins();
	world_close(world, true);
	assert_false(has_clsact("d0"));
}

/* The second interface refuses: the first has neither filters nor qdisc, or the earlier ones. */
static void way_back(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {"d1", "link", NULL};
	uint32_t egress, ingress;

	world_serve(world, "d1", ATTACH_MODE_LINK);
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_false(has_clsact("d0"));
	assert_int_equal(access(WORLD_PARENT, F_OK), -1);

	world->request.settings.interface_count = 1;
	world_open_ok(world);
	egress = filter_on("d0", BPF_TC_EGRESS);
	ingress = filter_on("d0", BPF_TC_INGRESS);
	world_close(world, false);
	world->request.settings.interface_count = 2;
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_int_equal(filter_on("d0", BPF_TC_EGRESS), egress);
	assert_int_equal(filter_on("d0", BPF_TC_INGRESS), ingress);
	assert_filters_are_the_pins();
}

static void interface_no_longer_configured(void **state)
{
	struct world *world = *state;

	world_serve(world, "d1", ATTACH_MODE_AUTO);
	world_open_ok(world);
	assert_int_not_equal(filter_on("d1", BPF_TC_EGRESS), 0);
	world_close(world, false);
	world->request.settings.interface_count = 1;
	world_open_ok(world);
	assert_false(has_clsact("d1"));
	assert_filters_are_the_pins();
}

int main(void)
{
#define MN_TEST(f) cmocka_unit_test_setup_teardown(f, mn_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		MN_TEST(open_keep_adopt_flush),
		MN_TEST(clsact_of_others_stays),
		MN_TEST(filter_of_others_stays),
		MN_TEST(foreign_filter_in_our_place),
		MN_TEST(recreated_interface),
		MN_TEST(way_back),
		MN_TEST(interface_no_longer_configured),
	};

	if (!world_enter())
		return 77;
	return cmocka_run_group_tests_name("attach_tc", tests, NULL, NULL);
}
