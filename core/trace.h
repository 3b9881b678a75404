/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_TRACE_H
#define FNT_CORE_TRACE_H

/*
 * A trace: a buffer, the tracer that writes into it, and the settings of both.
 */

#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "core/buffer.h"
#include "core/clock.h"
#include "core/crash.h"
#include "core/errlog.h"
#include "core/event.h"
#include "core/gaps.h"
#include "core/hash.h"
#include "core/hist_store.h"
#include "core/ours.h"
#include "core/pids.h"
#include "core/print.h"

struct conditional;
struct fnt_trace;
struct latency;
struct seq_file;
struct trace_commands;
struct trace_conditions;
struct trace_gaps;
struct trace_graph;
struct trace_losses;
struct trace_syscalls;
struct trace_ticks;

/**
 * struct fnt_tracer - a way of tracing
 * @name: as current_tracer has it
 * @init: begin; undoes itself on error
 * @reset: end; nothing of it runs afterwards
 * @filter_changed: trace->filter and trace->except shall become what is given;
 *                  takes them over on success. NULL if it heeds no filter.
 * @conditions_changed: trace->conditions shall become what is given, and are when this
 *                      returns; an errno if they stay what they are. NULL if it heeds none.
 * @note: what whoever reads its trace must know; NULL for nothing
 * @unsupported: what it means if @init returns -EOPNOTSUPP; NULL: returns cannot be hooked
 * @graph: what it records are calls, to be shown as a tree
 * @graph_style: with display-graph they are: PRINT_GRAPH_* of how; 0 if they are not
 * @options: those that are its own
 * @heeds: those that are not, and that it has to be told of
 * @options_changed: trace->options shall become what is given, as far as @options and
 *                   @heeds are concerned; an errno if they stay what they are. Called with
 *                   the same options when pids_choosy() has changed, which it heeds
 *                   if it has this.
 *
 * @graph_changed: trace->graph shall become what is given, which is the trace's as
 *                 soon as nobody uses the old one any more, that is when this returns;
 *                 an errno if it stays what it is. NULL if it heeds none.
 *
 * @losses: calls of a CPU that it could not follow; NULL if it follows none
 *
 * @hist_changed: trace->hist shall become what is given; an errno if it stays what it
 *                is. NULL if it heeds none.
 * @limit_changed: tr->max_ns was made another, and what is longer is of interest, unless
 *                 there is a threshold. NULL if it looks for none
 * @module_goes: told of a module that is about to go, with its functions; may be NULL
 * @results: what it keeps beside events; NULL for nothing
 *
 * All are called with tracer_mutex held and may sleep.
 */
struct fnt_tracer {
	const char *name;
	const char *note;
	const char *unsupported;
	int (*init)(struct fnt_trace *tr);
	void (*reset)(struct fnt_trace *tr);
	int (*filter_changed)(struct fnt_trace *tr, const struct fnt_hash *filter,
			      const struct fnt_hash *except);
	int (*conditions_changed)(struct fnt_trace *tr, const struct trace_conditions *conditions);
	bool graph;
	u32 graph_style;
	u64 options;
	u64 heeds;
	int (*options_changed)(struct fnt_trace *tr, u64 options);
	int (*graph_changed)(struct fnt_trace *tr, const struct trace_graph *graph);
	int (*hist_changed)(struct fnt_trace *tr, const struct hist_settings *settings);
	void (*limit_changed)(struct fnt_trace *tr);
	void (*module_goes)(struct fnt_trace *tr, const char *module);
	const struct fnt_results *results;
	void (*losses)(const struct fnt_trace *tr, int cpu, struct trace_losses *losses);
};

/**
 * struct trace_losses - calls that could not be followed
 * @no_stack: as there was no memory for their task
 * @too_deep: as there were too many within each other
 * @no_room: as there was no room to put them aside until their root returns
 */
struct trace_losses {
	unsigned long no_stack;
	unsigned long too_deep;
	unsigned long no_room;
};

/**
 * struct trace_graph - which calls function_graph shows
 * @roots: only these functions and what they call; NULL for all
 * @except: not these, nor what they call; NULL for none
 * @depth: only so many calls within each other; 0 for all
 * @thresh_ns: only calls that take so long; 0 for all
 */
struct trace_graph {
	struct fnt_hash *roots;
	struct fnt_hash *except;
	unsigned int depth;
	u64 thresh_ns;
};

/**
 * struct fnt_profiler - what runs beside the tracer in use, and keeps sums of what
 *                       it found
 * @begin: begin from zero; on error all is as it was
 * @end: nothing of it runs afterwards; what it found stays
 * @forget: give back the memory of what it found
 * @filter_changed: as of struct fnt_tracer, while it runs
 * @options: those that are its own
 * @options_changed: as of struct fnt_tracer, while it runs
 * @show: print what it found on a CPU, or BUFFER_ALL_CPUS
 *
 * All are called with tracer_mutex held and may sleep.
 */
struct fnt_profiler {
	int (*begin)(struct fnt_trace *tr);
	void (*end)(struct fnt_trace *tr);
	void (*forget)(struct fnt_trace *tr);
	int (*filter_changed)(struct fnt_trace *tr, const struct fnt_hash *filter,
			      const struct fnt_hash *except);
	u64 options;
	int (*options_changed)(struct fnt_trace *tr, u64 options);
	int (*show)(struct fnt_trace *tr, struct seq_file *m, int cpu);
};

/* Options of a trace beside those of struct print_style. */
#define TRACE_OPT_OVERWRITE BIT_ULL(32)
#define TRACE_OPT_MARKERS BIT_ULL(33)
#define TRACE_OPT_RECORD_CMD BIT_ULL(34)
#define TRACE_OPT_DISABLE_ON_FREE BIT_ULL(35)
#define TRACE_OPT_PAUSE BIT_ULL(36)
#define TRACE_OPT_FUNC_STACK BIT_ULL(37)
#define TRACE_OPT_FUNC_NO_REPEATS BIT_ULL(38)
#define TRACE_OPT_FUNC_ARGS BIT_ULL(39)
#define TRACE_OPT_FUNC_FORK BIT_ULL(40)
#define TRACE_OPT_GRAPH_RETVAL BIT_ULL(41)
#define TRACE_OPT_GRAPH_RETADDR BIT_ULL(42)
#define TRACE_OPT_GRAPH_ARGS BIT_ULL(43)
#define TRACE_OPT_GRAPH_SLEEP_TIME BIT_ULL(44)
#define TRACE_OPT_GRAPH_TIME BIT_ULL(45)
#define TRACE_OPT_GRAPH_SLOW BIT_ULL(46)
#define TRACE_OPT_GRAPH_FAILED BIT_ULL(47)
#define TRACE_OPT_STACK BIT_ULL(48)
#define TRACE_OPT_USER_STACK BIT_ULL(49)
#define TRACE_OPT_EVENT_FORK BIT_ULL(50)
#define TRACE_OPT_FUNC_TRACE BIT_ULL(51)
#define TRACE_OPT_DISPLAY_GRAPH BIT_ULL(52)
#define TRACE_OPT_BLOCK BIT_ULL(53)

/**
 * struct trace_deferred - what was asked for where an event happened, see deferred.c
 * @irq: leads out of the event
 * @work: does what has to sleep
 * @wanted: what
 * @dump: of which CPU the events are to be printed, or of all; see deferred.c
 * @crash_cpu: of which CPU there was an oops, if only its events are to be printed
 * @ended: the trace has gone
 */
struct trace_deferred {
	struct irq_work irq;
	struct work_struct work;
	unsigned long wanted;
	atomic_t dump;
	int crash_cpu;
	bool ended;
};

/**
 * struct fnt_trace - a trace
 * @name: of the instance; NULL of the root trace
 * @number: in the order in which they were made
 * @node: in the list of all traces
 * @users: one, and those who hold it, see trace_hold()
 * @refs: see trace_get()
 * @buffer: where events go
 * @snapshot: what was put aside of it
 * @clock: enum clock_id
 * @quick_clock: event_quick_begin() may be used: the clock can be read by
 *               clock_try_read_quick(), and times are stored as differences
 * @quick_coarse: the same of event_coarse_begin() and clock_try_read_coarse()
 * @options: PRINT_* and TRACE_OPT_*
 * @start_ts: time at which the buffer was cleared last
 * @cpu: on which the tracer was chosen
 * @pauses: readers because of which nothing is recorded
 * @tracer: the tracer in use
 * @tracer_data: its own
 * @profiling: the profiler runs
 * @profile: what it found
 * @cpus: CPUs to be traced
 * @pids: tasks to be traced
 * @event_pids: tasks whose events are recorded
 * @marks_have_stacks: that of user space is recorded behind what is written into
 *                     trace_marker, after special_get()
 * @event_files: struct event_file by the numbers of events; those of which nothing is
 *               wanted are not there
 * @system_filters: what was written into the filter of a system of events, by its number
 * @events_attached: number of them that are attached
 * @syscalls: those of them that are made at system calls
 * @ticks: the timers of the event tick; NULL while nobody wants it
 * @ticks_hz: how often they expire
 * @gaps: who looks for gaps; NULL while nobody wants the event
 * @gaps_settings: how
 * @deferred: what is to be done for them soon
 * @crash_settings: what is printed of it if the kernel has an oops or panics
 * @crash: what is ready for that; NULL for nothing
 * @commands: what is done when functions are called; NULL for nothing
 * @conditions: which calls of some functions are recorded; NULL for all
 * @conditional: who is called at these, while the tracer in use heeds conditions; else NULL
 * @filter: functions to be traced, NULL for all
 * @except: functions not to be traced, NULL for none
 * @filter_later: words of set_ftrace_filter that choose from modules that are
 *                loaded later; NULL for none
 * @except_later: the same of set_ftrace_notrace
 * @graph: which calls function_graph shows
 * @hist: what the histograms of the hist tracer are like
 * @max_ns: the longest latency that a tracer has found
 * @latency: of a tracer that looks for it; else NULL
 * @pipes: readers that consume and do not let the tracer be changed
 * @text_pipes: CPUs whose text one of them reads
 * @recording_comms: comm_record_start() was called for it
 * @errors: what was wrong with the last commands
 * @missed: calls that the tracer did not see, on one CPU; NULL without a tracer
 *          that can miss any
 */
struct fnt_trace {
	const char *name;
	unsigned int number;
	struct list_head node;
	refcount_t users;
	struct kref refs;
	struct trace_buffer buffer;
	struct trace_buffer snapshot;
	enum clock_id clock;
	bool quick_clock;
	bool quick_coarse;
	u64 options;
	u64 start_ts;
	unsigned int cpu;
	unsigned int pauses;
	const struct fnt_tracer *tracer;
	void *tracer_data;
	bool profiling;
	void *profile;
	struct cpumask cpus;
	struct pids pids;
	struct pids event_pids;
	bool marks_have_stacks;
	struct xarray event_files;
	struct xarray system_filters;
	unsigned int events_attached;
	struct trace_syscalls *syscalls;
	struct trace_ticks *ticks;
	unsigned int ticks_hz;
	struct trace_gaps *gaps;
	struct gaps_settings gaps_settings;
	struct trace_deferred deferred;
	struct crash_settings crash_settings;
	struct crash *crash;
	struct trace_commands *commands;
	struct trace_conditions *conditions;
	struct conditional *conditional;
	struct fnt_hash *filter;
	struct fnt_hash *except;
	char *filter_later;
	char *except_later;
	struct trace_graph graph;
	struct hist_settings hist;
	u64 max_ns;
	struct latency *latency;
	unsigned int pipes;
	struct cpumask text_pipes;
	bool recording_comms;
	struct errlog errors;
	unsigned long __percpu *missed;
};

int trace_root_init(const struct fnt_tracer *const *tracers,
		    const struct fnt_profiler *profiler);
void trace_root_exit(void);
struct fnt_trace *trace_root(void);
int fnt_trace_init(struct fnt_trace *tr);
void fnt_trace_exit(struct fnt_trace *tr);

void trace_lock(void);
void trace_unlock(void);

const struct fnt_tracer *trace_nth_tracer(unsigned int n);
const struct fnt_tracer *trace_tracer_named(const char *name);
int trace_set_tracer(struct fnt_trace *tr, const char *name);

int trace_set_profiling(struct fnt_trace *tr, bool on);
int trace_profile_show(struct fnt_trace *tr, struct seq_file *m, int cpu);

int trace_set_on(struct fnt_trace *tr, bool on);
bool trace_is_on(const struct fnt_trace *tr);
bool trace_is_graph(const struct fnt_trace *tr);
bool trace_pause(struct fnt_trace *tr);
void trace_resume(struct fnt_trace *tr);
void trace_clear(struct fnt_trace *tr, int cpu);
int trace_set_clock(struct fnt_trace *tr, const char *name);
void trace_set_absolute(struct fnt_trace *tr, bool absolute);
void trace_set_cpus(struct fnt_trace *tr, const struct cpumask *cpus);
int trace_set_pids(struct fnt_trace *tr, enum pids_kind kind, unsigned long *set);
int trace_set_scope(struct fnt_trace *tr, enum scope_kind kind, struct scope *scope);
int trace_set_event_pids(struct fnt_trace *tr, enum pids_kind kind, unsigned long *set);
int trace_set_filters(struct fnt_trace *tr, struct fnt_hash *filter, struct fnt_hash *except);
int trace_set_graph(struct fnt_trace *tr, const struct trace_graph *graph);
int trace_set_hist(struct fnt_trace *tr, const struct hist_settings *settings);
void trace_set_max(struct fnt_trace *tr, u64 ns);
void trace_module_goes(struct fnt_trace *tr, const char *module);
int trace_prepare_events(struct fnt_trace *tr);
void trace_events_changed(struct fnt_trace *tr);

const char *trace_nth_option(unsigned int n);
bool trace_option_applies(const struct fnt_trace *tr, const char *name);
int trace_option_get(const struct fnt_trace *tr, const char *name);
int trace_option_set(struct fnt_trace *tr, const char *name, bool on);

void trace_pipe_get(struct fnt_trace *tr);
void trace_pipe_put(struct fnt_trace *tr);
int trace_text_pipe_get(struct fnt_trace *tr, int cpu);
void trace_text_pipe_put(struct fnt_trace *tr, int cpu);

int tracing_mark_write(struct fnt_trace *tr, const char *text, size_t len);
int trace_mark_raw(struct fnt_trace *tr, const void *data, size_t len);
void trace_gap(struct fnt_trace *tr, unsigned int nr, u64 ns);

/**
 * trace_clock_now - the time of a trace, as rb_reserve() wants it
 * @arg: the trace
 *
 * Context: any, NMI-safe.
 * Return: the time, in the unit of the trace's clock.
 */
static __always_inline u64 trace_clock_now(const void *arg)
{
	const struct fnt_trace *tr = arg;
	enum clock_id clock = READ_ONCE(tr->clock);

	if (clock == TRACE_CLOCK_COARSE)
		return clock_set_coarse(&tr->buffer.cpus->coarse, clock_read(clock));
	return clock_read(clock);
}

u8 event_interrupt_flags(unsigned int count);

/**
 * event_fill_header - note the context that an event happens in
 * @ent: the event's header
 * @type: enum event_type
 *
 * Context: any, NMI-safe; preemption off once more than in the context noted.
 */
static __always_inline void event_fill_header(struct trace_entry *ent, u16 type)
{
	const struct task_struct *task = current;
	unsigned int count = preempt_count() | softirq_count();
	unsigned int depth = (count & PREEMPT_MASK) - 1;
	u8 flags = 0;

	if (unlikely(depth >= OURS_DEPTH))
		depth -= ours_depth();
	depth = min(depth, 0xfU);

	if (!(native_save_fl() & X86_EFLAGS_IF))
		flags |= EVENT_FLAG_IRQS_OFF;
	if (unlikely(test_tsk_need_resched((struct task_struct *)task)))
		flags |= EVENT_FLAG_NEED_RESCHED;
	if (unlikely(test_preempt_need_resched()))
		flags |= EVENT_FLAG_PREEMPT_RESCHED;
	if (unlikely(count & ~PREEMPT_MASK))
		flags |= event_interrupt_flags(count);
	if (unlikely(task->migration_disabled))
		depth |= min_t(unsigned int, task->migration_disabled, 0xf) << 4;

	ent->type = type;
	ent->flags = flags;
	ent->preempt_count = depth;
	ent->pid = task->pid;
}

/**
 * event_ring - the ring that an event of this CPU goes into
 * @tr: the trace
 *
 * Context: any, NMI-safe; preemption off, until the event is committed.
 * Return: the ring.
 */
static __always_inline struct ring *event_ring(const struct fnt_trace *tr)
{
	return __this_cpu_read(tr->buffer.cpus->rb);
}

/**
 * event_wanted - are events of this CPU recorded?
 * @tr: the trace
 *
 * Context: any, NMI-safe; preemption off.
 * Return: true if so.
 */
static __always_inline bool event_wanted(const struct fnt_trace *tr)
{
	return __this_cpu_read(tr->buffer.cpus->enabled);
}

/**
 * event_reserve - begin to write an event
 * @tr: the trace
 * @rb: from event_ring()
 * @entry: the caller's
 * @type: enum event_type
 * @size: bytes of the record, its header included; a multiple of 4
 *
 * Context: any, NMI-safe; preemption off, once more than in the context that
 * the event is about.
 * Return: the record with its header filled; NULL if the event is dropped, which
 * has been counted.
 */
static __always_inline void *event_reserve(const struct fnt_trace *tr, struct ring *rb,
					   struct rb_entry *entry, u16 type, unsigned int size)
{
	void *record = rb_reserve(rb, entry, size, trace_clock_now, tr);

	if (likely(record))
		event_fill_header(record, type);
	return record;
}

void event_commit_slow(struct ring *rb);

/**
 * event_commit - finish an event
 * @rb: from event_ring()
 * @entry: from event_reserve()
 *
 * Context: any, NMI-safe; preemption off since event_reserve().
 */
static __always_inline void event_commit(struct ring *rb, const struct rb_entry *entry)
{
	if (likely(rb_try_commit(rb, entry)))
		buffer_wrote(rb);
	else
		event_commit_slow(rb);
}

/**
 * event_simple - is this a context that says nothing about itself?
 * @task: the current one
 *
 * No interrupt, no softirq, no need to reschedule (an inverted bit), and not
 * deeper than the record can say: all in one comparison.
 *
 * Context: any, NMI-safe; preemption off once more than in the context meant.
 * Return: true if so.
 */
static __always_inline bool event_simple(const struct task_struct *task)
{
	return kabi_preempt_word() - (PREEMPT_NEED_RESCHED + 1) <= 0xf &&
	       !(task_thread_info(task)->flags & _TIF_NEED_RESCHED) &&
	       !task->migration_disabled;
}

/*
 * Type, flags and depth of a record as one word. The bit of EVENT_FLAG_IRQS_OFF is set
 * and taken away again, as that of the processor's flag says the opposite.
 */
#define EVENT_HEAD_FLAGS_SHIFT 16
#define EVENT_HEAD_DEPTH_SHIFT 24
#define EVENT_HEAD_IF_SHIFT (EVENT_HEAD_FLAGS_SHIFT - X86_EFLAGS_IF_BIT)
static_assert(offsetof(struct trace_entry, type) == 0 &&
	      offsetof(struct trace_entry, flags) == EVENT_HEAD_FLAGS_SHIFT / 8 &&
	      offsetof(struct trace_entry, preempt_count) == EVENT_HEAD_DEPTH_SHIFT / 8 &&
	      EVENT_FLAG_IRQS_OFF == 1);

/**
 * event_fill_simple - the header of an event that event_simple() was true for
 * @ent: the event's header
 * @type: enum event_type
 *
 * Context: any, NMI-safe; preemption off.
 */
static __always_inline void event_fill_simple(struct trace_entry *ent, u16 type)
{
	/* The upper bits of the preempt word, and our own part of it, go. */
	u32 head = (kabi_preempt_word() << EVENT_HEAD_DEPTH_SHIFT) -
		   (1 << EVENT_HEAD_DEPTH_SHIFT) +
		   (type | EVENT_FLAG_IRQS_OFF << EVENT_HEAD_FLAGS_SHIFT);

	*(u32 *)ent = head - ((native_save_fl() & X86_EFLAGS_IF) << EVENT_HEAD_IF_SHIFT);
	ent->pid = current->pid;
}

/**
 * struct event_quick - an event that is written without a call
 * @entry: its place
 * @ts: its time
 *
 * It stays in registers, if it is __uninitialized: else the compiler fills it with zeros.
 */
struct event_quick {
	struct rb_entry entry;
	u64 ts;
};

/**
 * event_quick_begin - begin an event, if that is simple
 * @tr: the trace
 * @quick: the caller's
 *
 * What nearly all events are: of a task, in a trace with the quick clock. There is no
 * call in this, nor in event_quick_reserve() and what follows, so that the compiler
 * has little to save. What is not so simple goes to event_reserve(), in a function of
 * its own that is called at the end, with nothing done yet.
 *
 * Context: any, NMI-safe; preemption off once more than in the context meant.
 * Return: false if event_reserve() must follow.
 */
static __always_inline bool event_quick_begin(const struct fnt_trace *tr, struct event_quick *quick)
{
	return tr->quick_clock && event_simple(current) &&
	       clock_try_read_quick(&quick->ts);
}

/**
 * event_quick_reserve - take room for it, if there is
 * @rb: from event_ring()
 * @quick: from event_quick_begin()
 * @type: enum event_type
 * @size: bytes of the record, its header included; a multiple of 4
 * @record: receives the record, with its header filled
 *
 * Context: any, NMI-safe; preemption off since event_quick_begin().
 * Return: false if event_reserve() must follow.
 */
static __always_inline bool event_quick_reserve(struct ring *rb, struct event_quick *quick,
						u16 type, unsigned int size, void **record)
{
	if (unlikely(!rb_try_reserve(rb, &quick->entry, size, quick->ts, record)))
		return false;
	event_fill_simple(*record, type);
	return true;
}

/**
 * event_quick_commit - event_commit() for it
 * @rb: from event_ring()
 * @quick: from event_quick_reserve()
 *
 * Context: any, NMI-safe; preemption off since event_quick_begin().
 */
static __always_inline void event_quick_commit(struct ring *rb, const struct event_quick *quick)
{
	if (unlikely(!rb_try_commit(rb, &quick->entry)))
		event_commit_slow(rb);
}

/**
 * event_coarse_begin - event_quick_begin() in a trace with the coarse clock
 * @tr: the trace
 * @quick: the caller's
 *
 * Not when idle, where there are no ticks that tell the clock how old it is.
 *
 * Context: any, NMI-safe; preemption off, as for event_reserve().
 * Return: false if event_reserve() must follow.
 */
static __always_inline bool event_coarse_begin(const struct fnt_trace *tr,
					       struct event_quick *quick)
{
	const struct task_struct *task = current;

	return tr->quick_coarse && event_simple(task) && task->pid &&
	       clock_try_read_coarse(&tr->buffer.cpus->coarse, &quick->ts);
}

#endif
