// SPDX-License-Identifier: GPL-2.0
/*
 * The functions that are traced, compiled with -pg -mfentry as the kernel's are;
 * and the floor, which is in the loop itself.
 */

#include <stdint.h>

#include "selftests/host/bench/targets.h"

#define untraced __attribute__((no_instrument_function, noinline))
#define FLOOR_WORDS 32768

#define TARGET(name)								\
static __attribute__((fentry_name("tramp_" #name), noinline)) void target_##name(void) \
{										\
	__asm__ volatile("");							\
}										\
										\
void untraced loop_##name(unsigned int n)					\
{										\
	while (n--)								\
		target_##name();						\
}

TARGET(event)
TARGET(no_clock)
TARGET(no_flags)
TARGET(lock)
TARGET(full)
TARGET(saves)
TARGET(compact)
TARGET(nothing)

static untraced void target_nop(void)
{
	__asm__ volatile(".byte 0x0f, 0x1f, 0x44, 0x00, 0x00");
}

void untraced loop_nop(unsigned int n)
{
	while (n--)
		target_nop();
}

void untraced loop_rdtsc(unsigned int n)
{
	while (n--)
		__asm__ volatile("rdtsc" : : : "rax", "rdx");
}

/* As many bytes as the ring has, so that it misses the cache no less. */
void untraced loop_floor(unsigned int n)
{
	static uint64_t words[FLOOR_WORDS];
	static unsigned int at;
	uint32_t low, high;

	while (n--) {
		__asm__ volatile("rdtsc" : "=a" (low), "=d" (high));
		words[at++ % FLOOR_WORDS] = low | (uint64_t)high << 32;
		/* Each is to be stored. */
		__asm__ volatile("" : : "r" (words) : "memory");
	}
}

void untraced loop_empty(unsigned int n)
{
	while (n--)
		__asm__ volatile("");
}
