// SPDX-License-Identifier: GPL-2.0
/*
 * Times in which nothing of this machine ran: each of them as it comes, and their sums of
 * each CPU, as the kernel's side has them.
 */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "fntrace.h"
#include "gaps.h"
#include "number.h"
#include "stream_command.h"
#include "textfile.h"

/* Fields of the records. */
enum field {
	GAP_DURATION,
	GAP_STEAL,
	GAP_NMIS,
};

static const struct stream_field_name fields[] = {
	[GAP_DURATION] = { "fntrace", "gap", "duration" },
	[GAP_STEAL] = { "fntrace", "gap", "steal" },
	[GAP_NMIS] = { "fntrace", "gap", "nmis" },
};

static const char *const systems[] = { "fntrace", "ftrace", NULL };

static const struct setting settings[] = {
	{ "events/fntrace/gap/enable", "1" },
};

static int prepare(struct stream_command *command)
{
	const struct gaps_report *report = command->data;
	struct session *session = &command->scope.session;

	/* None of the two may become longer than the other may be. */
	return session_set_number(session, "gaps_window_us", GAPS_WINDOW_MAX_US) ||
	       session_set_number(session, "gaps_width_us", report->width / NS_PER_US) ||
	       session_set_number(session, "gaps_window_us", report->window / NS_PER_US) ||
	       session_set_number(session, "gaps_thresh_us", report->over / NS_PER_US) ? -1 : 0;
}

static uint64_t on_event(struct stream_command *command, const struct stream_event *event)
{
	struct gap gap = { .end = event->ts, .cpu = event->cpu };

	if (!stream_is(command, event, GAP_DURATION))
		return 0;
	gap.ns = stream_number(event, command->field[GAP_DURATION]);
	gap.steal = (int64_t)stream_number(event, command->field[GAP_STEAL]);
	gap.nmis = stream_number(event, command->field[GAP_NMIS]);
	gaps_add(command->data, &gap);
	return 0;
}

/* None was asked for. */
static void on_stack(struct stream_command *command, uint64_t number, const uint64_t *addresses,
		     size_t nr)
{
	(void)command;
	(void)number;
	(void)addresses;
	(void)nr;
}

/* The buffer says so. */
static void on_loss(struct stream_command *command)
{
	(void)command;
}

static bool failed(const struct stream_command *command)
{
	const struct gaps_report *report = command->data;

	return report->failed;
}

/* The sums, while they are there. */
static int complete(const struct stream_command *command)
{
	struct gaps_report *report = command->data;
	char *text = textfile_read(command->scope.session.tree, "trace_stat/gaps");
	int err;

	report->start = command->start;
	report->end = command->end;
	report->lost = command->stream.lost;
	if (!text)
		return -1;
	err = gaps_read_sums(report, text);
	free(text);
	return err;
}

static int print(const struct stream_command *command, FILE *out)
{
	if (complete(command))
		return -1;
	gaps_print(out, command->data);
	return 0;
}

static json_t *json(const struct stream_command *command)
{
	return complete(command) ? NULL : gaps_json(command->data);
}

static const struct stream_kind kind = {
	.systems = systems,
	.fields = fields,
	.nr_fields = ARRAY_SIZE(fields),
	.settings = settings,
	.nr_settings = ARRAY_SIZE(settings),
	.prepare = prepare,
	.on_event = on_event,
	.on_stack = on_stack,
	.on_loss = on_loss,
	.failed = failed,
	.print = print,
	.json = json,
};

static const struct argp_option options[] = {
	{ .name = "over", .key = 'o', .arg = "TIME",
	  .doc = "what is longer than this; 10us if nothing is said" },
	{ .name = "width", .key = 'w', .arg = "TIME",
	  .doc = "look for so long of each window; 500ms if nothing is said" },
	{ .name = "window", .key = 'W', .arg = "TIME",
	  .doc = "look again after so long; 1s if nothing is said" },
	{ .name = "top", .key = 't', .arg = "N",
	  .doc = "show the N longest; 0 for all; 10 if nothing is said" },
	{ }
};

static void take_time(struct argp_state *state, const char *option, char *arg, uint64_t least,
		      uint64_t most, uint64_t *ns)
{
	if (duration_parse(arg, NS_PER_SECOND, ns) || *ns < least * NS_PER_US ||
	    *ns > most * NS_PER_US)
		argp_error(state, "%s: %s is no time from %lu us to %lu us", option, arg,
			   (unsigned long)least, (unsigned long)most);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct stream_command *command = state->input;
	struct gaps_report *report = command->data;

	switch (key) {
	case 'o':
		take_time(state, "--over", arg, 1, 1000000, &report->over);
		return 0;
	case 'w':
		take_time(state, "--width", arg, 100, GAPS_WINDOW_MAX_US, &report->width);
		return 0;
	case 'W':
		take_time(state, "--window", arg, 100, GAPS_WINDOW_MAX_US, &report->window);
		return 0;
	case 't':
		report->top = number_option(state, "--top", arg, 0, UINT32_MAX);
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = command;
		return 0;
	case ARGP_KEY_END:
		if (report->width > report->window)
			argp_error(state, "--width is longer than --window");
		/* Gaps are not of tasks. */
		if (command->scope.pid)
			argp_error(state, "--pid: gaps are of CPUs, not of a process");
		command->scope.everyone = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ .argp = &stream_argp },
	{ }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = children,
	.args_doc = "[-- CMD [ARG...]]",
	.doc = "Show times in which nothing of this machine ran on a CPU: a hypervisor gave it to\n"
	       "others, or firmware took it; until CMD ends, the time is over, or ^C. Looking for\n"
	       "them takes the CPUs' time, see --width and --window.\n"
	       "\vThe exit status is that of CMD; 126 if it cannot be run, 127 if it is not there.",
};

int cmd_gaps(int argc, char **argv)
{
	struct gaps_report report = { .over = 10 * NS_PER_US, .width = 500 * NS_PER_MS,
				      .window = NS_PER_SECOND, .top = 10 };
	struct stream_command command = { .scope.name = "gaps", .kind = &kind, .data = &report };
	int status;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &command);
	status = stream_command_run(&command);
	gaps_free(&report);
	return status;
}
