/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROBE_TEXT_H
#define FNT_CORE_PROBE_TEXT_H

/* Arguments of probes as text. */

#include "core/probe_args.h"
#include "core/text.h"

/**
 * struct probe_record - a record of a probe
 * @bytes: all of it
 * @len: their number
 * @head: bytes before its arguments
 */
struct probe_record {
	const void *bytes;
	unsigned int len;
	unsigned int head;
};

void probe_print_args(struct text *text, const struct probe_arg *args, unsigned int nr,
		      const struct probe_record *record);
void probe_print_format(struct text *text, const struct probe_arg *args, unsigned int nr,
			bool returns);
bool probe_print_field_type(struct text *text, const struct probe_arg *arg);

#endif
