// SPDX-License-Identifier: GPL-2.0
/*
 * The log is text, in lines:
 *
 *	fntrace bisect 1		the form of what follows
 *	kernel RELEASE
 *	directory PATH
 *	timeout SECONDS
 *	argument WORD			of the command, one each
 *	function NAME			those that are searched, one each
 *	functions NUMBER		of these: so far the head, written at once
 *	run N: NUMBER functions...	is on the disk before they are traced
 *	good | bad | stopped		what came of it; stopped ones do not count
 *
 * In PATH and WORD a newline is \n and a backslash is \\.
 */

#include "bisect_log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "fntrace.h"

#define FORM "fntrace bisect 1"

static void put_escaped(FILE *out, const char *key, const char *text)
{
	fprintf(out, "%s ", key);
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '\\')
			fputs("\\\\", out);
		else
			putc(*text, out);
	}
	putc('\n', out);
}

static char *unescape(char *text)
{
	char *from = text, *to = text;

	for (; *from; from++) {
		if (*from == '\\' && from[1])
			*to++ = *++from == 'n' ? '\n' : *from;
		else
			*to++ = *from;
	}
	*to = '\0';
	return text;
}

static int write_durably(const struct bisect_log *log, const char *text, size_t len)
{
	ssize_t done;

	while (len) {
		done = write(log->fd, text, len);
		if (done <= 0)
			break;
		text += done;
		len -= done;
	}
	if (!len && !fsync(log->fd))
		return 0;
	complain("bisect: %s: %s", log->path, strerror(errno));
	return -1;
}

/* The name of a new file is durable when its directory is. */
static int sync_directory(const struct bisect_log *log)
{
	char *path = strdup(log->path);
	int fd = path ? open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int err = fd < 0 || fsync(fd);

	if (err)
		complain("bisect: the directory of %s: %s", log->path, strerror(errno));
	close(fd);
	free(path);
	return err ? -1 : 0;
}

static int write_head(const struct bisect_log *log)
{
	struct utsname kernel;
	char *text = NULL;
	unsigned int i;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int err = -1;

	if (!out) {
		complain("bisect: %s", strerror(errno));
	} else {
		uname(&kernel);
		fprintf(out, FORM "\nkernel %s\n", kernel.release);
		put_escaped(out, "directory", log->directory);
		fprintf(out, "timeout %u\n", log->seconds);
		for (i = 0; i < log->argc; i++)
			put_escaped(out, "argument", log->argv[i]);
		for (i = 0; i < log->functions.nr; i++)
			fprintf(out, "function %s\n", log->functions.names[i]);
		fprintf(out, "functions %u\n", log->functions.nr);
		if (fclose(out))
			complain("bisect: %s", strerror(errno));
		else
			err = write_durably(log, text, len);
	}
	free(text);
	return err;
}

/* Two searches would trace each other's functions. */
static int lock(const struct bisect_log *log)
{
	if (!flock(log->fd, LOCK_EX | LOCK_NB))
		return 0;
	complain("bisect: %s: %s", log->path,
		 errno == EWOULDBLOCK ? "the search that it is of goes on" : strerror(errno));
	return -1;
}

/**
 * bisect_log_create - begin a log with its head
 * @log: what belongs there, and its path; receives the file
 *
 * A log that is there already is left alone: it may be all that is left of a
 * machine that died.
 *
 * Return: 0; -1 with the reason told.
 */
int bisect_log_create(struct bisect_log *log)
{
	log->fd = open(log->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
	if (log->fd >= 0)
		return lock(log) || write_head(log) || sync_directory(log) ? -1 : 0;
	complain("bisect: %s: %s%s", log->path, strerror(errno),
		 errno == EEXIST ? "; --resume goes on with it" : "");
	return -1;
}

/**
 * bisect_log_add - add a line, which is on the disk when this returns
 * @log: the log; if it has no file there is nothing to do
 * @fmt: the line, with its end
 *
 * Return: 0; -1 with the reason told.
 */
int bisect_log_add(const struct bisect_log *log, const char *fmt, ...)
{
	char *line = NULL;
	va_list args;
	int len, err;

	if (log->fd < 0)
		return 0;
	va_start(args, fmt);
	len = vasprintf(&line, fmt, args);
	va_end(args);
	if (len < 0) {
		complain("bisect: %s", strerror(ENOMEM));
		return -1;
	}
	err = write_durably(log, line, len);
	free(line);
	return err;
}

/**
 * bisect_log_end - where the next line comes
 * @log: the log
 *
 * Return: for bisect_log_cut().
 */
off_t bisect_log_end(const struct bisect_log *log)
{
	return lseek(log->fd, 0, SEEK_END);
}

/**
 * bisect_log_cut - take out a run whose answer cannot be added
 * @log: the log; if it has no file there is nothing to do
 * @end: from bisect_log_end(), before the run was added
 *
 * Without an answer it would count as bad.
 */
void bisect_log_cut(const struct bisect_log *log, off_t end)
{
	if (log->fd < 0 || (!ftruncate(log->fd, end) && !fsync(log->fd)))
		return;
	complain("bisect: %s: %s: take out its last run before you go on with it", log->path,
		 strerror(errno));
}

/* The rest of a line that begins with a key and a blank; NULL if it does not. */
static char *value_of(char *line, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(line, key, len) && line[len] == ' ' ? line + len + 1 : NULL;
}

/* Room in an array for one element more, there being always a power of two. */
static void *room_for_one(void *array, unsigned int nr, size_t size)
{
	if (nr & (nr - 1))
		return array;
	return reallocarray(array, nr ? 2 * (size_t)nr : 1, size);
}

static int add_argument(struct bisect_log *log, const char *word)
{
	/* And the NULL behind it. */
	char **more = reallocarray(log->argv, log->argc + 2, sizeof(*more));

	if (!more)
		return -1;
	log->argv = more;
	more[log->argc] = strdup(word);
	more[++log->argc] = NULL;
	return more[log->argc - 1] ? 0 : -1;
}

/**
 * bisect_log_command - set the command
 * @log: receives it
 * @words: of the command
 * @nr: number of them
 *
 * Return: 0; -1 without memory.
 */
int bisect_log_command(struct bisect_log *log, char *const words[], unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (add_argument(log, words[i]))
			return -1;
	return 0;
}

static int add_run(struct bisect_log *log, const char *rest)
{
	struct log_run run = { .answer = LOG_UNFINISHED };
	struct log_run *more;

	if (sscanf(rest, "%*u: %u", &run.functions) != 1)
		return -1;
	more = room_for_one(log->runs, log->nr_runs, sizeof(*more));
	if (!more)
		return -1;
	log->runs = more;
	more[log->nr_runs++] = run;
	return 0;
}

static int add_answer(struct bisect_log *log, const char *line)
{
	struct log_run *run = log->nr_runs ? &log->runs[log->nr_runs - 1] : NULL;

	if (!run || run->answer != LOG_UNFINISHED)
		return -1;
	if (!strncmp(line, "good", 4))
		run->answer = LOG_GOOD;
	else if (!strncmp(line, "bad", 3))
		run->answer = LOG_BAD;
	else if (!strncmp(line, "stopped", 7))
		log->nr_runs--;
	else
		return -1;
	return 0;
}

/**
 * struct reader - how far a log has been read
 * @log: receives it
 * @names: names of the functions, as text
 * @nr: number of them
 * @complete: the head is
 */
struct reader {
	struct bisect_log *log;
	FILE *names;
	unsigned int nr;
	int complete;
};

static int read_line(struct reader *reader, char *line)
{
	struct bisect_log *log = reader->log;
	char *value;

	if (reader->complete) {
		value = value_of(line, "run");
		return value ? add_run(log, value) : add_answer(log, line);
	}
	value = value_of(line, "function");
	if (value) {
		reader->nr++;
		return fprintf(reader->names, "%s\n", value) < 0;
	}
	value = value_of(line, "argument");
	if (value)
		return add_argument(log, unescape(value));
	value = value_of(line, "kernel");
	if (value && !log->kernel) {
		log->kernel = strdup(value);
		return !log->kernel;
	}
	value = value_of(line, "directory");
	if (value && !log->directory) {
		log->directory = strdup(unescape(value));
		return !log->directory;
	}
	value = value_of(line, "timeout");
	if (value)
		return sscanf(value, "%u", &log->seconds) != 1;
	value = value_of(line, "functions");
	reader->complete = value && strtoul(value, NULL, 10) == reader->nr && reader->nr &&
			   log->argc && log->kernel && log->directory;
	return !reader->complete;
}

/* A line that has no end was being written when the machine died: cut it off. */
static int read_lines(struct reader *reader, char *text)
{
	char *line = text, *end;
	unsigned int number;

	for (number = 1; (end = strchr(line, '\n')); number++, line = end + 1) {
		*end = '\0';
		if (number == 1 ? strcmp(line, FORM) : read_line(reader, line)) {
			complain("bisect: %s: line %u cannot be made sense of", reader->log->path,
				 number);
			return -1;
		}
	}
	if (!reader->complete) {
		complain("bisect: %s ends before the first run; begin again, with another --log",
			 reader->log->path);
		return -1;
	}
	if (ftruncate(reader->log->fd, line - text)) {
		complain("bisect: %s: %s", reader->log->path, strerror(errno));
		return -1;
	}
	return 0;
}

static int check_kernel(const struct bisect_log *log)
{
	struct utsname kernel;

	uname(&kernel);
	if (!strcmp(kernel.release, log->kernel))
		return 0;
	complain("bisect: %s is of kernel %s, this one is %s", log->path, log->kernel,
		 kernel.release);
	return -1;
}

/* All of a file, newlines at its end too. */
static char *read_whole(int fd)
{
	struct stat st;
	char *text;
	ssize_t got, len = 0;

	if (fstat(fd, &st))
		return NULL;
	text = calloc(1, st.st_size + 1);
	while (text && len < st.st_size) {
		got = pread(fd, text + len, st.st_size - len, len);
		if (got <= 0) {
			/* What is missing would be cut off. */
			free(text);
			errno = got ? errno : EIO;
			return NULL;
		}
		len += got;
	}
	return text;
}

/**
 * bisect_log_read - read a log, to go on with it
 * @log: receives it, open to be written; for bisect_log_close(), also on failure
 * @path: of the log; it is not copied
 *
 * Return: 0; -1 with the reason told.
 */
int bisect_log_read(struct bisect_log *log, const char *path)
{
	struct reader reader = { .log = log };
	char *text, *names = NULL;
	size_t size;
	int err;

	*log = (struct bisect_log) {
		.path = path,
		.fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC),
	};
	if (log->fd >= 0 && lock(log))
		return -1;
	text = log->fd < 0 ? NULL : read_whole(log->fd);
	reader.names = text ? open_memstream(&names, &size) : NULL;
	if (!reader.names) {
		complain("bisect: %s: %s", path, strerror(errno));
		free(text);
		return -1;
	}
	err = read_lines(&reader, text) || check_kernel(log);
	free(text);
	if (fclose(reader.names) && !err) {
		complain("bisect: %s", strerror(errno));
		err = -1;
	}
	if (err) {
		free(names);
		return -1;
	}
	err = functions_parse(&log->functions, names);
	if (err)
		complain("bisect: %s", strerror(ENOMEM));
	return err;
}

/**
 * bisect_log_close - release a log
 * @log: the log; what it has of the disk stays there
 */
void bisect_log_close(struct bisect_log *log)
{
	unsigned int i;

	close(log->fd);
	free(log->kernel);
	free(log->directory);
	for (i = 0; i < log->argc; i++)
		free(log->argv[i]);
	free(log->argv);
	functions_free(&log->functions);
	free(log->runs);
	*log = (struct bisect_log) { .fd = -1 };
}
