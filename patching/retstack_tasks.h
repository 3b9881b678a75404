/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_RETSTACK_TASKS_H
#define FNT_PATCHING_RETSTACK_TASKS_H

/* The tasks' stacks of calls whose returns are hooked: struct retstack. */

int retstack_tasks_begin(void);
void retstack_tasks_end(void);
void retstack_tasks_clear_state(unsigned int nr);
void retstack_tasks_forget(unsigned int nr);

#endif
