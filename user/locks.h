/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LOCKS_H
#define USER_LOCKS_H

/* Which locks were waited for, where, how long, and who had them: told by events. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct lock_holder - a task that had a lock which others waited for
 * @pid: the task
 * @ns: so long they waited in all
 */
struct lock_holder {
	int pid;
	uint64_t ns;
};

/**
 * struct lock_stat - a lock that was waited for at one place
 * @lock: its address
 * @kind: what it is, from lock_kind()
 * @caller: the function that wanted it; NULL if it is not known
 * @count: how often it was waited for
 * @total: how long in all, in ns
 * @max: the longest, in ns
 * @holders: who gave it to those that slept for it
 * @nr_holders: number of them
 */
struct lock_stat {
	uint64_t lock;
	const char *kind;
	const char *caller;
	uint64_t count;
	uint64_t total;
	uint64_t max;
	struct lock_holder *holders;
	size_t nr_holders;
};

/**
 * struct locks - all of them
 * @at: by address, kind and caller
 * @nr: number of them
 * @waits: those that are not at their end
 * @nr_waits: number of them
 * @begun: so many have begun
 * @failed: there was no memory for something
 */
struct locks {
	struct lock_stat *at;
	size_t nr;
	struct lock_wait *waits;
	size_t nr_waits;
	uint64_t begun;
	bool failed;
};

uint64_t locks_begin(struct locks *locks, uint64_t ts, int pid, uint64_t lock,
		     const char *kind);
void locks_caller(struct locks *locks, uint64_t number, const char *caller);
void locks_wake(struct locks *locks, int pid, int by);
void locks_end(struct locks *locks, uint64_t ts, int pid, uint64_t lock);
void locks_lost(struct locks *locks);
void locks_finish(struct locks *locks, uint64_t ts);
void locks_free(struct locks *locks);

bool lock_function_is_of_locks(const char *function);
const char *lock_kind(unsigned int flags);
const struct lock_holder *lock_main_holder(const struct lock_stat *stat);

#endif
