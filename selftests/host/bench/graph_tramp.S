/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Returns that are hooked in one way or another, with nothing done but that, with two
 * time stamps, and with the records of function_graph.
 *
 * Hijacked: the return address is replaced, as the kernel does it and we do.
 * Paired: the site jumps to a stub of the function's own, which calls the body.
 */

#include "patching/tramp_args.S"
#include "selftests/host/bench/tramp_slot.S"

#define CPU_SHADOW 8			/* struct bench_cpu: the next place of a stack */

	.text

.macro FUNC name
	.balign 64
	.globl	\name
	.type	\name, @function
\name:
.endm

.macro END name
	.size	\name, . - \name
.endm

/*
 * Back to %r11, as return_to_handler goes: by no indirect jump, so that the CPU is not
 * led astray, which costs a wrong prediction. Or by one.
 */
.macro RETURN_TO_R11 jump
	.if \jump
	jmp	*%r11
	.else
	call	1f
	int3
1:	movq	%r11, (%rsp)
	ret
	.endif
.endm

/* rdtsc and a store of it, at an offset from %r11; what it clobbers has been saved. */
.macro STAMP to
	rdtsc
	shlq	$32, %rdx
	orq	%rdx, %rax
	movq	%rax, \to(%r11)
.endm

/*
 * The least of it: a place in a stack, of two words; in the second is the time of the
 * entry, behind the stack that of the return.
 */
.macro HIJACK name stamps jump
FUNC tramp_hijack_\name
	pushq	%rax
	pushq	%rdx
	movq	%gs:CPU_SHADOW, %r11
	addq	$16, %gs:CPU_SHADOW
	movq	24(%rsp), %rax
	movq	%rax, (%r11)
	.if \stamps
	STAMP	8
	.endif
	movq	$hijacked_\name, 24(%rsp)
	popq	%rdx
	popq	%rax
	ret
END tramp_hijack_\name

FUNC hijacked_\name
	subq	$16, %gs:CPU_SHADOW
	movq	%gs:CPU_SHADOW, %r11
	.if \stamps
	pushq	%rax
	pushq	%rdx
	STAMP	16
	popq	%rdx
	popq	%rax
	.endif
	movq	(%r11), %r11
	RETURN_TO_R11 \jump
END hijacked_\name

FUNC target_hijack_\name
	call	tramp_hijack_\name
	ret
END target_hijack_\name
.endm

.macro PAIR name stamps
FUNC enter_paired_\name
	movq	%gs:CPU_SHADOW, %r11
	addq	$16, %gs:CPU_SHADOW
	.if \stamps
	pushq	%rax
	pushq	%rdx
	STAMP	8
	popq	%rdx
	popq	%rax
	.endif
	ret
END enter_paired_\name

FUNC leave_paired_\name
	subq	$16, %gs:CPU_SHADOW
	movq	%gs:CPU_SHADOW, %r11
	.if \stamps
	pushq	%rax
	pushq	%rdx
	STAMP	16
	popq	%rdx
	popq	%rax
	.endif
	pushq	(%r11)
	ret
END leave_paired_\name

FUNC target_paired_\name
	jmp	stub_paired_\name
body_paired_\name:
	ret
END target_paired_\name

FUNC stub_paired_\name
	call	enter_paired_\name
	popq	(%r11)
	call	body_paired_\name
	jmp	leave_paired_\name
END stub_paired_\name
.endm

HIJACK bare 0 0
HIJACK jump 0 1
HIJACK stamps 1 0
PAIR bare 0
PAIR stamps 1

/* What leads to the handlers of graph.c: a slot as in patching/tramp_64.S. */
TRAMP tramp_graph	   graph_entered	  SAVE_ARGS  RESTORE_ARGS  ENTRY_IP
TRAMP tramp_graph_jump	   graph_entered_jump	  SAVE_ARGS  RESTORE_ARGS  ENTRY_IP
TRAMP tramp_graph_no_clock graph_entered_no_clock SAVE_ARGS  RESTORE_ARGS  ENTRY_IP

/* The kernel's return_to_handler, and fnt_tramp_return_direct which its call leads to. */
.macro RETURN_TO_HANDLER name handler
FUNC \name
	subq	$16, %rsp
	movq	%rax, (%rsp)
	movq	%rdx, 8(%rsp)
	movq	%rbp, %rdi
	call	tramp_\name
	movq	%rax, %rdi
	movq	8(%rsp), %rdx
	movq	(%rsp), %rax
	addq	$16, %rsp
	call	1f
	int3
1:	movq	%rdi, (%rsp)
	ret
END \name

FUNC tramp_\name
	incl	%gs:CPU_PREEMPT_COUNT
	leaq	8(%rsp), %rdi
	movq	graph_user(%rip), %rsi
	call	\handler
	decl	%gs:CPU_PREEMPT_COUNT
	jz	.Lresched_\name
	ret
.Lresched_\name:
	ud2
END tramp_\name
.endm

RETURN_TO_HANDLER graph_return_to_handler	   graph_returned
RETURN_TO_HANDLER graph_return_to_handler_no_clock graph_returned_no_clock

/* Where the kernel's code goes no farther than to us, and we return by an indirect jump. */
FUNC graph_return_by_jump
	subq	$16, %rsp
	movq	%rax, (%rsp)
	movq	%rdx, 8(%rsp)
	incl	%gs:CPU_PREEMPT_COUNT
	movq	%rsp, %rdi
	movq	graph_user(%rip), %rsi
	call	graph_returned
	decl	%gs:CPU_PREEMPT_COUNT
	jz	.Lresched_jump
	movq	%rax, %r11
	movq	8(%rsp), %rdx
	movq	(%rsp), %rax
	addq	$16, %rsp
	jmp	*%r11
.Lresched_jump:
	ud2
END graph_return_by_jump

/*
 * The same, paired. The stub's word behind its code says whose it is; where its call
 * of this returns to is 24 bytes before that.
 */
.macro PAIRED name handler
FUNC enter_\name
	incl	%gs:CPU_PREEMPT_COUNT
	movq	bench_gate(%rip), %r11
	cmpb	$0, %gs:(%r11)
	movl	$0, %r11d
	je	.Lclosed_\name
	SAVE_ARGS
	movq	ENTRY_IP(%rsp), %rdi
	movq	24(%rdi), %rdi
	movq	bench_arg(%rip), %rsi
	call	\handler
	movq	%rax, %r11
	RESTORE_ARGS
.Lclosed_\name:
	decl	%gs:CPU_PREEMPT_COUNT
	jz	.Lresched_\name
	ret
.Lresched_\name:
	ud2
END enter_\name
.endm

PAIRED paired		graph_entered_paired
PAIRED paired_no_clock	graph_entered_paired_no_clock

.macro LEAVE name handler
FUNC leave_\name
	subq	$8, %rsp
	pushq	%rdx
	pushq	%rax
	incl	%gs:CPU_PREEMPT_COUNT
	movq	%rsp, %rdi
	movq	graph_user(%rip), %rsi
	call	\handler
	decl	%gs:CPU_PREEMPT_COUNT
	jz	.Lresched_leave_\name
	movq	%rax, 16(%rsp)
	popq	%rax
	popq	%rdx
	ret
.Lresched_leave_\name:
	ud2
END leave_\name
.endm

LEAVE paired		graph_returned
LEAVE paired_no_clock	graph_returned_no_clock

/* A function of each kind: with a body that does nothing, or calls another one. */
.macro TARGET name calls
	.ifnb \calls
	call	\calls
	.endif
	ret
	END \name
.endm

.macro HIJACKED name tramp calls
FUNC \name
	call	\tramp
	TARGET	\name \calls
.endm

.macro PAIRED_TARGET name way calls
FUNC \name
	jmp	stub_\name
body_\name:
	TARGET	\name \calls

FUNC stub_\name
	call	enter_\way
0:	testq	%r11, %r11
	jz	body_\name
	popq	(%r11)
	call	body_\name
	jmp	leave_\way
	.org	0b + 24, 0xcc
	.quad	\name
END stub_\name
.endm

HIJACKED target_graph tramp_graph
HIJACKED target_graph_jump tramp_graph_jump
HIJACKED target_graph_no_clock tramp_graph_no_clock
PAIRED_TARGET target_paired paired
PAIRED_TARGET target_paired_no_clock paired_no_clock

/* Four that call one another. */
HIJACKED target_graph_three tramp_graph target_graph
HIJACKED target_graph_two tramp_graph target_graph_three
HIJACKED target_graph_four tramp_graph target_graph_two
PAIRED_TARGET target_paired_three paired target_paired
PAIRED_TARGET target_paired_two paired target_paired_three
PAIRED_TARGET target_paired_four paired target_paired_two

.macro NOPPED name calls
FUNC \name
	.byte 0x0f, 0x1f, 0x44, 0x00, 0x00
	TARGET	\name \calls
.endm

NOPPED target_none
NOPPED target_none_three target_none
NOPPED target_none_two target_none_three
NOPPED target_none_four target_none_two

	.section .note.GNU-stack, "", @progbits
