/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_RETSTACK_H
#define FNT_PATCHING_RETSTACK_H

/*
 * Who wants to be called at which function return.
 *
 * A user of entries (ops.h) that wants to know of a call's return says so at its
 * entry, by retstack_push(). The return address then leads to the kernel's own
 * return_to_handler, and where it shall lead is noted where the kernel's own
 * function_graph notes it, in current->ret_stack: so the kernel's unwinder knows,
 * and so a task may return long after this module has gone.
 */

#include <linux/compiler.h>
#include <linux/ftrace.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "core/kabi.h"
#include "patching/ops.h"

/* Users at a time, and bytes that each has for a task. */
#define RETSTACK_USERS 32
#define RETSTACK_STATE 48

/*
 * A user's bit in what the kernel has for the address of the function: the upper half
 * of an address of text is all ones, a user's bit is zero. So without users it is the
 * address again.
 */
#define RETSTACK_BIT(nr) BIT_ULL(32 + (nr))

/**
 * struct retstack_beside - what is known of a call beside the kernel's record of it
 * @slept: how long its task had slept when it began, in ns; see
 *         retstack_watch_sleep()
 * @noted: what the profiler noted when it began
 */
struct retstack_beside {
	u64 slept;
	u64 noted;
};

/**
 * struct retstack - the calls of a task whose returns are hooked
 * @frames: the kernel's records: where to return to, where that stood; @func is
 *          the call site with the bits of users, see retstack_push()
 * @beside: one for each
 * @slept: how long the task has slept while somebody wanted to know, in ns
 * @asleep_since: since when it does, 0 if it does not
 * @states: what each user keeps of the task; zero when the user comes
 *
 * What task_struct.ret_stack points to while returns are hooked. The kernel frees
 * it with the task.
 */
struct retstack {
	struct ftrace_ret_stack frames[FTRACE_RETFUNC_DEPTH];
	struct retstack_beside beside[FTRACE_RETFUNC_DEPTH];
	u64 slept;
	u64 asleep_since;
	u64 states[RETSTACK_USERS][RETSTACK_STATE / sizeof(u64)];
};

/**
 * struct retstack_user - one user of function returns
 * @returned: called at the return of each call that it pushed: @index is the call's
 *            in @stack, @result what was in rax. Preemption is off; as to the rest
 *            what is said of fnt_func_t holds, with @direct: it must not call what
 *            can be traced.
 * @private: the user's own
 * @no_stack: per CPU, calls of tasks that have no stack: there was no memory
 * @too_deep: per CPU, calls that were more than FTRACE_RETFUNC_DEPTH deep, or of a
 *            task that the kernel has paused
 * @nr: its number, while it is one
 *
 * @returned and @private are the user's to set, the rest is set by retstack_get().
 */
struct retstack_user {
	void (*returned)(struct retstack_user *user, struct retstack *stack,
			 unsigned int index, unsigned long result);
	void *private;
	unsigned long __percpu *no_stack;
	unsigned long __percpu *too_deep;
	unsigned int nr;
};

int retstack_get(struct retstack_user *user);
void retstack_put(struct retstack_user *user);
int retstack_watch_sleep(bool on);
void retstack_missed(const struct retstack_user *user, int cpu, unsigned long *no_stack,
		     unsigned long *too_deep);
void retstack_exit(void);

/**
 * retstack_state - what a user keeps of a task
 * @stack: the task's
 * @user: the user
 *
 * Context: any, NMI-safe; the task is current.
 * Return: RETSTACK_STATE bytes.
 */
static __always_inline void *retstack_state(struct retstack *stack,
					    const struct retstack_user *user)
{
	return stack->states[user->nr];
}

/**
 * retstack_of_current - the current task's calls
 *
 * Context: any, NMI-safe.
 * Return: them; NULL if it has no stack for them.
 */
static __always_inline struct retstack *retstack_of_current(void)
{
	return (struct retstack *)READ_ONCE(current->ret_stack);
}

/**
 * retstack_ready - would retstack_begin() say yes?
 *
 * For who goes another way if not, where retstack_begin() is asked.
 *
 * Context: any, NMI-safe; preemption off, from fnt_func_t.
 * Return: true if so.
 */
static __always_inline bool retstack_ready(void)
{
	const struct task_struct *task = current;

	/* The kernel pauses a task that will wake up from suspension elsewhere. */
	return task->ret_stack && task->curr_ret_stack < FTRACE_RETFUNC_DEPTH - 1 &&
	       !atomic_read(&task->tracing_graph_pause);
}

void retstack_refuse(const struct retstack_user *user);

/**
 * retstack_begin - can the return of a function that was just entered be hooked?
 * @user: who wants it
 *
 * If so nothing has happened yet, and retstack_push() cannot fail.
 *
 * Context: any, NMI-safe; preemption off, from fnt_func_t.
 * Return: the task's calls; NULL if it cannot be, which has been counted.
 */
static __always_inline struct retstack *retstack_begin(const struct retstack_user *user)
{
	if (likely(retstack_ready()))
		return retstack_of_current();
	retstack_refuse(user);
	return NULL;
}

unsigned int retstack_share(const struct retstack_user *user, struct retstack *stack,
			    unsigned long ip, unsigned long parent_ip, unsigned long *place);

unsigned long retstack_caller(void);

/**
 * retstack_handler - where a return address leads that is hooked
 *
 * Context: any, NMI-safe; while returns can be hooked.
 * Return: the address of the kernel's return_to_handler.
 */
static __always_inline unsigned long retstack_handler(void)
{
	return (unsigned long)kabi.return_to_handler;
}

/**
 * retstack_push_first - retstack_push() where nobody else can have hooked the return
 * @user: who wants it
 * @stack: from retstack_begin()
 * @ip: the function's call site
 * @place: from fnt_regs_return_place(); what stands there is not retstack_handler()
 * @calltime: when it was entered
 *
 * The call returns to what stands there now, which need not be its caller: a kretprobe
 * may have been called before us.
 *
 * Whatever interrupts this finds the stack as it shall be: what it pushes it pops.
 *
 * Context: any, NMI-safe; preemption off, from fnt_func_t.
 * Return: the call's index in @stack.
 */
static __always_inline unsigned int retstack_push_first(const struct retstack_user *user,
							struct retstack *stack, unsigned long ip,
							unsigned long *place, u64 calltime)
{
	struct task_struct *task = current;
	unsigned int index = ++task->curr_ret_stack;
	struct ftrace_ret_stack *frame;

	task->curr_ret_depth++;
	barrier();
	frame = &stack->frames[index];
	frame->ret = *place;
	frame->func = ip ^ RETSTACK_BIT(user->nr);
	frame->calltime = calltime;
	frame->retp = place;
	stack->beside[index].slept = stack->slept;
	stack->beside[index].noted = 0;
	barrier();
	*place = retstack_handler();
	return index;
}

/**
 * retstack_push - hook the return of a function that was just entered
 * @user: who wants it
 * @stack: from retstack_begin()
 * @ip: the function's call site
 * @parent_ip: its return address, before anybody hooked it
 * @regs: registers at the site
 * @calltime: when it was entered, in the user's clock. Of several users of one call
 *            the first one's counts.
 *
 * Context: any, NMI-safe; preemption off, from fnt_func_t.
 * Return: the call's index in @stack.
 */
static __always_inline unsigned int retstack_push(const struct retstack_user *user,
						  struct retstack *stack, unsigned long ip,
						  unsigned long parent_ip,
						  const struct fnt_regs *regs, u64 calltime)
{
	unsigned long *place = fnt_regs_return_place(regs);
	unsigned int index;

	/* Another user has done it, or a function ends in a jump to this one. */
	if (unlikely(*place == retstack_handler())) {
		index = retstack_share(user, stack, ip, parent_ip, place);
		if (index)
			return index - 1;
	}
	return retstack_push_first(user, stack, ip, place, calltime);
}

/**
 * retstack_ip - the call site of a function that was entered
 * @stack: the task's calls
 * @index: of the call
 *
 * Context: any, NMI-safe.
 * Return: its address.
 */
static __always_inline unsigned long retstack_ip(const struct retstack *stack, unsigned int index)
{
	return stack->frames[index].func | GENMASK_ULL(63, 32);
}

/**
 * retstack_has_pushed - does a user want to know of the return of a call?
 * @user: the user
 * @stack: the task's calls
 * @index: of the call
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
static __always_inline bool retstack_has_pushed(const struct retstack_user *user,
						const struct retstack *stack, unsigned int index)
{
	return !(stack->frames[index].func & RETSTACK_BIT(user->nr));
}

/**
 * retstack_slept - how long a task has slept within a call
 * @stack: the task's calls
 * @index: of the call
 *
 * Context: any, NMI-safe; the task is current.
 * Return: ns, 0 if nobody watches.
 */
static __always_inline u64 retstack_slept(const struct retstack *stack, unsigned int index)
{
	return stack->slept - stack->beside[index].slept;
}

#endif
