/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROTOTYPES_H
#define FNT_CORE_PROTOTYPES_H

/* The prototypes of the running kernel's functions. */

#include "core/condition.h"
#include "core/proto.h"

int prototypes_init(void);
void prototypes_exit(void);

int prototypes_get(void);
void prototypes_put(void);
u32 prototype_strings(unsigned long ip);
enum proto_result prototype_result_quick(unsigned long ip);

void prototype_arguments(struct text *text, unsigned long ip, const struct proto_call *call);
int prototype_condition(unsigned long ip, const struct condition_words *words,
			struct condition *condition, struct trigger_fault *fault);
int prototype_argument(unsigned long ip, const char *name, struct btf_value *type);
bool prototype_result(struct text *text, unsigned long ip, unsigned long reg, bool hex);
enum proto_result prototype_result_kind(unsigned long ip);

#endif
