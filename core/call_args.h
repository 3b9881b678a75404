/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_CALL_ARGS_H
#define FNT_CORE_CALL_ARGS_H

/*
 * What is recorded of a call's arguments: the registers, and of those that are
 * strings the text. See event.h for where it is in a record.
 */

#include <linux/types.h>

#include "core/proto.h"

/* Contexts that nest: task, softirq, hard interrupt, NMI. */
#define CALL_LEVELS 4

/**
 * struct call_texts - room for the strings of a call, for each CPU
 * @looking: contexts in which it is being looked at what is behind a call, by bits:
 *           what runs because of that is no part of what is traced
 * @text: the strings, for each context
 */
struct call_texts {
	u8 looking;
	char text[CALL_LEVELS][PROTO_REGS * PROTO_STRING_MAX];
};

/**
 * struct call_args - the arguments of a call
 * @regs: registers that arguments are in
 * @strings: bits of those whose text is in @text
 * @text: their texts, one behind the other
 * @len: bytes of @text
 */
struct call_args {
	unsigned long regs[PROTO_REGS];
	u32 strings;
	const char *text;
	size_t len;
};

void call_args_look(struct call_args *args, struct call_texts *texts);
size_t call_args_size(const struct call_args *args);
void call_args_put(const struct call_args *args, void *to);

#endif
