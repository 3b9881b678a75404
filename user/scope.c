// SPDX-License-Identifier: GPL-2.0
/*
 * The frame of every command that traces: what it finds it puts back, whichever
 * way it ends, and what it has started does not outlive it.
 */

#include "scope.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "duration.h"
#include "fntrace.h"
#include "instance.h"
#include "ready.h"

/* Input may wait so long: trace_pipe need not tell before it is half full. */
#define INPUT_NS (100 * NS_PER_MS)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static pid_t pid_of(const char *text)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	return errno || *end || *text < '0' || *text > '9' || number > INT_MAX ? 0 : (pid_t)number;
}

static void take_time(struct argp_state *state, char *arg, const char *option, uint64_t *ns)
{
	if (duration_parse(arg, NS_PER_SECOND, ns) || !*ns)
		argp_error(state, "%s: %s is no time, as 10, 500ms or 2m are", option, arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct scope *scope = state->input;

	switch (key) {
	case 'd':
		take_time(state, arg, "--duration", &scope->duration);
		return 0;
	case 'p':
		scope->pid = pid_of(arg);
		if (!scope->pid)
			argp_error(state, "--pid: %s is no process", arg);
		return 0;
	case 'F':
		scope->force = true;
		return 0;
	case 'i':
		take_time(state, arg, "--interval", &scope->interval);
		return 0;
	case 'j':
		scope->json = true;
		return 0;
	case ARGP_KEY_END:
		if (scope->pid && scope->command)
			argp_error(state, "either --pid or a command");
		if (scope->pid && scope->everyone)
			argp_error(state, "either --pid or --all");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ .name = "duration", .key = 'd', .arg = "SECONDS",
	  .doc = "end after so long; 500ms and 2m are times, too" },
	{ .name = "pid", .key = 'p', .arg = "PID", .doc = "this process only, with its children" },
	{ .name = "force", .key = 'F',
	  .doc = "if a tracer is on, switch it off until the end" },
	{ }
};

/* Whom, and for how long. */
const struct argp scope_argp = { .options = options, .parser = parse };

enum { CGROUP = 0x100, PIDNS, SYSCALLS };

static const struct argp_option places_options[] = {
	{ .name = "cgroup", .key = CGROUP, .arg = "PATH",
	  .doc = "only tasks in this cgroup of version 2, or below" },
	{ .name = "pidns", .key = PIDNS, .arg = "PID",
	  .doc = "only tasks in the pid namespace of this process, or within it" },
	{ .name = "syscall", .key = SYSCALLS, .arg = "NAME,...",
	  .doc = "only while a task is in one of these system calls" },
	{ }
};

static error_t parse_places(int key, char *arg, struct argp_state *state)
{
	struct scope *scope = state->input;

	switch (key) {
	case CGROUP:
		if (!*arg)
			argp_error(state, "--cgroup: no path");
		scope->cgroup = arg;
		return 0;
	case PIDNS:
		if (!pid_of(arg))
			argp_error(state, "--pidns: %s is no process", arg);
		scope->pidns = arg;
		return 0;
	case SYSCALLS:
		if (!arg[strspn(arg, ",")])
			argp_error(state, "--syscall: no system call");
		scope->syscalls = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Where, for commands that trace functions. */
const struct argp scope_places_argp = { .options = places_options, .parser = parse_places };

static const struct argp_option report_options[] = {
	{ .name = "interval", .key = 'i', .arg = "SECONDS", .doc = "show results so often" },
	{ .name = "json", .key = 'j',
	  .doc = "print a JSON object; with --interval one a line" },
	{ }
};

/* How the results are shown; its END is that of the other. */
static error_t parse_report(int key, char *arg, struct argp_state *state)
{
	return key == ARGP_KEY_END ? ARGP_ERR_UNKNOWN : parse(key, arg, state);
}

const struct argp scope_report_argp = { .options = report_options, .parser = parse_report };

/**
 * scope_takes - is an argument of the command line the command that is traced?
 * @scope: receives the command, which is the rest of the command line, if so
 * @state: of the parser, at ARGP_KEY_ARG
 *
 * Return: true if the argument stands behind --.
 */
bool scope_takes(struct scope *scope, struct argp_state *state)
{
	if (!state->quoted || state->next - 1 < state->quoted)
		return false;
	scope->command = state->argv + state->next - 1;
	state->next = state->argc;
	return true;
}

/**
 * scope_print_json - print a result as a JSON object
 * @scope: a line for each if there are several
 * @json: the object; NULL if there was no memory for it
 *
 * Return: 0; -1 with the reason told, but for what the output says of itself.
 */
int scope_print_json(const struct scope *scope, const json_t *json)
{
	if (!json) {
		complain("%s: %s", scope->name, strerror(ENOMEM));
		return -1;
	}
	json_dumpf(json, stdout, scope->interval ? JSON_COMPACT : JSON_INDENT(2));
	putchar('\n');
	return 0;
}

/* The threads of a process, as words for a list; NULL with the reason told. */
static char **threads_of(const struct scope *scope)
{
	char path[32], **words = NULL, **more;
	struct dirent *entry;
	size_t nr = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)scope->pid);
	dir = opendir(path);
	if (!dir) {
		complain("%s: process %d: %s", scope->name, (int)scope->pid,
			 errno == ENOENT ? "there is none" : strerror(errno));
		return NULL;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		more = reallocarray(words, nr + 2, sizeof(*words));
		if (!more)
			break;
		words = more;
		words[nr++] = strdup(entry->d_name);
		words[nr] = NULL;
	}
	closedir(dir);
	if (!words)
		complain("%s: process %d: it has ended", scope->name, (int)scope->pid);
	return words;
}

/* Trace these tasks only, with their children; or all but those that are not to be. */
static int set_tasks(struct scope *scope, char *const tasks[], char *const not_to_be[])
{
	struct session *session = &scope->session;
	const char *fork = scope->events ? "options/event-fork" : "options/function-fork";

	if (*tasks && session_set(session, fork, "1"))
		return -1;
	return session_set_list(session, scope->events ? "set_event_notrace_pid" :
							 "set_ftrace_notrace_pid", not_to_be) ||
	       session_set_list(session, scope->events ? "set_event_pid" : "set_ftrace_pid",
				tasks) ? -1 : 0;
}

static int choose_process(struct scope *scope)
{
	char **threads, *const nobody[] = { NULL };
	int err;
	size_t i;

	threads = threads_of(scope);
	if (!threads)
		return -1;
	err = set_tasks(scope, threads, nobody);
	for (i = 0; threads[i]; i++)
		free(threads[i]);
	free(threads);
	if (err)
		return -1;
	/* Without it, as before Linux 5.3, its end is not seen. */
	scope->process_fd = syscall(SYS_pidfd_open, scope->pid, 0);
	return 0;
}

/* All but us: what reads a trace would make it longer by that. */
static int choose_all(struct scope *scope)
{
	char *const nobody[] = { NULL };
	char pid[16], *const words[] = { pid, NULL };

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return set_tasks(scope, nobody, words);
}

static int choose_command(struct scope *scope)
{
	char *const nobody[] = { NULL };
	char pid[16], *const words[] = { pid, NULL };

	if (workload_hold(&scope->workload, scope->command, &scope->signals)) {
		complain("%s: %s", scope->name, strerror(errno));
		return -1;
	}
	if (scope->everyone)
		return choose_all(scope);
	snprintf(pid, sizeof(pid), "%d", (int)scope->workload.pid);
	return set_tasks(scope, words, nobody);
}

static int choose_tasks(struct scope *scope)
{
	if (scope->pid)
		return choose_process(scope);
	return scope->command ? choose_command(scope) : choose_all(scope);
}

static int choose_syscalls(struct scope *scope)
{
	char *word, *rest, *option = scope->syscalls, **words;
	size_t nr = 0;
	int err;

	words = calloc(option ? strlen(option) + 2 : 1, sizeof(*words));
	if (!words) {
		complain("%s: %s", scope->name, strerror(ENOMEM));
		return -1;
	}
	for (word = option ? strtok_r(option, ",", &rest) : NULL; word;
	     word = strtok_r(NULL, ",", &rest))
		words[nr++] = word;
	err = session_set_list(&scope->session, "set_ftrace_syscall", words);
	free(words);
	return err;
}

/* As with tasks, what was chosen before does not count. */
static int choose_places(struct scope *scope)
{
	struct session *session = &scope->session;

	if (scope->events)
		return 0;
	return session_set(session, "set_ftrace_cgroup", scope->cgroup ? scope->cgroup : "") ||
	       session_set(session, "set_ftrace_pidns", scope->pidns ? scope->pidns : "") ||
	       choose_syscalls(scope) ? -1 : 0;
}

/* What was recorded until now is of nobody who is traced. */
static int forget_events(const struct scope *scope)
{
	int fd = openat(scope->session.tree, "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0) {
		complain("%s: trace: %s", scope->name, strerror(errno));
		return -1;
	}
	close(fd);
	return 0;
}

static int start(struct scope *scope)
{
	scope->start = now_ns();
	if (!scope->command || !workload_release(&scope->workload))
		return 0;
	complain("%s: %s: %s", scope->name, scope->command[0], strerror(errno));
	return -1;
}

/* What ends it has come: a signal, the end of the command or of the process. */
static bool has_ended(struct scope *scope)
{
	struct signalfd_siginfo info;

	while (!scope->signal && read(scope->signal_fd, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			scope->signal = info.ssi_signo;
	return scope->signal || (scope->command && workload_has_ended(&scope->workload)) ||
	       (scope->duration && now_ns() - scope->start >= scope->duration);
}

static struct timespec time_until(uint64_t when)
{
	uint64_t now = now_ns(), left = when > now ? when - now : 0;

	return (struct timespec) { .tv_sec = left / NS_PER_SECOND,
				   .tv_nsec = left % NS_PER_SECOND };
}

static uint64_t earlier(uint64_t when, uint64_t start, uint64_t ns)
{
	return ns && start + ns < when ? start + ns : when;
}

/* Wait for something to do until an interval is over; false if it has ended. */
static bool wait_on(struct scope *scope, uint64_t interval_start)
{
	struct pollfd fds[] = {
		{ .fd = scope->signal_fd, .events = POLLIN },
		{ .fd = scope->process_fd, .events = POLLIN },
		{ .fd = scope->input, .events = POLLIN },
	};
	struct timespec left;
	uint64_t until;

	for (;;) {
		until = earlier(INT64_MAX, scope->start, scope->duration);
		until = earlier(until, interval_start, scope->interval);
		if (scope->input >= 0)
			until = earlier(until, now_ns(), INPUT_NS);
		left = time_until(until);
		ppoll(fds, ARRAY_SIZE(fds), &left, NULL);
		if (has_ended(scope) || fds[1].revents)
			return false;
		if (fds[2].revents || now_ns() >= until)
			return true;
	}
}

static int trace_until_end(struct scope *scope, const struct scope_work *work, void *data)
{
	uint64_t since = scope->start;
	int err = 0;

	while (!err && wait_on(scope, since)) {
		scope->elapsed = now_ns() - scope->start;
		if (scope->interval && now_ns() - since >= scope->interval)
			since += scope->interval;
		err = work->step(scope, data);
	}
	scope->elapsed = now_ns() - scope->start;
	return err;
}

static int begin_session(struct scope *scope)
{
	int instance;

	if (!scope->events)
		return session_begin(&scope->session, scope->name, scope->tree, scope->force);
	instance = instance_create(scope->tree, scope->name);
	if (instance < 0)
		return -1;
	session_begin_own(&scope->session, scope->name, instance);
	return 0;
}

static int end_session(struct scope *scope)
{
	int err = session_end(&scope->session);

	if (scope->session.own) {
		close(scope->session.tree);
		instance_remove(scope->tree, scope->name);
	}
	return err;
}

/* Between the settings that were found and their coming back. */
static int trace(struct scope *scope, const struct scope_work *work, void *data)
{
	int err;

	if (begin_session(scope) || choose_tasks(scope) || choose_places(scope) ||
	    work->prepare(scope, data) || forget_events(scope) ||
	    (work->begin && work->begin(scope, data)))
		return -1;
	if (start(scope))
		return -1;
	err = trace_until_end(scope, work, data);
	err = session_set(&scope->session, "tracing_on", "0") || err;
	workload_end(&scope->workload, scope->signal);
	return work->finish(scope, data) || err ? -1 : 0;
}

/* ^C is how it is meant to be ended; all else ends us, too. */
static int exit_status(const struct scope *scope, int err)
{
	/* That of a command that cannot be run. */
	if (err)
		return scope->command && scope->workload.status ? scope->workload.status :
								  EXIT_FAILURE;
	return scope->command && scope->signal != SIGINT ? scope->workload.status : EXIT_SUCCESS;
}

/**
 * scope_run - trace
 * @scope: from the command line
 * @work: what is done about it
 * @data: for @work
 *
 * Return: the exit status, that of the command if there is one.
 */
int scope_run(struct scope *scope, const struct scope_work *work, void *data)
{
	int err, status;

	scope->tree = ready_to_trace(scope->name);
	if (scope->tree < 0)
		return EXIT_FAILURE;
	command_signals_begin(&scope->signals);
	scope->session = (struct session) { .tree = scope->tree };
	scope->input = -1;
	scope->process_fd = -1;
	scope->signal_fd = signalfd(-1, &scope->signals.waited, SFD_NONBLOCK | SFD_CLOEXEC);
	err = trace(scope, work, data);
	workload_end(&scope->workload, scope->signal);
	status = exit_status(scope, err);
	/* While trace_pipe is open no tracer can be changed. */
	if (scope->input >= 0)
		close(scope->input);
	if (work->release)
		work->release(data);
	if (end_session(scope))
		status = EXIT_FAILURE;
	close(scope->signal_fd);
	if (scope->process_fd >= 0)
		close(scope->process_fd);
	close(scope->tree);
	if (scope->signal == SIGINT)
		scope->signal = 0;
	if (scope->signal)
		fflush(stdout);
	/* Nobody reads what we say: that ends us, too, when all is as before. */
	if (scope->signal == SIGPIPE)
		signal(SIGPIPE, SIG_DFL);
	command_signals_end(&scope->signals, scope->signal);
	return status;
}
