/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_DEBUGFS_TREE_H
#define FNT_DEBUGFS_TREE_H

/* The control tree: which files there are. */

#include <linux/fs.h>
#include <linux/seq_file.h>

#include "core/trace.h"

ssize_t tree_write(struct file *file, const char __user *ubuf, size_t count, loff_t *ppos);

int tree_init(void);
void tree_exit(void);

/**
 * struct tree_error - what is wrong with a command
 * @pos: where in the command
 * @what: a constant string for error_log; NULL if the errno says it all
 */
struct tree_error {
	unsigned int pos;
	const char *what;
};

struct tree_row;

/**
 * struct tree_file - what a file has at inode->i_private
 * @tr: the trace that it belongs to
 * @buf: the buffer of it that it is about: the snapshot's, for some
 * @row: its row of the table
 * @index: which of those that the row stands for; the CPU for those below
 *         per_cpu, BUFFER_ALL_CPUS for their namesakes at the top
 */
struct tree_file {
	struct fnt_trace *tr;
	struct trace_buffer *buf;
	const struct tree_row *row;
	int index;
};

/**
 * tree_file - what a file of the control tree is
 * @file: open
 *
 * Context: any.
 * Return: what it was created with.
 */
static inline const struct tree_file *tree_file(const struct file *file)
{
	return file_inode(file)->i_private;
}

#endif
