// SPDX-License-Identifier: GPL-2.0
/*
 * Where the kernel's events come from.
 *
 * For each event, or for several of one kind, the kernel has a function that fills its
 * record: it is a probe of a tracepoint, takes room for the record, puts into it what
 * the event's definition says, and ends it. These two calls, in the function's text, are
 * made to lead to us (event_record.c) while a trace of ours wants the event. So what is
 * in a record is what the kernel itself would have put there, for every event that it
 * has, and no list of fields is to be kept true.
 *
 * We register that function ourselves, as a probe beside the kernel's own use of it,
 * with a file of ours, by which we know our calls from others. Text comes first and goes
 * last: a file of ours never gets to where the kernel takes room.
 */

#include "tracers/event_source.h"

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/trace_events.h>
#include <linux/tracepoint.h>

#include "core/event_files.h"
#include "patching/redirect.h"
#include "tracers/probe_source.h"
#include "tracers/tracers.h"

/* Room is taken in one place; a record may be ended in several. */
#define CALLS_MAX 8

/**
 * struct event_calls - the calls of a function that fills records
 * @node: in the table of all
 * @function: the function
 * @module: that it is in
 * @users: events of traces that are attached
 * @led: the calls lead to us
 * @nr: number of @calls
 * @calls: the calls
 */
struct event_calls {
	struct hlist_node node;
	unsigned long function;
	const struct module *module;
	unsigned int users;
	bool led;
	unsigned int nr;
	struct redirect calls[CALLS_MAX];
};

/* tracer_mutex: those that lead to us, or are about to. */
static DEFINE_HASHTABLE(calls_table, 8);

static unsigned long function_of(const struct event_file *file)
{
	return (unsigned long)file->event->call->class->probe;
}

static struct event_calls *calls_find(unsigned long function)
{
	struct event_calls *calls;

	hash_for_each_possible(calls_table, calls, node, function)
		if (calls->function == function)
			return calls;
	return NULL;
}

/* What they lead to is chosen here. Returns false if it is no function as it should be. */
static bool calls_look(struct event_calls *calls)
{
	unsigned int i, ends;

	calls->nr = redirect_find(calls->function, (unsigned long)trace_event_buffer_reserve,
				  calls->calls, CALLS_MAX);
	if (calls->nr != 1)
		return false;
	calls->calls[0].to = (unsigned long)event_record_reserve;
	ends = redirect_find(calls->function, (unsigned long)trace_event_buffer_commit,
			     calls->calls + 1, CALLS_MAX - 1);
	if (!ends || ends > CALLS_MAX - 1)
		return false;
	calls->nr += ends;
	for (i = 1; i < calls->nr; i++)
		calls->calls[i].to = (unsigned long)event_record_commit;
	return true;
}

static struct event_calls *calls_get(const struct event_file *file)
{
	struct event_calls *calls = calls_find(function_of(file));

	if (calls) {
		calls->users++;
		return calls;
	}
	calls = kzalloc(sizeof(*calls), GFP_KERNEL);
	if (!calls)
		return ERR_PTR(-ENOMEM);
	calls->function = function_of(file);
	calls->module = file->event->module;
	calls->users = 1;
	if (!calls_look(calls)) {
		kfree(calls);
		return ERR_PTR(-EOPNOTSUPP);
	}
	hash_add(calls_table, &calls->node, calls->function);
	return calls;
}

/* Go through the calls that are to be changed; with @redirects, collect them there. */
static unsigned int calls_collect(bool lead, struct redirect *redirects)
{
	struct event_calls *calls;
	unsigned int bucket, i, nr = 0;

	hash_for_each(calls_table, bucket, calls, node) {
		if (calls->led == lead || !calls->users == lead)
			continue;
		for (i = 0; redirects && i < calls->nr; i++) {
			redirects[nr + i] = calls->calls[i];
			if (!lead)
				swap(redirects[nr + i].from, redirects[nr + i].to);
		}
		nr += calls->nr;
	}
	return nr;
}

/* Those without users that lead nowhere else than they did before are forgotten. */
static void calls_clean(void)
{
	struct event_calls *calls;
	struct hlist_node *next;
	unsigned int bucket;

	hash_for_each_safe(calls_table, bucket, next, calls, node) {
		if (calls->users || calls->led)
			continue;
		hash_del(&calls->node);
		kfree(calls);
	}
}

static void calls_set_led(bool lead)
{
	struct event_calls *calls;
	unsigned int bucket;

	hash_for_each(calls_table, bucket, calls, node)
		if (!calls->users == !lead)
			calls->led = lead;
}

/* Have the calls of all that have users lead to us, or of those that have none go back. */
static int calls_lead(bool lead)
{
	unsigned int nr = calls_collect(lead, NULL);
	struct redirect *redirects;
	int err;

	if (!nr)
		return 0;
	redirects = kvmalloc_array(nr, sizeof(*redirects), GFP_KERNEL);
	if (!redirects)
		return -ENOMEM;
	calls_collect(lead, redirects);
	err = redirect_apply(redirects, nr);
	kvfree(redirects);
	if (!err)
		calls_set_led(lead);
	return err;
}

/*
 * Those that nobody uses go back. If that does not work now they lead to us for a while
 * longer, where the kernel's own records are sent on their way.
 */
static void calls_go_back(void)
{
	int err = calls_lead(false);

	if (err)
		pr_warn("calls of events cannot be restored now (error %d), trying again later\n",
			err);
	calls_clean();
}

static void calls_put(const struct event_file *file)
{
	calls_find(function_of(file))->users--;
}

static bool is_tracepoint(const struct event_file *file)
{
	return file->event->origin == EVENT_OF_TRACEPOINT;
}

static int probe_register(struct event_file *file)
{
	event_record_mark(file);
	switch (file->event->origin) {
	case EVENT_OF_TRACEPOINT:
		return tracepoint_probe_register(file->event->call->tp,
						 file->event->call->class->probe, &file->native);
	case EVENT_OF_PROBE:
		/* They are attached together. */
	case EVENT_OF_MARKS:
		/* These come, whether anybody waits for them or not. */
		return 0;
	case EVENT_OF_TICKS:
		return ticks_attach(file);
	case EVENT_OF_GAPS:
		return gaps_attach(file);
	default:
		return syscalls_attach(file);
	}
}

static void probe_unregister(struct event_file *file)
{
	switch (file->event->origin) {
	case EVENT_OF_TRACEPOINT:
		tracepoint_probe_unregister(file->event->call->tp,
					    file->event->call->class->probe, &file->native);
		break;
	case EVENT_OF_PROBE:
	case EVENT_OF_MARKS:
		break;
	case EVENT_OF_TICKS:
		ticks_detach(file);
		break;
	case EVENT_OF_GAPS:
		gaps_detach(file);
		break;
	default:
		syscalls_detach(file);
	}
}

static void put_all(struct event_file **files, unsigned int nr)
{
	while (nr--)
		if (is_tracepoint(files[nr]))
			calls_put(files[nr]);
	calls_go_back();
}

static int get_all(struct event_file **files, unsigned int nr)
{
	const struct event_calls *calls;
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++) {
		calls = is_tracepoint(files[i]) ? calls_get(files[i]) : NULL;
		if (IS_ERR(calls)) {
			put_all(files, i);
			return PTR_ERR(calls);
		}
	}
	err = calls_lead(true);
	if (err)
		put_all(files, nr);
	return err;
}

static void detach(struct event_file **files, unsigned int nr)
{
	unsigned int i;

	probe_files_detach(files, nr);
	for (i = 0; i < nr; i++)
		probe_unregister(files[i]);
	tracepoint_synchronize_unregister();
	put_all(files, nr);
}

static int attach_static(struct event_file **files, unsigned int nr)
{
	int err = get_all(files, nr);
	unsigned int i;

	if (err)
		return err;
	for (i = 0; i < nr && !err; i++)
		err = probe_register(files[i]);
	if (!err)
		return 0;
	i--;
	put_all(files + i, nr - i);
	detach(files, i);
	return err;
}

static int attach(struct event_file **files, unsigned int nr)
{
	int err = probe_files_attach(files, nr);

	if (err)
		return err;
	err = attach_static(files, nr);
	if (err)
		probe_files_detach(files, nr);
	return err;
}

/* Its text goes with it, and what could not be restored there. */
static void module_gone(const struct module *module)
{
	struct event_calls *calls;
	struct hlist_node *next;
	unsigned int bucket;

	hash_for_each_safe(calls_table, bucket, next, calls, node) {
		if (calls->module != module)
			continue;
		hash_del(&calls->node);
		kfree(calls);
	}
}

static int sources_init(void)
{
	int err = ticks_init();

	if (err)
		return err;
	err = gaps_init();
	if (err)
		ticks_exit();
	return err;
}

static void sources_exit(void)
{
	gaps_exit();
	ticks_exit();
}

static void show(struct fnt_trace *tr, enum event_origin origin, struct seq_file *m)
{
	if (origin == EVENT_OF_TICKS)
		tick_events_show(tr, m);
	else if (origin == EVENT_OF_GAPS)
		gap_events_show(tr, m);
}

static void settings_changed(struct fnt_trace *tr)
{
	ticks_changed(tr);
	gaps_changed(tr);
}

const struct event_source kernel_events = {
	.init = sources_init,
	.exit = sources_exit,
	.attach = attach,
	.detach = detach,
	.module_comes = probes_module_comes,
	.module_gone = module_gone,
	/* The kernel cannot take a kprobe out of a module that it was about to take out. */
	.module_went = probes_module_goes,
	.settings_changed = settings_changed,
	.show = show,
};

/**
 * kernel_events_exit - see that no call leads to us any more
 *
 * The module cannot go before, so this waits until it works.
 *
 * Context: process, may sleep; no trace wants any event.
 */
void kernel_events_exit(void)
{
	while (calls_lead(false)) {
		pr_warn("calls of events cannot be restored for unloading, trying again\n");
		msleep(1000);
	}
	calls_clean();
	redirect_quiesce();
}
