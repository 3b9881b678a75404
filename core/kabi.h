/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_KABI_H
#define FNT_CORE_KABI_H

/*
 * The only place that knows kernel versions, hidden symbols and the layout of
 * other people's private structures.
 *
 * Data is reached through the pointers of struct kabi. Functions are reached
 * through static calls, never through plain pointers: kernels with IBT seal the
 * ENDBR of functions that they never call indirectly (Linux 6.2 and later), and
 * an indirect call to a sealed function is fatal on a CPU that checks.
 */

#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/seqlock.h>
#include <linux/static_call.h>
#include <linux/types.h>

#include <asm/timer.h>

struct trace_event_call;
struct vm_area_struct;

/*
 * struct ftrace_page of kernel/trace/ftrace.c: one group of the kernel's own
 * records of call sites, sorted by address. Unchanged from v3.4 to v6.12.
 */
struct kabi_ftrace_page {
	struct kabi_ftrace_page *next;
	struct dyn_ftrace *records;
	int index;		/* records in use */
	int order;
};

/*
 * struct text_poke_loc of arch/x86/kernel/alternative.c: one site of a
 * breakpoint batch, as the kernel's noinstr int3 handler reads it. The layout
 * is that of v5.17 to v6.15; the load-time self-test of the int3 patcher is
 * what tells that it is that of the running kernel.
 */
struct kabi_poke_loc {
	s32 rel_addr;		/* site - _stext */
	s32 disp;		/* of the emulated instruction */
	u8 len;			/* of the emulated instruction */
	u8 opcode;		/* of the emulated instruction */
	u8 text[5];
	u8 old;
};

/* struct bp_patching_desc of the same file: what the handler searches. */
struct kabi_poke_desc {
	struct kabi_poke_loc *vec;	/* sorted by rel_addr */
	int nr_entries;
	atomic_t refs;		/* nonzero: batch in progress */
};

/*
 * struct cyc2ns of arch/x86/kernel/tsc.c: how a CPU's time stamp counter becomes
 * the nanoseconds of sched_clock(). One of the two is being read while the other
 * is written; the low bit of the sequence tells which. Unchanged from v4.12 to
 * v6.12; clock_init() tests that it gives what sched_clock() gives.
 */
struct kabi_cyc2ns {
	struct cyc2ns_data data[2];
	seqcount_latch_t seq;
};

/*
 * struct ftrace_event_field of kernel/trace/trace.h: a field of the kernel's record of
 * an event. @len is there since v6.4, and in stable kernels of before; see
 * kabi_field_len().
 */
struct kabi_event_field {
	struct list_head link;
	const char *name;
	const char *type;
	int filter_type;
	int offset;
	int size;
	int is_signed;
	int len;
};

/**
 * struct kabi_range - a piece of the kernel image
 * @start: its first byte
 * @end: behind its last
 */
struct kabi_range {
	const char *start;
	const char *end;
};

/**
 * struct kabi - the kernel's hidden data
 * @text_mutex: serialises every writer of kernel text
 * @ftrace_lock: serialises the kernel's own ftrace; taken before text_mutex
 * @ftrace_pages_start: head of the list of record groups
 * @ftrace_disabled: nonzero once the kernel's own ftrace has given up
 * @ftrace_verify_code: address of the check before each write of a call site
 * @ftrace_expected: what that check expected, for the kernel's own report
 * @stext: first byte of kernel text
 * @etext: first byte behind kernel text
 * @poke_desc: breakpoint batch descriptor
 * @ftrace_ops_list: first user of the kernel's own ftrace
 * @ftrace_list_end: behind the last one
 * @cyc2ns: from time stamp counter to nanoseconds
 * @btf_start: first byte of the kernel image's BTF
 * @btf_stop: first byte behind it
 * @modules: list of all modules
 * @return_to_handler: where the returns of function_graph lead to
 * @graph_active: nonzero while function_graph is in use
 * @idle_ret_stack: what idle tasks have for ret_stack
 * @irqentry_start: first byte of the functions that interrupts begin with
 * @irqentry_end: first byte behind them
 * @events: list of all events
 * @event_mutex: held over every change of that
 * @event_common: the fields that the records of all events begin with
 * @emulate_call: the function that executes a call at which there is a kprobe
 * @kprobe_mutex: serialises who registers and removes kprobes; before @ftrace_lock
 * @bare: text that must not be instrumented
 * @entry: text by which the kernel is entered and left
 * @cpuidle: text that runs when a CPU is idle
 * @locks: functions that take and release spinlocks
 * @jumps: jump labels, struct jump_entry
 * @calls: static calls, struct static_call_site
 * @steal_call: the static call that reads the steal clock
 * @steal_enabled: there is such a clock
 *
 * Every pointer up to @etext is set once kabi_init() has succeeded; the others are
 * NULL where the kernel has no such thing.
 */
struct kabi {
	struct mutex *text_mutex;
	struct mutex *ftrace_lock;
	struct kabi_ftrace_page **ftrace_pages_start;
	int *ftrace_disabled;
	void *ftrace_verify_code;
	const void **ftrace_expected;
	char *stext;
	char *etext;
	struct kabi_poke_desc *poke_desc;
	struct ftrace_ops **ftrace_ops_list;
	struct ftrace_ops *ftrace_list_end;
	struct kabi_cyc2ns __percpu *cyc2ns;
	const char *btf_start;
	const char *btf_stop;
	struct list_head *modules;
	const u8 *return_to_handler;
	int *graph_active;
	struct ftrace_ret_stack *__percpu *idle_ret_stack;
	const char *irqentry_start;
	const char *irqentry_end;
	struct list_head *events;
	struct mutex *event_mutex;
	struct list_head *event_common;
	void *emulate_call;
	struct mutex *kprobe_mutex;
	struct kabi_range bare;
	struct kabi_range entry;
	struct kabi_range cpuidle;
	struct kabi_range locks;
	struct kabi_range jumps;
	struct kabi_range calls;
	struct static_call_key *steal_call;
	struct static_key *steal_enabled;
};

extern struct kabi kabi;

int kabi_init(void);

int kabi_refusal(char *why, size_t size);

const char *kabi_lookup_symbol(unsigned long addr, unsigned long *size, unsigned long *offset,
			       char **modname, char *namebuf);

typedef int (*kabi_symbol_fn)(void *data, const char *name, unsigned long addr);
int kabi_each_symbol(kabi_symbol_fn fn, void *data);
unsigned long kabi_symbol_address(const char *name);
void kabi_each_module_symbol(unsigned long addr, kabi_symbol_fn fn, void *data);

bool kabi_clock_stable(void);

unsigned long kabi_return_to_handler(void);
unsigned long kabi_return_address(void);
struct task_struct *kabi_idle_task(int cpu);

/**
 * kabi_preempt_word - the preempt count and, inverted, PREEMPT_NEED_RESCHED
 *
 * Context: any, NMI-safe.
 * Return: this CPU's word as it is (v6.1: arch/x86/include/asm/preempt.h).
 */
static __always_inline unsigned int kabi_preempt_word(void)
{
	return raw_cpu_read_4(__preempt_count);
}

typedef int (*kabi_record_fn)(void *data, struct dyn_ftrace *rec);
int kabi_each_record(kabi_record_fn fn, void *data);

/* Where the last search for a record ended; start with { }. */
struct kabi_record_cursor {
	struct kabi_ftrace_page *page;
	int index;
};

struct dyn_ftrace *kabi_find_record(unsigned long ip, struct kabi_record_cursor *cursor);

bool kabi_record_usable(const struct dyn_ftrace *rec);
bool kabi_record_enabled(const struct dyn_ftrace *rec);

void kabi_each_user(unsigned long ip, void (*fn)(void *data, unsigned long callback), void *data);
void kabi_call_last(struct ftrace_ops *ops);

struct module *kabi_module_of_text(unsigned long addr);
void kabi_each_module(void (*fn)(void *data, const struct module *mod), void *data);
bool kabi_has_module(const char *name);
void kabi_module_text(const struct module *mod, unsigned long *start, unsigned long *end);

/**
 * kabi_entry_regs - what the kernel's ftrace saved at the entry of a function
 * @fregs: what it gave to its user
 *
 * Of a user without FTRACE_OPS_FL_SAVE_REGS these are the registers of integer
 * arguments and rax (v6.1: save_mcount_regs of arch/x86/kernel/ftrace_64.S).
 *
 * Context: any, NMI-safe.
 * Return: them.
 */
static inline const struct pt_regs *kabi_entry_regs(const struct ftrace_regs *fregs)
{
	return &fregs->regs;
}

/**
 * kabi_entry_return_place - where a function's return address stands
 * @fregs: what the kernel's ftrace gave to its user
 *
 * What function_graph takes for it, too (v6.1: ftrace_graph_func()).
 *
 * Context: any, NMI-safe.
 * Return: its address.
 */
static inline unsigned long kabi_entry_return_place(const struct ftrace_regs *fregs)
{
	return kabi_entry_regs(fregs)->sp;
}

bool kabi_has_events(void);
void kabi_each_event(void (*fn)(void *data, struct trace_event_call *call), void *data);
typedef int (*kabi_field_fn)(void *data, const struct kabi_event_field *field);
int kabi_each_field(const struct trace_event_call *call, kabi_field_fn fn, void *data);
bool kabi_field_len(const struct kabi_event_field *field, unsigned int *len);

bool kabi_can_stop_machine(void);
int kabi_stop_machine(int (*fn)(void *data), void *data);

void kabi_text_poke(void *addr, const void *code, size_t len);

unsigned int kabi_insn_length(const void *code);
bool kabi_knows_probes(void);
bool kabi_is_probed(unsigned long addr);
unsigned int kabi_probed_insn_length(unsigned long addr);

/* kabi_edges.c */
bool kabi_knows_text(void);
bool kabi_may_instrument(const struct module *mod, unsigned long addr);
void kabi_each_rewritten(const struct module *mod, void (*fn)(void *data, unsigned long addr),
			 void *data);
u32 kabi_preempt_offset(void);
int kabi_return_depth(unsigned long ip);
bool kabi_is_lock_function(unsigned long addr);

/* kabi_steal.c */
bool kabi_find_steal_clock(void);
u64 kabi_steal_ns(int cpu);

void kabi_vm_flags(struct vm_area_struct *vma, unsigned long set, unsigned long clear);

#endif
