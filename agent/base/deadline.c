// SPDX-License-Identifier: BSD-2-Clause
/* Owns many deadlines behind one timer: a binary heap of pointers. */
#include "base/deadline.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_SIZE = 16 };

static void place(struct deadlines *all, uint32_t position, struct deadline *d)
{
	all->heap[position] = d;
	d->position = position;
}

static void rise(struct deadlines *all, struct deadline *d)
{
	uint32_t position = d->position;

	while (position > 1 && all->heap[position / 2]->at_ns > d->at_ns) {
		place(all, position, all->heap[position / 2]);
		position /= 2;
	}
	place(all, position, d);
}

static void sink(struct deadlines *all, struct deadline *d)
{
	uint32_t position = d->position;

	while (position <= all->count / 2) {
		uint32_t child = position * 2;

		if (child < all->count && all->heap[child + 1]->at_ns < all->heap[child]->at_ns)
			child++;
		if (all->heap[child]->at_ns >= d->at_ns)
			break;
		place(all, position, all->heap[child]);
		position = child;
	}
	place(all, position, d);
}

/* By half, not twice: a million of these are to be small. */
static int grow(struct deadlines *all)
{
	uint32_t size = all->size ? all->size + all->size / 2 : FIRST_SIZE;
	struct deadline **heap;

	if (size <= all->size)
		return -ENOMEM;
	heap = reallocarray(all->heap, (size_t)size + 1, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	all->heap = heap;
	all->size = size;
	return 0;
}

int deadline_set(struct deadlines *all, struct deadline *d, uint64_t at_ns)
{
	if (!d->position) {
		int err = all->count == all->size ? grow(all) : 0;

		if (err)
			return err;
		place(all, ++all->count, d);
	}
	d->at_ns = at_ns;
	rise(all, d);
	sink(all, d);
	return 0;
}

void deadline_cancel(struct deadlines *all, struct deadline *d)
{
	struct deadline *last;

	if (!d->position)
		return;
	last = all->heap[all->count--];
	if (last != d) {
		place(all, d->position, last);
		rise(all, last);
		sink(all, last);
	}
	d->position = 0;
}

struct deadline *deadline_first(const struct deadlines *all)
{
	return all->count ? all->heap[1] : NULL;
}

void deadlines_free(struct deadlines *all)
{
	free(all->heap);
	*all = (struct deadlines){.heap = NULL};
}
