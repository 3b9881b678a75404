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
#include "core/symbol.h"
#include "core/text.h"

static const struct {
	const char *name;
	u32 ns;
} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 } };

/* Larger sums, at most: one of each kind. */
#define GROUPS_MAX 8

/* By number of their bit. */
static const char *const keys[] = { "result", "task", "cpu" };

static const char *const reasons[] = {
	[HIST_RECURSION] = "while a call was being looked at",
	[HIST_NO_STACK] = "of tasks without a stack of calls",
	[HIST_TOO_DEEP] = "too deep",
	[HIST_OFF] = "returned while nothing was recorded",
	[HIST_NO_ROOM] = "without room for another histogram",
	[HIST_OPEN] = "not returned yet",
	[HIST_PUSHED_OUT] = "woken, and others in their place before they ran",
};

/**
 * struct hist_sum - a sum of histograms
 * @hist: it
 * @part: struct hist_part that it is of
 * @group: it is a larger sum
 */
struct hist_sum {
	const struct hist *hist;
	const struct hist_part *part;
	bool group;
};

/**
 * struct hist_part - sums of all CPUs, or of one
 * @sums: the sums
 * @groups: the larger sums
 */
struct hist_part {
	struct hist_table sums;
	struct hist_table groups;
};

/**
 * struct hist_taken - histograms as they were at a moment
 * @taken: pieces: the settings, the histograms, what is not in them
 * @settings: what they are like
 * @naming: what their keys mean
 * @parts: one, or one for each CPU
 * @nr_parts: number of @parts
 * @sorted: larger sums first, and those with the largest totals
 * @nr: number of @sorted
 * @gone: names of functions that are no more
 * @nr_gone: number of @gone
 * @missed: what is not in them, by enum hist_missed
 * @symbols: names of those that are
 */
struct hist_taken {
	struct results_taken taken;
	struct hist_settings settings;
	const struct hist_naming *naming;
	struct hist_part *parts;
	unsigned int nr_parts;
	struct hist_sum *sorted;
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
 * @first: what they are for each of always
 *
 * Context: any.
 */
void hist_print_keys(struct text *text, const struct hist_settings *settings, const char *first)
{
	unsigned int i;

	text_puts(text, first);
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (settings->keys & BIT(i))
			text_printf(text, " %s", keys[i]);
}

/**
 * hist_print_settings - the line that begins the text
 * @text: receives it
 * @settings: the settings
 * @first: what histograms are for each of always
 *
 * Context: any.
 */
void hist_print_settings(struct text *text, const struct hist_settings *settings,
			 const char *first)
{
	unsigned int i;

	for (i = 0; units[i].ns != settings->shape.unit; i++)
		;
	text_printf(text, "# unit: %s  buckets: ", units[i].name);
	hist_print_buckets_setting(text, settings);
	text_puts(text, "  keys: ");
	hist_print_keys(text, settings, first);
	text_putc(text, '\n');
}

/* Add a histogram to a sum of this key; false if there is no room. */
static bool add_to(struct hist_table *sums, u64 key, const struct hist *hist)
{
	struct hist *sum = key ? hist_find(sums, key) : NULL;

	if (sum)
		hist_merge(sum, hist, &sums->shape);
	return !key || sum;
}

/* Add up a table; false if there is no room in the sums. */
static bool add_table(const struct hist_taken *taken, struct hist_part *part,
		      const struct hist_table *table)
{
	const struct hist_naming *naming = taken->naming;
	const struct hist *hist;
	unsigned int n;
	u64 key;

	for (n = 0; (hist = hist_nth(table, n)); n++) {
		key = READ_ONCE(hist->key);
		if (!key || !hist_hits(hist, &table->shape))
			continue;
		if (!add_to(&part->sums, naming->key_of_sum(&taken->settings, key), hist) ||
		    (naming->key_of_group &&
		     !add_to(&part->groups, naming->key_of_group(key), hist)))
			return false;
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
			if (!add_table(taken, &taken->parts[taken->nr_parts > 1 ? cpu : 0], table))
				return false;
			taken->missed[HIST_NO_ROOM] += local_read(&table->refused);
		}
	}
	return true;
}

static void parts_exit(struct hist_taken *taken)
{
	unsigned int i;

	for (i = 0; i < taken->nr_parts; i++) {
		hist_table_exit(&taken->parts[i].sums);
		hist_table_exit(&taken->parts[i].groups);
	}
}

/* Room for so many sums in each part; on error there may be some in some. */
static int parts_init(struct hist_taken *taken, unsigned int room)
{
	const struct hist_shape *shape = &taken->settings.shape;
	unsigned int i;
	int err = 0;

	for (i = 0; i < taken->nr_parts && !err; i++)
		err = hist_table_init(&taken->parts[i].sums, shape, room) ?:
		      hist_table_init(&taken->parts[i].groups, shape, GROUPS_MAX);
	return err;
}

/* Different CPUs have mostly the same keys, so that one's room may do for all. */
static int add_up(struct hist_taken *taken, const struct hist_set *set)
{
	unsigned int room = 1;
	int cpu, err;

	taken->nr_parts = taken->settings.keys & HIST_KEY_CPU ? nr_cpu_ids : 1;
	taken->parts = kvcalloc(taken->nr_parts, sizeof(*taken->parts), GFP_KERNEL);
	if (!taken->parts) {
		taken->nr_parts = 0;
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu)
		room = max_t(unsigned int, room, READ_ONCE(per_cpu_ptr(set->tables, cpu)->taken));
	for (;; room *= 2) {
		err = parts_init(taken, room);
		if (err || add_tables(taken, set))
			return err;
		parts_exit(taken);
	}
}

/* Of the larger sums one kind after the other. */
static int by_total(const void *a, const void *b)
{
	const struct hist_sum *x = a, *y = b;
	u64 of_x = local_read(&x->hist->total), of_y = local_read(&y->hist->total);

	if (x->group != y->group)
		return x->group ? -1 : 1;
	if (of_x != of_y && !x->group)
		return of_x < of_y ? 1 : -1;
	if (x->hist->key != y->hist->key)
		return x->hist->key < y->hist->key ? -1 : 1;
	return x->part < y->part ? -1 : x->part > y->part;
}

static void list_sums(struct hist_taken *taken, const struct hist_part *part,
		      const struct hist_table *table)
{
	const struct hist *hist;
	unsigned int n;

	for (n = 0; (hist = hist_nth(table, n)); n++)
		taken->sorted[taken->nr++] = (struct hist_sum) {
			.hist = hist,
			.part = part,
			.group = table == &part->groups,
		};
}

static int sort_sums(struct hist_taken *taken)
{
	const struct hist_part *part, *end = taken->parts + taken->nr_parts;
	size_t nr = 1;

	for (part = taken->parts; part < end; part++)
		nr += part->sums.taken + part->groups.taken;
	taken->sorted = kvmalloc_array(nr, sizeof(*taken->sorted), GFP_KERNEL);
	if (!taken->sorted)
		return -ENOMEM;
	for (part = taken->parts; part < end; part++) {
		list_sums(taken, part, &part->groups);
		list_sums(taken, part, &part->sums);
	}
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
	taken->naming = store->naming;
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
	parts_exit(taken);
	kvfree(taken->parts);
	symbols_put(taken->symbols);
	kfree(taken);
}

static void print_name(struct text *text, const struct hist_taken *taken, u64 key)
{
	unsigned long ip = key | GENMASK_ULL(63, 32);
	const char *name;
	unsigned int len;
	u32 low = key;

	if (!low) {
		text_puts(text, taken->naming->nowhere(key));
		return;
	}
	if (low <= taken->nr_gone) {
		text_puts(text, taken->gone[low - 1]);
		return;
	}
	name = symbol_name(taken->symbols, ip, taken->naming->name, &len);
	if (name)
		text_put(text, name, len);
	else
		text_printf(text, "0x%lx", ip);
}

static void print_hist(struct text *text, const struct hist_taken *taken,
		       const struct hist_sum *sum)
{
	const struct hist *hist = sum->hist;
	int pid = (hist->key & HIST_KEY_PID_MASK) >> HIST_KEY_PID_SHIFT;
	char comm[COMM_LEN];

	if (sum->group)
		text_puts(text, "all");
	else
		print_name(text, taken, hist->key);
	taken->naming->print(text, &taken->settings, hist->key);
	if (taken->settings.keys & HIST_KEY_CPU)
		text_printf(text, " cpu=%d", (int)(sum->part - taken->parts));
	if (taken->settings.keys & HIST_KEY_TASK && !sum->group) {
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
		hist_print_settings(text, &taken->settings, taken->naming->first);
	else if (n <= taken->nr)
		print_hist(text, taken, &taken->sorted[n - 1]);
	else
		print_missed(text, taken->missed);
}
