// SPDX-License-Identifier: GPL-2.0
/*
 * Functions of which not all calls are recorded: a tracer leaves them to a user of function
 * entries beside it, which calls the tracer where the conditions hold. So the others pay
 * nothing, and a call for which they do not hold leads to nobody else.
 */

#include "tracers/tracers.h"

#include <linux/err.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "core/conditions.h"
#include "core/peek.h"
#include "patching/ops.h"

/**
 * struct conditional - that user
 * @ops: the user
 * @tracer: who is called
 * @conditions: where
 */
struct conditional {
	struct fnt_ops ops;
	struct fnt_ops *tracer;
	const struct trace_conditions *conditions;
};

static noinline bool string_holds(const struct condition *term, unsigned long address)
{
	char string[CONDITION_STRING_MAX];

	return condition_holds_string(term, string, peek_string(string, address, sizeof(string)));
}

static __always_inline bool terms_hold(const struct call_condition *call,
				       const struct fnt_regs *regs, bool strings)
{
	const struct condition *term;
	unsigned long value;

	for (term = call->terms; term < call->terms + call->nr; term++) {
		value = fnt_regs_arg(regs, term->arg);
		if (strings && term->string ? !string_holds(term, value) :
					      !condition_holds(term, value))
			return false;
	}
	return true;
}

static __always_inline bool call_wanted(const struct trace_conditions *conditions,
					unsigned long ip, const struct fnt_regs *regs, bool strings)
{
	struct call_condition *call = conditions_find(conditions, ip);

	return terms_hold(call, regs, strings) && call_condition_take(call);
}

static void function_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			     const struct fnt_regs *regs)
{
	struct conditional *user = container_of(ops, struct conditional, ops);

	if (call_wanted(user->conditions, ip, regs, true))
		user->tracer->func(ip, parent_ip, user->tracer, regs);
}

/* Reading strings may call functions that are traced: that is not for here. */
static void function_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	struct conditional *user = container_of(ops, struct conditional, ops);

	if (call_wanted(user->conditions, fnt_regs_ip(regs), regs, false))
		user->tracer->direct(regs, user->tracer);
}

static struct fnt_hash *intersection(const struct fnt_hash *a, const struct fnt_hash *b)
{
	struct fnt_hash *rest = hash_minus(a, b), *both = NULL;

	if (rest)
		both = hash_minus(a, rest);
	hash_destroy(rest);
	return both;
}

/**
 * conditional_choose - have a tracer called for functions of which all calls are recorded
 * @ops: of the tracer; registered or not
 * @filter: functions to be traced, NULL for all
 * @except: functions not to be traced, NULL for none
 * @conditions: of the trace; NULL for none
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what ops_copy_hash() returned: then nothing has changed.
 */
int conditional_choose(struct fnt_ops *ops, const struct fnt_hash *filter,
		       const struct fnt_hash *except, const struct trace_conditions *conditions)
{
	struct fnt_hash *functions, *both = NULL;
	int err = -ENOMEM;

	if (!conditions)
		return ops_copy_hash(ops, filter, except);
	functions = conditions_functions(conditions);
	if (functions && except)
		both = hash_union(functions, except);
	if (functions && (both || !except))
		err = ops_copy_hash(ops, filter, both ?: functions);
	hash_destroy(functions);
	hash_destroy(both);
	return err;
}

/* The others of them, that are to be traced. */
static int choose_others(struct conditional *user, const struct fnt_hash *filter,
			 const struct fnt_hash *except)
{
	struct fnt_hash *functions = conditions_functions(user->conditions), *both = functions;
	int err = -ENOMEM;

	if (functions && filter)
		both = intersection(functions, filter);
	if (both)
		err = ops_copy_hash(&user->ops, both, except);
	if (both != functions)
		hash_destroy(both);
	hash_destroy(functions);
	return err;
}

static void user_destroy(struct conditional *user)
{
	hash_destroy(user->ops.filter);
	hash_destroy(user->ops.except);
	kfree(user);
}

static struct conditional *user_create(const struct fnt_trace *tr, struct fnt_ops *ops,
				       const struct trace_conditions *conditions)
{
	struct conditional *user = kzalloc(sizeof(*user), GFP_KERNEL);
	int err;

	if (!user)
		return ERR_PTR(-ENOMEM);
	user->tracer = ops;
	user->conditions = conditions;
	INIT_LIST_HEAD(&user->ops.node);
	user->ops.func = function_entered;
	if (ops->direct && !conditions->strings)
		user->ops.direct = function_entered_direct;
	user->ops.gap = ops->gap;
	user->ops.gate = ops->gate;
	user->ops.private = ops->private;
	/* What it misses the tracer does. */
	user->ops.missed = ops->missed;
	err = choose_others(user, tr->filter, tr->except);
	if (!err)
		return user;
	user_destroy(user);
	return ERR_PTR(err);
}

/**
 * conditional_start - have a tracer called for the other functions, too
 * @tr: the trace; conditional_choose() was called for its settings
 * @ops: of the tracer, registered
 * @conditions: what the trace's are, or become; NULL for none
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM; what fnt_ops_register() returned: then nothing has changed.
 */
int conditional_start(struct fnt_trace *tr, struct fnt_ops *ops,
		      const struct trace_conditions *conditions)
{
	struct conditional *user;
	int err;

	if (!conditions)
		return 0;
	user = user_create(tr, ops, conditions);
	if (IS_ERR(user))
		return PTR_ERR(user);
	err = fnt_ops_register(&user->ops);
	if (err)
		user_destroy(user);
	else
		tr->conditional = user;
	return err;
}

/**
 * conditional_stop - undo conditional_start()
 * @tr: the trace
 *
 * When this returns nobody looks at its conditions.
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void conditional_stop(struct fnt_trace *tr)
{
	if (!tr->conditional)
		return;
	fnt_ops_unregister(&tr->conditional->ops);
	user_destroy(tr->conditional);
	tr->conditional = NULL;
}

/**
 * conditional_filter - other functions are to be traced
 * @tr: the trace, with filters that become what is given
 * @ops: of the tracer, registered
 * @filter: functions to be traced, NULL for all
 * @except: functions not to be traced, NULL for none
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM, -EIO after a fail-stop: then nothing has changed, unless the old
 * cannot be had any more.
 */
int conditional_filter(struct fnt_trace *tr, struct fnt_ops *ops, const struct fnt_hash *filter,
		       const struct fnt_hash *except)
{
	int err = conditional_choose(ops, filter, except, tr->conditions);

	if (err || !tr->conditional)
		return err;
	err = choose_others(tr->conditional, filter, except);
	if (err && conditional_choose(ops, tr->filter, tr->except, tr->conditions))
		pr_err("functions are traced that are not to be: the old filter could not be set again\n");
	return err;
}

/**
 * conditional_change - other conditions are to hold
 * @tr: the trace, whose conditions become what is given
 * @ops: of the tracer, registered
 * @conditions: what they become; NULL for none
 *
 * Calls of functions that have any before or after are not recorded meanwhile.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM, -EIO after a fail-stop: then nothing has changed, unless the old
 * cannot be had any more.
 */
int conditional_change(struct fnt_trace *tr, struct fnt_ops *ops,
		       const struct trace_conditions *conditions)
{
	struct conditional *old = tr->conditional;
	int err;

	tr->conditional = NULL;
	if (old)
		fnt_ops_unregister(&old->ops);
	err = conditional_choose(ops, tr->filter, tr->except, conditions);
	if (!err) {
		err = conditional_start(tr, ops, conditions);
		if (err && conditional_choose(ops, tr->filter, tr->except, tr->conditions))
			pr_err("functions are not traced as they were before: no memory\n");
	}
	if (!err) {
		if (old)
			user_destroy(old);
		return 0;
	}
	tr->conditional = old;
	if (old && fnt_ops_register(&old->ops))
		pr_err("functions with conditions are not traced any more: no memory\n");
	return err;
}
