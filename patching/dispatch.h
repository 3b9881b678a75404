/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_DISPATCH_H
#define FNT_PATCHING_DISPATCH_H

/*
 * The way from a trampoline to those who want the function.
 */

#include "core/hash.h"
#include "patching/ops.h"
#include "patching/tramp.h"

/**
 * struct ops_users - a combination of users
 * @nr: number of them
 * @direct: the slot calls the one user without ops_dispatch()
 * @filtered: this is every user there is; ask each whether it wants the function
 * @ops: in the order in which they registered
 */
struct ops_users {
	unsigned int nr;
	bool direct;
	bool filtered;
	struct fnt_ops *ops[];
};

/**
 * ops_wants - does a user want a function?
 * @ops: the user
 * @ip: call site of the function
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
static inline bool ops_wants(const struct fnt_ops *ops, unsigned long ip)
{
	const struct fnt_hash *filter = READ_ONCE(ops->filter);
	const struct fnt_hash *except = READ_ONCE(ops->except);

	return (!filter || hash_contains(filter, ip)) &&
	       !(except && hash_contains(except, ip));
}

void dispatch_count_hits(bool on);

#endif
