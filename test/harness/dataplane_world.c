// SPDX-License-Identifier: BSD-2-Clause
/* Owns the world of the data plane tests: an own netns and bpffs, two veth pairs, one directory. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/dataplane_world.h"

int world_run(const char *format, ...)
{
	char command[1024];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

char *world_said(const char *format, ...)
{
	char command[1024];
	size_t len, size = 1 << 16;
	char *text = calloc(1, size);
	va_list args;
	FILE *pipe;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	pipe = popen(command, "r");
	assert_non_null(text);
	assert_non_null(pipe);
	len = fread(text, 1, size - 1, pipe);
	pclose(pipe);
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' '))
		text[--len] = '\0';
	return text;
}

bool world_enter(void)
{
	/* An own bpffs: what a failing test leaves goes with the process. */
	if (geteuid() == 0 && !unshare(CLONE_NEWNET | CLONE_NEWNS) &&
	    !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	    !mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL))
		return world_run("ip link set lo up") == 0;
	printf("1..0 # SKIP no namespace and BPF file system for uid %d: run as root\n",
	       (int)geteuid());
	fprintf(stderr, "SKIP: NOTHING WAS TESTED, no namespace and BPF file system\n");
	return false;
}

int world_setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	if (!world || world_run("ip link add d0 type veth peer name p0 && "
				"ip link add d1 type veth peer name p1 && "
				"for i in d0 p0 d1 p1; do ip link set $i up || exit 1; done"))
		return -1;
	world->request.role = DATAPLANE_DAR;
	world->request.bpffs = WORLD_PARENT "/one";
	world->request.binding_max = 64;
	world->request.settings.hop_limit = 64;
	world->request.settings.dscp_copy = 1;
	world->request.settings.max_nested = 1;
	*state = world;
	world_serve(world, "d0", ATTACH_MODE_AUTO);
	return 0;
}

int world_teardown(void **state)
{
	struct world *world = *state;

	dataplane_close(world->dp, false);
	free(world);
	world_run("ip link del d0 2>/dev/null; ip link del d1 2>/dev/null; ip link del d0.5 "
		  "2>/dev/null; "
		  "ip link set lo xdpgeneric off 2>/dev/null");
	return world_run("rm -rf " WORLD_PARENT "*");
}

struct dataplane *world_open(struct world *world)
{
	world->code = 0;
	world->why[0] = '\0';
	world->adopted = false;
	world->dp = dataplane_open(&world->request, &world->adopted, &world->code, world->why,
				   sizeof(world->why));
	return world->dp;
}

void world_open_ok(struct world *world)
{
	if (!world_open(world))
		fail_msg("refused with %d: %s", world->code, world->why);
}

void world_close(struct world *world, bool flush)
{
	dataplane_close(world->dp, flush);
	world->dp = NULL;
}

void world_expect_refusal(struct world *world, int code, const char *const *words)
{
	assert_null(world_open(world));
	if (world->code != code)
		fail_msg("code %d instead of %d: %s", world->code, code, world->why);
	for (; *words; words++) {
		if (!strstr(world->why, *words))
			fail_msg("\"%s\" lacks \"%s\"", world->why, *words);
	}
}

void world_serve(struct world *world, const char *ifname, enum attach_mode asked)
{
	struct dataplane_settings *settings = &world->request.settings;
	__u32 i = settings->interface_count++;

	settings->interfaces[i].ifindex = if_nametoindex(ifname);
	settings->interfaces[i].kind = INTERFACE_CORE;
	assert_int_not_equal(settings->interfaces[i].ifindex, 0);
	world->request.attach[i] = asked;
}

char *world_tree(void)
{
	return world_said(
		"cd %s/one 2>/dev/null && find . -mindepth 2 | cut -c3- | LC_ALL=C sort | "
		"tr '\\n' ' '",
		WORLD_PARENT);
}

uint32_t xdp_on(const char *ifname, bool *generic)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	assert_int_equal(bpf_xdp_query((int)if_nametoindex(ifname), 0, &query), 0);
	if (generic)
		*generic = query.attach_mode == XDP_ATTACHED_SKB;
	return query.prog_id;
}

uint32_t pinned_program(const char *path)
{
	struct bpf_prog_info found = {0};
	__u32 len = sizeof(found);
	int fd = bpf_obj_get(path);

	if (fd < 0)
		return 0;
	assert_int_equal(bpf_obj_get_info_by_fd(fd, &found, &len), 0);
	close(fd);
	return found.id;
}

int foreign_program(void)
{
	const struct bpf_insn pass[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "foreign", "GPL", pass, 2, NULL);

	assert_true(fd >= 0);
	return fd;
}
