// SPDX-License-Identifier: GPL-2.0
/*
 * A file is read before it is written for the first time, and all are put back in
 * reverse order, when nothing is traced any more. Whoever has the tree to himself
 * holds a lock on its root directory, which goes with the process.
 */

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fntrace.h"
#include "functions.h"
#include "near.h"
#include "textfile.h"

#define AVAILABLE "available_filter_functions"
#define TRACER "current_tracer"

/* Of so many functions that are nearly what was written the names are told. */
#define NEAR_MOST 3

enum session_kind {
	ONE_VALUE,	/* shown as it is, or in brackets among others */
	ONE_LINE,	/* shown as it is, whatever brackets are in it */
	LINES,		/* shown as they are written */
	FUNCTIONS,	/* shown as NAME or NAME [MODULE] */
};

/**
 * struct session_value - a file that was changed
 * @file: its path in the tree
 * @before: what it had
 */
struct session_value {
	char *file;
	char *before;
};

static const struct {
	const char *file;
	enum session_kind kind;
} lists[] = {
	{ "set_ftrace_pid", LINES },
	{ "set_ftrace_notrace_pid", LINES },
	{ "set_ftrace_cgroup", ONE_LINE },
	{ "set_ftrace_pidns", ONE_LINE },
	{ "set_ftrace_syscall", LINES },
	{ "set_event_pid", LINES },
	{ "set_event_notrace_pid", LINES },
	{ "set_ftrace_filter", FUNCTIONS },
	{ "set_ftrace_notrace", FUNCTIONS },
	{ "set_graph_function", FUNCTIONS },
	{ "set_graph_notrace", FUNCTIONS },
};

static enum session_kind kind_of(const char *file)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		if (!strcmp(lists[i].file, file))
			return lists[i].kind;
	return ONE_VALUE;
}

static bool is_list(const char *file)
{
	return kind_of(file) > ONE_LINE;
}

static int no_memory(const struct session *session)
{
	complain("%s: %s", session->name, strerror(ENOMEM));
	return -1;
}

/* The process that has the lock, as far as it can be seen; 0 if it cannot. */
static int lock_holder(int tree)
{
	unsigned int major, minor;
	unsigned long long inode;
	char *text, *line, *rest;
	struct stat st;
	int pid, holder = 0;

	text = fstat(tree, &st) ? NULL : textfile_read(AT_FDCWD, "/proc/locks");
	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%llu", &pid, &major, &minor,
			   &inode) == 4 &&
		    makedev(major, minor) == st.st_dev && inode == st.st_ino)
			holder = pid;
	free(text);
	return holder;
}

static int lock_tree(const struct session *session)
{
	int err, pid;

	if (!flock(session->tree, LOCK_EX | LOCK_NB))
		return 0;
	err = errno;
	pid = err == EWOULDBLOCK ? lock_holder(session->tree) : 0;
	if (pid)
		complain("%s: another fntrace is tracing (process %d)", session->name, pid);
	else
		complain("%s: %s", session->name,
			 err == EWOULDBLOCK ? "another fntrace is tracing" : strerror(err));
	return -1;
}

/* What error_log says of the command that was refused last. */
static char *refusal(int tree)
{
	char *log = textfile_read(tree, "error_log"), *at = log, *last = NULL;

	while (at && (at = strstr(at, ": error: "))) {
		at += strlen(": error: ");
		last = at;
	}
	last = last ? strndup(last, strcspn(last, "\n")) : NULL;
	free(log);
	return last;
}

static void complain_near(const struct session *session, const char *file, const char *word)
{
	const char *near[NEAR_MOST] = { };
	struct functions available;
	size_t nr;

	if (functions_read(&available, session->tree, AVAILABLE))
		return;
	nr = near_names(available.names, available.nr, word, near, NEAR_MOST);
	complain("%s: %s: %s can be traced%s%s%s%s%s%s", session->name, word,
		 strpbrk(word, "*?[") ? "no function that matches" : "no function of this name",
		 nr ? "; there is " : "", nr ? near[0] : "", nr > 1 ? ", " : "",
		 nr > 1 ? near[1] : "", nr > 2 ? ", " : "", nr > 2 ? near[2] : "");
	if (!available.nr)
		complain("%s: %s is empty, %s was not written", session->name, AVAILABLE, file);
	functions_free(&available);
}

/* Why a file did not take a text; errno is set. */
static int refused(const struct session *session, const char *file, const char *text)
{
	enum session_kind kind = kind_of(file);
	int err = errno;
	char *why;

	if (err == ENOENT && !is_list(file)) {
		complain("%s: there is no %s in the control tree: the module that is loaded is an older one; `fntrace unload` and `fntrace load` take this one",
			 session->name, file);
	} else if (!strcmp(file, TRACER) && err == EBUSY) {
		why = refusal(session->tree);
		complain("%s: the tracer cannot be changed: %s", session->name,
			 why ? why : strerror(err));
		free(why);
	} else if (kind == FUNCTIONS && err == EINVAL) {
		complain_near(session, file, text);
	} else {
		why = err == EINVAL ? refusal(session->tree) : NULL;
		complain("%s: cannot write %s into %s: %s%s%s", session->name,
			 *text ? text : "nothing", file, strerror(err), why ? ": " : "",
			 why ? why : "");
		free(why);
	}
	return -1;
}

static int write_word(int fd, const char *word)
{
	/* Without its end it would be held back until more comes. */
	char *line = NULL;
	int len = asprintf(&line, "%s\n", word);
	ssize_t done = -1;

	if (len > 0) {
		done = write(fd, line, len);
		free(line);
	} else {
		errno = ENOMEM;
	}
	return done < 0 ? -1 : 0;
}

/* Have a list these words and no others. One open, so that it changes once. */
static int write_words(const struct session *session, const char *file, char *const words[])
{
	int fd = openat(session->tree, file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	int err;

	if (fd < 0)
		return refused(session, file, "");
	for (; *words; words++) {
		if (!write_word(fd, *words))
			continue;
		err = errno;
		close(fd);
		errno = err;
		return refused(session, file, *words);
	}
	close(fd);
	return 0;
}

/* The word that stands for a line of a list, to be freed. */
static char *word_of(const char *line, enum session_kind kind)
{
	const char *module = strstr(line, " [");
	char *word;

	if (!module || kind == LINES)
		return strdup(line);
	if (asprintf(&word, "%.*s:mod:%.*s", (int)(module - line), line,
		     (int)strcspn(module + 2, "]"), module + 2) < 0)
		return NULL;
	return word;
}

static void free_words(char **words)
{
	size_t i;

	for (i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

/* The words that would make a list what it was; NULL without memory. */
static char **words_of(const char *text, enum session_kind kind)
{
	char *copy = strdup(text), *line, *rest, **words;
	size_t room = 2, nr = 0;

	for (line = copy; line && (line = strchr(line, '\n')); line++)
		room++;
	words = copy ? calloc(room, sizeof(*words)) : NULL;
	for (line = words ? strtok_r(copy, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] == '#' || !strcmp(line, "no pid"))
			continue;
		words[nr] = word_of(line, kind);
		if (words[nr++])
			continue;
		free_words(words);
		words = NULL;
		break;
	}
	free(copy);
	return words;
}

/*
 * A list shows names, and a name stands for all functions that have it: one that
 * has only some of them could not be put back. Words that wait for a module are
 * words.
 */
static int check_functions(const struct session *session, const char *file, const char *before)
{
	struct functions list = { }, available = { };
	unsigned int i, nr = 0;
	int missing = -1;
	char *text;

	if (before[0] == '#' && !strchr(before, '\n') && !strstr(before, "no functions enabled"))
		return 0;
	if (strstr(before, "no functions enabled")) {
		complain("%s: %s is empty, as the module of its functions has gone, and could not be put back: empty it yourself",
			 session->name, file);
		return -1;
	}
	text = strdup(before);
	if (text && !functions_parse(&list, text) &&
	    !functions_read(&available, session->tree, AVAILABLE)) {
		for (i = 0; i < list.nr; i++)
			if (!strstr(list.names[i], ":mod:"))
				list.names[nr++] = list.names[i];
		list.nr = nr;
		missing = functions_locate(&list, &available);
		for (i = 0; missing > 0 && list.lines[i]; i++)
			;
		if (missing > 0)
			complain("%s: %s has only some of the functions whose name is %s, and could not be put back: empty it, or write the name",
				 session->name, file, list.names[i]);
	} else {
		complain("%s: %s: %s", session->name, file, strerror(errno));
	}
	functions_free(&list);
	functions_free(&available);
	return missing ? -1 : 0;
}

/* Note what a file has, if it has not been changed before. */
static int note(struct session *session, const char *file)
{
	struct session_value *more;
	char *before, *name;
	size_t i;

	if (session->own)
		return 0;
	for (i = 0; i < session->nr; i++)
		if (!strcmp(session->values[i].file, file))
			return 0;
	before = textfile_read(session->tree, file);
	if (!before)
		return refused(session, file, "");
	if (kind_of(file) == ONE_VALUE)
		textfile_chosen(before);
	if (kind_of(file) == FUNCTIONS && check_functions(session, file, before)) {
		free(before);
		return -1;
	}
	more = reallocarray(session->values, session->nr + 1, sizeof(*more));
	name = strdup(file);
	if (more)
		session->values = more;
	if (!more || !name) {
		free(before);
		free(name);
		return no_memory(session);
	}
	session->values[session->nr++] = (struct session_value) { name, before };
	return 0;
}

/**
 * session_begin - have the tree to itself, with nothing traced
 * @session: receives what is changed; session_end() even if this fails
 * @name: of the command, for messages
 * @tree: the control tree
 * @force: if a tracer is on, switch it off until the end
 *
 * Return: 0; -1 with the reason told.
 */
int session_begin(struct session *session, const char *name, int tree, bool force)
{
	char *tracer;
	int idle;

	*session = (struct session) { .name = name, .tree = tree };
	if (lock_tree(session))
		return -1;
	tracer = textfile_read(tree, TRACER);
	if (!tracer) {
		complain("%s: " TRACER ": %s", name, strerror(errno));
		return -1;
	}
	idle = !strcmp(tracer, "nop");
	if (!idle && !force)
		complain("%s: the tracer %s is on; --force has it off until %s ends",
			 name, tracer, name);
	free(tracer);
	if (!idle && !force)
		return -1;
	session->begun = true;
	if (session_set(session, TRACER, "nop"))
		return -1;
	return session_set(session, "tracing_on", "1");
}

/**
 * session_begin_own - have an instance, which is new and goes at the end
 * @session: receives what is changed
 * @name: of the command, for messages
 * @instance: its directory
 */
void session_begin_own(struct session *session, const char *name, int instance)
{
	*session = (struct session) { .name = name, .tree = instance, .own = true };
}

/**
 * session_set - give a setting another value
 * @session: the session
 * @file: of the tree, with one value
 * @text: the value
 *
 * Return: 0; -1 with the reason told.
 */
int session_set(struct session *session, const char *file, const char *text)
{
	if (note(session, file))
		return -1;
	if (!textfile_write(session->tree, file, text))
		return 0;
	return refused(session, file, text);
}

/**
 * session_set_all - give several settings other values
 * @session: the session
 * @settings: the files and the values, in this order
 * @nr: number of them
 *
 * Return: 0; -1 with the reason told.
 */
int session_set_all(struct session *session, const struct setting *settings, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (session_set(session, settings[i].file, settings[i].text))
			return -1;
	return 0;
}

/**
 * session_set_number - the same for a number
 * @session: the session
 * @file: of the tree, with one value
 * @number: the value
 *
 * Return: 0; -1 with the reason told.
 */
int session_set_number(struct session *session, const char *file, unsigned long long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", number);
	return session_set(session, file, text);
}

/**
 * session_set_list - have a list other words
 * @session: the session
 * @file: of the tree, with a list of pids or functions
 * @words: the words, NULL behind the last; with none the list is empty
 *
 * Return: 0; -1 with the reason told.
 */
int session_set_list(struct session *session, const char *file, char *const words[])
{
	return note(session, file) || write_words(session, file, words) ? -1 : 0;
}

static int put_list_back(const struct session *session, const struct session_value *value)
{
	char **words = words_of(value->before, kind_of(value->file)), *now;
	int err;

	if (!words)
		return no_memory(session);
	err = write_words(session, value->file, words);
	free_words(words);
	now = err ? NULL : textfile_read(session->tree, value->file);
	if (!now || strcmp(now, value->before)) {
		complain("%s: %s is not what it was before", session->name, value->file);
		err = -1;
	}
	free(now);
	return err;
}

static int put_back(const struct session *session, const struct session_value *value)
{
	if (is_list(value->file))
		return put_list_back(session, value);
	if (!textfile_write(session->tree, value->file, value->before))
		return 0;
	return refused(session, value->file, value->before);
}

/**
 * session_end - put everything back
 * @session: from session_begin()
 *
 * Return: 0; -1 if something could not be put back, with the reason told.
 */
int session_end(struct session *session)
{
	int err = 0;

	if (session->own)
		return 0;
	/* What is put back while something is traced would be traced otherwise for a while. */
	if (session->begun && textfile_write(session->tree, TRACER, "nop"))
		err = refused(session, TRACER, "nop");
	while (session->nr) {
		session->nr--;
		err = put_back(session, &session->values[session->nr]) || err ? -1 : 0;
		free(session->values[session->nr].file);
		free(session->values[session->nr].before);
	}
	free(session->values);
	session->values = NULL;
	session->begun = false;
	flock(session->tree, LOCK_UN);
	return err;
}
