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
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * iter_create - prepare to go through a buffer
 * @buf: the buffer
 * @cpu: one part, or BUFFER_ALL_CPUS
 *
 * Context: process, may sleep.
 * Return: the iterator, before the first event; NULL without memory.
 */
struct iter *iter_create(struct trace_buffer *buf, int cpu)
{
	struct iter *iter;
	int i;

	iter = kzalloc(sizeof(*iter), GFP_KERNEL);
	if (!iter)
		return NULL;
	iter->buf = buf;
	iter->cpu = BUFFER_ALL_CPUS;
	iter->cpus = kcalloc(nr_cpu_ids, sizeof(*iter->cpus), GFP_KERNEL);
	if (!iter->cpus)
		goto out;
	for_each_possible_cpu(i) {
		if (cpu != BUFFER_ALL_CPUS && cpu != i)
			continue;
		iter->cpus[i].page = (struct rb_data_page *)__get_free_page(GFP_KERNEL);
		if (!iter->cpus[i].page)
			goto out;
	}
	return iter;
out:
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
	int i;

	if (iter->cpus)
		for_each_possible_cpu(i)
			free_page((unsigned long)iter->cpus[i].page);
	kfree(iter->cpus);
	kfree(iter);
}

/**
 * iter_rewind - go before the first event again
 * @iter: the iterator
 *
 * Context: process.
 */
void iter_rewind(struct iter *iter)
{
	int i;

	for_each_possible_cpu(i) {
		iter->cpus[i].ready = false;
		iter->cpus[i].begun = false;
	}
	iter->cpu = BUFFER_ALL_CPUS;
}

/* What is left of the reader's page comes first. */
static bool begin(struct iter_cpu *at, const struct ring *rb)
{
	u64 number;
	unsigned int len;

	at->begun = true;
	memset(&at->cursor, 0, sizeof(at->cursor));
	at->next_seq = rb->reader_page->seq + 1;
	at->end_seq = rb_last_seq(rb);
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
		/* The buffer may have been cleared since we began. */
		if (at->next_seq > min(at->end_seq, rb_last_seq(rb)))
			return false;
		if (rb_copy_page(rb, at->next_seq++, at->page, &number))
			break;
	}
	/* Cleared, and filled again to where we were. */
	if (number < at->expected)
		return false;
	at->lost += number - at->expected;
	at->expected = number;
	return true;
}

static bool more_events(struct iter_cpu *at, struct buffer_cpu *part)
{
	bool copied;

	mutex_lock(&part->read_lock);
	copied = !at->begun && begin(at, &part->rb);
	if (!copied)
		copied = next_page(at, &part->rb);
	mutex_unlock(&part->read_lock);
	if (copied)
		rb_cursor_init(&at->cursor, at->page);
	return copied;
}

static void advance(struct iter_cpu *at, struct buffer_cpu *part)
{
	at->ready = at->begun && rb_cursor_next(&at->cursor, &at->event);
	while (!at->ready && more_events(at, part))
		at->ready = rb_cursor_next(&at->cursor, &at->event);
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
	struct iter_cpu *at;
	int i, next = BUFFER_ALL_CPUS;

	if (iter->cpu != BUFFER_ALL_CPUS) {
		at = &iter->cpus[iter->cpu];
		at->expected++;
		at->lost = 0;
		advance(at, buffer_part(iter->buf, iter->cpu));
	} else {
		for_each_possible_cpu(i)
			if (iter->cpus[i].page && !iter->cpus[i].begun)
				advance(&iter->cpus[i], buffer_part(iter->buf, i));
	}
	for_each_possible_cpu(i) {
		at = &iter->cpus[i];
		if (at->ready && (next < 0 || at->event.ts < iter->cpus[next].event.ts))
			next = i;
	}
	iter->cpu = next;
	return next >= 0;
}
