// SPDX-License-Identifier: GPL-2.0
/*
 * A ring for every CPU: storage, sizes, and readers that wait.
 */

#include "core/buffer.h"

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/topology.h>

#define MIN_PAGES 2
#define NOBODY_WAITS U64_MAX

/*
 * A waiter that comes at the very moment of a write may miss it: there is no
 * barrier between the writer's commit and its look at who waits, as that would
 * cost every event. So waiters look again after this time.
 */
#define WAIT_AGAIN (HZ / 10 ?: 1)

/* The pages of one ring. */
struct storage {
	struct rb_page *pages;
	unsigned long *slots;
	unsigned int nr;	/* in the ring; one more is the reader's */
};

static void storage_free(struct storage *storage)
{
	unsigned int i;

	for (i = 0; storage->pages && i <= storage->nr; i++)
		free_page((unsigned long)storage->pages[i].data);
	kvfree(storage->pages);
	kvfree(storage->slots);
	memset(storage, 0, sizeof(*storage));
}

static int storage_alloc(struct storage *storage, unsigned int nr, int cpu)
{
	struct page *page;
	unsigned int i;

	storage->nr = nr;
	storage->pages = kvcalloc(nr + 1, sizeof(*storage->pages), GFP_KERNEL);
	storage->slots = kvcalloc(nr, sizeof(*storage->slots), GFP_KERNEL);
	if (!storage->pages || !storage->slots)
		goto out;
	for (i = 0; i <= nr; i++) {
		/* A large buffer is a wish, not worth killing anybody for. */
		page = alloc_pages_node(cpu_to_node(cpu),
					GFP_KERNEL | __GFP_ZERO | __GFP_NORETRY | __GFP_NOWARN, 0);
		if (!page || fatal_signal_pending(current)) {
			if (page)
				__free_page(page);
			goto out;
		}
		storage->pages[i].data = page_address(page);
		if (!(i & 255))
			cond_resched();
	}
	return 0;
out:
	storage_free(storage);
	return -ENOMEM;
}

static unsigned int pages_for(const struct trace_buffer *buf, unsigned long kb)
{
	unsigned long nr = DIV_ROUND_UP(kb * 1024, buf->page_size - RB_PAGE_HEADER);

	return max_t(unsigned long, nr, MIN_PAGES);
}

static bool part_selected(int part_cpu, int cpu)
{
	return cpu == BUFFER_ALL_CPUS || cpu == part_cpu;
}

static void update_enabled(struct trace_buffer *buf)
{
	struct buffer_cpu *part;
	int cpu;

	for_each_possible_cpu(cpu) {
		part = buffer_part(buf, cpu);
		WRITE_ONCE(part->enabled, buf->on && !part->paused);
	}
}

/*
 * Keep writers out of the chosen parts, and wait until none is inside. Writers
 * run with preemption off, perhaps where RCU is not watching.
 */
static void pause_writers(struct trace_buffer *buf, int cpu)
{
	int i;

	for_each_possible_cpu(i)
		if (part_selected(i, cpu))
			buffer_part(buf, i)->paused = true;
	update_enabled(buf);
	synchronize_rcu_tasks_rude();
}

static void resume_writers(struct trace_buffer *buf, int cpu)
{
	int i;

	for_each_possible_cpu(i)
		if (part_selected(i, cpu))
			buffer_part(buf, i)->paused = false;
	update_enabled(buf);
}

static void wake_work(struct irq_work *work)
{
	struct buffer_cpu *part = container_of(work, struct buffer_cpu, wake_work);

	wake_up_all(&part->wait);
	wake_up_all(&part->buf->wait);
}

/* Give a part new storage; its writers and readers are kept out. */
static void part_use(struct buffer_cpu *part, struct storage *storage, unsigned int page_size)
{
	bool overwrite = part->rb.overwrite;
	struct storage old = {
		.pages = part->storage,
		.slots = part->slots,
		.nr = part->rb.nr_pages,
	};

	rb_init(&part->rb, storage->slots, storage->pages, storage->nr, page_size);
	part->rb.overwrite = overwrite;
	part->storage = storage->pages;
	part->slots = storage->slots;
	*storage = old;
}

static int resize_locked(struct trace_buffer *buf, unsigned long kb, int cpu)
{
	unsigned int nr = pages_for(buf, kb);
	struct storage *storage;
	unsigned long pages = 0;
	int i, err = 0;

	for_each_possible_cpu(i)
		pages += part_selected(i, cpu) ? nr : 0;
	if (kb > ULONG_MAX / 1024 || nr > INT_MAX / 2 || pages > si_mem_available())
		return -ENOMEM;

	storage = kcalloc(nr_cpu_ids, sizeof(*storage), GFP_KERNEL);
	if (!storage)
		return -ENOMEM;
	for_each_possible_cpu(i) {
		if (!part_selected(i, cpu))
			continue;
		err = storage_alloc(&storage[i], nr, i);
		if (err)
			goto out;
	}
	pause_writers(buf, cpu);
	for_each_possible_cpu(i) {
		struct buffer_cpu *part = buffer_part(buf, i);

		if (!part_selected(i, cpu))
			continue;
		mutex_lock(&part->read_lock);
		part_use(part, &storage[i], buf->page_size);
		mutex_unlock(&part->read_lock);
	}
	resume_writers(buf, cpu);
out:
	for_each_possible_cpu(i)
		storage_free(&storage[i]);
	kfree(storage);
	return err;
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
	struct storage storage;
	struct buffer_cpu *part;
	int cpu, err;

	memset(buf, 0, sizeof(*buf));
	buf->page_size = PAGE_SIZE;
	buf->kb = kb;
	buf->percent = 50;
	init_waitqueue_head(&buf->wait);
	mutex_init(&buf->resize_lock);
	buf->cpus = alloc_percpu(struct buffer_cpu);
	if (!buf->cpus)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		part = buffer_part(buf, cpu);
		part->buf = buf;
		part->wake_seq = NOBODY_WAITS;
		part->rb.overwrite = true;
		mutex_init(&part->read_lock);
		init_waitqueue_head(&part->wait);
		init_irq_work(&part->wake_work, wake_work);
		err = storage_alloc(&storage, MIN_PAGES, cpu);
		if (err) {
			buffer_exit(buf);
			return err;
		}
		part_use(part, &storage, buf->page_size);
	}
	return 0;
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
	struct storage storage;
	int cpu;

	if (!buf->cpus)
		return;
	for_each_possible_cpu(cpu) {
		part = buffer_part(buf, cpu);
		if (part->storage)
			irq_work_sync(&part->wake_work);
		storage = (struct storage) { part->storage, part->slots, part->rb.nr_pages };
		storage_free(&storage);
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

	mutex_lock(&buf->resize_lock);
	if (!buf->expanded)
		err = resize_locked(buf, buf->kb, BUFFER_ALL_CPUS);
	if (!err)
		buf->expanded = true;
	mutex_unlock(&buf->resize_lock);
	return err;
}

/**
 * buffer_resize - change the size of a buffer
 * @buf: the buffer
 * @kb: KiB for each CPU, at least 1
 * @cpu: the part, or BUFFER_ALL_CPUS
 *
 * What was in the parts concerned is gone.
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM: then nothing has changed.
 */
int buffer_resize(struct trace_buffer *buf, unsigned long kb, int cpu)
{
	int err;

	mutex_lock(&buf->resize_lock);
	err = resize_locked(buf, kb, cpu);
	if (!err) {
		if (cpu == BUFFER_ALL_CPUS)
			buf->kb = kb;
		buf->expanded = true;
	}
	mutex_unlock(&buf->resize_lock);
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
	unsigned long sum = 0;
	int i;

	for_each_possible_cpu(i) {
		const struct ring *rb = &buffer_part(buf, i)->rb;

		if (part_selected(i, cpu))
			sum += (unsigned long)rb->nr_pages * rb->data_size / 1024;
	}
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
	unsigned int nr = buffer_part(buf, cpumask_first(cpu_possible_mask))->rb.nr_pages;
	int cpu;

	for_each_possible_cpu(cpu)
		if (buffer_part(buf, cpu)->rb.nr_pages != nr)
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

	mutex_lock(&buf->resize_lock);
	pause_writers(buf, cpu);
	for_each_possible_cpu(i) {
		struct buffer_cpu *part = buffer_part(buf, i);

		if (!part_selected(i, cpu))
			continue;
		mutex_lock(&part->read_lock);
		rb_reset(&part->rb, part->storage);
		mutex_unlock(&part->read_lock);
	}
	resume_writers(buf, cpu);
	mutex_unlock(&buf->resize_lock);
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
 * buffer_set_overwrite - choose which events a full buffer loses
 * @buf: the buffer
 * @overwrite: the oldest ones; else the newest
 *
 * Context: process.
 */
void buffer_set_overwrite(struct trace_buffer *buf, bool overwrite)
{
	int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(buffer_part(buf, cpu)->rb.overwrite, overwrite);
}

/* Closed pages that a reader of whole pages waits for. */
static unsigned int pages_wanted(const struct trace_buffer *buf, const struct ring *rb)
{
	unsigned int wanted = rb->nr_pages * buf->percent / 100;

	/* The page being written never counts. */
	return clamp(wanted, 1U, rb->nr_pages - 1);
}

static bool part_ready(struct trace_buffer *buf, struct buffer_cpu *part, bool whole_pages)
{
	if (whole_pages && buf->percent)
		return rb_unread_pages(&part->rb) >= pages_wanted(buf, &part->rb);
	return rb_has_data(&part->rb);
}

/**
 * buffer_ready - is there what a reader waits for?
 * @buf: the buffer
 * @cpu: the part, or BUFFER_ALL_CPUS for any
 * @whole_pages: it waits for the buffer to be filled to its percentage; else
 *               for any event
 *
 * Context: process.
 * Return: true if there is.
 */
bool buffer_ready(struct trace_buffer *buf, int cpu, bool whole_pages)
{
	int i;

	for_each_possible_cpu(i)
		if (part_selected(i, cpu) && part_ready(buf, buffer_part(buf, i), whole_pages))
			return true;
	return false;
}

/* Ask the writers to wake us. */
static void ask_for_wake(struct trace_buffer *buf, int cpu, bool whole_pages)
{
	struct buffer_cpu *part;
	u64 seq;
	int i;

	for_each_possible_cpu(i) {
		if (!part_selected(i, cpu))
			continue;
		part = buffer_part(buf, i);
		seq = 0;
		if (whole_pages && buf->percent)
			seq = READ_ONCE(part->rb.reader_page)->seq + 1 +
			      pages_wanted(buf, &part->rb);
		if (seq < READ_ONCE(part->wake_seq))
			WRITE_ONCE(part->wake_seq, seq);
	}
	/* Before we look whether there is something: see WAIT_AGAIN. */
	smp_mb();
}

static wait_queue_head_t *wait_queue_of(struct trace_buffer *buf, int cpu)
{
	return cpu == BUFFER_ALL_CPUS ? &buf->wait : &buffer_part(buf, cpu)->wait;
}

/**
 * buffer_wait - wait for events
 * @buf: the buffer
 * @cpu: the part, or BUFFER_ALL_CPUS for any
 * @whole_pages: see buffer_ready()
 *
 * Context: process, may sleep.
 * Return: 0 if there is what was waited for, or buffer_wake() was called;
 * -EINTR on a signal.
 */
int buffer_wait(struct trace_buffer *buf, int cpu, bool whole_pages)
{
	wait_queue_head_t *queue = wait_queue_of(buf, cpu);
	unsigned int wakes = READ_ONCE(buf->wakes);
	DEFINE_WAIT(wait);
	int err = 0;

	for (;;) {
		prepare_to_wait(queue, &wait, TASK_INTERRUPTIBLE);
		ask_for_wake(buf, cpu, whole_pages);
		if (buffer_ready(buf, cpu, whole_pages) || READ_ONCE(buf->wakes) != wakes)
			break;
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
		schedule_timeout(WAIT_AGAIN);
	}
	finish_wait(queue, &wait);
	return err;
}

/**
 * buffer_poll - is there what a reader waits for? If not, wake it then
 * @buf: the buffer
 * @cpu: the part, or BUFFER_ALL_CPUS for any
 * @whole_pages: see buffer_ready()
 * @file: being polled
 * @table: of the poll
 *
 * Context: process, may sleep.
 * Return: true if there is.
 */
bool buffer_poll(struct trace_buffer *buf, int cpu, bool whole_pages, struct file *file,
		 struct poll_table_struct *table)
{
	poll_wait(file, wait_queue_of(buf, cpu), table);
	if (buffer_ready(buf, cpu, whole_pages))
		return true;
	ask_for_wake(buf, cpu, whole_pages);
	return buffer_ready(buf, cpu, whole_pages);
}

/**
 * buffer_wake - wake all who wait, whatever they wait for
 * @buf: the buffer
 * @cpu: those who wait for this part; BUFFER_ALL_CPUS for everybody
 *
 * Context: process or irq-safe, not NMI.
 */
void buffer_wake(struct trace_buffer *buf, int cpu)
{
	int i;

	WRITE_ONCE(buf->wakes, buf->wakes + 1);
	/* Who is woken sees that this was the reason. */
	smp_wmb();
	for_each_possible_cpu(i)
		if (part_selected(i, cpu))
			wake_up_all(&buffer_part(buf, i)->wait);
	wake_up_all(&buf->wait);
}

/**
 * buffer_wake_readers - wake readers from the event path
 * @part: what they wait for
 *
 * Those who wait for more ask again.
 *
 * Context: any, NMI-safe; preemption off.
 */
void buffer_wake_readers(struct buffer_cpu *part)
{
	WRITE_ONCE(part->wake_seq, NOBODY_WAITS);
	irq_work_queue(&part->wake_work);
}
