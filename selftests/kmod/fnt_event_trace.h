/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM fnt_event

#if !defined(FNT_EVENT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define FNT_EVENT_TRACE_H

/* Events of a module, as the kernel's are defined: the simplest, and one of all sorts. */

#include <linux/tracepoint.h>

TRACE_EVENT(fnt_event_two,
	TP_PROTO(long first, long second),
	TP_ARGS(first, second),
	TP_STRUCT__entry(
		__field(long, first)
		__field(long, second)
	),
	TP_fast_assign(
		__entry->first = first;
		__entry->second = second;
	),
	TP_printk("first=%ld second=%ld", __entry->first, __entry->second)
);

TRACE_EVENT(fnt_event_all,
	TP_PROTO(int number, const char *name, const void *where, const u8 *bytes, int len),
	TP_ARGS(number, name, where, bytes, len),
	TP_STRUCT__entry(
		__field(u8, small)
		__field(s16, minus)
		__field(int, number)
		__field(u64, large)
		__array(char, fixed, 12)
		__string(name, name)
		__field(const char *, pointer)
		__field(const void *, where)
		__dynamic_array(u8, bytes, len)
	),
	TP_fast_assign(
		__entry->small = number;
		__entry->minus = -number;
		__entry->number = number;
		__entry->large = (u64)number << 40;
		strscpy(__entry->fixed, name, sizeof(__entry->fixed));
		__assign_str(name, name);
		__entry->pointer = "fnt_event";
		__entry->where = where;
		memcpy(__get_dynamic_array(bytes), bytes, len);
	),
	TP_printk("small=%u minus=%d number=%d large=%llx fixed=%s name=%s pointer=%s bytes=%s %s",
		  __entry->small, __entry->minus, __entry->number, __entry->large,
		  __entry->fixed, __get_str(name), __entry->pointer,
		  __print_hex(__get_dynamic_array(bytes), __get_dynamic_array_len(bytes)),
		  __print_symbolic(__entry->number & 3, { 0, "none" }, { 1, "one" }, { 2, "two" }))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE fnt_event_trace
#include <trace/define_trace.h>
