/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_PATCH_H
#define FNT_PATCHING_PATCH_H

/*
 * Writing kernel text: a set of changes is verified as a whole and then
 * written as a whole, by the patcher in use.
 */

#include <linux/types.h>

#include "core/kabi.h"
#include "patching/poke.h"

/* Bytes of the longest instruction that is written. */
#define PATCH_LEN_MAX 11

/**
 * struct patch_change - what one call site is to become
 * @ip: the site
 * @from: target of the call that stands there, 0 for what the kernel has there
 * @to: target of the call that shall stand there, 0 for what the kernel has there
 * @text: writable alias of the site, set by patch_set_init()
 */
struct patch_change {
	unsigned long ip;
	unsigned long from;
	unsigned long to;
	u8 *text;
};

/**
 * struct patch_poke - a change, ready to be written
 * @text: writable alias of the site
 * @code: the new instruction
 * @len: bytes of it
 * @class: enum poke_class
 */
struct patch_poke {
	u8 *text;
	u8 code[PATCH_LEN_MAX];
	u8 len;
	u8 class;
};

struct patch_set;

/**
 * struct patch_form - sites that are no function entries
 * @len: bytes of the instruction at the site of a change
 * @encode: write that instruction: it goes to @target, or if that is 0 what the kernel
 *          has there. Returns false if @target is out of reach
 * @opcode: what the instruction does, INSN_CALL or INSN_JMP
 * @trap_entry: so many bytes before the target of a call it is entered from the
 *              kernel's int3 handler, which has it return five bytes behind the site
 *
 * While a breakpoint stands there the call acts, be it the one that was or the one
 * that will be: both do what the kernel's own instruction does, and what they do
 * beside that may happen until the change is complete.
 */
struct patch_form {
	unsigned int (*len)(const struct patch_set *set, unsigned int change);
	bool (*encode)(const struct patch_set *set, unsigned int change, unsigned long target,
		       u8 *code);
	u8 opcode;
	unsigned int trap_entry;
};

/**
 * struct patch_set - a set of changes on its way
 * @changes: ascending by address; some may be taken out between
 *           patch_set_init() and patch_apply(), with @nr to match
 * @nr: number of changes
 * @form: what stands at the sites; NULL for function entries
 * @patcher: that writes it; NULL for the one in use
 * @at_once: sites belong together: in one stop, if the machine is stopped
 * @pokes: one a change, filled by patch_apply()
 * @locs: one a change, for the kernel's breakpoint handler
 * @classes: union of the classes of all sites
 * @pages: pages that hold the sites
 * @nr_pages: number of them
 * @alias: where they are mapped writable
 */
struct patch_set {
	struct patch_change *changes;
	unsigned int nr;
	const struct patch_form *form;
	const struct fnt_patcher *patcher;
	bool at_once;
	struct patch_poke *pokes;
	struct kabi_poke_loc *locs;
	unsigned int classes;
	struct page **pages;
	unsigned int nr_pages;
	u8 *alias;
};

/**
 * struct fnt_patcher - a way of getting a set of changes into the text
 * @name: as the control file `patcher` has it
 * @script: the actions, in order
 * @needs_breakpoints: sites of these classes cannot be had without the
 *                     kernel's breakpoint batches
 * @usable: can it be used on this kernel? Called once, at load. Returns 1 if it
 *          can, 0 if not, -ENOMEM
 * @run: performs the script on a set; cannot fail
 */
struct fnt_patcher {
	const char *name;
	const struct poke_script *script;
	unsigned int needs_breakpoints;
	int (*usable)(void);
	void (*run)(struct patch_set *set);
};

/**
 * struct patch_stats - what patching has cost so far
 * @batches: sets written
 * @sites: sites written
 * @rounds: times that every CPU was made to serialise
 * @longest_stop_ns: longest time for which the machine was stopped
 */
struct patch_stats {
	u64 batches;
	u64 sites;
	u64 rounds;
	u64 longest_stop_ns;
};

extern const struct fnt_patcher patcher_int3;
extern const struct fnt_patcher patcher_stop;

int patch_init(const char *wanted);
int patch_choose(const char *name);
const struct fnt_patcher *patch_patcher(void);
const struct fnt_patcher *patch_nth_patcher(unsigned int n);
bool patch_has_breakpoints(void);
bool patch_has_stop(void);
struct patch_stats *patch_stats(void);

int patch_set_init(struct patch_set *set, struct patch_change *changes, unsigned int nr);
int patch_set_init_form(struct patch_set *set, struct patch_change *changes, unsigned int nr,
			const struct patch_form *form);
void patch_set_exit(struct patch_set *set);

void patch_text_lock(void);
void patch_text_unlock(void);
int patch_apply(struct patch_set *set);

void patch_write(struct patch_set *set, struct poke_step step);
void patch_locs_begin(struct patch_set *set);
void patch_locs_end(struct patch_set *set);
void patch_sync_cpus(void);

void patch_quiesce(void);

#endif
