/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an entry trampoline saves; to be included. PURE: also for the benchmark in
 * user space.
 *
 * At an fentry call site only these can hold values: the argument registers
 * rdi, rsi, rdx, rcx, r8 and r9; rax (number of vector registers of a variadic
 * call); r10 (static chain). r11 and the flags are dead, the callee-saved
 * registers are kept by C code.
 *
 * Behind SAVE_ARGS %rsp is the address of a struct fnt_regs, see ops.h.
 *
 * On entry:	 0(%rsp)	address behind the call site
 *		 8(%rsp)	return address of the traced function
 */

.macro SAVE_ARGS
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	pushq	%r10
.endm

.macro RESTORE_ARGS
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
.endm

/* Offsets behind SAVE_ARGS. */
#define ENTRY_IP	64
#define ENTRY_PARENT	72
