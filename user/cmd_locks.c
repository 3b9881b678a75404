// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel tells when a lock is waited for, without LOCK_STAT, since v5.19: events
 * contention_begin and contention_end, here with stacks, in an instance of our own.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "duration.h"
#include "event_stream.h"
#include "fntrace.h"
#include "locks.h"
#include "locks_print.h"
#include "scope.h"
#include "wakers.h"

/* It is seen so often whether the buffers have to be read. */
#define LOOK_NS (20 * NS_PER_MS)

#define FRAMES_MAX 64
#define TOP 20

enum {
	KEY_JSON = 256,
};

/* Fields of the records. */
enum field {
	BEGIN_LOCK,
	BEGIN_FLAGS,
	END_LOCK,
	WAKING_PID,
	STACK_SIZE,
	STACK_CALLERS,
	NR_FIELDS
};

static const struct stream_field_name fields[] = {
	[BEGIN_LOCK] = { "lock", "contention_begin", "lock_addr" },
	[BEGIN_FLAGS] = { "lock", "contention_begin", "flags" },
	[END_LOCK] = { "lock", "contention_end", "lock_addr" },
	[WAKING_PID] = { "sched", "sched_waking", "pid" },
	[STACK_SIZE] = { "ftrace", "kernel_stack", "size" },
	[STACK_CALLERS] = { "ftrace", "kernel_stack", "caller" },
};

static const char *const systems[] = { "lock", "sched", "ftrace", NULL };

static const struct setting settings[] = {
	{ "trace_clock", "mono" },
	{ "buffer_size_kb", "4096" },
	{ "events/lock/contention_begin/trigger", "stacktrace" },
	{ "events/sched/sched_waking/enable", "1" },
	{ "events/lock/contention_end/enable", "1" },
	{ "events/lock/contention_begin/enable", "1" },
};

/**
 * struct awaited - whose stack comes next on a CPU
 * @pid: a task; 0 for none
 * @lock: that it waits for
 */
struct awaited {
	int pid;
	uint64_t lock;
};

/**
 * struct locks_run - what `fntrace locks` is about
 * @scope: whom, and for how long
 * @report: what comes of it
 * @field: of the records, by enum field
 * @awaited: by CPU, and by what it was doing there
 */
struct locks_run {
	struct scope scope;
	struct locks_report report;
	const struct tep_format_field *field[NR_FIELDS];
	struct awaited *awaited;
};

static int prepare(struct scope *scope, void *data)
{
	struct locks_run *run = data;

	if (event_stream_begin(&run->report.stream, scope, systems, fields, NR_FIELDS,
			       run->field))
		return -1;
	run->awaited = calloc((size_t)run->report.stream.nr_cpus * WAKER_KINDS,
			      sizeof(*run->awaited));
	if (!run->awaited) {
		complain("%s: %s", scope->name, strerror(ENOMEM));
		return -1;
	}
	return session_set_all(&scope->session, settings, ARRAY_SIZE(settings));
}

static int begin(struct scope *scope, void *data)
{
	struct locks_run *run = data;

	run->report.start = stream_now();
	scope->interval = LOOK_NS;
	return 0;
}

static unsigned long long number(const struct locks_run *run, const struct stream_event *event,
				 enum field field)
{
	return stream_number(event, run->field[field]);
}

static void on_begin(struct locks_run *run, const struct stream_event *event,
		     struct awaited *awaited)
{
	awaited->pid = event->pid;
	awaited->lock = number(run, event, BEGIN_LOCK);
	locks_begin(&run->report.locks, event->ts, awaited->pid, awaited->lock,
		    lock_kind((unsigned int)number(run, event, BEGIN_FLAGS)));
}

/* Who wants the lock is the first that is there for something else. */
static void on_stack(struct locks_run *run, const struct stream_event *event,
		     const struct awaited *awaited)
{
	uint64_t stack[FRAMES_MAX];
	const char *function;
	size_t i, nr;

	if (!awaited->pid)
		return;
	nr = stream_addresses(event, run->field[STACK_SIZE], run->field[STACK_CALLERS], stack,
			      FRAMES_MAX);
	for (i = 0; i < nr; i++) {
		function = event_stream_function(&run->report.stream, stack[i]);
		if (!function || lock_function_is_of_locks(function))
			continue;
		locks_caller(&run->report.locks, awaited->pid, awaited->lock, function);
		return;
	}
}

/* An interrupt has no lock for others to sleep for. */
static void on_waking(struct locks_run *run, const struct stream_event *event)
{
	if (waker_kind(event->flags) == WAKER_TASK)
		locks_wake(&run->report.locks, (int)number(run, event, WAKING_PID),
			   event->pid);
}

/* An interrupt may come between a record and its stack. */
static struct awaited *awaited_at(const struct locks_run *run, const struct stream_event *event)
{
	return &run->awaited[event->cpu * WAKER_KINDS + waker_kind(event->flags)];
}

static void on_event(const struct stream_event *event, void *data)
{
	struct locks_run *run = data;
	struct awaited *awaited = awaited_at(run, event);
	const struct awaited before = *awaited;

	*awaited = (struct awaited) { };
	if (event->missed)
		locks_lost(&run->report.locks);
	if (event->event == run->field[BEGIN_LOCK]->event)
		on_begin(run, event, awaited);
	else if (event->event == run->field[END_LOCK]->event)
		locks_end(&run->report.locks, event->ts, event->pid,
			  number(run, event, END_LOCK));
	else if (event->event == run->field[WAKING_PID]->event)
		on_waking(run, event);
	else if (event->event == run->field[STACK_SIZE]->event && !event->missed)
		on_stack(run, event, &before);
}

static int step(struct scope *scope, void *data)
{
	struct locks_run *run = data;

	(void)scope;
	return event_stream_check(&run->scope, run->report.locks.failed,
				  event_stream_follow(&run->report.stream, on_event, run));
}

static int report(struct locks_run *run)
{
	json_t *json;
	int err;

	if (run->scope.json) {
		json = locks_json(&run->report);
		run->scope.interval = 0;
		err = scope_print_json(&run->scope, json);
		json_decref(json);
		return err;
	}
	err = locks_print(stdout, &run->report);
	if (err)
		complain("%s: %s", run->scope.name, strerror(ENOMEM));
	return err;
}

static int finish(struct scope *scope, void *data)
{
	struct locks_run *run = data;
	int err;

	run->report.end = stream_now();
	err = event_stream_finish(&run->report.stream, scope, on_event, run);
	locks_finish(&run->report.locks, run->report.end);
	if (event_stream_check(scope, run->report.locks.failed, err))
		return -1;
	event_stream_read_comms(&run->report.stream, scope->tree);
	return report(run);
}

static void release(void *data)
{
	struct locks_run *run = data;

	event_stream_close(&run->report.stream);
}

static const struct scope_work work = {
	.prepare = prepare,
	.begin = begin,
	.step = step,
	.finish = finish,
	.release = release,
};

static const struct argp_option options[] = {
	{ .name = "all", .key = 'a', .doc = "all tasks, until CMD ends" },
	{ .name = "top", .key = 't', .arg = "N",
	  .doc = "so many lines; 0 for all; 20 if nothing is said" },
	{ .name = "json", .key = KEY_JSON, .doc = "print a JSON object" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct locks_run *run = state->input;

	switch (key) {
	case 'a':
		run->scope.everyone = true;
		return 0;
	case 't':
		if (!*arg || arg[strspn(arg, "0123456789")])
			argp_error(state, "--top: %s is no number", arg);
		run->report.top = strtoul(arg, NULL, 10);
		return 0;
	case KEY_JSON:
		run->scope.json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &run->scope;
		return 0;
	case ARGP_KEY_ARG:
		if (!scope_takes(&run->scope, state))
			argp_error(state, "%s: a command stands behind --", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ .argp = &scope_argp },
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
	struct locks_run run = {
		.scope = { .name = "locks", .events = true },
		.report.top = TOP,
	};
	int status;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &run);
	status = scope_run(&run.scope, &work, &run);
	locks_free(&run.report.locks);
	free(run.awaited);
	return status;
}
