/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_EVENT_STREAM_H
#define USER_EVENT_STREAM_H

/* The events of an instance, of all CPUs in the order of their times, while they come. */

#include <event-parse.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scope;

/**
 * struct stream_event - a record
 * @event: what it is
 * @ts: when, in ns
 * @cpu: where
 * @pid: the task that ran
 * @flags: common_flags of the record
 * @missed: events of this CPU are missing before it
 * @data: the record
 * @size: its bytes
 * @order: in which it was read
 */
struct stream_event {
	struct tep_event *event;
	uint64_t ts;
	int cpu;
	int pid;
	unsigned int flags;
	bool missed;
	void *data;
	int size;
	size_t order;
};

/**
 * struct event_stream - where they come from
 * @tep: knows what records mean
 * @instance: they are in
 * @at: those that were read, but are not in order yet
 * @nr: number of them
 * @failed: there was no memory for one
 * @lost: events are missing
 * @kallsyms: names of the kernel's functions and variables, as the kernel has them
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
	bool lost;
	char *kallsyms;
	struct pollfd *fds;
	int nr_cpus;
};

/**
 * struct stream_field_name - a field of an event
 * @system: of the event
 * @event: its name
 * @field: the field's, which may be a common one
 */
struct stream_field_name {
	const char *system;
	const char *event;
	const char *field;
};

/* What is done about one. */
typedef void (*stream_handler)(const struct stream_event *event, void *data);

int event_stream_open(struct event_stream *stream, const struct scope *scope,
		      const char *const systems[]);
int event_stream_fields(const struct event_stream *stream, const struct scope *scope,
			const struct stream_field_name *names, int nr,
			const struct tep_format_field **fields);
int event_stream_follow(struct event_stream *stream, stream_handler handle, void *data);
int event_stream_finish(struct event_stream *stream, stream_handler handle, void *data);
void event_stream_close(struct event_stream *stream);

unsigned long long stream_number(const struct stream_event *event,
				 const struct tep_format_field *field);
const char *stream_string(const struct stream_event *event,
			  const struct tep_format_field *field);
size_t stream_addresses(const struct stream_event *event, const struct tep_format_field *size,
			const struct tep_format_field *field, uint64_t *addresses, size_t room);
uint64_t stream_now(void);
const char *event_stream_function(const struct event_stream *stream, uint64_t address);
const char *event_stream_symbol(const struct event_stream *stream, uint64_t address,
				uint64_t *begin);
uint64_t event_stream_address(const struct event_stream *stream, const char *symbol);
void event_stream_read_comms(struct event_stream *stream, int tree);
const char *event_stream_comm(const struct event_stream *stream, int pid);

#endif
