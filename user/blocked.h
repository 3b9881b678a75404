/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_BLOCKED_H
#define USER_BLOCKED_H

/* For what tasks waited, how long, and who woke them: a model that events are told to. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wakers.h"

#define COMM_LEN 16
#define NO_SYSCALL (-1)

/**
 * struct blocked_step - a piece of the path that led to a task being woken
 * @pid: the task that had it in its hands
 * @from: since when, in ns
 * @to: until when
 * @blocking: it waited, an index and 1; 0 if it ran, or was ready to
 */
struct blocked_step {
	int pid;
	uint64_t from;
	uint64_t to;
	size_t blocking;
};

/**
 * struct blocking - a time in which a task waited for something
 * @pid: the task
 * @start: when it stopped to run, in ns
 * @end: when it was woken; 0 if it was not
 * @before: it had stopped to run before anything was recorded, then
 * @state: what it waited in, a bit of the scheduler's
 * @syscall: number of the system call; NO_SYSCALL
 * @stack: return addresses, the innermost first
 * @nr_stack: number of them
 * @waker: who woke it
 * @path: how it came to that, the last step first; see blocked_keep_path()
 * @nr_path: number of steps
 * @previous: the one of the same task before this, as an index and 1; 0 for none
 */
struct blocking {
	int pid;
	uint64_t start;
	uint64_t end;
	bool before;
	unsigned int state;
	int syscall;
	uint64_t *stack;
	size_t nr_stack;
	struct waker waker;
	struct blocked_step *path;
	size_t nr_path;
	size_t previous;
};

/**
 * struct blocked_task - a task
 * @pid: its number
 * @comm: its name, as far as it is known
 * @syscall: that it is in; NO_SYSCALL
 * @chosen: it is asked for
 * @seen: it did something since the beginning
 * @blocks: it waits now
 * @last: its last blocking, as an index and 1; 0 for none
 */
struct blocked_task {
	int pid;
	char comm[COMM_LEN];
	int syscall;
	bool chosen;
	bool seen;
	bool blocks;
	size_t last;
};

/**
 * struct blocked - all that is known
 * @everyone: tasks that come are asked for
 * @all: the blockings of tasks that are not asked for are kept, too: for paths
 * @start: when it began; no event is older
 * @tasks: ascending by pid
 * @nr_tasks: number of them
 * @at: the blockings, in the order in which they began
 * @nr: number of them
 * @failed: there was no memory for something
 */
struct blocked {
	bool everyone;
	bool all;
	uint64_t start;
	struct blocked_task *tasks;
	size_t nr_tasks;
	size_t room_tasks;
	struct blocking *at;
	size_t nr;
	size_t room;
	bool failed;
};

/**
 * struct blocked_switch - another task runs
 * @ts: when
 * @pid: that ran
 * @comm: its name
 * @state: what it waits in now; 0 if it would run on
 * @next_pid: that runs now
 * @next_comm: its name
 */
struct blocked_switch {
	uint64_t ts;
	int pid;
	const char *comm;
	unsigned int state;
	int next_pid;
	const char *next_comm;
};

void blocked_choose(struct blocked *blocked, int pid, int syscall);
void blocked_waits(struct blocked *blocked, int pid, unsigned int state);
void blocked_begin(struct blocked *blocked, int pid);
void blocked_fork(struct blocked *blocked, int parent, int child, const char *comm);
void blocked_enter(struct blocked *blocked, int pid, int syscall);
void blocked_exit(struct blocked *blocked, int pid);
size_t blocked_switch(struct blocked *blocked, const struct blocked_switch *event);
size_t blocked_wake(struct blocked *blocked, uint64_t ts, int pid, const struct waker *waker);
void blocked_lost(struct blocked *blocked);
void blocked_free(struct blocked *blocked);

unsigned int blocked_state(char letter);
char blocked_state_letter(unsigned int state);
const struct blocked_task *blocked_task(const struct blocked *blocked, int pid);
void blocked_keep_path(struct blocked *blocked, size_t number);

#endif
