// SPDX-License-Identifier: GPL-2.0
/*
 * The cross-modification scripts. PURE: the same source is model-checked and
 * run on the real CPU in user space.
 */

#include "patching/poke.h"

#include <linux/compiler.h>
#include <linux/string.h>

/*
 * Breakpoint batches: no CPU stops, three rounds of interrupts for any number
 * of sites.
 *
 * The tail may change only once every CPU is sure to meet the breakpoint in
 * front of it, and the breakpoint may go only once every CPU is sure to see the
 * new tail; hence a round behind each of the two. The last round makes the new
 * instruction certain before the batch descriptor goes, which is what makes a
 * breakpoint of this batch harmless.
 */
const struct poke_script poke_script_int3 = {
	.name = "int3",
	.steps = {
		{ POKE_TRAP, POKE_ANY },
		{ POKE_SYNC, POKE_ANY },
		{ POKE_TAIL, POKE_ANY },
		{ POKE_SYNC, POKE_ANY },
		{ POKE_HEAD, POKE_ANY },
		{ POKE_SYNC, POKE_ANY },
		{ POKE_END, POKE_ANY },
	},
};

/*
 * Stopped machine: nobody runs but NMIs, and their path has call sites too. A
 * site within one aligned word changes by one store, which nobody can see half
 * done; a straddling one goes by the breakpoint way. SYNC is a rendezvous of
 * the stopped CPUs.
 */
const struct poke_script poke_script_stop = {
	.name = "stop_machine",
	.steps = {
		{ POKE_WORD, POKE_ALIGNED },
		{ POKE_TRAP, POKE_STRADDLING },
		{ POKE_SYNC, POKE_ANY },
		{ POKE_TAIL, POKE_STRADDLING },
		{ POKE_SYNC, POKE_STRADDLING },
		{ POKE_HEAD, POKE_STRADDLING },
		{ POKE_SYNC, POKE_STRADDLING },
		{ POKE_END, POKE_ANY },
	},
};

/**
 * poke_action - one step of a script
 * @script: the script
 * @step: counted from 0
 *
 * Context: any, NMI-safe.
 * Return: the action and the sites it is for; POKE_END behind the last step.
 */
struct poke_step poke_action(const struct poke_script *script, unsigned int step)
{
	return script->steps[step];
}

/**
 * poke_classify - does a site lie within one aligned 8-byte word?
 * @ip: its address
 * @len: bytes of it
 *
 * Context: any, NMI-safe.
 * Return: POKE_ALIGNED or POKE_STRADDLING.
 */
enum poke_class poke_classify(unsigned long ip, unsigned int len)
{
	return (ip & 7) + len <= 8 ? POKE_ALIGNED : POKE_STRADDLING;
}

/**
 * poke_write - perform one writing action on one site
 * @text: a writable mapping of the site, at the same offset in its 8-byte word
 * @code: the new instruction
 * @len: bytes of it
 * @action: POKE_TRAP, POKE_TAIL, POKE_HEAD or POKE_WORD
 *
 * POKE_WORD writes bytes of the neighbourhood back as they were: no one else
 * may be writing there.
 *
 * Context: process or stop_machine, IRQs off; text_mutex held.
 */
void poke_write(u8 *text, const u8 *code, unsigned int len, enum poke_action action)
{
	switch (action) {
	case POKE_TRAP:
		WRITE_ONCE(*text, INSN_INT3);
		break;
	case POKE_TAIL:
		memcpy(text + 1, code + 1, len - 1);
		break;
	case POKE_HEAD:
		WRITE_ONCE(*text, code[0]);
		break;
	case POKE_WORD: {
		unsigned long addr = (unsigned long)text;
		u64 *word = (u64 *)(addr & ~7UL);
		u64 value = READ_ONCE(*word);

		memcpy((u8 *)&value + (addr & 7), code, len);
		WRITE_ONCE(*word, value);
		break;
	}
	case POKE_SYNC:
	case POKE_END:
		break;
	}
}
