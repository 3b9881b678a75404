// SPDX-License-Identifier: GPL-2.0
/*
 * A ring for every CPU: which there are, their sizes, and how one takes the
 * place of another while events are written.
 */

#include "core/buffer.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#define MIN_PAGES 2

/* The state of CPUs whose coming buffers are told of. */
static int cpuhp_state;

static unsigned int pages_for(unsigned int order, unsigned long kb)
{
	unsigned long nr = DIV_ROUND_UP(kb * 1024, (PAGE_SIZE << order) - RB_PAGE_HEADER);

	return max_t(unsigned long, nr, MIN_PAGES);
}

/* For a size that was rounded already: it shall not grow by being changed to and fro. */
static unsigned int pages_near(unsigned int order, unsigned long kb)
{
	unsigned long nr = DIV_ROUND_CLOSEST(kb * 1024, (PAGE_SIZE << order) - RB_PAGE_HEADER);

	return max_t(unsigned long, nr, MIN_PAGES);
}

/* Who changed last what this depends on must not be overtaken by who looked before. */
static void update_enabled(struct trace_buffer *buf)
{
	struct buffer_cpu *part;
	unsigned long flags;
	bool enabled;
	int cpu;

	raw_spin_lock_irqsave(&buf->enable_lock, flags);
	for_each_possible_cpu(cpu) {
		part = buffer_part(buf, cpu);
		enabled = READ_ONCE(buf->on) && !READ_ONCE(buf->stopped);
		WRITE_ONCE(part->enabled, enabled && !part->paused && !part->left_out);
	}
	raw_spin_unlock_irqrestore(&buf->enable_lock, flags);
}

static long nothing(void *arg)
{
	return 0;
}

/*
 * Keep writers out of the chosen parts, and wait until none is inside: they run
 * with preemption off, so when a task runs on their CPU they are through. With
 * cpus_read_lock(), so nothing may be waited for here that takes it, too, such as
 * RCU-tasks: a CPU that wants to come or go would stand between.
 */
static void pause_writers(struct trace_buffer *buf, int cpu)
{
	int i;

	for_each_possible_cpu(i)
		if (buffer_selected(i, cpu))
			buffer_part(buf, i)->paused = true;
	update_enabled(buf);
	for_each_online_cpu(i)
		if (buffer_selected(i, cpu))
			work_on_cpu(i, nothing, NULL);
}

static void resume_writers(struct trace_buffer *buf, int cpu)
{
	int i;

	for_each_possible_cpu(i)
		if (buffer_selected(i, cpu))
			buffer_part(buf, i)->paused = false;
	update_enabled(buf);
}

/* What a part shall use instead of its ring. */
struct exchange {
	struct buffer_cpu *part;
	struct ring *rb;
};

static long exchange_here(void *arg)
{
	const struct exchange *exchange = arg;

	WRITE_ONCE(exchange->part->rb, exchange->rb);
	return 0;
}

/*
 * Give a part another ring while it is written, and return the one that it had,
 * which nobody writes any more. The pointer is changed by a task on the part's
 * own CPU: writers run with preemption off, so when a task runs there none of
 * them is between reading the pointer and being done with the ring, and one
 * that interrupts the task sees one pointer or the other. No event is lost, and
 * the old ring's are all older than the new one's.
 *
 * With cpus_read_lock(), resize_lock and read_lock.
 */
static struct ring *buffer_exchange(struct buffer_cpu *part, int cpu, struct ring *rb)
{
	struct exchange exchange = { .part = part, .rb = rb };
	struct ring *old = part->rb;

	buffer_storage(rb)->part = part;
	/* Whoever waits looks again at the first event; to wake nobody makes calls, too. */
	if (old->wake_seq != RB_NOBODY_WAITS)
		rb_ask_wake(rb, 0);
	rb->overwrite = part->buf->overwrite;
	rb->absolute = part->buf->absolute;
	if (cpu_online(cpu))
		work_on_cpu(cpu, exchange_here, &exchange);
	else
		exchange_here(&exchange);
	part->changes++;
	return old;
}

/* Give a part new storage; free the old one. Events stay as far as they can. */
static void part_use(struct buffer_cpu *part, int cpu, struct storage *storage)
{
	struct storage *old;

	mutex_lock(&part->read_lock);
	old = buffer_storage(buffer_exchange(part, cpu, &storage->rb));
	if (old->order == storage->order)
		rb_move(&storage->rb, &old->rb);
	mutex_unlock(&part->read_lock);
	storage_destroy(old);
}

/* The pages that a part is to have now: a CPU that was never there needs few. */
static unsigned int pages_now(const struct buffer_cpu *part, int cpu, unsigned int pages)
{
	return cpu_online(cpu) || part->rb->nr_pages > MIN_PAGES ? pages : MIN_PAGES;
}

static bool enough_memory(struct trace_buffer *buf, unsigned int order, int cpu,
			  const unsigned int *pages)
{
	unsigned long sum = 0;
	int i;

	for_each_possible_cpu(i) {
		if (!buffer_selected(i, cpu))
			continue;
		if (pages[i] > INT_MAX / 2)
			return false;
		sum += (unsigned long)pages_now(buffer_part(buf, i), i, pages[i]) << order;
	}
	return sum <= si_mem_available();
}

/**
 * buffer_mapped - has a reader mapped pages?
 * @buf: the buffer
 * @cpu: the part, or BUFFER_ALL_CPUS for any
 *
 * Context: process.
 * Return: true if so; it may change unless resize_lock is held.
 */
bool buffer_mapped(const struct trace_buffer *buf, int cpu)
{
	int i;

	for_each_possible_cpu(i)
		if (buffer_selected(i, cpu) && READ_ONCE(buffer_part(buf, i)->mapped))
			return true;
	return false;
}

/* Resize the chosen parts, all or none. With cpus_read_lock() and resize_lock. */
static int resize_parts(struct trace_buffer *buf, unsigned int order, int cpu,
			const unsigned int *pages)
{
	struct storage **storages;
	struct buffer_cpu *part;
	int i, err = -ENOMEM;

	if (buffer_mapped(buf, cpu))
		return -EBUSY;
	if (!enough_memory(buf, order, cpu, pages))
		return -ENOMEM;
	storages = kcalloc(nr_cpu_ids, sizeof(*storages), GFP_KERNEL);
	if (!storages)
		return -ENOMEM;
	for_each_possible_cpu(i) {
		if (!buffer_selected(i, cpu))
			continue;
		storages[i] = storage_create(pages_now(buffer_part(buf, i), i, pages[i]), order,
					     i);
		if (!storages[i])
			goto out;
	}
	for_each_possible_cpu(i) {
		if (!buffer_selected(i, cpu))
			continue;
		part = buffer_part(buf, i);
		part->pages = pages[i];
		part_use(part, i, storages[i]);
		storages[i] = NULL;
	}
	err = 0;
out:
	for_each_possible_cpu(i)
		storage_destroy(storages[i]);
	kfree(storages);
	return err;
}

static int resize_all_to(struct trace_buffer *buf, unsigned int order, int cpu, unsigned int nr)
{
	unsigned int *pages;
	int i, err;

	pages = kcalloc(nr_cpu_ids, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	for_each_possible_cpu(i)
		pages[i] = nr;
	err = resize_parts(buf, order, cpu, pages);
	kfree(pages);
	return err;
}

static void resize_begin(struct trace_buffer *buf)
{
	cpus_read_lock();
	mutex_lock(&buf->resize_lock);
	if (buf->source)
		buffer_hold(buf->source);
}

static void resize_end(struct trace_buffer *buf)
{
	if (buf->source)
		buffer_release(buf->source);
	mutex_unlock(&buf->resize_lock);
	cpus_read_unlock();
}

/* A CPU comes. Its coming is not worth failing for want of memory. */
static int cpu_comes(unsigned int cpu, struct hlist_node *node)
{
	struct trace_buffer *buf = hlist_entry(node, struct trace_buffer, node);
	struct buffer_cpu *part = buffer_part(buf, cpu);
	struct storage *storage;

	mutex_lock(&buf->resize_lock);
	if (part->pages > part->rb->nr_pages && !part->mapped) {
		storage = storage_create(part->pages, buf->order, cpu);
		if (storage)
			part_use(part, cpu, storage);
		else
			pr_warn("no memory for the buffer of CPU %u: it is small\n", cpu);
	}
	mutex_unlock(&buf->resize_lock);
	return 0;
}

/**
 * buffers_init - prepare for buffers
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOMEM or -ENOSPC.
 */
int buffers_init(void)
{
	cpuhp_state = cpuhp_setup_state_multi(CPUHP_BP_PREPARE_DYN, "fntrace:prepare", cpu_comes,
					      NULL);
	return min(cpuhp_state, 0);
}

/**
 * buffers_exit - undo buffers_init()
 *
 * Context: process, may sleep.
 */
void buffers_exit(void)
{
	cpuhp_remove_multi_state(cpuhp_state);
}

static int part_init(struct trace_buffer *buf, struct buffer_cpu *part, int cpu)
{
	struct storage *storage = storage_create(MIN_PAGES, 0, cpu);

	if (!storage)
		return -ENOMEM;
	part->buf = buf;
	part->pages = MIN_PAGES;
	mutex_init(&part->read_lock);
	init_waitqueue_head(&part->wait);
	init_irq_work(&part->wake_work, buffer_wake_work);
	storage->part = part;
	part->rb = &storage->rb;
	return 0;
}

/**
 * buffer_init - make a buffer
 * @buf: the buffer
 * @kb: KiB for each CPU, from the first use on; until then it is small
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int buffer_init(struct trace_buffer *buf, unsigned int kb)
{
	int cpu, err;

	memset(buf, 0, sizeof(*buf));
	buf->kb = kb;
	buf->percent = 50;
	buf->overwrite = true;
	init_waitqueue_head(&buf->wait);
	mutex_init(&buf->resize_lock);
	raw_spin_lock_init(&buf->enable_lock);
	buf->cpus = alloc_percpu(struct buffer_cpu);
	if (!buf->cpus)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		err = part_init(buf, buffer_part(buf, cpu), cpu);
		if (err)
			goto out;
	}
	err = cpuhp_state_add_instance_nocalls(cpuhp_state, &buf->node);
	if (!err)
		return 0;
out:
	buffer_exit(buf);
	return err;
}

/**
 * buffer_exit - free a buffer
 * @buf: the buffer; nobody writes, reads or waits
 *
 * Context: process, may sleep.
 */
void buffer_exit(struct trace_buffer *buf)
{
	struct buffer_cpu *part;
	int cpu;

	if (!buf->cpus)
		return;
	if (!hlist_unhashed(&buf->node))
		cpuhp_state_remove_instance_nocalls(cpuhp_state, &buf->node);
	for_each_possible_cpu(cpu) {
		part = buffer_part(buf, cpu);
		if (!part->rb)
			continue;
		irq_work_sync(&part->wake_work);
		storage_destroy(buffer_storage(part->rb));
	}
	free_percpu(buf->cpus);
	buf->cpus = NULL;
}

/**
 * buffer_expand - give a buffer the size that it shall have when used
 * @buf: the buffer
 *
 * Context: process, may sleep.
 * Return: 0, also if it has it; -ENOMEM.
 */
int buffer_expand(struct trace_buffer *buf)
{
	int err = 0;

	resize_begin(buf);
	if (!buf->expanded)
		err = resize_all_to(buf, buf->order, BUFFER_ALL_CPUS,
				    pages_for(buf->order, buf->kb));
	if (!err)
		buf->expanded = true;
	resize_end(buf);
	return err;
}

/**
 * buffer_shrink - make a buffer as small as it was before its first use
 * @buf: the buffer
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM, -EBUSY: then nothing has changed.
 */
int buffer_shrink(struct trace_buffer *buf)
{
	int err;

	resize_begin(buf);
	err = resize_all_to(buf, buf->order, BUFFER_ALL_CPUS, MIN_PAGES);
	if (!err)
		buf->expanded = false;
	resize_end(buf);
	return err;
}

/**
 * buffer_resize - change the size of a buffer
 * @buf: the buffer
 * @kb: KiB for each CPU, at least 1
 * @cpu: the part, or BUFFER_ALL_CPUS
 *
 * Events stay; if there is not room enough any more the oldest count as
 * overwritten. Writing goes on.
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM, or -EBUSY if a reader has mapped pages: then nothing has
 * changed.
 */
int buffer_resize(struct trace_buffer *buf, unsigned long kb, int cpu)
{
	int err;

	if (kb > ULONG_MAX / 1024 || pages_for(0, kb) > INT_MAX / 2)
		return -ENOMEM;
	resize_begin(buf);
	err = resize_all_to(buf, buf->order, cpu, pages_for(buf->order, kb));
	if (!err) {
		if (cpu == BUFFER_ALL_CPUS)
			buf->kb = kb;
		buf->expanded = true;
	}
	resize_end(buf);
	return err;
}

/**
 * buffer_match - give a buffer the sizes of another one
 * @buf: the buffer
 * @model: the other one; not being resized
 * @cpu: the part, or BUFFER_ALL_CPUS
 *
 * Parts that are different lose their events.
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM, -EBUSY: then nothing has changed.
 */
int buffer_match(struct trace_buffer *buf, const struct trace_buffer *model, int cpu)
{
	unsigned int *pages;
	bool same = buf->order == model->order;
	int i, err = 0;

	/* All parts of a buffer have pages of one size. */
	if (!same)
		cpu = BUFFER_ALL_CPUS;
	pages = kcalloc(nr_cpu_ids, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	resize_begin(buf);
	for_each_possible_cpu(i) {
		const struct buffer_cpu *part = buffer_part(buf, i);
		const struct buffer_cpu *other = buffer_part(model, i);

		pages[i] = other->pages;
		if (buffer_selected(i, cpu) && other->rb->nr_pages != part->rb->nr_pages)
			same = false;
	}
	if (!same)
		err = resize_parts(buf, model->order, cpu, pages);
	if (!err) {
		buf->order = model->order;
		buf->expanded = true;
	}
	resize_end(buf);
	kfree(pages);
	return err;
}

/**
 * buffer_set_order - change the size of the pages
 * @buf: the buffer
 * @order: PAGE_SIZE << @order bytes; at most BUFFER_ORDER_MAX
 *
 * The size of the buffer stays as near to what it was as it goes; events are
 * lost.
 *
 * Context: process, may sleep; nobody has a page of the buffer in his hands.
 * Return: 0; -EINVAL; -ENOMEM, -EBUSY: then nothing has changed.
 */
int buffer_set_order(struct trace_buffer *buf, unsigned int order)
{
	unsigned int *pages;
	int i, err = -EINVAL;

	if (order > BUFFER_ORDER_MAX)
		return err;
	pages = kcalloc(nr_cpu_ids, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	resize_begin(buf);
	for_each_possible_cpu(i)
		pages[i] = buf->expanded ? pages_near(order, buffer_kb(buf, i)) : MIN_PAGES;
	err = order == buf->order ? 0 : resize_parts(buf, order, BUFFER_ALL_CPUS, pages);
	if (!err)
		WRITE_ONCE(buf->order, order);
	resize_end(buf);
	kfree(pages);
	return err;
}

/**
 * buffer_kb - the size of a buffer
 * @buf: the buffer
 * @cpu: a part, or BUFFER_ALL_CPUS for the sum
 *
 * Context: process.
 * Return: KiB of data that it holds, rounded down.
 */
unsigned long buffer_kb(const struct trace_buffer *buf, int cpu)
{
	unsigned long data_size = buffer_page_size(buf) - RB_PAGE_HEADER;
	unsigned long sum = 0;
	int i;

	for_each_possible_cpu(i)
		if (buffer_selected(i, cpu))
			sum += buffer_part(buf, i)->pages * data_size / 1024;
	return sum;
}

/**
 * buffer_same_size - have all parts of a buffer the same size?
 * @buf: the buffer
 *
 * Context: process.
 * Return: true if so.
 */
bool buffer_same_size(const struct trace_buffer *buf)
{
	unsigned int pages = buffer_part(buf, cpumask_first(cpu_possible_mask))->pages;
	int cpu;

	for_each_possible_cpu(cpu)
		if (buffer_part(buf, cpu)->pages != pages)
			return false;
	return true;
}

/**
 * buffer_clear - forget all events
 * @buf: the buffer
 * @cpu: the part, or BUFFER_ALL_CPUS
 *
 * Context: process, may sleep.
 */
void buffer_clear(struct trace_buffer *buf, int cpu)
{
	int i;

	resize_begin(buf);
	pause_writers(buf, cpu);
	for_each_possible_cpu(i) {
		struct buffer_cpu *part = buffer_part(buf, i);

		if (!buffer_selected(i, cpu))
			continue;
		mutex_lock(&part->read_lock);
		rb_reset(part->rb, buffer_storage(part->rb)->pages);
		part->changes++;
		mutex_unlock(&part->read_lock);
	}
	resume_writers(buf, cpu);
	resize_end(buf);
}

static void swap_part(struct trace_buffer *buf, struct trace_buffer *spare, int cpu)
{
	struct buffer_cpu *part = buffer_part(buf, cpu);
	struct buffer_cpu *other = buffer_part(spare, cpu);
	struct ring *fresh;

	mutex_lock(&part->read_lock);
	mutex_lock_nested(&other->read_lock, SINGLE_DEPTH_NESTING);
	fresh = other->rb;
	rb_reset(fresh, buffer_storage(fresh)->pages);
	other->rb = buffer_exchange(part, cpu, fresh);
	buffer_storage(other->rb)->part = other;
	other->changes++;
	mutex_unlock(&other->read_lock);
	mutex_unlock(&part->read_lock);
}

/**
 * buffer_swap - exchange the rings of two buffers
 * @buf: being written, perhaps; empty afterwards
 * @spare: not being written; has the events of @buf afterwards, its own are gone
 * @cpu: the part, or BUFFER_ALL_CPUS
 *
 * No event is copied, none is lost, and writing goes on.
 *
 * Context: process, may sleep.
 * Return: 0; -EBUSY if a reader has mapped pages of one of them, -EAGAIN if they do
 * not have the same sizes: then nothing has changed.
 */
int buffer_swap(struct trace_buffer *buf, struct trace_buffer *spare, int cpu)
{
	int i, err;

	cpus_read_lock();
	mutex_lock(&buf->resize_lock);
	mutex_lock_nested(&spare->resize_lock, SINGLE_DEPTH_NESTING);
	err = buffer_mapped(buf, cpu) || buffer_mapped(spare, cpu) ? -EBUSY : 0;
	for_each_possible_cpu(i)
		if (!err && buffer_selected(i, cpu) &&
		    (buf->order != spare->order ||
		     buffer_part(buf, i)->rb->nr_pages != buffer_part(spare, i)->rb->nr_pages))
			err = -EAGAIN;
	for_each_possible_cpu(i)
		if (!err && buffer_selected(i, cpu))
			swap_part(buf, spare, i);
	mutex_unlock(&spare->resize_lock);
	mutex_unlock(&buf->resize_lock);
	cpus_read_unlock();
	return err;
}

/**
 * buffer_set_on - let events be written, or not
 * @buf: the buffer
 * @on: let them
 *
 * A writer that is under way finishes. Waiting readers are woken when writing
 * ends.
 *
 * Context: process or irq-safe, not NMI.
 */
void buffer_set_on(struct trace_buffer *buf, bool on)
{
	WRITE_ONCE(buf->on, on);
	update_enabled(buf);
	if (!on)
		buffer_wake(buf, BUFFER_ALL_CPUS);
}

/**
 * buffer_switch - buffer_set_on() where an event happens
 * @buf: the buffer
 * @on: let events be written
 *
 * For this CPU it holds at once. buffer_refresh() must follow soon.
 *
 * Context: any, NMI-safe; preemption off.
 */
void buffer_switch(struct trace_buffer *buf, bool on)
{
	struct buffer_cpu *part = this_cpu_ptr(buf->cpus);

	WRITE_ONCE(buf->on, on);
	WRITE_ONCE(part->enabled, on && !READ_ONCE(buf->stopped) && !READ_ONCE(part->paused) &&
		   !READ_ONCE(part->left_out));
}

/**
 * buffer_refresh - do what buffer_switch() has left
 * @buf: the buffer
 *
 * Context: process or irq-safe, not NMI.
 */
void buffer_refresh(struct trace_buffer *buf)
{
	update_enabled(buf);
	if (!READ_ONCE(buf->on))
		buffer_wake(buf, BUFFER_ALL_CPUS);
}

/**
 * buffer_set_stopped - have no events written for a while, whether it is on or not
 * @buf: the buffer
 * @stopped: have none written
 *
 * Context: process or irq-safe, not NMI.
 */
void buffer_set_stopped(struct trace_buffer *buf, bool stopped)
{
	WRITE_ONCE(buf->stopped, stopped);
	update_enabled(buf);
}

/**
 * buffer_set_cpus - choose the CPUs on which events are written
 * @buf: the buffer
 * @cpus: the CPUs
 *
 * Context: process; one at a time.
 */
void buffer_set_cpus(struct trace_buffer *buf, const struct cpumask *cpus)
{
	int cpu;

	for_each_possible_cpu(cpu)
		buffer_part(buf, cpu)->left_out = !cpumask_test_cpu(cpu, cpus);
	update_enabled(buf);
}

/**
 * buffer_set_overwrite - choose which events a full buffer loses
 * @buf: the buffer
 * @overwrite: the oldest ones; else the newest
 *
 * Context: process, may sleep.
 */
void buffer_set_overwrite(struct trace_buffer *buf, bool overwrite)
{
	int cpu;

	mutex_lock(&buf->resize_lock);
	buf->overwrite = overwrite;
	for_each_possible_cpu(cpu)
		WRITE_ONCE(buffer_part(buf, cpu)->rb->overwrite, overwrite);
	mutex_unlock(&buf->resize_lock);
}

/**
 * buffer_set_absolute - choose how times are stored
 * @buf: the buffer
 * @absolute: whole; else as the time since the last event
 *
 * Context: process, may sleep.
 */
void buffer_set_absolute(struct trace_buffer *buf, bool absolute)
{
	int cpu;

	mutex_lock(&buf->resize_lock);
	buf->absolute = absolute;
	for_each_possible_cpu(cpu)
		WRITE_ONCE(buffer_part(buf, cpu)->rb->absolute, absolute);
	mutex_unlock(&buf->resize_lock);
}
