/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns one pinned map over restarts: adopted as it is, or its rows copied to one of another size.
 */
#ifndef FAMA_PINNED_MAP_H
#define FAMA_PINNED_MAP_H

#include <stdbool.h>

struct bpf_map;
struct refusal;

struct pinned_map {
	struct bpf_map *map;
	int earlier;              /* pinned map of another size, -1: none */
	unsigned int earlier_max; /* its rows */
	bool adopted;             /* the pinned map itself is in use */
	bool published;           /* our new map stands under the name */
};

/* Before load: decides what becomes of the pin, if there is one. 0, or -1 with the refusal. */
int pinned_map_adopt(struct pinned_map *pinned, const char *directory, struct bpf_map *map,
		     struct refusal *refusal);
/* After load: copies the rows and pins the new map. */
int pinned_map_publish(struct pinned_map *pinned, const char *directory, struct refusal *refusal);
/* Puts the earlier pin back. */
void pinned_map_withdraw(struct pinned_map *pinned, const char *directory);
void pinned_map_release(struct pinned_map *pinned);

#endif
