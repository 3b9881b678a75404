/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_BUFFER_H
#define FNT_CORE_BUFFER_H

/* A ring for every CPU, and what readers need around them. */

#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "core/ring.h"

#define BUFFER_ALL_CPUS (-1)

struct file;
struct poll_table_struct;

/**
 * struct buffer_cpu - one CPU's part of a buffer
 * @enabled: events may be written
 * @paused: they may not, whatever the buffer says
 * @wake_seq: wake the readers when pages below this one are closed; U64_MAX if
 *            nobody waits
 * @rb: the ring
 * @storage: the pages of @rb, and the reader's
 * @slots: the words of @rb
 * @read_lock: one reader at a time
 * @wake_work: leaves the writer's context before waking
 * @wait: the readers that wait for this part
 * @buf: whose part it is
 */
struct buffer_cpu {
	bool enabled;
	bool paused;
	u64 wake_seq;
	struct ring rb;
	struct rb_page *storage;
	unsigned long *slots;
	struct mutex read_lock;
	struct irq_work wake_work;
	wait_queue_head_t wait;
	struct trace_buffer *buf;
};

/**
 * struct trace_buffer - the buffer
 * @cpus: its parts
 * @page_size: bytes of a page, header included
 * @kb: size of each part in KiB once it is expanded
 * @expanded: parts have their full size; before the first use they have two
 *            pages
 * @on: events may be written
 * @percent: how full a part must be to wake those who wait for whole pages
 * @wakes: counts what wakes waiters without data
 * @wait: the readers that wait for any part
 * @resize_lock: one change of sizes at a time
 */
struct trace_buffer {
	struct buffer_cpu __percpu *cpus;
	unsigned int page_size;
	unsigned int kb;
	bool expanded;
	bool on;
	unsigned int percent;
	unsigned int wakes;
	wait_queue_head_t wait;
	struct mutex resize_lock;
};

int buffer_init(struct trace_buffer *buf, unsigned int kb);
void buffer_exit(struct trace_buffer *buf);

int buffer_expand(struct trace_buffer *buf);
int buffer_resize(struct trace_buffer *buf, unsigned long kb, int cpu);
unsigned long buffer_kb(const struct trace_buffer *buf, int cpu);
bool buffer_same_size(const struct trace_buffer *buf);
void buffer_clear(struct trace_buffer *buf, int cpu);

void buffer_set_on(struct trace_buffer *buf, bool on);
void buffer_set_overwrite(struct trace_buffer *buf, bool overwrite);

bool buffer_ready(struct trace_buffer *buf, int cpu, bool whole_pages);
int buffer_wait(struct trace_buffer *buf, int cpu, bool whole_pages);
bool buffer_poll(struct trace_buffer *buf, int cpu, bool whole_pages, struct file *file,
		 struct poll_table_struct *table);
void buffer_wake(struct trace_buffer *buf, int cpu);
void buffer_wake_readers(struct buffer_cpu *part);

/**
 * buffer_part - one CPU's part
 * @buf: the buffer
 * @cpu: a possible CPU
 *
 * Context: any.
 * Return: the part.
 */
static inline struct buffer_cpu *buffer_part(const struct trace_buffer *buf, int cpu)
{
	return per_cpu_ptr(buf->cpus, cpu);
}

/**
 * buffer_wrote - wake readers if what they wait for has come
 * @part: the part in which an event was committed
 *
 * Context: any, NMI-safe; preemption off.
 */
static __always_inline void buffer_wrote(struct buffer_cpu *part)
{
	if (unlikely(part->rb.commit_seq >= READ_ONCE(part->wake_seq)))
		buffer_wake_readers(part);
}

#endif
