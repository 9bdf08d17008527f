// SPDX-License-Identifier: BSD-2-Clause
/* Owns what the programs hand up: events of the ring buffer, length checked, one at a time. */
#include <bpf/libbpf.h>
#include <errno.h>

#include "kernel/dataplane.h"
#include "kernel/dataplane_private.h"

static int take_event(void *arg, void *event, size_t len)
{
	struct dataplane *dp = arg;
	const struct punt_header *header = event;

	if (len >= sizeof(*header) && header->len <= len - sizeof(*header))
		dp->take(header, (const uint8_t *)(header + 1), dp->take_arg);
	/* What is left makes the fd readable again: timers and sockets get their turn between. */
	return ++dp->taken < PUNT_TURN_EVENTS ? 0 : -EAGAIN;
}

int punt_open(struct dataplane *dp)
{
	dp->punt = ring_buffer__new(dp->maps.punt, take_event, dp, NULL);
	return dp->punt ? 0 : -errno;
}

void punt_close(struct dataplane *dp)
{
	ring_buffer__free(dp->punt);
	dp->punt = NULL;
}

int dataplane_punt_fd(const struct dataplane *dp)
{
	return ring_buffer__epoll_fd(dp->punt);
}

int dataplane_punt_consume(struct dataplane *dp,
			   void (*take)(const struct punt_header *header, const uint8_t *frame,
					void *arg),
			   void *arg)
{
	int ret;

	dp->take = take;
	dp->take_arg = arg;
	dp->taken = 0;
	ret = ring_buffer__consume(dp->punt);
	return ret < 0 && ret != -EAGAIN ? ret : dp->taken;
}
