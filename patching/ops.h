/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_OPS_H
#define FNT_PATCHING_OPS_H

/*
 * Who wants to be called at which function entry.
 */

#include <linux/list.h>
#include <linux/types.h>

#include "core/hash.h"
#include "patching/slots.h"

struct filter_term;
struct fnt_ops;
struct share_request;

/**
 * struct fnt_regs - what a function was entered with
 * @r10: a nested function's static chain
 * @r9: sixth argument
 * @r8: fifth
 * @ax: of a variadic function, how many arguments are in vector registers
 * @cx: fourth
 * @dx: third
 * @si: second
 * @di: first
 * @behind: address behind the call site; 0 if this is a copy
 * @parent: the function's return address where it stands; in a copy, where that is
 *
 * Those registers that can hold values then, in the order in which a trampoline
 * saves them (tramp_args.S), and what they are saved upon.
 */
struct fnt_regs {
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long behind;
	unsigned long parent;
};

/* Integer arguments that are passed in registers. */
#define FNT_REG_ARGS 6

/**
 * fnt_regs_args - the arguments of a function, as far as they are in registers
 * @regs: from fnt_func_t
 * @args: receives them; the function may have fewer
 *
 * Context: any, NMI-safe.
 */
static inline void fnt_regs_args(const struct fnt_regs *regs, unsigned long args[FNT_REG_ARGS])
{
	args[0] = regs->di;
	args[1] = regs->si;
	args[2] = regs->dx;
	args[3] = regs->cx;
	args[4] = regs->r8;
	args[5] = regs->r9;
}

/**
 * fnt_regs_arg - one of them
 * @regs: from fnt_func_t or fnt_direct_t
 * @n: which, from 0
 *
 * Context: any, NMI-safe.
 * Return: what is in its register.
 */
static inline unsigned long fnt_regs_arg(const struct fnt_regs *regs, unsigned int n)
{
	/* They stand one below the other, with rax between the fourth and the fifth. */
	return (&regs->di)[-(long)(n + (n >= 4))];
}

/**
 * fnt_regs_return_place - where a function's return address stands
 * @regs: from fnt_func_t
 *
 * Context: any, NMI-safe.
 * Return: its place on the stack.
 */
static inline unsigned long *fnt_regs_return_place(const struct fnt_regs *regs)
{
	return regs->behind ? (unsigned long *)&regs->parent : (unsigned long *)regs->parent;
}

/**
 * fnt_regs_ip - the call site of a function
 * @regs: from fnt_direct_t; not a copy
 *
 * Context: any, NMI-safe.
 * Return: its address.
 */
static inline unsigned long fnt_regs_ip(const struct fnt_regs *regs)
{
	return regs->behind - SITE_LEN;
}

/**
 * typedef fnt_func_t - called at the entry of a function
 * @ip: address of the call site
 * @parent_ip: return address of the function, in its caller
 * @ops: the user
 * @regs: registers with which it was entered, until the return from here
 *
 * Runs with preemption off, in any context including NMI, with RCU perhaps not
 * watching. It must not sleep, fault, take locks or allocate. If it calls
 * functions that it traces itself, they are reported one level deep, deeper ones
 * are counted as missed; see @direct below.
 *
 * Context: any, NMI-safe.
 */
typedef void (*fnt_func_t)(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			   const struct fnt_regs *regs);

/**
 * typedef fnt_direct_t - the same, called by the trampoline itself
 * @regs: registers with which it was entered, until the return from here; not a copy
 * @ops: the user
 *
 * It calls nothing that can be traced, and may be interrupted by itself at every
 * instruction: there is no guard against recursion.
 *
 * Context: any, NMI-safe.
 */
typedef void (*fnt_direct_t)(const struct fnt_regs *regs, struct fnt_ops *ops);

/**
 * typedef fnt_gap_t - told that functions were not reported for a while
 * @ops: the user
 * @nr: number of functions that it wants
 * @ns: for how long, up to now, at most
 *
 * Context: process; locks of the patching engine held: it must not come back.
 */
typedef void (*fnt_gap_t)(struct fnt_ops *ops, unsigned int nr, u64 ns);

/**
 * struct fnt_ops - one user of function entries
 * @func: called at each
 * @gap: told when the kernel's ftrace took functions for a while; may be NULL
 * @private: the user's own
 * @gate: per CPU: @func is called only where it is true; NULL for everywhere
 * @direct: called instead where nobody else wants the function and the kernel's ftrace
 *          has no part in it; NULL if @func is to be called there, too
 * @missed: per CPU, calls not made because one was under way in the same context
 * @filter: functions wanted; NULL for all
 * @except: functions not wanted; NULL for none
 * @node: in the list of users, while registered
 *
 * @func, @gap, @private, @gate and @direct are the user's to set, the rest is set by the functions
 * below.
 */
struct fnt_ops {
	fnt_func_t func;
	fnt_gap_t gap;
	void *private;
	bool __percpu *gate;
	fnt_direct_t direct;
	unsigned long __percpu *missed;
	struct fnt_hash *filter;
	struct fnt_hash *except;
	struct list_head node;
};

int ops_init(void);
void ops_exit(void);

int ops_count_hits(bool on);
bool ops_counts_hits(void);

void ops_tell_gap(const struct share_request *reqs, unsigned int nr, u64 ns);

int fnt_ops_init(struct fnt_ops *ops);
void fnt_ops_exit(struct fnt_ops *ops);
int fnt_ops_register(struct fnt_ops *ops);
void fnt_ops_unregister(struct fnt_ops *ops);
int fnt_ops_set_hash(struct fnt_ops *ops, struct fnt_hash *filter, struct fnt_hash *except);
int fnt_ops_set_filter(struct fnt_ops *ops, const char *filter, const char *except);
int ops_copy_hash(struct fnt_ops *ops, const struct fnt_hash *filter,
		  const struct fnt_hash *except);

/**
 * struct ops_function - a function that can be traced
 * @ip: its call site
 * @name: its name
 * @module: the module that it is in, NULL for the kernel image
 * @users: number of users that are called for it; 0 with @state "idle" if none
 * @state: how it is served
 * @shared: through the kernel's own ftrace
 * @counted: @hits and @missed are known
 * @hits: entries for which its users were called
 * @missed: entries for which they could not be, as a call of them was under way
 */
struct ops_function {
	unsigned long ip;
	const char *name;
	const char *module;
	unsigned int users;
	const char *state;
	bool shared;
	bool counted;
	u64 hits;
	u64 missed;
};

unsigned int ops_slot_users(unsigned int slot);
int ops_functions_begin(void);
void ops_functions_end(void);
bool ops_function_nth(unsigned int n, struct ops_function *function);
bool ops_function_named(const char *name, unsigned int *n, struct ops_function *function);
void ops_follow_modules(void (*fn)(const char *module, bool coming));
bool ops_module_known(const char *glob);
void ops_function_sharers(const struct ops_function *function,
			  void (*fn)(void *data, const char *callback), void *data);
int ops_functions_find(const struct filter_term *term, unsigned long **found);
bool ops_function_at(unsigned long ip, struct ops_function *function);

/**
 * struct ops_stats - what patching has done so far
 * @sites: call sites known
 * @owned: of them with a call of ours
 * @yielded: of them taken by the kernel and served by nobody yet
 * @joined: of them served through the kernel's own ftrace
 * @unavailable: of them wanted, and not to be had
 * @yields: sites that the kernel took from us
 * @gaps: times in which such sites were served by nobody
 * @gap_ns: how long these were together
 * @batches: sets of changes written
 * @written: sites written
 * @rounds: times that all CPUs were made to serialise
 * @longest_stop_ns: longest time that the machine was stopped
 */
struct ops_stats {
	unsigned int sites;
	unsigned int owned;
	unsigned int yielded;
	unsigned int joined;
	unsigned int unavailable;
	u64 yields;
	u64 gaps;
	u64 gap_ns;
	u64 batches;
	u64 written;
	u64 rounds;
	u64 longest_stop_ns;
};

void ops_stats(struct ops_stats *stats);
const char *ops_patcher(void);
const char *ops_nth_patcher(unsigned int n);
int ops_choose_patcher(const char *name);

#endif
