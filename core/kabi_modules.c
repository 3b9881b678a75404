// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's modules: its list of them, their text and their symbols.
 */

#include "core/kabi.h"

#include <linux/elf.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/string.h>

/**
 * kabi_each_module_symbol - call a function for every symbol of a module
 * @addr: in the module's text
 * @fn: called with preemption off, until it returns nonzero
 * @data: passed to @fn
 *
 * Of a module that is not fully there, or going, none.
 *
 * Context: process.
 */
void kabi_each_module_symbol(unsigned long addr, kabi_symbol_fn fn, void *data)
{
	const struct mod_kallsyms *symbols;
	const struct module *mod;
	unsigned int i;

	preempt_disable();
	mod = kabi_module_of_text(addr);
	if (mod && READ_ONCE(mod->state) == MODULE_STATE_LIVE) {
		symbols = rcu_dereference_sched(mod->kallsyms);
		for (i = 1; i < symbols->num_symtab; i++)
			if (symbols->symtab[i].st_shndx != SHN_UNDEF &&
			    fn(data, symbols->strtab + symbols->symtab[i].st_name,
			       symbols->symtab[i].st_value))
				break;
	}
	preempt_enable();
}

/**
 * kabi_each_module - call a function for every module that is fully there
 * @fn: called with preemption off
 * @data: passed to @fn
 *
 * Context: process.
 */
void kabi_each_module(void (*fn)(void *data, const struct module *mod), void *data)
{
	const struct module *mod;

	if (!kabi.modules)
		return;
	/* Modules are freed an RCU-sched grace period after they leave the list. */
	preempt_disable();
	list_for_each_entry_rcu(mod, kabi.modules, list, true)
		if (READ_ONCE(mod->state) == MODULE_STATE_LIVE)
			fn(data, mod);
	preempt_enable();
}

struct module_search {
	const char *name;
	bool found;
};

static void compare_module(void *data, const struct module *mod)
{
	struct module_search *search = data;

	search->found |= !strcmp(mod->name, search->name);
}

/**
 * kabi_has_module - is a module fully there?
 * @name: its name
 *
 * Context: process.
 * Return: true if so.
 */
bool kabi_has_module(const char *name)
{
	struct module_search search = { .name = name };

	kabi_each_module(compare_module, &search);
	return search.found;
}

/**
 * kabi_module_text - where a module's lasting text lies
 * @mod: the module, not yet freed
 * @start: receives the address of its first byte
 * @end: receives the address behind its last byte
 *
 * Init text is not lasting: it is freed while the kernel may still have records
 * of it.
 *
 * Context: any.
 */
void kabi_module_text(const struct module *mod, unsigned long *start, unsigned long *end)
{
	*start = (unsigned long)mod->core_layout.base;
	*end = *start + mod->core_layout.text_size;
}
