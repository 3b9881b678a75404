// SPDX-License-Identifier: GPL-2.0
/*
 * The hist tracer: how long each function takes, in histograms. Nothing is recorded.
 */

#include "tracers/tracers.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/hist_store.h"
#include "core/proto.h"
#include "patching/ops.h"
#include "patching/retstack.h"

/**
 * struct hist_calls - calls on a CPU
 * @begun: that are followed
 * @ended: that have returned
 * @off: of these, when nothing was recorded
 */
struct hist_calls {
	unsigned long begun;
	unsigned long ended;
	unsigned long off;
};

/**
 * struct hist_tracer - a trace's hist tracer
 * @plain: the user of function entries, if tasks need not be chosen from
 * @choosy: if they must
 * @ops: which of the two is registered
 * @rets: the user of function returns
 * @store: the histograms
 * @calls: per CPU
 * @enabled: per CPU, that of the trace's buffer: events are recorded
 * @awake: the time that tasks slept is left out
 * @cleared: what had been missed when the histograms were cleared
 */
struct hist_tracer {
	struct fnt_ops plain;
	struct fnt_ops choosy;
	struct fnt_ops *ops;
	struct retstack_user rets;
	struct hist_store store;
	struct hist_calls __percpu *calls;
	bool __percpu *enabled;
	bool awake;
	u64 cleared[HIST_MISSED_KINDS];
};

static noinline void begin_call(struct hist_tracer *tracer, unsigned long ip,
				unsigned long parent_ip, const struct fnt_regs *regs)
{
	struct retstack *stack = retstack_begin(&tracer->rets);

	if (!stack)
		return;
	this_cpu_inc(tracer->calls->begun);
	retstack_push(&tracer->rets, stack, ip, parent_ip, regs, clock_read(TRACE_CLOCK_LOCAL));
}

/* Begin a call if that is simple: not yet hooked by another, by the quick clock. */
static __always_inline bool try_begin_call(struct hist_tracer *tracer, unsigned long ip,
					   unsigned long *place)
{
	u64 now;

	if (unlikely(!retstack_ready() || *place == retstack_handler() ||
		     !clock_try_read_quick(&now)))
		return false;
	this_cpu_inc(tracer->calls->begun);
	retstack_push_first(&tracer->rets, retstack_of_current(), ip, place, now);
	return true;
}

static void hist_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			 const struct fnt_regs *regs)
{
	begin_call(container_of(ops, struct hist_tracer, plain), ip, parent_ip, regs);
}

/* Every traced call runs through this: it calls something at its end only, if at all. */
static void hist_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	struct hist_tracer *tracer = container_of(ops, struct hist_tracer, plain);

	if (unlikely(!try_begin_call(tracer, fnt_regs_ip(regs), (unsigned long *)&regs->parent)))
		begin_call(tracer, fnt_regs_ip(regs), regs->parent, regs);
}

/* Where the clock is not quick. */
static void hist_entered_slow(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	begin_call(container_of(ops, struct hist_tracer, plain), fnt_regs_ip(regs), regs->parent,
		   regs);
}

/* Its gate is the choice of tasks: whether anything is recorded is asked here. */
static void hist_entered_choosy(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
				const struct fnt_regs *regs)
{
	if (event_wanted(ops->private))
		begin_call(container_of(ops, struct hist_tracer, choosy), ip, parent_ip, regs);
}

static enum hist_result result_class(unsigned long result)
{
	if (!result)
		return HIST_ZERO;
	if (proto_is_errno(result))
		return HIST_ERROR;
	return proto_is_errno((s32)result) ? HIST_INT_ERROR : HIST_OTHER;
}

static u64 key_of_call(u8 keys, unsigned long ip, unsigned long result)
{
	return hist_key(ip, keys & HIST_KEY_TASK ? current->pid : 0,
			keys & HIST_KEY_RESULT ? result_class(result) : 0);
}

/* A call that has returned, whatever is to be heeded. */
static noinline void end_call(const struct hist_tracer *tracer, unsigned long ip,
			      unsigned long result, s64 duration)
{
	const struct hist_set *set = READ_ONCE(tracer->store.set);
	struct hist_table *table;
	struct hist *hist;

	if (!event_wanted(tracer->rets.private)) {
		this_cpu_inc(tracer->calls->off);
		return;
	}
	/* They are being cleared. */
	if (!set)
		return;
	table = this_cpu_ptr(set->tables);
	hist = hist_find(table, key_of_call(set->settings.keys, ip, result));
	if (hist)
		hist_add(hist, &table->shape, duration);
}

static noinline void end_call_at(const struct hist_tracer *tracer, const struct retstack *stack,
				 unsigned int index, unsigned long result, u64 now)
{
	s64 duration = now - stack->frames[index].calltime;

	this_cpu_inc(tracer->calls->ended);
	if (READ_ONCE(tracer->awake))
		duration -= retstack_slept(stack, index);
	end_call(tracer, retstack_ip(stack, index), result, duration);
}

static void hist_returned(struct retstack_user *user, struct retstack *stack, unsigned int index,
			  unsigned long result)
{
	end_call_at(container_of(user, struct hist_tracer, rets), stack, index, result,
		    clock_read_local());
}

/* Add a call to its histogram, if that is simple. */
static __always_inline bool try_end_call(const struct hist_tracer *tracer,
					 const struct ftrace_ret_stack *frame, u64 now)
{
	const struct hist_set *set = READ_ONCE(tracer->store.set);
	struct hist *hist;

	if (unlikely(!set || !set->simple || !__this_cpu_read(*tracer->enabled)))
		return false;
	hist = hist_try_find(this_cpu_ptr(set->tables), hist_key(frame->func, 0, 0));
	return likely(hist) && hist_try_add_simple(hist, now - frame->calltime);
}

/* What is not simple is as long as what is: it has the time that was read already. */
static noinline unsigned long hist_returned_at(const unsigned long *results,
					       struct retstack_user *user, u64 now)
{
	struct retstack_pop pop;

	retstack_pop(user, &pop);
	end_call_at(container_of(user, struct hist_tracer, rets), pop.stack,
		    pop.frame - pop.stack->frames, results[0], now);
	return retstack_popped(&pop);
}

/* Every return of a call that is followed runs through this, as hist_entered_direct(). */
static unsigned long hist_returned_direct(const unsigned long *results,
					  struct retstack_user *user)
{
	const struct hist_tracer *tracer = container_of(user, struct hist_tracer, rets);
	struct retstack_pop pop __uninitialized;
	u64 now;

	if (unlikely(!clock_try_read_quick(&now) || !retstack_pop(user, &pop)))
		return retstack_return(results, user);
	if (unlikely(!try_end_call(tracer, pop.frame, now)))
		return hist_returned_at(results, user, now);
	this_cpu_inc(tracer->calls->ended);
	return retstack_popped(&pop);
}

static void hist_entered_choosy_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	hist_entered_choosy(fnt_regs_ip(regs), regs->parent, ops, regs);
}

/* How many calls these were nobody knows: the trace tells of it. */
static void hist_gap(struct fnt_ops *ops, unsigned int nr, u64 ns)
{
	trace_gap(ops->private, nr, ns);
}

static unsigned int nr_functions(const struct fnt_hash *filter)
{
	return filter ? filter->nr : HIST_ROOM_MAX;
}

static void tracer_destroy(struct hist_tracer *tracer)
{
	if (tracer->awake)
		retstack_watch_sleep(false);
	hist_store_exit(&tracer->store);
	free_percpu(tracer->calls);
	fnt_ops_exit(&tracer->choosy);
	fnt_ops_exit(&tracer->plain);
	kfree(tracer);
}

static int init_entries(struct hist_tracer *tracer, struct fnt_trace *tr)
{
	int err;

	tracer->plain = (struct fnt_ops) {
		.func = hist_entered,
		.gap = hist_gap,
		.private = tr,
		.gate = tracer->enabled,
		.direct = tracer->rets.direct ? hist_entered_direct : hist_entered_slow,
	};
	tracer->choosy = (struct fnt_ops) {
		.func = hist_entered_choosy,
		.gap = hist_gap,
		.private = tr,
		.gate = tr->pids.wanted,
		.direct = hist_entered_choosy_direct,
	};
	err = fnt_ops_init(&tracer->plain);
	return err ?: fnt_ops_init(&tracer->choosy);
}

static int watch_sleep(struct hist_tracer *tracer, u64 options)
{
	bool awake = !(options & TRACE_OPT_GRAPH_SLEEP_TIME);
	int err;

	if (awake == tracer->awake)
		return 0;
	err = retstack_watch_sleep(awake);
	if (!err || !awake) {
		WRITE_ONCE(tracer->awake, awake);
		retstack_be_direct(&tracer->rets, !awake);
	}
	return awake ? err : 0;
}

static struct hist_tracer *tracer_create(struct fnt_trace *tr)
{
	struct hist_tracer *tracer = kzalloc(sizeof(*tracer), GFP_KERNEL);
	int err;

	if (!tracer)
		return ERR_PTR(-ENOMEM);
	tracer->enabled = &tr->buffer.cpus->enabled;
	tracer->rets.returned = hist_returned;
	tracer->rets.direct = clock_is_quick(TRACE_CLOCK_LOCAL) ? hist_returned_direct : NULL;
	tracer->rets.private = tr;
	tracer->calls = alloc_percpu(struct hist_calls);
	err = init_entries(tracer, tr);
	if (!err && !tracer->calls)
		err = -ENOMEM;
	if (!err)
		err = hist_store_init(&tracer->store, &hist_calls, &tr->hist,
				      nr_functions(tr->filter));
	if (!err)
		err = watch_sleep(tracer, tr->options);
	if (!err)
		return tracer;
	tracer_destroy(tracer);
	return ERR_PTR(err);
}

/* Be called at entries, as one of the two. */
static int use_entries(struct fnt_trace *tr, struct hist_tracer *tracer, struct fnt_ops *ops)
{
	int err = ops_copy_hash(ops, tr->filter, tr->except);

	if (err)
		return err;
	tracer->ops = ops;
	tr->missed = ops->missed;
	return fnt_ops_register(ops);
}

static int hist_init(struct fnt_trace *tr)
{
	struct hist_tracer *tracer = tracer_create(tr);
	int err;

	if (IS_ERR(tracer))
		return PTR_ERR(tracer);
	err = retstack_get(&tracer->rets);
	if (err)
		goto out;
	tr->tracer_data = tracer;
	err = use_entries(tr, tracer, pids_choosy(&tr->pids) ? &tracer->choosy : &tracer->plain);
	if (!err)
		return 0;
	tr->missed = NULL;
	tr->tracer_data = NULL;
	retstack_put(&tracer->rets);
out:
	tracer_destroy(tracer);
	return err;
}

static void hist_reset(struct fnt_trace *tr)
{
	struct hist_tracer *tracer = tr->tracer_data;

	fnt_ops_unregister(tracer->ops);
	tr->missed = NULL;
	tr->tracer_data = NULL;
	retstack_put(&tracer->rets);
	tracer_destroy(tracer);
}

static int hist_filter_changed(struct fnt_trace *tr, const struct fnt_hash *filter,
			       const struct fnt_hash *except)
{
	struct hist_tracer *tracer = tr->tracer_data;
	int err = hist_store_make_room(&tracer->store, nr_functions(filter));

	return err ?: ops_copy_hash(tracer->ops, filter, except);
}

/* One user of entries goes and the other comes; if it cannot, the first comes again. */
static int change_entries(struct fnt_trace *tr, struct hist_tracer *tracer, struct fnt_ops *new)
{
	struct fnt_ops *old = tracer->ops;
	int err;

	fnt_ops_unregister(old);
	err = use_entries(tr, tracer, new);
	if (err && use_entries(tr, tracer, old))
		pr_err("functions are not traced any more: they could not be armed again\n");
	return err;
}

static int hist_options_changed(struct fnt_trace *tr, u64 options)
{
	struct hist_tracer *tracer = tr->tracer_data;
	struct fnt_ops *wanted = pids_choosy(&tr->pids) ? &tracer->choosy : &tracer->plain;
	int err = watch_sleep(tracer, options);

	if (err || wanted == tracer->ops)
		return err;
	return change_entries(tr, tracer, wanted);
}

static u64 sum_missed(const struct fnt_ops *ops)
{
	u64 missed = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		missed += READ_ONCE(*per_cpu_ptr(ops->missed, cpu));
	return missed;
}

/* Calls that are not in histograms, since the tracer began. */
static void count_missed(const struct hist_tracer *tracer, u64 *missed)
{
	unsigned long no_stack, too_deep, begun = 0, ended = 0;
	const struct hist_calls *calls;
	int cpu;

	memset(missed, 0, HIST_MISSED_KINDS * sizeof(*missed));
	missed[HIST_RECURSION] = sum_missed(&tracer->plain) + sum_missed(&tracer->choosy);
	for_each_possible_cpu(cpu) {
		calls = per_cpu_ptr(tracer->calls, cpu);
		retstack_missed(&tracer->rets, cpu, &no_stack, &too_deep);
		missed[HIST_NO_STACK] += no_stack;
		missed[HIST_TOO_DEEP] += too_deep;
		missed[HIST_OFF] += READ_ONCE(calls->off);
		ended += READ_ONCE(calls->ended);
	}
	/* Those that begin and end meanwhile are not to look as if they had not begun. */
	smp_rmb();
	for_each_possible_cpu(cpu)
		begun += READ_ONCE(per_cpu_ptr(tracer->calls, cpu)->begun);
	missed[HIST_OPEN] = begun - ended;
}

static struct results_taken *hist_take(struct fnt_trace *tr)
{
	const struct hist_tracer *tracer = tr->tracer_data;
	u64 missed[HIST_MISSED_KINDS];
	unsigned int i;

	count_missed(tracer, missed);
	for (i = 0; i < HIST_MISSED_KINDS; i++)
		missed[i] -= tracer->cleared[i];
	return hist_store_take(&tracer->store, missed);
}

/* Calls that have not returned yet will be in them. */
static void forget_missed(struct hist_tracer *tracer)
{
	count_missed(tracer, tracer->cleared);
	tracer->cleared[HIST_OPEN] = 0;
}

static int hist_clear(struct fnt_trace *tr)
{
	struct hist_tracer *tracer = tr->tracer_data;

	hist_store_clear(&tracer->store);
	forget_missed(tracer);
	return 0;
}

static int hist_hist_changed(struct fnt_trace *tr, const struct hist_settings *settings)
{
	struct hist_tracer *tracer = tr->tracer_data;
	int err = hist_store_change(&tracer->store, settings, nr_functions(tr->filter));

	if (!err)
		forget_missed(tracer);
	return err;
}

static void hist_module_goes(struct fnt_trace *tr, const char *module)
{
	hist_store_module_goes(&((struct hist_tracer *)tr->tracer_data)->store, module);
}

static void hist_losses(const struct fnt_trace *tr, int cpu, struct trace_losses *losses)
{
	const struct hist_tracer *tracer = tr->tracer_data;

	retstack_missed(&tracer->rets, cpu, &losses->no_stack, &losses->too_deep);
}

static const struct fnt_results hist_results = {
	.take = hist_take,
	.print = hist_taken_print,
	.drop = hist_taken_drop,
	.clear = hist_clear,
};

const struct fnt_tracer tracer_hist = {
	.name = "hist",
	.init = hist_init,
	.reset = hist_reset,
	.filter_changed = hist_filter_changed,
	.options = TRACE_OPT_GRAPH_SLEEP_TIME,
	.options_changed = hist_options_changed,
	.hist_changed = hist_hist_changed,
	.module_goes = hist_module_goes,
	.results = &hist_results,
	.losses = hist_losses,
};
