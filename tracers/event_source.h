/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_TRACERS_EVENT_SOURCE_H
#define FNT_TRACERS_EVENT_SOURCE_H

/* What events.c, event_record.c and the sources of events know of each other. */

#include <linux/trace_events.h>

#include "core/event_files.h"

/* Where the kernel's own code for an event takes room for its record, and ends it. */
void *event_record_reserve(struct trace_event_buffer *fbuffer, struct trace_event_file *native,
			   unsigned long len);
void event_record_commit(struct trace_event_buffer *fbuffer);
void event_record_mark(struct event_file *file);

int ticks_init(void);
void ticks_exit(void);
int ticks_attach(struct event_file *file);
void ticks_detach(struct event_file *file);
void ticks_changed(struct fnt_trace *tr);
void tick_events_show(const struct fnt_trace *tr, struct seq_file *m);

int gaps_init(void);
void gaps_exit(void);
int gaps_attach(struct event_file *file);
void gaps_detach(struct event_file *file);
void gaps_changed(struct fnt_trace *tr);
void gap_events_show(const struct fnt_trace *tr, struct seq_file *m);

int syscalls_attach(struct event_file *file);
void syscalls_detach(struct event_file *file);

#endif
