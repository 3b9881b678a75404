// SPDX-License-Identifier: GPL-2.0
/*
 * A task blocks when another takes its CPU and it could not run on, until somebody wakes
 * it; when it runs again is the scheduler's business. PURE: others read the events.
 */

#include "blocked.h"

#include <stdlib.h>
#include <string.h>

/* It can run, but not now; it ends: include/linux/sched.h, TASK_REPORT_MAX, EXIT_*. */
#define STATE_PREEMPTED 0x100
#define STATE_ENDS 0x30

/* States by bit, as ps has them: fs/proc/array.c, task_state_array. */
static const char states[] = "SDTtXZPI";
#define STATES 0xff

/* Of a path so much is kept. */
#define STEPS_MAX 64

/**
 * blocked_state - what a letter of ps means
 * @letter: the letter
 *
 * Return: the scheduler's bit, for something that is waited in; 0 for none.
 */
unsigned int blocked_state(char letter)
{
	const char *at = letter ? strchr(states, letter) : NULL;
	unsigned int state = at ? 1u << (at - states) : 0;

	return state & STATE_ENDS ? 0 : state;
}

/**
 * blocked_state_letter - the letter that ps has for a state
 * @state: a bit of the scheduler's
 *
 * Return: the letter; 0 if there is none.
 */
char blocked_state_letter(unsigned int state)
{
	return state & STATES ? states[__builtin_ctz(state)] : '\0';
}

static size_t place_of(const struct blocked *blocked, int pid)
{
	size_t low = 0, high = blocked->nr_tasks, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (blocked->tasks[mid].pid < pid)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/**
 * blocked_task - what is known of a task
 * @blocked: the model
 * @pid: its number
 *
 * Return: the task, good until the next event; NULL if nothing is.
 */
const struct blocked_task *blocked_task(const struct blocked *blocked, int pid)
{
	size_t at = place_of(blocked, pid);

	if (at < blocked->nr_tasks && blocked->tasks[at].pid == pid)
		return &blocked->tasks[at];
	return NULL;
}

/* Room for one more; @at and @room are changed. Returns false without memory. */
static bool grow(void **at, size_t nr, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *grown;

	if (nr < *room)
		return true;
	grown = reallocarray(*at, more, size);
	if (!grown)
		return false;
	*at = grown;
	*room = more;
	return true;
}

/* Nobody but the idle tasks has the number 0, and they do not block. */
static struct blocked_task *get_task(struct blocked *blocked, int pid)
{
	size_t at = place_of(blocked, pid);
	void *tasks = blocked->tasks;

	if (!pid)
		return NULL;
	if (at < blocked->nr_tasks && blocked->tasks[at].pid == pid)
		return &blocked->tasks[at];
	if (!grow(&tasks, blocked->nr_tasks, &blocked->room_tasks, sizeof(*blocked->tasks))) {
		blocked->failed = true;
		return NULL;
	}
	blocked->tasks = tasks;
	memmove(&blocked->tasks[at + 1], &blocked->tasks[at],
		(blocked->nr_tasks - at) * sizeof(*blocked->tasks));
	blocked->nr_tasks++;
	blocked->tasks[at] = (struct blocked_task) {
		.pid = pid, .syscall = NO_SYSCALL, .chosen = blocked->everyone,
	};
	return &blocked->tasks[at];
}

static void set_comm(struct blocked_task *task, const char *comm)
{
	if (!comm)
		return;
	strncpy(task->comm, comm, COMM_LEN - 1);
	task->comm[COMM_LEN - 1] = '\0';
}

/**
 * blocked_choose - a task that is asked for, and is there already
 * @blocked: the model
 * @pid: its number
 * @syscall: the system call that it is in; NO_SYSCALL
 */
void blocked_choose(struct blocked *blocked, int pid, int syscall)
{
	struct blocked_task *task = get_task(blocked, pid);

	if (!task)
		return;
	task->chosen = true;
	task->syscall = syscall;
}

/* A blocking begins. Returns its index and 1; 0 without memory. */
static size_t add(struct blocked *blocked, struct blocked_task *task, uint64_t start)
{
	void *at = blocked->at;

	if (!grow(&at, blocked->nr, &blocked->room, sizeof(*blocked->at))) {
		blocked->failed = true;
		return 0;
	}
	blocked->at = at;
	blocked->at[blocked->nr++] = (struct blocking) {
		.pid = task->pid, .start = start, .syscall = task->syscall,
		.previous = task->last,
	};
	task->last = blocked->nr;
	task->blocks = true;
	return blocked->nr;
}

/**
 * blocked_waits - a task waits when it begins
 * @blocked: the model
 * @pid: the task
 * @state: what it waits in, a bit of the scheduler's
 */
void blocked_waits(struct blocked *blocked, int pid, unsigned int state)
{
	struct blocked_task *task = get_task(blocked, pid);

	if (!task || !add(blocked, task, blocked->start))
		return;
	task->seen = true;
	blocked->at[blocked->nr - 1].before = true;
	blocked->at[blocked->nr - 1].state = state;
}

/**
 * blocked_begin - what a task waits in now is nobody's business
 * @blocked: the model
 * @pid: its number
 */
void blocked_begin(struct blocked *blocked, int pid)
{
	struct blocked_task *task = get_task(blocked, pid);

	if (task)
		task->seen = true;
}

/**
 * blocked_fork - a task is made
 * @blocked: the model
 * @parent: by whom
 * @child: its number
 * @comm: its name
 */
void blocked_fork(struct blocked *blocked, int parent, int child, const char *comm)
{
	struct blocked_task *task = get_task(blocked, parent);
	bool chosen = task && task->chosen;

	task = get_task(blocked, child);
	if (!task)
		return;
	/* The number may have been another's. */
	task->chosen = chosen || blocked->everyone;
	task->syscall = NO_SYSCALL;
	task->seen = true;
	task->blocks = false;
	set_comm(task, comm);
}

/**
 * blocked_enter - a task begins a system call
 * @blocked: the model
 * @pid: the task
 * @syscall: which
 */
void blocked_enter(struct blocked *blocked, int pid, int syscall)
{
	struct blocked_task *task = get_task(blocked, pid);

	if (!task)
		return;
	task->syscall = syscall;
	task->seen = true;
}

/**
 * blocked_exit - a task is at the end of a system call
 * @blocked: the model
 * @pid: the task
 */
void blocked_exit(struct blocked *blocked, int pid)
{
	blocked_enter(blocked, pid, NO_SYSCALL);
}

/**
 * blocked_switch - another task runs
 * @blocked: the model
 * @event: which, and what became of the one before
 *
 * Return: the blocking that begins, as an index and 1: its stack is to be added; 0 if none
 * does.
 */
size_t blocked_switch(struct blocked *blocked, const struct blocked_switch *event)
{
	struct blocked_task *task = get_task(blocked, event->next_pid);
	size_t number;

	if (task) {
		set_comm(task, event->next_comm);
		/* Who woke it was lost, or not to be seen. */
		task->blocks = false;
		task->seen = true;
	}
	task = get_task(blocked, event->pid);
	if (!task)
		return 0;
	set_comm(task, event->comm);
	task->seen = true;
	if (!event->state || event->state & (STATE_PREEMPTED | STATE_ENDS))
		return 0;
	if (!task->chosen && !blocked->all)
		return 0;
	number = add(blocked, task, event->ts);
	if (number)
		blocked->at[number - 1].state = event->state;
	return number;
}

/**
 * blocked_wake - a task is woken
 * @blocked: the model
 * @ts: when
 * @pid: the task
 * @waker: who does it
 *
 * Return: the blocking that ends, as an index and 1; 0 if none does.
 */
size_t blocked_wake(struct blocked *blocked, uint64_t ts, int pid, const struct waker *waker)
{
	struct blocked_task *task = get_task(blocked, pid);
	bool first = task && !task->seen;
	struct blocking *blocking;

	if (!task || (!task->chosen && !blocked->all))
		return 0;
	task->seen = true;
	if (first && add(blocked, task, blocked->start))
		blocked->at[blocked->nr - 1].before = true;
	if (!task->blocks)
		return 0;
	blocking = &blocked->at[task->last - 1];
	blocking->end = ts;
	blocking->waker = *waker;
	task->blocks = false;
	return task->last;
}

/**
 * blocked_lost - some events are missing: what tasks are in is not known
 * @blocked: the model
 */
void blocked_lost(struct blocked *blocked)
{
	size_t i;

	for (i = 0; i < blocked->nr_tasks; i++) {
		blocked->tasks[i].syscall = NO_SYSCALL;
		blocked->tasks[i].blocks = false;
	}
}

/**
 * blocked_free - forget all
 * @blocked: the model
 */
void blocked_free(struct blocked *blocked)
{
	size_t i;

	for (i = 0; i < blocked->nr; i++) {
		free(blocked->at[i].stack);
		free(blocked->at[i].path);
	}
	free(blocked->at);
	free(blocked->tasks);
	*blocked = (struct blocked) { };
}

/* The last blocking of a task that ended at a time or before, as an index and 1. */
static size_t ended_by(const struct blocked *blocked, int pid, uint64_t ts)
{
	const struct blocked_task *task = blocked_task(blocked, pid);
	const struct blocking *blocking;
	size_t number = task ? task->last : 0;

	for (; number; number = blocking->previous) {
		blocking = &blocked->at[number - 1];
		if (blocking->end && blocking->end <= ts)
			break;
	}
	return number;
}

/* Fill @steps, the last one first. Returns their number. */
static size_t follow(const struct blocked *blocked, const struct blocking *blocking,
		     struct blocked_step *steps, size_t room)
{
	uint64_t ts = blocking->end, begin = blocking->start;
	int pid = blocking->waker.pid;
	const struct blocking *before;
	size_t nr = 0, last;

	while (ts > begin && nr + 1 < room) {
		last = ended_by(blocked, pid, ts);
		before = last ? &blocked->at[last - 1] : NULL;
		if (!before || before->end <= begin) {
			steps[nr++] = (struct blocked_step) { pid, begin, ts, 0 };
			break;
		}
		steps[nr++] = (struct blocked_step) { pid, before->end, ts, 0 };
		ts = before->end;
		if (before->waker.kind == WAKER_TASK) {
			pid = before->waker.pid;
			continue;
		}
		ts = before->start > begin ? before->start : begin;
		steps[nr++] = (struct blocked_step) { pid, ts, before->end, last };
	}
	return nr;
}

/**
 * blocked_keep_path - note what was done and waited for until a task was woken
 * @blocked: the model; the task has just been woken
 * @number: of its blocking, as an index and 1
 *
 * It goes from the one who woke the task back in time: who ran until then, by whom that
 * one had been woken, and so on to the beginning of the blocking. Where an interrupt woke
 * somebody, what that one waited for is a step. Needs @blocked->all.
 */
void blocked_keep_path(struct blocked *blocked, size_t number)
{
	struct blocking *blocking = &blocked->at[number - 1];
	struct blocked_step steps[STEPS_MAX];
	size_t nr;

	if (!blocking->end || blocking->waker.kind != WAKER_TASK)
		return;
	nr = follow(blocked, blocking, steps, STEPS_MAX);
	blocking->path = calloc(nr ? nr : 1, sizeof(*steps));
	if (blocking->path) {
		memcpy(blocking->path, steps, nr * sizeof(*steps));
		blocking->nr_path = nr;
	} else {
		blocked->failed = true;
	}
}
