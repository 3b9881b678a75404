/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_EVENT_FILTER_H
#define FNT_CORE_EVENT_FILTER_H

/* The language of events/.../filter: which records of an event are kept. */

#include <linux/types.h>

/* The longest string that a field can be compared with, and the longest filter. */
#define EVENT_FILTER_STRING_MAX 255
#define EVENT_FILTER_MAX 4095

/* How a field holds what it is about. */
enum filter_kind {
	FILTER_NUMBER,
	FILTER_STRING,		/* characters in the record, as many as the field is long */
	FILTER_LOCATED,		/* elsewhere in the record: offset, and length << 16 */
	FILTER_LOCATED_BEHIND,	/* the same, from behind the field on */
	FILTER_POINTER,		/* at an address that the record has */
	FILTER_TASK_COMM,	/* no field: the command of the current task */
	FILTER_THIS_CPU,	/* no field: the CPU */
};

/**
 * struct filter_field - a field of a record
 * @name: its name
 * @offset: in the record
 * @size: in bytes
 * @is_signed: of a number
 * @kind: how it holds what it is about
 */
struct filter_field {
	const char *name;
	u16 offset;
	u16 size;
	bool is_signed;
	enum filter_kind kind;
};

/**
 * struct filter_fault - what is wrong with a filter
 * @pos: where in the filter
 * @what: a constant string, in the kernel's words
 */
struct filter_fault {
	unsigned int pos;
	const char *what;
};

/**
 * struct filter_scene - what is known beside the record
 * @cpu: on which it happened
 * @comm: of the current task, @comm_size bytes
 * @comm_size: bytes at @comm
 * @peek: copy a string of the kernel's, or of user space; its length, @room if it is
 *        as long or longer, negative if it cannot be read
 * @room: bytes at @buf
 * @buf: for that
 */
struct filter_scene {
	unsigned int cpu;
	const char *comm;
	size_t comm_size;
	int (*peek)(char *buf, u64 addr, size_t room, bool user);
	size_t room;
	char *buf;
};

struct event_filter;

/*
 * Find a field by its name, which is not ended by a NUL; NULL if there is none. What it
 * returns is good until the next call.
 */
typedef const struct filter_field *(*filter_find_t)(void *arg, const char *name, size_t len);

/* Tell what is known beside the record. */
typedef void (*filter_describe_t)(struct filter_scene *scene);

int event_filter_create(const char *text, filter_find_t find, void *arg,
			struct event_filter **filter, struct filter_fault *fault);
void event_filter_destroy(struct event_filter *filter);
const char *event_filter_text(const struct event_filter *filter);
bool event_filter_match(const struct event_filter *filter, const void *record,
			filter_describe_t describe);

#endif
