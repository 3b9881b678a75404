/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_EVENT_SPECIAL_H
#define FNT_CORE_EVENT_SPECIAL_H

/* What some events take beside their records: filters, stacks. */

#include <linux/types.h>

struct event_filter;
struct fnt_trace;

int special_get(void);
void special_put(void);

void *special_record(unsigned int size);
void special_record_done(const void *record);
bool special_match(const struct event_filter *filter, const void *record);
void special_stack(const struct fnt_trace *tr, unsigned long ip);
void special_user_stack(const struct fnt_trace *tr);

#endif
