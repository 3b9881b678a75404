// SPDX-License-Identifier: GPL-2.0
/*
 * The histograms of a tracer as text.
 */

#include "core/hist_store.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "core/comm.h"
#include "core/prototypes.h"
#include "core/symbol.h"
#include "core/text.h"

static const struct {
	const char *name;
	u32 ns;
} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 } };

/* By number of their bit. */
static const char *const keys[] = { "result", "task" };

static const char *const outcomes[] = {
	[PROTO_OK] = "ok",
	[PROTO_ERROR] = "error",
	[PROTO_NULL] = "null",
	[PROTO_VOID] = "void",
};

static const char *const reasons[] = {
	[HIST_RECURSION] = "while a call was being looked at",
	[HIST_NO_STACK] = "of tasks without a stack of calls",
	[HIST_TOO_DEEP] = "too deep",
	[HIST_OFF] = "returned while nothing was recorded",
	[HIST_NO_ROOM] = "without room for another histogram",
	[HIST_OPEN] = "not returned yet",
};

/**
 * struct hist_taken - histograms as they were at a moment
 * @taken: pieces: the settings, the histograms, the calls that are not in them
 * @settings: what they are like
 * @sums: of all CPUs
 * @sorted: the histograms, that with the largest total first
 * @nr: number of @sorted
 * @gone: names of functions that are no more
 * @nr_gone: number of @gone
 * @missed: calls, by enum hist_missed
 * @symbols: names of those that are
 */
struct hist_taken {
	struct results_taken taken;
	struct hist_settings settings;
	struct hist_table sums;
	struct hist **sorted;
	unsigned int nr;
	char **gone;
	unsigned int nr_gone;
	u64 missed[HIST_MISSED_KINDS];
	struct symbols *symbols;
};

/**
 * hist_nth_unit - list the units
 * @n: counted from 0
 * @ns: receives how many nanoseconds it is; may be NULL
 *
 * Context: any.
 * Return: its name; NULL behind the last one.
 */
const char *hist_nth_unit(unsigned int n, u32 *ns)
{
	if (n >= ARRAY_SIZE(units))
		return NULL;
	if (ns)
		*ns = units[n].ns;
	return units[n].name;
}

/**
 * hist_nth_key - list what histograms can be for each of, beside functions
 * @n: counted from 0, as the bits of struct hist_settings.keys
 *
 * Context: any.
 * Return: its name; NULL behind the last one.
 */
const char *hist_nth_key(unsigned int n)
{
	return n < ARRAY_SIZE(keys) ? keys[n] : NULL;
}

/**
 * hist_print_buckets_setting - print how wide buckets are
 * @text: receives it
 * @settings: the settings
 *
 * Context: any.
 */
void hist_print_buckets_setting(struct text *text, const struct hist_settings *settings)
{
	if (settings->shape.width)
		text_printf(text, "linear %u", settings->shape.width);
	else
		text_puts(text, "log2");
}

/**
 * hist_print_keys - print what histograms are for each of
 * @text: receives it
 * @settings: the settings
 *
 * Context: any.
 */
void hist_print_keys(struct text *text, const struct hist_settings *settings)
{
	unsigned int i;

	text_puts(text, "function");
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (settings->keys & BIT(i))
			text_printf(text, " %s", keys[i]);
}

/**
 * hist_print_settings - the line that begins the text
 * @text: receives it
 * @settings: the settings
 *
 * Context: any.
 */
void hist_print_settings(struct text *text, const struct hist_settings *settings)
{
	unsigned int i;

	for (i = 0; units[i].ns != settings->shape.unit; i++)
		;
	text_printf(text, "# unit: %s  buckets: ", units[i].name);
	hist_print_buckets_setting(text, settings);
	text_puts(text, "  keys: ");
	hist_print_keys(text, settings);
	text_putc(text, '\n');
}

/* What came of calls of a function, by what they returned. */
static enum proto_outcome outcome_of(unsigned long ip, enum hist_result result)
{
	static const unsigned long like[] = {
		[HIST_ZERO] = 0,
		[HIST_ERROR] = -1UL,
		[HIST_INT_ERROR] = (u32)-1,
		[HIST_OTHER] = 1,
	};
	enum proto_outcome outcome = proto_outcome(prototype_result_kind(ip), like[result]);

	if (outcome != PROTO_UNKNOWN)
		return outcome;
	return result == HIST_ERROR || result == HIST_INT_ERROR ? PROTO_ERROR : PROTO_OK;
}

/* The key of the sum that a histogram goes into: with an outcome for a result. */
static u64 key_of_sum(const struct hist_taken *taken, u64 key)
{
	unsigned long ip = (u32)key | GENMASK_ULL(63, 32);
	u64 outcome;

	if (!(taken->settings.keys & HIST_KEY_RESULT))
		return key;
	outcome = outcome_of(ip, key >> HIST_KEY_RESULT_SHIFT);
	return (key & (BIT_ULL(HIST_KEY_RESULT_SHIFT) - 1)) | outcome << HIST_KEY_RESULT_SHIFT;
}

/* Add up a table; false if there is no room in the sums. */
static bool add_table(struct hist_taken *taken, const struct hist_table *table)
{
	const struct hist *hist;
	struct hist *sum;
	unsigned int n;
	u64 key;

	for (n = 0; (hist = hist_nth(table, n)); n++) {
		key = READ_ONCE(hist->key);
		if (!key || !hist_hits(hist, &table->shape))
			continue;
		sum = hist_find(&taken->sums, key_of_sum(taken, key));
		if (!sum)
			return false;
		hist_merge(sum, hist, &table->shape);
	}
	return true;
}

static bool add_tables(struct hist_taken *taken, const struct hist_set *set)
{
	const struct hist_table *table;
	int cpu;

	taken->missed[HIST_NO_ROOM] = 0;
	for (; set; set = set->before) {
		for_each_possible_cpu(cpu) {
			table = per_cpu_ptr(set->tables, cpu);
			if (!add_table(taken, table))
				return false;
			taken->missed[HIST_NO_ROOM] += local_read(&table->refused);
		}
	}
	return true;
}

/* Different CPUs have mostly the same keys, so that one's room may do for all. */
static int add_up(struct hist_taken *taken, const struct hist_set *set)
{
	unsigned int room = 1;
	int cpu, err;

	for_each_possible_cpu(cpu)
		room = max_t(unsigned int, room, READ_ONCE(per_cpu_ptr(set->tables, cpu)->taken));
	for (;; room *= 2) {
		err = hist_table_init(&taken->sums, &set->settings.shape, room);
		if (err || add_tables(taken, set))
			return err;
		hist_table_exit(&taken->sums);
	}
}

static int by_total(const void *a, const void *b)
{
	const struct hist *x = *(const struct hist *const *)a, *y = *(const struct hist *const *)b;

	if (local_read(&x->total) != local_read(&y->total))
		return (u64)local_read(&x->total) < (u64)local_read(&y->total) ? 1 : -1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static int sort_sums(struct hist_taken *taken)
{
	struct hist *hist;

	taken->sorted = kvmalloc_array(taken->sums.taken + 1, sizeof(*taken->sorted), GFP_KERNEL);
	if (!taken->sorted)
		return -ENOMEM;
	while ((hist = hist_nth(&taken->sums, taken->nr)))
		taken->sorted[taken->nr++] = hist;
	sort(taken->sorted, taken->nr, sizeof(*taken->sorted), by_total, NULL);
	return 0;
}

static int copy_gone(struct hist_taken *taken, const struct hist_store *store)
{
	taken->gone = kcalloc(store->nr_gone + 1, sizeof(*taken->gone), GFP_KERNEL);
	if (!taken->gone)
		return -ENOMEM;
	for (; taken->nr_gone < store->nr_gone; taken->nr_gone++) {
		taken->gone[taken->nr_gone] = kstrdup(store->gone[taken->nr_gone], GFP_KERNEL);
		if (!taken->gone[taken->nr_gone])
			return -ENOMEM;
	}
	return 0;
}

/**
 * hist_store_take - take stock of all histograms
 * @store: the store
 * @missed: calls that are not in them, by enum hist_missed, but for HIST_NO_ROOM
 *
 * Context: process, may sleep; one at a time with all that change the store.
 * Return: for hist_taken_print() and hist_taken_drop(); -ENOMEM.
 */
struct results_taken *hist_store_take(const struct hist_store *store, const u64 *missed)
{
	struct hist_taken *taken = kzalloc(sizeof(*taken), GFP_KERNEL);
	int err;

	if (!taken)
		return ERR_PTR(-ENOMEM);
	taken->settings = store->set->settings;
	memcpy(taken->missed, missed, sizeof(taken->missed));
	taken->symbols = symbols_get();
	err = taken->symbols ? add_up(taken, store->set) : -ENOMEM;
	err = err ?: sort_sums(taken) ?: copy_gone(taken, store);
	if (err) {
		hist_taken_drop(&taken->taken);
		return ERR_PTR(err);
	}
	taken->taken.pieces = taken->nr + 2;
	return &taken->taken;
}

/**
 * hist_taken_drop - free what hist_store_take() gave
 * @results: it
 *
 * Context: process, may sleep.
 */
void hist_taken_drop(struct results_taken *results)
{
	struct hist_taken *taken = container_of(results, struct hist_taken, taken);
	unsigned int i;

	for (i = 0; i < taken->nr_gone; i++)
		kfree(taken->gone[i]);
	kfree(taken->gone);
	kvfree(taken->sorted);
	hist_table_exit(&taken->sums);
	symbols_put(taken->symbols);
	kfree(taken);
}

static void print_name(struct text *text, const struct hist_taken *taken, u32 low)
{
	unsigned long ip = low | GENMASK_ULL(63, 32);
	const char *name;
	unsigned int len;

	if (low <= taken->nr_gone) {
		text_puts(text, taken->gone[low - 1]);
		return;
	}
	name = symbol_name(taken->symbols, ip, PRINT_NAME, &len);
	if (name)
		text_put(text, name, len);
	else
		text_printf(text, "0x%lx", ip);
}

static void print_hist(struct text *text, const struct hist_taken *taken, const struct hist *hist)
{
	int pid = hist->key >> HIST_KEY_PID_SHIFT & (BIT(HIST_KEY_RESULT_SHIFT -
							 HIST_KEY_PID_SHIFT) - 1);
	char comm[COMM_LEN];

	print_name(text, taken, hist->key);
	if (taken->settings.keys & HIST_KEY_RESULT)
		text_printf(text, " result=%s", outcomes[hist->key >> HIST_KEY_RESULT_SHIFT]);
	if (taken->settings.keys & HIST_KEY_TASK) {
		comm_of(pid, comm);
		text_printf(text, " pid=%d comm=%s", pid, comm);
	}
	text_putc(text, ' ');
	hist_print_sums(text, hist, &taken->settings.shape);
	text_putc(text, '\n');
	hist_print_buckets(text, hist, &taken->settings.shape);
}

static void print_missed(struct text *text, const u64 *missed)
{
	unsigned int i;

	for (i = 0; i < HIST_MISSED_KINDS; i++)
		if (missed[i])
			text_printf(text, "# missed: %llu %s\n", missed[i], reasons[i]);
}

/**
 * hist_taken_print - print a piece of what hist_store_take() gave
 * @results: it
 * @n: which piece
 * @text: receives it
 *
 * Context: process, may sleep.
 */
void hist_taken_print(struct results_taken *results, unsigned int n, struct text *text)
{
	struct hist_taken *taken = container_of(results, struct hist_taken, taken);

	if (!n)
		hist_print_settings(text, &taken->settings);
	else if (n <= taken->nr)
		print_hist(text, taken, taken->sorted[n - 1]);
	else
		print_missed(text, taken->missed);
}
