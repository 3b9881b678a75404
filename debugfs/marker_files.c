// SPDX-License-Identifier: GPL-2.0
/*
 * trace_marker and trace_marker_raw: user space writes into the trace.
 */

#include "debugfs/files.h"

#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

/* More than the longest record: the rest is for the next write. */
#define MARKER_MAX SZ_2K

static ssize_t write_marker(struct file *file, const char __user *ubuf, size_t count,
			    int (*write)(struct fnt_trace *tr, const void *data, size_t len))
{
	void *data;
	int ret;

	count = min_t(size_t, count, MARKER_MAX);
	data = memdup_user(ubuf, count);
	if (IS_ERR(data))
		return PTR_ERR(data);
	ret = write(tree_file(file)->tr, data, count);
	kfree(data);
	return ret;
}

static int write_string(struct fnt_trace *tr, const void *data, size_t len)
{
	return tracing_mark_write(tr, data, len);
}

static ssize_t trace_marker_write(struct file *file, const char __user *ubuf, size_t count,
				  loff_t *ppos)
{
	return write_marker(file, ubuf, count, write_string);
}

static ssize_t trace_marker_raw_write(struct file *file, const char __user *ubuf, size_t count,
				      loff_t *ppos)
{
	return write_marker(file, ubuf, count, trace_mark_raw);
}

const struct file_operations trace_marker_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = trace_marker_write,
	.llseek = no_llseek,
};

const struct file_operations trace_marker_raw_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = trace_marker_raw_write,
	.llseek = no_llseek,
};
