/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_SCOPE_H
#define USER_SCOPE_H

/* Whom a command traces, and for how long: a command, a process, all. */

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "command.h"
#include "session.h"
#include "workload.h"

/**
 * struct scope - from the command line, and while it is traced
 * @name: of our command, for messages
 * @duration: so long in ns; 0 for until it ends, or somebody ends it
 * @interval: a result each so many ns; 0 for one at the end
 * @pid: a process; 0 for none
 * @cgroup: only tasks in this group, or below; NULL for all
 * @pidns: only tasks in the pid namespace of this one, or within it; NULL for all
 * @syscalls: only while they are in one of these system calls; NULL for always
 * @command: a command; NULL for none
 * @everyone: not @command only, but all that runs until it ends
 * @force: if a tracer is on, take over
 * @json: results are for programs
 * @events: the kernel's events are recorded, not functions: in an instance, so that
 *          nothing else that is traced is disturbed
 * @tree: the control tree
 * @session: what it has changed in the tree
 * @workload: @command that runs
 * @signals: those that end it
 * @input: becomes readable when there is something to do; -1 for nothing
 * @start: when it was begun, by the monotonic clock
 * @elapsed: how long it was traced until now, in ns
 * @signal: the signal that has ended it, or 0
 * @signal_fd: tells of signals
 * @process_fd: tells of the end of @pid
 */
struct scope {
	const char *name;
	uint64_t duration;
	uint64_t interval;
	pid_t pid;
	char *cgroup;
	char *pidns;
	char *syscalls;
	char **command;
	bool everyone;
	bool force;
	bool json;
	bool events;
	int tree;
	struct session session;
	struct workload workload;
	struct command_signals signals;
	int input;
	uint64_t start;
	uint64_t elapsed;
	int signal;
	int signal_fd;
	int process_fd;
};

/**
 * struct scope_work - what a command does with it
 * @prepare: make the settings; 0, or -1 with the reason told
 * @begin: it begins now; may be NULL
 * @step: an interval has passed, or there is input
 * @finish: it has ended and nothing is traced any more, all settings being there yet
 * @release: close what is open in the tree; always called, may be NULL
 */
struct scope_work {
	int (*prepare)(struct scope *scope, void *data);
	int (*begin)(struct scope *scope, void *data);
	int (*step)(struct scope *scope, void *data);
	int (*finish)(struct scope *scope, void *data);
	void (*release)(void *data);
};

extern const struct argp scope_argp;
extern const struct argp scope_places_argp;
extern const struct argp scope_report_argp;

bool scope_takes(struct scope *scope, struct argp_state *state);
int scope_print_json(const struct scope *scope, const json_t *json);
int scope_run(struct scope *scope, const struct scope_work *work, void *data);

#endif
