/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_BUFFER_H
#define FNT_CORE_BUFFER_H

/* A ring for every CPU, and what readers need around them. */

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "core/clock.h"
#include "core/ring.h"
#include "core/storage.h"

#define BUFFER_ALL_CPUS (-1)

/* Bytes of a page of a ring: 4 to 64 KiB, see RB_TAIL_SEALED. */
#define BUFFER_ORDER_MAX 4

struct file;
struct poll_table_struct;

/**
 * struct buffer_cpu - one CPU's part of a buffer
 * @enabled: events may be written
 * @paused: they may not, whatever the buffer says
 * @left_out: they may not, as this CPU is not to be traced
 * @rb: the ring that they are written into, in a struct storage; changed on
 *      this CPU only, see buffer_exchange()
 * @coarse: the coarse clock, for those who use it
 * @pages: the pages that the ring has, or shall have when the CPU comes
 * @read_lock: one reader at a time; @rb does not change while it is held
 * @changes: how often the ring was emptied or exchanged
 * @mapped: number of mappings of the ring's pages; with @read_lock
 * @wake_work: leaves the writer's context before waking
 * @wait: the readers that wait for this part
 * @buf: whose part it is
 */
struct buffer_cpu {
	bool enabled;
	bool paused;
	bool left_out;
	struct ring *rb;
	struct clock_coarse coarse;
	unsigned int pages;
	struct mutex read_lock;
	u64 changes;
	unsigned int mapped;
	struct irq_work wake_work;
	wait_queue_head_t wait;
	struct trace_buffer *buf;
};

/**
 * struct trace_buffer - the buffer
 * @cpus: its parts
 * @order: of the size of the rings' pages
 * @kb: size of each part in KiB once it is expanded
 * @expanded: parts have their full size; before the first use they have two
 *            pages
 * @on: events may be written
 * @stopped: they may not, for a while
 * @enable_lock: over every change of @enabled of its parts
 * @absolute: times are stored whole
 * @overwrite: a full ring loses the oldest events, else the newest
 * @percent: how full a part must be to wake those who wait for whole pages
 * @wakes: counts what wakes waiters without data
 * @wait: the readers that wait for any part
 * @resize_lock: one change of sizes at a time; taken with cpus_read_lock() held
 * @node: in the list of those that are told of CPUs that come
 * @source: whose rings buffer_put_aside() puts into this one, or takes out of it; NULL
 *          if it does neither
 * @held: for so many reasons it must not
 */
struct trace_buffer {
	struct buffer_cpu __percpu *cpus;
	unsigned int order;
	unsigned int kb;
	bool expanded;
	bool on;
	bool stopped;
	raw_spinlock_t enable_lock;
	bool absolute;
	bool overwrite;
	unsigned int percent;
	unsigned int wakes;
	wait_queue_head_t wait;
	struct mutex resize_lock;
	struct hlist_node node;
	struct trace_buffer *source;
	atomic_t held;
};

int buffers_init(void);
void buffers_exit(void);
int buffer_init(struct trace_buffer *buf, unsigned int kb);
void buffer_exit(struct trace_buffer *buf);

int buffer_expand(struct trace_buffer *buf);
int buffer_shrink(struct trace_buffer *buf);
int buffer_resize(struct trace_buffer *buf, unsigned long kb, int cpu);
int buffer_match(struct trace_buffer *buf, const struct trace_buffer *model, int cpu);
int buffer_set_order(struct trace_buffer *buf, unsigned int order);
unsigned long buffer_kb(const struct trace_buffer *buf, int cpu);
bool buffer_same_size(const struct trace_buffer *buf);
bool buffer_mapped(const struct trace_buffer *buf, int cpu);
void buffer_clear(struct trace_buffer *buf, int cpu);
int buffer_swap(struct trace_buffer *buf, struct trace_buffer *spare, int cpu);

void buffer_use_aside(struct trace_buffer *buf, struct trace_buffer *aside);
bool buffer_put_aside(struct trace_buffer *buf, struct trace_buffer *aside);
void buffer_take_aside(struct trace_buffer *buf, struct trace_buffer *aside, int cpu);
void buffer_hold(struct trace_buffer *buf);
void buffer_release(struct trace_buffer *buf);

void buffer_set_on(struct trace_buffer *buf, bool on);
void buffer_switch(struct trace_buffer *buf, bool on);
void buffer_refresh(struct trace_buffer *buf);
void buffer_set_stopped(struct trace_buffer *buf, bool stopped);
void buffer_set_cpus(struct trace_buffer *buf, const struct cpumask *cpus);
void buffer_set_overwrite(struct trace_buffer *buf, bool overwrite);
void buffer_set_absolute(struct trace_buffer *buf, bool absolute);

/* wait.c */
bool buffer_ready(struct trace_buffer *buf, int cpu, bool whole_pages);
int buffer_wait(struct trace_buffer *buf, int cpu, bool whole_pages);
bool buffer_poll(struct trace_buffer *buf, int cpu, bool whole_pages, struct file *file,
		 struct poll_table_struct *table);
void buffer_wake(struct trace_buffer *buf, int cpu);
void buffer_wake_work(struct irq_work *work);
void buffer_wake_readers(struct ring *rb);

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
 * buffer_storage - what a ring of a buffer is made of
 * @rb: the ring
 *
 * Context: any.
 * Return: its storage.
 */
static inline struct storage *buffer_storage(struct ring *rb)
{
	return container_of(rb, struct storage, rb);
}

/**
 * buffer_page_size - size of the pages of a buffer
 * @buf: the buffer
 *
 * Context: any.
 * Return: bytes, header included.
 */
static inline unsigned int buffer_page_size(const struct trace_buffer *buf)
{
	return PAGE_SIZE << READ_ONCE(buf->order);
}

/**
 * buffer_selected - is a part meant?
 * @part_cpu: its CPU
 * @cpu: a CPU, or BUFFER_ALL_CPUS
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool buffer_selected(int part_cpu, int cpu)
{
	return cpu == BUFFER_ALL_CPUS || cpu == part_cpu;
}

/**
 * buffer_wrote - wake readers if what they wait for has come
 * @rb: the ring in which an event was committed
 *
 * Context: any, NMI-safe; preemption off.
 */
static __always_inline void buffer_wrote(struct ring *rb)
{
	if (unlikely(rb_wake_due(rb)))
		buffer_wake_readers(rb);
}

#endif
