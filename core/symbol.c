// SPDX-License-Identifier: GPL-2.0
/*
 * The names of code addresses. To find one takes the kernel some thousand
 * instructions, of a module some ten thousand, and a trace has the same ones again
 * and again: a reader keeps those that it met, for itself and for the next reader.
 *
 * What is kept is that of the kernel's own text, which stays, and of modules
 * while no module comes or goes. Of a module that is on its way out nothing is
 * kept, so nothing outlives the text that it names. Other code - programs of BPF,
 * trampolines - comes and goes without a word, and is looked up each time.
 */

#include "core/symbol.h"

#include <linux/hash.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/kabi.h"

#define SETS_BITS 10
#define SETS BIT(SETS_BITS)
#define SET_SIZE 4
#define NAME_SIZE 48	/* the rest of a cache line; longer names are not kept */

struct symbol {
	unsigned long addr;
	unsigned int generation;
	u8 wanted;
	u8 len;
	char name[NAME_SIZE];
};

/**
 * struct symbols - names that a reader met
 * @sets: an address's hash tells in which set it may be; the newest is first
 * @last: the last that is not kept
 */
struct symbols {
	char last[KSYM_SYMBOL_LEN];
	struct symbol sets[SETS][SET_SIZE];
};

/* Counts modules that came or began to go. */
static unsigned int generation;

static int module_changed(struct notifier_block *nb, unsigned long event, void *data)
{
	/* Behind the module's change of state: pairs with may_keep(). */
	smp_wmb();
	WRITE_ONCE(generation, generation + 1);
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = module_changed };

/* Left by the last reader for the next one. */
static struct symbols *symbols_spare;

/**
 * symbol_init - notice modules that come and go
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; what register_module_notifier() returned.
 */
int symbol_init(void)
{
	return register_module_notifier(&module_nb);
}

/**
 * symbol_exit - undo symbol_init()
 *
 * Context: process, may sleep.
 */
void symbol_exit(void)
{
	unregister_module_notifier(&module_nb);
	kvfree(symbols_spare);
}

/**
 * symbols_get - have a place for names
 *
 * Context: process, may sleep.
 * Return: the place, for one reader; NULL without memory.
 */
struct symbols *symbols_get(void)
{
	return xchg(&symbols_spare, NULL) ?: kvzalloc(sizeof(struct symbols), GFP_KERNEL);
}

/**
 * symbols_put - leave a place for names to the next reader
 * @symbols: the place; NULL is fine
 *
 * Context: process, may sleep.
 */
void symbols_put(struct symbols *symbols)
{
	if (symbols)
		kvfree(xchg(&symbols_spare, symbols));
}

/*
 * Does an address have its name for as long as the generation is @now? Not if
 * that was read when its module was already on its way out.
 */
static bool may_keep(unsigned long addr)
{
	const struct module *mod;
	bool live;

	if (addr >= (unsigned long)kabi.stext && addr < (unsigned long)kabi.etext)
		return true;
	/* The generation was read before: pairs with module_changed(). */
	smp_rmb();
	preempt_disable();
	mod = kabi_module_of_text(addr);
	live = mod && READ_ONCE(mod->state) == MODULE_STATE_LIVE;
	preempt_enable();
	return live;
}

static size_t look_up(char *buf, unsigned long addr, enum print_name wanted)
{
	const char *name;

	if (wanted == PRINT_NAME_OFFSET)
		return sprint_symbol(buf, addr);
	if (wanted == PRINT_NAME_MODULE)
		return sprint_symbol_no_offset(buf, addr);
	name = kabi_lookup_symbol(addr, NULL, NULL, NULL, buf);
	if (!name)
		return 0;
	if (name != buf)
		strscpy(buf, name, KSYM_SYMBOL_LEN);
	return strlen(buf);
}

/* Keep a name in the place of the oldest of its set. */
static void keep(struct symbol *set, unsigned long addr, unsigned int now,
		 enum print_name wanted, const char *name, unsigned int len)
{
	memmove(set + 1, set, (SET_SIZE - 1) * sizeof(*set));
	set->addr = addr;
	set->generation = now;
	set->wanted = wanted;
	set->len = len;
	memcpy(set->name, name, len);
}

/**
 * symbol_name - the name of a code address
 * @symbols: names that the reader met
 * @addr: the address
 * @wanted: how much of it; the offset comes with the function's size
 * @len: receives the length of the name
 *
 * Context: process.
 * Return: the name, without a NUL, until the next call; NULL if it has none.
 */
const char *symbol_name(struct symbols *symbols, unsigned long addr, enum print_name wanted,
			unsigned int *len)
{
	struct symbol *set = symbols->sets[hash_long(addr, SETS_BITS)], *symbol;
	unsigned int now = READ_ONCE(generation);
	bool lasting;

	for (symbol = set; symbol < set + SET_SIZE; symbol++) {
		if (symbol->addr == addr && symbol->generation == now &&
		    symbol->wanted == wanted) {
			*len = symbol->len;
			return symbol->name;
		}
	}
	lasting = may_keep(addr);
	*len = look_up(symbols->last, addr, wanted);
	if (!*len)
		return NULL;
	if (lasting && *len <= NAME_SIZE)
		keep(set, addr, now, wanted, symbols->last, *len);
	return symbols->last;
}
