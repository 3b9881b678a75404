// SPDX-License-Identifier: GPL-2.0
/*
 * kprobe_events, dynamic_events, kprobe_profile: events that users make.
 */

#include "debugfs/files.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "core/probes.h"
#include "core/trace.h"

/* What one write() may bring, and a line of it. */
#define WRITE_MAX 1048576
#define LINE_MAX 4095

/* The name that tools look for in error_log (v6.1: kernel/trace/trace_kprobe.c). */
#define LOG_NAME "trace_kprobe"

static int obey_line(struct fnt_trace *tr, char *line)
{
	struct probe_fault fault = { };
	char *copy;
	int err;

	probe_spaces(line);
	if (!*line)
		return 0;
	copy = kstrdup(line, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	err = *line == '-' || *line == '!' ? probes_remove(line) : probes_create(line, &fault);
	if (err && fault.what)
		errlog_add(&tr->errors, LOG_NAME, copy, strlen(copy), fault.pos, fault.what);
	kfree(copy);
	return err;
}

/* Lines are obeyed up to the first that is refused; what is behind a "#" is none of them. */
static int obey(struct fnt_trace *tr, char *text)
{
	char *line, *hash;
	int err = 0;

	while (!err && (line = strsep(&text, "\n"))) {
		if (strlen(line) > LINE_MAX)
			return -EINVAL;
		hash = strchr(line, '#');
		if (hash)
			*hash = '\0';
		err = obey_line(tr, line);
	}
	return err;
}

static ssize_t probe_events_write(struct file *file, const char __user *ubuf, size_t count,
				  loff_t *ppos)
{
	char *buf;
	int err;

	if (count > WRITE_MAX)
		return -E2BIG;
	buf = kvmalloc(count + 1, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	buf[count] = '\0';
	err = copy_from_user(buf, ubuf, count) ? -EFAULT : obey(tree_file(file)->tr, buf);
	kvfree(buf);
	return err ?: count;
}

static int probe_events_seq_show(struct seq_file *m, void *unused)
{
	probes_show(m);
	return 0;
}

static int probe_events_open(struct inode *inode, struct file *file)
{
	int err = 0;

	if (file->f_mode & FMODE_WRITE && file->f_flags & O_TRUNC)
		err = probes_remove_all();
	return err ?: single_open(file, probe_events_seq_show, NULL);
}

const struct file_operations probe_events_fops = {
	.owner = THIS_MODULE,
	.open = probe_events_open,
	.read = seq_read,
	.write = probe_events_write,
	.llseek = seq_lseek,
	.release = single_release,
};

SHOW(probe_profile_show)
{
	probes_show_profile(m);
	return 0;
}
