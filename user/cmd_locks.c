// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel tells when a lock is waited for, without LOCK_STAT, since v5.19: events
 * contention_begin and contention_end, here with stacks.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fntrace.h"
#include "locks.h"
#include "locks_print.h"
#include "number.h"
#include "stream_command.h"
#include "wakers.h"

#define TOP 20

/* Fields of the records. */
enum field {
	BEGIN_LOCK,
	BEGIN_FLAGS,
	END_LOCK,
	WAKING_PID,
};

static const struct stream_field_name fields[] = {
	[BEGIN_LOCK] = { "lock", "contention_begin", "lock_addr" },
	[BEGIN_FLAGS] = { "lock", "contention_begin", "flags" },
	[END_LOCK] = { "lock", "contention_end", "lock_addr" },
	[WAKING_PID] = { "sched", "sched_waking", "pid" },
};

static const char *const systems[] = { "lock", "sched", "ftrace", NULL };

static const struct setting settings[] = {
	{ "buffer_size_kb", "4096" },
	{ "events/lock/contention_begin/trigger", "stacktrace" },
	{ "events/sched/sched_waking/enable", "1" },
	{ "events/lock/contention_end/enable", "1" },
	{ "events/lock/contention_begin/enable", "1" },
};

static uint64_t on_event(struct stream_command *command, const struct stream_event *event)
{
	struct locks_report *report = command->data;
	struct locks *locks = &report->locks;

	if (stream_is(command, event, BEGIN_LOCK))
		return locks_begin(locks, event->ts, event->pid,
				   stream_number(event, command->field[BEGIN_LOCK]),
				   lock_kind(stream_value(command, event, BEGIN_FLAGS)));
	if (stream_is(command, event, END_LOCK))
		locks_end(locks, event->ts, event->pid,
			  stream_number(event, command->field[END_LOCK]));
	/* An interrupt has no lock for others to sleep for. */
	else if (stream_is(command, event, WAKING_PID) && waker_kind(event->flags) == WAKER_TASK)
		locks_wake(locks, stream_value(command, event, WAKING_PID), event->pid);
	return 0;
}

/* Who wants the lock is the first that is there for something else. */
static void on_stack(struct stream_command *command, uint64_t number, const uint64_t *addresses,
		     size_t nr)
{
	struct locks_report *report = command->data;
	const char *function;
	size_t i;

	for (i = 0; i < nr; i++) {
		function = event_stream_function(&command->stream, addresses[i]);
		if (!function || lock_function_is_of_locks(function))
			continue;
		locks_caller(&report->locks, number, function);
		return;
	}
}

static void on_loss(struct stream_command *command)
{
	struct locks_report *report = command->data;

	locks_lost(&report->locks);
}

static bool failed(const struct stream_command *command)
{
	const struct locks_report *report = command->data;

	return report->locks.failed;
}

static struct locks_report *complete(const struct stream_command *command)
{
	struct locks_report *report = command->data;

	report->start = command->start;
	report->end = command->end;
	locks_finish(&report->locks, report->end);
	return report;
}

static int print(const struct stream_command *command, FILE *out)
{
	return locks_print(out, complete(command));
}

static json_t *json(const struct stream_command *command)
{
	return locks_json(complete(command));
}

static const struct stream_kind kind = {
	.systems = systems,
	.fields = fields,
	.nr_fields = ARRAY_SIZE(fields),
	.settings = settings,
	.nr_settings = ARRAY_SIZE(settings),
	.on_event = on_event,
	.on_stack = on_stack,
	.on_loss = on_loss,
	.failed = failed,
	.print = print,
	.json = json,
};

static const struct argp_option options[] = {
	{ .name = "top", .key = 't', .arg = "N",
	  .doc = "so many lines; 0 for all; 20 if nothing is said" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct stream_command *command = state->input;
	struct locks_report *report = command->data;

	switch (key) {
	case 't':
		report->top = number_option(state, "--top", arg, 0, UINT32_MAX);
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = command;
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
	.doc = "Show which of the kernel's locks were waited for, by which function, how often and\n"
	       "how long, and who had them; by CMD and its children, by a process, or by all; until\n"
	       "CMD ends, the time is over, or ^C.\n"
	       "\vThe exit status is that of CMD; 126 if it cannot be run, 127 if it is not there.",
};

int cmd_locks(int argc, char **argv)
{
	struct locks_report report = { .top = TOP };
	struct stream_command command = { .scope.name = "locks", .kind = &kind, .data = &report };
	int status;

	report.stream = &command.stream;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &command);
	status = stream_command_run(&command);
	locks_free(&report.locks);
	return status;
}
