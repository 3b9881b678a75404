// SPDX-License-Identifier: GPL-2.0
/*
 * Traces: their settings, and the change from one tracer to another.
 */

#include "core/trace.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "core/comm.h"
#include "core/conditions.h"
#include "core/deferred.h"
#include "core/event_files.h"
#include "core/fault.h"
#include "core/latencies.h"
#include "core/profiling.h"
#include "core/snapshot.h"
#include "core/tick_times.h"

/* KiB for each CPU from the first use on, as the kernel's own tracer has it. */
#define DEFAULT_KB 1408

/* The trace that the top of the control tree shows. */
static struct fnt_trace root_trace;

/* Held over every change of a trace; the first in the order of locks. */
static DEFINE_MUTEX(tracer_mutex);

static const struct fnt_tracer *const *all_tracers;

static const struct {
	const char *name;
	u64 bit;
	bool initial;
} options[] = {
	{ "print-parent", PRINT_PARENT, true },
	{ "sym-offset", PRINT_SYM_OFFSET, false },
	{ "sym-addr", PRINT_SYM_ADDR, false },
	{ "verbose", PRINT_VERBOSE, false },
	{ "raw", PRINT_RAW, false },
	{ "hex", PRINT_HEX, false },
	{ "bin", PRINT_BIN, false },
	{ "block", TRACE_OPT_BLOCK, false },
	{ "trace_printk", PRINT_PRINTK, true },
	{ "annotate", PRINT_ANNOTATE, true },
	{ "userstacktrace", TRACE_OPT_USER_STACK, false },
	{ "sym-userobj", PRINT_USER_OBJECT, false },
	{ "printk-msg-only", PRINT_MSG_ONLY, false },
	{ "context-info", PRINT_CONTEXT_INFO, true },
	{ "latency-format", PRINT_LATENCY, false },
	{ "record-cmd", TRACE_OPT_RECORD_CMD, true },
	{ "record-tgid", PRINT_TGID, false },
	{ "overwrite", TRACE_OPT_OVERWRITE, true },
	{ "disable_on_free", TRACE_OPT_DISABLE_ON_FREE, false },
	{ "irq-info", PRINT_IRQ_INFO, true },
	{ "markers", TRACE_OPT_MARKERS, true },
	{ "event-fork", TRACE_OPT_EVENT_FORK, false },
	{ "pause-on-trace", TRACE_OPT_PAUSE, false },
	{ "hash-ptr", PRINT_HASH_PTR, true },
	{ "function-trace", TRACE_OPT_FUNC_TRACE, true },
	{ "function-fork", TRACE_OPT_FUNC_FORK, false },
	{ "display-graph", TRACE_OPT_DISPLAY_GRAPH, false },
	{ "stacktrace", TRACE_OPT_STACK, false },
	/* Those of tracers. */
	{ "func_stack_trace", TRACE_OPT_FUNC_STACK, false },
	{ "func-no-repeats", TRACE_OPT_FUNC_NO_REPEATS, false },
	{ "func-args", TRACE_OPT_FUNC_ARGS, false },
	{ "funcgraph-overrun", PRINT_GRAPH_OVERRUN, false },
	{ "funcgraph-cpu", PRINT_GRAPH_CPU, true },
	{ "funcgraph-overhead", PRINT_GRAPH_OVERHEAD, true },
	{ "funcgraph-proc", PRINT_GRAPH_PROC, false },
	{ "funcgraph-duration", PRINT_GRAPH_DURATION, true },
	{ "funcgraph-abstime", PRINT_GRAPH_ABSTIME, false },
	{ "funcgraph-irqs", PRINT_GRAPH_IRQS, true },
	{ "funcgraph-tail", PRINT_GRAPH_TAIL, false },
	{ "funcgraph-args", TRACE_OPT_GRAPH_ARGS, false },
	{ "funcgraph-retval", TRACE_OPT_GRAPH_RETVAL, false },
	{ "funcgraph-retval-hex", PRINT_GRAPH_RETVAL_HEX, false },
	{ "funcgraph-retaddr", TRACE_OPT_GRAPH_RETADDR, false },
	{ "funcgraph-slow", TRACE_OPT_GRAPH_SLOW, false },
	{ "funcgraph-failed", TRACE_OPT_GRAPH_FAILED, false },
	{ "sleep-time", TRACE_OPT_GRAPH_SLEEP_TIME, true },
	{ "graph-time", TRACE_OPT_GRAPH_TIME, true },
};

/**
 * trace_lock - take tracer_mutex
 *
 * Context: process, may sleep.
 */
void trace_lock(void)
{
	mutex_lock(&tracer_mutex);
}

/**
 * trace_unlock - release tracer_mutex
 *
 * Context: process.
 */
void trace_unlock(void)
{
	mutex_unlock(&tracer_mutex);
}

/**
 * trace_root - the trace that the top of the control tree shows
 *
 * Context: any.
 * Return: the trace.
 */
struct fnt_trace *trace_root(void)
{
	return &root_trace;
}

static void use_clock(struct fnt_trace *tr, enum clock_id id)
{
	bool delta = !tr->buffer.absolute;

	WRITE_ONCE(tr->quick_clock, delta && clock_is_quick(id));
	WRITE_ONCE(tr->quick_coarse,
		   delta && id == TRACE_CLOCK_COARSE && clock_is_quick(TRACE_CLOCK_LOCAL));
	WRITE_ONCE(tr->clock, id);
}

static u64 initial_options(void)
{
	unsigned int i;
	u64 bits = 0;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].initial)
			bits |= options[i].bit;
	return bits;
}

/**
 * fnt_trace_init - make a trace
 * @tr: all zero, but for its name
 *
 * Context: process, may sleep; tracer_mutex held, unless it is the root trace.
 * Return: 0; -ENOMEM; what cpuhp_state_add_instance_nocalls() returned.
 */
int fnt_trace_init(struct fnt_trace *tr)
{
	u64 inherited = root_trace.options & ~(TRACE_OPT_FUNC_FORK | TRACE_OPT_EVENT_FORK);
	int err;

	err = buffer_init(&tr->buffer, DEFAULT_KB);
	if (err)
		return err;
	err = buffer_init(&tr->snapshot, DEFAULT_KB);
	if (err)
		goto out_buffer;
	err = pids_init(&tr->pids, false) ?: pids_init(&tr->event_pids, true);
	if (err)
		goto out_pids;
	xa_init(&tr->event_files);
	xa_init(&tr->system_filters);
	deferred_begin(tr);
	/* As the kernel's instances: what the root trace has now, but for forks. */
	err = trace_events_set_options(tr, inherited);
	if (err)
		goto out_pids;
	refcount_set(&tr->users, 1);
	kref_init(&tr->refs);
	tr->tracer = all_tracers[0];
	tr->hist.shape.unit = 1;
	tr->hist.kinds = LATENCIES_INITIAL;
	tr->ticks_hz = TICKS_HZ_INITIAL;
	tr->crash_settings.events = CRASH_EVENTS_DEFAULT;
	tr->gaps_settings = (struct gaps_settings) {
		GAPS_THRESH_US_INITIAL, GAPS_WIDTH_US_INITIAL, GAPS_WINDOW_US_INITIAL };
	use_clock(tr, clock_default());
	tr->options = tr == &root_trace ? initial_options() : inherited;
	buffer_set_overwrite(&tr->buffer, tr->options & TRACE_OPT_OVERWRITE);
	cpumask_copy(&tr->cpus, cpu_possible_mask);
	errlog_init(&tr->errors);
	buffer_set_on(&tr->buffer, true);
	return 0;

out_pids:
	pids_exit(&tr->event_pids);
	pids_exit(&tr->pids);
	buffer_exit(&tr->snapshot);
out_buffer:
	buffer_exit(&tr->buffer);
	return err;
}

/**
 * trace_root_init - make the root trace
 * @tracers: those that can be chosen, the idle one first; ends with NULL
 * @profiler: what can be switched on beside them
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; what fnt_trace_init() returned.
 */
int trace_root_init(const struct fnt_tracer *const *tracers,
		    const struct fnt_profiler *profiler)
{
	all_tracers = tracers;
	profiling_init(profiler);
	return fnt_trace_init(&root_trace);
}

/* @tracing: a tracer is in use, beside events. */
static void comms_follow(struct fnt_trace *tr, bool tracing)
{
	bool wanted = (tracing || tr->events_attached) && tr->options & TRACE_OPT_RECORD_CMD;

	if (wanted == tr->recording_comms)
		return;
	if (!wanted)
		comm_record_stop();
	else if (comm_record_start())
		return;		/* names will be missing, no more */
	tr->recording_comms = wanted;
}

/**
 * trace_clear - forget all events
 * @tr: the trace
 * @cpu: those of this CPU, or of BUFFER_ALL_CPUS
 *
 * Context: process, may sleep.
 */
void trace_clear(struct fnt_trace *tr, int cpu)
{
	if (cpu == BUFFER_ALL_CPUS) {
		preempt_disable_notrace();
		tr->start_ts = clock_read(tr->clock);
		preempt_enable_notrace();
	}
	buffer_clear(&tr->buffer, cpu);
}

/* Begin with a tracer and an empty buffer. */
static int tracer_begin(struct fnt_trace *tr, const struct fnt_tracer *tracer)
{
	int err;

	trace_clear(tr, BUFFER_ALL_CPUS);
	comms_follow(tr, tracer != all_tracers[0]);
	tr->cpu = raw_smp_processor_id();
	err = tracer->init ? tracer->init(tr) : 0;
	tr->tracer = err ? all_tracers[0] : tracer;
	if (err)
		comms_follow(tr, false);
	return err;
}

static void tracer_end(struct fnt_trace *tr)
{
	if (tr->tracer->reset)
		tr->tracer->reset(tr);
}

/**
 * fnt_trace_exit - undo fnt_trace_init()
 * @tr: the trace; nobody holds it
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void fnt_trace_exit(struct fnt_trace *tr)
{
	lockdep_assert_held(&tracer_mutex);
	profiling_exit(tr);
	trace_events_exit(tr);
	crash_end(tr);
	deferred_end(tr);
	tracer_end(tr);
	tr->tracer = all_tracers[0];
	trace_conditions_exit(tr);
	comms_follow(tr, false);
	buffer_set_on(&tr->buffer, false);
	buffer_exit(&tr->buffer);
	buffer_exit(&tr->snapshot);
	pids_exit(&tr->pids);
	pids_exit(&tr->event_pids);
	hash_destroy(tr->filter);
	hash_destroy(tr->except);
	hash_destroy(tr->graph.roots);
	hash_destroy(tr->graph.except);
	kvfree(tr->filter_later);
	kvfree(tr->except_later);
	kvfree(tr->syscalls);
}

/**
 * trace_root_exit - undo trace_root_init()
 *
 * Context: process, may sleep; nobody reads.
 */
void trace_root_exit(void)
{
	trace_lock();
	fnt_trace_exit(&root_trace);
	trace_unlock();
}

/**
 * trace_nth_tracer - list the tracers
 * @n: counted from 0
 *
 * Context: any.
 * Return: the tracer, NULL behind the last one.
 */
const struct fnt_tracer *trace_nth_tracer(unsigned int n)
{
	unsigned int i;

	for (i = 0; all_tracers[i]; i++)
		if (i == n)
			return all_tracers[i];
	return NULL;
}

/* The caller did what was asked for; whether it came to a fail-stop. */
static int trace_failed(void)
{
	return fault_killed() ? -EIO : 0;
}

/**
 * trace_tracer_named - find a tracer
 * @name: its name
 *
 * Context: any.
 * Return: the tracer; NULL if there is none.
 */
const struct fnt_tracer *trace_tracer_named(const char *name)
{
	unsigned int i;

	for (i = 0; all_tracers[i]; i++)
		if (!strcmp(all_tracers[i]->name, name))
			return all_tracers[i];
	return NULL;
}

/**
 * trace_set_tracer - use another tracer
 * @tr: the trace
 * @name: of the tracer
 *
 * The buffer is cleared. If the new tracer cannot begin the old one runs again.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -EINVAL if there is no such tracer; -EBUSY while somebody reads by
 * trace_pipe or trace_pipe_raw; -EIO after a fail-stop, or if this led to one;
 * what the tracer's init() returned.
 */
int trace_set_tracer(struct fnt_trace *tr, const char *name)
{
	const struct fnt_tracer *old = tr->tracer, *new = trace_tracer_named(name);
	int err;

	lockdep_assert_held(&tracer_mutex);

	if (!new)
		return -EINVAL;
	if (new == old)
		return 0;
	if (tr->pipes)
		return -EBUSY;
	if (fault_killed())
		return -EIO;
	err = buffer_expand(&tr->buffer);
	if (err)
		return err;
	tracer_end(tr);
	err = tracer_begin(tr, new);
	if (err && tracer_begin(tr, old))
		pr_err("tracer %s did not begin again after %s failed to begin\n", old->name,
		       name);
	return err ? err : trace_failed();
}

/**
 * trace_set_on - let events be recorded, or not
 * @tr: the trace
 * @on: let them
 *
 * Context: process.
 * Return: 0; -EIO after a fail-stop, unless it is to be off.
 */
int trace_set_on(struct fnt_trace *tr, bool on)
{
	if (on && fault_killed())
		return -EIO;
	buffer_set_on(&tr->buffer, on);
	return 0;
}

/**
 * trace_is_on - are events recorded?
 * @tr: the trace
 *
 * Context: any.
 * Return: true if so.
 */
bool trace_is_on(const struct fnt_trace *tr)
{
	return READ_ONCE(tr->buffer.on);
}

/**
 * trace_is_graph - is what is recorded to be shown as a tree of calls?
 * @tr: the trace
 *
 * Context: any.
 * Return: true if so.
 */
bool trace_is_graph(const struct fnt_trace *tr)
{
	const struct fnt_tracer *tracer = READ_ONCE(tr->tracer);

	return tracer->graph ||
	       (tracer->graph_style && READ_ONCE(tr->options) & TRACE_OPT_DISPLAY_GRAPH);
}

/**
 * event_commit_slow - what event_commit() does not do inline
 * @rb: from event_ring()
 *
 * Context: any, NMI-safe; preemption off.
 */
void event_commit_slow(struct ring *rb)
{
	rb_commit_slow(rb);
	buffer_wrote(rb);
}

/**
 * trace_set_clock - use another clock
 * @tr: the trace
 * @name: of the clock
 *
 * The buffer and the snapshot are cleared: times of two clocks cannot be compared.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -EINVAL if there is no such clock.
 */
int trace_set_clock(struct fnt_trace *tr, const char *name)
{
	int id = clock_by_name(name);

	if (id < 0)
		return id;
	/* The second time for what was written between the two. */
	use_clock(tr, id);
	trace_clear(tr, BUFFER_ALL_CPUS);
	snapshot_clear(tr, BUFFER_ALL_CPUS);
	return 0;
}

/**
 * trace_set_absolute - choose how the times of events are stored
 * @tr: the trace
 * @absolute: whole; else as the time since the last event
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_set_absolute(struct fnt_trace *tr, bool absolute)
{
	lockdep_assert_held(&tracer_mutex);
	buffer_set_absolute(&tr->buffer, absolute);
	use_clock(tr, tr->clock);
}

static int filter_changed(struct fnt_trace *tr, const struct fnt_hash *filter,
			  const struct fnt_hash *except)
{
	return tr->tracer->filter_changed ? tr->tracer->filter_changed(tr, filter, except) : 0;
}

/**
 * trace_set_filters - choose the functions to be traced
 * @tr: the trace
 * @filter: those to be traced, NULL for all; the trace's on success
 * @except: those not to be traced, NULL for none; the trace's on success
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what the tracer or the profiler returned: then nothing has changed.
 */
int trace_set_filters(struct fnt_trace *tr, struct fnt_hash *filter, struct fnt_hash *except)
{
	int err;

	lockdep_assert_held(&tracer_mutex);
	err = filter_changed(tr, filter, except);
	if (err)
		return err;
	err = profiling_set_filters(tr, filter, except);
	if (err) {
		if (filter_changed(tr, tr->filter, tr->except))
			pr_err("tracer %s traces other functions than the filter says\n",
			       tr->tracer->name);
		return err;
	}
	if (tr->filter != filter)
		hash_destroy(tr->filter);
	if (tr->except != except)
		hash_destroy(tr->except);
	tr->filter = filter;
	tr->except = except;
	return 0;
}

/**
 * trace_set_graph - choose the calls that function_graph shows
 * @tr: the trace
 * @graph: which; its sets are the trace's on success, and those that the trace had and
 *         that are not among them are freed
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what the tracer returned: then nothing has changed.
 */
int trace_set_graph(struct fnt_trace *tr, const struct trace_graph *graph)
{
	int err = 0;

	lockdep_assert_held(&tracer_mutex);
	if (tr->tracer->graph_changed)
		err = tr->tracer->graph_changed(tr, graph);
	if (err)
		return err;
	if (tr->graph.roots != graph->roots)
		hash_destroy(tr->graph.roots);
	if (tr->graph.except != graph->except)
		hash_destroy(tr->graph.except);
	tr->graph = *graph;
	return 0;
}

/**
 * trace_set_hist - choose what the histograms of the hist tracer are like
 * @tr: the trace
 * @settings: what they shall be like
 *
 * If it is the tracer in use it begins anew, unless they are so already.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what the tracer returned: then nothing has changed.
 */
int trace_set_hist(struct fnt_trace *tr, const struct hist_settings *settings)
{
	int err = 0;

	lockdep_assert_held(&tracer_mutex);
	if (!memcmp(settings, &tr->hist, sizeof(*settings)))
		return 0;
	if (tr->tracer->hist_changed)
		err = tr->tracer->hist_changed(tr, settings);
	if (!err)
		tr->hist = *settings;
	return err;
}

/**
 * trace_set_max - have another latency be the longest
 * @tr: the trace
 * @ns: how long it was: what is longer is of interest
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_set_max(struct fnt_trace *tr, u64 ns)
{
	lockdep_assert_held(&tracer_mutex);
	WRITE_ONCE(tr->max_ns, ns);
	if (tr->tracer->limit_changed)
		tr->tracer->limit_changed(tr);
}

/**
 * trace_module_goes - tell the tracer of a module that is about to go
 * @tr: the trace
 * @module: its name
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_module_goes(struct fnt_trace *tr, const char *module)
{
	lockdep_assert_held(&tracer_mutex);
	if (tr->tracer->module_goes)
		tr->tracer->module_goes(tr, module);
}

/**
 * trace_prepare_events - before an event is switched on
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -EIO after a fail-stop; what buffer_expand() returned.
 */
int trace_prepare_events(struct fnt_trace *tr)
{
	return fault_killed() ? -EIO : buffer_expand(&tr->buffer);
}

/**
 * trace_events_changed - events were switched on or off
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_events_changed(struct fnt_trace *tr)
{
	comms_follow(tr, tr->tracer != all_tracers[0]);
}

/**
 * trace_set_cpus - choose the CPUs to be traced
 * @tr: the trace
 * @cpus: the CPUs
 *
 * Context: process; tracer_mutex held.
 */
void trace_set_cpus(struct fnt_trace *tr, const struct cpumask *cpus)
{
	lockdep_assert_held(&tracer_mutex);
	cpumask_copy(&tr->cpus, cpus);
	buffer_set_cpus(&tr->buffer, cpus);
	trace_sources_changed(tr);
}

/**
 * trace_nth_option - list the options
 * @n: counted from 0
 *
 * Context: any.
 * Return: the name, NULL behind the last one.
 */
const char *trace_nth_option(unsigned int n)
{
	return n < ARRAY_SIZE(options) ? options[n].name : NULL;
}

static int find_option(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(options[i].name, name))
			return i;
	return -EINVAL;
}

/* All that are some tracer's own. */
static u64 all_tracers_options(void)
{
	u64 bits = 0;
	unsigned int i;

	for (i = 0; all_tracers[i]; i++)
		bits |= all_tracers[i]->options;
	return bits;
}

/**
 * trace_option_applies - does an option mean something now?
 * @tr: the trace
 * @name: of the option
 *
 * Those of tracers are in options/ always, and in trace_options while theirs is
 * the tracer in use; those of the profiler while it runs.
 *
 * Context: process; tracer_mutex held.
 * Return: false if it is another tracer's, or if there is no such option.
 */
bool trace_option_applies(const struct fnt_trace *tr, const char *name)
{
	u64 own = tr->tracer->options | (tr->profiling ? profiling_options() : 0);
	int i = find_option(name);

	return i >= 0 && (!(options[i].bit & (all_tracers_options() | profiling_options())) ||
			  options[i].bit & own);
}

/**
 * trace_option_get - is an option set?
 * @tr: the trace
 * @name: of the option
 *
 * Context: process.
 * Return: 0 or 1; -EINVAL if there is no such option.
 */
int trace_option_get(const struct fnt_trace *tr, const char *name)
{
	int i = find_option(name);

	return i < 0 ? i : !!(tr->options & options[i].bit);
}

static int options_changed(struct fnt_trace *tr, u64 bit, u64 wanted)
{
	int err = profiling_set_options(tr, bit, wanted);

	if (!err && bit & (tr->tracer->options | tr->tracer->heeds))
		err = tr->tracer->options_changed(tr, wanted);
	if (err)
		profiling_set_options(tr, bit, tr->options);
	return err;
}

/**
 * trace_option_set - set or clear an option
 * @tr: the trace
 * @name: of the option
 * @on: set it
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -EINVAL if there is no such option; what the tracer returned: then
 * nothing has changed.
 */
int trace_option_set(struct fnt_trace *tr, const char *name, bool on)
{
	int i = find_option(name), err = 0;
	u64 wanted;

	lockdep_assert_held(&tracer_mutex);
	if (i < 0)
		return i;
	/* What comes last is what is looked for. */
	if (tr->latency && !on && options[i].bit == TRACE_OPT_OVERWRITE)
		return -EINVAL;
	wanted = on ? tr->options | options[i].bit : tr->options & ~options[i].bit;
	if (wanted != tr->options)
		err = options_changed(tr, options[i].bit, wanted) ?:
		      trace_events_set_options(tr, wanted);
	if (err)
		return err;
	tr->options = wanted;
	if (options[i].bit == TRACE_OPT_OVERWRITE)
		buffer_set_overwrite(&tr->buffer, on);
	if (options[i].bit == TRACE_OPT_RECORD_CMD)
		comms_follow(tr, tr->tracer != all_tracers[0]);
	if (options[i].bit == TRACE_OPT_FUNC_FORK)
		pids_follow(&tr->pids, on);
	if (options[i].bit == TRACE_OPT_EVENT_FORK)
		pids_follow(&tr->event_pids, on);
	return 0;
}

/**
 * event_interrupt_flags - the flags of an event outside plain task context
 * @count: the preempt count
 *
 * Context: any, NMI-safe.
 * Return: some of EVENT_FLAG_*.
 */
u8 event_interrupt_flags(unsigned int count)
{
	u8 flags = 0;

	if (count & NMI_MASK)
		flags |= EVENT_FLAG_NMI;
	if (count & HARDIRQ_MASK)
		flags |= EVENT_FLAG_HARDIRQ;
	if (count & SOFTIRQ_OFFSET)
		flags |= EVENT_FLAG_SOFTIRQ;
	if (count & SOFTIRQ_MASK & ~SOFTIRQ_OFFSET)
		flags |= EVENT_FLAG_BH_OFF;
	return flags;
}
