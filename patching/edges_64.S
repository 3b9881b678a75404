/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in for the instructions that switch interrupts or preemption, with the
 * registers of each: edge_thunks.S.
 *
 * Reached only by direct calls, so they need no ENDBR.
 */

#include <linux/linkage.h>
#include <asm/nospec-branch.h>

#include "core/kabi_asm.h"
#include "patching/edge_layout.h"

#define EDGE_IRQS_OFF cli
#define EDGE_IRQS_ON sti
#define EDGE_PUSH_FLAGS pushfq
#define EDGE_COUNT KABI_PREEMPT_COUNT
#define EDGE_MEM(offset) %gs:edge_cpu + (offset)
#define EDGE_ENDED fnt_edge_ended

#include "patching/edge_thunks.S"

	.text

/*
 * A section was longer than its limit. All registers but rax and rdx are kept.
 *
 * On entry:	rax		how long it was
 *		rdx		where it ends
 *		8(%rsp)		its kind
 */
SYM_START(fnt_edge_ended, SYM_L_LOCAL, SYM_A_ALIGN)
	pushq	%rdi
	pushq	%rsi
	pushq	%rcx
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	movl	64(%rsp), %edi
	movq	%rdx, %rsi
	movq	%rax, %rdx
	call	edges_ended
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rcx
	popq	%rsi
	popq	%rdi
	RET
SYM_FUNC_END(fnt_edge_ended)

	EDGE_ALL_THUNKS
