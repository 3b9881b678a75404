// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's static events: its list of them, and the fields of their records.
 */

#include "core/kabi.h"

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/trace_events.h>

/**
 * kabi_has_events - can the kernel's events be had?
 *
 * Context: any.
 * Return: true if so.
 */
bool kabi_has_events(void)
{
	return kabi.events && kabi.event_mutex && kabi.event_common;
}

/**
 * kabi_each_event - call a function for each of the kernel's events
 * @fn: called with the last of the kernel's list first; those that come later are put
 *      in front
 * @data: passed to @fn
 *
 * Context: process, may sleep.
 */
void kabi_each_event(void (*fn)(void *data, struct trace_event_call *call), void *data)
{
	struct trace_event_call *call;

	mutex_lock(kabi.event_mutex);
	list_for_each_entry_reverse(call, kabi.events, list)
		fn(data, call);
	mutex_unlock(kabi.event_mutex);
}

/**
 * kabi_each_field - call a function for each field of an event's record
 * @call: the event, which is not freed meanwhile; NULL for the fields that all have
 * @fn: called in the order in which they are in the record
 * @data: passed to @fn
 *
 * Context: process, may sleep.
 * Return: 0, or the first nonzero value that @fn returned.
 */
int kabi_each_field(const struct trace_event_call *call, kabi_field_fn fn, void *data)
{
	const struct kabi_event_field *field;
	struct list_head *head = kabi.event_common;
	int ret;

	if (call)
		head = call->class->get_fields ?
		       call->class->get_fields((struct trace_event_call *)call) :
		       &call->class->fields;
	/* They were added at the front. */
	list_for_each_entry_reverse(field, head, link) {
		ret = fn(data, field);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * kabi_field_len - the number of elements of an array
 * @field: whose type is an array
 * @len: receives it
 *
 * Where the kernel does not keep it, it stands in the type. Which of the two this
 * kernel does can be seen where it stands in both: a number in brackets.
 *
 * Context: any.
 * Return: false if it is not kept, and the type is to be shown as it is.
 */
bool kabi_field_len(const struct kabi_event_field *field, unsigned int *len)
{
	const char *bracket = strchr(field->type, '[');
	unsigned int said;
	char end;

	if (field->len < 0 || field->len > field->size)
		return false;
	if (bracket && sscanf(bracket, "[%u%c", &said, &end) == 2 && end == ']' &&
	    said != field->len)
		return false;
	*len = field->len;
	return true;
}
