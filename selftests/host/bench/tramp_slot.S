/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The slot of patching/tramp_64.S, to be included: by one or another way of saving registers.
 * The handler gets the place of the address behind the call site.
 */

#define CPU_PREEMPT_COUNT 0		/* struct bench_cpu */

.macro TRAMP name handler save restore size
	.balign 64
	.globl	\name
	.type	\name, @function
\name:
	incl	%gs:CPU_PREEMPT_COUNT
	movq	bench_gate(%rip), %r11
	cmpb	$0, %gs:(%r11)
	je	.Lclosed_\name
	\save
	leaq	\size(%rsp), %rdi
	movq	bench_arg(%rip), %rsi
	call	\handler
	\restore
.Lclosed_\name:
	decl	%gs:CPU_PREEMPT_COUNT
	jz	.Lresched_\name
	ret
.Lresched_\name:
	ud2
	.size	\name, . - \name
.endm
