// SPDX-License-Identifier: GPL-2.0
/*
 * A lock that is free takes no event. One that is not has contention_begin when a task
 * begins to wait, and contention_end when it has the lock. Who wakes a task that sleeps
 * for a lock is who had it. PURE: others read the events.
 */

#include "locks.h"

#include <stdlib.h>
#include <string.h>

/* Kinds of locks: include/trace/events/lock.h, LCB_F_*. */
#define LOCK_SPIN 0x01
#define LOCK_READ 0x02
#define LOCK_WRITE 0x04
#define LOCK_RT 0x08
#define LOCK_PERCPU 0x10
#define LOCK_MUTEX 0x20

/**
 * struct lock_wait - a task that waits for a lock
 * @number: that no other has
 * @pid: the task
 * @lock: address of the lock
 * @kind: what it is
 * @start: since when, in ns
 * @caller: for whom; NULL if it is not known
 * @holder: who has woken it, the last one; 0 for nobody
 */
struct lock_wait {
	uint64_t number;
	int pid;
	uint64_t lock;
	const char *kind;
	uint64_t start;
	const char *caller;
	int holder;
};

static struct lock_wait *find_wait(const struct locks *locks, int pid, uint64_t lock)
{
	size_t i;

	for (i = 0; i < locks->nr_waits; i++)
		if (locks->waits[i].pid == pid && locks->waits[i].lock == lock)
			return &locks->waits[i];
	return NULL;
}

/**
 * locks_begin - a task waits for a lock
 * @locks: the model
 * @ts: when, in ns
 * @pid: the task
 * @lock: address of the lock
 * @kind: what it is, from lock_kind()
 *
 * A mutex is waited for in several ways in turn, which are one.
 *
 * Return: a number for locks_caller(); 0 if it waited already, or without memory.
 */
uint64_t locks_begin(struct locks *locks, uint64_t ts, int pid, uint64_t lock, const char *kind)
{
	struct lock_wait *waits;

	if (find_wait(locks, pid, lock))
		return 0;
	waits = reallocarray(locks->waits, locks->nr_waits + 1, sizeof(*waits));
	if (!waits) {
		locks->failed = true;
		return 0;
	}
	locks->waits = waits;
	waits[locks->nr_waits++] = (struct lock_wait) {
		.number = ++locks->begun, .pid = pid, .lock = lock, .kind = kind, .start = ts,
	};
	return locks->begun;
}

/**
 * locks_caller - for whom a task waits for a lock
 * @locks: the model
 * @number: from locks_begin()
 * @caller: the function that wants it; the string stays
 */
void locks_caller(struct locks *locks, uint64_t number, const char *caller)
{
	size_t i;

	for (i = 0; i < locks->nr_waits; i++)
		if (locks->waits[i].number == number)
			locks->waits[i].caller = caller;
}

/**
 * locks_wake - a task is woken by another
 * @locks: the model
 * @pid: the task
 * @by: the other
 */
void locks_wake(struct locks *locks, int pid, int by)
{
	size_t i;

	for (i = 0; i < locks->nr_waits; i++)
		if (locks->waits[i].pid == pid)
			locks->waits[i].holder = by;
}

static int compare(const struct lock_stat *stat, const struct lock_wait *wait)
{
	if (stat->lock != wait->lock)
		return stat->lock < wait->lock ? -1 : 1;
	if (stat->kind != wait->kind)
		return (uintptr_t)stat->kind < (uintptr_t)wait->kind ? -1 : 1;
	if (stat->caller != wait->caller)
		return (uintptr_t)stat->caller < (uintptr_t)wait->caller ? -1 : 1;
	return 0;
}

static struct lock_stat *get_stat(struct locks *locks, const struct lock_wait *wait)
{
	size_t low = 0, high = locks->nr, mid;
	struct lock_stat *at;

	while (low < high) {
		mid = (low + high) / 2;
		if (compare(&locks->at[mid], wait) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < locks->nr && !compare(&locks->at[low], wait))
		return &locks->at[low];
	at = reallocarray(locks->at, locks->nr + 1, sizeof(*at));
	if (!at) {
		locks->failed = true;
		return NULL;
	}
	locks->at = at;
	memmove(&at[low + 1], &at[low], (locks->nr - low) * sizeof(*at));
	locks->nr++;
	at[low] = (struct lock_stat) {
		.lock = wait->lock, .kind = wait->kind, .caller = wait->caller,
	};
	return &at[low];
}

static bool add_holder(struct lock_stat *stat, int pid, uint64_t ns)
{
	struct lock_holder *holders = stat->holders;
	size_t i;

	for (i = 0; i < stat->nr_holders; i++) {
		if (holders[i].pid == pid) {
			holders[i].ns += ns;
			return true;
		}
	}
	holders = reallocarray(holders, stat->nr_holders + 1, sizeof(*holders));
	if (!holders)
		return false;
	stat->holders = holders;
	holders[stat->nr_holders++] = (struct lock_holder) { pid, ns };
	return true;
}

static void note(struct locks *locks, const struct lock_wait *wait, uint64_t ts)
{
	uint64_t ns = ts > wait->start ? ts - wait->start : 0;
	struct lock_stat *stat = get_stat(locks, wait);

	if (!stat)
		return;
	stat->count++;
	stat->total += ns;
	if (ns > stat->max)
		stat->max = ns;
	if (wait->holder && !add_holder(stat, wait->holder, ns))
		locks->failed = true;
}

/**
 * locks_end - a task waits no more
 * @locks: the model
 * @ts: since when, in ns
 * @pid: the task
 * @lock: address of the lock
 */
void locks_end(struct locks *locks, uint64_t ts, int pid, uint64_t lock)
{
	struct lock_wait *wait = find_wait(locks, pid, lock);

	/* It began before us. */
	if (!wait)
		return;
	note(locks, wait, ts);
	*wait = locks->waits[--locks->nr_waits];
}

/**
 * locks_lost - some events are missing
 * @locks: the model
 */
void locks_lost(struct locks *locks)
{
	locks->nr_waits = 0;
}

/**
 * locks_finish - it is at its end: what is waited for yet counts, too
 * @locks: the model
 * @ts: when, in ns
 */
void locks_finish(struct locks *locks, uint64_t ts)
{
	size_t i;

	for (i = 0; i < locks->nr_waits; i++)
		note(locks, &locks->waits[i], ts);
	locks->nr_waits = 0;
}

/**
 * locks_free - forget all
 * @locks: the model
 */
void locks_free(struct locks *locks)
{
	size_t i;

	for (i = 0; i < locks->nr; i++)
		free(locks->at[i].holders);
	free(locks->at);
	free(locks->waits);
	*locks = (struct locks) { };
}

/**
 * lock_function_is_of_locks - does a function only take locks, for its callers?
 * @function: its name
 *
 * Return: true if so.
 */
bool lock_function_is_of_locks(const char *function)
{
	static const char *const beginnings[] = {
		"trace_event_raw_event_", "__traceiter_", "mutex_", "__mutex_", "ww_mutex_",
		"__ww_mutex_", "rt_mutex_", "__rt_mutex_", "rwsem_", "down_", "__down_",
		"percpu_down_", "__percpu_down_", "percpu_rwsem_", "_raw_spin_", "_raw_read_",
		"_raw_write_", "queued_", "native_queued_", "__pv_queued_",
		"__raw_callee_save_", "do_raw_",
	};
	size_t i;

	for (i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (!strncmp(function, beginnings[i], strlen(beginnings[i])))
			return true;
	return !strcmp(function, "down") || !strcmp(function, "__down");
}

/**
 * lock_kind - what kind of lock it is, and what was wanted of it
 * @flags: as the kernel's event has them
 *
 * Return: a constant string.
 */
const char *lock_kind(unsigned int flags)
{
	if (flags & LOCK_MUTEX)
		return "mutex";
	if (flags & LOCK_RT)
		return "rtmutex";
	if (flags & LOCK_PERCPU)
		return flags & LOCK_WRITE ? "pcpu-sem:W" : "pcpu-sem:R";
	if (flags & LOCK_SPIN && !(flags & (LOCK_READ | LOCK_WRITE)))
		return "spinlock";
	if (flags & LOCK_SPIN)
		return flags & LOCK_WRITE ? "rwlock:W" : "rwlock:R";
	if (flags & (LOCK_READ | LOCK_WRITE))
		return flags & LOCK_WRITE ? "rwsem:W" : "rwsem:R";
	return "semaphore";
}

/**
 * lock_main_holder - who had a lock for whom others waited longest
 * @stat: the lock
 *
 * Return: that one; NULL if nobody is known.
 */
const struct lock_holder *lock_main_holder(const struct lock_stat *stat)
{
	const struct lock_holder *most = NULL;
	size_t i;

	for (i = 0; i < stat->nr_holders; i++)
		if (!most || stat->holders[i].ns > most->ns)
			most = &stat->holders[i];
	return most;
}
