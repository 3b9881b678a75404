// SPDX-License-Identifier: GPL-2.0
/*
 * The last events of a trace on the console, when the kernel has an oops or panics.
 *
 * After an oops the machine may go on: recording stops at once, and the events are printed
 * soon, by a work, as for dump. If it does not come so far, or was to panic, they are still
 * there in the panic. Then no other CPU runs any more, and whoever holds a lock will not
 * give it back: nothing is waited for, and no memory is needed that was not made ready when
 * this was asked for. What cannot be had that way is left out.
 */

#include "core/crash.h"

#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kdebug.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nmi.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "core/comm.h"
#include "core/deferred.h"
#include "core/event_text.h"
#include "core/events.h"
#include "core/iter.h"
#include "core/lines.h"
#include "core/proto.h"
#include "core/symbol.h"
#include "core/trace.h"

/* Bytes of an event that are printed at most, as by the kernel (v6.1: TRACE_MAX_PRINT). */
#define PRINT_MAX 1000

#define RULER "---------------------------------\n"

/**
 * struct crash - what is ready for a trace
 * @node: in the list of those that are
 * @tr: the trace
 * @iter: goes through its events
 * @graphs: what the lines of each CPU were about
 * @events: of the text of static events
 * @symbols: names
 * @name: that of an address, in a panic
 * @buf: lines of an event
 */
struct crash {
	struct list_head node;
	struct fnt_trace *tr;
	struct iter *iter;
	struct print_graph *graphs;
	struct event_printer *events;
	struct symbols *symbols;
	char name[KSYM_SYMBOL_LEN];
	char buf[LINES_MAX];
};

/*
 * Those that are ready. The mutex is for who prints after an oops, and for whoever changes
 * them; it comes behind tracer_mutex. The lock is for notifiers.
 */
static LIST_HEAD(ready);
static DEFINE_MUTEX(crash_mutex);
static DEFINE_RAW_SPINLOCK(ready_lock);

/* In a panic names are looked up each time, and none is kept. */
static const char *name_of(void *names, unsigned long addr, enum print_name wanted,
			   unsigned int *len)
{
	char *buf = names;

	*len = wanted == PRINT_NAME_OFFSET ? sprint_symbol(buf, addr) :
					     sprint_symbol_no_offset(buf, addr);
	/* Without the module, if it is not wanted. */
	if (wanted == PRINT_NAME)
		*len = strcspn(buf, " ");
	return buf;
}

/* Types are looked up under a lock, so there are only registers. */
static void arguments_of(struct text *text, unsigned long ip, const struct proto_call *call)
{
	proto_print_arguments(text, NULL, -ENOENT, call);
}

static bool result_of(struct text *text, unsigned long ip, unsigned long reg, bool hex)
{
	text_printf(text, "0x%lx", reg);
	return true;
}

/* What is not known need not be locked either. */
static bool no_event(void *events, struct text *text, const struct rb_event *event)
{
	return false;
}

static bool no_object(struct text *text, int tgid, unsigned long addr)
{
	return false;
}

static int no_tgid(int pid)
{
	return 0;
}

/* With what can be had when nobody else runs. */
static void style_for_panic(struct print_style *style, struct print_source *source,
			    struct crash *crash)
{
	*source = *style->source;
	source->symbol = name_of;
	source->arguments = arguments_of;
	source->result = result_of;
	source->comm = comm_of_stopped;
	source->tgid = no_tgid;
	source->user_object = no_object;
	source->event = events_try_lock() ? event_printer_print_held : no_event;
	style->source = source;
	style->names = crash->name;
}

static void print_one(struct crash *crash, const struct print_style *style, u64 index)
{
	struct iter *iter = crash->iter;
	const struct iter_cpu *at = iter_at(iter);
	struct print_graph *graph = &crash->graphs[iter->cpu];
	struct print_place place = {
		.cpu = iter->cpu,
		.index = index,
		.start_ts = crash->tr->start_ts,
		.next_ts = at->event.ts,
		.graph = lines_graph_of(crash->tr, crash->graphs, iter->cpu),
	};
	struct text text;

	place.exit = lines_leaf(iter, place.graph, style);
	at = iter_at(iter);
	text_init(&text, crash->buf, sizeof(crash->buf));
	if (at->lost)
		print_lost(&text, place.cpu, at->lost, at->before_ts, at->event.ts,
			   style->clock_in_ns);
	print_event(&text, &place, &at->event, style);
	print_graph_go_on(graph, &at->event, place.exit, style);
	if (place.exit)
		iter_skip_part(iter);
	if (text.len)
		pr_emerg("%.*s", (int)min_t(size_t, text.len, PRINT_MAX), crash->buf);
}

/* In a panic @urgent, and then any context. */
static void print_last(struct crash *crash, int cpu, bool urgent)
{
	struct fnt_trace *tr = crash->tr;
	struct print_style style = lines_style(tr, crash->symbols, crash->events, true);
	unsigned int nr = tr->crash_settings.events;
	struct print_source source;
	u64 index = 0;

	pr_emerg("Dumping ftrace buffer:%s%s (the last %u events of each CPU)\n",
		 tr->name ? " instance " : "", tr->name ?: "", nr);
	/* There is room, see crash_reserve(). */
	if (iter_last(crash->iter, cpu, nr, urgent))
		return;
	if (urgent)
		style_for_panic(&style, &source, crash);
	lines_graphs_init(crash->graphs);
	for (; iter_next(crash->iter); index++) {
		if (!index)
			pr_emerg(RULER);
		print_one(crash, &style, index);
		touch_nmi_watchdog();
	}
	pr_emerg("%s", index ? RULER : "   (ftrace buffer empty)\n");
}

static int cpu_of(const struct fnt_trace *tr)
{
	return tr->crash_settings.mode == CRASH_ALL_CPUS ? BUFFER_ALL_CPUS :
							   raw_smp_processor_id();
}

/* Any context; other CPUs go on. Whoever is changing the list now has come too late. */
static int oops(struct notifier_block *nb, unsigned long what, void *data)
{
	struct crash *crash;
	unsigned long flags;

	if (what != DIE_OOPS || !raw_spin_trylock_irqsave(&ready_lock, flags))
		return NOTIFY_DONE;
	list_for_each_entry(crash, &ready, node)
		deferred_crash(crash->tr, cpu_of(crash->tr));
	raw_spin_unlock_irqrestore(&ready_lock, flags);
	return NOTIFY_DONE;
}

/* Any context; other CPUs have stopped, perhaps with the lock. */
static int panicking(struct notifier_block *nb, unsigned long unused, void *data)
{
	struct crash *crash;

	if (!raw_spin_trylock(&ready_lock))
		return NOTIFY_DONE;
	list_for_each_entry(crash, &ready, node) {
		buffer_switch(&crash->tr->buffer, false);
		print_last(crash, cpu_of(crash->tr), true);
	}
	raw_spin_unlock(&ready_lock);
	return NOTIFY_DONE;
}

static struct notifier_block oops_nb = { .notifier_call = oops };

/* Behind the kernel's own dump (v6.1: 150), and before those by which machines end. */
static struct notifier_block panic_nb = { .notifier_call = panicking, .priority = 149 };

/**
 * crash_init - be told of an oops and of a panic
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; what register_die_notifier() returned.
 */
int crash_init(void)
{
	int err = register_die_notifier(&oops_nb);

	if (!err)
		atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
	return err;
}

/**
 * crash_exit - undo crash_init()
 *
 * Context: process, may sleep; there are no traces.
 */
void crash_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_nb);
	unregister_die_notifier(&oops_nb);
}

static void crash_destroy(struct crash *crash)
{
	if (!crash)
		return;
	if (crash->iter)
		iter_destroy(crash->iter);
	kvfree(crash->graphs);
	event_printer_destroy(crash->events);
	symbols_put(crash->symbols);
	kvfree(crash);
}

static struct crash *crash_create(struct fnt_trace *tr, unsigned int order)
{
	struct crash *crash = kvzalloc(sizeof(*crash), GFP_KERNEL);

	if (!crash)
		return NULL;
	crash->tr = tr;
	crash->iter = iter_create(&tr->buffer, BUFFER_ALL_CPUS, order);
	crash->graphs = lines_graphs_create();
	crash->events = event_printer_create();
	crash->symbols = symbols_get();
	if (crash->iter && iter_reserve(crash->iter, EVENT_GRAPH_ENTRY_MAX) && crash->graphs &&
	    crash->events && crash->symbols)
		return crash;
	crash_destroy(crash);
	return NULL;
}

/* Have another one ready, or none. Return the one before, which nobody uses any more. */
static struct crash *exchange(struct fnt_trace *tr, struct crash *crash)
{
	struct crash *old = tr->crash;
	unsigned long flags;

	mutex_lock(&crash_mutex);
	raw_spin_lock_irqsave(&ready_lock, flags);
	if (old)
		list_del(&old->node);
	if (crash)
		list_add_tail(&crash->node, &ready);
	tr->crash = crash;
	raw_spin_unlock_irqrestore(&ready_lock, flags);
	mutex_unlock(&crash_mutex);
	return old;
}

static int make_ready(struct fnt_trace *tr, const struct crash_settings *settings,
		      unsigned int order)
{
	struct crash *crash = NULL;

	if (settings->mode != CRASH_NOTHING) {
		crash = crash_create(tr, order);
		if (!crash)
			return -ENOMEM;
	}
	tr->crash_settings = *settings;
	crash_destroy(exchange(tr, crash));
	return 0;
}

/**
 * crash_set - choose what is printed of a trace if the kernel has an oops or panics
 * @tr: the trace
 * @settings: what
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM, and nothing has changed.
 */
int crash_set(struct fnt_trace *tr, const struct crash_settings *settings)
{
	return make_ready(tr, settings, tr->buffer.order);
}

/**
 * crash_reserve - the pages of the trace are about to have another size
 * @tr: the trace
 * @order: of the size
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM, and nothing has changed.
 */
int crash_reserve(struct fnt_trace *tr, unsigned int order)
{
	return make_ready(tr, &tr->crash_settings, max(order, tr->buffer.order));
}

/**
 * crash_end - a trace goes
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void crash_end(struct fnt_trace *tr)
{
	crash_destroy(exchange(tr, NULL));
}

/**
 * crash_print_oops - print what is wanted of a trace after an oops
 * @tr: the trace; it may go meanwhile, but trace_get() was called
 * @cpu: of which CPU the events are wanted, or BUFFER_ALL_CPUS
 *
 * Nothing is consumed.
 *
 * Context: process, may sleep; tracer_mutex may be held by whoever had the oops.
 */
void crash_print_oops(struct fnt_trace *tr, int cpu)
{
	mutex_lock(&crash_mutex);
	if (tr->crash)
		print_last(tr->crash, cpu, false);
	mutex_unlock(&crash_mutex);
}
