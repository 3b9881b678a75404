/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_INSTANCES_H
#define FNT_CORE_INSTANCES_H

/* All traces: the root trace and those that users make beside it. */

#include <linux/types.h>

struct fnt_trace;

int instances_init(void);
void instances_exit(void);

int instance_create(const char *name, struct fnt_trace **made);
int instance_remove(struct fnt_trace *tr);
struct fnt_trace *instance_find(const char *name);
bool instance_next(unsigned int *number, char *name, size_t size);

struct fnt_trace *instances_next(struct fnt_trace *tr);

void trace_get(struct fnt_trace *tr);
void trace_put(struct fnt_trace *tr);
bool trace_hold(struct fnt_trace *tr);
void trace_release(struct fnt_trace *tr);

#endif
