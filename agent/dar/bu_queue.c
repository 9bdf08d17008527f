// SPDX-License-Identifier: BSD-2-Clause
/* Owns the ring of copies, the step that takes one, and the watch over the load. */
#include "dar/bu_queue.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "dar/bu.h"
#include "dar/dar_private.h"
#include "dar/turn.h"

enum {
	STEP_NS = 200000, /* then PHKT BUs get their turn; the last check may end later */
	WATCH_MS = 100,
	CALM_WATCHES = 5,                   /* in a row until the cookie is given up */
	CALM_SHARE = 4 * (1000 / WATCH_MS), /* turned away in one watch: a quarter of the budget */
};

struct job {
	struct mh_packet packet;
	struct ingress from;
	struct bu_before before;
	struct in6_addr hoa;
	enum bu_method method;
	uint8_t octets[MH_LEN_MAX]; /* what `packet` points into */
};

struct bu_queue {
	struct dar *dar;
	bu_queue_check check;
	struct event *step_event, *watch_event;
	uint32_t first, count;
	bool loaded;
	uint32_t calm;              /* watches */
	uint32_t turned_away;       /* since the last watch */
	uint64_t turned_away_total; /* since loaded */
	struct job jobs[BU_QUEUE_JOBS];
};

static bool budget_below(const struct bu_queue *queue, uint32_t quarters, uint64_t now_ns)
{
	const struct ratelimit *budget = &queue->dar->crypto_budget;

	return 4ULL * ratelimit_tokens(budget, now_ns) < (uint64_t)quarters * budget->burst;
}

static void set_loaded(struct bu_queue *queue, bool loaded)
{
	static const struct timeval watch = {.tv_usec = WATCH_MS * 1000};

	if (queue->loaded == loaded)
		return;
	queue->loaded = loaded;
	if (loaded) {
		dar_count(queue->dar, DAR_LOADED);
		log_warn("bu.loaded", "queued=%u why=\"signed BUs need a care-of token now\"",
			 queue->count);
		queue->calm = 0;
		queue->turned_away = 0;
		queue->turned_away_total = 0;
		event_add(queue->watch_event, &watch);
	} else {
		log_info("bu.load_over", "turned_away=%llu",
			 (unsigned long long)queue->turned_away_total);
		event_del(queue->watch_event);
	}
}

static void watch_due(evutil_socket_t fd, short what, void *arg)
{
	struct bu_queue *queue = arg;
	bool rush = queue->turned_away > queue->dar->crypto_budget.per_second / CALM_SHARE;

	(void)fd;
	(void)what;
	queue->turned_away_total += queue->turned_away;
	queue->turned_away = 0;
	if (rush || queue->count || budget_below(queue, 3, clock_boot_ns()))
		queue->calm = 0;
	else if (++queue->calm == CALM_WATCHES)
		set_loaded(queue, false);
}

/* A timer, not an active event: libevent then looks at all else before the next step. */
static void step_after(struct bu_queue *queue, uint64_t wait_ns)
{
	struct timeval wait = {
		.tv_sec = (time_t)(wait_ns / CLOCK_SECOND_NS),
		.tv_usec = (suseconds_t)(wait_ns % CLOCK_SECOND_NS / 1000),
	};

	event_add(queue->step_event, &wait);
}

/* 0, or the time until the budget has another check. */
static uint64_t take_job(struct bu_queue *queue, uint64_t now_ns)
{
	struct ratelimit *budget = &queue->dar->crypto_budget;
	const struct job *job = &queue->jobs[queue->first];

	if (!ratelimit_take(budget, now_ns))
		return ratelimit_wait_ns(budget, now_ns);
	if (budget_below(queue, 2, now_ns))
		set_loaded(queue, true);
	queue->check(queue->dar, &job->packet, &job->from, &job->before);
	queue->first = (queue->first + 1) % BU_QUEUE_JOBS;
	queue->count--;
	return 0;
}

static void step_due(evutil_socket_t fd, short what, void *arg)
{
	struct bu_queue *queue = arg;
	uint64_t start_ns = clock_boot_ns(), now_ns = start_ns, wait_ns = 0;

	(void)fd;
	(void)what;
	turn_begin(queue->dar);
	while (queue->count && !wait_ns && now_ns - start_ns < STEP_NS) {
		wait_ns = take_job(queue, now_ns);
		now_ns = clock_boot_ns();
	}
	turn_end(queue->dar);
	if (queue->count)
		step_after(queue, wait_ns);
}

struct bu_queue *bu_queue_new(struct dar *dar, bu_queue_check check)
{
	struct bu_queue *queue = calloc(1, sizeof(*queue));

	if (!queue)
		return NULL;
	queue->dar = dar;
	queue->check = check;
	queue->step_event = evtimer_new(dar->base, step_due, queue);
	queue->watch_event = event_new(dar->base, -1, EV_PERSIST, watch_due, queue);
	if (queue->step_event && queue->watch_event)
		return queue;
	bu_queue_free(queue);
	return NULL;
}

void bu_queue_free(struct bu_queue *queue)
{
	if (!queue)
		return;
	if (queue->step_event)
		event_free(queue->step_event);
	if (queue->watch_event)
		event_free(queue->watch_event);
	free(queue);
}

static struct job *job_at(struct bu_queue *queue, uint32_t position)
{
	return &queue->jobs[(queue->first + position) % BU_QUEUE_JOBS];
}

/* By source too: whoever sends for somebody else's HoA must not hold up its owner. Who has proven
 * by PHKT that it is his waits once, wherever he says he is. */
static bool waits_already(struct bu_queue *queue, const struct bu *bu)
{
	for (uint32_t i = 0; i < queue->count; i++) {
		const struct job *job = job_at(queue, i);

		if (!in6_equal(&job->hoa, &bu->hoa))
			continue;
		if (in6_equal(&job->packet.source, &bu->packet->source) ||
		    (job->method == BU_METHOD_PHKT && bu->method == BU_METHOD_PHKT))
			return true;
	}
	return false;
}

int bu_queue_add(struct bu_queue *queue, const struct bu *bu, const struct ingress *from,
		 const struct bu_before *before)
{
	struct job *job;

	if (waits_already(queue, bu))
		return -EALREADY;
	if (queue->count == BU_QUEUE_JOBS)
		return -EBUSY;
	job = job_at(queue, queue->count);
	mh_packet_copy(bu->packet, job->octets, &job->packet);
	job->from = *from;
	job->before = *before;
	job->hoa = bu->hoa;
	job->method = bu->method;
	if (queue->count++ == 0)
		step_after(queue, 0);
	if (queue->count > BU_QUEUE_LOADED)
		set_loaded(queue, true);
	return 0;
}

uint32_t bu_queue_count(const struct bu_queue *queue)
{
	return queue->count;
}

bool bu_queue_loaded(const struct bu_queue *queue)
{
	return queue->loaded;
}

void bu_queue_turned_away(struct bu_queue *queue)
{
	queue->turned_away++;
}
