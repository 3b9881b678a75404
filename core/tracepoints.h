/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_TRACEPOINTS_H
#define FNT_CORE_TRACEPOINTS_H

struct tracepoint;

struct tracepoint *tracepoints_find(const char *name);

#endif
