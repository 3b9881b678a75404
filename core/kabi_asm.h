/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_KABI_ASM_H
#define FNT_CORE_KABI_ASM_H

/* What differs between kernels for assembly; only for .S files. */

#include <linux/linkage.h>

#include <asm/percpu.h>

/* Until v6.1; then it is a member of pcpu_hot. */
#define KABI_PREEMPT_COUNT PER_CPU_VAR(__preempt_count)

/* What preempt_enable_notrace() calls; keeps all registers but the flags. */
.macro KABI_PREEMPT_SCHEDULE
#if defined(CONFIG_PREEMPT_DYNAMIC)
	call	__SCT__preempt_schedule_notrace
#elif defined(CONFIG_PREEMPTION)
	call	preempt_schedule_notrace_thunk
#endif
.endm

#endif
