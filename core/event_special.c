// SPDX-License-Identifier: GPL-2.0
/*
 * What some events take beside their records: room to look at one that is not in the
 * ring, or at a string outside it, and stacks.
 */

#include "core/event_special.h"

#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/ptrace.h>

#include "core/event_filter.h"
#include "core/peek.h"
#include "core/trace.h"

/* Contexts that interrupt one another: task, softirq, irq, NMI. */
#define LEVELS 4

/* The longest record that is looked at before it is in the ring. */
#define RECORD_MAX 4096

/* Of a string outside a record so much is looked at. */
#define STRING_MAX 512

/* Frames of a stack that are recorded at most. */
#define STACK_MAX 128

/* Frames of user space, as many as the record has. */
#define USER_STACK_MAX 8

/**
 * struct special_room - room of a CPU
 * @records: for records
 * @busy: those of @records that are in use
 * @strings: for strings
 * @stacks: for stacks
 * @in_stack: by context, one is being looked at
 * @in_user_stack: the same of user space
 */
struct special_room {
	u8 records[LEVELS][RECORD_MAX] __aligned(8);
	bool busy[LEVELS];
	char strings[LEVELS][STRING_MAX];
	unsigned long stacks[LEVELS][STACK_MAX];
	bool in_stack[LEVELS];
	bool in_user_stack;
};

/* Allocated while somebody may need it; NULL before and afterwards. */
static struct special_room __percpu *rooms;
static unsigned int room_users;
static DEFINE_MUTEX(room_mutex);

/**
 * special_get - what is special may come
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int special_get(void)
{
	int err = 0;

	mutex_lock(&room_mutex);
	if (!room_users)
		rooms = alloc_percpu(struct special_room);
	if (rooms)
		room_users++;
	else
		err = -ENOMEM;
	mutex_unlock(&room_mutex);
	return err;
}

/**
 * special_put - undo special_get()
 *
 * Context: process, may sleep; events that it was for come no more.
 */
void special_put(void)
{
	mutex_lock(&room_mutex);
	if (!--room_users) {
		free_percpu(rooms);
		rooms = NULL;
	}
	mutex_unlock(&room_mutex);
}

/**
 * special_record - room for a record that is only looked at
 * @size: bytes of it
 *
 * Filling a record may fault, and a fault is an event in the same context.
 *
 * Context: any, NMI-safe; preemption off, until special_record_done(); after special_get().
 * Return: the room; NULL if it is too long, or if the room is in use.
 */
void *special_record(unsigned int size)
{
	struct special_room *room = this_cpu_ptr(rooms);
	unsigned int level = interrupt_context_level();

	if (size > RECORD_MAX || room->busy[level])
		return NULL;
	room->busy[level] = true;
	barrier();
	return room->records[level];
}

/**
 * special_record_done - undo special_record()
 * @record: from it
 *
 * Context: any, NMI-safe; that of special_record().
 */
void special_record_done(const void *record)
{
	struct special_room *room = this_cpu_ptr(rooms);

	barrier();
	room->busy[((const u8 *)record - room->records[0]) / RECORD_MAX] = false;
}

static int peek(char *buf, u64 addr, size_t room, bool user)
{
	size_t len = 0;

	if (!user)
		len = peek_string(buf, addr, room);
	else if (!in_nmi())
		len = peek_user_string(buf, addr, room);
	if (!len)
		return -EFAULT;
	return buf[len - 1] ? len : len - 1;
}

static void describe(struct filter_scene *scene)
{
	*scene = (struct filter_scene) {
		.cpu = raw_smp_processor_id(),
		.comm = current->comm,
		.comm_size = TASK_COMM_LEN,
		.peek = peek,
		.room = STRING_MAX,
	};
	if (rooms)
		scene->buf = this_cpu_ptr(rooms)->strings[interrupt_context_level()];
}

/**
 * special_match - is a record to be kept?
 * @filter: the filter
 * @record: the record
 *
 * Context: any, NMI-safe; preemption off; after special_get() if the filter looks at
 * strings outside the record.
 * Return: true if so.
 */
bool special_match(const struct event_filter *filter, const void *record)
{
	return event_filter_match(filter, record, describe);
}

/* Ours are no part of it; nor is what called us at the entry of a function. */
static unsigned int drop_ours(unsigned long *stack, unsigned int nr, unsigned long ip)
{
	unsigned int i, from = 0;

	while (from < nr && within_module(stack[from], THIS_MODULE))
		from++;
	for (i = from; ip && i < nr; i++)
		if (stack[i] == ip + MCOUNT_INSN_SIZE)
			from = i;
	memmove(stack, stack + from, (nr - from) * sizeof(*stack));
	return nr - from;
}

/**
 * special_stack - record how it came to an event, or to a function
 * @tr: the trace
 * @ip: call site of the function, which it begins with; 0 for an event
 *
 * The unwinder is made of functions; of those no stack is looked for meanwhile.
 *
 * Context: any, NMI-safe; preemption off; after special_get().
 */
void special_stack(const struct fnt_trace *tr, unsigned long ip)
{
	struct special_room *room = this_cpu_ptr(rooms);
	unsigned int level = interrupt_context_level(), nr;
	unsigned long *stack = room->stacks[level];
	struct event_stack *event;
	struct rb_entry entry;
	struct ring *rb;

	if (!event_wanted(tr) || room->in_stack[level])
		return;
	room->in_stack[level] = true;
	barrier();
	nr = drop_ours(stack, stack_trace_save(stack, STACK_MAX, 0), ip);
	barrier();
	room->in_stack[level] = false;
	rb = event_ring(tr);
	event = event_reserve(tr, rb, &entry, EVENT_STACK, struct_size(event, caller, nr));
	if (!event)
		return;
	event->size = nr;
	memcpy(event->caller, stack, nr * sizeof(*stack));
	event_commit(rb, &entry);
}

/* What user space keeps of a call where it has frame pointers. */
struct user_frame {
	const struct user_frame __user *next;
	unsigned long ret;
};

static unsigned int walk_user_stack(unsigned long *stack, unsigned int max)
{
	const struct pt_regs *regs = task_pt_regs(current);
	const struct user_frame __user *at = (const void __user *)regs->bp;
	struct user_frame frame;
	unsigned int nr = 0;

	/* A task that ends has no memory any more, but still the place where it was. */
	if (current->flags & PF_KTHREAD)
		return 0;
	stack[nr++] = regs->ip;
	while (nr < max && (unsigned long)at >= regs->sp &&
	       !copy_from_user_nofault(&frame, at, sizeof(frame)) && frame.ret) {
		stack[nr++] = frame.ret;
		at = frame.next;
	}
	return nr;
}

/**
 * special_user_stack - record how it came to an event in user space
 * @tr: the trace
 *
 * Context: any; in NMIs nothing is recorded; preemption off; after special_get().
 */
void special_user_stack(const struct fnt_trace *tr)
{
	struct special_room *room = this_cpu_ptr(rooms);
	unsigned long stack[USER_STACK_MAX] = { };
	struct event_user_stack *event;
	struct rb_entry entry;
	struct ring *rb;

	/* Looking may make events. */
	if (in_nmi() || room->in_user_stack || !event_wanted(tr))
		return;
	room->in_user_stack = true;
	barrier();
	walk_user_stack(stack, USER_STACK_MAX);
	barrier();
	room->in_user_stack = false;
	rb = event_ring(tr);
	event = event_reserve(tr, rb, &entry, EVENT_USER_STACK, sizeof(*event));
	if (!event)
		return;
	event->tgid = current->tgid;
	memcpy(event->caller, stack, sizeof(event->caller));
	event_commit(rb, &entry);
}
