// SPDX-License-Identifier: GPL-2.0
/*
 * Rings of a buffer that are put aside while it is written, each on its own CPU.
 */

#include "core/buffer.h"

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/smp.h>

static void nothing_here(void *unused)
{
}

/**
 * buffer_hold - have the rings of a buffer stay where they are
 * @buf: the buffer
 *
 * When this returns buffer_put_aside() is not under way and will do nothing, until
 * buffer_release().
 *
 * Context: process, may sleep.
 */
void buffer_hold(struct trace_buffer *buf)
{
	atomic_inc(&buf->held);
	/* Who is at it has interrupts off. */
	on_each_cpu(nothing_here, NULL, 1);
}

/**
 * buffer_release - undo buffer_hold()
 * @buf: the buffer
 *
 * Context: process.
 */
void buffer_release(struct trace_buffer *buf)
{
	atomic_dec(&buf->held);
}

/**
 * buffer_use_aside - prepare for buffer_put_aside()
 * @buf: the one that is written
 * @aside: the one that is not; NULL to have no more of it
 *
 * Context: process; nobody puts anything aside, and nobody changes either.
 */
void buffer_use_aside(struct trace_buffer *buf, struct trace_buffer *aside)
{
	buf->source = aside ? buf : NULL;
	if (aside)
		aside->source = buf;
}

/**
 * buffer_put_aside - have another buffer keep what was written last on this CPU
 * @buf: the one that is written
 * @aside: the other one
 *
 * The two rings of this CPU change places. The one that is written from now on goes on
 * where it was left; it may have old events.
 *
 * A writer that was interrupted finishes in the ring that it has begun in.
 *
 * Context: irq-safe, not NMI; interrupts off.
 * Return: false if it is not to be, as somebody changes the buffer or consumes events:
 * then nothing has changed.
 */
bool buffer_put_aside(struct trace_buffer *buf, struct trace_buffer *aside)
{
	struct buffer_cpu *part = this_cpu_ptr(buf->cpus), *other = this_cpu_ptr(aside->cpus);
	struct ring *rb = part->rb, *fresh;

	if (atomic_read(&buf->held))
		return false;
	buffer_storage(rb)->part = other;
	/* Full barrier: the ring's events and facts before it can be taken. */
	fresh = xchg(&other->rb, rb);
	buffer_storage(fresh)->part = part;
	fresh->overwrite = rb->overwrite;
	fresh->absolute = rb->absolute;
	WRITE_ONCE(part->rb, fresh);
	return true;
}

/**
 * buffer_take_aside - take what was put aside last, to be read
 * @buf: gets it, and gives its own ring instead; nobody writes it
 * @aside: as buffer_put_aside() has it
 * @cpu: of this CPU
 *
 * Nothing is taken if what is there is older than what @buf has.
 *
 * Context: process, may sleep; one at a time.
 */
void buffer_take_aside(struct trace_buffer *buf, struct trace_buffer *aside, int cpu)
{
	struct buffer_cpu *part = buffer_part(buf, cpu), *other = buffer_part(aside, cpu);
	struct ring *rb;

	mutex_lock(&part->read_lock);
	rb = part->rb;
	/* If it is exchanged meanwhile, for one that is newer still. */
	if (READ_ONCE(buffer_storage(READ_ONCE(other->rb))->facts.serial) >
	    buffer_storage(rb)->facts.serial) {
		buffer_storage(rb)->part = other;
		part->rb = xchg(&other->rb, rb);
		buffer_storage(part->rb)->part = part;
		part->changes++;
	}
	mutex_unlock(&part->read_lock);
}
