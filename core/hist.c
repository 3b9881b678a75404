// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms of durations: what is not on the way of every event. PURE.
 */

#include "core/hist.h"

#include <linux/errno.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/text.h"

/**
 * hist_buckets - number of buckets for values that are neither below nor above
 * @shape: of the histogram
 *
 * Context: any.
 * Return: the number.
 */
unsigned int hist_buckets(const struct hist_shape *shape)
{
	return shape->width ? HIST_LINEAR_BUCKETS : HIST_LOG2_BUCKETS;
}

/* Slots that a table has: at most half of them are in use, so searches end soon. */
static unsigned long nr_slots(const struct hist_table *table)
{
	return 1UL << (64 - table->shift);
}

/**
 * hist_table_init - make an empty table
 * @table: the table
 * @shape: of its histograms
 * @room: for so many, at least 1
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int hist_table_init(struct hist_table *table, const struct hist_shape *shape, unsigned int room)
{
	*table = (struct hist_table) {
		.shape = *shape,
		.room = room,
		.stride = struct_size((struct hist *)NULL, buckets, hist_buckets(shape) + 2),
		.shift = 64 - (32 - __builtin_clz(2 * room - 1)),
	};
	table->slots = kvcalloc(nr_slots(table), sizeof(*table->slots), GFP_KERNEL);
	table->hists = kvcalloc(room, table->stride, GFP_KERNEL);
	if (table->slots && table->hists)
		return 0;
	hist_table_exit(table);
	return -ENOMEM;
}

/**
 * hist_table_exit - undo hist_table_init()
 * @table: the table; nobody uses it; zeroes are fine
 *
 * Context: process, may sleep.
 */
void hist_table_exit(struct hist_table *table)
{
	kvfree(table->slots);
	kvfree(table->hists);
	table->slots = NULL;
	table->hists = NULL;
}

/**
 * hist_table_clear - forget everything
 * @table: the table; nobody uses it
 *
 * Context: process.
 */
void hist_table_clear(struct hist_table *table)
{
	memset(table->slots, 0, nr_slots(table) * sizeof(*table->slots));
	memset(table->hists, 0, (size_t)table->taken * table->stride);
	table->taken = 0;
	local_set(&table->refused, 0);
}

/* A histogram that nobody has; NULL without room. */
static struct hist *take(struct hist_table *table, u64 key)
{
	unsigned long n;
	struct hist *hist;

	do {
		n = READ_ONCE(table->taken);
		if (n == table->room)
			return NULL;
	} while (cmpxchg_local(&table->taken, n, n + 1) != n);
	hist = (struct hist *)(table->hists + n * table->stride);
	WRITE_ONCE(hist->key, key);
	return hist;
}

/**
 * hist_find - the histogram of a key, a new one if there is none yet
 * @table: this CPU's
 * @key: not 0
 *
 * Whoever interrupts this may be after the same key: the first to get a slot has
 * it, and the other's histogram stays empty.
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the histogram; NULL if there is no room, which has been counted.
 */
struct hist *hist_find(struct hist_table *table, u64 key)
{
	unsigned long *slots = table->slots, found;
	unsigned int slot = hist_slot(table, key);
	struct hist *mine = NULL;

	for (;; slot = (slot + 1) & (nr_slots(table) - 1)) {
		found = READ_ONCE(slots[slot]);
		if (!found) {
			mine = mine ?: take(table, key);
			/* It may be an interrupt with this key that has got the last one. */
			found = mine ? cmpxchg_local(&slots[slot], 0UL, (unsigned long)mine) :
				READ_ONCE(slots[slot]);
			if (!found) {
				if (!mine)
					local_inc(&table->refused);
				return mine;
			}
		}
		if (READ_ONCE(((struct hist *)found)->key) == key)
			return (struct hist *)found;
	}
}

/**
 * hist_nth - list the histograms of a table
 * @table: the table
 * @n: counted from 0
 *
 * Context: any; its CPU may be writing.
 * Return: the histogram, perhaps one without a value; NULL behind the last one.
 */
struct hist *hist_nth(const struct hist_table *table, unsigned int n)
{
	return n < READ_ONCE(table->taken) ?
	       (struct hist *)(table->hists + (size_t)n * table->stride) : NULL;
}

/* It is the smallest one so far, unless an interrupt has brought a smaller one meanwhile. */
static void lower(struct hist *hist, u64 value)
{
	u64 old;

	do {
		old = READ_ONCE(hist->unlike_min);
	} while (~value > old && cmpxchg_local(&hist->unlike_min, old, ~value) != old);
}

static void raise(struct hist *hist, u64 value)
{
	u64 old;

	do {
		old = READ_ONCE(hist->max);
	} while (value > old && cmpxchg_local(&hist->max, old, value) != old);
}

/**
 * hist_add - add a value to a histogram
 * @hist: the histogram
 * @shape: its shape
 * @value: the value; one below 0 is counted in its bucket, and as 0 otherwise
 *
 * Context: any, NMI-safe; preemption off, on the CPU whose table it is of.
 */
void hist_add(struct hist *hist, const struct hist_shape *shape, s64 value)
{
	unsigned int bucket = hist_bucket(shape, value);

	if (value < 0)
		value = 0;
	lower(hist, value);
	raise(hist, value);
	local_add(value, &hist->total);
	local_inc(&hist->buckets[bucket]);
}

/**
 * hist_hits - how many values there are
 * @hist: the histogram
 * @shape: its shape
 *
 * Context: any; its CPU may be writing.
 * Return: their number.
 */
u64 hist_hits(const struct hist *hist, const struct hist_shape *shape)
{
	unsigned int i, nr = hist_buckets(shape) + 2;
	u64 hits = 0;

	for (i = 0; i < nr; i++)
		hits += local_read(&hist->buckets[i]);
	return hits;
}

/**
 * hist_merge - add a histogram to another
 * @to: the other, which nobody else uses
 * @from: the histogram, which its CPU may be writing
 * @shape: of both
 *
 * Context: any.
 */
void hist_merge(struct hist *to, const struct hist *from, const struct hist_shape *shape)
{
	unsigned int i, nr = hist_buckets(shape) + 2;

	for (i = 0; i < nr; i++)
		local_add(local_read(&from->buckets[i]), &to->buckets[i]);
	local_add(local_read(&from->total), &to->total);
	if (READ_ONCE(from->max) > to->max)
		to->max = READ_ONCE(from->max);
	if (READ_ONCE(from->unlike_min) > to->unlike_min)
		to->unlike_min = READ_ONCE(from->unlike_min);
}

/**
 * hist_print_sums - how many values there are, their sum, the smallest, the largest
 * @text: receives it
 * @hist: the histogram
 * @shape: its shape
 *
 * Context: any.
 */
void hist_print_sums(struct text *text, const struct hist *hist, const struct hist_shape *shape)
{
	text_printf(text, "hits=%llu total=%llu min=%llu max=%llu", hist_hits(hist, shape),
		    (u64)local_read(&hist->total) / shape->unit,
		    ~hist->unlike_min / shape->unit, hist->max / shape->unit);
}

/* The smallest value in bucket @n of those that are neither below nor above, in units. */
static u64 lower_bound(const struct hist_shape *shape, unsigned int n)
{
	if (shape->width)
		return (u64)n * shape->width;
	return n ? 1ULL << (n - 1) : 0;
}

/**
 * hist_print_buckets - a line for each bucket, from the first to the last with a value
 * @text: receives them
 * @hist: the histogram
 * @shape: its shape
 *
 * Context: any.
 */
void hist_print_buckets(struct text *text, const struct hist *hist,
			const struct hist_shape *shape)
{
	unsigned int i, first = 0, last = hist_buckets(shape) + 1, above = last;

	while (first < last && !local_read(&hist->buckets[first]))
		first++;
	while (last > first && !local_read(&hist->buckets[last]))
		last--;
	for (i = first; i <= last; i++) {
		if (!i)
			text_puts(text, "\t[-inf, 0)");
		else if (i == above)
			text_printf(text, "\t[%llu, inf)", lower_bound(shape, i - 1));
		else
			text_printf(text, "\t[%llu, %llu)", lower_bound(shape, i - 1),
				    lower_bound(shape, i));
		text_printf(text, " %llu\n", (u64)local_read(&hist->buckets[i]));
	}
}
