/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_EVENT_STREAM_H
#define USER_EVENT_STREAM_H

/* The events of an instance, of all CPUs in the order of their times, while they come. */

#include <event-parse.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct stream_event - a record
 * @event: what it is
 * @ts: when, in ns
 * @cpu: where
 * @missed: events of this CPU are missing before it
 * @data: the record
 * @order: in which it was read
 */
struct stream_event {
	struct tep_event *event;
	uint64_t ts;
	int cpu;
	bool missed;
	void *data;
	size_t order;
};

/**
 * struct event_stream - where they come from
 * @tep: knows what records mean
 * @instance: they are in
 * @at: those that were read, but are not in order yet
 * @nr: number of them
 * @failed: there was no memory for one
 * @fds: files of the CPUs' buffers, to see how full they are; -1 for one that is not there
 * @nr_cpus: number of them
 */
struct event_stream {
	struct tep_handle *tep;
	struct tracefs_instance *instance;
	struct stream_event *at;
	size_t nr;
	size_t room;
	bool failed;
	struct pollfd *fds;
	int nr_cpus;
};

/* What is done about one. */
typedef void (*stream_handler)(const struct stream_event *event, void *data);

int event_stream_open(struct event_stream *stream, int tree, int instance,
		      const char *const systems[]);
bool event_stream_is_due(struct event_stream *stream);
int event_stream_read(struct event_stream *stream, uint64_t before, stream_handler handle,
		      void *data);
void event_stream_close(struct event_stream *stream);

const struct tep_format_field *event_stream_field(const struct event_stream *stream,
						  const char *system, const char *event,
						  const char *name);
unsigned long long stream_number(const struct stream_event *event,
				 const struct tep_format_field *field);
const char *event_stream_function(const struct event_stream *stream, uint64_t address);
void event_stream_read_comms(struct event_stream *stream, int tree);
const char *event_stream_comm(const struct event_stream *stream, int pid);

#endif
