/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What poke_live_test runs through and changes: functions with a call site at
 * their entry, what the sites may call, and the caller.
 */

#include "selftests/host/unit/poke_live_layout.h"

/*
 * The functions. Sixty-three of a page begin 61 bytes apart, which gives all
 * alignments within a cache line; the site of the last one goes on in the next
 * page. Between them are breakpoints that belong to no site: who runs on
 * where it should not is found out.
 */
	.section .data.rel.ro, "aw"
	.globl live_fns
live_fns:

	.section .text.live, "ax"
	.balign LIVE_PAGE
	.globl live_text
live_text:

/* Adds its number, and what the carry was at the site, to rax. */
.macro live_fn
	.byte 0x0f, 0x1f, 0x44, 0x00, 0x00
	.if (number & 3) == 1
	push	%rbp
	mov	%rsp, %rbp
	.elseif (number & 3) == 2
	push	%rbx
	lea	-64(%rsp), %rsp
	.endif
	adc	$number, %rax
	.if (number & 3) == 1
	pop	%rbp
	.elseif (number & 3) == 2
	lea	64(%rsp), %rsp
	pop	%rbx
	.endif
	ret
.endm

.set number, 0
.set page, 0
.rept LIVE_PAGES
	.set slot, 0
	.rept LIVE_PER_PAGE
		.if slot < LIVE_PER_PAGE - 1
		.set place, page * LIVE_PAGE + 32 + (page & 7) + 61 * slot
		.else
		.set place, (page + 1) * LIVE_PAGE - 1 - (page & 3)
		.endif
		.org	live_text + place, 0xcc
		.pushsection .data.rel.ro, "aw"
		.quad	live_text + place
		.popsection
		live_fn
		.set number, number + 1
		.set slot, slot + 1
	.endr
	.set page, page + 1
.endr
	.org	live_text + LIVE_TEXT_SIZE, 0xcc

	.text

/*
 * Counts a call for this thread, and adds up where the calls came from. Changes
 * nothing else, flags included. A signal that comes in between and calls the
 * same functions puts the counts back as they were. Runs wherever it is copied
 * to.
 */
.macro live_tramp name, offset
	.globl \name
	.type \name, @function
\name:
	push	%rdx
	push	%rax
	lahf
	seto	%al
	mov	16(%rsp), %rdx
	incq	%fs:live_counts@tpoff + \offset
	addq	%rdx, %fs:live_counts@tpoff + \offset + 8
	/* Overflows if al is 1; the rest is for sahf. */
	add	$127, %al
	sahf
	pop	%rax
	pop	%rdx
	ret
	.globl \name\()_end
\name\()_end:
	.size \name, . - \name
.endm

	live_tramp live_tramp_a, 0
	live_tramp live_tramp_b, 16

#define KEPT rbx, rbp, r10, r11, r12, r13, r14, r15
#define SAVED rbx, rbp, r12, r13, r14, r15

/*
 * u64 live_call(struct live_calls *calls): call as *calls says. Every register
 * that is not used has a value of its own, which must be there at the end.
 * Returns what the functions have added up.
 */
	.globl live_call
	.type live_call, @function
live_call:
	.irp reg, SAVED
	push	%\reg
	.endr
	push	%rdi
	mov	8(%rdi), %rsi
	mov	16(%rdi), %rdx
	mov	24(%rdi), %rcx
	mov	32(%rdi), %r8
	mov	40(%rdi), %r9
	mov	0(%rdi), %rdi
	.set value, 0x5afe0001
	.irp reg, KEPT
	mov	$value, %\reg
	.set value, value + 0x101
	.endr
	xor	%eax, %eax

1:	stc
	call	*(%rdi, %rdx, 8)
	/* A walk through all of the window, in an order that the caller chose. */
	imul	%rcx, %rdx
	add	%r8, %rdx
	and	%rsi, %rdx
	dec	%r9
	jnz	1b

	.set value, 0x5afe0001
	.irp reg, KEPT
	sub	$value, %\reg
	or	%\reg, %r9
	.set value, value + 0x101
	.endr
	pop	%rbx
	xor	0(%rbx), %rdi
	xor	8(%rbx), %rsi
	xor	24(%rbx), %rcx
	xor	32(%rbx), %r8
	or	%rdi, %r9
	or	%rsi, %r9
	or	%rcx, %r9
	or	%r8, %r9
	mov	%r9, 48(%rbx)
	.irp reg, r15, r14, r13, r12, rbp, rbx
	pop	%\reg
	.endr
	ret
	.size live_call, . - live_call

	.section .note.GNU-stack, "", @progbits
