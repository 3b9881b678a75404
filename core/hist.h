/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_HIST_H
#define FNT_CORE_HIST_H

/*
 * Histograms of durations, and tables of them by key. PURE.
 *
 * A table is written by one CPU, in any context, without a lock: a writer may be
 * interrupted by others at every instruction. Others may read meanwhile. What is
 * changed is changed by single instructions, so nothing gets lost; how often a
 * histogram was added to is the sum of its buckets and no number of its own, so
 * the two always agree.
 */

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include <asm/local.h>

struct text;

/* Buckets, not counting those for what is below and above: up to 2^39 units, 64 widths. */
#define HIST_LOG2_BUCKETS 40
#define HIST_LINEAR_BUCKETS 64

/**
 * struct hist_shape - which values fall into which bucket
 * @unit: values are looked at in units of that many
 * @width: of each bucket, in units; 0: the buckets are powers of two
 */
struct hist_shape {
	u32 unit;
	u32 width;
};

/**
 * struct hist - a histogram
 * @key: what it is of; 0 of none
 * @total: sum of all values
 * @max: the largest
 * @unlike_min: the smallest, all bits inverted, so that 0 means that there is none
 * @buckets: values below 0, hist_buckets() others, values above these
 */
struct hist {
	u64 key;
	local_t total;
	u64 max;
	u64 unlike_min;
	local_t buckets[];
};

/**
 * struct hist_table - histograms that one CPU writes
 * @shape: of all of them
 * @stride: bytes of one
 * @room: for so many of them
 * @taken: so many are in use
 * @refused: values without a histogram, as there was no room
 * @slots: addresses of histograms, by hash; those that do not find theirs free are in
 *         the next one that is
 * @shift: the upper bits of a hash that are left by this are the slot's number
 * @hists: the histograms, in the order in which they came
 */
struct hist_table {
	struct hist_shape shape;
	unsigned int stride;
	unsigned int room;
	unsigned long taken;
	local_t refused;
	unsigned long *slots;
	unsigned int shift;
	char *hists;
};

int hist_table_init(struct hist_table *table, const struct hist_shape *shape, unsigned int room);
void hist_table_exit(struct hist_table *table);
void hist_table_clear(struct hist_table *table);
struct hist *hist_find(struct hist_table *table, u64 key);
struct hist *hist_nth(const struct hist_table *table, unsigned int n);

unsigned int hist_buckets(const struct hist_shape *shape);
u64 hist_hits(const struct hist *hist, const struct hist_shape *shape);
void hist_merge(struct hist *to, const struct hist *from, const struct hist_shape *shape);
void hist_add(struct hist *hist, const struct hist_shape *shape, s64 value);
void hist_print_sums(struct text *text, const struct hist *hist, const struct hist_shape *shape);
void hist_print_buckets(struct text *text, const struct hist *hist,
			const struct hist_shape *shape);

/**
 * hist_slot - where the search for a key begins
 * @table: the table
 * @key: the key
 *
 * Context: any, NMI-safe.
 * Return: number of the slot.
 */
static __always_inline unsigned int hist_slot(const struct hist_table *table, u64 key)
{
	return (key * 0x9e3779b97f4a7c15ULL) >> table->shift;
}

/**
 * hist_try_find - the histogram of a key, if it is where the search begins
 * @table: this CPU's
 * @key: not 0
 *
 * There is no call in this, so that the compiler has little to save.
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the histogram; NULL if hist_find() must follow.
 */
static __always_inline struct hist *hist_try_find(const struct hist_table *table, u64 key)
{
	struct hist *hist = (struct hist *)READ_ONCE(table->slots[hist_slot(table, key)]);

	return likely(hist && READ_ONCE(hist->key) == key) ? hist : NULL;
}

/**
 * hist_bucket - into which bucket a value falls
 * @shape: of the histogram
 * @value: the value
 *
 * Context: any, NMI-safe.
 * Return: its place in struct hist.buckets.
 */
static __always_inline unsigned int hist_bucket(const struct hist_shape *shape, s64 value)
{
	u64 units = value;

	if (unlikely(value < 0))
		return 0;
	if (unlikely(shape->unit != 1))
		units /= shape->unit;
	if (unlikely(shape->width)) {
		units /= shape->width;
		return units < HIST_LINEAR_BUCKETS ? units + 1 : HIST_LINEAR_BUCKETS + 1;
	}
	/* The first has 0 only, the next one 1, then from 2, 4, 8 on. */
	units = units ? 64 - __builtin_clzll(units) : 0;
	return units < HIST_LOG2_BUCKETS ? units + 1 : HIST_LOG2_BUCKETS + 1;
}

/**
 * hist_try_add - add a value to a histogram, if it is neither the smallest nor the largest
 * @hist: the histogram
 * @shape: its shape
 * @value: the value
 *
 * Context: any, NMI-safe; preemption off, on the CPU whose table it is of.
 * Return: false if hist_add() must follow, and nothing was added.
 */
static __always_inline bool hist_try_add(struct hist *hist, const struct hist_shape *shape,
					 s64 value)
{
	/* One below 0 is larger than all. */
	if (unlikely((u64)value > READ_ONCE(hist->max) ||
		     ~(u64)value > READ_ONCE(hist->unlike_min)))
		return false;
	local_add(value, &hist->total);
	local_inc(&hist->buckets[hist_bucket(shape, value)]);
	return true;
}

/**
 * hist_is_simple - may hist_try_add_simple() be used?
 * @shape: of the histogram
 *
 * Context: any.
 * Return: true if its buckets are powers of two, of nanoseconds.
 */
static inline bool hist_is_simple(const struct hist_shape *shape)
{
	return shape->unit == 1 && !shape->width;
}

/**
 * hist_try_add_simple - hist_try_add() for histograms of which most are
 * @hist: the histogram; hist_is_simple() is true of its shape
 * @value: the value
 *
 * The same with fewer instructions.
 *
 * Context: any, NMI-safe; preemption off, on the CPU whose table it is of.
 * Return: false if hist_add() must follow, and nothing was added.
 */
static __always_inline bool hist_try_add_simple(struct hist *hist, u64 value)
{
	/* One below 0 is larger than all. What is above all buckets is not simple. */
	if (unlikely(value > READ_ONCE(hist->max) || ~value > READ_ONCE(hist->unlike_min) ||
		     value >> (HIST_LOG2_BUCKETS - 1)))
		return false;
	local_add(value, &hist->total);
	/* The highest bit of the double and one is the number of bits of the value. */
	local_inc(&hist->buckets[1 + (63 - __builtin_clzll(2 * value + 1))]);
	return true;
}

#endif
