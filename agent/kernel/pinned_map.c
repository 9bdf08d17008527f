// SPDX-License-Identifier: BSD-2-Clause
/* Owns one pinned map over restarts: adopted as it is, or its rows copied to one of another size.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "kernel/bpffs.h"
#include "kernel/pinned_map.h"
#include "kernel/refusal.h"

static bool is_per_cpu(enum bpf_map_type type)
{
	return type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH;
}

/* Neither frames in flight nor scratch space mean anything to the next agent. */
static bool keeps_rows(const struct bpf_map *map)
{
	return bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF;
}

static bool same_rows(const struct bpf_map *map, const struct bpf_map_info *pin)
{
	return pin->type == bpf_map__type(map) && pin->key_size == bpf_map__key_size(map) &&
	       pin->value_size == bpf_map__value_size(map) &&
	       pin->map_flags == bpf_map__map_flags(map);
}

int pinned_map_adopt(struct pinned_map *pinned, const char *directory, struct bpf_map *map,
		     struct refusal *refusal)
{
	struct bpf_map_info info = {0};
	const char *name = bpf_map__name(map);
	__u32 len = sizeof(info);
	int fd, err;

	*pinned = (struct pinned_map){.map = map, .earlier = -1};
	fd = bpffs_get(directory, BPFFS_MAPS, name);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return refuse_errno(refusal, fd, "cannot open %s/maps/%s", directory, name);
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	if (err || !same_rows(map, &info)) {
		close(fd);
		return refuse(refusal, EX_UNAVAILABLE,
			      "%s/maps/%s is of another layout than this famad; stop the old one "
			      "with stop: flush, or remove %s",
			      directory, name, directory);
	}
	if (info.max_entries != bpf_map__max_entries(map)) {
		pinned->earlier = fd;
		pinned->earlier_max = info.max_entries;
		return 0;
	}
	err = bpf_map__reuse_fd(map, fd);
	close(fd);
	if (err)
		return refuse_errno(refusal, err, "cannot adopt %s/maps/%s", directory, name);
	pinned->adopted = true;
	return 0;
}

/* Programs still write: where a row vanishes under us the walk begins anew, but not for ever. */
static int copy_rows(const struct pinned_map *pinned, void *key, void *value)
{
	const void *previous = NULL;
	int err = 0;

	for (unsigned int i = 0; i < pinned->earlier_max && !err; i++) {
		err = bpf_map_get_next_key(pinned->earlier, previous, key);
		previous = key;
		if (!err && !bpf_map_lookup_elem(pinned->earlier, key, value))
			err = bpf_map_update_elem(bpf_map__fd(pinned->map), key, value, BPF_ANY);
	}
	return err == -ENOENT ? 0 : err;
}

static int copy_earlier(const struct pinned_map *pinned)
{
	size_t value_size = bpf_map__value_size(pinned->map);
	void *key = malloc(bpf_map__key_size(pinned->map));
	void *value;
	int err;

	if (is_per_cpu(bpf_map__type(pinned->map)))
		value_size = (value_size + 7) / 8 * 8 * (size_t)libbpf_num_possible_cpus();
	value = malloc(value_size);
	err = key && value ? copy_rows(pinned, key, value) : -ENOMEM;
	free(value);
	free(key);
	return err;
}

int pinned_map_publish(struct pinned_map *pinned, const char *directory, struct refusal *refusal)
{
	const char *name = bpf_map__name(pinned->map);
	int err = 0;

	if (pinned->adopted)
		return 0;
	if (pinned->earlier >= 0 && keeps_rows(pinned->map))
		err = copy_earlier(pinned);
	if (err == -E2BIG)
		return refuse(refusal, EX_UNAVAILABLE,
			      "the rows of %s/maps/%s do not fit into %u; raise binding.max",
			      directory, name, bpf_map__max_entries(pinned->map));
	if (err)
		return refuse_errno(refusal, err, "cannot copy %s/maps/%s", directory, name);
	err = bpffs_put(directory, BPFFS_MAPS, name, bpf_map__fd(pinned->map));
	if (err)
		return refuse_errno(refusal, err, "cannot pin %s/maps/%s", directory, name);
	pinned->published = true;
	return 0;
}

void pinned_map_withdraw(struct pinned_map *pinned, const char *directory)
{
	if (!pinned->published)
		return;
	pinned->published = false;
	if (pinned->earlier < 0)
		bpffs_unpin(directory, BPFFS_MAPS, bpf_map__name(pinned->map));
	else
		bpffs_put(directory, BPFFS_MAPS, bpf_map__name(pinned->map), pinned->earlier);
}

void pinned_map_release(struct pinned_map *pinned)
{
	if (pinned->earlier >= 0)
		close(pinned->earlier);
	pinned->earlier = -1;
}
