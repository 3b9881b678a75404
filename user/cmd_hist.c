// SPDX-License-Identifier: GPL-2.0
/*
 * The tracer hist has the durations counted in the kernel: no event is written,
 * and none is lost.
 */

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "fntrace.h"
#include "hist.h"
#include "scope.h"
#include "screen.h"
#include "textfile.h"

#define HIST "hist"

struct unit {
	int key;
	const char *name;	/* in hist_unit */
	const char *plural;
};

static const struct unit units[] = {
	{ 'u', "us", "usecs" },
	{ 'm', "ms", "msecs" },
	{ 'n', "ns", "nsecs" },
};

/**
 * struct histogram - what `fntrace hist` is about
 * @scope: whom, and for how long
 * @globs: the functions, NULL behind the last
 * @nr_globs: number of them
 * @unit: of the values
 * @width: of all buckets, in the unit; NULL: they are powers of two
 * @by_result: returned values are told apart
 * @by_task: tasks are told apart
 */
struct histogram {
	struct scope scope;
	char **globs;
	size_t nr_globs;
	const struct unit *unit;
	const char *width;
	bool by_result;
	bool by_task;
};

static int prepare(struct scope *scope, void *data)
{
	const struct histogram *histogram = data;
	struct session *session = &scope->session;
	char *const none[] = { NULL };
	char buckets[64] = "log2", keys[32];

	if (histogram->width)
		snprintf(buckets, sizeof(buckets), "linear %.32s", histogram->width);
	snprintf(keys, sizeof(keys), "function%s%s", histogram->by_result ? " result" : "",
		 histogram->by_task ? " task" : "");
	return session_set_list(session, "set_ftrace_filter", histogram->globs) ||
	       session_set_list(session, "set_ftrace_notrace", none) ||
	       session_set(session, "hist_unit", histogram->unit->name) ||
	       session_set(session, "hist_buckets", buckets) ||
	       session_set(session, "hist_keys", keys) ||
	       session_set(session, "current_tracer", "hist") ? -1 : 0;
}

static void print_name(const struct hist *hist)
{
	fputs(hist->function, stdout);
	if (hist->result)
		printf(" result=%s", hist->result);
	if (hist->comm)
		printf(" pid=%d comm=%s", hist->pid, hist->comm);
	putchar('\n');
}

static void print_text(const struct histogram *histogram, const struct hists *hists)
{
	const struct hist *hist;

	if (histogram->scope.interval)
		screen_begin();
	printf("# %.3f s\n", (double)histogram->scope.elapsed / NS_PER_SECOND);
	for (hist = hists->at; hist < hists->at + hists->nr; hist++) {
		if (!hist->hits)
			continue;
		putchar('\n');
		print_name(hist);
		hist_print(stdout, hist, histogram->unit->plural, !histogram->width);
	}
}

static json_t *json_of_buckets(const struct hist *hist)
{
	json_t *list = json_array();
	const struct bucket *bucket;

	for (bucket = hist->buckets; bucket < hist->buckets + hist->nr; bucket++)
		json_array_append_new(list, json_pack("{s:I, s:o, s:I}", "from",
						      (json_int_t)bucket->from, "to",
						      bucket->to == UINT64_MAX ? json_null() :
						      json_integer((json_int_t)bucket->to),
						      "count", (json_int_t)bucket->count));
	return list;
}

static json_t *json_of_hist(const struct hist *hist)
{
	json_t *json = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "function",
				 hist->function, "count", (json_int_t)hist->hits, "total",
				 (json_int_t)hist->total, "min", (json_int_t)hist->min, "max",
				 (json_int_t)hist->max, "p50",
				 (json_int_t)hist_percentile(hist, 500), "p90",
				 (json_int_t)hist_percentile(hist, 900), "p99",
				 (json_int_t)hist_percentile(hist, 990), "p99.9",
				 (json_int_t)hist_percentile(hist, 999), "buckets",
				 json_of_buckets(hist));

	if (hist->result)
		json_object_set_new(json, "result", json_string(hist->result));
	if (hist->comm) {
		json_object_set_new(json, "pid", json_integer(hist->pid));
		json_object_set_new(json, "comm", json_string(hist->comm));
	}
	return json;
}

static int print_json(const struct histogram *histogram, const struct hists *hists)
{
	json_t *list = json_array(), *json;
	const struct hist *hist;
	int err;

	for (hist = hists->at; hist < hists->at + hists->nr; hist++)
		if (hist->hits)
			json_array_append_new(list, json_of_hist(hist));
	json = json_pack("{s:f, s:s, s:s?, s:o}", "seconds",
			 (double)histogram->scope.elapsed / NS_PER_SECOND, "unit",
			 histogram->unit->name, "warning", hists->warnings, "histograms", list);
	err = scope_print_json(&histogram->scope, json);
	json_decref(json);
	return err;
}

static int report(struct scope *scope, const struct histogram *histogram, bool last)
{
	char *text = textfile_read(scope->session.tree, HIST);
	struct hists hists;
	int err = 0;

	if (!text || hists_parse(&hists, text)) {
		complain("hist: " HIST ": %s", strerror(errno));
		return -1;
	}
	if (scope->json)
		err = print_json(histogram, &hists);
	else
		print_text(histogram, &hists);
	err = screen_end() || err;
	if (last && hists.warnings)
		complain("hist: %s", hists.warnings);
	hists_free(&hists);
	return err ? -1 : 0;
}

static int step(struct scope *scope, void *data)
{
	return report(scope, data, false);
}

static int finish(struct scope *scope, void *data)
{
	return report(scope, data, true);
}

static const struct scope_work work = {
	.prepare = prepare,
	.step = step,
	.finish = finish,
};

static const struct argp_option options[] = {
	{ .name = "microseconds", .key = 'u', .doc = "durations in microseconds (default)" },
	{ .name = "milliseconds", .key = 'm', .doc = "in milliseconds" },
	{ .name = "nanoseconds", .key = 'n', .doc = "in nanoseconds" },
	{ .name = "linear", .key = 'l', .arg = "WIDTH",
	  .doc = "buckets of WIDTH units each, not of powers of two" },
	{ .name = "by", .key = 'b', .arg = "result|task",
	  .doc = "a histogram for each class of returned values, or task" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct histogram *histogram = state->input;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (units[i].key == key) {
			histogram->unit = &units[i];
			return 0;
		}
	switch (key) {
	case 'l':
		if (!*arg || arg[strspn(arg, "0123456789")] || !strtoul(arg, NULL, 10))
			argp_error(state, "--linear: %s is no width", arg);
		histogram->width = arg;
		return 0;
	case 'b':
		if (!strcmp(arg, "result"))
			histogram->by_result = true;
		else if (!strcmp(arg, "task"))
			histogram->by_task = true;
		else
			argp_error(state, "--by: either result or task");
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &histogram->scope;
		state->child_inputs[1] = &histogram->scope;
		return 0;
	case ARGP_KEY_ARG:
		if (!scope_takes(&histogram->scope, state))
			histogram->globs[histogram->nr_globs++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!histogram->nr_globs)
			argp_error(state, "no function to measure");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ .argp = &scope_argp },
	{ .argp = &scope_report_argp },
	{ }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = children,
	.args_doc = "GLOB... [-- CMD [ARG...]]",
	.doc = "Show how long functions take, in histograms: called by CMD and its children, by\n"
	       "a process, or by all; until CMD ends, the time is over, or ^C.\n"
	       "\vGLOB is a word of set_ftrace_filter: vfs_read, 'vfs_*', ':mod:ext4'.\n"
	       "The exit status is that of CMD; 126 if it cannot be run, 127 if it is not there.",
};

int cmd_hist(int argc, char **argv)
{
	struct histogram histogram = { .scope.name = "hist", .unit = &units[0] };
	int status;

	histogram.globs = calloc(argc + 1, sizeof(char *));
	if (!histogram.globs) {
		complain("hist: %s", strerror(ENOMEM));
		return EXIT_FAILURE;
	}
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &histogram);
	status = scope_run(&histogram.scope, &work, &histogram);
	free(histogram.globs);
	return status;
}
