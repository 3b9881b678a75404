// SPDX-License-Identifier: GPL-2.0
/*
 * Files with functions in them: those that can be traced, those that are to be,
 * those that are.
 */

#include "debugfs/files.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "core/fault.h"
#include "core/filter.h"
#include "core/hash.h"
#include "patching/ops.h"

/* What one write() is copied in. */
#define WRITE_CHUNK 4096

static void show_name(struct seq_file *m, const struct ops_function *function)
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
	show_name(m, &function);
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

/* A function that somebody wants: its users, and how it is served. */
static int enabled_show(struct seq_file *m, void *v)
{
	struct ops_function function;

	ops_function_nth(*(loff_t *)v, &function);
	if (!function.users)
		return SEQ_SKIP;
	show_name(m, &function);
	seq_printf(m, " (%u)\t%s\n", function.users, function.state);
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

/**
 * struct filter_session - set_ftrace_filter or set_ftrace_notrace, open
 * @lock: of all
 * @tr: the trace
 * @except: it is set_ftrace_notrace
 * @truncated: opened to be emptied first
 * @accepted: a word was understood and found
 * @failed: one was not
 * @words: cuts what is written into words
 * @ips: the functions so far
 * @nr: number of @ips
 * @room: places in @ips
 *
 * What is written takes effect at close(), as a whole: clients write thousands
 * of numbers, one a write(). Words that were refused leave the others as they
 * are; if nothing was accepted, the setting stays what it was.
 */
struct filter_session {
	struct mutex lock;
	struct fnt_trace *tr;
	bool except;
	bool truncated;
	bool accepted;
	bool failed;
	struct filter_words words;
	unsigned long *ips;
	unsigned int nr;
	unsigned int room;
};

static const char *session_file(const struct filter_session *session)
{
	return session->except ? "set_ftrace_notrace" : "set_ftrace_filter";
}

static int session_room(struct filter_session *session, unsigned int more)
{
	unsigned int room = max(session->room * 2, session->nr + more);
	unsigned long *ips;

	if (session->nr + more <= session->room)
		return 0;
	ips = kvmalloc_array(room, sizeof(*ips), GFP_KERNEL);
	if (!ips)
		return -ENOMEM;
	if (session->nr)
		memcpy(ips, session->ips, session->nr * sizeof(*ips));
	kvfree(session->ips);
	session->ips = ips;
	session->room = room;
	return 0;
}

/* Take addresses out again; both ascending within @drop. */
static void session_drop(struct filter_session *session, const struct fnt_hash *drop)
{
	unsigned int i, kept = 0;

	for (i = 0; i < session->nr; i++)
		if (!hash_contains(drop, session->ips[i]))
			session->ips[kept++] = session->ips[i];
	session->nr = kept;
}

static int session_change(struct filter_session *session, const struct filter_term *term,
			  const unsigned long *ips, unsigned int nr)
{
	struct fnt_hash *drop;
	int err;

	if (!term->negate) {
		err = session_room(session, nr);
		if (!err) {
			memcpy(session->ips + session->nr, ips, nr * sizeof(*ips));
			session->nr += nr;
		}
		return err;
	}
	drop = hash_create(ips, nr);
	if (!drop)
		return -ENOMEM;
	session_drop(session, drop);
	hash_destroy(drop);
	return 0;
}

static int apply_term(struct filter_session *session, const struct filter_term *term,
		      struct filter_error *error)
{
	struct ops_function function;
	unsigned long *ips = NULL;
	int nr, err;

	err = ops_functions_begin();
	if (err)
		return err;
	if (term->number) {
		nr = ops_function_nth(term->number - 1, &function);
		err = nr ? session_change(session, term, &function.ip, 1) : 0;
	} else {
		nr = ops_functions_find(term, &ips);
		err = nr < 0 ? nr : session_change(session, term, ips, nr);
		kvfree(ips);
	}
	ops_functions_end();
	if (!err && !nr) {
		error->pos = term->negate;
		error->what = term->number ? "There is no such line" : "No function matches";
		err = -EINVAL;
	}
	return err;
}

/* Obey the word at hand. */
static int apply_word(struct filter_session *session)
{
	char word[FILTER_WORD_MAX + 1];
	struct filter_error error = { };
	struct filter_term term;
	int err;

	strscpy(word, session->words.word, sizeof(word));
	err = filter_parse(word, &term, &error);
	if (!err)
		err = apply_term(session, &term, &error);
	if (error.what)
		errlog_add(&session->tr->errors, session_file(session), session->words.word,
			   strlen(session->words.word), error.pos, error.what);
	if (err)
		session->failed = true;
	else
		session->accepted = true;
	return err;
}

/* Obey all words that are complete. Return the bytes taken, or an error. */
static ssize_t feed(struct filter_session *session, const char *buf, size_t len)
{
	size_t used, done = 0;
	int ret;

	while (done < len) {
		ret = filter_words_feed(&session->words, buf + done, len - done, &used);
		if (ret < 0) {
			session->failed = true;
			errlog_add(&session->tr->errors, session_file(session), buf + done,
				   len - done, 0, "Word too long");
		} else if (ret) {
			ret = apply_word(session);
		}
		/* A refused word behind others is reported by the next write(). */
		if (ret < 0)
			return done ?: ret;
		done += used;
	}
	return done;
}

static ssize_t filter_write(struct file *file, const char __user *ubuf, size_t count, loff_t *ppos)
{
	struct seq_file *m = file->private_data;
	struct filter_session *session = m->private;
	ssize_t done;
	char *buf;

	count = min_t(size_t, count, WRITE_CHUNK);
	if (!count)
		return 0;
	buf = memdup_user(ubuf, count);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	mutex_lock(&session->lock);
	done = feed(session, buf, count);
	mutex_unlock(&session->lock);
	kfree(buf);
	return done;
}

/* What was written becomes the setting. */
static void session_finish(struct filter_session *session)
{
	struct fnt_trace *tr = session->tr;
	struct fnt_hash *hash = NULL;
	int err;

	if (filter_words_finish(&session->words))
		apply_word(session);
	if (!session->accepted && (!session->truncated || session->failed))
		return;
	if (session->nr) {
		hash = hash_create(session->ips, session->nr);
		if (!hash) {
			errlog_add(&tr->errors, session_file(session), "", 0, 0,
				   "Not enough memory");
			return;
		}
	}
	trace_lock();
	err = session->except ? trace_set_filters(tr, tr->filter, hash) :
				 trace_set_filters(tr, hash, tr->except);
	trace_unlock();
	if (err) {
		hash_destroy(hash);
		errlog_add(&tr->errors, session_file(session), "", 0, 0,
			   "Could not be applied, the old setting stays");
	}
}

/*
 * Reading: position 0 is the first function of the set, or the line that says
 * that there is none.
 */
static const struct fnt_hash *shown_set(const struct filter_session *session)
{
	return session->except ? session->tr->except : session->tr->filter;
}

static void *filter_start(struct seq_file *m, loff_t *pos)
{
	const struct filter_session *session = m->private;
	const struct fnt_hash *set;
	int err;

	trace_lock();
	err = ops_functions_begin();
	if (err) {
		trace_unlock();
		return ERR_PTR(err);
	}
	set = shown_set(session);
	return *pos < (set ? set->nr : 1) ? pos : NULL;
}

static void *filter_next(struct seq_file *m, void *v, loff_t *pos)
{
	const struct fnt_hash *set = shown_set(m->private);

	++*pos;
	return set && *pos < set->nr ? pos : NULL;
}

static void filter_stop(struct seq_file *m, void *v)
{
	if (IS_ERR(v))
		return;
	ops_functions_end();
	trace_unlock();
}

static int filter_show(struct seq_file *m, void *v)
{
	const struct filter_session *session = m->private;
	const struct fnt_hash *set = shown_set(session);
	struct ops_function function;

	if (!set) {
		seq_puts(m, session->except ? "#### no functions disabled ####\n" :
						"#### all functions enabled ####\n");
		return 0;
	}
	/* Gone, if its module is. */
	if (!ops_function_at(set->ips[*(loff_t *)v], &function))
		return SEQ_SKIP;
	show_name(m, &function);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations filter_seq_ops = {
	.start = filter_start,
	.next = filter_next,
	.stop = filter_stop,
	.show = filter_show,
};

/* Begin with what is set, unless that is to be replaced. */
static int session_begin(struct filter_session *session, const struct file *file)
{
	const struct fnt_hash *set;
	int err = 0;

	session->truncated = file->f_flags & O_TRUNC;
	if (!(file->f_mode & FMODE_WRITE) || session->truncated)
		return 0;
	trace_lock();
	set = shown_set(session);
	if (set) {
		err = session_room(session, set->nr);
		if (!err) {
			memcpy(session->ips, set->ips, set->nr * sizeof(*set->ips));
			session->nr = set->nr;
		}
	}
	trace_unlock();
	return err;
}

static int open_session(struct inode *inode, struct file *file, bool except)
{
	struct filter_session *session;
	int err;

	/* What is written takes effect when the file is closed: too late to say no. */
	if (file->f_mode & FMODE_WRITE && fault_killed())
		return -EIO;
	session = __seq_open_private(file, &filter_seq_ops, sizeof(*session));
	if (!session)
		return -ENOMEM;
	mutex_init(&session->lock);
	session->tr = tree_file(file)->tr;
	session->except = except;
	filter_words_init(&session->words);
	err = session_begin(session, file);
	if (err)
		seq_release_private(inode, file);
	return err;
}

static int set_filter_open(struct inode *inode, struct file *file)
{
	return open_session(inode, file, false);
}

static int set_notrace_open(struct inode *inode, struct file *file)
{
	return open_session(inode, file, true);
}

static int filter_release(struct inode *inode, struct file *file)
{
	struct filter_session *session = ((struct seq_file *)file->private_data)->private;

	if (file->f_mode & FMODE_WRITE)
		session_finish(session);
	kvfree(session->ips);
	return seq_release_private(inode, file);
}

const struct file_operations set_filter_fops = {
	.owner = THIS_MODULE,
	.open = set_filter_open,
	.read = seq_read,
	.write = filter_write,
	.llseek = seq_lseek,
	.release = filter_release,
};

const struct file_operations set_notrace_fops = {
	.owner = THIS_MODULE,
	.open = set_notrace_open,
	.read = seq_read,
	.write = filter_write,
	.llseek = seq_lseek,
	.release = filter_release,
};
