// SPDX-License-Identifier: GPL-2.0
/*
 * Reading memory that may not be there.
 */

#include "core/peek.h"

#include <linux/uaccess.h>

#include <asm/page.h>
#include <asm/processor.h>
#include <asm/vsyscall.h>

/*
 * Addresses of user space are another address space's business, and reading the
 * vsyscall page or an address that is none at all does not fault in the way that
 * can be undone (v6.1: copy_from_kernel_nofault_allowed()).
 */
static bool may_be_kernel_memory(unsigned long addr)
{
	return addr >= TASK_SIZE_MAX + PAGE_SIZE && (addr & PAGE_MASK) != VSYSCALL_ADDR &&
	       __is_canonical_address(addr, boot_cpu_data.x86_virt_bits);
}

/**
 * peek_string - copy a string of the kernel's, if there is one
 * @to: receives it
 * @addr: its address, which need not be one
 * @size: bytes at @to
 *
 * Context: any, NMI-safe.
 * Return: bytes that were copied, up to the string's NUL, or @size without a NUL
 * if it is longer; 0 if it cannot be read.
 */
size_t peek_string(char *to, unsigned long addr, size_t size)
{
	size_t len = 0;

	pagefault_disable();
	while (len < size) {
		if (!may_be_kernel_memory(addr + len))
			goto fault;
		__get_kernel_nofault(to + len, (const char *)addr + len, char, fault);
		if (!to[len++])
			break;
	}
	pagefault_enable();
	return len;
fault:
	pagefault_enable();
	return 0;
}
