// SPDX-License-Identifier: GPL-2.0
/*
 * Paths of the control tree, held against the rows of its table. A directory is what
 * some row's path leads through; a row with `%s` or `%u` stands for each thing of a
 * kind. Below instances/ a trace has a directory with the same rows again.
 */

#include "debugfs/path.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/stringhash.h>

#include "core/event.h"
#include "core/events.h"
#include "core/instances.h"
#include "debugfs/files.h"
#include "debugfs/fs.h"
#include "debugfs/tree.h"

#define DIR_MODE 0750

/* The longest name that may be in the table, and the longest path but for instances. */
#define NAME_SIZE (NAME_MAX + 1)
#define PATH_SIZE (NAME_SIZE + 64)

/**
 * struct tree_dir - what a directory has at inode->i_private
 * @tr: the trace that it belongs to
 * @path: where it is, below the directory of that
 */
struct tree_dir {
	struct fnt_trace *tr;
	char path[];
};

/* Bytes of a path up to the next slash. */
static size_t first_part(const char *path)
{
	return strchrnul(path, '/') - path;
}

static bool system_next(unsigned int *n, char *buf, size_t size)
{
	const struct event_system *system;

	events_lock();
	system = event_system_from(*n);
	if (system) {
		*n = system->number;
		strscpy(buf, system->name, size);
	}
	events_unlock();
	return system;
}

static bool event_next(unsigned int within, unsigned int *n, char *buf, size_t size)
{
	const struct event_system *system;
	const struct event_def *event;

	events_lock();
	system = event_system_numbered(within);
	event = system ? event_from(system, *n) : NULL;
	if (event) {
		*n = event->number;
		strscpy(buf, event->name, size);
	}
	events_unlock();
	return event;
}

static const char *marks_next(unsigned int *n)
{
	const struct event_def *marks = events_marks();

	if (!marks || *n > marks->number)
		return NULL;
	*n = marks->number;
	return marks->name;
}

/*
 * The first thing of a kind at *n or behind; its name, or NULL if there is none. @within:
 * in which it is, of things that are within others.
 */
static const char *each_name(enum tree_each each, int within, unsigned int *n, char *buf,
			     size_t size)
{
	const struct event_layout *layout;

	switch (each) {
	case EACH_CPU:
		while (*n < nr_cpu_ids && !cpu_possible(*n))
			++*n;
		if (*n >= nr_cpu_ids)
			return NULL;
		snprintf(buf, size, "%u", *n);
		return buf;
	case EACH_OPTION:
		return trace_nth_option(*n);
	case EACH_LAYOUT:
		layout = event_nth_layout(*n);
		return layout ? layout->name : NULL;
	case EACH_MARKS:
		return marks_next(n);
	case EACH_EVENT:
		if (within >= 0)
			return event_next(within, n, buf, size) ? buf : NULL;
		fallthrough;
	case EACH_SYSTEM:
		return system_next(n, buf, size) ? buf : NULL;
	case EACH_INSTANCE:
		return instance_next(n, buf, size) ? buf : NULL;
	default:
		return NULL;
	}
}

static bool is_instance(const char *name)
{
	struct fnt_trace *tr = instance_find(name);

	if (tr)
		trace_put(tr);
	return tr;
}

/* Of these there are too many to go through them. */
static bool event_find(unsigned int within, const char *name, size_t len, int *index)
{
	const struct event_system *system;
	const struct event_def *event;

	events_lock();
	system = event_system_numbered(within);
	event = system ? event_in(system, name, len) : NULL;
	if (event)
		*index = event->number;
	events_unlock();
	return event;
}

/* Which one of a kind has a name; *index is the one that it is within. */
static bool each_find(enum tree_each each, const char *name, size_t len, int *index)
{
	char buf[NAME_SIZE];
	const char *found;
	unsigned int n;

	/* There may be thousands. Nothing comes behind a name. */
	if (each == EACH_INSTANCE)
		return is_instance(name);
	if (each == EACH_EVENT && *index >= 0)
		return event_find(*index, name, len, index);
	for (n = 0; (found = each_name(each, -1, &n, buf, sizeof(buf))); n++) {
		if (strlen(found) != len || memcmp(found, name, len))
			continue;
		*index = n;
		return true;
	}
	return false;
}

/* Does a part of a row's path, up to the next slash, stand for a part of a path? */
static bool part_matches(const struct tree_row *row, const char *pattern, const char *path,
			 int *index)
{
	size_t pattern_len = first_part(pattern), len = first_part(path);
	const char *mark = memchr(pattern, '%', pattern_len);
	size_t before = mark ? mark - pattern : pattern_len;

	if (len < before || memcmp(pattern, path, before))
		return false;
	if (!mark)
		return len == before;
	return each_find(row->each, path + before, len - before, index);
}

/*
 * Hold a path against a row. Return what of the row's path is behind it: "" if it is
 * the row's, more if it is a directory on the way there; NULL if it is neither. *index
 * receives which of those it is that the row stands for.
 */
static const char *row_matches(const struct tree_row *row, const struct fnt_trace *tr,
			       const char *path, int *index)
{
	const char *pattern = row->path;

	*index = BUFFER_ALL_CPUS;
	if (row->top && tr != trace_root())
		return NULL;
	while (*path) {
		if (!*pattern || !part_matches(row, pattern, path, index))
			return NULL;
		pattern += first_part(pattern);
		path += first_part(path);
		pattern += *pattern == '/';
		path += *path == '/';
	}
	return pattern;
}

/* Numbers of files are made of their paths, so that they need not be looked for. */
static unsigned long number_of(const struct fnt_trace *tr, const char *path)
{
	unsigned long hash = init_name_hash(0);
	const char *c;

	for (c = tr->name ?: ""; *c; c++)
		hash = partial_name_hash(*c, hash);
	hash = partial_name_hash('/', hash);
	for (c = path; *c; c++)
		hash = partial_name_hash(*c, hash);
	return end_name_hash(hash) ?: 1;
}

static bool join(char *path, const struct tree_dir *dir, const char *name, size_t len)
{
	return snprintf(path, PATH_SIZE, "%s%s%.*s", dir->path, *dir->path ? "/" : "", (int)len,
			name) < PATH_SIZE;
}

static int make_dir(struct fnt_trace *tr, const char *path, struct fs_node *node)
{
	struct tree_dir *dir = kmalloc(struct_size(dir, path, strlen(path) + 1), GFP_KERNEL);

	if (!dir)
		return -ENOMEM;
	trace_get(tr);
	dir->tr = tr;
	strcpy(dir->path, path);
	*node = (struct fs_node) {
		.mode = S_IFDIR | DIR_MODE,
		.ino = number_of(tr, path),
		.private = dir,
	};
	return 0;
}

static int make_file(struct fnt_trace *tr, const char *path, const struct tree_row *row,
		     int index, struct fs_node *node)
{
	struct tree_file *file = kmalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return -ENOMEM;
	trace_get(tr);
	*file = (struct tree_file) { .tr = tr, .row = row, .index = index };
	file->buf = row->snapshot ? &tr->snapshot : &tr->buffer;
	*node = (struct fs_node) {
		.mode = S_IFREG | row->mode,
		.ino = number_of(tr, path),
		.fops = tree_row_fops(row),
		.private = file,
	};
	return 0;
}

static int make_instance(const char *name, struct fs_node *node)
{
	struct fnt_trace *tr = instance_find(name);
	int err;

	if (!tr)
		return -ENOENT;
	err = make_dir(tr, "", node);
	trace_put(tr);
	return err;
}

static int path_root(struct fs_node *node)
{
	return make_dir(trace_root(), "", node);
}

static int path_lookup(const void *private, const char *name, struct fs_node *node)
{
	const struct tree_dir *dir = private;
	const struct tree_row *row;
	char path[PATH_SIZE];
	const char *behind;
	unsigned int n;
	int index;

	if (!join(path, dir, name, strlen(name)))
		return -ENOENT;
	for (n = 0; (row = tree_nth_row(n)); n++) {
		behind = row_matches(row, dir->tr, path, &index);
		if (!behind)
			continue;
		if (*behind)
			return make_dir(dir->tr, path, node);
		if (row->each == EACH_INSTANCE)
			return make_instance(name, node);
		return make_file(dir->tr, path, row, index, node);
	}
	return -ENOENT;
}

/* Tell of one child; false if there is no room for it. */
static bool emit(const struct tree_dir *dir, const char *name, size_t len, bool is_dir,
		 struct dir_context *ctx)
{
	char path[PATH_SIZE];

	if (!join(path, dir, name, len))
		return true;
	return dir_emit(ctx, name, len, number_of(dir->tr, path), is_dir ? DT_DIR : DT_REG);
}

/*
 * All that a part of a row's path stands for, from place ctx->pos on, where the first
 * is at @place. Return the place behind; negative if there was no room for all.
 */
static loff_t emit_each(const struct tree_dir *dir, const struct tree_row *row, int within,
			const char *part, loff_t place, struct dir_context *ctx)
{
	size_t len = first_part(part), before;
	bool is_dir = part[len] || row->each == EACH_INSTANCE;
	const char *mark = memchr(part, '%', len), *found;
	char buf[NAME_SIZE], name[NAME_SIZE];
	unsigned int n;

	if (!mark) {
		if (ctx->pos > place)
			return place + 1;
		if (!emit(dir, part, len, is_dir, ctx))
			return -1;
		return ++ctx->pos;
	}
	before = mark - part;
	for (n = 0; (found = each_name(row->each, within, &n, buf, sizeof(buf))); n++) {
		if (ctx->pos > place + n)
			continue;
		len = snprintf(name, sizeof(name), "%.*s%s", (int)before, part, found);
		ctx->pos = place + n;
		if (!emit(dir, name, len, is_dir, ctx))
			return -1;
		ctx->pos++;
	}
	return place + n;
}

static int path_list(const void *private, struct dir_context *ctx)
{
	const struct tree_dir *dir = private;
	const char *part, *last = NULL;
	const struct tree_row *row;
	loff_t place = 2;
	unsigned int n;
	int index;

	for (n = 0; (row = tree_nth_row(n)); n++) {
		part = row_matches(row, dir->tr, dir->path, &index);
		if (!part || !*part)
			continue;
		/* Rows of one directory follow one another. */
		if (last && first_part(last) == first_part(part) &&
		    !memcmp(last, part, first_part(part)))
			continue;
		last = part;
		place = emit_each(dir, row, index, part, place, ctx);
		if (place < 0)
			break;
	}
	return 0;
}

/* The directory whose children are traces. */
static bool is_instances(const struct tree_dir *dir)
{
	return dir->tr == trace_root() && !strcmp(dir->path, "instances");
}

/* What was refused is in the error_log at the top. */
static void log_refusal(const char *name, const char *what)
{
	errlog_add(&trace_root()->errors, "instances", name, strlen(name), 0, what);
}

static int path_mkdir(const void *private, const char *name, struct fs_node *node)
{
	struct fnt_trace *tr;
	int err;

	if (!is_instances(private))
		return -EPERM;
	err = instance_create(name, &tr);
	if (!err) {
		err = make_dir(tr, "", node);
		if (err)
			instance_remove(tr);
		trace_put(tr);
	}
	if (err == -ENOMEM)
		log_refusal(name, "Not enough memory");
	return err;
}

static int path_rmdir(const void *victim)
{
	const struct tree_dir *dir = victim;
	int err = *dir->path ? -EPERM : instance_remove(dir->tr);

	if (err == -EBUSY)
		log_refusal(dir->tr->name, "A file of it is open");
	return err;
}

static void path_forget(void *private, bool is_dir)
{
	struct tree_dir *dir = private;
	struct tree_file *file = private;

	trace_put(is_dir ? dir->tr : file->tr);
	kfree(private);
}

/* In the tree of one trace. A system goes with its last event. */
static void forget_event(const char *above, const struct event_def *event)
{
	const char *system = event->system->name;
	char *path;

	if (list_empty(&event->system->events))
		path = kasprintf(GFP_KERNEL, "%sevents/%s", above, system);
	else
		path = kasprintf(GFP_KERNEL, "%sevents/%s/%s", above, system, event->name);
	if (path)
		fs_forget(path);
	else
		pr_warn("no memory to remove the files of event %s:%s\n", system, event->name);
	kfree(path);
}

/**
 * path_forget_event - an event has gone, and so do its files
 * @event: nobody finds it any more
 *
 * Context: process, may sleep.
 */
void path_forget_event(const struct event_def *event)
{
	char name[NAME_SIZE], above[NAME_SIZE + sizeof("instances//")];
	unsigned int n;

	forget_event("", event);
	for (n = 0; instance_next(&n, name, sizeof(name)); n++) {
		snprintf(above, sizeof(above), "instances/%s/", name);
		forget_event(above, event);
	}
}

const struct fs_tree path_tree = {
	.root = path_root,
	.lookup = path_lookup,
	.list = path_list,
	.mkdir = path_mkdir,
	.rmdir = path_rmdir,
	.forget = path_forget,
};
