// SPDX-License-Identifier: BSD-2-Clause
// Owns the read-only settings of a BPF object that is opened and not yet loaded.
#include "settings.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

/* Offset of `settings` in section .rodata, or -ENOENT. */
static int settings_offset(const struct btf *btf)
{
	int section = btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC);

	if (section < 0)
		return -ENOENT;
	const struct btf_type *type = btf__type_by_id(btf, (uint32_t)section);
	const struct btf_var_secinfo *variable = btf_var_secinfos(type);

	for (unsigned int i = 0; i < btf_vlen(type); i++, variable++) {
		const struct btf_type *of = btf__type_by_id(btf, variable->type);

		if (strcmp(btf__name_by_offset(btf, of->name_off), "settings") == 0 &&
		    variable->size == sizeof(struct dataplane_settings))
			return (int)variable->offset;
	}
	return -ENOENT;
}

int settings_put(struct bpf_object *object, const struct dataplane_settings *settings)
{
	const struct btf *btf = bpf_object__btf(object);
	int offset = btf ? settings_offset(btf) : -ENOENT;
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		const char *name = bpf_map__name(map);
		size_t len = strlen(name), size = 0;

		if (len < 7 || strcmp(name + len - 7, ".rodata") != 0)
			continue;
		uint8_t *initial = (uint8_t *)bpf_map__initial_value(map, &size);

		if (!initial || offset < 0 || (size_t)offset + sizeof(*settings) > size)
			return -ENOENT;
		memcpy(initial + offset, settings, sizeof(*settings));
		return 0;
	}
	return -ENOENT;
}

struct dataplane_settings settings_full(void)
{
	struct dataplane_settings settings = {
		.interface_count = FAMA_INTERFACE_MAX,
		.prefix_count = FAMA_PREFIX_MAX,
		.flow_label_key = 0x5eed5eed,
		.hop_limit = 64,
		.dscp_copy = 1,
		.max_nested = 1,
		.credit = 1,
		.budget_key = 0x5eed5eed5eed5eed,
		.source_check = 1,
		.neighbour_limit = 1,
	};

	for (uint8_t i = 0; i < FAMA_INTERFACE_MAX; i++)
		settings.interfaces[i] = (struct dataplane_interface){
			.ifindex = i + 2u,
			.kind = i % 2 ? INTERFACE_ACCESS : INTERFACE_CORE,
			.mac = {2, 0, 0, 0, 0, i},
		};
	for (uint8_t i = 0; i < FAMA_PREFIX_MAX; i++)
		settings.prefixes[i] = (struct dataplane_prefix){
			.prefix = {0x20, 0x01, 0x0d, 0xb8, 0, i},
			.address = {0x20, 0x01, 0x0d, 0xb8, 0, i, [15] = 0xd1},
			.ifindex = i + 2u,
		};
	return settings;
}
