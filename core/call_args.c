// SPDX-License-Identifier: GPL-2.0
/*
 * A call's arguments on their way into a record.
 */

#include "core/call_args.h"

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/math.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "core/event.h"
#include "core/peek.h"

/**
 * call_args_look - copy the strings among the arguments of a call
 * @args: with @regs, and in @strings which of them are strings; those that cannot be
 *        read are taken out of it
 * @texts: of this CPU; @args refers to it
 *
 * Later they may be gone. The fault that it takes to find that there is none runs
 * functions that are traced.
 *
 * Context: any, NMI-safe; interrupts off, until @args is done with.
 */
void call_args_look(struct call_args *args, struct call_texts *texts)
{
	unsigned int level = interrupt_context_level(), i;
	char *text = texts->text[level];
	size_t more;

	args->text = text;
	args->len = 0;
	texts->looking |= BIT(level);
	barrier();
	for (i = 0; i < PROTO_REGS; i++) {
		if (!(args->strings & BIT(i)))
			continue;
		more = peek_string(text + args->len, args->regs[i], PROTO_STRING_MAX);
		if (!more)
			args->strings &= ~BIT(i);
		args->len += more;
	}
	barrier();
	texts->looking &= ~BIT(level);
}

/**
 * call_args_size - bytes of a record that arguments take
 * @args: the arguments
 *
 * Context: any, NMI-safe.
 * Return: a multiple of 4.
 */
size_t call_args_size(const struct call_args *args)
{
	if (!args->strings)
		return EVENT_ARGS_STRINGS * sizeof(unsigned long);
	return EVENT_ARGS_TEXT * sizeof(unsigned long) + round_up(args->len, 4);
}

/**
 * call_args_put - put arguments into a record
 * @args: the arguments
 * @to: call_args_size() bytes, perhaps not aligned
 *
 * Context: any, NMI-safe.
 */
void call_args_put(const struct call_args *args, void *to)
{
	unsigned long strings = args->strings;
	char *text = to + EVENT_ARGS_TEXT * sizeof(unsigned long);

	memcpy(to, args->regs, sizeof(args->regs));
	if (!strings)
		return;
	memcpy(to + EVENT_ARGS_STRINGS * sizeof(unsigned long), &strings, sizeof(strings));
	memcpy(text, args->text, args->len);
	memset(text + args->len, 0, round_up(args->len, 4) - args->len);
}
