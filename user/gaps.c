// SPDX-License-Identifier: GPL-2.0
/*
 * Times in which nothing of this machine ran, and what is shown of them.
 */

#include "gaps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"

/**
 * gaps_add - keep one
 * @report: receives it
 * @gap: the gap
 */
void gaps_add(struct gaps_report *report, const struct gap *gap)
{
	size_t room = report->room ? report->room * 2 : 256;
	struct gap *at;

	if (report->nr == report->room) {
		at = reallocarray(report->at, room, sizeof(*at));
		if (!at) {
			report->failed = true;
			return;
		}
		report->at = at;
		report->room = room;
	}
	report->at[report->nr++] = *gap;
}

static bool read_line(const char *line, struct gap_sums *sums)
{
	sums->steal = -1;
	return sscanf(line,
		      "%d %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNd64,
		      &sums->cpu, &sums->looked, &sums->nr, &sums->total, &sums->longest,
		      &sums->with_nmis, &sums->steal) >= 6;
}

/**
 * gaps_read_sums - take over what the kernel's side has summed up
 * @report: receives it
 * @text: of trace_stat/gaps
 *
 * Return: 0; -1 without memory.
 */
int gaps_read_sums(struct gaps_report *report, const char *text)
{
	const char *line, *next;
	struct gap_sums *sums;

	for (line = text; line; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : NULL;
		sums = reallocarray(report->sums, report->nr_sums + 1, sizeof(*sums));
		if (!sums)
			return -1;
		report->sums = sums;
		report->nr_sums += read_line(line, &sums[report->nr_sums]);
	}
	return 0;
}

static int by_length(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	return x->end < y->end ? -1 : 1;
}

static void sort(struct gaps_report *report)
{
	if (report->nr)
		qsort(report->at, report->nr, sizeof(*report->at), by_length);
}

static size_t shown(const struct gaps_report *report)
{
	return report->top && report->top < report->nr ? report->top : report->nr;
}

static double ms(uint64_t ns)
{
	return (double)ns / (double)NS_PER_MS;
}

static double ms_of_us(uint64_t us)
{
	return (double)us / 1000;
}

static double seconds(const struct gaps_report *report)
{
	return ms(report->end - report->start) / 1000;
}

/* Within what was recorded, in s; it may have begun before. */
static double began(const struct gaps_report *report, const struct gap *gap)
{
	return ((double)gap->end - (double)gap->ns - (double)report->start) / (double)NS_PER_SECOND;
}

static bool has_steal(const struct gaps_report *report)
{
	return report->nr_sums && report->sums[0].steal >= 0;
}

static void print_steal(FILE *out, bool there, double steal)
{
	if (there)
		fprintf(out, " %12.3f", steal);
	else
		fprintf(out, " %12s", "-");
}

static void print_sums(FILE *out, const struct gaps_report *report)
{
	const struct gap_sums *sums;
	size_t i;

	fprintf(out, "%5s %12s %9s %12s %12s %10s %12s\n", "CPU", "Looked (ms)", "Gaps",
		"Total (ms)", "Max (ms)", "With NMIs", "Steal (ms)");
	for (i = 0; i < report->nr_sums; i++) {
		sums = &report->sums[i];
		fprintf(out, "%5d %12.3f %9" PRIu64 " %12.3f %12.3f %10" PRIu64, sums->cpu,
			ms_of_us(sums->looked), sums->nr, ms_of_us(sums->total),
			ms_of_us(sums->longest), sums->with_nmis);
		print_steal(out, sums->steal >= 0, ms_of_us(sums->steal));
		putc('\n', out);
	}
}

/**
 * gaps_print - show it as text
 * @out: the stream
 * @report: what is shown
 */
void gaps_print(FILE *out, struct gaps_report *report)
{
	const struct gap *gap;
	size_t i;

	sort(report);
	fprintf(out, "# %.3f s, gaps of more than %.3f ms\n", seconds(report), ms(report->over));
	if (!has_steal(report))
		fputs("# no steal clock\n", out);
	putc('\n', out);
	print_sums(out, report);
	if (!report->nr)
		return;
	fprintf(out, "\n%5s %12s %12s %12s %6s\n", "CPU", "Began (s)", "Gap (ms)", "Steal (ms)",
		"NMIs");
	for (i = 0; i < shown(report); i++) {
		gap = &report->at[i];
		fprintf(out, "%5d %12.6f %12.3f", gap->cpu, began(report, gap), ms(gap->ns));
		print_steal(out, gap->steal >= 0, ms(gap->steal));
		fprintf(out, " %6u\n", gap->nmis);
	}
	if (shown(report) < report->nr)
		fprintf(out, "%5s and %zu more\n", "", report->nr - shown(report));
}

/* Null says what 0 would not: that there is no such clock. */
static json_t *json_of_steal(bool there, double steal)
{
	return there ? json_real(steal) : json_null();
}

static json_t *json_of_sums(const struct gap_sums *sums)
{
	return json_pack("{s:i, s:f, s:I, s:f, s:f, s:I, s:o}", "cpu", sums->cpu, "looked_ms",
			 ms_of_us(sums->looked), "gaps", (json_int_t)sums->nr, "total_ms",
			 ms_of_us(sums->total), "max_ms", ms_of_us(sums->longest), "with_nmis",
			 (json_int_t)sums->with_nmis, "steal_ms",
			 json_of_steal(sums->steal >= 0, ms_of_us(sums->steal)));
}

static json_t *json_of_gap(const struct gaps_report *report, const struct gap *gap)
{
	return json_pack("{s:i, s:f, s:f, s:o, s:i}", "cpu", gap->cpu, "began_s",
			 began(report, gap), "ms", ms(gap->ns), "steal_ms",
			 json_of_steal(gap->steal >= 0, ms(gap->steal)), "nmis", gap->nmis);
}

/**
 * gaps_json - show it to a program
 * @report: what is shown
 *
 * Return: an object; NULL without memory.
 */
json_t *gaps_json(struct gaps_report *report)
{
	json_t *cpus = json_array(), *gaps = json_array();
	size_t i;

	sort(report);
	for (i = 0; i < report->nr_sums; i++)
		json_array_append_new(cpus, json_of_sums(&report->sums[i]));
	for (i = 0; i < shown(report); i++)
		json_array_append_new(gaps, json_of_gap(report, &report->at[i]));
	return json_pack("{s:f, s:f, s:b, s:b, s:o, s:o}", "seconds", seconds(report), "over_ms",
			 ms(report->over), "steal_clock", has_steal(report), "lost", report->lost,
			 "cpus", cpus, "gaps", gaps);
}

/**
 * gaps_free - forget them
 * @report: what was shown
 */
void gaps_free(struct gaps_report *report)
{
	free(report->at);
	free(report->sums);
}
