// SPDX-License-Identifier: GPL-2.0
/*
 * trace and trace_pipe: events as text, one file that consumes nothing and one
 * that does.
 */

#include "debugfs/files.h"

#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/time64.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>

#include "core/deferred.h"
#include "core/event_text.h"
#include "core/iter.h"
#include "core/latency.h"
#include "core/lines.h"
#include "core/print.h"
#include "core/print_graph.h"
#include "core/symbol.h"
#include "core/text.h"

/*
 * An open trace: position n is the n-th event, 0 the header. Entry and return of a
 * function that are shown in one line count as one.
 *
 * What may not change while it is read: @latency, lines are of latency-format;
 * @annotate, the buffer has lost events, so that its parts may begin at different
 * times; @pausing, nothing is recorded because of us; @kept, it is what a tracer has kept
 * of something that took long, which is @facts; @start_ts, when it begins. @started: CPUs
 * of which an event was shown. @graphs: what was shown of each CPU.
 */
struct trace_reader {
	struct fnt_trace *tr;
	int cpu;
	struct iter *iter;
	struct symbols *symbols;
	struct event_printer *events;
	loff_t pos;
	bool latency;
	bool annotate;
	bool pausing;
	bool kept;
	struct storage_facts facts;
	u64 start_ts;
	struct cpumask started;
	struct print_graph *graphs;
};

static struct print_style reader_style(const struct trace_reader *reader)
{
	return lines_style(reader->tr, reader->symbols, reader->events, reader->latency);
}

/* The return that is shown with the entry at hand; NULL if there is none. */
static const struct rb_event *exit_at_hand(const struct trace_reader *reader,
					   const struct print_style *style)
{
	return lines_leaf(reader->iter,
			  lines_graph_of(reader->tr, reader->graphs, reader->iter->cpu), style);
}

/* The event at hand was shown, or is passed over. */
static void leave_event(struct trace_reader *reader)
{
	struct print_style style = reader_style(reader);
	struct iter *iter = reader->iter;
	bool leaf = exit_at_hand(reader, &style);

	cpumask_set_cpu(iter->cpu, &reader->started);
	print_graph_go_on(&reader->graphs[iter->cpu], &iter_at(iter)->event, leaf, &style);
	if (leaf)
		iter_skip_part(iter);
}

static bool next_event(struct trace_reader *reader)
{
	if (reader->iter->cpu >= 0)
		leave_event(reader);
	return iter_next(reader->iter);
}

static void *trace_seek(struct trace_reader *reader, loff_t pos)
{
	int err;

	if (pos < reader->pos || !pos) {
		err = iter_rewind(reader->iter);
		if (err)
			return ERR_PTR(err);
		lines_graphs_init(reader->graphs);
		reader->pos = 0;
	}
	while (reader->pos < pos) {
		if (!next_event(reader))
			return NULL;
		reader->pos++;
	}
	return pos ? reader : SEQ_START_TOKEN;
}

static void *trace_start(struct seq_file *m, loff_t *pos)
{
	struct trace_reader *reader = m->private;

	/* Going on where the last read() ended. */
	if (*pos && *pos == reader->pos)
		return reader->iter->cpu >= 0 ? reader : NULL;
	return trace_seek(reader, *pos);
}

static void *trace_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct trace_reader *reader = m->private;

	++*pos;
	reader->pos++;
	return next_event(reader) ? reader : NULL;
}

static void trace_stop(struct seq_file *m, void *v)
{
}

/* What is shown next is written where it will be read from. */
static void line_begin(struct seq_file *m, struct text *text)
{
	char *buf;
	size_t size = seq_get_buf(m, &buf);

	text_init(text, buf, size);
}

/* If there was no room, the same is shown again when there is more. */
static void line_end(struct seq_file *m, const struct text *text)
{
	seq_commit(m, text->full ? -1 : text->len);
}

static const char *preempt_model(void)
{
	return preempt_model_none() ? "server" : preempt_model_voluntary() ? "desktop" :
	       preempt_model_full() ? "preempt" : preempt_model_rt() ? "preempt_rt" : "unknown";
}

/* Of a piece of what was written events are counted one by one. */
static u64 count_kept(struct trace_reader *reader)
{
	u64 nr = 0;

	while (iter_next(reader->iter))
		nr++;
	/* The pages cannot become larger meanwhile: the first would have to be given back. */
	iter_rewind(reader->iter);
	return nr;
}

/* Count the events of the parts that a reader goes through. */
static void count_events(struct trace_reader *reader, u64 *entries, u64 *overrun)
{
	struct rb_stats stats;
	int cpu;

	*entries = 0;
	*overrun = 0;
	if (reader->kept) {
		*entries = count_kept(reader);
		return;
	}
	for_each_possible_cpu(cpu) {
		struct buffer_cpu *part = buffer_part(reader->iter->buf, cpu);

		if (!buffer_selected(cpu, reader->cpu))
			continue;
		mutex_lock(&part->read_lock);
		rb_stats(part->rb, &stats);
		mutex_unlock(&part->read_lock);
		*entries += stats.entries;
		*overrun += stats.fate.overrun;
	}
}

static void show_header(struct seq_file *m, struct trace_reader *reader,
			const struct print_style *style)
{
	struct print_totals totals = {
		.cpus = num_online_cpus(),
		.release = init_utsname()->release,
		.model = preempt_model(),
		.cpu = reader->tr->cpu,
	};
	const struct storage_facts *facts = &reader->facts;
	const struct fnt_tracer *tracer;
	struct text text;
	u64 overrun;

	count_events(reader, &totals.entries, &overrun);
	totals.written = totals.entries + overrun;
	trace_lock();
	tracer = reader->tr->tracer;
	trace_unlock();
	if (reader->kept && facts->serial) {
		totals.cpu = facts->cpu;
		totals.latency = (struct print_latency) {
			.us = facts->ns / NSEC_PER_USEC,
			.comm = facts->comm,
			.pid = facts->pid,
			.uid = from_kuid_munged(current_user_ns(), facts->uid),
			.nice = facts->nice,
			.policy = facts->policy,
			.rt_priority = facts->rt_priority,
			.started = facts->started,
			.ended = facts->ended,
		};
	}
	totals.note = tracer->note;
	if (!reader->kept && reader->iter->buf == &reader->tr->snapshot && !totals.entries) {
		seq_printf(m, "# tracer: %s\n#\n", tracer->name);
		snapshot_help(m, reader->tr, reader->cpu);
		return;
	}
	line_begin(m, &text);
	if (trace_is_graph(reader->tr))
		print_graph_header(&text, tracer->name, &totals, style);
	else
		print_header(&text, tracer->name, &totals, style);
	line_end(m, &text);
}

static struct print_place place_of(struct trace_reader *reader, const struct print_style *style)
{
	struct print_place place = {
		.cpu = reader->iter->cpu,
		.index = reader->pos - 1,
		.first_of_cpu = reader->annotate &&
				!cpumask_test_cpu(reader->iter->cpu, &reader->started),
		.start_ts = reader->start_ts,
		.graph = lines_graph_of(reader->tr, reader->graphs, reader->iter->cpu),
		.exit = exit_at_hand(reader, style),
	};

	if (!reader->latency || !iter_peek(reader->iter, &place.next_ts))
		place.next_ts = iter_at(reader->iter)->event.ts;
	return place;
}

static int trace_show(struct seq_file *m, void *v)
{
	struct trace_reader *reader = m->private;
	struct print_style style = reader_style(reader);
	const struct iter_cpu *at;
	struct print_place place;
	struct text text;

	if (v == SEQ_START_TOKEN) {
		show_header(m, reader, &style);
		return 0;
	}
	place = place_of(reader, &style);
	at = iter_at(reader->iter);
	line_begin(m, &text);
	if (at->lost)
		print_lost(&text, place.cpu, at->lost, at->before_ts, at->event.ts,
			   style.clock_in_ns);
	print_event(&text, &place, &at->event, &style);
	line_end(m, &text);
	return 0;
}

static const struct seq_operations trace_seq_ops = {
	.start = trace_start,
	.next = trace_next,
	.stop = trace_stop,
	.show = trace_show,
};

/*
 * The buffer to be read. If the tracer keeps what took longest that is shown where the
 * trace would be.
 */
static struct trace_buffer *reader_buffer(struct trace_reader *reader, struct trace_buffer *buf)
{
	trace_lock();
	reader->kept = reader->tr->latency && buf == &reader->tr->buffer;
	if (reader->kept) {
		latency_take(reader->tr, &reader->facts);
		buf = &reader->tr->snapshot;
	}
	trace_unlock();
	return buf;
}

/* What was kept is a piece of the ring of one CPU, or of all. */
static void reader_limit(struct trace_reader *reader)
{
	const struct storage_facts *facts = &reader->facts;

	reader->start_ts = reader->kept ? facts->from_ts : reader->tr->start_ts;
	if (!reader->kept)
		return;
	if (!facts->serial || (!facts->everywhere && !buffer_selected(facts->cpu, reader->cpu)))
		iter_limit(reader->iter, U64_MAX, 0);
	else
		iter_limit(reader->iter, facts->from_ts, facts->to_ts);
}

/* What is so for as long as the trace is open. */
static void reader_init(struct trace_reader *reader)
{
	u64 entries, overrun;

	lines_graphs_init(reader->graphs);
	reader_limit(reader);
	reader->latency = reader->tr->options & PRINT_LATENCY;
	count_events(reader, &entries, &overrun);
	reader->annotate = overrun;
	reader->pausing = reader->iter->buf == &reader->tr->buffer && trace_pause(reader->tr);
}

static void reader_exit(struct trace_reader *reader)
{
	if (reader->pausing)
		trace_resume(reader->tr);
	if (reader->iter)
		iter_destroy(reader->iter);
	symbols_put(reader->symbols);
	event_printer_destroy(reader->events);
	kvfree(reader->graphs);
}

/**
 * text_open - open a buffer to be read as text, if it is to be read at all
 * @inode: of the file
 * @file: of a row whose buffer it is
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int text_open(struct inode *inode, struct file *file)
{
	const struct tree_file *tf = tree_file(file);
	struct trace_reader *reader;
	struct trace_buffer *buf;

	if (!(file->f_mode & FMODE_READ))
		return 0;
	/* A trigger may have asked for a snapshot. */
	if (tf->row->snapshot)
		deferred_wait(tf->tr);
	reader = __seq_open_private(file, &trace_seq_ops, sizeof(*reader));
	if (!reader)
		return -ENOMEM;
	reader->tr = tf->tr;
	reader->cpu = tf->index;
	buf = reader_buffer(reader, tf->buf);
	/* Of all CPUs one has it, or all. */
	reader->iter = iter_create(buf, reader->kept && !reader->facts.everywhere &&
				   tf->index == BUFFER_ALL_CPUS ? reader->facts.cpu : tf->index,
				   READ_ONCE(buf->order));
	reader->graphs = lines_graphs_create();
	reader->events = event_printer_create();
	/* Last: they stay for the next reader. */
	reader->symbols = reader->iter && reader->graphs && reader->events ? symbols_get() : NULL;
	if (!reader->symbols) {
		reader_exit(reader);
		seq_release_private(inode, file);
		return -ENOMEM;
	}
	reader_init(reader);
	return 0;
}

/* What is shown is forgotten. */
static void empty_trace(struct fnt_trace *tr, int cpu)
{
	trace_lock();
	if (tr->latency)
		latency_clear(tr);
	else
		trace_clear(tr, cpu);
	trace_unlock();
}

static int trace_open(struct inode *inode, struct file *file)
{
	const struct tree_file *tf = tree_file(file);

	if (file->f_mode & FMODE_WRITE && file->f_flags & O_TRUNC)
		empty_trace(tf->tr, tf->index);
	return text_open(inode, file);
}

/**
 * text_release - undo text_open()
 * @inode: of the file
 * @file: the file
 *
 * Context: process, may sleep.
 * Return: 0.
 */
int text_release(struct inode *inode, struct file *file)
{
	if (!(file->f_mode & FMODE_READ))
		return 0;
	reader_exit(((struct seq_file *)file->private_data)->private);
	return seq_release_private(inode, file);
}

/* Opening it to be emptied did all there is to do. */
static ssize_t trace_write(struct file *file, const char __user *ubuf, size_t count, loff_t *ppos)
{
	return count;
}

/**
 * text_llseek - seek in what text_open() has opened
 * @file: the file
 * @offset: where to
 * @whence: from where
 *
 * Context: process, may sleep.
 * Return: the new position; an errno.
 */
loff_t text_llseek(struct file *file, loff_t offset, int whence)
{
	if (file->f_mode & FMODE_READ)
		return seq_lseek(file, offset, whence);
	file->f_pos = 0;
	return 0;
}

const struct file_operations trace_fops = {
	.owner = THIS_MODULE,
	.open = trace_open,
	.read = seq_read,
	.write = trace_write,
	.llseek = text_llseek,
	.release = text_release,
};

/*
 * An open trace_pipe: text that was made and not read yet.
 */
struct pipe_reader {
	struct mutex lock;
	bool read_some;
	size_t taken;
	struct lines *lines;
};

/* Make the next line and consume its event. Return false if there is none. */
static bool make_line(struct pipe_reader *reader, struct fnt_trace *tr, int cpu)
{
	reader->taken = 0;
	return lines_next(reader->lines, tr, cpu);
}

static ssize_t copy_text(struct pipe_reader *reader, char __user *ubuf, size_t count)
{
	const struct text *text = &reader->lines->text;
	size_t len = min(count, text->len - reader->taken);

	if (copy_to_user(ubuf, text->buf + reader->taken, len))
		return -EFAULT;
	reader->taken += len;
	return len;
}

/* As many lines as there are and fit; 0 if there are none. */
static ssize_t read_lines(struct pipe_reader *reader, const struct tree_file *tf,
			  char __user *ubuf, size_t count)
{
	size_t done = 0;
	ssize_t len;

	while (done < count) {
		if (reader->taken == reader->lines->text.len &&
		    !make_line(reader, tf->tr, tf->index))
			break;
		len = copy_text(reader, ubuf + done, count - done);
		if (len < 0)
			return done ?: len;
		done += len;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static ssize_t trace_pipe_read(struct file *file, char __user *ubuf, size_t count, loff_t *ppos)
{
	struct pipe_reader *reader = file->private_data;
	const struct tree_file *tf = tree_file(file);
	ssize_t ret;

	if (!count)
		return 0;
	for (;;) {
		if (mutex_lock_interruptible(&reader->lock))
			return -EINTR;
		ret = read_lines(reader, tf, ubuf, count);
		if (ret > 0)
			reader->read_some = true;
		mutex_unlock(&reader->lock);
		if (ret)
			return ret;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		/* The end, if something was read and nothing more can come. */
		if (!trace_is_on(tf->tr) && reader->read_some)
			return 0;
		ret = buffer_wait(tf->buf, tf->index, false);
		if (ret)
			return ret;
	}
}

static __poll_t trace_pipe_poll(struct file *file, struct poll_table_struct *table)
{
	const struct tree_file *tf = tree_file(file);

	/* With the option block reading waits, as in the kernel. */
	if (buffer_poll(tf->buf, tf->index, false, file, table) ||
	    READ_ONCE(tf->tr->options) & TRACE_OPT_BLOCK)
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

static void pipe_reader_destroy(struct pipe_reader *reader)
{
	lines_destroy(reader->lines);
	kfree(reader);
}

static struct pipe_reader *pipe_reader_create(bool latency)
{
	struct pipe_reader *reader = kzalloc(sizeof(*reader), GFP_KERNEL);

	if (!reader)
		return NULL;
	mutex_init(&reader->lock);
	reader->lines = lines_create(latency);
	if (reader->lines)
		return reader;
	kfree(reader);
	return NULL;
}

static int trace_pipe_open(struct inode *inode, struct file *file)
{
	const struct tree_file *tf = tree_file(file);
	struct pipe_reader *reader;
	int err;

	reader = pipe_reader_create(tf->tr->options & PRINT_LATENCY);
	if (!reader)
		return -ENOMEM;
	err = trace_text_pipe_get(tf->tr, tf->index);
	if (err) {
		pipe_reader_destroy(reader);
		return err;
	}
	file->private_data = reader;
	return nonseekable_open(inode, file);
}

static int trace_pipe_release(struct inode *inode, struct file *file)
{
	const struct tree_file *tf = tree_file(file);
	struct pipe_reader *reader = file->private_data;

	trace_text_pipe_put(tf->tr, tf->index);
	pipe_reader_destroy(reader);
	return 0;
}

const struct file_operations trace_pipe_fops = {
	.owner = THIS_MODULE,
	.open = trace_pipe_open,
	.read = trace_pipe_read,
	.poll = trace_pipe_poll,
	.llseek = no_llseek,
	.release = trace_pipe_release,
};
