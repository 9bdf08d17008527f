// SPDX-License-Identifier: BSD-2-Clause
/* Proves what stays in the kernel over an agent's life: pins, adoption, flush, refusals. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/dataplane_world.h"

#define ONE WORLD_PARENT "/one"

static const char dar_tree[] =
	"links/d0 maps/bindings maps/credit maps/layout maps/outcomes maps/prefixes maps/punt "
	"maps/seen maps/traffic progs/fama_dar progs/fama_dar_local";

static void assert_tree(const char *expected)
{
	char *tree = world_tree();

	assert_string_equal(tree, expected);
	free(tree);
}

static void assert_nothing_left(void)
{
	assert_int_equal(access(WORLD_PARENT, F_OK), -1);
	assert_int_equal(xdp_on("d0", NULL), 0);
}

static struct in6_addr hoa(uint8_t last)
{
	return (struct in6_addr){.s6_addr = {0x20, 0x01, 0x0d, 0xb8, [15] = last}};
}

static struct binding binding(uint8_t last)
{
	return (struct binding){
		.coa = {0x20, 0x01, [14] = 0xc0, [15] = last},
		.dar = {0x20, 0x01, [14] = 0xda, [15] = last},
		.prev_coa = {0xfd, [15] = last},
		.expires_boot_ns = 0x0102030405060708ULL + last,
		.last_timestamp = 0x1112131415161718ULL + last,
		.lifetime_s = 86400,
		.sequence = (__u16)(0xfff0 + last),
		.path_mtu = 1460,
		.state = BINDING_VERIFIED,
		.auth = BINDING_AUTH_PHKT,
		.key_id = {1, 2, 3, 4, 5, 6, 7, last},
	};
}

static void open_pins_and_attaches(void **state)
{
	struct world *world = *state;
	struct stat st;
	bool generic;

	world_open_ok(world);
	assert_false(world->adopted);
	assert_tree(dar_tree);
	assert_int_not_equal(xdp_on("d0", &generic), 0);
	assert_false(generic);
	assert_int_equal(xdp_on("d0", NULL), pinned_program(ONE "/progs/fama_dar"));
	assert_int_equal(dataplane_attach_mode(world->dp, 0), ATTACH_MODE_LINK);
	assert_true(dataplane_local_fd(world->dp) >= 0);
	assert_int_equal(stat(ONE, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
}

/* F1: what a killed agent leaves works on, and the next one finds it as it was. */
static void keep_and_adopt(void **state)
{
	struct world *world = *state;
	struct layout before, after;
	struct in6_addr key = hoa(1);
	struct binding value = binding(1);
	uint32_t program, adopted_program;
	int rows = bpf_obj_get("/nowhere");
	struct binding row;

	assert_true(rows < 0);
	world_open_ok(world);
	assert_int_equal(dataplane_binding_put(world->dp, &key, &value), 0);
	assert_int_equal(dataplane_heartbeat(world->dp, 0xe1e2e3e4e5e6e7e8ULL), 0);
	assert_int_equal(dataplane_layout_get(world->dp, &before), 0);
	assert_int_equal(before.version, FAMA_LAYOUT_VERSION);
	program = xdp_on("d0", NULL);
	world_close(world, false);

	assert_tree(dar_tree);
	assert_int_equal(xdp_on("d0", NULL), program);

	world_open_ok(world);
	assert_true(world->adopted);
	assert_tree(dar_tree);
	assert_int_equal(dataplane_layout_get(world->dp, &after), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	adopted_program = xdp_on("d0", NULL);
	assert_int_not_equal(adopted_program, program);
	assert_int_equal(adopted_program, pinned_program(ONE "/progs/fama_dar"));
	rows = bpf_obj_get(ONE "/maps/bindings");
	assert_int_equal(bpf_map_lookup_elem(rows, &key, &row), 0);
	assert_memory_equal(&row, &value, sizeof(row));
	close(rows);
}

static void in_place(void **state)
{
	struct world *world = *state;
	struct bpf_link_info before = {0}, after = {0};
	__u32 len = sizeof(before);
	int link;

	world_open_ok(world);
	link = bpf_obj_get(ONE "/links/d0");
	assert_int_equal(bpf_obj_get_info_by_fd(link, &before, &len), 0);
	close(link);
	world_close(world, false);
	world_open_ok(world);
	link = bpf_obj_get(ONE "/links/d0");
	assert_int_equal(bpf_obj_get_info_by_fd(link, &after, &len), 0);
	close(link);
	assert_int_equal(before.id, after.id);
	assert_int_not_equal(before.prog_id, after.prog_id);
}

static void flush_leaves_nothing(void **state)
{
	struct world *world = *state;

	world_open_ok(world);
	world_close(world, true);
	assert_nothing_left();
}

/* Also when the agent that flushes is not the one that made the directories. */
static void flush_after_adoption(void **state)
{
	struct world *world = *state;

	world_open_ok(world);
	world_close(world, false);
	world_open_ok(world);
	world_close(world, true);
	assert_nothing_left();
}

static void flush_keeps_what_others_made(void **state)
{
	struct world *world = *state;

	assert_int_equal(mkdir(WORLD_PARENT, 0755), 0);
	world_open_ok(world);
	world_close(world, true);
	assert_int_equal(access(ONE, F_OK), -1);
	assert_int_equal(access(WORLD_PARENT, F_OK), 0);
}

/* The parent belongs to whichever of two agents goes last. */
static void flush_of_two_agents(void **state)
{
	struct world *world = *state;
	struct world other = {.request = world->request};

	other.request.bpffs = WORLD_PARENT "/two/deep/";
	other.request.settings.interfaces[0].ifindex = if_nametoindex("d1");
	world_open_ok(world);
	world_open_ok(&other);
	world_close(world, true);
	assert_int_equal(access(ONE, F_OK), -1);
	assert_int_equal(access(WORLD_PARENT "/two/deep/links/d1", F_OK), 0);
	world_close(&other, true);
	assert_nothing_left();
}

/* F11: the second agent leaves the first alone */
static void one_agent_a_directory(void **state)
{
	struct world *world = *state;
	struct world other = {.request = world->request};
	static const char *const words[] = {"is in use by another famad", NULL};

	world_open_ok(world);
	world_expect_refusal(&other, EX_UNAVAILABLE, words);
	assert_int_equal(access(ONE, F_OK), 0);
	world_close(world, true);
	assert_nothing_left();
}

static void no_bpffs(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {"/tmp/fama-unit/x is not on a BPF file system",
					    "mount -t bpf bpf /sys/fs/bpf", NULL};

	world->request.bpffs = "/tmp/fama-unit/x";
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_int_equal(access("/tmp/fama-unit", F_OK), -1);
}

static void no_privilege(void **state)
{
	struct world *world = *state;
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (setgid(65534) || setuid(65534) || world_open(world))
			_exit(1);
		_exit(strstr(world->why, "CAP_BPF and CAP_NET_ADMIN") ? world->code : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), EX_NOPERM);
	assert_nothing_left();
}

static void another_layout_version(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {ONE " holds layout 99", "remove " ONE, NULL};
	struct layout layout = {.version = 99};
	uint32_t program;
	int map, key = 0;

	world_open_ok(world);
	program = xdp_on("d0", NULL);
	world_close(world, false);
	map = bpf_obj_get(ONE "/maps/layout");
	assert_int_equal(bpf_map_update_elem(map, &key, &layout, BPF_ANY), 0);
	close(map);
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_tree(dar_tree);
	assert_int_equal(xdp_on("d0", NULL), program);
}

/* What the release before left: other maps, one outcome less. Nothing of it is touched. */
static void the_layout_before(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {ONE " holds layout 1", "speaks 2", "stop: flush",
					    "remove " ONE, NULL};
	struct layout layout = {.version = 1};
	uint32_t program;
	int map, key = 0;

	world_open_ok(world);
	program = xdp_on("d0", NULL);
	world_close(world, false);
	map = bpf_obj_get(ONE "/maps/layout");
	assert_int_equal(bpf_map_update_elem(map, &key, &layout, BPF_ANY), 0);
	close(map);
	assert_int_equal(unlink(ONE "/maps/credit") | unlink(ONE "/maps/seen"), 0);
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_int_equal(access(ONE "/maps/credit", F_OK), -1);
	assert_int_equal(xdp_on("d0", NULL), program);
}

static void another_row_size(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {ONE "/maps/bindings is of another layout", NULL};
	int map;

	world_open_ok(world);
	world_close(world, false);
	assert_int_equal(unlink(ONE "/maps/bindings"), 0);
	map = bpf_map_create(BPF_MAP_TYPE_HASH, "bindings", 16, 80, 64, NULL);
	assert_int_equal(bpf_obj_pin(map, ONE "/maps/bindings"), 0);
	close(map);
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_tree(dar_tree);
}

static int collect(const struct in6_addr *key, const struct binding *value, void *arg)
{
	struct binding expected = binding(key->s6_addr[15]);
	unsigned int *seen = arg;

	assert_memory_equal(value, &expected, sizeof(expected));
	*seen |= 1u << key->s6_addr[15];
	return 0;
}

static void assert_rows(struct dataplane *dp, unsigned int expected)
{
	unsigned int seen = 0;

	assert_int_equal(dataplane_binding_each(dp, collect, &seen), 0);
	assert_int_equal(seen, expected);
}

static void more_room(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {"do not fit into 4", "binding.max", NULL};
	uint32_t program;

	world_open_ok(world);
	for (uint8_t i = 0; i < 8; i++) {
		struct in6_addr key = hoa(i);
		struct binding value = binding(i);

		assert_int_equal(dataplane_binding_put(world->dp, &key, &value), 0);
	}
	world_close(world, false);

	world->request.binding_max = 1000;
	world_open_ok(world);
	assert_true(world->adopted);
	assert_rows(world->dp, 0xff);
	program = xdp_on("d0", NULL);
	world_close(world, false);

	world->request.binding_max = 4;
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_tree(dar_tree);
	assert_int_equal(xdp_on("d0", NULL), program);

	world->request.binding_max = 8;
	world_open_ok(world);
	assert_rows(world->dp, 0xff);
}

/* A later step fails: the earlier agent's programs, maps and rows are as they were. */
static void way_back(void **state)
{
	struct world *world = *state;
	static const char *const words[] = {"d1", "\"foreign\"", NULL};
	int foreign = foreign_program();
	struct in6_addr key = hoa(3);
	struct binding value = binding(3);
	uint32_t program;

	world_open_ok(world);
	assert_int_equal(dataplane_binding_put(world->dp, &key, &value), 0);
	world_close(world, false);
	program = xdp_on("d0", NULL);

	assert_int_equal(bpf_xdp_attach((int)if_nametoindex("d1"), foreign, 0, NULL), 0);
	world_serve(world, "d1", ATTACH_MODE_AUTO);
	world->request.binding_max = 1000;
	world_expect_refusal(world, EX_UNAVAILABLE, words);
	assert_tree(dar_tree);
	assert_int_equal(xdp_on("d0", NULL), program);
	assert_int_equal(program, pinned_program(ONE "/progs/fama_dar"));

	world->request.settings.interface_count = 1;
	world->request.binding_max = 64;
	world_open_ok(world);
	assert_rows(world->dp, 1u << 3);
	close(foreign);
}

int main(void)
{
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		WORLD_TEST(open_pins_and_attaches),
		WORLD_TEST(keep_and_adopt),
		WORLD_TEST(in_place),
		WORLD_TEST(flush_leaves_nothing),
		WORLD_TEST(flush_after_adoption),
		WORLD_TEST(flush_keeps_what_others_made),
		WORLD_TEST(flush_of_two_agents),
		WORLD_TEST(one_agent_a_directory),
		WORLD_TEST(no_bpffs),
		WORLD_TEST(no_privilege),
		WORLD_TEST(another_layout_version),
		WORLD_TEST(the_layout_before),
		WORLD_TEST(another_row_size),
		WORLD_TEST(more_room),
		WORLD_TEST(way_back),
	};

	if (!world_enter())
		return 77;
	return cmocka_run_group_tests_name("dataplane", tests, NULL, NULL);
}
