// SPDX-License-Identifier: GPL-2.0
/*
 * Reading memory that may not be there.
 */

#include "core/peek.h"

#include <linux/mm.h>
#include <linux/uaccess.h>

#include <asm/page.h>
#include <asm/pgtable.h>
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

/*
 * To read a device's registers may change them: what is mapped for a device is not
 * cached (v6.1: __ioremap_caller()).
 */
static bool is_device(unsigned long addr)
{
	unsigned int level;
	const pte_t *pte;
	pteval_t uncached;

	if (addr < VMALLOC_START || addr > VMALLOC_END)
		return false;
	pte = lookup_address(addr, &level);
	if (!pte || !pte_present(*pte))
		return true;
	uncached = level == PG_LEVEL_4K ? _PAGE_CACHE_MASK : _PAGE_LARGE_CACHE_MASK;
	return pte_flags(*pte) & uncached;
}

/* To be asked for the first byte, and for the first in a page. */
static bool may_be_read(unsigned long addr)
{
	return may_be_kernel_memory(addr) && !is_device(addr);
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
		if ((!len || !offset_in_page(addr + len)) && !may_be_read(addr + len))
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
