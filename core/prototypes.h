/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROTOTYPES_H
#define FNT_CORE_PROTOTYPES_H

/* The prototypes of the running kernel's functions. */

#include <linux/types.h>

struct proto_call;
struct text;

int prototypes_init(void);
void prototypes_exit(void);

int prototypes_get(void);
void prototypes_put(void);
u32 prototype_strings(unsigned long ip);

void prototype_arguments(struct text *text, unsigned long ip, const struct proto_call *call);

#endif
