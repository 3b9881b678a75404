/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROBE_FETCH_H
#define FNT_CORE_PROBE_FETCH_H

/* Getting the arguments of a probe when it is hit. */

#include <linux/compiler.h>
#include <linux/types.h>

#include "core/probe_args.h"

/* Bytes of a record at most; of its fields. */
#define PROBE_RECORD_MAX 4000
#define PROBE_FIELDS_MAX 3072

/* Where a register is that was not saved. */
#define PROBE_NOT_SAVED 0xffff

/**
 * struct probe_scene - what a probe finds when it is hit
 * @registers: those that were saved; of a function that returns, its result
 * @stack: where the stack pointer of the context is
 */
struct probe_scene {
	const void *registers;
	const unsigned long *stack;
};

/**
 * struct probe_load - an argument, prepared
 * @arg: the argument
 * @from: of a register or an argument in one, where it is in what was saved
 * @to: where it goes to in a record
 * @size: bytes
 * @plain: it is a register, and nothing else is to be done
 */
struct probe_load {
	const struct probe_arg *arg;
	u16 from;
	u16 to;
	u8 size;
	bool plain;
};

/**
 * struct probe_program - all arguments of a probe
 * @nr: number of @loads
 * @fields: bytes of a record up to its texts
 * @texts: there are any
 * @plain: all are
 * @loads: the arguments
 */
struct probe_program {
	unsigned int nr;
	unsigned int fields;
	bool texts;
	bool plain;
	struct probe_load loads[];
};

struct probe_program *probe_program_create(const struct probe_arg *args, unsigned int nr,
					   unsigned int head);
int probe_program_place(struct probe_program *program, const u16 places[PROBE_REGISTERS]);
bool probe_program_can(const struct probe_program *program,
		       const u16 places[PROBE_REGISTERS]);

unsigned int probe_measure(const struct probe_program *program,
			   const struct probe_scene *scene);
void probe_fetch(const struct probe_program *program, const struct probe_scene *scene,
		 void *record, unsigned int size);

/**
 * probe_fetch_plain - get arguments that are registers all
 * @program: with @plain
 * @registers: those that were saved
 * @record: receives them
 *
 * Context: any, NMI-safe.
 */
static __always_inline void probe_fetch_plain(const struct probe_program *program,
					      const void *registers, void *record)
{
	const struct probe_load *load = program->loads, *end = load + program->nr;
	const u8 *from = registers;
	unsigned long value;
	u8 *to;

	for (; load < end; load++) {
		value = *(const unsigned long *)(from + load->from);
		to = (u8 *)record + load->to;
		if (load->size == 8)
			*(u64 *)to = value;
		else if (load->size == 4)
			*(u32 *)to = value;
		else if (load->size == 2)
			*(u16 *)to = value;
		else
			*to = value;
	}
}

#endif
