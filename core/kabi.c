// SPDX-License-Identifier: GPL-2.0
/*
 * Hidden symbols, private layouts and version differences of the kernel.
 */

#include "core/kabi.h"

#include <linux/cpu.h>
#include <linux/cpufeature.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/security.h>

#include <asm/insn.h>
#include <asm/ptrace.h>
#include <asm/segment.h>
#include <asm/unwind.h>

struct kabi kabi __ro_after_init;

/*
 * Prototypes of the hidden functions. Only their types are used: the addresses
 * come from the symbol table at load time.
 */
unsigned long kabi_proto_lookup_name(const char *name);
const char *kabi_proto_lookup(unsigned long addr, unsigned long *size, unsigned long *offset,
			      char **modname, char *namebuf);
int kabi_proto_on_each_symbol(int (*fn)(void *, const char *, struct module *, unsigned long),
			      void *data);
int kabi_proto_clock_stable(void);
struct module *kabi_proto_module_text_address(unsigned long addr);
int kabi_proto_stop_machine(int (*fn)(void *data), void *data, const struct cpumask *cpus);
void *kabi_proto_text_poke(void *addr, const void *opcode, size_t len);
unsigned long kabi_proto_return(unsigned long frame_pointer);
struct task_struct *kabi_proto_idle_task(int cpu);
struct ftrace_func_entry *kabi_proto_lookup_ip(struct ftrace_hash *hash, unsigned long ip);
int kabi_proto_insn_decode(struct insn *insn, const void *kaddr, int buf_len, enum insn_mode m);
unsigned long kabi_proto_recover(u8 *buf, unsigned long addr);

DEFINE_STATIC_CALL_NULL(kabi_lookup_name, kabi_proto_lookup_name);
DEFINE_STATIC_CALL_NULL(kabi_lookup, kabi_proto_lookup);
DEFINE_STATIC_CALL_NULL(kabi_on_each_symbol, kabi_proto_on_each_symbol);
DEFINE_STATIC_CALL_NULL(kabi_clock_stable, kabi_proto_clock_stable);
DEFINE_STATIC_CALL_NULL(kabi_module_text_address, kabi_proto_module_text_address);
DEFINE_STATIC_CALL_NULL(kabi_stop_machine, kabi_proto_stop_machine);
DEFINE_STATIC_CALL_NULL(kabi_text_poke, kabi_proto_text_poke);
DEFINE_STATIC_CALL_NULL(kabi_lookup_ip, kabi_proto_lookup_ip);
DEFINE_STATIC_CALL_NULL(kabi_return, kabi_proto_return);
DEFINE_STATIC_CALL_NULL(kabi_idle_task, kabi_proto_idle_task);
DEFINE_STATIC_CALL_NULL(kabi_insn_decode, kabi_proto_insn_decode);
DEFINE_STATIC_CALL_NULL(kabi_get_kprobe, get_kprobe);
DEFINE_STATIC_CALL_NULL(kabi_recover, kabi_proto_recover);

/* One hidden symbol: data goes to @slot, a function to its static call. */
struct kabi_symbol {
	const char *name;
	void *slot;
	struct static_call_key *key;
	void *tramp;
	bool required;
	const char *why;
};

#define KABI_DATA(member, symbol, need, reason) {			\
	.name = symbol, .slot = &kabi.member, .required = need, .why = reason }

#define KABI_FUNC(call, symbol, need, reason) {				\
	.name = symbol, .key = &STATIC_CALL_KEY(call),			\
	.tramp = STATIC_CALL_TRAMP_ADDR(call), .required = need, .why = reason }

static const struct kabi_symbol kabi_symbols[] = {
#include "core/kabi_symbols.h"
};

/*
 * The way to kallsyms_lookup_name(), which is not exported since v5.7: a
 * kprobe resolves its own symbol. Registered disabled it arms nothing, and
 * that works even after the kernel's ftrace has given up.
 *
 * Since v6.0 the address may lie behind the function's ENDBR or behind what
 * that was sealed with (arch_adjust_kprobe_addr()).
 */
static int find_lookup_name(void)
{
	static const u8 endbr[4] = { 0xf3, 0x0f, 0x1e, 0xfa };
	static const u8 sealed[4] = { 0x66, 0x0f, 0x1f, 0x00 };
	struct kprobe probe = {
		.symbol_name = KABI_LOOKUP_NAME,
		.flags = KPROBE_FLAG_DISABLED,
	};
	char *addr;
	int err;

	err = register_kprobe(&probe);
	if (err) {
		pr_err("cannot find " KABI_LOOKUP_NAME ": register_kprobe() says %d; the kernel needs CONFIG_KPROBES and CONFIG_KALLSYMS\n",
		       err);
		return err;
	}
	addr = (char *)probe.addr;
	unregister_kprobe(&probe);

	if (!memcmp(addr - 4, endbr, 4) || !memcmp(addr - 4, sealed, 4))
		addr -= 4;
	static_call_update(kabi_lookup_name, (void *)addr);
	if (static_call(kabi_lookup_name)(KABI_LOOKUP_NAME) != (unsigned long)addr) {
		pr_err(KABI_LOOKUP_NAME " does not find itself\n");
		return -ENOENT;
	}
	return 0;
}

/**
 * kabi_init - resolve every hidden symbol
 *
 * Logs all missing symbols, not only the first, each with what it is needed
 * for.
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOENT if a required symbol is missing; what register_kprobe()
 * returned if there is no way to the symbol table.
 */
int kabi_init(void)
{
	const struct kabi_symbol *sym;
	unsigned long addr;
	int missing = 0;
	int err;

	err = find_lookup_name();
	if (err)
		return err;

	for (sym = kabi_symbols; sym < kabi_symbols + ARRAY_SIZE(kabi_symbols); sym++) {
		addr = static_call(kabi_lookup_name)(sym->name);
		if (!addr) {
			pr_warn("symbol %s not found, needed %s%s\n", sym->name, sym->why,
				sym->required ? "" : " (going on without)");
			missing += sym->required;
		} else if (sym->slot) {
			*(unsigned long *)sym->slot = addr;
		} else {
			__static_call_update(sym->key, sym->tramp, (void *)addr);
		}
	}
	if (missing) {
		pr_err("cannot serve this kernel: %d required symbols are missing\n", missing);
		return -ENOENT;
	}
	return 0;
}

/**
 * kabi_refusal - is this a kernel that must not be patched?
 * @why: receives the reason, one line without a newline
 * @size: bytes at @why
 *
 * Context: process; after kabi_init().
 * Return: 0 if it may be; -EPERM, -EOPNOTSUPP or -ENOENT with @why filled.
 */
int kabi_refusal(char *why, size_t size)
{
	if (security_locked_down(LOCKDOWN_TRACEFS) || security_locked_down(LOCKDOWN_KPROBES)) {
		strscpy(why, "the kernel is locked down for confidentiality: tracing is forbidden",
			size);
		return -EPERM;
	}
	if (boot_cpu_has(X86_FEATURE_XENPV)) {
		strscpy(why, "Xen PV guest: breakpoints and text mappings work differently there; use HVM or PVH",
			size);
		return -EOPNOTSUPP;
	}
	if (!*kabi.ftrace_pages_start) {
		strscpy(why, "this kernel has no fentry call sites (booted without CONFIG_DYNAMIC_FTRACE records)",
			size);
		return -ENOENT;
	}
	return 0;
}

/**
 * kabi_lookup_symbol - the symbol that an address belongs to
 * @addr: any address
 * @size: receives the symbol's size in bytes; may be NULL
 * @offset: receives the distance from its start in bytes; may be NULL
 * @modname: receives the module's name or NULL; may be NULL
 * @namebuf: KSYM_NAME_LEN bytes
 *
 * Context: irq-safe, not NMI.
 * Return: the name, in @namebuf or in a module's table; NULL if there is none.
 */
const char *kabi_lookup_symbol(unsigned long addr, unsigned long *size, unsigned long *offset,
			       char **modname, char *namebuf)
{
	unsigned long dummy_size, dummy_offset;

	return static_call(kabi_lookup)(addr, size ?: &dummy_size, offset ?: &dummy_offset,
					modname, namebuf);
}

struct each_symbol {
	kabi_symbol_fn fn;
	void *data;
};

static int each_symbol(void *data, const char *name, struct module *mod, unsigned long addr)
{
	struct each_symbol *each = data;

	return each->fn(each->data, name, addr);
}

/**
 * kabi_each_symbol - call a function for every symbol of the kernel image
 * @fn: called with symbols in ascending order of address; of several symbols
 *      with one address the first is the one that kabi_lookup_symbol() gives
 * @data: passed to @fn
 *
 * Symbols of modules are not among them (v6.1: kernel/kallsyms.c).
 *
 * Context: process, may sleep.
 * Return: 0, or the first nonzero value that @fn returned.
 */
int kabi_each_symbol(kabi_symbol_fn fn, void *data)
{
	struct each_symbol each = { .fn = fn, .data = data };

	return static_call(kabi_on_each_symbol)(each_symbol, &each);
}

/**
 * kabi_symbol_address - where a symbol is
 * @name: its name; "MODULE:NAME" for one of a module
 *
 * Context: process, may sleep.
 * Return: the address of one that has the name; 0 if there is none.
 */
unsigned long kabi_symbol_address(const char *name)
{
	return static_call(kabi_lookup_name)(name);
}

/**
 * kabi_clock_stable - is the local clock the same on all CPUs?
 *
 * Context: any.
 * Return: true if sched_clock() needs no correction between CPUs.
 */
bool kabi_clock_stable(void)
{
	return static_call(kabi_clock_stable)();
}

/**
 * kabi_return_to_handler - take the last call off the task's stack of hooked returns
 *
 * Context: any, NMI-safe; from return_to_handler.
 * Return: where it returns to.
 */
unsigned long kabi_return_to_handler(void)
{
	return static_call(kabi_return)(0);
}

/**
 * kabi_return_address - where the function is that kabi_return_to_handler() calls
 *
 * Context: any.
 * Return: its address; 0 if the kernel has none.
 */
unsigned long kabi_return_address(void)
{
	return (unsigned long)static_call_query(kabi_return);
}

/**
 * kabi_idle_task - the task that runs on a CPU when there is nothing to do
 * @cpu: possible
 *
 * Context: any.
 * Return: the task; NULL if it is not known.
 */
struct task_struct *kabi_idle_task(int cpu)
{
	return static_call_query(kabi_idle_task) ? static_call(kabi_idle_task)(cpu) : NULL;
}

/**
 * kabi_each_record - call a function for each of the kernel's call site records
 * @fn: called in the order of the kernel's own table
 * @data: passed to @fn
 *
 * Context: process; ftrace_lock held.
 * Return: 0, or the first nonzero value that @fn returned.
 */
int kabi_each_record(kabi_record_fn fn, void *data)
{
	struct kabi_ftrace_page *page;
	int i, ret;

	lockdep_assert_held(kabi.ftrace_lock);

	for (page = *kabi.ftrace_pages_start; page; page = page->next) {
		for (i = 0; i < page->index; i++) {
			ret = fn(data, &page->records[i]);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/**
 * kabi_record_usable - does a record stand for a function that can run?
 * @rec: the record
 *
 * Records of overridden weak functions are marked disabled by the kernel.
 *
 * Context: any.
 * Return: true if the call site may be used.
 */
bool kabi_record_usable(const struct dyn_ftrace *rec)
{
	return !(rec->flags & FTRACE_FL_DISABLED);
}

/**
 * kabi_record_enabled - has the kernel put a call of its own into the site?
 * @rec: the record
 *
 * The flag changes together with the bytes, in one section under text_mutex
 * (ftrace_replace_code(), v6.1), so while it is clear the kernel's next write
 * to the site will expect the NOP there.
 *
 * Context: process; text_mutex held.
 * Return: true if the site is the kernel's.
 */
bool kabi_record_enabled(const struct dyn_ftrace *rec)
{
	return rec->flags & FTRACE_FL_ENABLED;
}

/**
 * kabi_find_record - the kernel's record of a call site
 * @ip: the site
 * @cursor: where the last search ended; searches in ascending order are cheap
 *
 * Pointers to records must not be kept: the records of a module move when its
 * init text is freed (ftrace_free_mem(), v6.1).
 *
 * Context: process; ftrace_lock held since @cursor was cleared.
 * Return: the record; NULL if the kernel has none.
 */
struct dyn_ftrace *kabi_find_record(unsigned long ip, struct kabi_record_cursor *cursor)
{
	struct kabi_ftrace_page *page;
	int low, high, mid;

	lockdep_assert_held(kabi.ftrace_lock);

	page = cursor->page;
	if (page && cursor->index + 1 < page->index &&
	    page->records[cursor->index + 1].ip == ip)
		return &page->records[++cursor->index];

	for (page = *kabi.ftrace_pages_start; page; page = page->next) {
		if (!page->index || ip < page->records[0].ip ||
		    ip > page->records[page->index - 1].ip)
			continue;
		low = 0;
		high = page->index - 1;
		while (low <= high) {
			mid = (low + high) / 2;
			if (page->records[mid].ip == ip) {
				cursor->page = page;
				cursor->index = mid;
				return &page->records[mid];
			}
			if (page->records[mid].ip < ip)
				low = mid + 1;
			else
				high = mid - 1;
		}
	}
	return NULL;
}

/*
 * struct ftrace_hash of kernel/trace/trace.h, as far as it is needed here.
 * Unchanged from v4.15 to v6.12.
 */
struct kabi_ftrace_hash {
	unsigned long size_bits;
	struct hlist_head *buckets;
	unsigned long count;
};

static bool hash_has(struct ftrace_hash *hash, unsigned long ip)
{
	return static_call(kabi_lookup_ip)(hash, ip);
}

static bool hash_empty(const struct ftrace_hash *hash)
{
	return !hash || !((const struct kabi_ftrace_hash *)hash)->count;
}

/**
 * kabi_each_user - call a function for each user of the kernel's ftrace at a site
 * @ip: the site
 * @fn: called with the user's callback; not for users in this module
 * @data: passed to @fn
 *
 * Nothing happens on kernels that hide what is needed for it.
 *
 * Context: process; ftrace_lock held.
 */
void kabi_each_user(unsigned long ip, void (*fn)(void *data, unsigned long callback), void *data)
{
	struct ftrace_ops *op;
	struct ftrace_hash *filter, *except;

	lockdep_assert_held(kabi.ftrace_lock);

	if (!kabi.ftrace_ops_list || !kabi.ftrace_list_end || !static_call_query(kabi_lookup_ip))
		return;
	for (op = *kabi.ftrace_ops_list; op && op != kabi.ftrace_list_end;
	     op = rcu_dereference_protected(op->next, true)) {
		filter = rcu_dereference_protected(op->func_hash->filter_hash, true);
		except = rcu_dereference_protected(op->func_hash->notrace_hash, true);
		if ((hash_empty(filter) || hash_has(filter, ip)) &&
		    (hash_empty(except) || !hash_has(except, ip)) &&
		    !within_module((unsigned long)op->func, THIS_MODULE))
			fn(data, (unsigned long)op->func);
	}
}

static long nothing(void *unused)
{
	return 0;
}

/* Wait for everybody who goes through the list of users: that is done with preemption off. */
static void wait_for_walkers(void)
{
	int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		work_on_cpu(cpu, nothing, NULL);
	cpus_read_unlock();
}

/* Where in the list of users something stands, or its end. */
static struct ftrace_ops __rcu **find_link(const struct ftrace_ops *wanted)
{
	struct ftrace_ops __rcu **link = (struct ftrace_ops __rcu **)kabi.ftrace_ops_list;
	struct ftrace_ops *op = rcu_dereference_protected(*link, true);

	while (op != wanted && op != kabi.ftrace_list_end) {
		link = &op->next;
		op = rcu_dereference_protected(*link, true);
	}
	return link;
}

/**
 * kabi_call_last - have a user of the kernel's ftrace called behind all others
 * @ops: the user: registered, and called for no function yet
 *
 * The kernel puts who registers before those who have (v6.1: add_ftrace_ops()), so it
 * stays the last. Who stands at it goes on to the others as long as what is next is not
 * changed; so it is taken out first.
 *
 * Nothing happens on kernels that hide their list.
 *
 * Context: process, may sleep; ftrace_lock not held.
 */
void kabi_call_last(struct ftrace_ops *ops)
{
	struct ftrace_ops __rcu **link;

	if (!kabi.ftrace_ops_list || !kabi.ftrace_list_end)
		return;
	mutex_lock(kabi.ftrace_lock);
	link = find_link(ops);
	if (rcu_dereference_protected(*link, true) == ops &&
	    rcu_dereference_protected(ops->next, true) != kabi.ftrace_list_end) {
		rcu_assign_pointer(*link, rcu_dereference_protected(ops->next, true));
		wait_for_walkers();
		RCU_INIT_POINTER(ops->next, kabi.ftrace_list_end);
		/* Pairs with the address dependency of who goes through the list. */
		rcu_assign_pointer(*find_link(NULL), ops);
	}
	mutex_unlock(kabi.ftrace_lock);
}

/**
 * kabi_module_of_text - the module whose text holds an address
 * @addr: any address
 *
 * Context: any; preemption off while the result is used.
 * Return: the module, in whatever state; NULL if there is none.
 */
struct module *kabi_module_of_text(unsigned long addr)
{
	return static_call(kabi_module_text_address)(addr);
}

/**
 * kabi_can_stop_machine - is kabi_stop_machine() to be had here?
 *
 * Context: any.
 * Return: true if so.
 */
bool kabi_can_stop_machine(void)
{
	return static_call_query(kabi_stop_machine);
}

/**
 * kabi_stop_machine - run a function on all online CPUs, with nothing else running
 * @fn: called on each CPU at about the same time, interrupts off; NMIs still come
 * @data: passed to @fn
 *
 * The exported stop_machine() takes cpus_read_lock() itself, which is too late
 * for a caller that holds text_mutex: static keys take the two the other way.
 *
 * Context: process, may sleep; cpus_read_lock() held.
 * Return: 0, or a nonzero value that @fn returned on some CPU.
 */
int kabi_stop_machine(int (*fn)(void *data), void *data)
{
	return static_call(kabi_stop_machine)(fn, data, cpu_online_mask);
}

/**
 * kabi_text_poke - write kernel text the kernel's way
 * @addr: where, with nobody executing there
 * @code: the new bytes
 * @len: number of them
 *
 * Takes no memory: the kernel has had a page table for it since it booted. For
 * many sites it is too slow, see patch.c.
 *
 * Context: process; text_mutex held.
 */
void kabi_text_poke(void *addr, const void *code, size_t len)
{
	static_call(kabi_text_poke)(addr, code, len);
}

/**
 * kabi_insn_length - how long an instruction is
 * @code: its first byte, MAX_INSN_SIZE bytes can be read
 *
 * Context: any, NMI-safe.
 * Return: bytes; 0 if the kernel's decoder knows none such, or is not to be had.
 */
unsigned int kabi_insn_length(const void *code)
{
	struct insn insn;

	if (!static_call_query(kabi_insn_decode) ||
	    static_call(kabi_insn_decode)(&insn, code, MAX_INSN_SIZE, INSN_MODE_KERN) < 0)
		return 0;
	return insn.length;
}

/**
 * kabi_knows_probes - can it be told where kprobes are?
 *
 * Context: any.
 * Return: true if so.
 */
bool kabi_knows_probes(void)
{
	return kabi.kprobe_mutex && kabi.emulate_call && static_call_query(kabi_get_kprobe) &&
	       static_call_query(kabi_recover);
}

/**
 * kabi_is_probed - is a kprobe registered at this address, be it armed or not?
 * @addr: an address in text
 *
 * Context: process; kabi.kprobe_mutex held, so that none comes or goes.
 * Return: true if so.
 */
bool kabi_is_probed(unsigned long addr)
{
	return static_call(kabi_get_kprobe)((void *)addr);
}

/**
 * kabi_probed_insn_length - how long an instruction was before a kprobe has changed it
 * @addr: where it begins: at a kprobe, or behind one, where its jump may reach to
 *
 * Context: process; kabi.kprobe_mutex and text_mutex held.
 * Return: as kabi_insn_length().
 */
unsigned int kabi_probed_insn_length(unsigned long addr)
{
	u8 code[MAX_INSN_SIZE];
	unsigned long copy = static_call(kabi_recover)(code, addr);

	return copy ? kabi_insn_length((void *)copy) : 0;
}

/**
 * kabi_vm_flags - change the flags of a mapping that is being made
 * @vma: the mapping
 * @set: flags that it shall have
 * @clear: flags that it shall not have
 *
 * The flags are written by the owner of the mapping up to v6.2; from v6.3 on the
 * name is that of a constant over the same word, and vm_flags_mod() writes it.
 *
 * Context: process, may sleep; from mmap().
 */
void kabi_vm_flags(struct vm_area_struct *vma, unsigned long set, unsigned long clear)
{
	unsigned long *flags = (unsigned long *)&vma->vm_flags;

	*flags = (*flags | set) & ~clear;
}

/**
 * kabi_return_depth - how far above the stack pointer a function's return address is
 * @ip: an instruction of the function
 *
 * Asks the unwinder what it would make of a task that stands there.
 *
 * Context: process.
 * Return: bytes; -ENOENT if the unwinder does not know.
 */
int kabi_return_depth(unsigned long ip)
{
#ifdef CONFIG_UNWINDER_ORC
	unsigned long stack[32] = { };
	struct pt_regs regs = {
		.ip = ip,
		.sp = (unsigned long)stack,
		.cs = __KERNEL_CS,
	};
	struct unwind_state state;
	unsigned long depth;

	unwind_start(&state, current, &regs, NULL);
	if (unwind_done(&state) || unwind_error(&state))
		return -ENOENT;
	depth = state.sp - sizeof(long) - (unsigned long)stack;
	return depth < sizeof(stack) && !(depth & 7) ? depth : -ENOENT;
#else
	return -ENOENT;
#endif
}
