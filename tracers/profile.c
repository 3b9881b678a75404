// SPDX-License-Identifier: GPL-2.0
/*
 * The function profiler: how often each function is called, and for how long. It
 * runs beside the tracer in use, and keeps no records but sums.
 */

#include "tracers/tracers.h"

#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "core/profile.h"
#include "core/symbol.h"
#include "core/text.h"
#include "patching/ops.h"
#include "patching/retstack.h"

/* Functions that a task is in are told by so many bits, each of them those of many. */
#define SEEN_BITS 128

/**
 * struct profile_task - what is kept of a task
 * @done: the sum of the self times of its calls so far, ns
 * @seen: a bit for each function that it is in, which several have in common
 *
 * What interrupts the task's calls leaves the bits as they were, and adds to the sum.
 */
struct profile_task {
	u64 done;
	u64 seen[SEEN_BITS / 64];
};

static_assert(sizeof(struct profile_task) <= RETSTACK_STATE);

/**
 * struct profile_cpu - a CPU's part
 * @table: its functions
 * @placeless: calls of functions for which there was no place in it
 */
struct profile_cpu {
	struct profile_entry *table;
	unsigned long placeless;
};

/**
 * struct profiler - the profiler of a trace, and what it found when it has ended
 * @ops: the user of function entries
 * @user: the user of function returns, while @running
 * @cpus: for each CPU
 * @bits: size of their tables
 * @shift: what is left of a hash by this is the number of a place in them
 * @awake: what a task sleeps is no time of its calls
 * @running: it has not ended
 * @no_stack: calls of tasks that had no memory for it, when it has ended
 * @too_deep: calls too deep in others, when it has ended
 * @gaps: functions that were served by nobody for a while
 * @gap_ns: how long these were together
 */
struct profiler {
	struct fnt_ops ops;
	struct retstack_user user;
	struct profile_cpu __percpu *cpus;
	unsigned int bits;
	unsigned int shift;
	bool awake;
	bool running;
	u64 no_stack;
	u64 too_deep;
	u64 gaps;
	u64 gap_ns;
};

static struct profile_entry *entry_of(const struct profiler *profiler, unsigned long ip)
{
	struct profile_entry *entry;

	entry = profile_find(__this_cpu_read(profiler->cpus->table), profiler->bits, ip);
	if (!entry)
		this_cpu_inc(profiler->cpus->placeless);
	return entry;
}

/* Where a function is looked for first, on every CPU. */
static __always_inline unsigned long place_of(const struct profiler *profiler, unsigned long ip)
{
	return profile_hash(ip) >> profiler->shift;
}

/* What this CPU has there, whose ever it is. */
static __always_inline struct profile_entry *entry_at(const struct profiler *profiler,
						      unsigned long place)
{
	return __this_cpu_read(profiler->cpus->table) + place;
}

/*
 * In the place's stead, of a call that began while its bit was set: the task may be in
 * the function already. There every table has an entry that is no function's.
 */
static __always_inline unsigned long seen_place(const struct profiler *profiler)
{
	return BIT(profiler->bits);
}

/* The word of a task's bits that has that of a place. Of its number a bit's counts mod 64. */
static __always_inline u64 *seen_word(struct profile_task *task, unsigned long place)
{
	return &task->seen[place / 64 % ARRAY_SIZE(task->seen)];
}

/* Note that a task is in the function. Return false if it may have been already. */
static __always_inline bool see(struct profile_task *task, unsigned long place)
{
	u64 *word = seen_word(task, place), seen = *word;
	bool was;

	asm("btsq %2, %1" : "=@ccc" (was), "+r" (seen) : "r" (place));
	if (unlikely(was))
		return false;
	*word = seen;
	return true;
}

static __always_inline void unsee(struct profile_task *task, unsigned long place)
{
	u64 *word = seen_word(task, place), seen = *word;

	asm("btrq %1, %0" : "+r" (seen) : "r" (place) : "cc");
	*word = seen;
}

/*
 * The time, and the task's sum at the same time: what interrupts us is either in both
 * or in none. So the own times of all calls within a call are its time, whatever
 * interrupts whom.
 */
static u64 now_and_done(const struct profile_task *task, u64 *done)
{
	u64 now;

	do {
		*done = READ_ONCE(task->done);
		now = clock_read_local();
		barrier();
	} while (READ_ONCE(task->done) != *done);
	return now;
}

/* The same, if the clock is quick and nothing interrupts us. */
static __always_inline bool try_now_and_done(const struct profile_task *task, u64 *now, u64 *done)
{
	*done = READ_ONCE(task->done);
	barrier();
	/* It ends with a barrier. */
	return clock_try_read_quick(now) && likely(task->done == *done);
}

/* Calls are counted whether or not they can be timed. */
static noinline void profile_entered(unsigned long ip, unsigned long parent_ip,
				     struct fnt_ops *ops, const struct fnt_regs *regs)
{
	struct profiler *profiler = container_of(ops, struct profiler, ops);
	struct profile_entry *entry = entry_of(profiler, ip);
	unsigned long place = place_of(profiler, ip);
	struct ftrace_ret_stack *frame;
	struct profile_task *task;
	struct retstack *stack;
	u64 now, done;

	if (entry)
		profile_add(&entry->hits, 1);
	stack = retstack_begin(&profiler->user);
	if (!stack)
		return;
	task = retstack_state(stack, &profiler->user);
	now = now_and_done(task, &done);
	if (!see(task, place))
		place = seen_place(profiler);
	frame = retstack_push(&profiler->user, stack, ip, parent_ip, regs, now);
	retstack_beside(frame)->noted = done;
	retstack_beside(frame)->place = place;
}

static void profile_entered_slow(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	profile_entered(fnt_regs_ip(regs), regs->parent, ops, regs);
}

/*
 * Every call runs through this, which calls something at its end only, if at all: the
 * same for what nearly all calls are, with nothing done yet if it is another.
 */
static void profile_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	struct profiler *profiler = container_of(ops, struct profiler, ops);
	struct ftrace_ret_stack *frame;
	struct profile_entry *entry;
	struct profile_task *task;
	struct retstack *stack;
	unsigned long place, ip;
	u64 now, done;

	if (unlikely(!retstack_ready() || regs->parent == retstack_handler()))
		goto otherwise;
	stack = retstack_of_current();
	task = retstack_state(stack, &profiler->user);
	if (!try_now_and_done(task, &now, &done))
		goto otherwise;
	ip = fnt_regs_ip(regs);
	place = place_of(profiler, ip);
	entry = entry_at(profiler, place);
	if (unlikely(entry->ip != ip || !see(task, place)))
		goto otherwise;
	profile_add(&entry->hits, 1);
	frame = retstack_push_first(&profiler->user, stack, ip, (unsigned long *)&regs->parent,
				    now);
	retstack_beside(frame)->noted = done;
	retstack_beside(frame)->place = place;
	return;
otherwise:
	profile_entered_slow(regs, ops);
}

/* Is a call within another of the same function? It is known that it may be. */
static bool is_recursive(const struct retstack_user *user, const struct retstack *stack,
			 unsigned int index, unsigned long ip)
{
	while (index--)
		if (retstack_ip(stack, index) == ip && retstack_has_pushed(user, stack, index))
			return true;
	return false;
}

/*
 * A call's own time is what is left of it when what calls within added to the task's
 * sum, up to @done, is taken off, and is added to that sum itself. Clocks of two CPUs
 * may differ by a little: no time is less than nothing.
 */
static u64 self_of(struct profile_task *task, u64 noted, u64 done, s64 time)
{
	s64 self = max(time - (s64)(done - noted), 0LL);

	profile_add(&task->done, self);
	return self;
}

static void profile_returned(struct retstack_user *user, struct retstack *stack,
			     unsigned int index, unsigned long result)
{
	struct profiler *profiler = container_of(user, struct profiler, user);
	struct profile_task *task = retstack_state(stack, user);
	const struct retstack_beside *beside = &stack->beside[index];
	bool seen = beside->place == seen_place(profiler);
	unsigned long ip = retstack_ip(stack, index);
	struct profile_entry *entry;
	u64 self, done;
	s64 time;

	time = now_and_done(task, &done) - stack->frames[index].calltime;
	if (READ_ONCE(profiler->awake))
		time -= retstack_slept(stack, index);
	time = max(time, 0LL);
	self = self_of(task, beside->noted, done, time);
	if (!seen)
		unsee(task, beside->place);
	entry = entry_of(profiler, ip);
	if (!entry)
		return;
	profile_add_time(&entry->self, self);
	if (!seen || !is_recursive(user, stack, index, ip))
		profile_add_time(&entry->total, time);
}

/* Add a call's times, if that is simple. */
static __always_inline bool try_returned(struct profiler *profiler,
					 const struct retstack_pop *pop)
{
	struct profile_task *task = retstack_state(pop->stack, &profiler->user);
	const struct retstack_beside *beside = retstack_beside(pop->frame);
	struct profile_entry *entry;
	s64 time, self;
	u64 now, done;

	if (unlikely(!try_now_and_done(task, &now, &done)))
		return false;
	entry = entry_at(profiler, beside->place);
	time = now - pop->frame->calltime;
	self = time - (done - beside->noted);
	/* This may be another CPU than that of the entry, or it has been seen. */
	if (unlikely((u32)entry->ip != (u32)pop->frame->func || time < 0 || self < 0))
		return false;
	unsee(task, beside->place);
	profile_add(&task->done, self);
	profile_add_time(&entry->self, self);
	profile_add_time(&entry->total, time);
	return true;
}

/* As profile_entered_direct(). */
static unsigned long profile_returned_direct(const unsigned long *results,
					     struct retstack_user *user)
{
	struct profiler *profiler = container_of(user, struct profiler, user);
	struct retstack_pop pop __uninitialized;

	if (unlikely(!retstack_pop(user, &pop) || !try_returned(profiler, &pop)))
		return retstack_return(results, user);
	return retstack_popped(&pop);
}

/* patch_mutex is held. */
static void profile_gap(struct fnt_ops *ops, unsigned int nr, u64 ns)
{
	struct profiler *profiler = container_of(ops, struct profiler, ops);

	WRITE_ONCE(profiler->gaps, profiler->gaps + nr);
	WRITE_ONCE(profiler->gap_ns, profiler->gap_ns + ns);
}

static void profiler_destroy(struct profiler *profiler)
{
	int cpu;

	if (!profiler)
		return;
	if (profiler->ops.missed)
		fnt_ops_exit(&profiler->ops);
	if (profiler->cpus)
		for_each_possible_cpu(cpu)
			kvfree(per_cpu_ptr(profiler->cpus, cpu)->table);
	free_percpu(profiler->cpus);
	kfree(profiler);
}

/*
 * A place for every function that there is, and for half as many in modules that
 * come later.
 */
static int tables_create(struct profiler *profiler)
{
	struct ops_stats stats;
	struct profile_entry *table;
	int cpu;

	ops_stats(&stats);
	profiler->bits = profile_bits(stats.sites);
	profiler->shift = 64 - profiler->bits;
	profiler->cpus = alloc_percpu(struct profile_cpu);
	if (!profiler->cpus)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		table = kvzalloc_node((seen_place(profiler) + 1) * sizeof(*table), GFP_KERNEL,
				      cpu_to_node(cpu));
		if (!table)
			return -ENOMEM;
		per_cpu_ptr(profiler->cpus, cpu)->table = table;
	}
	return 0;
}

static struct profiler *profiler_create(const struct fnt_trace *tr)
{
	struct profiler *profiler = kzalloc(sizeof(*profiler), GFP_KERNEL);
	bool quick = clock_is_quick(TRACE_CLOCK_LOCAL);
	int err;

	if (!profiler)
		return ERR_PTR(-ENOMEM);
	profiler->ops.func = profile_entered;
	profiler->ops.direct = quick ? profile_entered_direct : profile_entered_slow;
	profiler->ops.gap = profile_gap;
	profiler->ops.gate = tr->pids.wanted;
	profiler->user.returned = profile_returned;
	profiler->user.direct = quick ? profile_returned_direct : NULL;
	err = fnt_ops_init(&profiler->ops) ?: tables_create(profiler) ?:
	      ops_copy_hash(&profiler->ops, tr->filter, tr->except);
	if (!err)
		return profiler;
	profiler_destroy(profiler);
	return ERR_PTR(err);
}

/* Does what a task sleeps belong to its calls? */
static int set_awake(struct profiler *profiler, bool awake)
{
	int err = 0;

	if (profiler->awake != awake)
		err = retstack_watch_sleep(awake);
	if (err)
		return err;
	WRITE_ONCE(profiler->awake, awake);
	retstack_be_direct(&profiler->user, !awake);
	return 0;
}

static bool wants_awake(u64 options)
{
	return !(options & TRACE_OPT_GRAPH_SLEEP_TIME);
}

static int profiler_start(struct profiler *profiler, u64 options)
{
	int err = retstack_get(&profiler->user);

	if (err)
		return err;
	err = set_awake(profiler, wants_awake(options)) ?: fnt_ops_register(&profiler->ops);
	if (!err) {
		profiler->running = true;
		return 0;
	}
	set_awake(profiler, false);
	retstack_put(&profiler->user);
	return err;
}

static int profile_begin(struct fnt_trace *tr)
{
	struct profiler *old = tr->profile, *profiler = profiler_create(tr);
	int err;

	if (IS_ERR(profiler))
		return PTR_ERR(profiler);
	err = profiler_start(profiler, tr->options);
	if (err) {
		profiler_destroy(profiler);
		return err;
	}
	tr->profile = profiler;
	profiler_destroy(old);
	return 0;
}

static u64 sum_of(const unsigned long __percpu *counters)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counters, cpu));
	return sum;
}

/* Nothing is counted any more when the first two have gone. */
static void profile_end(struct fnt_trace *tr)
{
	struct profiler *profiler = tr->profile;

	fnt_ops_unregister(&profiler->ops);
	set_awake(profiler, false);
	profiler->no_stack = sum_of(profiler->user.no_stack);
	profiler->too_deep = sum_of(profiler->user.too_deep);
	profiler->running = false;
	retstack_put(&profiler->user);
}

static void profile_forget(struct fnt_trace *tr)
{
	profiler_destroy(tr->profile);
	tr->profile = NULL;
}

static int profile_filter_changed(struct fnt_trace *tr, const struct fnt_hash *filter,
				  const struct fnt_hash *except)
{
	struct profiler *profiler = tr->profile;

	return ops_copy_hash(&profiler->ops, filter, except);
}

static int profile_options_changed(struct fnt_trace *tr, u64 options)
{
	return set_awake(tr->profile, wants_awake(options));
}

/**
 * struct listing - what it takes to print functions
 * @symbols: their names
 * @rows: what is known of them
 * @nr: number of @rows
 * @name: of the function of a row
 * @line: the line that is being made
 */
struct listing {
	struct symbols *symbols;
	struct profile_entry *rows;
	unsigned int nr;
	char name[KSYM_NAME_LEN];
	char line[KSYM_NAME_LEN + 128];
};

static void listing_destroy(struct listing *listing)
{
	symbols_put(listing->symbols);
	kvfree(listing->rows);
	kfree(listing);
}

static bool is_listed(int cpu, int which)
{
	return which == BUFFER_ALL_CPUS || which == cpu;
}

/* The rows of all CPUs that are listed, in any order. */
static int collect(struct listing *listing, const struct profiler *profiler, int which)
{
	const struct profile_entry *table;
	unsigned int room = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		if (is_listed(cpu, which))
			room += profile_used(per_cpu_ptr(profiler->cpus, cpu)->table,
					     profiler->bits);
	listing->rows = kvmalloc_array(room ?: 1, sizeof(*listing->rows), GFP_KERNEL);
	if (!listing->rows)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		table = per_cpu_ptr(profiler->cpus, cpu)->table;
		if (is_listed(cpu, which))
			listing->nr += profile_copy(listing->rows + listing->nr,
						    room - listing->nr, table, profiler->bits);
	}
	return 0;
}

static struct listing *listing_create(const struct profiler *profiler, int which)
{
	struct listing *listing = kzalloc(sizeof(*listing), GFP_KERNEL);

	if (!listing)
		return ERR_PTR(-ENOMEM);
	listing->symbols = symbols_get();
	if (!listing->symbols || collect(listing, profiler, which)) {
		listing_destroy(listing);
		return ERR_PTR(-ENOMEM);
	}
	listing->nr = profile_merge(listing->rows, listing->nr);
	return listing;
}

static const char *name_of(struct listing *listing, unsigned long ip)
{
	unsigned int len;
	const char *name = symbol_name(listing->symbols, ip, PRINT_NAME, &len);

	if (name)
		snprintf(listing->name, sizeof(listing->name), "%.*s", (int)len, name);
	else
		snprintf(listing->name, sizeof(listing->name), "0x%lx", ip);
	return listing->name;
}

/* A file is printed again and again until it fits: not more than there is room for. */
static void print_rows(struct seq_file *m, struct listing *listing, bool self, bool merged,
		       u64 thresh_ns)
{
	const struct profile_entry *row;
	struct text text;

	for (row = listing->rows; row < listing->rows + listing->nr; row++) {
		if (seq_has_overflowed(m))
			return;
		if (profile_average(self ? &row->self : &row->total, row->hits) < thresh_ns)
			continue;
		text_init(&text, listing->line, sizeof(listing->line));
		if (merged)
			profile_print_merged(&text, row, name_of(listing, row->ip));
		else
			profile_print_row(&text, row, name_of(listing, row->ip), self);
		seq_puts(m, listing->line);
		cond_resched();
	}
}

/* What is not in the lines above. */
static void print_losses(struct seq_file *m, const struct profiler *profiler)
{
	u64 placeless = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		placeless += READ_ONCE(per_cpu_ptr(profiler->cpus, cpu)->placeless);
	seq_printf(m, "# not counted: %llu within another, %llu without a place\n",
		   sum_of(profiler->ops.missed), placeless);
	seq_printf(m, "# not timed: %llu without a stack, %llu too deep\n",
		   profiler->running ? sum_of(profiler->user.no_stack) : profiler->no_stack,
		   profiler->running ? sum_of(profiler->user.too_deep) : profiler->too_deep);
	seq_printf(m, "# functions not seen for a while: %llu, for %llu us at most\n",
		   READ_ONCE(profiler->gaps), READ_ONCE(profiler->gap_ns) / 1000);
}

static void print_columns(struct seq_file *m, bool merged)
{
	if (merged)
		seq_puts(m, "  Function                               Hit    Total           Self            Avg             s^2\n"
			    "  --------                               ---    -----           ----            ---             ---\n");
	else
		seq_puts(m, "  Function                               Hit    Time            Avg             s^2\n"
			    "  --------                               ---    ----            ---             ---\n");
}

static int profile_show(struct fnt_trace *tr, struct seq_file *m, int cpu)
{
	bool merged = cpu == BUFFER_ALL_CPUS, self = !(tr->options & TRACE_OPT_GRAPH_TIME);
	const struct profiler *profiler = tr->profile;
	struct listing *listing;

	print_columns(m, merged);
	if (!profiler)
		return 0;
	listing = listing_create(profiler, cpu);
	if (IS_ERR(listing))
		return PTR_ERR(listing);
	profile_sort(listing->rows, listing->nr, self);
	print_rows(m, listing, self, merged, tr->graph.thresh_ns);
	if (merged)
		print_losses(m, profiler);
	listing_destroy(listing);
	return 0;
}

const struct fnt_profiler function_profiler = {
	.begin = profile_begin,
	.end = profile_end,
	.forget = profile_forget,
	.filter_changed = profile_filter_changed,
	.options = TRACE_OPT_GRAPH_TIME | TRACE_OPT_GRAPH_SLEEP_TIME,
	.options_changed = profile_options_changed,
	.show = profile_show,
};
