// SPDX-License-Identifier: GPL-2.0
/*
 * libtracefs reads what there is, libtraceevent knows what it means. Of what was read at
 * one time the end is not in order with what is read next: so an event is passed on
 * when all that are older have been read.
 */

#include "event_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tracefs.h>
#include <unistd.h>

#include "duration.h"
#include "fntrace.h"
#include "scope.h"
#include "textfile.h"

#define KALLSYMS "/proc/kallsyms"

/* A record of before that may not be in the buffer yet: its writer was interrupted. */
#define LATE_NS (10 * NS_PER_MS)

/* Of a directory that is open. */
static void dir_path(char path[32], int dir)
{
	snprintf(path, 32, "/proc/self/fd/%d", dir);
}

static int read_functions(struct event_stream *stream)
{
	stream->kallsyms = textfile_read(AT_FDCWD, KALLSYMS);
	return stream->kallsyms ? tep_parse_kallsyms(stream->tep, stream->kallsyms) : -1;
}

/* A CPU that is not there has no buffer. */
static int open_buffers(struct event_stream *stream, int instance)
{
	char path[64];
	int cpu;

	stream->nr_cpus = (int)sysconf(_SC_NPROCESSORS_CONF);
	stream->fds = calloc(stream->nr_cpus, sizeof(*stream->fds));
	if (!stream->fds)
		return -1;
	for (cpu = 0; cpu < stream->nr_cpus; cpu++) {
		snprintf(path, sizeof(path), "per_cpu/cpu%d/trace_pipe_raw", cpu);
		stream->fds[cpu].fd = openat(instance, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		stream->fds[cpu].events = POLLIN;
	}
	return 0;
}

static int open_stream(struct event_stream *stream, const struct scope *scope,
		       const char *const systems[])
{
	char path[32];

	if (open_buffers(stream, scope->session.tree))
		return -1;
	dir_path(path, scope->tree);
	errno = 0;
	stream->tep = tracefs_local_events_system(path, systems);
	dir_path(path, scope->session.tree);
	stream->instance = tracefs_instance_alloc(path, NULL);
	if (stream->tep && stream->instance && !read_functions(stream))
		return 0;
	if (!errno)
		errno = EIO;
	return -1;
}

/**
 * event_stream_open - begin to read the events of a command's own instance
 * @stream: receives it; for event_stream_close() even if this fails
 * @scope: of the command, with its session
 * @systems: those that events may be of, NULL behind the last
 *
 * To be called before anything is recorded: to read all the names takes a while.
 *
 * Return: 0; -1 with the reason told.
 */
int event_stream_open(struct event_stream *stream, const struct scope *scope,
		      const char *const systems[])
{
	*stream = (struct event_stream) { };
	if (!open_stream(stream, scope, systems))
		return 0;
	complain("%s: the events cannot be read: %s", scope->name, strerror(errno));
	return -1;
}

static struct stream_event *room_for_one(struct event_stream *stream)
{
	size_t room = stream->room ? stream->room * 2 : 1024;
	struct stream_event *at = stream->at;

	if (stream->nr < stream->room)
		return &stream->at[stream->nr];
	at = reallocarray(at, room, sizeof(*at));
	if (!at)
		return NULL;
	stream->at = at;
	stream->room = room;
	return &stream->at[stream->nr];
}

/* Called by libtracefs. The record is good for that time only. */
static int keep(struct tep_event *event, struct tep_record *record, int cpu, void *data)
{
	struct event_stream *stream = data;
	struct stream_event *kept = room_for_one(stream);
	void *copy = kept ? malloc(record->size) : NULL;

	if (!copy) {
		stream->failed = true;
		return -1;
	}
	memcpy(copy, record->data, record->size);
	*kept = (struct stream_event) {
		.event = event, .ts = record->ts, .cpu = cpu, .missed = record->missed_events,
		.pid = tep_data_pid(stream->tep, record),
		.flags = tep_data_flags(stream->tep, record),
		.data = copy, .size = record->size, .order = stream->nr,
	};
	stream->nr++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct stream_event *x = a, *y = b;

	if (x->ts != y->ts)
		return x->ts < y->ts ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* Read what there is, and pass on what is older than @before, so that it is in order. */
static int read_events(struct event_stream *stream, uint64_t before, stream_handler handle,
		       void *data)
{
	size_t i, done;

	errno = 0;
	if (tracefs_iterate_raw_events(stream->tep, stream->instance, NULL, 0, keep, stream) ||
	    stream->failed) {
		if (stream->failed || !errno)
			errno = ENOMEM;
		return -1;
	}
	if (!stream->nr)
		return 0;
	qsort(stream->at, stream->nr, sizeof(*stream->at), compare);
	for (done = 0; done < stream->nr && stream->at[done].ts < before; done++) {
		stream->lost |= stream->at[done].missed;
		handle(&stream->at[done], data);
		free(stream->at[done].data);
	}
	stream->nr -= done;
	memmove(stream->at, stream->at + done, stream->nr * sizeof(*stream->at));
	for (i = 0; i < stream->nr; i++)
		stream->at[i].order = i;
	return 0;
}

/**
 * stream_now - the time of records
 *
 * Return: of the clock mono, in ns.
 */
uint64_t stream_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

/**
 * event_stream_follow - read events if there are many
 * @stream: the stream, of records with the clock mono
 * @handle: gets each event that is in order
 * @data: for @handle
 *
 * Who reads is traced as well, and takes time from others: so nothing is read until a
 * buffer is as full as buffer_percent says.
 *
 * Return: 0; -1 with errno.
 */
int event_stream_follow(struct event_stream *stream, stream_handler handle, void *data)
{
	if (poll(stream->fds, stream->nr_cpus, 0) <= 0)
		return 0;
	return read_events(stream, stream_now() - LATE_NS, handle, data);
}

/**
 * event_stream_finish - read all that are left
 * @stream: the stream
 * @handle: gets each event
 * @data: for @handle
 *
 * Return: 0; -1 with errno.
 */
int event_stream_finish(struct event_stream *stream, stream_handler handle, void *data)
{
	return read_events(stream, UINT64_MAX, handle, data);
}

/**
 * event_stream_close - read no more
 * @stream: from event_stream_open()
 */
void event_stream_close(struct event_stream *stream)
{
	size_t i;
	int cpu;

	for (i = 0; i < stream->nr; i++)
		free(stream->at[i].data);
	free(stream->at);
	for (cpu = 0; stream->fds && cpu < stream->nr_cpus; cpu++)
		if (stream->fds[cpu].fd >= 0)
			close(stream->fds[cpu].fd);
	free(stream->fds);
	free(stream->kallsyms);
	if (stream->instance)
		tracefs_instance_free(stream->instance);
	tep_free(stream->tep);
	*stream = (struct event_stream) { };
}

/**
 * event_stream_fields - find fields of events
 * @stream: the stream
 * @scope: of the command
 * @names: of the fields
 * @nr: number of them
 * @fields: receives them
 *
 * Return: 0; -1 with the reason told.
 */
int event_stream_fields(const struct event_stream *stream, const struct scope *scope,
			const struct stream_field_name *names, int nr,
			const struct tep_format_field **fields)
{
	struct tep_event *event;
	int i;

	for (i = 0; i < nr; i++) {
		event = tep_find_event_by_name(stream->tep, names[i].system, names[i].event);
		fields[i] = event ? tep_find_any_field(event, names[i].field) : NULL;
		if (fields[i])
			continue;
		complain("%s: event %s/%s has no field %s here", scope->name, names[i].system,
			 names[i].event, names[i].field);
		return -1;
	}
	return 0;
}

/**
 * stream_number - the value of a field
 * @event: the record
 * @field: the field
 *
 * Return: the value.
 */
unsigned long long stream_number(const struct stream_event *event,
				 const struct tep_format_field *field)
{
	unsigned long long value = 0;

	tep_read_number_field((struct tep_format_field *)field, event->data, &value);
	return value;
}

/**
 * stream_string - the value of a field that is a string
 * @event: the record
 * @field: the field: an array, or the place of a string behind the record
 *
 * Return: the string.
 */
const char *stream_string(const struct stream_event *event, const struct tep_format_field *field)
{
	size_t offset = field->offset;

	if (field->flags & TEP_FIELD_IS_DYNAMIC)
		offset = stream_number(event, field) & 0xffff;
	return (const char *)event->data + offset;
}

/**
 * stream_addresses - the value of a field that is a list of addresses
 * @event: the record
 * @size: the field that has their number
 * @field: the field
 * @addresses: receives them
 * @room: so many at most
 *
 * Return: the number of them.
 */
size_t stream_addresses(const struct stream_event *event, const struct tep_format_field *size,
			const struct tep_format_field *field, uint64_t *addresses, size_t room)
{
	size_t nr = stream_number(event, size), there = 0;

	if (event->size > field->offset)
		there = (event->size - field->offset) / sizeof(*addresses);
	nr = nr < there ? nr : there;
	nr = nr < room ? nr : room;
	memcpy(addresses, (const char *)event->data + field->offset, nr * sizeof(*addresses));
	return nr;
}

/**
 * event_stream_function - name an address
 * @stream: the stream
 * @address: the address
 *
 * Return: the function that it is in; NULL if it is in none.
 */
const char *event_stream_function(const struct event_stream *stream, uint64_t address)
{
	return tep_find_function(stream->tep, address);
}

/**
 * event_stream_symbol - name an address, and tell where what has the name begins
 * @stream: the stream
 * @address: in the kernel's image or a module
 * @begin: receives where it begins
 *
 * Return: the name; NULL if there is none.
 */
const char *event_stream_symbol(const struct event_stream *stream, uint64_t address,
				uint64_t *begin)
{
	*begin = tep_find_function_address(stream->tep, address);
	return tep_find_function(stream->tep, address);
}

/**
 * event_stream_address - where something is that has a name
 * @stream: the stream
 * @symbol: the name
 *
 * Return: its address; 0 if there is none.
 */
uint64_t event_stream_address(const struct event_stream *stream, const char *symbol)
{
	size_t len = strlen(symbol);
	const char *at = stream->kallsyms;

	/* ADDRESS TYPE NAME, and a TAB before a module. */
	for (; (at = strstr(at, symbol)); at += len)
		if (at - stream->kallsyms > 19 && at[-1] == ' ' && (at[len] == '\n' || !at[len]))
			return strtoull(at - 19, NULL, 16);
	return 0;
}

/**
 * event_stream_read_comms - ask the kernel for the names of tasks
 * @stream: the stream
 * @tree: the control tree
 *
 * To be called once, when the tasks that are of interest have run.
 */
void event_stream_read_comms(struct event_stream *stream, int tree)
{
	char path[32];

	dir_path(path, tree);
	/* Without them they have numbers. */
	tracefs_load_cmdlines(path, stream->tep);
}

/**
 * event_stream_comm - name a task
 * @stream: after event_stream_read_comms()
 * @pid: the task
 *
 * Return: its name; NULL if it is not known.
 */
const char *event_stream_comm(const struct event_stream *stream, int pid)
{
	const char *comm = tep_data_comm_from_pid(stream->tep, pid);

	return comm && strcmp(comm, "<...>") ? comm : NULL;
}
