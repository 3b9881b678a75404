/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry trampolines.
 *
 * What they save, and where it lies then: tramp_args.S.
 *
 * Slots are reached only by direct calls, so they need no ENDBR.
 */

#include <linux/linkage.h>
#include <asm/nospec-branch.h>

#include "core/kabi_asm.h"
#include "patching/slots.h"
#include "patching/tramp_args.S"

	.text

SYM_START(fnt_tramp_resched, SYM_L_LOCAL, SYM_A_ALIGN)
	KABI_PREEMPT_SCHEDULE
	RET
SYM_FUNC_END(fnt_tramp_resched)

.macro PREEMPT_ENABLE_AND_RETURN
	decl	KABI_PREEMPT_COUNT
	jz	fnt_tramp_resched
	RET
.endm

/*
 * For sites that the kernel's own ftrace keeps a call in on our behalf: which
 * users want the function is looked up by its address.
 */
SYM_START(fnt_tramp_joined, SYM_L_GLOBAL, SYM_A_ALIGN)
	incl	KABI_PREEMPT_COUNT
	SAVE_ARGS
	movq	ENTRY_IP(%rsp), %rdi
	subq	$SITE_LEN, %rdi
	movq	ENTRY_PARENT(%rsp), %rsi
	movq	%rsp, %rdx
	call	ops_dispatch_shared
	RESTORE_ARGS
	PREEMPT_ENABLE_AND_RETURN
SYM_FUNC_END(fnt_tramp_joined)

/*
 * In place of ftrace_return_to_handler(): the kernel's return_to_handler has saved
 * rax and rdx upon the stack, in that order, and wants to be told where to return to.
 */
SYM_START(fnt_tramp_return, SYM_L_GLOBAL, SYM_A_ALIGN)
	incl	KABI_PREEMPT_COUNT
	leaq	8(%rsp), %rdi
	call	retstack_return
	PREEMPT_ENABLE_AND_RETURN
SYM_FUNC_END(fnt_tramp_return)

/* The same with a call that is written for one user, in the place of slot 0. */
.macro RETURN_SLOT
	.org	fnt_tramp_slots + OPS_SLOT_CALL - 20, 0xcc
SYM_START(fnt_tramp_return_direct, SYM_L_GLOBAL, SYM_A_NONE)
	incl	KABI_PREEMPT_COUNT
	leaq	8(%rsp), %rdi
	movq	ops_slots + OPS_SLOT_ARG(%rip), %rsi
	.org	fnt_tramp_slots + OPS_SLOT_CALL, 0x90
	call	retstack_return
	PREEMPT_ENABLE_AND_RETURN
SYM_FUNC_END(fnt_tramp_return_direct)
.endm

/*
 * A slot: nothing is saved if its gate is closed. The gate is looked at with
 * preemption off, so that whoever closes it knows when nobody is behind it any
 * more. The call is written when the slot is filled, see tramp.c.
 */
.macro SLOT n
	.balign OPS_SLOT_STRIDE, 0xcc
SYM_START(fnt_slot_\n, SYM_L_LOCAL, SYM_A_NONE)
	incl	KABI_PREEMPT_COUNT
	movq	ops_slots + OPS_SLOT_SIZE * \n + OPS_SLOT_GATE(%rip), %r11
	cmpb	$0, %gs:(%r11)
	je	.Lgate_closed_\n
	SAVE_ARGS
	movq	%rsp, %rdi
	movq	ops_slots + OPS_SLOT_SIZE * \n + OPS_SLOT_ARG(%rip), %rsi
	.org	fnt_slot_\n + OPS_SLOT_CALL, 0x90
	call	ops_dispatch
	RESTORE_ARGS
.Lgate_closed_\n:
	PREEMPT_ENABLE_AND_RETURN
SYM_FUNC_END(fnt_slot_\n)
.endm

	.balign OPS_SLOT_STRIDE, 0xcc
	.globl fnt_tramp_slots
fnt_tramp_slots:
	RETURN_SLOT
	.altmacro
	.set slot, 1
.rept OPS_SLOTS - 1
	SLOT %slot
	.set slot, slot + 1
.endr
	.noaltmacro
	.balign OPS_SLOT_STRIDE, 0xcc
	.globl fnt_tramp_slots_end
fnt_tramp_slots_end:

/*
 * The int3 patcher's self-test: a NOP that is made a call of
 * int3_selftest_target, which returns 1 on behalf of int3_selftest_call.
 */
SYM_FUNC_START(int3_selftest_call)
	xorl	%eax, %eax
SYM_INNER_LABEL(int3_selftest_site, SYM_L_GLOBAL)
	.byte	0x0f, 0x1f, 0x44, 0x00, 0x00
	RET
SYM_FUNC_END(int3_selftest_call)

SYM_FUNC_START(int3_selftest_target)
	movl	$1, %eax
	RET
SYM_FUNC_END(int3_selftest_target)
