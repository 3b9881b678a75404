/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in for the instructions that switch interrupts or preemption; to be
 * included. PURE: also for the test in user space.
 *
 * Called from the place of the instruction: cli, sti, or one that adds to the preempt
 * count. Whoever includes this says how to do these:
 *
 *	EDGE_IRQS_OFF, EDGE_IRQS_ON	cli, sti
 *	EDGE_PUSH_FLAGS			pushfq
 *	EDGE_RDTSC			rdtsc
 *	EDGE_COUNT			the preempt count
 *	EDGE_MEM(offset)		this CPU's struct edge_cpu
 *	EDGE_TELL			edges_ended()
 *
 * Registers: as the kernel's own instructions leave them. The compiler takes rax and the
 * flags for lost where interrupts are switched (PVOP_VCALLEE_CLOBBERS of
 * asm/paravirt_types.h), and the flags where the count changes; but after a decrement
 * they are looked at, so the instruction itself is the last thing done.
 *
 * In a thunk rax is the time or a difference of two, rdx is at hand; both are saved upon
 * the stack where they are not lost.
 *
 * Interrupts may come in the midst of those that are called with interrupts on, at every
 * instruction. What they begin they end; a section of ours begins when the count is not
 * 0 any more, so that they do not begin one, and ends before it is 0. Between the two a
 * time is read: what comes there is not counted. NMIs begin and end nothing: interrupts
 * are off, and the count is not 0.
 */

#define EDGE_IF 0x200

#define EDGE_SECTION(kind, member) EDGE_MEM((kind) * EDGE_SECTION_SIZE + (member))

/* rax := the time; rdx is lost. */
.macro EDGE_TIME
	EDGE_RDTSC
	shlq	$32, %rdx
	orq	%rdx, %rax
.endm

/*
 * A section was longer than its limit. All registers but rax and rdx are kept.
 *
 * On entry:	rax		how long it was
 *		rdx		where it ends
 *		8(%rsp)		its kind
 */
.macro EDGE_ENDED
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
	call	EDGE_TELL
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rcx
	popq	%rsi
	popq	%rdi
	RET
SYM_FUNC_END(fnt_edge_ended)
.endm

/* Interrupts are on? Flags of the CPU; the register is lost. */
.macro EDGE_TEST_IRQS reg:req, reg32:req
	EDGE_PUSH_FLAGS
	popq	\reg
	testl	$EDGE_IF, \reg32
.endm

/* Is the count what the instruction adds, or takes away, and nothing else? */
.macro EDGE_TEST_COUNT amount:req
	testl	$(EDGE_COUNT_MASK & ~(\amount)), EDGE_COUNT
.endm

/* A section begins: rax is the time, site(%rsp) the place, rdx is lost. */
.macro EDGE_NOTE kind:req, site:req, how:req
	movq	%rax, EDGE_SECTION(\kind, EDGE_START)
	movq	(\site)(%rsp), %rdx
	movq	%rdx, EDGE_SECTION(\kind, EDGE_AT)
	.if \how == EDGE_SELF
	movq	$0, EDGE_SECTION(\kind, EDGE_CALLER)
	.else
	movq	((\site) + 8 * (\how))(%rsp), %rdx
	movq	%rdx, EDGE_SECTION(\kind, EDGE_CALLER)
	.endif
	movb	$1, EDGE_MEM(EDGE_INSIDE + \kind)
.endm

.macro EDGE_CLOSE kind:req
	movl	$EDGE_NEVER, EDGE_SECTION(\kind, EDGE_START + 4)
	movb	$0, EDGE_MEM(EDGE_INSIDE + \kind)
.endm

/* A section ends: if there is one, and it is longer than its limit, say so. */
.macro EDGE_END kind:req, site:req
	EDGE_TIME
	subq	EDGE_SECTION(\kind, EDGE_START), %rax
	cmpq	EDGE_SECTION(\kind, EDGE_LIMIT), %rax
	jle	.Lshort\@
	movq	(\site)(%rsp), %rdx
	pushq	$\kind
	call	fnt_edge_ended
	addq	$8, %rsp
.Lshort\@:
	EDGE_CLOSE \kind
.endm

/* Interrupts go off, if they are on. */
.macro EDGE_CLI_BODY wanted:req, how:req
	EDGE_TEST_IRQS %rax, %eax
	jz	.Lout\@
	EDGE_IRQS_OFF
	.if (\wanted) == EDGE_WANT(EDGE_EITHER)
	EDGE_TEST_COUNT 0
	jnz	.Lout\@
	.endif
	pushq	%rdx
	EDGE_TIME
	.if (\wanted) & EDGE_WANT(EDGE_IRQS)
	EDGE_NOTE EDGE_IRQS, 8, \how
	.endif
	.if (\wanted) == EDGE_WANT(EDGE_IRQS) | EDGE_WANT(EDGE_EITHER)
	EDGE_TEST_COUNT 0
	jnz	.Lpop\@
	.endif
	.if (\wanted) & EDGE_WANT(EDGE_EITHER)
	EDGE_NOTE EDGE_EITHER, 8, \how
	.endif
.Lpop\@:
	popq	%rdx
.Lout\@:
	RET
.endm

/*
 * Interrupts come on. If they are on already no section can be open: one that is was left
 * in a way unknown.
 */
.macro EDGE_STI_BODY wanted:req, how:req
	.if \how == EDGE_PLAINLY
	EDGE_TEST_IRQS %rax, %eax
	jnz	.Lforget\@
	.if (\wanted) == EDGE_WANT(EDGE_EITHER)
	EDGE_TEST_COUNT 0
	jnz	.Lout\@
	.endif
	pushq	%rdx
	.if (\wanted) & EDGE_WANT(EDGE_IRQS)
	EDGE_END EDGE_IRQS, 8
	.endif
	.if (\wanted) == EDGE_WANT(EDGE_IRQS) | EDGE_WANT(EDGE_EITHER)
	EDGE_TEST_COUNT 0
	jnz	.Lpop\@
	.endif
	.if (\wanted) & EDGE_WANT(EDGE_EITHER)
	EDGE_END EDGE_EITHER, 8
	.endif
.Lpop\@:
	popq	%rdx
.Lout\@:
	EDGE_IRQS_ON
	RET
	.endif
.Lforget\@:
	.if (\wanted) & EDGE_WANT(EDGE_IRQS)
	EDGE_CLOSE EDGE_IRQS
	.endif
	.if (\wanted) & EDGE_WANT(EDGE_EITHER)
	EDGE_TEST_COUNT 0
	jnz	.Lon\@
	EDGE_CLOSE EDGE_EITHER
	.endif
.Lon\@:
	EDGE_IRQS_ON
	RET
.endm

/* Copy a section; rax is lost. */
.macro EDGE_COPY from:req, to:req
	.irp member, EDGE_AT, EDGE_CALLER, EDGE_START
	movq	EDGE_MEM((\from) + \member), %rax
	movq	%rax, EDGE_MEM((\to) + \member)
	.endr
.endm

/*
 * Preemption goes off. A section of either is open already if interrupts are off; but not
 * if these are off since the CPU itself switched them off.
 */
.macro EDGE_ADD_BODY wanted:req, how:req, amount:req
	.if \amount == 1
	incl	EDGE_COUNT
	.else
	addl	$\amount, EDGE_COUNT
	.endif
	EDGE_TEST_COUNT \amount
	jnz	.Lout\@
	pushq	%rax
	pushq	%rdx
	EDGE_TIME
	.if (\wanted) & EDGE_WANT(EDGE_PREEMPT)
	EDGE_NOTE EDGE_PREEMPT, 16, \how
	.endif
	.if (\wanted) & EDGE_WANT(EDGE_EITHER)
	EDGE_TEST_IRQS %rdx, %edx
	jnz	.Lbegin\@
	cmpl	$EDGE_NEVER, EDGE_SECTION(EDGE_EITHER, EDGE_START + 4)
	jne	.Lpop\@
	.if \amount == EDGE_COUNT_SOFTIRQ
	/* From an interrupt: what that has ended is not at its end. */
	cmpl	$EDGE_NEVER, EDGE_MEM(EDGE_BEFORE + EDGE_START + 4)
	je	.Lbegin\@
	EDGE_COPY EDGE_BEFORE, (EDGE_EITHER * EDGE_SECTION_SIZE)
	movb	$1, EDGE_MEM(EDGE_INSIDE + EDGE_EITHER)
	jmp	.Lpop\@
	.endif
.Lbegin\@:
	EDGE_NOTE EDGE_EITHER, 16, \how
	.endif
.Lpop\@:
	popq	%rdx
	popq	%rax
.Lout\@:
	RET
.endm

/*
 * Preemption comes on. A section of either goes on while interrupts are off; but not if
 * nothing will switch them on that we see.
 */
.macro EDGE_SUB_BODY wanted:req, how:req, amount:req
	EDGE_TEST_COUNT \amount
	jnz	.Lout\@
	pushq	%rax
	pushq	%rdx
	.if (\wanted) & EDGE_WANT(EDGE_PREEMPT)
	EDGE_END EDGE_PREEMPT, 16
	.endif
	.if (\wanted) & EDGE_WANT(EDGE_EITHER)
	.if \how == EDGE_PLAINLY && \amount != EDGE_COUNT_SOFTIRQ
	EDGE_TEST_IRQS %rax, %eax
	jz	.Lpop\@
	.endif
	EDGE_END EDGE_EITHER, 16
	.endif
.Lpop\@:
	popq	%rdx
	popq	%rax
.Lout\@:
	.if \amount == 1
	decl	EDGE_COUNT
	.else
	addl	$-\amount, EDGE_COUNT
	.endif
	RET
.endm

/* An interrupt has come: with interrupts on until then. */
.macro EDGE_ENTER_BODY wanted:req, how:req
	addl	$EDGE_COUNT_HARDIRQ, EDGE_COUNT
	pushq	%rax
	pushq	%rdx
	EDGE_TIME
	.if (\wanted) & EDGE_WANT(EDGE_IRQS)
	EDGE_NOTE EDGE_IRQS, 16, \how
	.endif
	.if (\wanted) & (EDGE_WANT(EDGE_PREEMPT) | EDGE_WANT(EDGE_EITHER))
	EDGE_TEST_COUNT EDGE_COUNT_HARDIRQ
	jnz	.Lpop\@
	.endif
	.if (\wanted) & EDGE_WANT(EDGE_PREEMPT)
	EDGE_NOTE EDGE_PREEMPT, 16, \how
	.endif
	.if (\wanted) & EDGE_WANT(EDGE_EITHER)
	EDGE_NOTE EDGE_EITHER, 16, \how
	.endif
.Lpop\@:
	popq	%rdx
	popq	%rax
	RET
.endm

/* It ends: the CPU will switch them on. But if softirqs come first, they will. */
.macro EDGE_LEAVE_BODY wanted:req, how:req
	pushq	%rax
	pushq	%rdx
	.if (\wanted) & EDGE_WANT(EDGE_IRQS)
	EDGE_END EDGE_IRQS, 16
	.endif
	.if (\wanted) & (EDGE_WANT(EDGE_PREEMPT) | EDGE_WANT(EDGE_EITHER))
	EDGE_TEST_COUNT EDGE_COUNT_HARDIRQ
	jnz	.Lpop\@
	.endif
	.if (\wanted) & EDGE_WANT(EDGE_PREEMPT)
	EDGE_END EDGE_PREEMPT, 16
	.endif
	.if (\wanted) & EDGE_WANT(EDGE_EITHER)
	EDGE_COPY (EDGE_EITHER * EDGE_SECTION_SIZE), EDGE_BEFORE
	EDGE_END EDGE_EITHER, 16
	.endif
.Lpop\@:
	popq	%rdx
	popq	%rax
	addl	$-EDGE_COUNT_HARDIRQ, EDGE_COUNT
	RET
.endm


/*
 * One thunk, and in a table where it begins. The kernel's int3 handler, which acts for
 * calls of five bytes, has it entered before that.
 */
.macro EDGE_THUNK name:req, wanted:req, how:req, len:req, body:req, args:vararg
	.balign	16, 0xcc
	.skip	16 - EDGE_TRAP_ENTRY, 0xcc
SYM_START(fnt_edge_\name\()_\wanted\()_\how, SYM_L_LOCAL, SYM_A_NONE)
	addq	$\len - EDGE_TRAP_ENTRY, (%rsp)
	.pushsection .rodata, "a"
	.long	fnt_edge_\name\()_\wanted\()_\how + EDGE_TRAP_ENTRY - fnt_edge_thunks
	.popsection
	\body \wanted, \how, \args
SYM_FUNC_END(fnt_edge_\name\()_\wanted\()_\how)
.endm

/* For sections of interrupts, of either, of both kinds: EDGE_WANT(). */
.macro EDGE_IRQ_THUNKS name:req, body:req, hows:vararg
	.irp wanted, 1, 4, 5
	.irp how, \hows
	EDGE_THUNK \name, \wanted, \how, 6, \body
	.endr
	.endr
.endm

/* The same of preemption. */
.macro EDGE_COUNT_THUNKS name:req, len:req, body:req, amount:req, hows:vararg
	.irp wanted, 2, 4, 6
	.irp how, \hows
	EDGE_THUNK \name, \wanted, \how, \len, \body, \amount
	.endr
	.endr
.endm

/* And of all. */
.macro EDGE_HARDIRQ_THUNKS name:req, body:req, hows:vararg
	.irp wanted, 1, 2, 3, 4, 5, 6, 7
	.irp how, \hows
	EDGE_THUNK \name, \wanted, \how, 11, \body
	.endr
	.endr
.endm

/* All of them, and the table, in the order of what they do. */
.macro EDGE_ALL_THUNKS
	.pushsection .rodata, "a"
	.balign	4
	.globl	fnt_edge_offsets
fnt_edge_offsets:
	.popsection
	EDGE_ENDED
	.globl	fnt_edge_thunks
fnt_edge_thunks:
	EDGE_IRQ_THUNKS cli, EDGE_CLI_BODY, 0, 1, 2
	EDGE_COUNT_THUNKS inc, 7, EDGE_ADD_BODY, 1, 0, 1, 2
	EDGE_COUNT_THUNKS add_bh, 11, EDGE_ADD_BODY, EDGE_COUNT_BH, 0, 1, 2
	EDGE_COUNT_THUNKS add_bh_lock, 11, EDGE_ADD_BODY, EDGE_COUNT_BH_LOCK, 0, 1, 2
	EDGE_COUNT_THUNKS add_softirq, 11, EDGE_ADD_BODY, EDGE_COUNT_SOFTIRQ, 0, 1, 2
	EDGE_HARDIRQ_THUNKS enter, EDGE_ENTER_BODY, 0, 1, 2
	EDGE_IRQ_THUNKS sti, EDGE_STI_BODY, 0, 1
	EDGE_COUNT_THUNKS dec, 7, EDGE_SUB_BODY, 1, 0, 1
	EDGE_COUNT_THUNKS sub_bh, 11, EDGE_SUB_BODY, EDGE_COUNT_BH, 0, 1
	EDGE_COUNT_THUNKS sub_softirq, 11, EDGE_SUB_BODY, EDGE_COUNT_SOFTIRQ, 0, 1
	EDGE_HARDIRQ_THUNKS leave, EDGE_LEAVE_BODY, 0, 1
.endm
