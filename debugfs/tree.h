/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_DEBUGFS_TREE_H
#define FNT_DEBUGFS_TREE_H

/* The control tree: which files there are. */

#include <linux/fs.h>
#include <linux/seq_file.h>

#include "core/trace.h"

struct tree_file;
struct tree_row;

/**
 * struct tree_error - what is wrong with a command
 * @pos: where in the command
 * @what: a constant string for error_log; NULL if the errno says it all
 */
struct tree_error {
	unsigned int pos;
	const char *what;
};

#define SHOW(name) int name(struct seq_file *m, const struct tree_file *file)
#define STORE(name) int name(const struct tree_file *file, char *cmd, struct tree_error *error)

/* What a row with a `%s` or `%u` in its path stands for. */
enum tree_each {
	EACH_ONE,
	EACH_CPU,
	EACH_OPTION,
	EACH_LAYOUT,	/* records of tracers */
	EACH_MARKS,	/* that of trace_marker among them */
	EACH_SYSTEM,	/* of events */
	EACH_EVENT,	/* with a system before it */
	EACH_INSTANCE,
};

/* A write of no bytes at all, for store(). */
enum tree_nothing {
	NOTHING_STORED,		/* it is asked, as always */
	NOTHING_TAKEN,
	NOTHING_REFUSED,
};

/**
 * struct tree_row - a file, or several of a kind
 * @path: below the directory of a trace
 * @mode: permissions
 * @each: for which things there is one
 * @show: prints it
 * @store: obeys it
 * @nothing: what a write of no bytes is, as in the kernel's file
 * @truncate: the file is opened to be emptied: 0 or an errno; NULL if that means nothing
 * @fops: instead of these, for what is more than that; it may have the store
 *        function called by tree_write()
 * @log: what error_log calls it; NULL for its path
 * @snapshot: it is about the buffer of the snapshot
 * @top: it is about no trace, and only at the top
 */
struct tree_row {
	const char *path;
	umode_t mode;
	enum tree_each each;
	SHOW((*show));
	STORE((*store));
	enum tree_nothing nothing;
	int (*truncate)(const struct tree_file *file);
	const struct file_operations *fops;
	const char *log;
	bool snapshot;
	bool top;
};

/**
 * struct tree_file - what a file has at inode->i_private
 * @tr: the trace that it belongs to
 * @buf: the buffer of it that it is about: the snapshot's, for some
 * @row: its row of the table
 * @index: which of those that the row stands for; the CPU for those below
 *         per_cpu, BUFFER_ALL_CPUS for their namesakes at the top; the number of
 *         an event or a system of events
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

ssize_t tree_write(struct file *file, const char __user *ubuf, size_t count, loff_t *ppos);

const struct tree_row *tree_nth_row(unsigned int n);
const struct file_operations *tree_row_fops(const struct tree_row *row);

int tree_init(void);
void tree_exit(void);

#endif
