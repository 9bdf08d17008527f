// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows of the RIB: bindings and their traffic, and the prefixes shown beside them. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/dataplane.h"
#include "kernel/dataplane_private.h"

enum { BATCH = 512 };

/* Sums over the row's whole life: a refresh does not start them anew. 0, *made, or -errno. */
static int traffic_ensure(struct dataplane *dp, const struct in6_addr *hoa, bool *made)
{
	static const struct traffic nothing;
	int err = bpf_map_update_elem(dp->maps.traffic, hoa, &nothing, BPF_NOEXIST);

	*made = !err;
	return err == -EEXIST ? 0 : err;
}

int dataplane_binding_put(struct dataplane *dp, const struct in6_addr *hoa,
			  const struct binding *binding)
{
	bool made;
	int err = traffic_ensure(dp, hoa, &made);

	if (err)
		return err;
	err = bpf_map_update_elem(dp->maps.bindings, hoa, binding, BPF_ANY);
	if (err && made)
		bpf_map_delete_elem(dp->maps.traffic, hoa);
	return err;
}

int dataplane_binding_replace_many(struct dataplane *dp, const struct in6_addr *hoas,
				   const struct binding *bindings, uint32_t count, uint32_t *done)
{
	int err = 0;

	*done = count;
	if (count)
		err = bpf_map_update_batch(dp->maps.bindings, hoas, bindings, done, NULL);
	if (err && *done == count) /* so early that the kernel did not say how far it came */
		*done = 0;
	return err;
}

int dataplane_binding_delete(struct dataplane *dp, const struct in6_addr *hoa)
{
	int err = bpf_map_delete_elem(dp->maps.bindings, hoa);

	bpf_map_delete_elem(dp->maps.traffic, hoa);
	return err;
}

int dataplane_traffic_get(struct dataplane *dp, const struct in6_addr *hoa, struct traffic *out)
{
	return bpf_map_lookup_elem(dp->maps.traffic, hoa, out);
}

int dataplane_prefix_put(struct dataplane *dp, const struct in6_addr *prefix,
			 const struct anchored_prefix *value)
{
	return bpf_map_update_elem(dp->maps.prefixes, prefix, value, BPF_ANY);
}

struct batch {
	struct in6_addr *hoas;
	struct binding *bindings;
	__u32 size;
	__u32 position; /* the kernel's, opaque */
	bool begun;
};

static int batch_resize(struct batch *batch, __u32 size)
{
	struct in6_addr *hoas = reallocarray(batch->hoas, size, sizeof(*hoas));
	struct binding *bindings;

	if (!hoas)
		return -ENOMEM;
	batch->hoas = hoas;
	bindings = reallocarray(batch->bindings, size, sizeof(*bindings));
	if (!bindings)
		return -ENOMEM;
	batch->bindings = bindings;
	batch->size = size;
	return 0;
}

/* Rows read into `count`; 0: there is more, -ENOENT: these were the last, or another -errno. */
static int batch_next(struct batch *batch, int map, __u32 *count)
{
	int err;

	do {
		*count = batch->size;
		err = bpf_map_lookup_batch(map, batch->begun ? &batch->position : NULL,
					   &batch->position, batch->hoas, batch->bindings, count,
					   NULL);
		if (err != -ENOSPC)
			break;
		/* One hash bucket holds more than the batch. */
		err = batch_resize(batch, batch->size * 2);
	} while (!err);
	batch->begun = true;
	return err;
}

int dataplane_binding_each(struct dataplane *dp,
			   int (*each)(const struct in6_addr *hoa, const struct binding *binding,
				       void *arg),
			   void *arg)
{
	struct batch batch = {0};
	int ret = batch_resize(&batch, BATCH);
	bool more = !ret;

	while (more) {
		__u32 count;
		int err = batch_next(&batch, dp->maps.bindings, &count);

		more = !err;
		if (err && err != -ENOENT) {
			ret = err;
			break;
		}
		for (__u32 i = 0; i < count && !ret; i++)
			ret = each(&batch.hoas[i], &batch.bindings[i], arg);
		more = more && !ret;
	}
	free(batch.hoas);
	free(batch.bindings);
	return ret;
}
