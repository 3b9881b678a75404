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
#include "hist_options.h"
#include "scope.h"
#include "screen.h"
#include "textfile.h"

#define HIST "hist"

/* Words of hist_keys, and of --by. */
static const char *const keys[] = { "result", "task", "cpu" };

/**
 * struct histogram - what `fntrace hist` is about
 * @scope: whom, and for how long
 * @globs: the functions, NULL behind the last
 * @nr_globs: number of them
 * @options: units and buckets
 * @by: keys beside functions, by number
 */
struct histogram {
	struct scope scope;
	char **globs;
	size_t nr_globs;
	struct hist_options options;
	bool by[ARRAY_SIZE(keys)];
};

static int prepare(struct scope *scope, void *data)
{
	const struct histogram *histogram = data;
	struct session *session = &scope->session;
	char *const none[] = { NULL };

	return session_set_list(session, "set_ftrace_filter", histogram->globs) ||
	       session_set_list(session, "set_ftrace_notrace", none) ||
	       hist_options_set(&histogram->options, session) ||
	       hist_keys_set(session, keys, histogram->by, ARRAY_SIZE(keys)) ||
	       session_set(session, "current_tracer", "hist") ? -1 : 0;
}

static void print_name(const struct hist *hist)
{
	fputs(hist->function, stdout);
	if (hist->result)
		printf(" result=%s", hist->result);
	if (hist->cpu >= 0)
		printf(" cpu=%d", hist->cpu);
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
		hist_print(stdout, hist, histogram->options.unit->plural,
			   !histogram->options.width);
	}
}

static json_t *json_of_hist(const struct hist *hist)
{
	json_t *json = json_object();

	json_object_set_new(json, "function", json_string(hist->function));
	hist_add_json(json, hist);
	if (hist->result)
		json_object_set_new(json, "result", json_string(hist->result));
	if (hist->cpu >= 0)
		json_object_set_new(json, "cpu", json_integer(hist->cpu));
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
			 histogram->options.unit->name, "warning", hists->warnings,
			 "histograms", list);
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
	{ .name = "by", .key = 'b', .arg = "result|task|cpu",
	  .doc = "a histogram for each class of returned values, task, or CPU" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct histogram *histogram = state->input;

	switch (key) {
	case 'b':
		hist_take_key(state, arg, keys, histogram->by, ARRAY_SIZE(keys));
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &histogram->options;
		state->child_inputs[1] = &histogram->scope;
		state->child_inputs[2] = &histogram->scope;
		state->child_inputs[3] = &histogram->scope;
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
	{ .argp = &hist_options_argp },
	{ .argp = &scope_argp },
	{ .argp = &scope_places_argp },
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
	struct histogram histogram = { .scope.name = "hist" };
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
