/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The trampolines of the benchmark: the slot of patching/tramp_64.S, and the same
 * with other ways of saving registers.
 */

#include "patching/slots.h"
#include "patching/tramp_args.S"
#include "selftests/host/bench/tramp_slot.S"

	.text

/* All general registers, as struct pt_regs has them. */
.macro SAVE_ALL
	SAVE_ARGS
	pushq	%r11
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
.endm

.macro RESTORE_ALL
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	popq	%r11
	RESTORE_ARGS
.endm

/* What the arguments of the handler take; it keeps the others itself. */
.macro SAVE_TWO
	pushq	%rdi
	pushq	%rsi
.endm

.macro RESTORE_TWO
	popq	%rsi
	popq	%rdi
.endm

TRAMP tramp_event	handler_event	 SAVE_ARGS  RESTORE_ARGS  ENTRY_IP
TRAMP tramp_no_clock	handler_no_clock SAVE_ARGS  RESTORE_ARGS  ENTRY_IP
TRAMP tramp_no_flags	handler_no_flags SAVE_ARGS  RESTORE_ARGS  ENTRY_IP
TRAMP tramp_lock	handler_lock	 SAVE_ARGS  RESTORE_ARGS  ENTRY_IP
TRAMP tramp_full	handler_event	 SAVE_ALL   RESTORE_ALL	  120
TRAMP tramp_saves	handler_saves	 SAVE_TWO   RESTORE_TWO	  16
TRAMP tramp_compact	handler_compact	 SAVE_ARGS  RESTORE_ARGS  ENTRY_IP
/* The trampoline alone: its handler does nothing. */
TRAMP tramp_nothing	handler_nothing	 SAVE_ARGS  RESTORE_ARGS  ENTRY_IP

	.globl	handler_nothing
	.type	handler_nothing, @function
handler_nothing:
	ret
	.size	handler_nothing, . - handler_nothing

	.section .note.GNU-stack, "", @progbits
