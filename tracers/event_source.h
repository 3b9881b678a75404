/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_TRACERS_EVENT_SOURCE_H
#define FNT_TRACERS_EVENT_SOURCE_H

/* What events.c, event_record.c and syscalls.c know of each other. */

#include <linux/trace_events.h>

#include "core/event_files.h"

/* Where the kernel's own code for an event takes room for its record, and ends it. */
void *event_record_reserve(struct trace_event_buffer *fbuffer, struct trace_event_file *native,
			   unsigned long len);
void event_record_commit(struct trace_event_buffer *fbuffer);
void event_record_mark(struct event_file *file);

int syscalls_attach(struct event_file *file);
void syscalls_detach(struct event_file *file);

#endif
