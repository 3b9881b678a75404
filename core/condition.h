/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_CONDITION_H
#define FNT_CORE_CONDITION_H

/* Which calls of a function are recorded: the language of every:N and if:ARG OP VALUE. */

#include <linux/types.h>

#include "core/trigger.h"

struct btf_image;

/* A call in so many at least. */
#define CONDITION_EVERY_MAX 0xffffffffU

/* Bytes of a condition as text, its NUL included. */
#define CONDITION_TEXT_MAX 128

/* Bytes of a string that are looked at, its NUL included. */
#define CONDITION_STRING_MAX 256

enum condition_op {
	CONDITION_EQ,
	CONDITION_NE,
	CONDITION_LE,
	CONDITION_GE,
	CONDITION_LT,
	CONDITION_GT,
	CONDITION_AND,
	CONDITION_LIKE,
};

/**
 * struct condition_words - what was written
 * @every: one call in so many; 0 if it is not about that
 * @any: with a removal: whatever was written when it was added
 * @op: how an argument is compared
 * @quoted: @value stood in quotation marks
 * @arg: the argument
 * @value: what it is compared with
 * @arg_at: where @arg stood
 * @op_at: where @op stood
 * @value_at: where @value stood
 */
struct condition_words {
	u32 every;
	bool any;
	enum condition_op op;
	bool quoted;
	const char *arg;
	const char *value;
	unsigned int arg_at;
	unsigned int op_at;
	unsigned int value_at;
};

/**
 * struct condition - an argument compared with a value
 * @arg: its number
 * @string: it is a string's text that is compared, with what is in @text at @value
 * @glob: that is a glob
 * @negate: it holds where the comparison does not
 * @shift: bits of the register that are not the argument's
 * @flip: the bit of the sign, so that all is unsigned
 * @mask: bits that are looked at
 * @low: it holds from here on
 * @span: up to so much above
 * @value: place of a string in @text
 * @text: as it is listed; of a string two texts, the second is what is compared
 */
struct condition {
	u8 arg;
	bool string;
	bool glob;
	bool negate;
	u8 shift;
	u8 value;
	u64 flip;
	u64 mask;
	u64 low;
	u64 span;
	char text[2 * CONDITION_TEXT_MAX];
};

/**
 * condition_holds - does an argument that is no string have such a value?
 * @condition: the condition
 * @reg: the register that it is in
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
static inline bool condition_holds(const struct condition *condition, unsigned long reg)
{
	u64 value = ((u64)reg << condition->shift) ^ condition->flip;

	return ((value & condition->mask) - condition->low <= condition->span) !=
	       condition->negate;
}

bool condition_is(const char *text);
int condition_parse(char *text, bool remove, struct condition_words *words,
		    struct trigger_fault *fault);
int condition_text(const struct condition_words *words, char *text);
int condition_compile(struct condition *condition, const struct condition_words *words,
		      const struct btf_image *image, int proto, struct trigger_fault *fault);
bool condition_holds_string(const struct condition *condition, const char *string, size_t len);

#endif
