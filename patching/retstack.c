// SPDX-License-Identifier: GPL-2.0
/*
 * Hooked returns: who is told of them, and the one call in the kernel's
 * return_to_handler that leads to us.
 *
 * The kernel's return_to_handler calls ftrace_return_to_handler(), which reads a
 * clock, takes the call off the task's stack and calls function_graph's callback.
 * While there are users that call leads to a trampoline of ours instead, which does what
 * it does. Afterwards it is the kernel's again: returns that are still to come find
 * their way through it, with nothing of ours left in the text.
 *
 * There are two trampolines: fnt_tramp_return, which calls retstack_return(), and
 * fnt_tramp_return_direct, which calls the function of one user: of the first that
 * came. When that one goes and others stay it is still called, and finds no call to be
 * its own.
 */

#include "patching/retstack.h"

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "core/kabi.h"
#include "patching/patch.h"
#include "patching/retstack_tasks.h"
#include "patching/sites.h"
#include "patching/tramp.h"

/* return_to_handler up to its call, and where that is (v6.1: ftrace_64.S). */
static const u8 handler_begins[] = {
	0x48, 0x83, 0xec, 0x10,		/* sub $16, %rsp */
	0x48, 0x89, 0x04, 0x24,		/* mov %rax, (%rsp) */
	0x48, 0x89, 0x54, 0x24, 0x08,	/* mov %rdx, 8(%rsp) */
	0x48, 0x89, 0xef,		/* mov %rbp, %rdi */
};

/* Held over every change of users; before patch_mutex. */
static DEFINE_MUTEX(retstack_mutex);

/* retstack_mutex: the users; read by retstack_return(). */
static struct retstack_user *users[RETSTACK_USERS];
static unsigned int nr_users;
static unsigned int last_nr;

/* retstack_mutex: the trampoline that returns lead to; 0 while they do not. */
static unsigned long handler_target;

/* retstack_mutex: whose function fnt_tramp_return_direct calls. */
static struct retstack_user *direct_user;

/* On whose behalf it is called when that one has gone: no call is this one's alone. */
static struct retstack_user nobody;

/* retstack_mutex: what changes the call; kept, so that changing it back takes no memory. */
static struct patch_change handler_change;
static struct patch_set handler_set;

static __always_inline void tell(unsigned int nr, struct retstack *stack, unsigned int index,
				 unsigned long result)
{
	struct retstack_user *user = READ_ONCE(users[nr]);

	/* It may be one of a call that was still under way when it went. */
	if (likely(user))
		user->returned(user, stack, index, result);
}

static noinline void tell_all(unsigned int wanted, struct retstack *stack, unsigned int index,
			      unsigned long result)
{
	for (; wanted; wanted &= wanted - 1)
		tell(__ffs(wanted), stack, index, result);
}

/**
 * retstack_return - a function whose return is hooked returns
 * @results: what it has in rax and rdx
 * @user: means nothing, see struct retstack_user.direct
 *
 * What ftrace_return_to_handler() does (v6.1: kernel/trace/fgraph.c), but for its
 * clock and its callback. Called by fnt_tramp_return, or by whom
 * fnt_tramp_return_direct calls.
 *
 * Context: any, NMI-safe; preemption off.
 * Return: where it returns to.
 */
unsigned long retstack_return(const unsigned long *results, struct retstack_user *user)
{
	struct task_struct *task = current;
	struct retstack *stack = (struct retstack *)task->ret_stack;
	unsigned int index = task->curr_ret_stack, wanted;
	unsigned long ret;

	/* It knows what to do when there is nowhere to return to. */
	if (unlikely(index >= FTRACE_RETFUNC_DEPTH))
		return kabi_return_to_handler();
	ret = stack->frames[index].ret;
	task->curr_ret_depth--;
	wanted = ~(stack->frames[index].func >> 32);
	if (likely(is_power_of_2(wanted)))
		tell(__ffs(wanted), stack, index, results[0]);
	else if (wanted)
		tell_all(wanted, stack, index, results[0]);
	/* What interrupts us must not use this place before. */
	barrier();
	task->curr_ret_stack = index - 1;
	return ret;
}

/**
 * retstack_refuse - count a call whose return cannot be hooked
 * @user: who wants it
 *
 * Context: any, NMI-safe; preemption off.
 */
void retstack_refuse(const struct retstack_user *user)
{
	if (!current->ret_stack) {
		this_cpu_inc(*user->no_stack);
		return;
	}
	/* What the kernel's function_graph shows as overruns. */
	atomic_inc(&current->trace_overrun);
	this_cpu_inc(*user->too_deep);
}

/**
 * retstack_share - is this the call that another user has just pushed?
 * @user: who wants it, too
 * @stack: the task's calls
 * @ip: the function's call site
 * @parent_ip: its return address, before anybody hooked it
 * @place: where that stands
 *
 * A function that ends in a jump to another leaves a hooked return to it, which is
 * a call of its own: its return address was hooked before it was entered, and is so in
 * what was pushed for it. Of all others neither was, but what was pushed need not lead
 * to the caller: a kretprobe may have come first.
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the record of the call, with @user a user of it; NULL if it is to be pushed.
 */
struct ftrace_ret_stack *retstack_share(const struct retstack_user *user, struct retstack *stack,
					unsigned long ip, unsigned long parent_ip,
					unsigned long *place)
{
	bool jumped = parent_ip == retstack_handler(), pushed_jumped;
	int index = current->curr_ret_stack;
	struct ftrace_ret_stack *frame;

	if (index < 0)
		return NULL;
	frame = &stack->frames[index];
	pushed_jumped = frame->ret == retstack_handler();
	if (frame->retp != place || (u32)frame->func != (u32)ip || pushed_jumped != jumped ||
	    !(frame->func & user->bit))
		return NULL;
	frame->func ^= user->bit;
	return frame;
}

/**
 * retstack_caller - where the current task returns to behind all hooked returns
 *
 * For a function that was jumped to by one whose return is hooked.
 *
 * Context: any, NMI-safe; preemption off, from fnt_func_t.
 * Return: the address; 0 if there is none.
 */
unsigned long retstack_caller(void)
{
	const struct retstack *stack = retstack_of_current();
	int i;

	for (i = current->curr_ret_stack; stack && i >= 0; i--)
		if (stack->frames[i].ret != retstack_handler())
			return stack->frames[i].ret;
	return 0;
}

/* Prepare to have the call in return_to_handler changed, once. */
static int handler_prepare(void)
{
	const u8 *handler = kabi.return_to_handler;
	unsigned long ip = (unsigned long)handler + sizeof(handler_begins);

	if (handler_set.changes)
		return 0;
	if (!handler || !kabi.graph_active || !kabi.idle_ret_stack ||
	    memcmp(handler, handler_begins, sizeof(handler_begins)) ||
	    insn_call_target(handler + sizeof(handler_begins), ip) != kabi_return_address())
		return -EOPNOTSUPP;
	if (!patch_has_breakpoints() &&
	    poke_classify(ip, INSN_LEN) & patch_patcher()->needs_breakpoints)
		return -EOPNOTSUPP;
	handler_change.ip = ip;
	return patch_set_init(&handler_set, &handler_change, 1);
}

static int handler_write(unsigned long from, unsigned long to)
{
	int err;

	sites_assert_locked();
	handler_change.from = from;
	handler_change.to = to;
	patch_text_lock();
	err = patch_apply(&handler_set);
	patch_text_unlock();
	return err;
}

/* Have fnt_tramp_return_direct call a user's function. Nobody is in it. */
static bool aim_at(struct retstack_user *user)
{
	if (!user->direct || !tramp_aim(TRAMP_RETURN_SLOT, (unsigned long)user->direct))
		return false;
	direct_user = user;
	ops_slots[TRAMP_RETURN_SLOT].arg = user;
	return true;
}

static int handler_take(struct retstack_user *user)
{
	unsigned long to;
	int err;

	sites_lock();
	/* It could not be given back. */
	err = handler_target ? -EIO : handler_prepare();
	if (!err) {
		to = (unsigned long)(aim_at(user) ? fnt_tramp_return_direct : fnt_tramp_return);
		err = handler_write(kabi_return_address(), to);
	}
	if (!err)
		handler_target = to;
	sites_unlock();
	return err;
}

static int handler_give_back(void)
{
	int err;

	sites_lock();
	err = handler_write(handler_target, kabi_return_address());
	if (!err)
		handler_target = 0;
	sites_unlock();
	return err;
}

/* The kernel gives new tasks a stack while its function_graph is in use: it is. */
static int claim(void)
{
	int err = 0;

	mutex_lock(kabi.ftrace_lock);
	if (*kabi.graph_active)
		err = -EBUSY;
	else
		WRITE_ONCE(*kabi.graph_active, 1);
	mutex_unlock(kabi.ftrace_lock);
	return err;
}

static void disclaim(void)
{
	mutex_lock(kabi.ftrace_lock);
	WRITE_ONCE(*kabi.graph_active, 0);
	mutex_unlock(kabi.ftrace_lock);
}

static int begin(struct retstack_user *user)
{
	int err;

	if (!kabi.return_to_handler || !kabi.graph_active)
		return -EOPNOTSUPP;
	err = claim();
	if (err)
		return err;
	err = retstack_tasks_begin();
	if (err)
		goto out_claim;
	err = handler_take(user);
	if (!err)
		return 0;
	retstack_tasks_end();
out_claim:
	disclaim();
	return err;
}

static void end(void)
{
	int err = handler_give_back();

	if (err) {
		/* What stands there leads here, or is not known. */
		__module_get(THIS_MODULE);
		pr_warn("return_to_handler cannot be restored (error %d): this module must stay loaded\n",
			err);
		return;
	}
	retstack_tasks_end();
	patch_quiesce();
	disclaim();
}

/* One that was not used for long: a task that ends may return late for the last one. */
static int free_number(bool follows)
{
	unsigned int i, nr;

	if (nr_users >= RETSTACK_USERS - !follows)
		return -ENOSPC;

	for (i = 1; i <= RETSTACK_USERS; i++) {
		nr = (last_nr + i) % RETSTACK_USERS;
		if (!users[nr])
			return nr;
	}
	return -ENOSPC;
}

static int counters_alloc(struct retstack_user *user)
{
	user->no_stack = alloc_percpu(unsigned long);
	user->too_deep = alloc_percpu(unsigned long);
	return user->no_stack && user->too_deep ? 0 : -ENOMEM;
}

static void counters_free(struct retstack_user *user)
{
	free_percpu(user->no_stack);
	free_percpu(user->too_deep);
	user->no_stack = NULL;
	user->too_deep = NULL;
}

/**
 * retstack_get - become a user of function returns
 * @user: with @returned and @private set
 *
 * Context: process, may sleep.
 * Return: 0; -EBUSY while the kernel's own function_graph is in use, -EOPNOTSUPP if
 * this kernel's way of returning is not known, -ENOSPC if there are too many users,
 * -ENOMEM, -EIO after a fail-stop.
 */
int retstack_get(struct retstack_user *user)
{
	int nr, err;

	mutex_lock(&retstack_mutex);
	nr = free_number(user->follows);
	err = nr < 0 ? nr : counters_alloc(user);
	if (!err) {
		user->nr = nr;
		user->bit = RETSTACK_BIT(nr);
		user->alone = user->indirect ? 0 : ~BIT(nr);
		user->state = offsetof(struct retstack, states) + nr * RETSTACK_STATE;
	}
	if (!err && !nr_users)
		err = begin(user);
	if (err) {
		counters_free(user);
	} else {
		last_nr = nr;
		nr_users++;
		retstack_tasks_clear_state(nr);
		WRITE_ONCE(users[nr], user);
	}
	mutex_unlock(&retstack_mutex);
	return err;
}

/**
 * retstack_put - be no user of function returns any more
 * @user: it pushes no more, and a quiescence has passed since it did
 *
 * When this returns no CPU and no task is inside @user->returned, and none will be:
 * calls that have not returned yet return without it.
 *
 * Context: process, may sleep.
 */
void retstack_put(struct retstack_user *user)
{
	mutex_lock(&retstack_mutex);
	WRITE_ONCE(users[user->nr], NULL);
	if (user == direct_user) {
		WRITE_ONCE(ops_slots[TRAMP_RETURN_SLOT].arg, &nobody);
		direct_user = NULL;
	}
	retstack_tasks_forget(user->nr);
	if (!--nr_users)
		end();
	else
		patch_quiesce();
	counters_free(user);
	mutex_unlock(&retstack_mutex);
}

/**
 * retstack_be_direct - have a user's function called at returns, or not
 * @user: the user, or who will be one
 * @direct: have struct retstack_user.direct called where that can be; else @returned
 *
 * Context: process; one at a time for each user.
 */
void retstack_be_direct(struct retstack_user *user, bool direct)
{
	WRITE_ONCE(user->indirect, !direct);
	WRITE_ONCE(user->alone, direct ? ~BIT(user->nr) : 0);
}

/**
 * retstack_missed - calls of a user whose returns could not be hooked
 * @user: the user
 * @cpu: on this CPU
 * @no_stack: receives how many because their tasks had no stack
 * @too_deep: receives how many because there were too many calls in their tasks
 *
 * Context: any.
 */
void retstack_missed(const struct retstack_user *user, int cpu, unsigned long *no_stack,
		     unsigned long *too_deep)
{
	*no_stack = READ_ONCE(*per_cpu_ptr(user->no_stack, cpu));
	*too_deep = READ_ONCE(*per_cpu_ptr(user->too_deep, cpu));
}

/**
 * retstack_exit - free what is left
 *
 * Context: process, may sleep; there are no users.
 */
void retstack_exit(void)
{
	if (handler_set.changes)
		patch_set_exit(&handler_set);
}
