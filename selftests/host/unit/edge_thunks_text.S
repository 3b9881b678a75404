/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thunks of patching/edge_thunks.S for edge_thunks_test: the CPU's flag and the
 * preempt count are variables there, and so is the time. And the way into them.
 */

#include "patching/edge_layout.h"

#define EDGE_IRQS_OFF andl $~0x200, edge_flags(%rip)
#define EDGE_IRQS_ON orl $0x200, edge_flags(%rip)
#define EDGE_PUSH_FLAGS pushq edge_flags(%rip)
#define EDGE_COUNT edge_count(%rip)
#define EDGE_MEM(offset) edge_cpu + (offset)(%rip)
#define EDGE_RDTSC movl edge_now(%rip), %eax; movl edge_now + 4(%rip), %edx
#define EDGE_TELL edge_tell

#define SYM_L_LOCAL
#define SYM_A_NONE
#define SYM_A_ALIGN
#define SYM_START(name, linkage, align) name:
#define SYM_FUNC_END(name) .size name, . - name
#define RET ret

#include "patching/edge_thunks.S"

	.text
	EDGE_ALL_THUNKS

/* C code keeps fewer registers than it may, and wants its stack aligned. */
edge_tell:
	pushq	%rbp
	movq	%rsp, %rbp
	andq	$-16, %rsp
	call	edges_ended
	.irp reg, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
	movq	$0x5bad, %\reg
	.endr
	leave
	ret

/*
 * edge_enter(): go to edge_target as if called from edge_site, with the registers of
 * edge_regs, which receives them then. On the stack are, for thunks that look there, the
 * return address of the site's function, and edge_words words before it.
 */
	.globl	edge_enter
edge_enter:
	.irp reg, rbx, rbp, r12, r13, r14, r15
	pushq	%\reg
	.endr
	movq	%rsp, edge_stack(%rip)
	pushq	edge_caller(%rip)
	cmpl	$0, edge_words(%rip)
	je	1f
	pushq	$0x5bad
1:	pushq	edge_back(%rip)
	.set	offset, 0
	.irp reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	movq	edge_regs + offset(%rip), %\reg
	.set	offset, offset + 8
	.endr
	jmp	*edge_target(%rip)
	.globl	edge_site
edge_site:
	.set	offset, 0
	.irp reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	movq	%\reg, edge_regs + offset(%rip)
	.set	offset, offset + 8
	.endr
	pushfq
	popq	edge_regs + offset(%rip)
	movq	edge_stack(%rip), %rsp
	.irp reg, r15, r14, r13, r12, rbp, rbx
	popq	%\reg
	.endr
	ret

	.section .note.GNU-stack, "", @progbits
