// SPDX-License-Identifier: GPL-2.0
/*
 * Why a task does not run: the kernel's events of the scheduler tell when it stops and
 * who wakes it, with stacks, in an instance of our own.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blocked.h"
#include "blocked_print.h"
#include "duration.h"
#include "event_stream.h"
#include "fntrace.h"
#include "scope.h"
#include "textfile.h"
#include "wakers.h"

/* It is seen so often whether the buffers have to be read. */
#define LOOK_NS (20 * NS_PER_MS)

#define BUFFER_KB "4096"
#define FRAMES_MAX 64

enum {
	KEY_PATH = 256,
	KEY_JSON,
};

/* Fields of the records. */
enum field {
	SWITCH_PID,
	SWITCH_COMM,
	SWITCH_STATE,
	SWITCH_NEXT_PID,
	SWITCH_NEXT_COMM,
	WAKING_PID,
	FORK_PARENT,
	FORK_CHILD,
	FORK_COMM,
	ENTER_NUMBER,
	EXIT_NUMBER,
	STACK_SIZE,
	STACK_CALLERS,
	NR_FIELDS
};

static const struct stream_field_name fields[] = {
	[SWITCH_PID] = { "sched", "sched_switch", "prev_pid" },
	[SWITCH_COMM] = { "sched", "sched_switch", "prev_comm" },
	[SWITCH_STATE] = { "sched", "sched_switch", "prev_state" },
	[SWITCH_NEXT_PID] = { "sched", "sched_switch", "next_pid" },
	[SWITCH_NEXT_COMM] = { "sched", "sched_switch", "next_comm" },
	[WAKING_PID] = { "sched", "sched_waking", "pid" },
	[FORK_PARENT] = { "sched", "sched_process_fork", "parent_pid" },
	[FORK_CHILD] = { "sched", "sched_process_fork", "child_pid" },
	[FORK_COMM] = { "sched", "sched_process_fork", "child_comm" },
	[ENTER_NUMBER] = { "raw_syscalls", "sys_enter", "id" },
	[EXIT_NUMBER] = { "raw_syscalls", "sys_exit", "id" },
	[STACK_SIZE] = { "ftrace", "kernel_stack", "size" },
	[STACK_CALLERS] = { "ftrace", "kernel_stack", "caller" },
};

static const char *const systems[] = { "sched", "raw_syscalls", "ftrace", NULL };

/* What is recorded; a trigger is for those with stacks. */
static const struct setting settings[] = {
	{ "trace_clock", "mono" },
	{ "buffer_size_kb", BUFFER_KB },
	{ "events/sched/sched_switch/trigger", "stacktrace if prev_state & 0xff" },
	{ "events/sched/sched_waking/trigger", "stacktrace" },
	{ "events/sched/sched_switch/enable", "1" },
	{ "events/sched/sched_waking/enable", "1" },
	{ "events/sched/sched_process_fork/enable", "1" },
	{ "events/raw_syscalls/sys_enter/enable", "1" },
	{ "events/raw_syscalls/sys_exit/enable", "1" },
};

/**
 * struct awaited - whose stack comes next on a CPU
 * @switched: a blocking that began, as an index and 1; 0 for none
 * @woken: one that ended
 */
struct awaited {
	size_t switched;
	size_t woken;
};

/**
 * struct blocked_run - what `fntrace blocked` is about
 * @scope: whom, and for how long
 * @report: what comes of it
 * @field: of the records, by enum field
 * @awaited: by CPU, and by what it was doing there
 */
struct blocked_run {
	struct scope scope;
	struct blocked_report report;
	const struct tep_format_field *field[NR_FIELDS];
	struct awaited *awaited;
};

/* What /proc says of a thread; to be freed, NULL if there is no such thread any more. */
static char *about(int pid, int thread, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, thread, file);
	return textfile_read(AT_FDCWD, path);
}

/* The system call that it is in already; one that runs is in none, or leaves it. */
static int syscall_of(int pid, int thread)
{
	char *text = about(pid, thread, "syscall");
	int syscall = NO_SYSCALL;

	if (text && *text >= '0' && *text <= '9')
		syscall = (int)strtol(text, NULL, 10);
	free(text);
	return syscall;
}

/* What it waits in; 0 if it runs. */
static unsigned int state_of(int pid, int thread)
{
	char *text = about(pid, thread, "stat"), *name_end = text ? strrchr(text, ')') : NULL;
	unsigned int state = name_end && name_end[1] ? blocked_state(name_end[2]) : 0;

	free(text);
	return state;
}

static void choose_thread(struct blocked *blocked, int pid, int thread)
{
	unsigned int state = state_of(pid, thread);

	blocked_choose(blocked, thread, syscall_of(pid, thread));
	if (state)
		blocked_waits(blocked, thread, state);
}

static void choose_threads(struct blocked *blocked, int pid)
{
	struct dirent *entry;
	char path[32];
	int thread;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		thread = (int)strtol(entry->d_name, NULL, 10);
		if (thread)
			choose_thread(blocked, pid, thread);
	}
	if (dir)
		closedir(dir);
}

static int prepare(struct scope *scope, void *data)
{
	struct blocked_run *run = data;
	struct session *session = &scope->session;
	char pid[16], *const nobody[] = { NULL }, *const us[] = { pid, NULL };

	if (event_stream_begin(&run->report.stream, scope, systems, fields, NR_FIELDS,
			       run->field))
		return -1;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	/* A path leads through other tasks, too. */
	if (run->report.paths && (session_set_list(session, "set_event_pid", nobody) ||
				  session_set_list(session, "set_event_notrace_pid", us)))
		return -1;
	return session_set_all(session, settings, ARRAY_SIZE(settings));
}

static int begin(struct scope *scope, void *data)
{
	struct blocked_run *run = data;
	struct blocked *blocked = &run->report.blocked;

	run->awaited = calloc((size_t)run->report.stream.nr_cpus * WAKER_KINDS,
			      sizeof(*run->awaited));
	if (!run->awaited) {
		complain("%s: %s", scope->name, strerror(ENOMEM));
		return -1;
	}
	blocked->start = stream_now();
	blocked->everyone = scope->everyone || (!scope->pid && !scope->command);
	blocked->all = run->report.paths;
	if (scope->pid)
		choose_threads(blocked, scope->pid);
	if (scope->command) {
		blocked_choose(blocked, scope->workload.pid, NO_SYSCALL);
		/* Waits for us. */
		blocked_begin(blocked, scope->workload.pid);
	}
	scope->interval = LOOK_NS;
	return 0;
}

static unsigned long long number(const struct blocked_run *run, const struct stream_event *event,
				 enum field field)
{
	return stream_number(event, run->field[field]);
}

static void on_switch(struct blocked_run *run, const struct stream_event *event,
		      struct awaited *awaited)
{
	const struct blocked_switch other = {
		.ts = event->ts,
		.pid = (int)number(run, event, SWITCH_PID),
		.comm = stream_string(event, run->field[SWITCH_COMM]),
		.state = (unsigned int)number(run, event, SWITCH_STATE),
		.next_pid = (int)number(run, event, SWITCH_NEXT_PID),
		.next_comm = stream_string(event, run->field[SWITCH_NEXT_COMM]),
	};

	awaited->switched = blocked_switch(&run->report.blocked, &other);
}

static void on_waking(struct blocked_run *run, const struct stream_event *event,
		      struct awaited *awaited)
{
	const struct waker waker = {
		.kind = waker_kind(event->flags),
		.pid = event->pid,
	};

	awaited->woken = blocked_wake(&run->report.blocked, event->ts,
				      (int)number(run, event, WAKING_PID), &waker);
	if (awaited->woken && run->report.paths)
		blocked_keep_path(&run->report.blocked, awaited->woken);
}

static void on_stack(struct blocked_run *run, const struct stream_event *event,
		     const struct awaited *awaited)
{
	struct blocked *blocked = &run->report.blocked;
	const char *functions[FRAMES_MAX];
	uint64_t stack[FRAMES_MAX];
	size_t i, nr = stream_addresses(event, run->field[STACK_SIZE], run->field[STACK_CALLERS],
					stack, FRAMES_MAX);
	struct blocking *blocking;
	struct waker *waker;

	if (awaited->switched) {
		blocking = &blocked->at[awaited->switched - 1];
		blocking->stack = calloc(nr ? nr : 1, sizeof(*stack));
		blocking->nr_stack = blocking->stack ? nr : 0;
		if (blocking->stack)
			memcpy(blocking->stack, stack, nr * sizeof(*stack));
	}
	if (awaited->woken) {
		for (i = 0; i < nr; i++)
			functions[i] = event_stream_function(&run->report.stream, stack[i]);
		waker = &blocked->at[awaited->woken - 1].waker;
		waker->name = waker_name(waker->kind, functions, nr);
	}
}

static void on_fork(struct blocked_run *run, const struct stream_event *event)
{
	blocked_fork(&run->report.blocked, (int)number(run, event, FORK_PARENT),
		     (int)number(run, event, FORK_CHILD),
		     stream_string(event, run->field[FORK_COMM]));
}

/* An interrupt may come between a record and its stack. */
static struct awaited *awaited_at(const struct blocked_run *run, const struct stream_event *event)
{
	return &run->awaited[event->cpu * WAKER_KINDS + waker_kind(event->flags)];
}

static void on_event(const struct stream_event *event, void *data)
{
	struct blocked_run *run = data;
	struct blocked *blocked = &run->report.blocked;
	struct awaited *awaited = awaited_at(run, event);
	const struct awaited before = *awaited;

	*awaited = (struct awaited) { };
	if (event->missed)
		blocked_lost(blocked);
	if (event->event == run->field[SWITCH_PID]->event)
		on_switch(run, event, awaited);
	else if (event->event == run->field[WAKING_PID]->event)
		on_waking(run, event, awaited);
	else if (event->event == run->field[FORK_CHILD]->event)
		on_fork(run, event);
	else if (event->event == run->field[ENTER_NUMBER]->event)
		blocked_enter(blocked, event->pid, (int)number(run, event, ENTER_NUMBER));
	else if (event->event == run->field[EXIT_NUMBER]->event)
		blocked_exit(blocked, event->pid);
	else if (event->event == run->field[STACK_SIZE]->event && !event->missed)
		on_stack(run, event, &before);
}

static int step(struct scope *scope, void *data)
{
	struct blocked_run *run = data;

	(void)scope;
	return event_stream_check(&run->scope, run->report.blocked.failed,
				  event_stream_follow(&run->report.stream, on_event, run));
}

static int report(struct blocked_run *run)
{
	struct blocked_report *report = &run->report;
	int err;

	if (run->scope.json) {
		json_t *json = blocked_json(report);

		run->scope.interval = 0;
		err = scope_print_json(&run->scope, json);
		json_decref(json);
		return err;
	}
	err = blocked_print(stdout, report);
	if (err)
		complain("%s: %s", run->scope.name, strerror(ENOMEM));
	return err;
}

static int finish(struct scope *scope, void *data)
{
	struct blocked_run *run = data;
	int err;

	run->report.end = stream_now();
	err = event_stream_finish(&run->report.stream, scope, on_event, run);
	if (event_stream_check(scope, run->report.blocked.failed, err))
		return -1;
	event_stream_read_comms(&run->report.stream, scope->tree);
	return report(run);
}

static void release(void *data)
{
	struct blocked_run *run = data;

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
	{ .name = "least", .key = 't', .arg = "TIME", .doc = "only waits as long: 500us, 10ms" },
	{ .name = "stack", .key = 's', .doc = "with the functions in which they waited" },
	{ .name = "path", .key = KEY_PATH,
	  .doc = "with what was done, and by whom, until they were woken" },
	{ .name = "json", .key = KEY_JSON, .doc = "print a JSON object" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct blocked_run *run = state->input;

	switch (key) {
	case 'a':
		run->scope.everyone = true;
		return 0;
	case 't':
		if (duration_parse(arg, NS_PER_MS, &run->report.least))
			argp_error(state, "--least: %s is no time, as 500us or 10ms are", arg);
		return 0;
	case 's':
		run->report.stacks = true;
		return 0;
	case KEY_PATH:
		run->report.paths = true;
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
	.doc = "Show each time for which a task waited: since when, how long, in which system\n"
	       "call, and who woke it; of CMD and its children, of a process, or of all; until\n"
	       "CMD ends, the time is over, or ^C.\n"
	       "\vThe exit status is that of CMD; 126 if it cannot be run, 127 if it is not there.",
};

int cmd_blocked(int argc, char **argv)
{
	struct blocked_run run = {
		.scope = { .name = "blocked", .events = true },
		.report.hidden = getpid(),
	};
	int status;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &run);
	status = scope_run(&run.scope, &work, &run);
	blocked_free(&run.report.blocked);
	free(run.awaited);
	return status;
}
