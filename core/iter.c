// SPDX-License-Identifier: GPL-2.0
/*
 * Going through a buffer without consuming it. Pages are copied one by one, and
 * a copy counts only if the page was not overwritten meanwhile; the gap that
 * remains otherwise is told by the numbers of the events.
 *
 * It ends where the buffer ended when it began, so that it comes to an end even
 * if reading makes events.
 */

#include "core/iter.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

static void pages_free(struct iter *iter)
{
	int i;

	for_each_possible_cpu(i) {
		free_pages((unsigned long)iter->cpus[i].page, iter->order);
		iter->cpus[i].page = NULL;
	}
}

/* A page for each part that is gone through. */
static int pages_alloc(struct iter *iter)
{
	int i;

	for_each_possible_cpu(i) {
		if (!buffer_selected(i, iter->only))
			continue;
		iter->cpus[i].page = (void *)__get_free_pages(GFP_KERNEL, iter->order);
		if (!iter->cpus[i].page) {
			pages_free(iter);
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * iter_create - prepare to go through a buffer
 * @buf: the buffer
 * @cpu: one part, or BUFFER_ALL_CPUS
 * @order: of the size of the pages that it has room for, at least those of the buffer
 *
 * Context: process, may sleep.
 * Return: the iterator, before the first event; NULL without memory.
 */
struct iter *iter_create(struct trace_buffer *buf, int cpu, unsigned int order)
{
	struct iter *iter;

	iter = kzalloc(sizeof(*iter), GFP_KERNEL);
	if (!iter)
		return NULL;
	iter->buf = buf;
	iter->only = cpu;
	iter->order = order;
	iter->to = U64_MAX;
	iter->cpu = BUFFER_ALL_CPUS;
	iter->cpus = kcalloc(nr_cpu_ids, sizeof(*iter->cpus), GFP_KERNEL);
	if (iter->cpus && !pages_alloc(iter))
		return iter;
	iter_destroy(iter);
	return NULL;
}

/**
 * iter_destroy - free an iterator
 * @iter: the iterator
 *
 * Context: process, may sleep.
 */
void iter_destroy(struct iter *iter)
{
	if (iter->cpus)
		pages_free(iter);
	kfree(iter->cpus);
	kvfree(iter->payload);
	kfree(iter);
}

/**
 * iter_limit - go through a piece of it only
 * @iter: the iterator, before the first event
 * @from: the time at which it begins
 * @to: the time at which it ends
 *
 * Context: process.
 */
void iter_limit(struct iter *iter, u64 from, u64 to)
{
	iter->from = from;
	iter->to = to;
}

/**
 * iter_last - go through the last events only
 * @iter: of all parts, anywhere; it is before the first event then
 * @cpu: those of this CPU, or of BUFFER_ALL_CPUS
 * @nr: how many of each, at least 1
 * @urgent: the other CPUs stand still for ever. Locks are not taken: a part whose lock is
 *          held has no events. It needs no memory, with iter_reserve() not for what it
 *          keeps either.
 *
 * Context: process, may sleep; any if it is urgent.
 * Return: 0; -ENOMEM, or, if it is urgent, -EAGAIN, if the pages have become larger.
 */
int iter_last(struct iter *iter, int cpu, u64 nr, bool urgent)
{
	int err;

	if (urgent && iter->order < READ_ONCE(iter->buf->order))
		return -EAGAIN;
	iter->only = BUFFER_ALL_CPUS;
	err = iter_rewind(iter);
	iter->only = cpu;
	iter->last = nr;
	iter->urgent = urgent;
	return err;
}

/**
 * iter_rewind - go before the first event again
 * @iter: the iterator
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM if the pages have become larger.
 */
int iter_rewind(struct iter *iter)
{
	int i;

	for_each_possible_cpu(i) {
		iter->cpus[i].ready = false;
		iter->cpus[i].begun = false;
	}
	iter->cpu = BUFFER_ALL_CPUS;
	iter->ahead = false;
	if (iter->order >= READ_ONCE(iter->buf->order))
		return 0;
	pages_free(iter);
	iter->order = READ_ONCE(iter->buf->order);
	return pages_alloc(iter);
}

/* What is left of the reader's page comes first. */
static bool begin(struct iter_cpu *at, const struct ring *rb, u64 changes, u64 last)
{
	u64 number;
	unsigned int len;

	at->begun = true;
	at->changes = changes;
	at->before_ts = rb->read_events ? rb->read_ts : 0;
	memset(&at->cursor, 0, sizeof(at->cursor));
	at->next_seq = rb->reader_page->seq + 1;
	at->end_seq = rb_last_seq(rb);
	at->first = rb_next_number(rb) - last;
	at->lost = 0;
	len = rb_copy_reader_page(rb, at->page, &number);
	if (len)
		at->lost = number - rb->next_event;
	at->expected = len ? number : rb->next_event;
	return len;
}

/* Copy the next page that can be had. Return false if there is none. */
static bool next_page(struct iter_cpu *at, const struct ring *rb)
{
	u64 number;

	for (;;) {
		at->next_seq = max(at->next_seq, rb_oldest_seq(rb));
		if (at->next_seq > at->end_seq)
			return false;
		if (rb_copy_page(rb, at->next_seq++, at->page, &number))
			break;
	}
	at->lost += number - at->expected;
	at->expected = number;
	return true;
}

/* Have no other reader in a part. Return false if that cannot be. */
static bool part_lock(const struct iter *iter, struct buffer_cpu *part)
{
	if (iter->urgent)
		return !mutex_is_locked(&part->read_lock);
	mutex_lock(&part->read_lock);
	return true;
}

static void part_unlock(const struct iter *iter, struct buffer_cpu *part)
{
	if (!iter->urgent)
		mutex_unlock(&part->read_lock);
}

static bool more_events(const struct iter *iter, struct iter_cpu *at, struct buffer_cpu *part)
{
	bool copied = false;

	if (!part_lock(iter, part))
		return false;
	if (!at->begun && buffer_storage(part->rb)->order <= iter->order)
		copied = begin(at, part->rb, part->changes, iter->last);
	/* Cleared, or another ring, since we began: the numbers mean nothing there. */
	if (!copied && at->begun && at->changes == part->changes)
		copied = next_page(at, part->rb);
	part_unlock(iter, part);
	if (copied)
		rb_cursor_init(&at->cursor, at->page);
	return copied;
}

static void fetch(struct iter *iter, int cpu)
{
	struct iter_cpu *at = &iter->cpus[cpu];

	at->ready = at->begun && rb_cursor_next(&at->cursor, &at->event);
	while (!at->ready && more_events(iter, at, buffer_part(iter->buf, cpu)))
		at->ready = rb_cursor_next(&at->cursor, &at->event);
}

/* The event of a part is done with. */
static void leave(struct iter_cpu *at)
{
	at->expected++;
	at->lost = 0;
	at->before_ts = at->event.ts;
}

/* Numbers begin anew with each ring, and are negative of what it was given from another. */
static bool passed_over(const struct iter *iter, const struct iter_cpu *at)
{
	return at->event.ts < iter->from || (iter->last && (s64)(at->expected - at->first) < 0);
}

static void advance(struct iter *iter, int cpu)
{
	struct iter_cpu *at = &iter->cpus[cpu];

	fetch(iter, cpu);
	while (at->ready && passed_over(iter, at)) {
		leave(at);
		fetch(iter, cpu);
	}
	at->ready &= at->event.ts <= iter->to;
}

/* The part whose event at hand is done with goes on. */
static void step(struct iter *iter)
{
	leave(&iter->cpus[iter->cpu]);
	advance(iter, iter->cpu);
}

/* The part with the oldest event, BUFFER_ALL_CPUS if there is none. */
static int oldest(const struct iter *iter)
{
	const struct iter_cpu *at;
	int i, found = BUFFER_ALL_CPUS;

	for_each_possible_cpu(i) {
		at = &iter->cpus[i];
		if (at->ready && (found < 0 || at->event.ts < iter->cpus[found].event.ts))
			found = i;
	}
	return found;
}

/**
 * iter_next - go to the next event
 * @iter: the iterator
 *
 * Context: process, may sleep.
 * Return: true if there is one, at iter_at().
 */
bool iter_next(struct iter *iter)
{
	int i;

	if (iter->cpu == BUFFER_ALL_CPUS) {
		for_each_possible_cpu(i)
			if (iter->cpus[i].page && !iter->cpus[i].begun &&
			    buffer_selected(i, iter->only))
				advance(iter, i);
	} else if (!iter->ahead) {
		step(iter);
	}
	iter->ahead = false;
	iter->cpu = oldest(iter);
	return iter->cpu >= 0;
}

/**
 * iter_reserve - have room for an event that is kept, and for the next ones of its size
 * @iter: the iterator
 * @size: of the event in bytes
 *
 * Context: process, may sleep; any if there is room already.
 * Return: false without memory.
 */
bool iter_reserve(struct iter *iter, size_t size)
{
	void *payload;

	if (size <= iter->payload_size)
		return true;
	payload = kvmalloc(size, GFP_KERNEL);
	if (!payload)
		return false;
	kvfree(iter->payload);
	iter->payload = payload;
	iter->payload_size = size;
	return true;
}

/* Keep the event at hand while its part goes on, which may take its page. */
static bool go_ahead(struct iter *iter)
{
	const struct iter_cpu *at = iter_at(iter);

	if (!iter_reserve(iter, at->event.len))
		return false;
	memcpy(iter->payload, at->event.payload, at->event.len);
	iter->kept = *at;
	iter->kept.event.payload = iter->payload;
	step(iter);
	iter->ahead = true;
	return true;
}

/**
 * iter_peek - the time of the event behind the one at hand
 * @iter: with an event at hand, which stays
 * @ts: receives the time
 *
 * Context: process, may sleep.
 * Return: false if there is none, or no memory to look.
 */
bool iter_peek(struct iter *iter, u64 *ts)
{
	int next;

	if (!iter->ahead && !go_ahead(iter))
		return false;
	next = oldest(iter);
	if (next >= 0)
		*ts = iter->cpus[next].event.ts;
	return next >= 0;
}

/**
 * iter_peek_part - the event behind the one at hand in its part
 * @iter: with an event at hand, which stays
 *
 * Context: process, may sleep.
 * Return: its place, with the event; NULL if there is none, or no memory to look.
 */
const struct iter_cpu *iter_peek_part(struct iter *iter)
{
	const struct iter_cpu *at = &iter->cpus[iter->cpu];

	if (!iter->ahead && !go_ahead(iter))
		return NULL;
	return at->ready ? at : NULL;
}

/**
 * iter_skip_part - leave out the event that iter_peek_part() showed
 * @iter: the iterator; the event at hand stays
 *
 * Context: process, may sleep.
 */
void iter_skip_part(struct iter *iter)
{
	step(iter);
}
