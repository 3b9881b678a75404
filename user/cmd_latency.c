// SPDX-License-Identifier: GPL-2.0
/*
 * The tracer latency has the latencies counted in the kernel: no event is written, and
 * none is lost.
 */

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "fntrace.h"
#include "hist.h"
#include "hist_options.h"
#include "latency.h"
#include "number.h"
#include "scope.h"
#include "screen.h"
#include "textfile.h"

#define HIST "hist"
#define TOP 10

/* Words of hist_keys, and of --by. */
static const char *const keys[] = { "task", "cpu" };

/* Words of latency_kinds, and of --kind. */
static const char *const kinds[] = { "irqsoff", "preemptoff", "preemptirqsoff", "wakeup" };

/**
 * struct latencies - what `fntrace latency` is about
 * @scope: whom, and for how long
 * @options: units and buckets
 * @by: keys, by number
 * @kinds: those chosen, by number
 * @chosen: some are
 * @order: which places come first
 * @top: so many of them; 0 for all
 */
struct latencies {
	struct scope scope;
	struct hist_options options;
	bool by[ARRAY_SIZE(keys)];
	bool kinds[ARRAY_SIZE(kinds)];
	bool chosen;
	enum latency_order order;
	size_t top;
};

static int prepare(struct scope *scope, void *data)
{
	const struct latencies *latencies = data;
	struct session *session = &scope->session;
	char words[64] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (latencies->kinds[i])
			snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s ",
				 kinds[i]);
	return hist_options_set(&latencies->options, session) ||
	       hist_keys_set(session, keys, latencies->by, ARRAY_SIZE(keys)) ||
	       (latencies->chosen && session_set(session, "latency_kinds", words)) ||
	       session_set(session, "current_tracer", "latency") ? -1 : 0;
}

static int print_sum(const struct latencies *latencies, const struct hists *hists,
		     const struct hist *sum)
{
	const char *unit = latencies->options.unit->plural;
	struct latency_list list;

	if (latency_list(&list, hists, sum, latencies->order))
		return -1;
	printf("\n%s", sum->kind);
	if (sum->cpu >= 0)
		printf(" cpu=%d", sum->cpu);
	putchar('\n');
	hist_print(stdout, sum, unit, !latencies->options.width);
	latency_print_list(stdout, &list, latencies->top, unit);
	free(list.at);
	return 0;
}

static int print_text(const struct latencies *latencies, const struct hists *hists)
{
	const struct hist *hist;
	int err = 0;

	if (latencies->scope.interval)
		screen_begin();
	printf("# %.3f s\n", (double)latencies->scope.elapsed / NS_PER_SECOND);
	for (hist = hists->at; hist < hists->at + hists->nr && !err; hist++)
		if (latency_is_sum(hist) && hist->hits)
			err = print_sum(latencies, hists, hist);
	if (err)
		complain("latency: %s", strerror(ENOMEM));
	return err;
}

static json_t *json_of_place(const struct hist *hist)
{
	json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:f}", "count", (json_int_t)hist->hits,
				 "total", (json_int_t)hist->total, "min", (json_int_t)hist->min,
				 "max", (json_int_t)hist->max, "mean", latency_mean(hist));

	if (strcmp(hist->function, "all"))
		json_object_set_new(json, "place", json_string(hist->function));
	if (hist->comm) {
		json_object_set_new(json, "pid", json_integer(hist->pid));
		json_object_set_new(json, "comm", json_string(hist->comm));
	}
	return json;
}

static json_t *json_of_sum(const struct latencies *latencies, const struct hists *hists,
			   const struct hist *sum)
{
	json_t *json = json_object(), *places = json_array();
	struct latency_list list;
	size_t i;

	json_object_set_new(json, "kind", json_string(sum->kind));
	if (sum->cpu >= 0)
		json_object_set_new(json, "cpu", json_integer(sum->cpu));
	hist_add_json(json, sum);
	json_object_set_new(json, "mean", json_real(latency_mean(sum)));
	json_object_set_new(json, "places", places);
	if (latency_list(&list, hists, sum, latencies->order)) {
		json_decref(json);
		return NULL;
	}
	for (i = 0; i < list.nr && (!latencies->top || i < latencies->top); i++)
		json_array_append_new(places, json_of_place(list.at[i]));
	free(list.at);
	return json;
}

static int print_json(const struct latencies *latencies, const struct hists *hists)
{
	json_t *list = json_array(), *json = NULL;
	const struct hist *hist;
	bool whole = list;
	int err;

	for (hist = hists->at; hist < hists->at + hists->nr && whole; hist++)
		if (latency_is_sum(hist) && hist->hits)
			whole = !json_array_append_new(list, json_of_sum(latencies, hists, hist));
	if (whole)
		json = json_pack("{s:f, s:s, s:s?, s:O}", "seconds",
				 (double)latencies->scope.elapsed / NS_PER_SECOND, "unit",
				 latencies->options.unit->name, "warning", hists->warnings,
				 "latencies", list);
	err = scope_print_json(&latencies->scope, json);
	json_decref(json);
	json_decref(list);
	return err;
}

static int report(struct scope *scope, const struct latencies *latencies, bool last)
{
	char *text = textfile_read(scope->session.tree, HIST);
	struct hists hists;
	int err;

	if (!text || hists_parse(&hists, text)) {
		complain("latency: " HIST ": %s", strerror(errno));
		return -1;
	}
	err = scope->json ? print_json(latencies, &hists) : print_text(latencies, &hists);
	err = screen_end() || err;
	if (last && hists.warnings)
		complain("latency: %s", hists.warnings);
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
	{ .name = "all", .key = 'a', .doc = "of all that runs, until CMD ends" },
	{ .name = "by", .key = 'b', .arg = "task|cpu",
	  .doc = "tell tasks, or CPUs, apart" },
	{ .name = "kind", .key = 'k', .arg = "KIND",
	  .doc = "irqsoff, preemptoff, preemptirqsoff or wakeup; may be given again" },
	{ .name = "sort", .key = 's', .arg = "FIGURE",
	  .doc = "begin with those places of the largest max (default), total, count or mean" },
	{ .name = "top", .key = 't', .arg = "N",
	  .doc = "so many places; 0 for all; 10 if nothing is said" },
	{ }
};

static void take_kind(struct latencies *latencies, const char *arg, struct argp_state *state)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(arg, kinds[i])) {
			latencies->kinds[i] = true;
			latencies->chosen = true;
			return;
		}
	}
	argp_error(state, "--kind: %s is none of irqsoff, preemptoff, preemptirqsoff, wakeup", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct latencies *latencies = state->input;

	switch (key) {
	case 'a':
		latencies->scope.everyone = true;
		return 0;
	case 'b':
		hist_take_key(state, arg, keys, latencies->by, ARRAY_SIZE(keys));
		return 0;
	case 'k':
		take_kind(latencies, arg, state);
		return 0;
	case 's':
		if (latency_order_by_name(arg, &latencies->order))
			argp_error(state, "--sort: %s is none of max, total, count, mean", arg);
		return 0;
	case 't':
		latencies->top = number_option(state, "--top", arg, 0, UINT32_MAX);
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &latencies->options;
		state->child_inputs[1] = &latencies->scope;
		state->child_inputs[2] = &latencies->scope;
		return 0;
	case ARGP_KEY_ARG:
		if (!scope_takes(&latencies->scope, state))
			argp_error(state, "%s: a command stands behind --", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ .argp = &hist_options_argp },
	{ .argp = &scope_argp },
	{ .argp = &scope_report_argp },
	{ }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = children,
	.args_doc = "[-- CMD [ARG...]]",
	.doc = "Show how long interrupts were off, preemption was off, and tasks that were woken\n"
	       "waited for a CPU, in histograms and by place: while CMD and its children run, or a\n"
	       "process, or all; until CMD ends, the time is over, or ^C.\n"
	       "\vThe exit status is that of CMD; 126 if it cannot be run, 127 if it is not there.",
};

int cmd_latency(int argc, char **argv)
{
	struct latencies latencies = { .scope.name = "latency", .top = TOP };

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &latencies);
	return scope_run(&latencies.scope, &work, &latencies);
}
