// SPDX-License-Identifier: GPL-2.0
/*
 * The histograms of the hist tracer, and what they are like.
 */

#include "debugfs/files.h"

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "core/hist_store.h"
#include "core/text.h"

/* The longest text of the settings. */
#define SETTINGS_MAX 128

/* An open hist: what was taken; NULL if the tracer in use keeps no histograms. */
struct hist_reader {
	struct results_taken *taken;
	const struct fnt_results *results;
	struct hist_settings settings;
	const char *tracer;
};

static void *pieces_start(struct seq_file *m, loff_t *pos)
{
	const struct hist_reader *reader = m->private;

	return *pos < (reader->taken ? reader->taken->pieces : 1) ? pos : NULL;
}

static void *pieces_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return pieces_start(m, pos);
}

static void pieces_stop(struct seq_file *m, void *v)
{
}

static int pieces_show(struct seq_file *m, void *v)
{
	const struct hist_reader *reader = m->private;
	struct text text;
	char *buf;
	size_t size = seq_get_buf(m, &buf);

	text_init(&text, buf, size);
	if (reader->taken) {
		reader->results->print(reader->taken, *(loff_t *)v, &text);
	} else {
		hist_print_settings(&text, &reader->settings, "function");
		text_printf(&text, "# there are histograms while the tracer is hist or latency; it is %s\n",
			    reader->tracer);
	}
	/* If there was no room, the same is shown again when there is more. */
	seq_commit(m, text.full ? -1 : text.len);
	return 0;
}

static const struct seq_operations pieces_seq_ops = {
	.start = pieces_start,
	.next = pieces_next,
	.stop = pieces_stop,
	.show = pieces_show,
};

static int clear_results(struct fnt_trace *tr)
{
	int err = 0;

	trace_lock();
	if (tr->tracer->results)
		err = tr->tracer->results->clear(tr);
	trace_unlock();
	return err;
}

static int take_results(struct fnt_trace *tr, struct hist_reader *reader)
{
	int err = 0;

	trace_lock();
	reader->settings = tr->hist;
	reader->tracer = tr->tracer->name;
	reader->results = tr->tracer->results;
	if (reader->results)
		reader->taken = reader->results->take(tr);
	trace_unlock();
	if (IS_ERR(reader->taken)) {
		err = PTR_ERR(reader->taken);
		reader->taken = NULL;
	}
	return err;
}

static int hist_open(struct inode *inode, struct file *file)
{
	struct fnt_trace *tr = tree_file(file)->tr;
	struct hist_reader *reader;
	int err = 0;

	if (file->f_mode & FMODE_WRITE && file->f_flags & O_TRUNC)
		err = clear_results(tr);
	if (err || !(file->f_mode & FMODE_READ))
		return err;
	reader = __seq_open_private(file, &pieces_seq_ops, sizeof(*reader));
	if (!reader)
		return -ENOMEM;
	err = take_results(tr, reader);
	if (err)
		seq_release_private(inode, file);
	return err;
}

static int hist_release(struct inode *inode, struct file *file)
{
	struct hist_reader *reader;

	if (!(file->f_mode & FMODE_READ))
		return 0;
	reader = ((struct seq_file *)file->private_data)->private;
	if (reader->taken)
		reader->results->drop(reader->taken);
	return seq_release_private(inode, file);
}

/* Whatever is written clears it. */
static ssize_t hist_write(struct file *file, const char __user *ubuf, size_t count, loff_t *ppos)
{
	return clear_results(tree_file(file)->tr) ?: count;
}

const struct file_operations hist_fops = {
	.owner = THIS_MODULE,
	.open = hist_open,
	.read = seq_read,
	.write = hist_write,
	.llseek = text_llseek,
	.release = hist_release,
};

SHOW(hist_unit_show)
{
	const char *name;
	unsigned int n;
	u32 ns;

	for (n = 0; (name = hist_nth_unit(n, &ns)); n++)
		seq_printf(m, ns == file->tr->hist.shape.unit ? "%s[%s]" : "%s%s", n ? " " : "",
			   name);
	seq_putc(m, '\n');
	return 0;
}

STORE(hist_unit_store)
{
	struct hist_settings settings;
	const char *name;
	unsigned int n;
	int err;
	u32 ns;

	for (n = 0; (name = hist_nth_unit(n, &ns)); n++)
		if (!strcmp(name, cmd))
			break;
	if (!name) {
		error->what = "Neither ns nor us nor ms";
		return -EINVAL;
	}
	trace_lock();
	settings = file->tr->hist;
	settings.shape.unit = ns;
	err = trace_set_hist(file->tr, &settings);
	trace_unlock();
	return err;
}

static int show_setting(struct seq_file *m, const struct tree_file *file,
			void (*print)(struct text *text, const struct hist_settings *settings))
{
	char buf[SETTINGS_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	print(&text, &file->tr->hist);
	seq_printf(m, "%s\n", buf);
	return 0;
}

SHOW(hist_buckets_show)
{
	return show_setting(m, file, hist_print_buckets_setting);
}

/* The width of buckets, 0 for log2. */
static int parse_buckets(char *cmd, u32 *width, struct tree_error *error)
{
	static const char linear[] = "linear ";
	size_t len = sizeof(linear) - 1;

	*width = 0;
	if (!strcmp(cmd, "log2"))
		return 0;
	if (strncmp(cmd, linear, len)) {
		error->what = "Neither log2 nor linear WIDTH";
		return -EINVAL;
	}
	cmd = skip_spaces(cmd + len);
	error->pos = len;
	if (kstrtou32(cmd, 10, width) || !*width) {
		error->what = "Not a width from 1 to 4294967295";
		return -EINVAL;
	}
	return 0;
}

STORE(hist_buckets_store)
{
	struct hist_settings settings;
	u32 width;
	int err = parse_buckets(cmd, &width, error);

	if (err)
		return err;
	trace_lock();
	settings = file->tr->hist;
	settings.shape.width = width;
	err = trace_set_hist(file->tr, &settings);
	trace_unlock();
	return err;
}

static void print_keys(struct text *text, const struct hist_settings *settings)
{
	hist_print_keys(text, settings, "function");
}

SHOW(hist_keys_show)
{
	return show_setting(m, file, print_keys);
}

/* Words: function, which is one always, and others. */
static int parse_keys(char *cmd, u8 *keys, struct tree_error *error)
{
	char *rest = cmd, *word;
	const char *name;
	unsigned int n;

	*keys = 0;
	while ((word = strsep(&rest, " \t\n"))) {
		if (!*word || !strcmp(word, "function"))
			continue;
		for (n = 0; (name = hist_nth_key(n)); n++)
			if (!strcmp(name, word))
				break;
		if (!name) {
			error->what = "Neither function nor result nor task nor cpu";
			error->pos = word - cmd;
			return -EINVAL;
		}
		*keys |= BIT(n);
	}
	return 0;
}

STORE(hist_keys_store)
{
	struct hist_settings settings;
	u8 keys;
	int err = parse_keys(cmd, &keys, error);

	if (err)
		return err;
	trace_lock();
	settings = file->tr->hist;
	settings.keys = keys;
	err = trace_set_hist(file->tr, &settings);
	trace_unlock();
	return err;
}
