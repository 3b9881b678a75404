/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_WAKERS_H
#define USER_WAKERS_H

/* Who wakes a task: another one, or an interrupt, by name. */

#include <stddef.h>

enum waker_kind {
	WAKER_UNKNOWN,
	WAKER_TASK,
	WAKER_SOFTIRQ,
	WAKER_HARDIRQ,
	WAKER_NMI,
	WAKER_KINDS
};

/**
 * struct waker - who woke a task
 * @kind: what it is
 * @pid: of a task
 * @name: of an interrupt; NULL if it is not known
 */
struct waker {
	enum waker_kind kind;
	int pid;
	const char *name;
};

enum waker_kind waker_kind(unsigned int flags);
const char *waker_kind_name(enum waker_kind kind);
const char *waker_name(enum waker_kind kind, const char *const functions[], size_t nr);

#endif
