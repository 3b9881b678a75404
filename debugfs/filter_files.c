// SPDX-License-Identifier: GPL-2.0
/*
 * set_ftrace_filter and set_ftrace_notrace: the functions that are to be traced;
 * set_graph_function and set_graph_notrace: those whose calls function_graph shows.
 */

#include "debugfs/files.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "core/commands.h"
#include "core/conditions.h"
#include "core/events.h"
#include "core/fault.h"
#include "core/filter.h"
#include "core/hash.h"
#include "patching/ops.h"

/* What one write() is copied in. */
#define WRITE_CHUNK 4096

/* Bytes of words that are kept for modules that are loaded later. */
#define LATER_MAX (64 * 1024)

enum session_kind { FILTER_ONLY, FILTER_EXCEPT, GRAPH_ONLY, GRAPH_EXCEPT };

static const char *const filter_names[] = {
	[FILTER_ONLY] = "set_ftrace_filter",
	[FILTER_EXCEPT] = "set_ftrace_notrace",
	[GRAPH_ONLY] = "set_graph_function",
	[GRAPH_EXCEPT] = "set_graph_notrace",
};

/**
 * struct filter_session - one of the files, open
 * @lock: of all
 * @tr: the trace
 * @kind: which file
 * @truncated: opened to be emptied first
 * @accepted: a word was understood and found
 * @failed: one was not
 * @later: words for the functions of modules that are loaded later
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
	enum session_kind kind;
	bool truncated;
	bool accepted;
	bool failed;
	char *later;
	struct filter_words words;
	unsigned long *ips;
	unsigned int nr;
	unsigned int room;
};

static const struct fnt_hash *shown_set(const struct filter_session *session)
{
	const struct fnt_trace *tr = session->tr;

	switch (session->kind) {
	case FILTER_ONLY:
		return tr->filter;
	case FILTER_EXCEPT:
		return tr->except;
	case GRAPH_ONLY:
		return tr->graph.roots;
	default:
		return tr->graph.except;
	}
}

/* Where words for modules to come are kept; NULL where there are none, as in the kernel. */
static char **later_of(const struct filter_session *session)
{
	switch (session->kind) {
	case FILTER_ONLY:
		return &session->tr->filter_later;
	case FILTER_EXCEPT:
		return &session->tr->except_later;
	default:
		return NULL;
	}
}

static const char *words_later(const struct filter_session *session)
{
	char **later = later_of(session);

	return later ? *later : NULL;
}

static const char *session_file(const struct filter_session *session)
{
	return filter_names[session->kind];
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
	bool waits;

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
	/* A module that is not there may come. */
	waits = !nr && later_of(session) && term->module && !term->negate &&
		!ops_module_known(term->module);
	ops_functions_end();
	if (!err && !nr && !waits) {
		error->pos = term->negate;
		error->what = term->number ? "There is no such line" : "No function matches";
		err = -EINVAL;
	}
	return err;
}

/* Keep a word for the modules to come. It takes the place of its opposite. */
static int remember(struct filter_session *session, const char *word)
{
	size_t size = (session->later ? strlen(session->later) : 0) + strlen(word) + 2;
	char *later;

	if (size > LATER_MAX)
		return -ENOSPC;
	later = kvmalloc(size, GFP_KERNEL);
	if (!later)
		return -ENOMEM;
	filter_words_add(later, session->later, word);
	kvfree(session->later);
	session->later = later;
	return 0;
}

/* A word about what is to be traced: it takes effect with all others. */
static int choose(struct filter_session *session, char *word, struct filter_error *error)
{
	struct filter_term term;
	int err;

	err = filter_parse(word, &term, error);
	if (!err)
		err = apply_term(session, &term, error);
	if (!err && later_of(session) && filter_term_lasts(&term))
		err = remember(session, session->words.word);
	if (!err)
		session->accepted = true;
	return err;
}

/* One about what is to be done: at once, and it stays whatever becomes of the others. */
static int command(struct filter_session *session, char *word, char *text,
		   struct filter_error *error)
{
	if (session->kind == FILTER_ONLY && condition_is(text))
		return function_condition_obey(session->tr, word, text, error);
	if (session->kind == FILTER_ONLY)
		return function_command_obey(session->tr, word, text, error);
	error->pos = text - word;
	error->what = "Commands are for set_ftrace_filter";
	return -EINVAL;
}

/* Obey the word at hand. */
static int apply_word(struct filter_session *session)
{
	char word[FILTER_WORD_MAX + 1], *text;
	struct filter_error error = { };
	int err;

	strscpy(word, session->words.word, sizeof(word));
	text = filter_command(word);
	err = text ? command(session, word, text, &error) : choose(session, word, &error);
	/* The last word is obeyed at close(), which cannot tell. */
	if (err == -ENOMEM)
		error.what = "Not enough memory";
	if (error.what)
		errlog_add(&session->tr->errors, session_file(session), session->words.word,
			   strlen(session->words.word), error.pos, error.what);
	if (err)
		session->failed = true;
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
	if (IS_ERR(buf)) {
		/* Words that nobody has read must not empty the setting. */
		mutex_lock(&session->lock);
		session->failed = true;
		mutex_unlock(&session->lock);
		return PTR_ERR(buf);
	}
	mutex_lock(&session->lock);
	done = feed(session, buf, count);
	mutex_unlock(&session->lock);
	kfree(buf);
	return done;
}

static int session_apply(struct filter_session *session, struct fnt_hash *hash)
{
	struct fnt_trace *tr = session->tr;
	struct trace_graph graph = tr->graph;

	switch (session->kind) {
	case FILTER_ONLY:
		return trace_set_filters(tr, hash, tr->except);
	case FILTER_EXCEPT:
		return trace_set_filters(tr, tr->filter, hash);
	case GRAPH_ONLY:
		graph.roots = hash;
		return trace_set_graph(tr, &graph);
	default:
		graph.except = hash;
		return trace_set_graph(tr, &graph);
	}
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
	/* With a module to come the set may be empty: that is not "all". */
	if (session->nr || (session->kind == FILTER_ONLY && filter_words_wait(session->later))) {
		hash = hash_create(session->ips, session->nr);
		if (!hash) {
			errlog_add(&tr->errors, session_file(session), "", 0, 0,
				   "Not enough memory");
			return;
		}
	}
	trace_lock();
	err = session_apply(session, hash);
	if (!err && later_of(session))
		swap(*later_of(session), session->later);
	trace_unlock();
	if (err) {
		hash_destroy(hash);
		errlog_add(&tr->errors, session_file(session), "", 0, 0,
			   "Could not be applied, the old setting stays");
	}
}

/*
 * Reading: position 0 is a line that says that the set is empty, if it is;
 * behind the functions come the words that wait for a module, then commands, then
 * conditions.
 */
struct filter_view {
	const struct fnt_hash *set;
	const char *later;
};

static struct filter_view view_of(const struct filter_session *session)
{
	return (struct filter_view) { shown_set(session), words_later(session) };
}

/* The n-th word that waits for a module. */
static bool nth_waiting(const char *later, unsigned int n, char *word)
{
	char copy[FILTER_WORD_MAX + 1];
	struct filter_error error;
	struct filter_term term;

	while ((later = filter_words_next(later, word))) {
		strscpy(copy, word, sizeof(copy));
		if (!filter_parse(copy, &term, &error) && term.module && !term.negate &&
		    !ops_module_known(term.module) && !n--)
			return true;
	}
	return false;
}

/* The command at a place behind the functions, or else the condition there. */
static bool command_at(const struct filter_session *session, const struct filter_view *view,
		       unsigned int n, const struct command_place **place,
		       struct condition_line *line)
{
	const struct trace_commands *commands = session->tr->commands;
	char word[FILTER_WORD_MAX + 1];
	unsigned int waiting = 0;

	if (session->kind != FILTER_ONLY)
		return false;
	while (nth_waiting(view->later, waiting, word))
		waiting++;
	n -= waiting;
	*place = trace_commands_nth(session->tr, n);
	return *place || trace_conditions_nth(session->tr, n - (commands ? commands->nr : 0), line);
}

static void *view_at(const struct filter_session *session, loff_t *pos)
{
	struct filter_view view = view_of(session);
	unsigned int nr = view.set ? view.set->nr : 0;
	const struct command_place *place;
	char word[FILTER_WORD_MAX + 1];
	struct condition_line line;

	if (*pos < max(nr, 1U) || nth_waiting(view.later, *pos - max(nr, 1U), word) ||
	    command_at(session, &view, *pos - max(nr, 1U), &place, &line))
		return pos;
	return NULL;
}

static void *filter_start(struct seq_file *m, loff_t *pos)
{
	int err;

	trace_lock();
	events_lock();
	err = ops_functions_begin();
	if (err) {
		events_unlock();
		trace_unlock();
		return ERR_PTR(err);
	}
	return view_at(m->private, pos);
}

static void *filter_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return view_at(m->private, pos);
}

static void filter_stop(struct seq_file *m, void *v)
{
	if (IS_ERR(v))
		return;
	ops_functions_end();
	events_unlock();
	trace_unlock();
}

/* A line that libtracefs, too, takes for a comment. */
static const char *empty_line(const struct filter_session *session, bool all)
{
	if (session->kind == FILTER_EXCEPT || session->kind == GRAPH_EXCEPT)
		return "#### no functions disabled ####\n";
	return all ? "#### all functions enabled ####\n" : "#### no functions enabled ####\n";
}

static int filter_show(struct seq_file *m, void *v)
{
	const struct filter_session *session = m->private;
	struct filter_view view = view_of(session);
	unsigned int nr = view.set ? view.set->nr : 0;
	const struct command_place *place;
	char word[FILTER_WORD_MAX + 1];
	struct ops_function function;
	struct condition_line line;
	loff_t pos = *(loff_t *)v;

	if (pos < nr) {
		/* Gone, if its module is. */
		if (!ops_function_at(view.set->ips[pos], &function))
			return SEQ_SKIP;
		function_name_show(m, &function);
		seq_putc(m, '\n');
	} else if (!pos) {
		seq_puts(m, empty_line(session, !view.set));
	} else if (nth_waiting(view.later, pos - max(nr, 1U), word)) {
		seq_printf(m, "%s\n", word);
	} else if (command_at(session, &view, pos - max(nr, 1U), &place, &line)) {
		return place ? function_command_show(m, place) : function_condition_show(m, &line);
	}
	return 0;
}

static const struct seq_operations filter_seq_ops = {
	.start = filter_start,
	.next = filter_next,
	.stop = filter_stop,
	.show = filter_show,
};

static char *copy_words(const char *words)
{
	char *copy = kvmalloc(strlen(words) + 1, GFP_KERNEL);

	if (copy)
		strcpy(copy, words);
	return copy;
}

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
	if (!err && words_later(session)) {
		session->later = copy_words(words_later(session));
		err = session->later ? 0 : -ENOMEM;
	}
	trace_unlock();
	if (err)
		kvfree(session->ips);
	return err;
}

static int open_session(struct inode *inode, struct file *file, enum session_kind kind)
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
	session->kind = kind;
	filter_words_init(&session->words);
	err = session_begin(session, file);
	if (err)
		seq_release_private(inode, file);
	return err;
}

static int set_filter_open(struct inode *inode, struct file *file)
{
	return open_session(inode, file, FILTER_ONLY);
}

static int set_notrace_open(struct inode *inode, struct file *file)
{
	return open_session(inode, file, FILTER_EXCEPT);
}

static int set_graph_open(struct inode *inode, struct file *file)
{
	return open_session(inode, file, GRAPH_ONLY);
}

static int set_graph_notrace_open(struct inode *inode, struct file *file)
{
	return open_session(inode, file, GRAPH_EXCEPT);
}

static int filter_release(struct inode *inode, struct file *file)
{
	struct filter_session *session = ((struct seq_file *)file->private_data)->private;

	if (file->f_mode & FMODE_WRITE)
		session_finish(session);
	kvfree(session->later);
	kvfree(session->ips);
	return seq_release_private(inode, file);
}

#define FILTER_FOPS(opens) {		\
	.owner = THIS_MODULE,		\
	.open = opens,			\
	.read = seq_read,		\
	.write = filter_write,		\
	.llseek = seq_lseek,		\
	.release = filter_release,	\
}

const struct file_operations set_filter_fops = FILTER_FOPS(set_filter_open);
const struct file_operations set_notrace_fops = FILTER_FOPS(set_notrace_open);
const struct file_operations set_graph_fops = FILTER_FOPS(set_graph_open);
const struct file_operations set_graph_notrace_fops = FILTER_FOPS(set_graph_notrace_open);
