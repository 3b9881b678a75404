// SPDX-License-Identifier: GPL-2.0
/*
 * Where CPUs spent their time. What is not in the kernel is in the user space of some task,
 * and what is of no task is idle.
 */

#include "profile_print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "fntrace.h"

static const char *task_of(const struct profile_report *report, const struct sample *sample)
{
	const char *comm = sample->pid ? event_stream_comm(report->stream, sample->pid) : "idle";

	return comm ? comm : "?";
}

static const char *innermost(const struct sample *sample)
{
	if (sample->user)
		return "[user]";
	return sample->nr ? sample->functions[0] : "[unknown]";
}

static double percent(const struct profile_report *report, uint64_t count)
{
	return report->samples.ticks ? 100.0 * (double)count / (double)report->samples.ticks : 0;
}

static int by_count(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(innermost(x), innermost(y));
}

/* The same with the innermost function alone: those of all stacks and tasks become one. */
static void by_function(const struct samples *samples, struct samples *lines)
{
	struct sample line;
	size_t i;

	for (i = 0; i < samples->nr; i++) {
		line = samples->at[i];
		/* That it was idle says more than the instruction for it. */
		line.pid = line.pid || line.user ? 1 : 0;
		line.nr = line.user || !line.nr ? 0 : 1;
		samples_add(lines, &line);
	}
	lines->failed |= samples->failed;
	if (lines->nr)
		qsort(lines->at, lines->nr, sizeof(*lines->at), by_count);
}

static size_t lines_shown(const struct profile_report *report, size_t nr)
{
	return report->top && report->top < nr ? report->top : nr;
}

/* The outermost first, as flame graphs want it. */
static void print_folded(FILE *out, const struct profile_report *report)
{
	const struct sample *sample;
	size_t i, k;

	for (i = 0; i < report->samples.nr; i++) {
		sample = &report->samples.at[i];
		fputs(task_of(report, sample), out);
		for (k = sample->nr; k--;)
			fprintf(out, ";%s", sample->functions[k]);
		if (!sample->nr)
			fprintf(out, ";%s", innermost(sample));
		fprintf(out, " %" PRIu64 "\n", sample->count);
	}
}

static void print_stacks(FILE *out, const struct profile_report *report)
{
	size_t shown = lines_shown(report, report->samples.nr), i, k;
	const struct sample *sample;

	for (i = 0; i < shown; i++) {
		sample = &report->samples.at[i];
		fprintf(out, "\n%10" PRIu64 " %6.2f %%  %s-%d\n", sample->count,
			percent(report, sample->count), task_of(report, sample), sample->pid);
		for (k = 0; k < sample->nr; k++)
			fprintf(out, "%21s%s\n", "", sample->functions[k]);
		if (!sample->nr)
			fprintf(out, "%21s%s\n", "", innermost(sample));
	}
	if (shown < report->samples.nr)
		fprintf(out, "\n%10s and %zu more\n", "", report->samples.nr - shown);
}

static int print_functions(FILE *out, const struct profile_report *report)
{
	struct samples lines = { };
	size_t shown, i;
	int err;

	by_function(&report->samples, &lines);
	shown = lines_shown(report, lines.nr);
	fprintf(out, "\n%10s %8s  %s\n", "Ticks", "%", "Function");
	for (i = 0; i < shown; i++)
		fprintf(out, "%10" PRIu64 " %8.2f  %s%s\n", lines.at[i].count,
			percent(report, lines.at[i].count), innermost(&lines.at[i]),
			lines.at[i].pid ? "" : " (idle)");
	if (shown < lines.nr)
		fprintf(out, "%10s and %zu more\n", "", lines.nr - shown);
	err = lines.failed ? -1 : 0;
	samples_free(&lines);
	return err;
}

static double seconds(const struct profile_report *report)
{
	return (double)(report->end - report->start) / (double)NS_PER_SECOND;
}

static void sort(struct profile_report *report)
{
	if (report->samples.nr)
		qsort(report->samples.at, report->samples.nr, sizeof(*report->samples.at),
		      by_count);
}

/**
 * profile_print - show it as text
 * @out: the stream
 * @report: what is shown; nothing can be added any more
 *
 * Return: 0; -1 without memory.
 */
int profile_print(FILE *out, struct profile_report *report)
{
	sort(report);
	if (report->folded) {
		print_folded(out, report);
		return 0;
	}
	fprintf(out, "# %.3f s, %u Hz: %" PRIu64 " ticks, %" PRIu64 " too late\n",
		seconds(report), report->hz, report->samples.ticks, report->samples.overruns);
	if (!report->stacks)
		return print_functions(out, report);
	print_stacks(out, report);
	return 0;
}

static json_t *json_of_stack(const struct profile_report *report, const struct sample *sample)
{
	json_t *frames = json_array();
	size_t i;

	for (i = 0; i < sample->nr; i++)
		json_array_append_new(frames, json_string(sample->functions[i]));
	return json_pack("{s:I, s:i, s:s, s:b, s:o}", "ticks", (json_int_t)sample->count, "pid",
			 sample->pid, "comm", task_of(report, sample), "user", sample->user,
			 "stack", frames);
}

static json_t *json_of_function(const struct sample *line)
{
	return json_pack("{s:I, s:s, s:b, s:b}", "ticks", (json_int_t)line->count, "function",
			 innermost(line), "user", line->user, "idle", !line->pid);
}

/**
 * profile_json - show it to a program
 * @report: what is shown; nothing can be added any more
 *
 * Return: an object; NULL without memory.
 */
json_t *profile_json(struct profile_report *report)
{
	struct samples lines = { };
	json_t *functions = json_array(), *stacks = json_array(), *json = NULL;
	size_t i;

	sort(report);
	by_function(&report->samples, &lines);
	for (i = 0; i < lines_shown(report, lines.nr); i++)
		json_array_append_new(functions, json_of_function(&lines.at[i]));
	for (i = 0; report->stacks && i < lines_shown(report, report->samples.nr); i++)
		json_array_append_new(stacks, json_of_stack(report, &report->samples.at[i]));
	json = json_pack("{s:f, s:i, s:I, s:I, s:b, s:o, s:o}", "seconds", seconds(report), "hz",
			 report->hz, "ticks", (json_int_t)report->samples.ticks, "overruns",
			 (json_int_t)report->samples.overruns, "lost", report->stream->lost,
			 "functions", functions, "stacks", stacks);
	if (lines.failed) {
		json_decref(json);
		json = NULL;
	}
	samples_free(&lines);
	return json;
}
