// SPDX-License-Identifier: BSD-2-Clause
// Owns the report of what this kernel takes: every map and every program of an object, each alone.
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "local_packet.h"
#include "settings.h"

enum {
	VERIFIER_LOG_SIZE = 4 << 20,
	LOG_TAIL = 4000, /* octets of it worth reading */
};

struct object_contents {
	unsigned int maps, programs;
};

static const char *object_path;
static struct utsname kernel;
static unsigned int reported, failed;
static char verifier_log[VERIFIER_LOG_SIZE];
static char libbpf_says[LOG_TAIL];

/* Only the last of it is of use, and only when something failed. */
static int keep_words(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	size_t len = strlen(libbpf_says);

	if (len > sizeof(libbpf_says) / 2)
		len = 0;
	return vsnprintf(libbpf_says + len, sizeof(libbpf_says) - len, format, arguments);
}

static void print_as_comment(const char *text)
{
	size_t len = strlen(text);
	const char *line = len > LOG_TAIL ? text + len - LOG_TAIL : text;

	while (*line) {
		int line_len = (int)strcspn(line, "\n");

		printf("# %.*s\n", line_len, line);
		line += line_len + (line[line_len] == '\n');
	}
}

static void report(bool ok, const char *what, const char *does, const char *why)
{
	printf("%sok %u - %s %s on %s\n", ok ? "" : "not ", ++reported, what, does, kernel.release);
	if (!ok) {
		failed++;
		print_as_comment(why);
	}
	fflush(stdout);
}

static struct bpf_object *open_object(void)
{
	libbpf_says[0] = verifier_log[0] = '\0';
	return bpf_object__open_file(object_path, NULL);
}

/* Map number `wanted` created, no other, and no program. */
static void try_map(unsigned int wanted)
{
	struct bpf_object *object = open_object();
	struct bpf_program *program;
	struct bpf_map *map;
	char name[64] = "map";
	unsigned int i = 0;

	bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, false);
	bpf_object__for_each_map(map, object)
	{
		if (i == wanted)
			snprintf(name, sizeof(name), "map %s", bpf_map__name(map));
		bpf_map__set_autocreate(map, i++ == wanted);
	}
	report(bpf_object__load(object) == 0, name, "is created", libbpf_says);
	bpf_object__close(object);
}

/* libbpf goes on without them, and `bpftool map dump` then prints bare octets. */
static void try_types(void)
{
	struct bpf_object *object = open_object();
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, false);
	report(bpf_object__load(object) == 0 && bpf_object__btf_fd(object) >= 0, "BTF of all maps",
	       "is taken", libbpf_says);
	bpf_object__close(object);
}

/* Program number `wanted` loaded with all maps: one rejected program would hide the others. */
static void try_program(unsigned int wanted, const struct dataplane_settings *settings,
			const char *does)
{
	struct bpf_object *object = open_object();
	struct bpf_program *program;
	const char *name = "";
	unsigned int i = 0;

	bpf_object__for_each_program(program, object)
	{
		bpf_program__set_autoload(program, i == wanted);
		if (i++ != wanted)
			continue;
		name = bpf_program__name(program);
		bpf_program__set_log_buf(program, verifier_log, sizeof(verifier_log));
	}
	int err = settings ? settings_put(object, settings) : 0;

	if (!err)
		err = bpf_object__load(object);
	report(err == 0, name, does, verifier_log[0] ? verifier_log : libbpf_says);
	bpf_object__close(object);
}

static struct object_contents count_contents(void)
{
	struct object_contents contents = {0};
	struct bpf_object *object = open_object();
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) contents.maps++;
	bpf_object__for_each_program(program, object) contents.programs++;
	bpf_object__close(object);
	return contents;
}

int main(int argc, char **argv)
{
	const struct dataplane_settings full = settings_full();
	char why[256] = "";

	if (argc != 2 || uname(&kernel))
		return 64;
	object_path = argv[1];
	libbpf_set_print(keep_words);
	struct bpf_object *object = open_object();

	if (!object) {
		printf("1..1\nnot ok 1 - %s opens: %s\n", object_path, strerror(errno));
		return 1;
	}
	bpf_object__close(object);
	const struct object_contents contents = count_contents();

	printf("1..%u\n", contents.maps + 2 * contents.programs + 2);
	for (unsigned int i = 0; i < contents.maps; i++)
		try_map(i);
	try_types();
	for (unsigned int i = 0; i < contents.programs; i++) {
		try_program(i, NULL, "loads");
		try_program(i, &full, "loads with every setting");
	}
	bool ok = local_packet_is_encapsulated(object_path, why, sizeof(why));

	report(ok, "packet of the DAR itself to an away HoA", "enters the tunnel", why);
	printf("# end, %u failed\n", failed);
	return failed ? 1 : 0;
}
