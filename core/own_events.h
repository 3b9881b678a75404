/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_OWN_EVENTS_H
#define FNT_CORE_OWN_EVENTS_H

/* Events that no tracepoint of the kernel makes, but this module: the system fntrace. */

#include "core/events.h"

struct trace_event_call;

int own_events_init(void);
void own_events_exit(void);
struct trace_event_call *own_event_nth(unsigned int n, enum event_origin *origin);

#endif
