// SPDX-License-Identifier: GPL-2.0
/*
 * The function tracer has the functions armed, and function_hits_enabled counts
 * their calls in the kernel: so none is lost, however full the buffer is.
 */

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "duration.h"
#include "fntrace.h"
#include "scope.h"
#include "screen.h"
#include "textfile.h"

#define ENABLED "enabled_functions"

/**
 * struct counting - what `fntrace count` is about
 * @scope: whom, and for how long
 * @globs: the functions, NULL behind the last
 * @nr_globs: number of them
 * @before: calls before it began
 * @last: calls since then, when they were shown last
 */
struct counting {
	struct scope scope;
	char **globs;
	size_t nr_globs;
	struct counts before;
	struct counts last;
};

static int read_counts(const struct scope *scope, struct counts *counts)
{
	char *text = textfile_read(scope->session.tree, ENABLED);

	if (text && !counts_parse(counts, text))
		return 0;
	complain("count: " ENABLED ": %s", strerror(errno));
	return -1;
}

static int prepare(struct scope *scope, void *data)
{
	struct session *session = &scope->session;
	struct counting *counting = data;
	char *const none[] = { NULL };

	return session_set_list(session, "set_ftrace_filter", counting->globs) ||
	       session_set_list(session, "set_ftrace_notrace", none) ||
	       session_set(session, "function_hits_enabled", "1") ||
	       session_set(session, "current_tracer", "function") ? -1 : 0;
}

static int begin(struct scope *scope, void *data)
{
	struct counting *counting = data;

	return read_counts(scope, &counting->before);
}

static double seconds_of(uint64_t ns)
{
	return (double)ns / NS_PER_SECOND;
}

/* What is not as the user may think. */
static void print_remarks(const struct counting *counting, const struct counts *counts)
{
	unsigned int functions = 0, shared = 0;
	uint64_t missed = 0;
	size_t i;

	for (i = 0; i < counts->nr; i++) {
		functions += counts->at[i].functions;
		shared += counts->at[i].shared;
		missed += counts->at[i].missed;
	}
	printf("# %u function%s in %.3f s\n", functions, functions == 1 ? "" : "s",
	       seconds_of(counting->scope.elapsed));
	if (missed)
		printf("# %" PRIu64 " calls more were made by the tracing itself\n", missed);
	if (shared && (counting->scope.pid || counting->scope.command))
		printf("# %u are traced by others, too: of these the calls of all tasks are counted\n",
		       shared);
}

static void print_text(const struct counting *counting, const struct counts *counts)
{
	bool live = counting->scope.interval;
	unsigned int lines = live ? screen_begin() : SCREEN_NO_END;
	const struct count *count = counts->at;

	print_remarks(counting, counts);
	puts(live ? "       CALLS       RECENT  FUNCTION" : "       CALLS  FUNCTION");
	for (; count < counts->at + counts->nr && count->calls; count++) {
		/* What stands above them, and a line for the shell. */
		if ((size_t)(count - counts->at) + 5 > lines)
			break;
		printf("%12" PRIu64, count->calls);
		if (live)
			printf(" %12" PRIu64, count->recent);
		printf("  %s", count->name);
		if (count->functions > 1)
			printf(" (%u functions)", count->functions);
		putchar('\n');
	}
}

static json_t *json_of_count(const struct count *count)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:i, s:b}", "name", count->name, "calls",
			 (json_int_t)count->calls, "recent", (json_int_t)count->recent, "missed",
			 (json_int_t)count->missed, "functions", (int)count->functions, "shared",
			 count->shared > 0);
}

static int print_json(const struct counting *counting, const struct counts *counts)
{
	json_t *list = json_array(), *json;
	const struct count *count;
	int err;

	for (count = counts->at; count < counts->at + counts->nr; count++)
		if (count->calls || count->missed)
			json_array_append_new(list, json_of_count(count));
	json = json_pack("{s:f, s:o}", "seconds", seconds_of(counting->scope.elapsed),
			 "functions", list);
	err = scope_print_json(&counting->scope, json);
	json_decref(json);
	return err;
}

/* Show what there is now. */
static int report(struct scope *scope, void *data)
{
	struct counting *counting = data;
	struct counts now;
	int err = 0;

	if (read_counts(scope, &now))
		return -1;
	counts_since(&now, &counting->before);
	counts_recent(&now, &counting->last);
	counts_free(&counting->last);
	counts_by_calls(&now);
	if (scope->json)
		err = print_json(counting, &now);
	else
		print_text(counting, &now);
	err = screen_end() || err;
	counts_by_name(&now);
	counting->last = now;
	return err ? -1 : 0;
}

static const struct scope_work work = {
	.prepare = prepare,
	.begin = begin,
	.step = report,
	.finish = report,
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct counting *counting = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &counting->scope;
		state->child_inputs[1] = &counting->scope;
		state->child_inputs[2] = &counting->scope;
		return 0;
	case ARGP_KEY_ARG:
		if (!scope_takes(&counting->scope, state))
			counting->globs[counting->nr_globs++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!counting->nr_globs)
			argp_error(state, "no function to count");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ .argp = &scope_argp },
	{ .argp = &scope_places_argp },
	{ .argp = &scope_report_argp },
	{ }
};

static const struct argp argp = {
	.parser = parse,
	.children = children,
	.args_doc = "GLOB... [-- CMD [ARG...]]",
	.doc = "Count how often functions are called: by CMD and its children, by a process,\n"
	       "or by all; until CMD ends, the time is over, or ^C.\n"
	       "\vGLOB is a word of set_ftrace_filter: vfs_read, 'vfs_*', ':mod:ext4'.\n"
	       "The exit status is that of CMD; 126 if it cannot be run, 127 if it is not there.",
};

int cmd_count(int argc, char **argv)
{
	struct counting counting = { .scope.name = "count" };
	int status;

	counting.globs = calloc(argc + 1, sizeof(char *));
	if (!counting.globs) {
		complain("count: %s", strerror(ENOMEM));
		return EXIT_FAILURE;
	}
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &counting);
	status = scope_run(&counting.scope, &work, &counting);
	counts_free(&counting.before);
	counts_free(&counting.last);
	free(counting.globs);
	return status;
}
