/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_POKE_H
#define FNT_PATCHING_POKE_H

/*
 * How the bytes of a call site are changed while any CPU may execute them: five at
 * a function entry, more elsewhere.
 *
 * A script is a sequence of actions; a patcher performs each action for every
 * site of its batch before it goes on to the next. Between two actions every
 * site holds bytes that may be executed: the old instruction, a breakpoint
 * whose handler acts for the new one, or the new instruction.
 */

#include <linux/types.h>

#include "patching/insn.h"

enum poke_action {
	POKE_TRAP,	/* first byte := int3 */
	POKE_TAIL,	/* the other bytes := those of the new instruction */
	POKE_HEAD,	/* first byte := that of the new instruction */
	POKE_WORD,	/* all at once, in one aligned 8-byte store */
	POKE_SYNC,	/* every CPU serialises */
	POKE_END,
};

/* Which sites an action of a script is for. */
enum poke_class {
	POKE_ALIGNED = 1,	/* the site lies in one aligned 8-byte word */
	POKE_STRADDLING = 2,	/* it does not */
	POKE_ANY = POKE_ALIGNED | POKE_STRADDLING,
};

struct poke_step {
	enum poke_action action;
	enum poke_class sites;
};

/**
 * struct poke_script - a way of changing instructions
 * @name: of the patcher that uses it
 * @steps: ends with POKE_END
 */
struct poke_script {
	const char *name;
	struct poke_step steps[8];
};

extern const struct poke_script poke_script_int3;
extern const struct poke_script poke_script_stop;

struct poke_step poke_action(const struct poke_script *script, unsigned int step);
enum poke_class poke_classify(unsigned long ip, unsigned int len);
void poke_write(u8 *text, const u8 *code, unsigned int len, enum poke_action action);

#endif
