// SPDX-License-Identifier: GPL-2.0
/*
 * Readers of a buffer that wait for events.
 */

#include "core/buffer.h"

#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>

#include "core/ours.h"

/*
 * A waiter that comes at the very moment of a write may miss it: there is no
 * barrier between the writer's commit and its look at who waits, as that would
 * cost every event. So waiters look again after this time.
 */
#define WAIT_AGAIN (HZ / 10 ?: 1)

/* Closed pages that a reader of whole pages waits for. */
static unsigned int pages_wanted(const struct trace_buffer *buf, const struct ring *rb)
{
	unsigned int wanted = rb->nr_pages * buf->percent / 100;

	/* The page being written never counts. */
	return clamp(wanted, 1U, rb->nr_pages - 1);
}

static bool part_ready(struct trace_buffer *buf, struct buffer_cpu *part, bool whole_pages)
{
	bool ready;

	mutex_lock(&part->read_lock);
	if (whole_pages && buf->percent)
		ready = rb_unread_pages(part->rb) >= pages_wanted(buf, part->rb);
	else
		ready = rb_has_data(part->rb);
	mutex_unlock(&part->read_lock);
	return ready;
}

/**
 * buffer_ready - is there what a reader waits for?
 * @buf: the buffer
 * @cpu: the part, or BUFFER_ALL_CPUS for any
 * @whole_pages: it waits for the buffer to be filled to its percentage; else
 *               for any event
 *
 * Context: process, may sleep.
 * Return: true if there is.
 */
bool buffer_ready(struct trace_buffer *buf, int cpu, bool whole_pages)
{
	int i;

	for_each_possible_cpu(i)
		if (buffer_selected(i, cpu) && part_ready(buf, buffer_part(buf, i), whole_pages))
			return true;
	return false;
}

/* Ask the writers to wake us. */
static void ask_for_wake(struct trace_buffer *buf, int cpu, bool whole_pages)
{
	struct buffer_cpu *part;
	struct ring *rb;
	u64 seq;
	int i;

	for_each_possible_cpu(i) {
		if (!buffer_selected(i, cpu))
			continue;
		part = buffer_part(buf, i);
		mutex_lock(&part->read_lock);
		rb = part->rb;
		seq = 0;
		if (whole_pages && buf->percent)
			seq = rb->reader_page->seq + 1 + pages_wanted(buf, rb);
		rb_ask_wake(rb, seq);
		mutex_unlock(&part->read_lock);
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
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	int err = 0;

	add_wait_queue(queue, &wait);
	for (;;) {
		ask_for_wake(buf, cpu, whole_pages);
		if (buffer_ready(buf, cpu, whole_pages) || READ_ONCE(buf->wakes) != wakes)
			break;
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
		wait_woken(&wait, TASK_INTERRUPTIBLE, WAIT_AGAIN);
	}
	remove_wait_queue(queue, &wait);
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
		if (buffer_selected(i, cpu))
			wake_up_all(&buffer_part(buf, i)->wait);
	wake_up_all(&buf->wait);
}

/**
 * buffer_wake_work - the second half of buffer_wake_readers()
 * @work: the part's
 *
 * Context: irq-safe, not NMI.
 */
void buffer_wake_work(struct irq_work *work)
{
	struct buffer_cpu *part = container_of(work, struct buffer_cpu, wake_work);

	wake_up_all(&part->wait);
	wake_up_all(&part->buf->wait);
}

/**
 * buffer_wake_readers - wake readers from the event path
 * @rb: what they wait for
 *
 * Those who wait for more ask again.
 *
 * Context: any, NMI-safe; preemption off.
 */
void buffer_wake_readers(struct ring *rb)
{
	struct ours ours;

	rb_woken(rb);
	ours_begin(&ours);
	irq_work_queue(&READ_ONCE(buffer_storage(rb)->part)->wake_work);
	ours_end(&ours);
}
