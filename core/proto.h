/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROTO_H
#define FNT_CORE_PROTO_H

/* The arguments of a call as its function's prototype names them. */

#include <linux/types.h>

#include "core/btf.h"
#include "core/text.h"

/* Arguments that are passed in registers. */
#define PROTO_REGS 6

/* Bytes of a string that are recorded at most. */
#define PROTO_STRING_MAX 64

/**
 * struct proto_call - what is known of a call
 * @args: the registers that arguments are in: rdi, rsi, rdx, rcx, r8, r9
 * @strings: bits of those whose text is in @text
 * @text: their texts one behind the other, each up to its NUL or of
 *        PROTO_STRING_MAX bytes
 * @len: bytes of @text
 */
struct proto_call {
	const unsigned long *args;
	u32 strings;
	const char *text;
	size_t len;
};

/* What a function returns, as far as its value can be judged by that. */
enum proto_result {
	PROTO_RESULT_UNKNOWN,
	PROTO_RESULT_VOID,
	PROTO_RESULT_SIGNED_1,	/* of so many bytes */
	PROTO_RESULT_SIGNED_2,
	PROTO_RESULT_SIGNED_4,
	PROTO_RESULT_SIGNED_8,
	PROTO_RESULT_UNSIGNED,
	PROTO_RESULT_BOOL,
	PROTO_RESULT_POINTER,
};

/* What came of a call. */
enum proto_outcome {
	PROTO_UNKNOWN,
	PROTO_VOID,		/* nothing is returned that would tell */
	PROTO_OK,
	PROTO_ERROR,		/* a negative errno, or a pointer that is one */
	PROTO_NULL,		/* a pointer to nothing */
};

/* The largest errno that is passed as a pointer: MAX_ERRNO. */
#define PROTO_ERRNO_MAX 4095

/**
 * proto_is_errno - is this a negative errno?
 * @value: what was returned
 *
 * Context: any, NMI-safe.
 * Return: true if so, named or not.
 */
static inline bool proto_is_errno(s64 value)
{
	return value < 0 && value >= -PROTO_ERRNO_MAX;
}

/**
 * proto_outcome - what came of a call
 * @result: what the function returns
 * @reg: the register that results are in
 *
 * Context: any, NMI-safe.
 * Return: it.
 */
static inline enum proto_outcome proto_outcome(enum proto_result result, unsigned long reg)
{
	s64 value = reg;

	switch (result) {
	case PROTO_RESULT_UNKNOWN:
		return PROTO_UNKNOWN;
	case PROTO_RESULT_VOID:
		return PROTO_VOID;
	case PROTO_RESULT_POINTER:
		if (!reg)
			return PROTO_NULL;
		break;
	case PROTO_RESULT_SIGNED_1:
		value = (s64)((u64)reg << 56) >> 56;
		break;
	case PROTO_RESULT_SIGNED_2:
		value = (s16)reg;
		break;
	case PROTO_RESULT_SIGNED_4:
		value = (s32)reg;
		break;
	case PROTO_RESULT_SIGNED_8:
		break;
	default:
		return PROTO_OK;
	}
	return proto_is_errno(value) ? PROTO_ERROR : PROTO_OK;
}

void proto_print_arguments(struct text *text, const struct btf_image *image, int proto,
			   const struct proto_call *call);
int proto_argument(const struct btf_image *image, int proto, const char *name,
		   struct btf_value *type);
u32 proto_strings(const struct btf_image *image, int proto);
bool proto_print_result(struct text *text, const struct btf_image *image, int proto,
			unsigned long reg);
enum proto_result proto_result(const struct btf_image *image, int proto);

#endif
