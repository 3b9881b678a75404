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

/*
 * Users at a time, and bytes that each has for a task. The last place is for one that
 * follows another one, which goes only when it is there.
 */
#define RETSTACK_USERS 32
#define RETSTACK_STATE 24

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
 * @noted: what the profiler had of the task when it began
 * @place: where the profiler looks for the function
 *
 * As long as the record, so that it is always as far from it.
 */
struct retstack_beside {
	u64 slept;
	u64 noted;
	u32 place;
} __aligned(sizeof(struct ftrace_ret_stack));

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
 * it with the task. It fits into 4 KiB, which is what one takes of the allocator.
 */
struct retstack {
	struct ftrace_ret_stack frames[FTRACE_RETFUNC_DEPTH];
	struct retstack_beside beside[FTRACE_RETFUNC_DEPTH];
	u64 slept;
	u64 asleep_since;
	u64 states[RETSTACK_USERS][RETSTACK_STATE / sizeof(u64)];
};

static_assert(sizeof(struct retstack_beside) == sizeof(struct ftrace_ret_stack) &&
	      sizeof(struct retstack) <= 4096);

/**
 * retstack_beside - what is known of a call beside the kernel's record of it
 * @frame: the record, in a struct retstack
 *
 * Context: any, NMI-safe.
 * Return: it.
 */
static __always_inline struct retstack_beside *retstack_beside(struct ftrace_ret_stack *frame)
{
	return (void *)frame + offsetof(struct retstack, beside);
}

/**
 * struct retstack_user - one user of function returns
 * @returned: called at the return of each call that it pushed: @index is the call's
 *            in @stack, @result what was in rax. Preemption is off; as to the rest
 *            what is said of fnt_func_t holds, with @direct: it must not call what
 *            can be traced.
 * @direct: what return_to_handler may call without retstack_return(); NULL if it may
 *          not, see retstack_pop()
 * @private: the user's own
 * @follows: it takes the place of a user that is put as soon as it is there, one such
 *           at a time: it may have the last place
 * @no_stack: per CPU, calls of tasks that have no stack: there was no memory
 * @too_deep: per CPU, calls that were more than FTRACE_RETFUNC_DEPTH deep, or of a
 *            task that the kernel has paused
 * @nr: its number, while it is one
 * @alone: upper half of what the kernel has for the address of a function whose
 *         return is this user's alone; 0, which is none's, while @direct shall not be
 *         used
 * @indirect: @direct shall not be used
 * @bit: RETSTACK_BIT() of @nr
 * @state: where its part is in a struct retstack, in bytes
 *
 * @returned, @direct, @private and @follows are the user's to set, the rest is set by
 * retstack_get().
 */
struct retstack_user {
	void (*returned)(struct retstack_user *user, struct retstack *stack,
			 unsigned int index, unsigned long result);
	unsigned long (*direct)(const unsigned long *results, struct retstack_user *user);
	void *private;
	bool follows;
	unsigned long __percpu *no_stack;
	unsigned long __percpu *too_deep;
	unsigned int nr;
	u32 alone;
	bool indirect;
	u64 bit;
	unsigned long state;
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
	return (char *)stack + user->state;
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

	/*
	 * The kernel pauses a task that will wake up from suspension elsewhere. It does
	 * so itself, so this is read as any other member.
	 */
	return task->ret_stack && task->curr_ret_stack < FTRACE_RETFUNC_DEPTH - 1 &&
	       !task->tracing_graph_pause.counter;
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

struct ftrace_ret_stack *retstack_share(const struct retstack_user *user, struct retstack *stack,
					unsigned long ip, unsigned long parent_ip,
					unsigned long *place);

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
 * @calltime: when it was entered, by the local clock
 *
 * The call returns to what stands there now, which need not be its caller: a kretprobe
 * may have been called before us.
 *
 * Whatever interrupts this finds the stack as it shall be: what it pushes it pops.
 *
 * Context: any, NMI-safe; preemption off, from fnt_func_t.
 * Return: the record of the call.
 */
static __always_inline struct ftrace_ret_stack *
retstack_push_first(const struct retstack_user *user, struct retstack *stack, unsigned long ip,
		    unsigned long *place, u64 calltime)
{
	struct task_struct *task = current;
	struct ftrace_ret_stack *frame;
	unsigned int index;

	index = ++task->curr_ret_stack;
	task->curr_ret_depth++;
	barrier();
	frame = &stack->frames[index];
	frame->ret = *place;
	frame->func = ip ^ user->bit;
	frame->calltime = calltime;
	frame->retp = place;
	retstack_beside(frame)->slept = stack->slept;
	barrier();
	*place = retstack_handler();
	return frame;
}

/**
 * retstack_push - hook the return of a function that was just entered
 * @user: who wants it
 * @stack: from retstack_begin()
 * @ip: the function's call site
 * @parent_ip: its return address, before anybody hooked it
 * @regs: registers at the site
 * @calltime: when it was entered, by the local clock: of several users of one call the
 *            first one's counts, so all must have the same
 *
 * Context: any, NMI-safe; preemption off, from fnt_func_t.
 * Return: the record of the call.
 */
static __always_inline struct ftrace_ret_stack *
retstack_push(const struct retstack_user *user, struct retstack *stack, unsigned long ip,
	      unsigned long parent_ip, const struct fnt_regs *regs, u64 calltime)
{
	unsigned long *place = fnt_regs_return_place(regs);
	struct ftrace_ret_stack *frame;

	/* Another user has done it, or a function ends in a jump to this one. */
	if (unlikely(*place == retstack_handler())) {
		frame = retstack_share(user, stack, ip, parent_ip, place);
		if (frame)
			return frame;
	}
	return retstack_push_first(user, stack, ip, place, calltime);
}

/**
 * retstack_ip_of - the call site of a function that was entered
 * @frame: the kernel's record of it
 *
 * Context: any, NMI-safe.
 * Return: its address.
 */
static __always_inline unsigned long retstack_ip_of(const struct ftrace_ret_stack *frame)
{
	/* All of text is in the upper 2 GiB. */
	return (s32)frame->func;
}

/**
 * retstack_ip - the same by the call's place
 * @stack: the task's calls
 * @index: of the call
 *
 * Context: any, NMI-safe.
 * Return: its address.
 */
static __always_inline unsigned long retstack_ip(const struct retstack *stack, unsigned int index)
{
	return retstack_ip_of(&stack->frames[index]);
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
	return !(stack->frames[index].func & user->bit);
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

unsigned long retstack_return(const unsigned long *results, struct retstack_user *user);
void retstack_be_direct(struct retstack_user *user, bool direct);

/**
 * struct retstack_pop - a call that is about to be taken off
 * @task: the current one
 * @stack: its calls
 * @frame: the kernel's record of the call
 */
struct retstack_pop {
	struct task_struct *task;
	struct retstack *stack;
	struct ftrace_ret_stack *frame;
};

/**
 * retstack_pop - has a call returned that nobody but one user knows of?
 * @user: the user
 * @pop: the caller's
 *
 * For struct retstack_user.direct, which does what retstack_return() does, but for
 * one user, and with no call in it: where this is true it does the user's part and
 * returns retstack_popped(), else it does nothing and returns retstack_return().
 *
 * Context: any, NMI-safe; preemption off.
 * Return: true if so.
 */
static __always_inline bool retstack_pop(const struct retstack_user *user,
					 struct retstack_pop *pop)
{
	unsigned long index;

	pop->task = current;
	index = (unsigned int)pop->task->curr_ret_stack;
	if (unlikely(index >= FTRACE_RETFUNC_DEPTH))
		return false;
	pop->stack = (struct retstack *)pop->task->ret_stack;
	pop->frame = &pop->stack->frames[index];
	/* Its upper half; compared where it stands. */
	return likely(((u32 *)&pop->frame->func)[1] == user->alone);
}

/**
 * retstack_popped - take it off
 * @pop: from retstack_pop()
 *
 * Context: any, NMI-safe; preemption off.
 * Return: where the function returns to.
 */
static __always_inline unsigned long retstack_popped(const struct retstack_pop *pop)
{
	unsigned long ret = pop->frame->ret;

	pop->task->curr_ret_depth--;
	/* What interrupts us must not use this place before. */
	barrier();
	pop->task->curr_ret_stack--;
	return ret;
}

#endif
