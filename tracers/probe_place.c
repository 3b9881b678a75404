// SPDX-License-Identifier: GPL-2.0
/*
 * Where probes are, and how they get to know that they are hit.
 *
 * At the entry of a function, and at its return, that is by way of its call site.
 * Everywhere else, and where an argument is wanted that is in a register which is not
 * saved there, it is a kprobe. As in the kernel there are probes only in functions that
 * can be traced.
 */

#include "tracers/probe_source.h"

#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "core/kabi.h"
#include "patching/ops.h"

/* What stands in front of a call site, where there is anything: ENDBR. */
#define SITE_OFFSET_MAX 4

#define SAVED(_register, _type, _member) \
	[_register] = offsetof(_type, _member)

const u16 probe_entry_registers[PROBE_REGISTERS] = {
	[PROBE_R15 ... PROBE_R11] = PROBE_NOT_SAVED,
	SAVED(PROBE_R10, struct fnt_regs, r10),
	SAVED(PROBE_R9, struct fnt_regs, r9),
	SAVED(PROBE_R8, struct fnt_regs, r8),
	SAVED(PROBE_AX, struct fnt_regs, ax),
	SAVED(PROBE_CX, struct fnt_regs, cx),
	SAVED(PROBE_DX, struct fnt_regs, dx),
	SAVED(PROBE_SI, struct fnt_regs, si),
	SAVED(PROBE_DI, struct fnt_regs, di),
	[PROBE_ORIG_AX ... PROBE_SS] = PROBE_NOT_SAVED,
};

/* There is the result, and nothing else: struct probe_scene. */
const u16 probe_return_registers[PROBE_REGISTERS] = {
	[PROBE_R15 ... PROBE_R8] = PROBE_NOT_SAVED,
	[PROBE_AX] = 0,
	[PROBE_CX ... PROBE_SS] = PROBE_NOT_SAVED,
};

const u16 probe_kprobe_registers[PROBE_REGISTERS] = {
	SAVED(PROBE_R15, struct pt_regs, r15),
	SAVED(PROBE_R14, struct pt_regs, r14),
	SAVED(PROBE_R13, struct pt_regs, r13),
	SAVED(PROBE_R12, struct pt_regs, r12),
	SAVED(PROBE_BP, struct pt_regs, bp),
	SAVED(PROBE_BX, struct pt_regs, bx),
	SAVED(PROBE_R11, struct pt_regs, r11),
	SAVED(PROBE_R10, struct pt_regs, r10),
	SAVED(PROBE_R9, struct pt_regs, r9),
	SAVED(PROBE_R8, struct pt_regs, r8),
	SAVED(PROBE_AX, struct pt_regs, ax),
	SAVED(PROBE_CX, struct pt_regs, cx),
	SAVED(PROBE_DX, struct pt_regs, dx),
	SAVED(PROBE_SI, struct pt_regs, si),
	SAVED(PROBE_DI, struct pt_regs, di),
	SAVED(PROBE_ORIG_AX, struct pt_regs, orig_ax),
	SAVED(PROBE_IP, struct pt_regs, ip),
	SAVED(PROBE_CS, struct pt_regs, cs),
	SAVED(PROBE_FLAGS, struct pt_regs, flags),
	SAVED(PROBE_SP, struct pt_regs, sp),
	SAVED(PROBE_SS, struct pt_regs, ss),
};

static bool is_in_module(const struct ops_function *function, const char *module)
{
	return !module || (function->module && !strcmp(function->module, module));
}

/* There is something of this name, and it is no function that can be traced. */
static bool is_symbol(const struct probe *probe)
{
	char name[MODULE_NAME_LEN + KSYM_NAME_LEN];

	if (!probe->module)
		return kabi_symbol_address(probe->symbol);
	snprintf(name, sizeof(name), "%s:%s", probe->module, probe->symbol);
	return kabi_symbol_address(name);
}

/* Of several functions with one name nobody could tell which one is meant. */
static int find_function(const struct probe *probe, struct ops_function *found, const char **what)
{
	struct ops_function function;
	unsigned int n = 0, nr = 0;

	while (ops_function_named(probe->symbol, &n, &function)) {
		if (!is_in_module(&function, probe->module))
			continue;
		*found = function;
		nr++;
	}
	if (nr > 1) {
		*what = "The symbol is not unique";
		return -EADDRNOTAVAIL;
	}
	if (nr)
		return 0;
	if (is_symbol(probe)) {
		*what = "Failed to register probe event";
		return -EINVAL;
	}
	*what = "Invalid probed address or symbol";
	return -ENOENT;
}

/* Where the function begins that an address is in; 0 if there is none. */
static unsigned long start_of(unsigned long addr)
{
	char name[KSYM_NAME_LEN];
	unsigned long offset, size;

	return kabi_lookup_symbol(addr, &size, &offset, NULL, name) ? addr - offset : 0;
}

/* The call site of the function that begins there. */
static bool site_at(unsigned long start, struct ops_function *function)
{
	return ops_function_at(start, function) ||
	       ops_function_at(start + SITE_OFFSET_MAX, function);
}

/* The place is known: is it at the entry of a function, or within one? */
static int settle(struct probe *probe, unsigned long addr, const char **what)
{
	struct ops_function function;
	unsigned long start = start_of(addr);

	if (!start || !site_at(start, &function)) {
		*what = "Failed to register probe event";
		return -EINVAL;
	}
	probe->addr = addr;
	probe->ip = addr == start || addr == function.ip ? function.ip : 0;
	return 0;
}

static int locate(struct probe *probe, const char **what)
{
	struct ops_function function;
	int err;

	if (!probe->symbol)
		return settle(probe, probe->addr, what);
	err = find_function(probe, &function, what);
	return err ?: settle(probe, start_of(function.ip) + probe->offset, what);
}

/**
 * probe_locate - struct probe_source.locate
 * @probe: the probe
 * @what: receives what is wrong
 *
 * Context: process, may sleep.
 * Return: see there.
 */
int probe_locate(struct probe *probe, const char **what)
{
	int err = ops_functions_begin();

	if (err)
		return err;
	err = locate(probe, what);
	ops_functions_end();
	if (!err && probe->returns && !probe->ip) {
		*what = "Retprobe address must be an function entry";
		err = -EINVAL;
	}
	return err;
}

/* Would the kernel have one there? */
static int try_kprobe(unsigned long addr)
{
	struct kprobe kp = { .addr = (kprobe_opcode_t *)addr, .flags = KPROBE_FLAG_DISABLED };
	int err = register_kprobe(&kp);

	if (!err)
		unregister_kprobe(&kp);
	return err;
}

/**
 * probe_choose - struct probe_source.choose
 * @probe: the probe, whose @addr and @ip are known
 *
 * Context: process, may sleep.
 * Return: see there.
 */
int probe_choose(struct probe *probe)
{
	int err;

	if (probe->returns) {
		probe->way = PROBE_AT_RETURN;
		return probe_program_place(probe->program, probe_return_registers);
	}
	if (probe->ip && probe_program_can(probe->program, probe_entry_registers)) {
		probe->way = PROBE_AT_ENTRY;
		return probe_program_place(probe->program, probe_entry_registers);
	}
	err = try_kprobe(probe->addr);
	if (err)
		return err;
	probe->way = PROBE_ELSEWHERE;
	return probe_program_place(probe->program, probe_kprobe_registers);
}
