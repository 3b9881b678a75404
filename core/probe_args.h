/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROBE_ARGS_H
#define FNT_CORE_PROBE_ARGS_H

/* What a probe records: the language of its arguments. */

#include <linux/types.h>

#include "core/probe_type.h"

#define PROBE_ARG_NAME_MAX 32
#define PROBE_ARG_TEXT_MAX 63
#define PROBE_ARRAY_MAX 64
#define PROBE_STEPS_MAX 14

/* Words of a stack at most: of 16 KiB. */
#define PROBE_STACK_MAX 2048

/* What a value begins with. */
enum probe_from {
	PROBE_REGISTER,		/* register number @value */
	PROBE_ARGUMENT,		/* argument number @value, from 0 */
	PROBE_STACK,		/* word number @value on the stack */
	PROBE_STACK_POINTER,
	PROBE_RESULT,		/* what was returned */
	PROBE_NUMBER,		/* @value */
	PROBE_SYMBOL,		/* the address of @text, and @value behind that */
	PROBE_COMM,		/* the name of the task */
	PROBE_TEXT,		/* @text */
};

/* Registers by number: those of an interrupted context, in the order of struct pt_regs. */
enum probe_register {
	PROBE_R15, PROBE_R14, PROBE_R13, PROBE_R12, PROBE_BP, PROBE_BX, PROBE_R11, PROBE_R10,
	PROBE_R9, PROBE_R8, PROBE_AX, PROBE_CX, PROBE_DX, PROBE_SI, PROBE_DI, PROBE_ORIG_AX,
	PROBE_IP, PROBE_CS, PROBE_FLAGS, PROBE_SP, PROBE_SS, PROBE_REGISTERS,
};

/**
 * struct probe_step - memory that is read on the way to a value
 * @offset: from the address that is there so far
 * @user: it is the task's memory
 */
struct probe_step {
	long offset;
	bool user;
};

/**
 * struct probe_arg - an argument of a probe
 * @name: of its field
 * @body: what was written of it
 * @type: its type
 * @count: elements of an array; 0 if it is none
 * @offset: where it is behind the head of a record, in bytes
 * @source: what it begins with
 * @value: see there
 * @text: see there
 * @nr_steps: number of @steps
 * @steps: memory that is read then; what is read by the last one is the value itself, or
 *         the text of a string
 * @shift_left: of a bitfield, bits that are cut off above it; 0
 * @shift_right: and then below it
 */
struct probe_arg {
	char *name;
	char *body;
	const struct probe_arg_type *type;
	unsigned int count;
	unsigned int offset;
	enum probe_from source;
	u64 value;
	char *text;
	unsigned int nr_steps;
	struct probe_step steps[PROBE_STEPS_MAX];
	u8 shift_left;
	u8 shift_right;
};

/**
 * struct probe_fault - what is wrong
 * @pos: where, in what was given
 * @what: a constant string
 */
struct probe_fault {
	unsigned int pos;
	const char *what;
};

/**
 * struct probe_names - the names that a function's arguments have
 * @find: the argument of a name: its number and, where that is known, its type, and
 *        whether it points to text; false if there is none
 * @data: passed to @find
 */
struct probe_names {
	bool (*find)(void *data, const char *name, unsigned int *nr,
		     const struct probe_arg_type **type, bool *text);
	void *data;
};

/**
 * struct probe_place - what an argument may be taken from
 * @returns: the function returns
 * @entry: it has just been entered
 * @names: of its arguments; NULL where they have none
 */
struct probe_place {
	bool returns;
	bool entry;
	const struct probe_names *names;
};

int probe_arg_parse(struct probe_arg *arg, const char *text, unsigned int nr,
		    const struct probe_place *place, struct probe_fault *fault);
void probe_arg_destroy(struct probe_arg *arg);
void probe_args_destroy(struct probe_arg *args, unsigned int nr);
bool probe_arg_is_text(const struct probe_arg *arg);
unsigned int probe_arg_size(const struct probe_arg *arg);

bool probe_is_name(const char *name);

#endif
