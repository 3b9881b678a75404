// SPDX-License-Identifier: GPL-2.0
/*
 * All traces. That of the top of the control tree is always there; others come and
 * go with the directories in instances/.
 *
 * A trace goes only while nobody holds it, that is while no file of its directory is
 * open. Whoever has found it before then and holds it later is told that it has gone;
 * its memory stays until nobody can ask any more.
 */

#include "core/instances.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "core/fault.h"
#include "core/trace.h"

/*
 * The traces, the root trace first, the others as they were made. Changed with
 * tracer_mutex and traces_lock, so either of them is enough to go through it.
 */
static LIST_HEAD(traces);
static DEFINE_RAW_SPINLOCK(traces_lock);

/* tracer_mutex: instances that were made so far. */
static unsigned int instances_made;

/*
 * Of the memory of the machine one part in so many stays free of instances: who asks
 * for more gets an errno, and no other process is killed to make room.
 */
#define MEMORY_LEFT 8

static int stop_recording(struct notifier_block *nb, unsigned long event, void *data)
{
	struct fnt_trace *tr;
	unsigned long flags;

	raw_spin_lock_irqsave(&traces_lock, flags);
	list_for_each_entry(tr, &traces, node)
		buffer_set_on(&tr->buffer, false);
	raw_spin_unlock_irqrestore(&traces_lock, flags);
	return NOTIFY_DONE;
}

static struct notifier_block fault_nb = { .notifier_call = stop_recording };

static void list_in(struct fnt_trace *tr)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&traces_lock, flags);
	list_add_tail(&tr->node, &traces);
	/* A fail-stop that came before must not find it on. */
	if (fault_killed())
		buffer_set_on(&tr->buffer, false);
	raw_spin_unlock_irqrestore(&traces_lock, flags);
}

static void list_out(struct fnt_trace *tr)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&traces_lock, flags);
	list_del(&tr->node);
	raw_spin_unlock_irqrestore(&traces_lock, flags);
}

/**
 * instances_init - there is the root trace
 *
 * Context: process, may sleep; once, at load, behind trace_root_init().
 * Return: what fault_notifier_register() returned.
 */
int instances_init(void)
{
	list_in(trace_root());
	return fault_notifier_register(&fault_nb);
}

/* The last who may ask for it has gone. */
static void instance_free(struct kref *refs)
{
	struct fnt_trace *tr = container_of(refs, struct fnt_trace, refs);

	kfree(tr->name);
	kfree(tr);
}

/* With tracer_mutex; nobody holds it, nor will. */
static void instance_end(struct fnt_trace *tr)
{
	list_out(tr);
	fnt_trace_exit(tr);
}

/**
 * instances_exit - undo instances_init(); there are no others any more
 *
 * Context: process, may sleep; nothing of a trace is open.
 */
void instances_exit(void)
{
	struct fnt_trace *tr, *next;

	fault_notifier_unregister(&fault_nb);
	trace_lock();
	list_for_each_entry_safe(tr, next, &traces, node) {
		if (tr == trace_root())
			continue;
		instance_end(tr);
		trace_put(tr);
	}
	list_out(trace_root());
	trace_unlock();
}

static struct fnt_trace *find(const char *name)
{
	struct fnt_trace *tr;

	list_for_each_entry(tr, &traces, node)
		if (tr->name && !strcmp(tr->name, name))
			return tr;
	return NULL;
}

static struct fnt_trace *instance_alloc(const char *name)
{
	struct fnt_trace *tr;
	int err = -ENOMEM;

	if (si_mem_available() < totalram_pages() / MEMORY_LEFT)
		return ERR_PTR(-ENOMEM);
	tr = kzalloc(sizeof(*tr), GFP_KERNEL);
	if (!tr)
		return ERR_PTR(-ENOMEM);
	tr->name = kstrdup(name, GFP_KERNEL);
	if (tr->name)
		err = fnt_trace_init(tr);
	if (!err)
		return tr;
	kfree(tr->name);
	kfree(tr);
	return ERR_PTR(err);
}

/**
 * instance_create - make a trace
 * @name: that nobody else has
 * @made: receives the trace, and a reference to be given back by trace_put()
 *
 * Its options begin as those of the root trace are, without following of forks; all
 * else as after loading.
 *
 * Context: process, may sleep.
 * Return: 0; -EEXIST; -ENOMEM, also if little memory would be left.
 */
int instance_create(const char *name, struct fnt_trace **made)
{
	struct fnt_trace *tr;
	int err = 0;

	trace_lock();
	tr = find(name) ? ERR_PTR(-EEXIST) : instance_alloc(name);
	if (IS_ERR(tr)) {
		err = PTR_ERR(tr);
		goto out;
	}
	tr->number = ++instances_made;
	list_in(tr);
	trace_get(tr);
	*made = tr;
out:
	trace_unlock();
	return err;
}

/**
 * instance_remove - undo instance_create()
 * @tr: to which the caller has a reference
 *
 * Context: process, may sleep.
 * Return: 0; -EBUSY while somebody holds it; -EPERM if it is the root trace; -ENODEV
 * if somebody else has removed it.
 */
int instance_remove(struct fnt_trace *tr)
{
	int err = 0;

	if (tr == trace_root())
		return -EPERM;
	trace_lock();
	if (refcount_dec_if_one(&tr->users))
		instance_end(tr);
	else
		err = refcount_read(&tr->users) ? -EBUSY : -ENODEV;
	trace_unlock();
	if (!err)
		trace_put(tr);
	return err;
}

/**
 * instance_find - the trace that has a name
 * @name: its name
 *
 * Context: process, may sleep.
 * Return: the trace, and a reference to be given back by trace_put(); NULL if there
 * is none.
 */
struct fnt_trace *instance_find(const char *name)
{
	struct fnt_trace *tr;

	trace_lock();
	tr = find(name);
	if (tr)
		trace_get(tr);
	trace_unlock();
	return tr;
}

/**
 * instance_next - list the names of the instances
 * @number: from where on; receives the number of the one found
 * @name: receives its name
 * @size: bytes at @name
 *
 * Context: process, may sleep.
 * Return: false if there are no more.
 */
bool instance_next(unsigned int *number, char *name, size_t size)
{
	struct fnt_trace *tr;
	bool there = false;

	trace_lock();
	list_for_each_entry(tr, &traces, node) {
		if (!tr->name || tr->number < *number)
			continue;
		*number = tr->number;
		strscpy(name, tr->name, size);
		there = true;
		break;
	}
	trace_unlock();
	return there;
}

/**
 * instances_next - go through all traces
 * @tr: the one before; NULL to begin, with the root trace
 *
 * Context: process; tracer_mutex held.
 * Return: the next trace; NULL behind the last one.
 */
struct fnt_trace *instances_next(struct fnt_trace *tr)
{
	if (!tr)
		return trace_root();
	return list_is_last(&tr->node, &traces) ? NULL : list_next_entry(tr, node);
}

/**
 * trace_get - keep the memory of a trace
 * @tr: the trace
 *
 * Context: any.
 */
void trace_get(struct fnt_trace *tr)
{
	kref_get(&tr->refs);
}

/**
 * trace_put - undo trace_get()
 * @tr: the trace
 *
 * Context: process.
 */
void trace_put(struct fnt_trace *tr)
{
	kref_put(&tr->refs, instance_free);
}

/**
 * trace_hold - have a trace stay
 * @tr: whose memory stays
 *
 * Context: any.
 * Return: true if trace_release() must follow; false if it has gone.
 */
bool trace_hold(struct fnt_trace *tr)
{
	return refcount_inc_not_zero(&tr->users);
}

/**
 * trace_release - undo trace_hold()
 * @tr: the trace
 *
 * Context: any.
 */
void trace_release(struct fnt_trace *tr)
{
	refcount_dec(&tr->users);
}
