/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_TRACE_EVENTS_H
#define SHIM_LINUX_TRACE_EVENTS_H

struct trace_entry {
	unsigned short type;
	unsigned char flags;
	unsigned char preempt_count;
	int pid;
};

#endif
