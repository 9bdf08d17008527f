// SPDX-License-Identifier: BSD-2-Clause
/* Owns the object of all programs and maps before it is loaded: the role's part, its settings. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xdp/libxdp.h>

#include "base/log.h"
#include "fama/dataplane.h" /* before the skeleton, which uses its types */
#include "fama.skel.h"
#include "kernel/programs.h"

static int print_lines(const char *event, const char *format, va_list args)
{
	char *text, *next, *line;

	if (vasprintf(&text, format, args) < 0)
		return 0;
	for (char *at = text; *at; at++) {
		if (*at == '"')
			*at = '\'';
	}
	next = text;
	while ((line = strsep(&next, "\n"))) {
		if (*line)
			log_debug(event, "text=\"%s\"", line);
	}
	free(text);
	return 0;
}

__attribute__((format(printf, 2, 0))) static int print_libbpf(enum libbpf_print_level level,
							      const char *format, va_list args)
{
	(void)level;
	return print_lines("libbpf", format, args);
}

__attribute__((format(printf, 2, 0))) static int print_libxdp(enum libxdp_print_level level,
							      const char *format, va_list args)
{
	(void)level;
	return print_lines("libxdp", format, args);
}

struct fama_bpf *programs_open(enum dataplane_role role, const struct dataplane_settings *settings)
{
	struct fama_bpf *skel;

	libbpf_set_print(print_libbpf);
	libxdp_set_print(print_libxdp);
	skel = fama_bpf__open();
	if (!skel)
		return NULL;
	skel->rodata->settings = *settings;
	bpf_program__set_autoload(skel->progs.fama_dar, role == DATAPLANE_DAR);
	bpf_program__set_autoload(skel->progs.fama_dar_local, role == DATAPLANE_DAR);
	bpf_program__set_autoload(skel->progs.fama_mn_egress, role == DATAPLANE_MN);
	bpf_program__set_autoload(skel->progs.fama_mn_ingress, role == DATAPLANE_MN);
	return skel;
}

void programs_size(struct fama_bpf *skel, const struct dataplane_request *request)
{
	struct bpf_map *of_dar[] = {skel->maps.credit, skel->maps.seen, skel->maps.defended,
				    skel->maps.budget};
	uint32_t credit_max = request->credit_max ? request->credit_max : request->binding_max;

	bpf_map__set_max_entries(skel->maps.bindings, request->binding_max);
	bpf_map__set_max_entries(skel->maps.traffic, request->binding_max);
	bpf_map__set_max_entries(skel->maps.credit, credit_max);
	if (request->binding_max > bpf_map__max_entries(skel->maps.seen))
		bpf_map__set_max_entries(skel->maps.seen, request->binding_max);
	for (unsigned int i = 0; i < sizeof(of_dar) / sizeof(of_dar[0]); i++)
		bpf_map__set_autocreate(of_dar[i], request->role == DATAPLANE_DAR);
}

struct fama_bpf *programs_open_member(const struct bpf_object *loaded,
				      const struct dataplane_settings *settings)
{
	struct fama_bpf *skel = programs_open(DATAPLANE_DAR, settings);
	const struct bpf_map *shared;
	struct bpf_map *map;
	int err = 0;

	if (!skel)
		return NULL;
	bpf_program__set_autoload(skel->progs.fama_dar_local, false);
	bpf_object__for_each_map(map, skel->obj)
	{
		if (bpf_map__is_internal(map))
			continue;
		shared = bpf_object__find_map_by_name(loaded, bpf_map__name(map));
		err = bpf_map__reuse_fd(map, bpf_map__fd(shared));
		if (err)
			break;
	}
	if (!err)
		return skel;
	fama_bpf__destroy(skel);
	errno = -err;
	return NULL;
}
