// SPDX-License-Identifier: GPL-2.0
/*
 * trace_pipe_raw: pages of the ring in the kernel's format, by read() and by
 * splice().
 */

#include "debugfs/files.h"

#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/pipe_fs_i.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uaccess.h>

#include "core/buffer.h"

/**
 * struct raw_reader - an open trace_pipe_raw
 * @lock: of all
 * @page: consumed, and perhaps not read to the end
 * @taken: bytes of it that were read
 */
struct raw_reader {
	struct mutex lock;
	struct rb_data_page *page;
	size_t taken;
};

static struct buffer_cpu *part_of(const struct tree_file *tf)
{
	return buffer_part(&tf->tr->buffer, tf->index);
}

static unsigned int consume(const struct tree_file *tf, struct rb_data_page *page, size_t size,
			    bool whole)
{
	struct buffer_cpu *part = part_of(tf);
	unsigned int len;

	mutex_lock(&part->read_lock);
	len = rb_read_page(part->rb, page, size, whole);
	mutex_unlock(&part->read_lock);
	return len;
}

static ssize_t copy_page_rest(struct raw_reader *reader, char __user *ubuf, size_t count)
{
	size_t len = min_t(size_t, count, PAGE_SIZE - reader->taken);
	size_t left = copy_to_user(ubuf, (u8 *)reader->page + reader->taken, len);

	if (left == len)
		return -EFAULT;
	reader->taken += len - left;
	return len - left;
}

/*
 * A page that was begun is read to its end first. Into less than a page only as
 * many events go as fit, with the rest of the page behind them zero.
 */
static ssize_t raw_read(struct file *file, char __user *ubuf, size_t count, loff_t *ppos)
{
	struct raw_reader *reader = file->private_data;
	const struct tree_file *tf = tree_file(file);
	ssize_t ret;

	for (;;) {
		if (mutex_lock_interruptible(&reader->lock))
			return -EINTR;
		if (reader->taken == PAGE_SIZE &&
		    consume(tf, reader->page, min_t(size_t, count, PAGE_SIZE), false)) {
			if (count < PAGE_SIZE)
				memset((u8 *)reader->page + count, 0, PAGE_SIZE - count);
			reader->taken = 0;
		}
		ret = reader->taken < PAGE_SIZE ? copy_page_rest(reader, ubuf, count) : 0;
		mutex_unlock(&reader->lock);
		/* Too little room for any event is no reason to wait. */
		if (ret || count <= RB_PAGE_HEADER ||
		    buffer_ready(&tf->tr->buffer, tf->index, false))
			return ret;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = buffer_wait(&tf->tr->buffer, tf->index, false);
		if (ret)
			return ret;
		if (!trace_is_on(tf->tr) && !buffer_ready(&tf->tr->buffer, tf->index, false))
			return 0;
	}
}

static void raw_pipe_release(struct pipe_inode_info *pipe, struct pipe_buffer *buf)
{
	put_page(buf->page);
	buf->page = NULL;
}

static const struct pipe_buf_operations raw_pipe_ops = {
	.release = raw_pipe_release,
	.try_steal = generic_pipe_buf_try_steal,
	.get = generic_pipe_buf_get,
};

static void raw_spd_release(struct splice_pipe_desc *spd, unsigned int i)
{
	put_page(spd->pages[i]);
}

/* Put up to @max closed pages into a pipe; 0 if there are none. */
static ssize_t splice_pages(const struct tree_file *tf, struct pipe_inode_info *pipe,
			    unsigned int max)
{
	struct page *pages[PIPE_DEF_BUFFERS];
	struct partial_page partial[PIPE_DEF_BUFFERS] = { };
	struct splice_pipe_desc spd = {
		.pages = pages,
		.partial = partial,
		.nr_pages_max = PIPE_DEF_BUFFERS,
		.ops = &raw_pipe_ops,
		.spd_release = raw_spd_release,
	};
	unsigned int n;
	struct page *page;

	for (n = 0; n < min_t(unsigned int, max, PIPE_DEF_BUFFERS); n++) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			return n ? splice_to_pipe(pipe, &spd) : -ENOMEM;
		if (!consume(tf, page_address(page), PAGE_SIZE, true)) {
			put_page(page);
			break;
		}
		pages[n] = page;
		partial[n].len = PAGE_SIZE;
		spd.nr_pages = n + 1;
	}
	return n ? splice_to_pipe(pipe, &spd) : 0;
}

/* Room in the pipe: what does not go in would be lost. */
static unsigned int pipe_room(struct pipe_inode_info *pipe)
{
	unsigned int used = pipe_occupancy(pipe->head, pipe->tail);

	return used < pipe->max_usage ? pipe->max_usage - used : 0;
}

static ssize_t raw_splice_read(struct file *file, loff_t *ppos, struct pipe_inode_info *pipe,
			       size_t len, unsigned int flags)
{
	const struct tree_file *tf = tree_file(file);
	unsigned int max;
	ssize_t ret;

	if (*ppos & ~PAGE_MASK || len < PAGE_SIZE)
		return -EINVAL;
	for (;;) {
		max = min_t(size_t, len / PAGE_SIZE, pipe_room(pipe));
		ret = splice_pages(tf, pipe, max ?: 1);
		if (ret) {
			if (ret > 0)
				*ppos += ret;
			return ret;
		}
		if (file->f_flags & O_NONBLOCK || flags & SPLICE_F_NONBLOCK)
			return -EAGAIN;
		ret = buffer_wait(&tf->tr->buffer, tf->index, true);
		if (ret)
			return ret;
		/* Woken without whole pages: the caller shall look at what woke it. */
		if (!buffer_ready(&tf->tr->buffer, tf->index, true))
			return 0;
	}
}

static __poll_t raw_poll(struct file *file, struct poll_table_struct *table)
{
	const struct tree_file *tf = tree_file(file);

	if (buffer_poll(&tf->tr->buffer, tf->index, true, file, table))
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

/* Command 0 wakes all who wait for this CPU's events. */
static long raw_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct tree_file *tf = tree_file(file);

	if (cmd)
		return -ENOTTY;
	buffer_wake(&tf->tr->buffer, tf->index);
	return 0;
}

/* So that another thread that is blocked in the same file returns. */
static int raw_flush(struct file *file, fl_owner_t id)
{
	const struct tree_file *tf = tree_file(file);

	buffer_wake(&tf->tr->buffer, tf->index);
	return 0;
}

static int raw_open(struct inode *inode, struct file *file)
{
	struct raw_reader *reader;

	reader = kzalloc(sizeof(*reader), GFP_KERNEL);
	if (!reader)
		return -ENOMEM;
	reader->page = (struct rb_data_page *)get_zeroed_page(GFP_KERNEL);
	if (!reader->page) {
		kfree(reader);
		return -ENOMEM;
	}
	mutex_init(&reader->lock);
	reader->taken = PAGE_SIZE;
	file->private_data = reader;
	trace_pipe_get(tree_file(file)->tr);
	return nonseekable_open(inode, file);
}

static int raw_release(struct inode *inode, struct file *file)
{
	struct raw_reader *reader = file->private_data;

	trace_pipe_put(tree_file(file)->tr);
	free_page((unsigned long)reader->page);
	kfree(reader);
	return 0;
}

const struct file_operations trace_pipe_raw_fops = {
	.owner = THIS_MODULE,
	.open = raw_open,
	.read = raw_read,
	.splice_read = raw_splice_read,
	.poll = raw_poll,
	.unlocked_ioctl = raw_ioctl,
	.compat_ioctl = raw_ioctl,
	.flush = raw_flush,
	.llseek = no_llseek,
	.release = raw_release,
};
