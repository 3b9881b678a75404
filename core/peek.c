// SPDX-License-Identifier: GPL-2.0
/*
 * Reading memory that may not be there.
 */

#include "core/peek.h"

#include <linux/bitops.h>
#include <linux/kallsyms.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/vsyscall.h>

/*
 * Addresses of user space are another address space's business, and reading the
 * vsyscall page or an address that is none at all does not fault in the way that
 * can be undone (v6.1: copy_from_kernel_nofault_allowed(), but for what is no address:
 * there it is asked how many bits the CPU could have, not how many it uses).
 */
static bool may_be_kernel_memory(unsigned long addr)
{
	return addr >= TASK_SIZE_MAX + PAGE_SIZE && (addr & PAGE_MASK) != VSYSCALL_ADDR &&
	       __is_canonical_address(addr, __VIRTUAL_MASK_SHIFT + 1);
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

/* The bytes of a word up to its first NUL, with that; 0 if it has none. */
static unsigned int bytes_to_nul(u64 word)
{
	u64 ones = 0x0101010101010101ULL, nuls = (word - ones) & ~word & (ones << 7);

	return nuls ? __ffs(nuls) / BITS_PER_BYTE + 1 : 0;
}

/* A word at a time where one is left of the page and of the room, else a byte. */
static unsigned int piece_at(unsigned long addr, size_t room)
{
	return room >= sizeof(u64) && offset_in_page(addr) <= PAGE_SIZE - sizeof(u64) ?
	       sizeof(u64) : 1;
}

static void put_bytes_of(char *to, u64 word, unsigned int nr)
{
	if (nr == sizeof(word))
		*(u64 *)to = word;
	else
		for (; nr; nr--, word >>= BITS_PER_BYTE)
			*to++ = word;
}

/**
 * peek_string - copy a string of the kernel's, if there is one
 * @to: receives it; NULL to ask only how long it is
 * @addr: its address, which need not be one
 * @size: bytes at @to
 *
 * Context: any, NMI-safe.
 * Return: bytes that were copied, up to the string's NUL, or @size without a NUL
 * if it is longer; 0 if it cannot be read.
 */
size_t peek_string(char *to, unsigned long addr, size_t size)
{
	unsigned int piece, end = 0;
	size_t len = 0;
	u64 word;

	pagefault_disable();
	while (len < size && !end) {
		if ((!len || !offset_in_page(addr + len)) && !may_be_read(addr + len))
			goto fault;
		piece = piece_at(addr + len, size - len);
		if (piece == sizeof(u64))
			__get_kernel_nofault(&word, (const u64 *)(addr + len), u64, fault);
		else
			__get_kernel_nofault(&word, (const u8 *)(addr + len), u8, fault);
		end = piece == sizeof(u64) ? bytes_to_nul(word) : !(u8)word;
		piece = end ?: piece;
		if (to)
			put_bytes_of(to + len, word, piece);
		len += piece;
	}
	pagefault_enable();
	return len;
fault:
	pagefault_enable();
	return 0;
}

/**
 * peek_memory - copy memory of the kernel's, if it is there
 * @to: receives it
 * @addr: its address, which need not be one
 * @size: bytes
 *
 * Context: any, NMI-safe.
 * Return: false if not all of it can be read; @to may have been written then.
 */
bool peek_memory(void *to, unsigned long addr, size_t size)
{
	size_t done = 0;

	if (addr + size < addr || !may_be_read(addr))
		return false;
	pagefault_disable();
	while (done < size) {
		if (!offset_in_page(addr + done) && !may_be_read(addr + done))
			goto fault;
		if (piece_at(addr + done, size - done) == sizeof(u64)) {
			__get_kernel_nofault(to + done, (const u64 *)(addr + done), u64, fault);
			done += sizeof(u64);
		} else {
			__get_kernel_nofault(to + done, (const u8 *)(addr + done), u8, fault);
			done++;
		}
	}
	pagefault_enable();
	return true;
fault:
	pagefault_enable();
	return false;
}

/**
 * peek_word - a word of the kernel's memory
 * @addr: its address, which need not be one
 *
 * Context: any, NMI-safe.
 * Return: the word; 0 if it cannot be read.
 */
unsigned long peek_word(unsigned long addr)
{
	unsigned long word;

	return peek_memory(&word, addr, sizeof(word)) ? word : 0;
}

/**
 * peek_user - copy memory of the current task, if it is there now
 * @to: receives it
 * @addr: its address, which need not be one
 * @size: bytes
 *
 * Context: any, NMI-safe.
 * Return: false if not all of it can be read, or is not in memory; @to may have been
 * written then.
 */
bool peek_user(void *to, unsigned long addr, size_t size)
{
	return !copy_from_user_nofault(to, (const void __user *)addr, size);
}

/* Read at a time, without crossing the end of a page. */
#define USER_PIECE 64

/**
 * peek_user_string - copy a string of the current task, if it is there now
 * @to: receives it; NULL to ask only how long it is
 * @addr: its address, which need not be one
 * @size: bytes at @to
 *
 * Context: any, NMI-safe.
 * Return: what peek_string() returns.
 */
size_t peek_user_string(char *to, unsigned long addr, size_t size)
{
	char piece[USER_PIECE];
	size_t len = 0, here, up_to;

	while (len < size) {
		here = min3(size - len, sizeof(piece), PAGE_SIZE - offset_in_page(addr + len));
		if (!peek_user(piece, addr + len, here))
			return 0;
		up_to = strnlen(piece, here);
		/* With its NUL. */
		up_to += up_to < here;
		if (to)
			memcpy(to + len, piece, up_to);
		len += up_to;
		if (!piece[up_to - 1])
			break;
	}
	return len;
}

/**
 * peek_name - the name of an address of the kernel's
 * @to: receives it; NULL to ask only how long it is
 * @addr: the address
 * @size: bytes at @to
 *
 * Context: any, NMI-safe.
 * Return: bytes of it with its NUL, @size at most.
 */
size_t peek_name(char *to, unsigned long addr, size_t size)
{
	char name[KSYM_SYMBOL_LEN];
	size_t len = sprint_symbol(name, addr) + 1;

	len = min(len, size);
	if (to)
		memcpy(to, name, len);
	return len;
}

/**
 * peek_comm - the name of the current task
 *
 * Context: any, NMI-safe.
 * Return: the name, which may change at any time.
 */
const char *peek_comm(void)
{
	return current->comm;
}
