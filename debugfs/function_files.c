// SPDX-License-Identifier: GPL-2.0
/*
 * Listings of functions: those that can be traced, those that are.
 */

#include "debugfs/files.h"

#include <linux/err.h>
#include <linux/module.h>

#include "patching/ops.h"

/**
 * function_name_show - print a function as all listings have it
 * @m: receives it
 * @function: the function
 *
 * Context: process.
 */
void function_name_show(struct seq_file *m, const struct ops_function *function)
{
	seq_puts(m, function->name);
	if (function->module)
		seq_printf(m, " [%s]", function->module);
}

static void *functions_start(struct seq_file *m, loff_t *pos)
{
	struct ops_function function;
	int err = ops_functions_begin();

	if (err)
		return ERR_PTR(err);
	return ops_function_nth(*pos, &function) ? pos : NULL;
}

static void *functions_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct ops_function function;

	++*pos;
	return ops_function_nth(*pos, &function) ? pos : NULL;
}

static void functions_stop(struct seq_file *m, void *v)
{
	if (!IS_ERR(v))
		ops_functions_end();
}

static int available_show(struct seq_file *m, void *v)
{
	struct ops_function function;

	ops_function_nth(*(loff_t *)v, &function);
	function_name_show(m, &function);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations available_seq_ops = {
	.start = functions_start,
	.next = functions_next,
	.stop = functions_stop,
	.show = available_show,
};

static int available_open(struct inode *inode, struct file *file)
{
	return seq_open(file, &available_seq_ops);
}

const struct file_operations available_functions_fops = {
	.owner = THIS_MODULE,
	.open = available_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release,
};

struct sharers_shown {
	struct seq_file *m;
	unsigned int nr;
};

static void show_sharer(void *data, const char *callback)
{
	struct sharers_shown *shown = data;

	seq_printf(shown->m, "%s%s", shown->nr++ ? ", " : " with ", callback);
}

/*
 * A function that somebody wants: its users, how it is served, with whom it is
 * shared, the bytes that stand there, and how often it was called if that is
 * counted.
 */
static int enabled_show(struct seq_file *m, void *v)
{
	struct sharers_shown shown = { .m = m };
	struct ops_function function;

	ops_function_nth(*(loff_t *)v, &function);
	if (!function.users)
		return SEQ_SKIP;
	function_name_show(m, &function);
	seq_printf(m, " (%u)\t%s", function.users, function.state);
	ops_function_sharers(&function, show_sharer, &shown);
	seq_printf(m, "\t%5ph", (const void *)function.ip);
	if (function.counted)
		seq_printf(m, "\t%llu hits, %llu missed", function.hits, function.missed);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations enabled_seq_ops = {
	.start = functions_start,
	.next = functions_next,
	.stop = functions_stop,
	.show = enabled_show,
};

static int enabled_open(struct inode *inode, struct file *file)
{
	return seq_open(file, &enabled_seq_ops);
}

const struct file_operations enabled_functions_fops = {
	.owner = THIS_MODULE,
	.open = enabled_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release,
};
