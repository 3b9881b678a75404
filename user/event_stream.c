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
#include <tracefs.h>
#include <unistd.h>

#include "textfile.h"

#define KALLSYMS "/proc/kallsyms"

/* Of a directory that is open. */
static void dir_path(char path[32], int dir)
{
	snprintf(path, 32, "/proc/self/fd/%d", dir);
}

static int read_functions(struct event_stream *stream)
{
	char *text = textfile_read(AT_FDCWD, KALLSYMS);
	int err = text ? tep_parse_kallsyms(stream->tep, text) : -1;

	free(text);
	return err;
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

/**
 * event_stream_open - begin to read the events of an instance
 * @stream: receives it; for event_stream_close() even if this fails
 * @tree: the control tree
 * @instance: its directory of the instance
 * @systems: those that events may be of, NULL behind the last
 *
 * Return: 0; -1 with errno.
 */
int event_stream_open(struct event_stream *stream, int tree, int instance,
		      const char *const systems[])
{
	char path[32];

	*stream = (struct event_stream) { };
	if (open_buffers(stream, instance))
		return -1;
	dir_path(path, tree);
	errno = 0;
	stream->tep = tracefs_local_events_system(path, systems);
	dir_path(path, instance);
	stream->instance = tracefs_instance_alloc(path, NULL);
	if (stream->tep && stream->instance && !read_functions(stream))
		return 0;
	if (!errno)
		errno = EIO;
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
		.data = copy, .order = stream->nr,
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

/**
 * event_stream_is_due - is it time to read?
 * @stream: the stream
 *
 * Who reads is traced as well, and takes time from others: so it waits until a buffer is
 * as full as buffer_percent says.
 *
 * Return: true if so.
 */
bool event_stream_is_due(struct event_stream *stream)
{
	return poll(stream->fds, stream->nr_cpus, 0) > 0;
}

/**
 * event_stream_read - read what there is, and pass on what is in order
 * @stream: the stream
 * @before: all that is older than this, in ns, has been recorded
 * @handle: gets each event that is
 * @data: for @handle
 *
 * Return: 0; -1 with errno.
 */
int event_stream_read(struct event_stream *stream, uint64_t before, stream_handler handle,
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
	qsort(stream->at, stream->nr, sizeof(*stream->at), compare);
	for (done = 0; done < stream->nr && stream->at[done].ts < before; done++) {
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
	if (stream->instance)
		tracefs_instance_free(stream->instance);
	tep_free(stream->tep);
	*stream = (struct event_stream) { };
}

/**
 * event_stream_field - find a field of an event
 * @stream: the stream
 * @system: of the event
 * @event: its name
 * @name: of the field, a common one perhaps
 *
 * Return: the field; NULL if there is none.
 */
const struct tep_format_field *event_stream_field(const struct event_stream *stream,
						  const char *system, const char *event,
						  const char *name)
{
	struct tep_event *found = tep_find_event_by_name(stream->tep, system, event);

	return found ? tep_find_any_field(found, name) : NULL;
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
