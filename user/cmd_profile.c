// SPDX-License-Identifier: GPL-2.0
/*
 * Where CPUs spend their time: what the ticks of a timer interrupt on each of them.
 */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fntrace.h"
#include "number.h"
#include "profile_print.h"
#include "stream_command.h"

#define TOP 20
#define HZ_INITIAL 99

/* Bounds of ticks_hz. */
#define HZ_MAX 10000

enum { KEY_FOLDED = 512 };

/* Fields of the records. */
enum field {
	TICK_IP,
	TICK_OVERRUNS,
	TICK_USER,
};

static const struct stream_field_name fields[] = {
	[TICK_IP] = { "fntrace", "tick", "ip" },
	[TICK_OVERRUNS] = { "fntrace", "tick", "overruns" },
	[TICK_USER] = { "fntrace", "tick", "user" },
};

static const char *const systems[] = { "fntrace", "ftrace", NULL };

static const struct setting settings[] = {
	{ "buffer_size_kb", "4096" },
	{ "events/fntrace/tick/enable", "1" },
};

/**
 * struct tick - one whose stack has not come yet
 * @ip: what it interrupted; 0 for none
 * @pid: the task
 */
struct tick {
	uint64_t ip;
	int pid;
};

/**
 * struct profile - while it is recorded
 * @report: what is shown in the end
 * @awaited: the last tick of each CPU
 */
struct profile {
	struct profile_report report;
	struct tick *awaited;
};

static int prepare(struct stream_command *command)
{
	struct profile *profile = command->data;
	struct session *session = &command->scope.session;

	profile->awaited = calloc(command->stream.nr_cpus, sizeof(*profile->awaited));
	if (!profile->awaited) {
		complain("%s: %s", command->scope.name, strerror(ENOMEM));
		return -1;
	}
	if (session_set_number(session, "ticks_hz", profile->report.hz))
		return -1;
	return profile->report.stacks ? session_set(session, "events/fntrace/tick/trigger",
						    "stacktrace") : 0;
}

static const char *name_of(const struct stream_command *command, uint64_t address)
{
	const char *name = event_stream_function(&command->stream, address);

	return name ? name : "[unknown]";
}

static void add(struct stream_command *command, const struct tick *tick,
		const uint64_t *addresses, size_t nr)
{
	struct profile *profile = command->data;
	const char *functions[STREAM_FRAMES_MAX];
	size_t i;

	for (i = 0; i < nr; i++)
		functions[i] = name_of(command, addresses[i]);
	samples_add(&profile->report.samples, &(struct sample) {
		.pid = tick->pid, .user = !nr, .functions = functions, .nr = nr, .count = 1 });
}

/* Its stack is missing: of it the innermost function is known. */
static void give_up(struct stream_command *command, struct tick *tick)
{
	if (tick->ip)
		add(command, tick, &tick->ip, 1);
	tick->ip = 0;
}

static uint64_t on_event(struct stream_command *command, const struct stream_event *event)
{
	struct profile *profile = command->data;
	struct tick *last = &profile->awaited[event->cpu];
	struct tick tick = { .pid = event->pid };

	if (!stream_is(command, event, TICK_IP))
		return 0;
	give_up(command, last);
	profile->report.samples.overruns += stream_number(event, command->field[TICK_OVERRUNS]);
	if (stream_number(event, command->field[TICK_USER])) {
		add(command, &tick, NULL, 0);
		return 0;
	}
	tick.ip = stream_number(event, command->field[TICK_IP]);
	*last = tick;
	if (!profile->report.stacks)
		give_up(command, last);
	return profile->report.stacks ? event->cpu + 1 : 0;
}

/* It begins with the interrupt, which was not there without us. */
static void on_stack(struct stream_command *command, uint64_t number, const uint64_t *addresses,
		     size_t nr)
{
	struct profile *profile = command->data;
	struct tick *tick = &profile->awaited[number - 1];
	size_t i;

	for (i = 0; i < nr && addresses[i] != tick->ip; i++)
		;
	if (i < nr) {
		add(command, tick, addresses + i, nr - i);
		tick->ip = 0;
	}
	give_up(command, tick);
}

/* The buffer says so. */
static void on_loss(struct stream_command *command)
{
	(void)command;
}

static bool failed(const struct stream_command *command)
{
	const struct profile *profile = command->data;

	return profile->report.samples.failed;
}

static struct profile_report *complete(const struct stream_command *command)
{
	struct profile *profile = command->data;
	int cpu;

	for (cpu = 0; cpu < command->stream.nr_cpus; cpu++)
		give_up((struct stream_command *)command, &profile->awaited[cpu]);
	profile->report.start = command->start;
	profile->report.end = command->end;
	return &profile->report;
}

static int print(const struct stream_command *command, FILE *out)
{
	return profile_print(out, complete(command));
}

static json_t *json(const struct stream_command *command)
{
	return profile_json(complete(command));
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
	{ .name = "frequency", .key = 'f', .arg = "HZ",
	  .doc = "so many ticks a second, on each CPU; 99 if nothing is said" },
	{ .name = "stack", .key = 's', .doc = "show how it came to each function" },
	{ .name = "folded", .key = KEY_FOLDED,
	  .doc = "a line for each stack, as programs that draw flame graphs read it" },
	{ .name = "top", .key = 't', .arg = "N",
	  .doc = "so many lines or stacks; 0 for all; 20 if nothing is said" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct stream_command *command = state->input;
	struct profile_report *report = &((struct profile *)command->data)->report;

	switch (key) {
	case 'f':
		report->hz = number_option(state, "--frequency", arg, 1, HZ_MAX);
		return 0;
	case 't':
		report->top = number_option(state, "--top", arg, 0, UINT32_MAX);
		return 0;
	case KEY_FOLDED:
		report->folded = true;
		report->stacks = true;
		return 0;
	case 's':
		report->stacks = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = command;
		return 0;
	case ARGP_KEY_END:
		if (report->folded && command->scope.json)
			argp_error(state, "either --folded or --json");
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
	.doc = "Show where CPUs spend their time: a timer interrupts each of them HZ times a\n"
	       "second, and counted is what it finds; of CMD and its children, of a process, or of\n"
	       "all; until CMD ends, the time is over, or ^C.\n"
	       "\vThe exit status is that of CMD; 126 if it cannot be run, 127 if it is not there.",
};

int cmd_profile(int argc, char **argv)
{
	struct profile profile = { .report = { .top = TOP, .hz = HZ_INITIAL } };
	struct stream_command command = { .scope.name = "profile", .kind = &kind,
					  .data = &profile };
	int status;

	profile.report.stream = &command.stream;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &command);
	status = stream_command_run(&command);
	samples_free(&profile.report.samples);
	free(profile.awaited);
	return status;
}
