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

void proto_print_arguments(struct text *text, const struct btf_image *image, int proto,
			   const struct proto_call *call);
u32 proto_strings(const struct btf_image *image, int proto);

#endif
