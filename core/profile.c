// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of functions and their times, and the lines that are made of them.
 * PURE: also compiled in user space.
 */

#include "core/profile.h"

#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "core/text.h"

/* Fewer are not worth it. */
#define BITS_LEAST 8

/**
 * profile_bits - how large a table is
 * @functions: how many there may be in it
 *
 * Context: any.
 * Return: it has two to the power of this entries, a third of them to spare.
 */
unsigned int profile_bits(unsigned int functions)
{
	unsigned int bits = BITS_LEAST;

	while (1ULL << bits < functions + functions / 2ULL)
		bits++;
	return bits;
}

/**
 * profile_find - a function's entry
 * @table: this CPU's
 * @bits: it has 2^@bits entries
 * @ip: the function's call site
 *
 * A place is taken for good, by one instruction: whoever interrupts us and takes it
 * has it, and if that is the same function it is ours.
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the entry, taken for the function if it had none; NULL without a place.
 */
struct profile_entry *profile_find(struct profile_entry *table, unsigned int bits,
				   unsigned long ip)
{
	unsigned long first = profile_hash(ip) >> (64 - bits), found;
	struct profile_entry *entry;
	unsigned int i;

	for (i = 0; i < PROFILE_TRIES; i++) {
		entry = &table[(first + i) & ((1UL << bits) - 1)];
		found = READ_ONCE(entry->ip);
		if (!found)
			found = cmpxchg_local(&entry->ip, 0UL, ip);
		if (!found || found == ip)
			return entry;
	}
	return NULL;
}

/**
 * profile_used - how many functions a table has
 * @table: any CPU's
 * @bits: it has 2^@bits entries
 *
 * Context: any.
 * Return: their number, up to now.
 */
unsigned int profile_used(const struct profile_entry *table, unsigned int bits)
{
	unsigned int nr = 0;
	size_t i;

	for (i = 0; i < 1UL << bits; i++)
		nr += READ_ONCE(table[i].ip) != 0;
	return nr;
}

static void copy_times(struct profile_times *to, const struct profile_times *from)
{
	to->sum = READ_ONCE(from->sum);
	to->squares[0] = READ_ONCE(from->squares[0]);
	to->squares[1] = READ_ONCE(from->squares[1]);
}

/**
 * profile_copy - what a table has now
 * @rows: receives it
 * @room: how much there is there
 * @table: any CPU's, which may be going on
 * @bits: it has 2^@bits entries
 *
 * Each number is one that was there; those of one row may be a call apart.
 *
 * Context: any.
 * Return: number of rows.
 */
unsigned int profile_copy(struct profile_entry *rows, unsigned int room,
			  const struct profile_entry *table, unsigned int bits)
{
	const struct profile_entry *entry;
	unsigned int nr = 0;

	for (entry = table; entry < table + (1UL << bits) && nr < room; entry++) {
		rows[nr].ip = READ_ONCE(entry->ip);
		if (!rows[nr].ip)
			continue;
		rows[nr].hits = READ_ONCE(entry->hits);
		copy_times(&rows[nr].total, &entry->total);
		copy_times(&rows[nr].self, &entry->self);
		nr++;
	}
	return nr;
}

static int compare(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

static int compare_ips(const void *a, const void *b)
{
	const struct profile_entry *x = a, *y = b;

	return compare(x->ip, y->ip);
}

static void times_merge(struct profile_times *to, const struct profile_times *from)
{
	to->sum += from->sum;
	to->squares[0] += from->squares[0];
	to->squares[1] += from->squares[1] + (to->squares[0] < from->squares[0]);
}

/**
 * profile_merge - make one row of those of a function
 * @rows: of several tables
 * @nr: number of @rows
 *
 * Context: process.
 * Return: number of functions; they are the first of @rows.
 */
unsigned int profile_merge(struct profile_entry *rows, unsigned int nr)
{
	unsigned int i, functions = 0;

	sort(rows, nr, sizeof(*rows), compare_ips, NULL);
	for (i = 0; i < nr; i++) {
		if (!functions || rows[functions - 1].ip != rows[i].ip) {
			rows[functions++] = rows[i];
			continue;
		}
		rows[functions - 1].hits += rows[i].hits;
		times_merge(&rows[functions - 1].total, &rows[i].total);
		times_merge(&rows[functions - 1].self, &rows[i].self);
	}
	return functions;
}

/* What took longest first; of equals what was called more often, then by address. */
static int compare_rows(const struct profile_entry *x, const struct profile_entry *y,
			u64 x_time, u64 y_time)
{
	return compare(y_time, x_time) ?: compare(y->hits, x->hits) ?: compare_ips(x, y);
}

static int compare_totals(const void *a, const void *b)
{
	const struct profile_entry *x = a, *y = b;

	return compare_rows(x, y, x->total.sum, y->total.sum);
}

static int compare_selves(const void *a, const void *b)
{
	const struct profile_entry *x = a, *y = b;

	return compare_rows(x, y, x->self.sum, y->self.sum);
}

/**
 * profile_sort - what took longest first
 * @rows: of different functions
 * @nr: number of @rows
 * @self: by time without calls within
 *
 * Context: process.
 */
void profile_sort(struct profile_entry *rows, unsigned int nr, bool self)
{
	sort(rows, nr, sizeof(*rows), self ? compare_selves : compare_totals, NULL);
}

/* Divide a number of 128 bits, which the kernel has no function for. */
static void divide(u64 *high, u64 *low, u64 by)
{
	u64 rest = *high % by;

	*high /= by;
	/* The rest is less than what it is divided by: the result has 64 bits. */
	asm("divq %2" : "+a" (*low), "+d" (rest) : "r" (by) : "cc");
}

/**
 * profile_average - how long a call takes
 * @times: of calls
 * @hits: their number
 *
 * Context: any.
 * Return: ns; 0 without a call.
 */
u64 profile_average(const struct profile_times *times, u64 hits)
{
	return hits ? times->sum / hits : 0;
}

/**
 * profile_variance - how much calls differ
 * @times: of calls
 * @hits: their number
 *
 * s^2 = (n * sum(x^2) - sum(x)^2) / (n * (n - 1)), as the kernel has it, but with
 * 128 bits: n times the sum of the squares of what calls differ from their average
 * must be less than 2^128. That is so for a thousand million calls that differ by
 * 18 s each. The kernel has 64 bits: a hundred calls of 0.5 s are too much for it.
 *
 * Context: any.
 * Return: it in ns^2 / 1000, what the kernel shows as us; 0 for fewer than two calls.
 */
u64 profile_variance(const struct profile_times *times, u64 hits)
{
	unsigned __int128 squares, all;
	u64 high, low;

	if (hits < 2)
		return 0;
	squares = (unsigned __int128)times->squares[1] << 64 | times->squares[0];
	all = (unsigned __int128)times->sum * times->sum;
	/* What is read from a table that goes on may lack a call's squares. */
	if (squares * hits <= all)
		return 0;
	all = squares * hits - all;
	high = all >> 64;
	low = all;
	divide(&high, &low, hits);
	divide(&high, &low, hits - 1);
	divide(&high, &low, 1000);
	return high ? ~0ULL : low;
}

/* Seven digits, or as many as it takes, then blanks up to eight, as the kernel. */
static void print_time(struct text *text, u64 ns)
{
	size_t from = text->len, len;
	unsigned int rest = ns % 1000;

	text_printf(text, "%llu", (unsigned long long)(ns / 1000));
	len = text->len - from;
	if (len <= 4)
		text_printf(text, ".%03u", rest);
	else if (len == 5)
		text_printf(text, ".%02u", rest / 10);
	else if (len == 6)
		text_printf(text, ".%u", rest / 100);
	len = text->len - from;
	text_puts(text, " us ");
	while (len++ < 8)
		text_putc(text, ' ');
}

static void print_times(struct text *text, const struct profile_times *times, u64 hits)
{
	text_puts(text, "    ");
	print_time(text, profile_average(times, hits));
	text_puts(text, "    ");
	print_time(text, profile_variance(times, hits));
	text_putc(text, '\n');
}

/**
 * profile_print_row - a line as the kernel's profiler has it
 * @text: receives it
 * @row: what is known of a function
 * @name: the function
 * @self: show its time without calls within
 *
 * Context: any.
 */
void profile_print_row(struct text *text, const struct profile_entry *row, const char *name,
		       bool self)
{
	const struct profile_times *times = self ? &row->self : &row->total;

	text_printf(text, "  %-30.30s  %10llu    ", name, (unsigned long long)row->hits);
	print_time(text, times->sum);
	print_times(text, times, row->hits);
}

/**
 * profile_print_merged - a line with both times, and the whole name
 * @text: receives it
 * @row: what is known of a function
 * @name: the function
 *
 * Context: any.
 */
void profile_print_merged(struct text *text, const struct profile_entry *row,
			  const char *name)
{
	text_printf(text, "  %-30s  %10llu    ", name, (unsigned long long)row->hits);
	print_time(text, row->total.sum);
	text_puts(text, "    ");
	print_time(text, row->self.sum);
	print_times(text, &row->total, row->hits);
}
