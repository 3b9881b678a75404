// SPDX-License-Identifier: GPL-2.0
/*
 * Why a task does not run: the kernel's events of the scheduler tell when it stops and
 * who wakes it, with stacks.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blocked.h"
#include "blocked_print.h"
#include "duration.h"
#include "fntrace.h"
#include "stream_command.h"
#include "textfile.h"
#include "wakers.h"

enum {
	KEY_PATH = 512,
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
};

static const char *const systems[] = { "sched", "raw_syscalls", "ftrace", NULL };

/* A trigger is for those with stacks. */
static const struct setting settings[] = {
	{ "buffer_size_kb", "4096" },
	{ "events/sched/sched_switch/trigger", "stacktrace if prev_state & 0xff" },
	{ "events/sched/sched_waking/trigger", "stacktrace" },
	{ "events/sched/sched_switch/enable", "1" },
	{ "events/sched/sched_waking/enable", "1" },
	{ "events/sched/sched_process_fork/enable", "1" },
	{ "events/raw_syscalls/sys_enter/enable", "1" },
	{ "events/raw_syscalls/sys_exit/enable", "1" },
};

/* A path leads through other tasks, too. */
static int choose_others(struct stream_command *command)
{
	const struct blocked_report *report = command->data;
	struct session *session = &command->scope.session;
	char pid[16], *const nobody[] = { NULL }, *const us[] = { pid, NULL };

	if (!report->paths)
		return 0;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return session_set_list(session, "set_event_pid", nobody) ||
	       session_set_list(session, "set_event_notrace_pid", us) ? -1 : 0;
}

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

static void begin(struct stream_command *command)
{
	const struct scope *scope = &command->scope;
	struct blocked_report *report = command->data;
	struct blocked *blocked = &report->blocked;

	blocked->start = command->start;
	blocked->everyone = scope->everyone || (!scope->pid && !scope->command);
	blocked->all = report->paths;
	if (scope->pid)
		choose_threads(blocked, scope->pid);
	if (scope->command) {
		blocked_choose(blocked, scope->workload.pid, NO_SYSCALL);
		/* Waits for us. */
		blocked_begin(blocked, scope->workload.pid);
	}
}

/* Whose stack it is: the blocking, and whether it ends there. */
static uint64_t stack_number(size_t blocking, bool ends)
{
	return blocking << 1 | ends;
}

static uint64_t on_switch(struct stream_command *command, struct blocked *blocked,
			  const struct stream_event *event)
{
	const struct blocked_switch other = {
		.ts = event->ts,
		.pid = stream_value(command, event, SWITCH_PID),
		.comm = stream_string(event, command->field[SWITCH_COMM]),
		.state = stream_value(command, event, SWITCH_STATE),
		.next_pid = stream_value(command, event, SWITCH_NEXT_PID),
		.next_comm = stream_string(event, command->field[SWITCH_NEXT_COMM]),
	};
	size_t begun = blocked_switch(blocked, &other);

	return begun ? stack_number(begun, false) : 0;
}

static uint64_t on_waking(struct stream_command *command, struct blocked *blocked,
			  const struct stream_event *event)
{
	const struct waker waker = { .kind = waker_kind(event->flags), .pid = event->pid };
	size_t ended = blocked_wake(blocked, event->ts, stream_value(command, event, WAKING_PID),
				    &waker);

	if (ended && blocked->all)
		blocked_keep_path(blocked, ended);
	return ended ? stack_number(ended, true) : 0;
}

static uint64_t on_event(struct stream_command *command, const struct stream_event *event)
{
	struct blocked_report *report = command->data;
	struct blocked *blocked = &report->blocked;

	if (stream_is(command, event, SWITCH_PID))
		return on_switch(command, blocked, event);
	if (stream_is(command, event, WAKING_PID))
		return on_waking(command, blocked, event);
	if (stream_is(command, event, FORK_CHILD))
		blocked_fork(blocked, stream_value(command, event, FORK_PARENT),
			     stream_value(command, event, FORK_CHILD),
			     stream_string(event, command->field[FORK_COMM]));
	else if (stream_is(command, event, ENTER_NUMBER))
		blocked_enter(blocked, event->pid, stream_value(command, event, ENTER_NUMBER));
	else if (stream_is(command, event, EXIT_NUMBER))
		blocked_exit(blocked, event->pid);
	return 0;
}

static void keep_stack(struct blocking *blocking, const uint64_t *addresses, size_t nr)
{
	blocking->stack = calloc(nr ? nr : 1, sizeof(*addresses));
	if (!blocking->stack)
		return;
	memcpy(blocking->stack, addresses, nr * sizeof(*addresses));
	blocking->nr_stack = nr;
}

static void name_waker(const struct event_stream *stream, struct waker *waker,
		       const uint64_t *addresses, size_t nr)
{
	const char **functions = calloc(nr ? nr : 1, sizeof(char *));
	size_t i;

	for (i = 0; functions && i < nr; i++)
		functions[i] = event_stream_function(stream, addresses[i]);
	if (functions)
		waker->name = waker_name(waker->kind, functions, nr);
	free(functions);
}

static void on_stack(struct stream_command *command, uint64_t number, const uint64_t *addresses,
		     size_t nr)
{
	struct blocked_report *report = command->data;
	struct blocking *blocking = &report->blocked.at[(number >> 1) - 1];

	if (number & 1)
		name_waker(&command->stream, &blocking->waker, addresses, nr);
	else
		keep_stack(blocking, addresses, nr);
}

static void on_loss(struct stream_command *command)
{
	struct blocked_report *report = command->data;

	blocked_lost(&report->blocked);
}

static bool failed(const struct stream_command *command)
{
	const struct blocked_report *report = command->data;

	return report->blocked.failed;
}

static int print(const struct stream_command *command, FILE *out)
{
	struct blocked_report *report = command->data;

	report->end = command->end;
	return blocked_print(out, report);
}

static json_t *json(const struct stream_command *command)
{
	struct blocked_report *report = command->data;

	report->end = command->end;
	return blocked_json(report);
}

static const struct stream_kind kind = {
	.systems = systems,
	.fields = fields,
	.nr_fields = ARRAY_SIZE(fields),
	.settings = settings,
	.nr_settings = ARRAY_SIZE(settings),
	.prepare = choose_others,
	.begin = begin,
	.on_event = on_event,
	.on_stack = on_stack,
	.on_loss = on_loss,
	.failed = failed,
	.print = print,
	.json = json,
};

static const struct argp_option options[] = {
	{ .name = "least", .key = 't', .arg = "TIME", .doc = "only waits as long: 500us, 10ms" },
	{ .name = "stack", .key = 's', .doc = "with the functions in which they waited" },
	{ .name = "path", .key = KEY_PATH,
	  .doc = "with what was done, and by whom, until they were woken" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct stream_command *command = state->input;
	struct blocked_report *report = command->data;

	switch (key) {
	case 't':
		if (duration_parse(arg, NS_PER_MS, &report->least))
			argp_error(state, "--least: %s is no time, as 500us or 10ms are", arg);
		return 0;
	case 's':
		report->stacks = true;
		return 0;
	case KEY_PATH:
		report->paths = true;
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
	.doc = "Show each time for which a task waited: since when, how long, in which system\n"
	       "call, and who woke it; of CMD and its children, of a process, or of all; until\n"
	       "CMD ends, the time is over, or ^C.\n"
	       "\vThe exit status is that of CMD; 126 if it cannot be run, 127 if it is not there.",
};

int cmd_blocked(int argc, char **argv)
{
	struct blocked_report report = { .hidden = getpid() };
	struct stream_command command = {
		.scope.name = "blocked", .kind = &kind, .data = &report,
	};
	int status;

	report.stream = &command.stream;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &command);
	status = stream_command_run(&command);
	blocked_free(&report.blocked);
	return status;
}
