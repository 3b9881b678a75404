/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_ITER_H
#define FNT_CORE_ITER_H

/*
 * Going through the events of a buffer in the order of their times, without
 * consuming them, while writers go on.
 */

#include "core/buffer.h"

/**
 * struct iter_cpu - where we are in one CPU's part
 * @page: copy of the page at hand; NULL if this part is not gone through
 * @cursor: place in it
 * @event: the next event, if @ready
 * @ready: there is one
 * @begun: the reader's page has been gone through
 * @next_seq: number of the page behind @page
 * @end_seq: number of the last page there was at the beginning
 * @changes: of the part, when we began
 * @expected: number of the event that comes next if none is lost
 * @first: number of the first that is not passed over, if the iterator has @last
 * @lost: events lost before @event
 * @before_ts: time of the last event before them, 0 if there was none
 */
struct iter_cpu {
	struct rb_data_page *page;
	struct rb_cursor cursor;
	struct rb_event event;
	bool ready;
	bool begun;
	u64 next_seq;
	u64 end_seq;
	u64 changes;
	u64 expected;
	u64 first;
	u64 lost;
	u64 before_ts;
};

/**
 * struct iter - the whole
 * @buf: the buffer
 * @order: of the size of the pages of @cpus
 * @cpus: one a CPU
 * @only: the part that is gone through, BUFFER_ALL_CPUS for all
 * @from: events before that time are passed over
 * @to: it ends before the first event behind that time
 * @last: of each part only so many events are gone through; 0 for all
 * @urgent: nobody else runs any more, see iter_last()
 * @cpu: whose event is at hand, BUFFER_ALL_CPUS (-1) if there is none
 * @ahead: its part has gone on, for iter_peek(); @kept is what it was
 * @kept: the event at hand, with what was lost before it
 * @payload: of @kept, in storage of its own
 * @payload_size: bytes of that
 */
struct iter {
	struct trace_buffer *buf;
	unsigned int order;
	struct iter_cpu *cpus;
	int only;
	u64 from;
	u64 to;
	u64 last;
	bool urgent;
	int cpu;
	bool ahead;
	struct iter_cpu kept;
	void *payload;
	size_t payload_size;
};

struct iter *iter_create(struct trace_buffer *buf, int cpu, unsigned int order);
void iter_destroy(struct iter *iter);
void iter_limit(struct iter *iter, u64 from, u64 to);
int iter_last(struct iter *iter, int cpu, u64 nr, bool urgent);
bool iter_reserve(struct iter *iter, size_t size);
int iter_rewind(struct iter *iter);
bool iter_next(struct iter *iter);
bool iter_peek(struct iter *iter, u64 *ts);
const struct iter_cpu *iter_peek_part(struct iter *iter);
void iter_skip_part(struct iter *iter);

/**
 * iter_at - the part that the event at hand is in
 * @iter: with an event at hand
 *
 * Context: process.
 * Return: its place, with the event.
 */
static inline const struct iter_cpu *iter_at(const struct iter *iter)
{
	return iter->ahead ? &iter->kept : &iter->cpus[iter->cpu];
}

#endif
