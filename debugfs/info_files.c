// SPDX-License-Identifier: GPL-2.0
/*
 * Files that describe: the records and the tasks.
 */

#include "debugfs/files.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include "core/comm.h"
#include "core/event.h"
#include "core/text.h"

static int show_text(struct seq_file *m, void (*print)(struct text *text, const void *arg),
		     const void *arg)
{
	struct text text;
	char *buf;

	buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	text_init(&text, buf, PAGE_SIZE);
	print(&text, arg);
	seq_puts(m, buf);
	kfree(buf);
	return 0;
}

static void print_header_page(struct text *text, const void *arg)
{
	const struct fnt_trace *tr = arg;

	event_print_header_page(text, buffer_page_size(&tr->buffer));
}

SHOW(header_page_show)
{
	return show_text(m, print_header_page, file->tr);
}

static void print_header_event(struct text *text, const void *arg)
{
	event_print_header_event(text);
}

SHOW(header_event_show)
{
	return show_text(m, print_header_event, NULL);
}

static void print_format(struct text *text, const void *arg)
{
	event_print_format(text, arg);
}

SHOW(event_format_show)
{
	return show_text(m, print_format, event_nth_layout(file->index));
}

static int show_saved(struct seq_file *m, bool processes)
{
	unsigned int n, size = comm_size();
	char comm[COMM_LEN];
	int pid, tgid;

	for (n = 0; n < size; n++) {
		if (!comm_nth(n, &pid, &tgid, comm))
			continue;
		if (processes)
			seq_printf(m, "%d %d\n", pid, tgid);
		else
			seq_printf(m, "%d %s\n", pid, comm);
	}
	return 0;
}

SHOW(saved_cmdlines_show)
{
	return show_saved(m, false);
}

SHOW(saved_tgids_show)
{
	return show_saved(m, true);
}

SHOW(saved_cmdlines_size_show)
{
	seq_printf(m, "%u\n", comm_size());
	return 0;
}

STORE(saved_cmdlines_size_store)
{
	unsigned long places;
	int err = file_number(cmd, &places, error);

	if (err)
		return err;
	err = comm_resize(places);
	if (err == -EINVAL)
		error->what = "Not between 1 and 4194304";
	return err;
}

SHOW(timestamp_mode_show)
{
	seq_puts(m, file->buf->absolute ? "delta [absolute]\n" : "[delta] absolute\n");
	return 0;
}

/* The kernel lets only its histograms do this. */
STORE(timestamp_mode_store)
{
	bool absolute = !strcmp(cmd, "absolute");

	if (!absolute && strcmp(cmd, "delta")) {
		error->what = "Neither delta nor absolute";
		return -EINVAL;
	}
	trace_lock();
	trace_set_absolute(file->tr, absolute);
	trace_unlock();
	return 0;
}

/* No record here refers to a format of trace_printk(). */
SHOW(printk_formats_show)
{
	return 0;
}
