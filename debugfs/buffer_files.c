// SPDX-License-Identifier: GPL-2.0
/*
 * Files about the buffer: its size, and what became of the events.
 */

#include "debugfs/files.h"

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "core/buffer.h"
#include "core/clock.h"
#include "core/crash.h"

/**
 * file_buffer_error - say why a buffer cannot have another size
 * @err: the errno
 * @error: receives it
 *
 * Context: any.
 */
void file_buffer_error(int err, struct tree_error *error)
{
	if (err == -EBUSY)
		error->what = "A reader has mapped pages";
	else if (err == -ENOMEM)
		error->what = "Not enough memory";
}

SHOW(buffer_size_show)
{
	struct trace_buffer *buf = file->buf;
	int cpu = file->index == BUFFER_ALL_CPUS ? cpumask_first(cpu_possible_mask) : file->index;
	unsigned long kb = buffer_kb(buf, cpu);

	if (file->index == BUFFER_ALL_CPUS && !buffer_same_size(buf))
		seq_puts(m, "X\n");
	else if (buf->expanded)
		seq_printf(m, "%lu\n", kb);
	else
		seq_printf(m, "%lu (expanded: %u)\n", kb, buf->kb);
	return 0;
}

STORE(buffer_size_store)
{
	unsigned long kb;
	int err = kstrtoul(cmd, 10, &kb);

	if (!err && !kb)
		err = -EINVAL;
	if (err) {
		error->what = "Not a size in KiB";
		return err;
	}
	trace_lock();
	err = buffer_resize(file->buf, kb, file->index);
	trace_unlock();
	file_buffer_error(err, error);
	return err;
}

SHOW(subbuf_size_show)
{
	seq_printf(m, "%u\n", buffer_page_size(file->buf) / 1024);
	return 0;
}

/*
 * The pages of the snapshot are to have the same size, as there is one
 * header_page for both. Not while somebody reads by trace_pipe or
 * trace_pipe_raw: those who do have room for a page of the old size.
 */
static int set_order(struct fnt_trace *tr, unsigned int order, struct tree_error *error)
{
	unsigned int before = tr->buffer.order;
	int err;

	if (tr->pipes) {
		error->what = "trace_pipe or trace_pipe_raw is open";
		return -EBUSY;
	}
	/* The trace last: what it has is not lost for want of memory. */
	err = crash_reserve(tr, order) ?: buffer_set_order(&tr->snapshot, order);
	if (err)
		return err;
	err = buffer_set_order(&tr->buffer, order);
	if (err)
		buffer_set_order(&tr->snapshot, before);
	return err;
}

STORE(subbuf_size_store)
{
	unsigned long kb;
	int err = kstrtoul(cmd, 10, &kb);

	if (!err && (!kb || kb > (PAGE_SIZE << BUFFER_ORDER_MAX) / 1024))
		err = -EINVAL;
	if (err) {
		error->what = "Not a size in KiB up to 64";
		return err;
	}
	trace_lock();
	err = set_order(file->tr, get_order(kb * 1024), error);
	trace_unlock();
	if (err != -EBUSY)
		file_buffer_error(err, error);
	return err;
}

SHOW(buffer_total_size_show)
{
	struct trace_buffer *buf = file->buf;
	unsigned long kb = buffer_kb(buf, BUFFER_ALL_CPUS);

	if (buf->expanded)
		seq_printf(m, "%lu\n", kb);
	else
		seq_printf(m, "%lu (expanded: %u)\n", kb, buf->kb * num_possible_cpus());
	return 0;
}

SHOW(buffer_percent_show)
{
	seq_printf(m, "%u\n", file->buf->percent);
	return 0;
}

STORE(buffer_percent_store)
{
	unsigned long percent;
	int err = kstrtoul(cmd, 10, &percent);

	if (!err && percent > 100)
		err = -EINVAL;
	if (err) {
		error->what = "Not a percentage";
		return err;
	}
	WRITE_ONCE(file->buf->percent, percent);
	return 0;
}

static void show_time(struct seq_file *m, const char *what, u64 ts, bool in_ns)
{
	u64 us = (ts + 500) / 1000;

	if (in_ns)
		seq_printf(m, "%s: %5llu.%06llu\n", what, us / 1000000, us % 1000000);
	else
		seq_printf(m, "%s: %llu\n", what, ts);
}

/* The kernel's lines, which clients parse, and behind them our own. */
SHOW(stats_show)
{
	struct fnt_trace *tr = file->tr;
	struct buffer_cpu *part = buffer_part(&tr->buffer, file->index);
	struct trace_losses losses = { };
	struct rb_stats stats;
	u64 now;

	mutex_lock(&part->read_lock);
	rb_stats(part->rb, &stats);
	mutex_unlock(&part->read_lock);
	preempt_disable_notrace();
	now = clock_read(tr->clock);
	preempt_enable_notrace();

	seq_printf(m, "entries: %llu\n", stats.entries);
	seq_printf(m, "overrun: %llu\n", stats.fate.overrun);
	seq_printf(m, "commit overrun: %llu\n", stats.fate.commit_overrun);
	seq_printf(m, "bytes: %llu\n", stats.bytes);
	show_time(m, "oldest event ts", stats.oldest_ts, clock_in_ns(tr->clock));
	show_time(m, "now ts", now, clock_in_ns(tr->clock));
	seq_printf(m, "dropped events: %llu\n", stats.fate.dropped);
	seq_printf(m, "read events: %llu\n", stats.read);
	seq_printf(m, "too long events: %llu\n", stats.fate.too_long);
	trace_lock();
	seq_printf(m, "missed calls: %lu\n",
		   tr->missed ? *per_cpu_ptr(tr->missed, file->index) : 0);
	if (tr->tracer->losses)
		tr->tracer->losses(tr, file->index, &losses);
	trace_unlock();
	seq_printf(m, "calls without a stack: %lu\n", losses.no_stack);
	seq_printf(m, "too deep calls: %lu\n", losses.too_deep);
	seq_printf(m, "trees without room: %lu\n", losses.no_room);
	return 0;
}

/* What is written means nothing; closing the file does it. */
static ssize_t free_buffer_write(struct file *file, const char __user *ubuf, size_t count,
				 loff_t *ppos)
{
	return count;
}

static int free_buffer_release(struct inode *inode, struct file *file)
{
	struct fnt_trace *tr = tree_file(file)->tr;

	trace_lock();
	if (tr->options & TRACE_OPT_DISABLE_ON_FREE)
		trace_set_on(tr, false);
	/* As small as it can be. */
	buffer_resize(&tr->buffer, 1, BUFFER_ALL_CPUS);
	trace_unlock();
	return 0;
}

const struct file_operations free_buffer_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = free_buffer_write,
	.release = free_buffer_release,
	.llseek = no_llseek,
};
