// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the instructions that switch interrupts or preemption. Their bytes may stand
 * anywhere, also across instructions: so a place counts if the kernel's own decoder gets
 * there from the start of its function. Nobody writes text meanwhile, but kprobes may have
 * before: they are asked what was there.
 */

#include "patching/edge_sites.h"

#include <linux/err.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/kabi.h"
#include "patching/patch.h"

/* So many bytes are looked at before others may run, and write text. */
#define LOOK_STEP 0x10000

#define ROOM_MIN 256

/*
 * Functions in which interrupts are off although no instruction of them has switched them
 * off, or go on without one that switches them on: exceptions and the ways back from them,
 * a CPU that comes, one that waits. Names up to the compiler's suffix.
 */
static const struct {
	const char *name;
	enum edge_role role;
} roles[] = {
	{ "__bad_area_nosemaphore", EDGE_GATE },
	{ "cpu_bringup", EDGE_GATE },
	{ "do_error_trap", EDGE_GATE },
	{ "do_user_addr_fault", EDGE_GATE },
	{ "exit_to_user_mode_loop", EDGE_GATE },
	{ "exit_to_user_mode_prepare", EDGE_GATE },
	{ "irqentry_exit_to_user_mode", EDGE_GATE },
	{ "kvm_arch_vcpu_ioctl_run", EDGE_GUEST },
	{ "kvm_wait", EDGE_GATE },
	{ "math_error", EDGE_GATE },
	{ "preempt_schedule_irq", EDGE_GATE },
	{ "start_secondary", EDGE_GATE },
	{ "syscall_exit_to_user_mode_work", EDGE_GATE },
	{ "vcpu_enter_guest", EDGE_GUEST },
};

/*
 * Functions that others call to have it done, beside those that take and release locks; and
 * where they are, when they have been found. Under patch_mutex, but for who only looks.
 */
static const char *const helpers[] = {
	"__irq_exit_rcu", "__local_bh_enable_ip", "_local_bh_enable", "irq_enter_rcu",
};

static struct {
	unsigned long start;
	unsigned long end;
} helpers_at[ARRAY_SIZE(helpers)];

/* The function that a place is in, how far it was decoded, and how far a kprobe's jump goes. */
struct function {
	unsigned long end;
	unsigned long decoded;
	unsigned long jumped;
	enum edge_role role;
};

static bool is_named(const char *symbol, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(symbol, name, len) && (!symbol[len] || symbol[len] == '.');
}

static void name_function(struct function *function, const char *symbol)
{
	unsigned int i;

	function->role = EDGE_PLAIN;
	for (i = 0; i < ARRAY_SIZE(roles); i++)
		if (is_named(symbol, roles[i].name))
			function->role = roles[i].role;
	for (i = 0; i < ARRAY_SIZE(helpers); i++) {
		if (!is_named(symbol, helpers[i]))
			continue;
		WRITE_ONCE(helpers_at[i].start, function->decoded);
		WRITE_ONCE(helpers_at[i].end, function->end);
	}
}

/**
 * edge_is_helper - does a function switch interrupts or preemption for its caller?
 * @addr: an address in it
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
bool edge_is_helper(unsigned long addr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(helpers_at); i++)
		if (addr >= READ_ONCE(helpers_at[i].start) && addr < READ_ONCE(helpers_at[i].end))
			return true;
	return kabi_is_lock_function(addr);
}

/* Go to the function that a place is in. Returns false if there is none. */
static bool enter_function(struct function *function, unsigned long ip)
{
	unsigned long size, offset;
	char buf[KSYM_NAME_LEN], *module;
	const char *symbol;

	symbol = kabi_lookup_symbol(ip, &size, &offset, &module, buf);
	if (!symbol)
		return false;
	function->decoded = ip - offset;
	function->end = function->decoded + size;
	name_function(function, symbol);
	cond_resched();
	return true;
}

static unsigned int insn_length(struct function *function)
{
	unsigned long ip = function->decoded;

	if (kabi_is_probed(ip))
		function->jumped = ip + INSN_LEN;
	return ip < function->jumped ? kabi_probed_insn_length(ip) : kabi_insn_length((void *)ip);
}

/* Does an instruction begin there, which is as it was? */
static bool begins_at(struct function *function, unsigned long ip)
{
	unsigned int len;

	if (ip >= function->end && !enter_function(function, ip)) {
		function->end = 0;
		return false;
	}
	while (function->decoded < ip) {
		len = insn_length(function);
		function->decoded = len ? function->decoded + len : function->end;
	}
	return function->decoded == ip && function->jumped <= ip;
}

static int list_grow(struct edge_list *list)
{
	unsigned int room = max_t(unsigned int, 2 * list->room, ROOM_MIN);
	struct edge_site *at = kvmalloc_array(room, sizeof(*at), GFP_KERNEL);

	if (!at)
		return -ENOMEM;
	if (list->nr)
		memcpy(at, list->at, list->nr * sizeof(*at));
	kvfree(list->at);
	list->at = at;
	list->room = room;
	return 0;
}

/**
 * edge_list_free - forget a list
 * @list: the list
 *
 * Context: process, may sleep.
 */
void edge_list_free(struct edge_list *list)
{
	kvfree(list->at);
	*list = (struct edge_list) { };
}

static int list_add_site(struct edge_list *list, const struct edge_insn *insn, unsigned long ip,
			 enum edge_role role)
{
	struct edge_site *site;
	int err, depth = -1;

	if (list->nr == list->room) {
		err = list_grow(list);
		if (err)
			return err;
	}
	if (insn->op < EDGE_BEGINS && edge_is_helper(ip))
		depth = kabi_return_depth(ip);
	site = &list->at[list->nr++];
	*site = (struct edge_site) {
		.ip = ip,
		.insn = *insn,
		.role = role,
		.depth = depth < 0 ? -1 : depth,
	};
	memcpy(site->code, (void *)ip, insn->len);
	return 0;
}

/* A place that looks like a site. */
static int consider(const struct module *mod, unsigned long ip, struct function *function,
		    struct edge_list *list)
{
	struct edge_insn insn;

	if (!edge_insn_at((const u8 *)ip, ip, kabi_preempt_offset(), &insn) ||
	    !kabi_may_instrument(mod, ip) || !begins_at(function, ip))
		return 0;
	return list_add_site(list, &insn, ip, function->role);
}

/* The site that a place in text is a part of; NULL if it is of none. */
static struct edge_site *site_around(const struct edge_list *list, unsigned long addr)
{
	unsigned int low = 0, high = list->nr, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (list->at[mid].ip + list->at[mid].insn.len <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < list->nr && list->at[low].ip <= addr ? &list->at[low] : NULL;
}

/* What stands behind the instruction is another's NOP. */
static void leave_out(void *data, unsigned long addr)
{
	struct edge_site *site = site_around(data, addr);

	if (site)
		site->insn.len = 0;
}

static void drop_left_out(struct edge_list *list)
{
	unsigned int i, nr = 0;

	for (i = 0; i < list->nr; i++)
		if (list->at[i].insn.len)
			list->at[nr++] = list->at[i];
	list->nr = nr;
}

/* In a piece, for which the function at its beginning is decoded anew. */
static int look(const struct module *mod, const u8 *at, const u8 *stop, struct edge_list *list)
{
	struct function function = { };
	int err = 0;

	for (at = edge_insn_look(at, stop); at < stop && !err; at = edge_insn_look(at + 1, stop))
		err = consider(mod, (unsigned long)at, &function, list);
	return err;
}

/**
 * edge_find - find the sites of a piece of text
 * @mod: the module that it is of, NULL for the kernel image
 * @start: its first byte
 * @end: behind its last
 * @list: empty; receives them
 *
 * Context: process, may sleep; patch_mutex held, the text stays.
 * Return: 0; -ENOMEM: then @list is empty.
 */
int edge_find(const struct module *mod, unsigned long start, unsigned long end,
	      struct edge_list *list)
{
	const u8 *at = (const u8 *)start, *last = (const u8 *)end - EDGE_LEN_MAX, *stop;
	int err = 0;

	while (at < last && !err) {
		stop = min(at + LOOK_STEP, last);
		mutex_lock(kabi.kprobe_mutex);
		patch_text_lock();
		err = look(mod, at, stop, list);
		patch_text_unlock();
		mutex_unlock(kabi.kprobe_mutex);
		at = stop;
		cond_resched();
	}
	if (err) {
		edge_list_free(list);
		return err;
	}
	kabi_each_rewritten(mod, leave_out, list);
	drop_left_out(list);
	return 0;
}
