// SPDX-License-Identifier: GPL-2.0
/*
 * trace_pipe_raw and snapshot_raw: pages of the ring in the kernel's format, by
 * read(), by splice(), and by mmap() as newer kernels have it.
 */

#include "debugfs/files.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pipe_fs_i.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uaccess.h>

#include "core/buffer.h"
#include "core/kabi.h"
#include "core/mapping.h"

/**
 * struct raw_reader - an open trace_pipe_raw
 * @lock: of all
 * @page: consumed, and perhaps not read to the end
 * @size: bytes of @page; the pages of the buffer keep their size as long as this
 *        is open
 * @taken: bytes of @page that were read
 */
struct raw_reader {
	struct mutex lock;
	struct rb_data_page *page;
	size_t size;
	size_t taken;
};

static struct buffer_cpu *part_of(const struct tree_file *tf)
{
	return buffer_part(tf->buf, tf->index);
}

/*
 * Put the next events into the reader's page: a whole page by an exchange with
 * the ring's, unless somebody has mapped that; of others a copy, up to @count
 * bytes. Return false if there is nothing, or no room for it.
 */
static bool next_page(const struct tree_file *tf, struct raw_reader *reader, size_t count)
{
	struct buffer_cpu *part = part_of(tf);
	struct rb_data_page *page = NULL;
	bool got = true;

	mutex_lock(&part->read_lock);
	if (count >= reader->size && !part->mapped)
		page = rb_exchange_page(part->rb, reader->page);
	if (page)
		reader->page = page;
	else
		got = rb_read_page(part->rb, reader->page, min(count, reader->size), false);
	mutex_unlock(&part->read_lock);
	if (!got)
		return false;
	if (count < reader->size)
		memset((u8 *)reader->page + count, 0, reader->size - count);
	reader->taken = 0;
	return true;
}

static ssize_t copy_page_rest(struct raw_reader *reader, char __user *ubuf, size_t count)
{
	size_t len = min_t(size_t, count, reader->size - reader->taken);
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
		ret = 0;
		if (reader->taken < reader->size || next_page(tf, reader, count))
			ret = copy_page_rest(reader, ubuf, count);
		mutex_unlock(&reader->lock);
		/* Too little room for any event is no reason to wait. */
		if (ret || count <= RB_PAGE_HEADER ||
		    buffer_ready(tf->buf, tf->index, false))
			return ret;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = buffer_wait(tf->buf, tf->index, false);
		if (ret)
			return ret;
		if (!trace_is_on(tf->tr) && !buffer_ready(tf->buf, tf->index, false))
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

/*
 * Consume a closed page that nobody has read from: the ring gets new memory and
 * the caller the page's own. Only if somebody has mapped it, it is copied.
 * Return NULL if there is none, or an errno.
 */
static struct rb_data_page *take_page(const struct tree_file *tf)
{
	struct rb_data_page *fresh, *page = NULL;
	struct buffer_cpu *part = part_of(tf);
	struct storage *storage;

	mutex_lock(&part->read_lock);
	storage = buffer_storage(part->rb);
	fresh = storage_page_alloc(storage);
	if (!fresh) {
		mutex_unlock(&part->read_lock);
		return ERR_PTR(-ENOMEM);
	}
	if (!part->mapped)
		page = rb_exchange_page(&storage->rb, fresh);
	else if (rb_read_page(&storage->rb, fresh, PAGE_SIZE << storage->order, true))
		swap(page, fresh);
	if (!page)
		storage_page_free(storage, fresh);
	mutex_unlock(&part->read_lock);
	return page;
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
	struct rb_data_page *page;
	unsigned int n;

	for (n = 0; n < min_t(unsigned int, max, PIPE_DEF_BUFFERS); n++) {
		page = take_page(tf);
		if (IS_ERR(page) && !n)
			return PTR_ERR(page);
		if (IS_ERR_OR_NULL(page))
			break;
		pages[n] = virt_to_page(page);
		partial[n].len = buffer_page_size(tf->buf);
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
	unsigned int max, size = buffer_page_size(tf->buf);
	ssize_t ret;

	if (*ppos & (size - 1) || len < size)
		return -EINVAL;
	for (;;) {
		max = min_t(size_t, len / size, pipe_room(pipe));
		ret = splice_pages(tf, pipe, max ?: 1);
		if (ret) {
			if (ret > 0)
				*ppos += ret;
			return ret;
		}
		if (file->f_flags & O_NONBLOCK || flags & SPLICE_F_NONBLOCK)
			return -EAGAIN;
		ret = buffer_wait(tf->buf, tf->index, true);
		if (ret)
			return ret;
		/* Woken without whole pages: the caller shall look at what woke it. */
		if (!buffer_ready(tf->buf, tf->index, true))
			return 0;
	}
}

static __poll_t raw_poll(struct file *file, struct poll_table_struct *table)
{
	const struct tree_file *tf = tree_file(file);

	if (buffer_poll(tf->buf, tf->index, true, file, table) ||
	    READ_ONCE(tf->tr->options) & TRACE_OPT_BLOCK)
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

/* Command 0 wakes all who wait for this CPU's events. */
static long raw_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct tree_file *tf = tree_file(file);
	int err;

	switch (cmd) {
	case 0:
		buffer_wake(tf->buf, tf->index);
		return 0;
	case MAPPING_GET_READER:
		err = file->f_flags & O_NONBLOCK ? 0 : buffer_wait(tf->buf, tf->index, true);
		return err ?: mapping_next(part_of(tf));
	default:
		return -ENOTTY;
	}
}

static struct buffer_cpu *vma_part(const struct vm_area_struct *vma)
{
	return part_of(tree_file(vma->vm_file));
}

static void raw_vma_open(struct vm_area_struct *vma)
{
	mapping_reopen(vma_part(vma));
}

static void raw_vma_close(struct vm_area_struct *vma)
{
	mapping_close(vma_part(vma));
}

static vm_fault_t raw_vma_fault(struct vm_fault *vmf)
{
	vmf->page = mapping_page(vma_part(vmf->vma), vmf->pgoff);
	return vmf->page ? 0 : VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct raw_vma_ops = {
	.open = raw_vma_open,
	.close = raw_vma_close,
	.fault = raw_vma_fault,
};

/* To be read by those who share it, for nothing else. */
static int raw_mmap(struct file *file, struct vm_area_struct *vma)
{
	int err;

	if (vma->vm_flags & (VM_WRITE | VM_EXEC) || !(vma->vm_flags & VM_MAYSHARE))
		return -EPERM;
	err = mapping_open(part_of(tree_file(file)), vma->vm_pgoff, vma_pages(vma));
	if (err)
		return err;
	kabi_vm_flags(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE | VM_MAYEXEC);
	vma->vm_ops = &raw_vma_ops;
	return 0;
}

/* So that another thread that is blocked in the same file returns. */
static int raw_flush(struct file *file, fl_owner_t id)
{
	const struct tree_file *tf = tree_file(file);

	buffer_wake(tf->buf, tf->index);
	return 0;
}

static int raw_open(struct inode *inode, struct file *file)
{
	struct raw_reader *reader;

	reader = kzalloc(sizeof(*reader), GFP_KERNEL);
	if (!reader)
		return -ENOMEM;
	/* From here on the size of the pages does not change. */
	trace_pipe_get(tree_file(file)->tr);
	reader->size = buffer_page_size(tree_file(file)->buf);
	/* As a ring has them, as it may become one of its pages. */
	reader->page = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP,
						get_order(reader->size));
	if (!reader->page) {
		trace_pipe_put(tree_file(file)->tr);
		kfree(reader);
		return -ENOMEM;
	}
	mutex_init(&reader->lock);
	reader->taken = reader->size;
	file->private_data = reader;
	return nonseekable_open(inode, file);
}

static int raw_release(struct inode *inode, struct file *file)
{
	struct raw_reader *reader = file->private_data;

	trace_pipe_put(tree_file(file)->tr);
	free_pages((unsigned long)reader->page, get_order(reader->size));
	kfree(reader);
	return 0;
}

const struct file_operations trace_pipe_raw_fops = {
	.owner = THIS_MODULE,
	.open = raw_open,
	.read = raw_read,
	.splice_read = raw_splice_read,
	.poll = raw_poll,
	.mmap = raw_mmap,
	.unlocked_ioctl = raw_ioctl,
	.compat_ioctl = raw_ioctl,
	.flush = raw_flush,
	.llseek = no_llseek,
	.release = raw_release,
};
