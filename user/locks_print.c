// SPDX-License-Identifier: GPL-2.0
/*
 * Locks that are in objects of one kind are shown as one: an inode's is as good as
 * another's.
 */

#include "locks_print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "fntrace.h"
#include "slab.h"

/* The kernel's image, per Documentation/x86/x86_64/mm.rst, and modules behind it. */
#define KERNEL_BEGIN 0xffffffff80000000ULL

/**
 * struct locks_line - locks of one name, at one place
 * @name: of the locks
 * @stat: their sum; without holders
 * @holder: who had them while others waited longest; NULL if nobody is known
 */
struct locks_line {
	char *name;
	struct lock_stat stat;
	const struct lock_holder *holder;
};

/**
 * struct locks_table - all lines
 * @lines: the lines, those of the longest waits first
 * @nr: number of them
 */
struct locks_table {
	struct locks_line *lines;
	size_t nr;
};

static char *name_of(const struct locks_report *report, const struct slabs *slabs, uint64_t lock)
{
	const char *symbol = NULL;
	char *name = NULL, *slab;
	uint64_t begin = 0;

	if (lock >= KERNEL_BEGIN)
		symbol = event_stream_symbol(report->stream, lock, &begin);
	if (symbol && lock == begin)
		return strdup(symbol);
	if (symbol)
		return asprintf(&name, "%s+%#" PRIx64, symbol, lock - begin) < 0 ? NULL : name;
	slab = slab_of(slabs, lock);
	if (!slab)
		return asprintf(&name, "%#" PRIx64, lock) < 0 ? NULL : name;
	if (asprintf(&name, "slab:%s", slab) < 0)
		name = NULL;
	free(slab);
	return name;
}

static const char *caller_of(const struct lock_stat *stat)
{
	return stat->caller ? stat->caller : "-";
}

static int by_name(const void *a, const void *b)
{
	const struct locks_line *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	order = order ? order : strcmp(x->stat.kind, y->stat.kind);
	return order ? order : strcmp(caller_of(&x->stat), caller_of(&y->stat));
}

static int by_total(const void *a, const void *b)
{
	const struct locks_line *x = a, *y = b;

	if (x->stat.total != y->stat.total)
		return x->stat.total < y->stat.total ? 1 : -1;
	return by_name(a, b);
}

static void add(struct locks_line *line, const struct locks_line *other)
{
	line->stat.count += other->stat.count;
	line->stat.total += other->stat.total;
	if (other->stat.max > line->stat.max)
		line->stat.max = other->stat.max;
	if (!line->holder || (other->holder && other->holder->ns > line->holder->ns))
		line->holder = other->holder;
}

static void table_free(struct locks_table *table)
{
	size_t i;

	for (i = 0; i < table->nr; i++)
		free(table->lines[i].name);
	free(table->lines);
}

/* Lines of one name, kind and caller become one. */
static void merge(struct locks_table *table)
{
	size_t i, nr = 0;

	qsort(table->lines, table->nr, sizeof(*table->lines), by_name);
	for (i = 0; i < table->nr; i++) {
		if (nr && !by_name(&table->lines[nr - 1], &table->lines[i])) {
			add(&table->lines[nr - 1], &table->lines[i]);
			free(table->lines[i].name);
		} else {
			table->lines[nr++] = table->lines[i];
		}
	}
	table->nr = nr;
	qsort(table->lines, nr, sizeof(*table->lines), by_total);
}

static uint64_t symbol_address(const void *data, const char *name)
{
	return event_stream_address(data, name);
}

static int table_make(struct locks_table *table, const struct locks_report *report)
{
	const struct locks *locks = &report->locks;
	struct locks_line *line;
	struct slabs slabs;
	size_t i;

	*table = (struct locks_table) { calloc(locks->nr + 1, sizeof(*table->lines)), 0 };
	/* Without it they have addresses. */
	slabs_open(&slabs, symbol_address, report->stream);
	for (i = 0; table->lines && i < locks->nr; i++) {
		line = &table->lines[table->nr];
		line->stat = locks->at[i];
		line->holder = lock_main_holder(&locks->at[i]);
		line->name = name_of(report, &slabs, locks->at[i].lock);
		if (!line->name)
			break;
		table->nr++;
	}
	slabs_close(&slabs);
	if (!table->lines || table->nr < locks->nr) {
		table_free(table);
		return -1;
	}
	merge(table);
	return 0;
}

static double ms(uint64_t ns)
{
	return (double)ns / (double)NS_PER_MS;
}

static double mean(const struct lock_stat *stat)
{
	return ms(stat->total) / (double)stat->count;
}

static size_t lines_shown(const struct locks_report *report, const struct locks_table *table)
{
	return report->top && report->top < table->nr ? report->top : table->nr;
}

static void print_line(FILE *out, const struct locks_report *report,
		       const struct locks_line *line)
{
	const char *comm;

	fprintf(out, "%10" PRIu64 " %12.3f %12.3f %12.3f  %-10s  %-28s  %-24s", line->stat.count,
		ms(line->stat.total), ms(line->stat.max), mean(&line->stat), line->stat.kind,
		line->name, caller_of(&line->stat));
	if (line->holder) {
		comm = event_stream_comm(report->stream, line->holder->pid);
		fprintf(out, "  %s-%d", comm ? comm : "?", line->holder->pid);
	}
	putc('\n', out);
}

/**
 * locks_print - show it as text
 * @out: the stream
 * @report: what is shown
 *
 * Return: 0; -1 without memory.
 */
int locks_print(FILE *out, const struct locks_report *report)
{
	struct locks_table table;
	size_t i, shown;

	if (table_make(&table, report))
		return -1;
	shown = lines_shown(report, &table);
	fprintf(out, "# %.3f s\n\n", ms(report->end - report->start) / 1000);
	fprintf(out, "%10s %12s %12s %12s  %-10s  %-28s  %-24s  %s\n", "Contended", "Total (ms)",
		"Max (ms)", "Mean (ms)", "Kind", "Lock", "Caller", "Holder");
	for (i = 0; i < shown; i++)
		print_line(out, report, &table.lines[i]);
	if (shown < table.nr)
		fprintf(out, "%10s and %zu more\n", "", table.nr - shown);
	table_free(&table);
	return 0;
}

static json_t *json_of_line(const struct locks_report *report, const struct locks_line *line)
{
	json_t *json = json_pack("{s:s, s:s, s:I, s:f, s:f, s:f}", "lock", line->name, "kind",
				 line->stat.kind, "count", (json_int_t)line->stat.count, "total_ms",
				 ms(line->stat.total), "max_ms", ms(line->stat.max), "mean_ms",
				 mean(&line->stat));
	const char *comm;

	if (line->stat.caller)
		json_object_set_new(json, "caller", json_string(line->stat.caller));
	if (line->holder) {
		comm = event_stream_comm(report->stream, line->holder->pid);
		json_object_set_new(json, "holder",
				    json_pack("{s:i, s:s?}", "pid", line->holder->pid, "comm",
					      comm));
	}
	return json;
}

/**
 * locks_json - show it to a program
 * @report: what is shown
 *
 * Return: an object; NULL without memory.
 */
json_t *locks_json(const struct locks_report *report)
{
	struct locks_table table;
	json_t *list;
	size_t i;

	if (table_make(&table, report))
		return NULL;
	list = json_array();
	for (i = 0; i < lines_shown(report, &table); i++)
		json_array_append_new(list, json_of_line(report, &table.lines[i]));
	table_free(&table);
	return json_pack("{s:f, s:b, s:o}", "seconds", ms(report->end - report->start) / 1000,
			 "lost", report->stream->lost, "locks", list);
}
