// SPDX-License-Identifier: GPL-2.0
/*
 * Consume the pages of one CPU as clients do, and have libtraceevent decode them.
 *
 *	decode read|splice TREE CPU
 *
 * Goes on until SIGTERM and nothing is left, then prints
 *
 *	EVENTS LOST PAGES
 *
 * where LOST is what the pages say is missing before them, and + behind it tells that
 * some page did not say how much. Fails if a page has what cannot be decoded, a record of
 * an unknown type, or a time before that of the record before.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <traceevent/event-parse.h>
#include <traceevent/kbuffer.h>

#define PAGE 4096
#define PIPE_MAX 32768

static volatile sig_atomic_t ending;

/**
 * struct client - what has been read
 * @tep: the formats of the tree
 * @kbuf: looks at a page
 * @last: time of the last record
 * @events: records so far
 * @lost: records that are missing, as far as that is told
 * @some: it is not told of all
 * @pages: pages so far
 */
struct client {
	struct tep_handle *tep;
	struct kbuffer *kbuf;
	unsigned long long last;
	unsigned long events;
	unsigned long lost;
	bool some;
	unsigned long pages;
};

static void on_sigterm(int signal)
{
	ending = signal;
}

static void load_format(struct tep_handle *tep, const char *path)
{
	static char text[65536];
	int fd = open(path, O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (len < 0)
		error(1, errno, "%s", path);
	close(fd);
	if (tep_parse_event(tep, text, len, "ftrace"))
		error(1, 0, "%s cannot be parsed", path);
}

static struct tep_handle *load_formats(const char *tree)
{
	struct tep_handle *tep = tep_alloc();
	char pattern[256];
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/events/ftrace/*/format", tree);
	if (!tep || glob(pattern, 0, NULL, &found))
		error(1, 0, "no formats in %s", tree);
	for (i = 0; i < found.gl_pathc; i++)
		load_format(tep, found.gl_pathv[i]);
	globfree(&found);
	return tep;
}

static void check_record(struct client *client, void *data, unsigned long long ts)
{
	struct tep_record record = {
		.ts = ts, .data = data, .size = kbuffer_event_size(client->kbuf), .ref_count = 1,
	};
	struct tep_event *event = tep_find_event_by_record(client->tep, &record);
	unsigned long long ip = 0, parent_ip = 0;

	if (!event)
		error(1, 0, "page %lu: a record of an unknown type", client->pages);
	if (ts < client->last)
		error(1, 0, "page %lu: %llu after %llu", client->pages, ts, client->last);
	client->last = ts;
	if (!strcmp(event->name, "function") &&
	    (tep_get_field_val(NULL, event, "ip", &record, &ip, 0) || !(ip >> 63) ||
	     tep_get_field_val(NULL, event, "parent_ip", &record, &parent_ip, 0) ||
	     !(parent_ip >> 63)))
		error(1, 0, "page %lu: %llx called from %llx", client->pages, ip, parent_ip);
	client->events++;
}

static void take_page(struct client *client, void *page)
{
	unsigned long long ts;
	int missed;
	void *data;

	if (kbuffer_load_subbuffer(client->kbuf, page))
		error(1, 0, "page %lu cannot be loaded", client->pages);
	missed = kbuffer_missed_events(client->kbuf);
	client->some |= missed < 0;
	client->lost += missed > 0 ? missed : 0;
	data = kbuffer_read_event(client->kbuf, &ts);
	if (!data)
		error(1, 0, "page %lu has no record", client->pages);
	for (; data; data = kbuffer_next_event(client->kbuf, &ts))
		check_record(client, data, ts);
	client->pages++;
}

/* Take what is there: false if that is nothing. */
static bool take_some(struct client *client, int fd, const int *pipe)
{
	static char page[PAGE];
	ssize_t len, got;

	if (pipe)
		len = splice(fd, NULL, pipe[1], NULL, PIPE_MAX, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
	else
		len = read(fd, page, PAGE);
	if (len < 0 && errno != EAGAIN && errno != EINTR)
		error(1, errno, "consuming");
	if (len <= 0)
		return false;
	for (; len > 0; len -= got) {
		got = pipe ? read(pipe[0], page, PAGE) : len;
		if (got != PAGE)
			error(1, got < 0 ? errno : 0, "not a page but %zd bytes", got);
		take_page(client, page);
	}
	return true;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_sigterm };
	struct client client = { };
	struct pollfd poll_fd = { .events = POLLIN };
	int pipe_fds[2], *pipe_used = NULL;
	char path[256];
	int fd;

	if (argc != 4 || (strcmp(argv[1], "read") && strcmp(argv[1], "splice")))
		error(2, 0, "usage: decode read|splice TREE CPU");
	if (!strcmp(argv[1], "splice")) {
		if (pipe(pipe_fds))
			error(1, errno, "pipe");
		pipe_used = pipe_fds;
	}
	client.tep = load_formats(argv[2]);
	client.kbuf = kbuffer_alloc(KBUFFER_LSIZE_8, KBUFFER_ENDIAN_LITTLE);
	snprintf(path, sizeof(path), "%s/per_cpu/cpu%s/trace_pipe_raw", argv[2], argv[3]);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		error(1, errno, "%s", path);
	sigaction(SIGTERM, &action, NULL);
	poll_fd.fd = fd;
	/* What came before the signal is there when nothing more comes after it. */
	while (take_some(&client, fd, pipe_used) || !ending)
		poll(&poll_fd, 1, 20);
	while (take_some(&client, fd, pipe_used))
		;
	printf("%lu %lu%s %lu\n", client.events, client.lost, client.some ? "+" : "",
	       client.pages);
	return 0;
}
