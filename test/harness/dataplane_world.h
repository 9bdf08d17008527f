/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the world of the data plane tests: an own netns and bpffs, two veth pairs, one directory. */
#ifndef FAMA_TEST_DATAPLANE_WORLD_H
#define FAMA_TEST_DATAPLANE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/dataplane.h"

/* d0 - p0 and d1 - p1. The directory is PARENT/one; neither exists. */
#define WORLD_PARENT "/sys/fs/bpf/fama-unit"

struct world {
	struct dataplane_request request; /* role DAR, d0 alone, attach auto */
	struct dataplane *dp;
	bool adopted;
	int code;
	char why[1024];
};

/* Once a program: false, after a loud line, where it may not; main() then returns 77. */
bool world_enter(void);
int world_setup(void **state); /* *state is a struct world */
int world_teardown(void **state);

/* Opens; NULL leaves code and why. */
struct dataplane *world_open(struct world *world);
void world_open_ok(struct world *world); /* fails the test if it cannot */
void world_close(struct world *world, bool flush);
/* Expects a refusal with the code and all the words, and nothing more to be done. */
void world_expect_refusal(struct world *world, int code, const char *const *words);
/* Also serves this interface; asked: ATTACH_MODE_*. */
void world_serve(struct world *world, const char *ifname, enum attach_mode asked);

int world_run(const char *format, ...)
	__attribute__((format(printf, 1, 2))); /* shell; exit status */
/* What a shell command says, to be freed. */
char *world_said(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "links/d0 maps/bindings ..." below the directory, sorted; to be freed. */
char *world_tree(void);
uint32_t xdp_on(const char *ifname, bool *generic); /* program id, 0: none */
uint32_t pinned_program(const char *path);          /* its id, 0: none */
int foreign_program(void);                          /* fd of an XDP program named "foreign" */

#endif
