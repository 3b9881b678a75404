// SPDX-License-Identifier: GPL-2.0

#include "blocked_print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "fntrace.h"

/* By number: made of the C library's own by the Makefile. */
static const char *const syscall_names[] = {
#include "syscall_names.h"
};

static const char *syscall_name(int syscall, char number[16])
{
	if (syscall == NO_SYSCALL)
		return "-";
	if (syscall >= 0 && (size_t)syscall < ARRAY_SIZE(syscall_names) && syscall_names[syscall])
		return syscall_names[syscall];
	snprintf(number, 16, "%d", syscall);
	return number;
}

static const char *comm_of(const struct blocked_report *report, int pid)
{
	const struct blocked_task *task = blocked_task(&report->blocked, pid);
	const char *comm;

	if (task && task->comm[0])
		return task->comm;
	comm = event_stream_comm(report->stream, pid);
	return comm ? comm : "?";
}

static double ms(uint64_t ns)
{
	return (double)ns / (double)NS_PER_MS;
}

static uint64_t length_of(const struct blocked_report *report, const struct blocking *blocking)
{
	uint64_t end = blocking->end ? blocking->end : report->end;

	return end > blocking->start ? end - blocking->start : 0;
}

/* One that is not ended, of a task that waits no more: who woke it is lost. */
static bool is_shown(const struct blocked_report *report, const struct blocking *blocking)
{
	const struct blocked_task *task = blocked_task(&report->blocked, blocking->pid);
	size_t number = blocking - report->blocked.at + 1;

	if (!task || !task->chosen || blocking->pid == report->hidden)
		return false;
	if (!blocking->end && (!task->blocks || task->last != number))
		return false;
	return length_of(report, blocking) >= report->least;
}

/* How it gives its CPU away is the same for all, and not what it waits in. */
static bool is_of_scheduler(const char *function)
{
	static const char *const names[] = {
		"__schedule", "schedule", "schedule_timeout", "schedule_hrtimeout_range_clock",
		"schedule_hrtimeout_range", "io_schedule", "io_schedule_timeout",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(function, names[i]))
			return true;
	return !strncmp(function, "trace_event_raw_event_", strlen("trace_event_raw_event_")) ||
	       !strncmp(function, "__traceiter_", strlen("__traceiter_"));
}

static size_t skip_scheduler(const struct blocked_report *report,
			     const struct blocking *blocking)
{
	const char *function;
	size_t i;

	for (i = 0; i < blocking->nr_stack; i++) {
		function = event_stream_function(report->stream, blocking->stack[i]);
		if (function && !is_of_scheduler(function))
			break;
	}
	return i;
}

static void print_waker(FILE *out, const struct blocked_report *report,
			const struct blocking *blocking)
{
	const struct waker *waker = &blocking->waker;

	if (!blocking->end)
		fputs("not woken", out);
	else if (waker->kind == WAKER_TASK)
		fprintf(out, "task %s-%d", comm_of(report, waker->pid), waker->pid);
	else
		fprintf(out, "%s%s%s", waker_kind_name(waker->kind), waker->name ? " " : "",
			waker->name ? waker->name : "");
}

static void print_stack(FILE *out, const struct blocked_report *report,
			const struct blocking *blocking)
{
	const char *function;
	size_t i;

	for (i = skip_scheduler(report, blocking); i < blocking->nr_stack; i++) {
		function = event_stream_function(report->stream, blocking->stack[i]);
		fprintf(out, "%29s <- ", "");
		if (function)
			fprintf(out, "%s\n", function);
		else
			fprintf(out, "%#" PRIx64 "\n", blocking->stack[i]);
	}
}

static void print_step(FILE *out, const struct blocked_report *report,
		       const struct blocked_step *step)
{
	const struct blocking *blocking = NULL;
	char number[16];

	if (step->blocking)
		blocking = &report->blocked.at[step->blocking - 1];
	fprintf(out, "%12s  %13.3f  | %s-%d ", "", ms(step->to - step->from),
		comm_of(report, step->pid), step->pid);
	if (blocking) {
		fprintf(out, "in %s, woken by ", syscall_name(blocking->syscall, number));
		print_waker(out, report, blocking);
	} else {
		fputs("runs", out);
	}
	putc('\n', out);
}

/* Where a task waits only shortly, that counts as running. */
static bool is_short(const struct blocked_report *report, const struct blocked_step *step)
{
	return !step->blocking || step->to - step->from < report->least;
}

static void print_path(FILE *out, const struct blocked_report *report,
		       const struct blocking *blocking)
{
	const struct blocked_step *next;
	struct blocked_step step;
	size_t i = blocking->nr_path;

	while (i) {
		step = blocking->path[--i];
		if (is_short(report, &step)) {
			step.blocking = 0;
			for (; i; i--) {
				next = &blocking->path[i - 1];
				if (next->pid != step.pid || !is_short(report, next))
					break;
				step.to = next->to;
			}
		}
		print_step(out, report, &step);
	}
}

static void print_blocking(FILE *out, const struct blocked_report *report,
			   const struct blocking *blocking)
{
	char number[16];

	if (blocking->before)
		fprintf(out, "%12s", "before");
	else
		fprintf(out, "%12.6f", ms(blocking->start - report->blocked.start) / 1000);
	fprintf(out, "  %13.3f  %-16s  ", ms(length_of(report, blocking)),
		syscall_name(blocking->syscall, number));
	print_waker(out, report, blocking);
	putc('\n', out);
	print_path(out, report, blocking);
	if (report->stacks)
		print_stack(out, report, blocking);
}

static int compare(const void *a, const void *b)
{
	const struct blocking *x = *(const struct blocking *const *)a;
	const struct blocking *y = *(const struct blocking *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* What is shown, task by task; to be freed. NULL without memory. */
static const struct blocking **list_shown(const struct blocked_report *report, size_t *nr)
{
	const struct blocked *blocked = &report->blocked;
	const struct blocking **list, *blocking;

	*nr = 0;
	list = calloc(blocked->nr + 1, sizeof(struct blocking *));
	if (!list)
		return NULL;
	for (blocking = blocked->at; blocking < blocked->at + blocked->nr; blocking++)
		if (is_shown(report, blocking))
			list[(*nr)++] = blocking;
	qsort(list, *nr, sizeof(struct blocking *), compare);
	return list;
}

/**
 * blocked_print - show it as text
 * @out: the stream
 * @report: what is shown
 *
 * Return: 0; -1 without memory.
 */
int blocked_print(FILE *out, const struct blocked_report *report)
{
	size_t i, nr;
	const struct blocking **list = list_shown(report, &nr);

	if (!list)
		return -1;
	fprintf(out, "# %.3f s\n", ms(report->end - report->blocked.start) / 1000);
	for (i = 0; i < nr; i++) {
		if (!i || list[i]->pid != list[i - 1]->pid)
			fprintf(out, "\n%s-%d\n%12s  %13s  %-16s  %s\n",
				comm_of(report, list[i]->pid), list[i]->pid, "Start",
				"Duration (ms)", "Syscall", "Wakeup");
		print_blocking(out, report, list[i]);
	}
	free(list);
	return 0;
}

static json_t *json_of_waker(const struct blocked_report *report, const struct waker *waker)
{
	json_t *json = json_pack("{s:s}", "by", waker_kind_name(waker->kind));

	if (waker->kind == WAKER_TASK) {
		json_object_set_new(json, "pid", json_integer(waker->pid));
		json_object_set_new(json, "comm", json_string(comm_of(report, waker->pid)));
	} else if (waker->name) {
		json_object_set_new(json, "name", json_string(waker->name));
	}
	return json;
}

static json_t *json_of_stack(const struct blocked_report *report,
			     const struct blocking *blocking)
{
	json_t *json = json_array();
	const char *function;
	char address[24];
	size_t i;

	for (i = skip_scheduler(report, blocking); i < blocking->nr_stack; i++) {
		function = event_stream_function(report->stream, blocking->stack[i]);
		snprintf(address, sizeof(address), "%#" PRIx64, blocking->stack[i]);
		json_array_append_new(json, json_string(function ? function : address));
	}
	return json;
}

static void set_syscall(json_t *json, const struct blocking *blocking)
{
	char number[16];

	if (blocking->syscall != NO_SYSCALL)
		json_object_set_new(json, "syscall",
				    json_string(syscall_name(blocking->syscall, number)));
}

static json_t *json_of_path(const struct blocked_report *report,
			    const struct blocking *blocking)
{
	const struct blocked_step *step;
	const struct blocking *waited;
	json_t *json = json_array(), *one;
	size_t i;

	for (i = blocking->nr_path; i; i--) {
		step = &blocking->path[i - 1];
		one = json_pack("{s:i, s:s, s:f}", "pid", step->pid, "comm",
				comm_of(report, step->pid), "ms", ms(step->to - step->from));
		if (step->blocking) {
			waited = &report->blocked.at[step->blocking - 1];
			set_syscall(one, waited);
			json_object_set_new(one, "wakeup", json_of_waker(report, &waited->waker));
		}
		json_array_append_new(json, one);
	}
	return json;
}

static json_t *json_of_blocking(const struct blocked_report *report,
				const struct blocking *blocking)
{
	char letter = blocked_state_letter(blocking->state);
	json_t *json = json_pack("{s:f, s:b}", "ms", ms(length_of(report, blocking)), "before",
				 blocking->before);

	if (!blocking->before)
		json_object_set_new(json, "start",
				    json_real(ms(blocking->start - report->blocked.start) / 1000));
	if (letter)
		json_object_set_new(json, "state", json_stringn(&letter, 1));
	set_syscall(json, blocking);
	if (blocking->end)
		json_object_set_new(json, "wakeup", json_of_waker(report, &blocking->waker));
	if (report->paths)
		json_object_set_new(json, "path", json_of_path(report, blocking));
	json_object_set_new(json, "stack", json_of_stack(report, blocking));
	return json;
}

/**
 * blocked_json - show it to a program
 * @report: what is shown
 *
 * Return: an object; NULL without memory.
 */
json_t *blocked_json(const struct blocked_report *report)
{
	json_t *tasks = json_array(), *blockings = NULL;
	size_t i, nr;
	const struct blocking **list = list_shown(report, &nr);

	for (i = 0; list && i < nr; i++) {
		if (!i || list[i]->pid != list[i - 1]->pid) {
			blockings = json_array();
			json_array_append_new(tasks, json_pack("{s:i, s:s, s:o}", "pid",
							       list[i]->pid, "comm",
							       comm_of(report, list[i]->pid),
							       "blockings", blockings));
		}
		json_array_append_new(blockings, json_of_blocking(report, list[i]));
	}
	if (!list) {
		json_decref(tasks);
		return NULL;
	}
	free(list);
	return json_pack("{s:f, s:b, s:o}", "seconds",
			 ms(report->end - report->blocked.start) / 1000, "lost",
			 report->stream->lost, "tasks", tasks);
}
