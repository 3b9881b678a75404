// SPDX-License-Identifier: GPL-2.0
/*
 * What happens when a probe is hit. Every hit runs through here.
 *
 * What most of them are is written without a call: one probe at the place, for one trace,
 * that wants registers. The rest goes a way on which functions are called that may be
 * probed, too: it is gone once at a time in a context, and what was hit meanwhile is
 * counted as missed.
 */

#include "tracers/probe_hit.h"

#include <linux/math.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "core/event_files.h"
#include "core/trace.h"
#include "tracers/event_source.h"

/* Contexts that are on the way with calls, one bit each: task 0, softirq 1, irq 2, NMI 3. */
static DEFINE_PER_CPU(unsigned int, on_the_way);

static __always_inline unsigned int context_bit(void)
{
	unsigned int count = preempt_count();

	return BIT(!!(count & NMI_MASK) + !!(count & (NMI_MASK | HARDIRQ_MASK)) +
		   !!(count & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)));
}

/* What is hit, and by whom. */
struct hit_at {
	struct probe_scene scene;
	unsigned long ret_ip;	/* of returns */
	u64 began;		/* of returns, when the call did */
};

static __always_inline void fill_head(void *record, const struct probe *probe,
				      unsigned long ret_ip)
{
	struct probe_return_head *returns = record;
	struct probe_entry_head *entry = record;

	if (probe->returns) {
		returns->func = probe->addr;
		returns->ret_ip = ret_ip;
	} else {
		entry->ip = probe->addr;
	}
}

static void record_hit(struct event_file *file, const struct probe *probe,
		       const struct hit_at *at)
{
	struct trace_event_buffer fbuffer;
	unsigned int size;
	void *record;

	if (!event_wanted(file->tr) && !READ_ONCE(file->special))
		return;
	size = probe_measure(probe->program, &at->scene);
	record = event_record_reserve(&fbuffer, &file->native, size);
	if (!record)
		return;
	fill_head(record, probe, at->ret_ip);
	probe_fetch(probe->program, &at->scene, record, size);
	event_record_commit(&fbuffer);
}

static void count_missed(const struct probe_hit *hit)
{
	const struct probe *counted = NULL;
	unsigned long place = hit->place;

	for (; hit->place == place; hit++) {
		if (!READ_ONCE(hit->file) || hit->probe == counted)
			continue;
		this_cpu_inc(*hit->probe->missed);
		counted = hit->probe;
	}
}

static noinline void record_all(const struct probe_hit *hit, const struct hit_at *at)
{
	unsigned int way = __this_cpu_read(on_the_way), bit = context_bit();
	const struct probe *counted = NULL;
	unsigned long place = hit->place;
	struct event_file *file;

	if (way & bit) {
		count_missed(hit);
		return;
	}
	__this_cpu_write(on_the_way, way | bit);
	barrier();
	for (; hit->place == place; hit++) {
		/* It may be about to go. */
		file = READ_ONCE(hit->file);
		if (!file || (hit->probe->returns && at->began < hit->since))
			continue;
		/* Once, for however many traces. */
		if (hit->probe != counted)
			this_cpu_inc(*hit->probe->hits);
		counted = hit->probe;
		record_hit(file, hit->probe, at);
	}
	barrier();
	__this_cpu_write(on_the_way, way);
}

/* Record it, if that is simple. */
static __always_inline bool try_record(const struct probe_hit *hit, const void *registers,
				       unsigned long ret_ip)
{
	const struct event_file *file = READ_ONCE(hit->file);
	struct event_quick quick __uninitialized;
	struct ring *rb;
	void *record;

	if (unlikely(!hit->size || !file || hit[1].place == hit->place ||
		     READ_ONCE(file->special)))
		return false;
	if (likely(event_wanted(file->tr))) {
		rb = event_ring(file->tr);
		if (unlikely(!event_quick_begin(file->tr, &quick) ||
			     !event_quick_reserve(rb, &quick, file->type, hit->size, &record)))
			return false;
		*(u32 *)(record + hit->size - sizeof(u32)) = 0;
		fill_head(record, hit->probe, ret_ip);
		probe_fetch_plain(hit->probe->program, registers, record);
		event_quick_commit(rb, &quick);
	}
	this_cpu_inc(*hit->probe->hits);
	return true;
}

static noinline void record_entry(const struct probe_hit *hit, const struct fnt_regs *regs)
{
	const struct hit_at at = {
		.scene = { .registers = regs, .stack = fnt_regs_return_place(regs) },
	};

	record_all(hit, &at);
}

/**
 * probe_entered - fnt_func_t of probes at entries
 * @ip: call site
 * @parent_ip: means nothing
 * @ops: of a struct probe_hook
 * @regs: registers
 *
 * Context: any, NMI-safe.
 */
void probe_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
		   const struct fnt_regs *regs)
{
	const struct probe_hook *hook = container_of(ops, struct probe_hook, ops);
	const struct probe_hit *hit = probe_table_find(READ_ONCE(hook->table), ip);

	if (hit && !try_record(hit, regs, 0))
		record_entry(hit, regs);
}

/**
 * probe_entered_direct - fnt_direct_t of the same
 * @regs: registers
 * @ops: of a struct probe_hook
 *
 * Context: any, NMI-safe.
 */
void probe_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	const struct probe_hook *hook = container_of(ops, struct probe_hook, ops);
	const struct probe_hit *hit = probe_table_find(READ_ONCE(hook->table),
						       fnt_regs_ip(regs));

	if (likely(hit) && unlikely(!try_record(hit, regs, 0)))
		record_entry(hit, regs);
}

/* Of each call that begins is known when it did: it may be older than a probe. */
static noinline void begin_call(struct probe_hook *hook, unsigned long ip,
				unsigned long parent_ip, const struct fnt_regs *regs)
{
	struct retstack *stack = retstack_begin(&hook->rets);
	const struct probe_hit *hit;

	if (stack) {
		retstack_push(&hook->rets, stack, ip, parent_ip, regs,
			      clock_read(TRACE_CLOCK_LOCAL));
		return;
	}
	hit = probe_table_find(READ_ONCE(hook->table), ip);
	if (hit)
		count_missed(hit);
}

/**
 * probe_begun - fnt_func_t of probes at returns
 * @ip: call site
 * @parent_ip: return address
 * @ops: of a struct probe_hook
 * @regs: registers
 *
 * Context: any, NMI-safe.
 */
void probe_begun(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
		 const struct fnt_regs *regs)
{
	begin_call(container_of(ops, struct probe_hook, ops), ip, parent_ip, regs);
}

/**
 * probe_begun_direct - fnt_direct_t of the same
 * @regs: registers
 * @ops: of a struct probe_hook
 *
 * Context: any, NMI-safe.
 */
void probe_begun_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	struct probe_hook *hook = container_of(ops, struct probe_hook, ops);
	unsigned long *place = (unsigned long *)&regs->parent;
	u64 now;

	if (unlikely(!retstack_ready() || *place == retstack_handler() ||
		     !clock_try_read_quick(&now)))
		begin_call(hook, fnt_regs_ip(regs), regs->parent, regs);
	else
		retstack_push_first(&hook->rets, retstack_of_current(), fnt_regs_ip(regs), place,
				    now);
}

static noinline void record_return(const struct probe_hit *hit,
				   const struct ftrace_ret_stack *frame, unsigned long result)
{
	const struct hit_at at = {
		.scene = {
			.registers = &result,
			.stack = frame->retp + 1,
		},
		.ret_ip = frame->ret,
		.began = frame->calltime,
	};

	record_all(hit, &at);
}

static __always_inline void end_call(const struct probe_hook *hook,
				     const struct ftrace_ret_stack *frame, unsigned long result)
{
	const struct probe_hit *hit = probe_table_find(READ_ONCE(hook->table),
						       retstack_ip_of(frame));

	if (unlikely(!hit))
		return;
	if (unlikely(frame->calltime < hit->since || !try_record(hit, &result, frame->ret)))
		record_return(hit, frame, result);
}

/**
 * probe_returned - struct retstack_user.returned of probes at returns
 * @user: of a struct probe_hook
 * @stack: the task's calls
 * @index: of the one that returns
 * @result: what was in rax
 *
 * Context: any, NMI-safe; preemption off.
 */
void probe_returned(struct retstack_user *user, struct retstack *stack, unsigned int index,
		    unsigned long result)
{
	end_call(container_of(user, struct probe_hook, rets), &stack->frames[index], result);
}

/**
 * probe_returned_direct - struct retstack_user.direct of the same
 * @results: what is in rax and rdx
 * @user: of a struct probe_hook
 *
 * Context: any, NMI-safe; preemption off.
 * Return: where the function returns to.
 */
unsigned long probe_returned_direct(const unsigned long *results, struct retstack_user *user)
{
	struct retstack_pop pop __uninitialized;

	if (unlikely(!retstack_pop(user, &pop)))
		return retstack_return(results, user);
	end_call(container_of(user, struct probe_hook, rets), pop.frame, results[0]);
	return retstack_popped(&pop);
}

/**
 * probe_kprobe_hit - pre_handler of probes elsewhere
 * @kp: of a struct probe_kprobe
 * @regs: all registers
 *
 * Context: any, NMI-safe; of a breakpoint, or of the kernel's ftrace.
 * Return: 0.
 */
int probe_kprobe_hit(struct kprobe *kp, struct pt_regs *regs)
{
	const struct probe_kprobe *probe = container_of(kp, struct probe_kprobe, kp);
	const struct probe_hit *hit;
	const struct hit_at at = {
		.scene = {
			.registers = regs,
			.stack = (const unsigned long *)kernel_stack_pointer(regs),
		},
	};

	hit = probe_table_find(READ_ONCE(probe->hook->table), (unsigned long)kp->addr);
	if (hit)
		record_all(hit, &at);
	return 0;
}
